//go:build cgo && (sqlite_fts5 || fts5)

package mattn

import (
	"testing"

	"github.com/tillkit/till/bench/drivers"
)

func TestStore(t *testing.T) { drivers.Contract(t, driver) }
func TestStory(t *testing.T) { drivers.Story(t, driver) }
