// Package glebarez tests the engine over github.com/glebarez/go-sqlite.
package glebarez

import (
	"errors"
	"net/url"
	"testing"

	sqlite "github.com/glebarez/go-sqlite"
	"github.com/tillkit/till/bench/drivers"
)

var driver = drivers.Driver{
	Name: "sqlite",
	Source: func(path string, reading bool) string {
		pragmas := []string{"journal_mode(WAL)", "synchronous(FULL)", "secure_delete(1)"}
		if reading {
			pragmas = append(pragmas, "query_only(1)")
		}
		return path + "?" + url.Values{"_pragma": pragmas, "_txlock": {"immediate"}}.Encode()
	},
	Classify: func(err error) (int, bool) {
		var e *sqlite.Error
		if errors.As(err, &e) {
			return e.Code(), true
		}
		return 0, false
	},
}

func TestStore(t *testing.T) { drivers.Contract(t, driver) }
func TestStory(t *testing.T) { drivers.Story(t, driver) }
