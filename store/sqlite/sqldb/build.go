package sqldb

import (
	"context"
	"fmt"

	"github.com/tillkit/till/store"
)

// The oldest SQLite that has what tables of words are made with.
const oldestMajor, oldestMinor = 3, 43

// checkBuild looks whether the SQLite behind a driver has what the engine needs.
func checkBuild(ctx context.Context, f faults, q querier) error {
	var version string
	if err := q.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return err
	}
	var major, minor int
	if _, err := fmt.Sscanf(version, "%d.%d", &major, &minor); err != nil || major < oldestMajor || major == oldestMajor && minor < oldestMinor {
		return unfitBuild(fmt.Errorf("the driver has SQLite %s", version), fmt.Sprintf("use a driver with SQLite %d.%d or newer", oldestMajor, oldestMinor))
	}
	var source string
	err := q.QueryRowContext(ctx, "SELECT fts5_source_id()").Scan(&source)
	if f.code(err) == codeError { // there is no such function
		return unfitBuild(err, "the driver's SQLite must have FTS5: build github.com/mattn/go-sqlite3 with -tags sqlite_fts5, others as their documentation says")
	}
	return err
}

func unfitBuild(err error, next string) error {
	return &Error{Op: "open", Kind: store.ErrUnsupported, Err: err, Next: next}
}
