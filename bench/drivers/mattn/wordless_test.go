//go:build cgo && !sqlite_fts5 && !fts5

package mattn

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillkit/till/store"
)

// A driver that was built without tables of words is refused at once, with the tag that
// it needs.
func TestDriverWithoutWordsIsRefused(t *testing.T) {
	_, err := driver.Open(t.Context(), filepath.Join(t.TempDir(), "shop.db"))
	if !errors.Is(err, store.ErrUnsupported) || !strings.Contains(err.Error(), "-tags sqlite_fts5") {
		t.Fatal(err)
	}
}
