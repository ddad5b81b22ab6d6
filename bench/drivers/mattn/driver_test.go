//go:build cgo

package mattn

import (
	"errors"
	"net/url"

	"github.com/mattn/go-sqlite3"
	"github.com/tillkit/till/bench/drivers"
)

var driver = drivers.Driver{
	Name: "sqlite3",
	Source: func(path string, reading bool) string {
		query := url.Values{"_journal_mode": {"WAL"}, "_synchronous": {"FULL"}, "_secure_delete": {"on"}, "_txlock": {"immediate"}}
		if reading {
			query.Set("_query_only", "on")
		}
		return "file:" + path + "?" + query.Encode()
	},
	Classify: func(err error) (int, bool) {
		var e sqlite3.Error
		if errors.As(err, &e) {
			return int(e.ExtendedCode), true
		}
		return 0, false
	},
}
