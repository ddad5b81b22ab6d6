package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// demand is a pragma that must read back as the engine needs it.
type demand struct {
	pragma string
	fits   func(value string) bool
	next   string
	kind   error
}

func is(want string) func(string) bool {
	return func(have string) bool { return strings.EqualFold(have, want) }
}

var (
	writerDemands = []demand{
		{"encoding", is("UTF-8"), "texts must be compared by their UTF-8 bytes: use a database with PRAGMA encoding = 'UTF-8'", store.ErrUnsupported},
		{"journal_mode", is("wal"), "set PRAGMA journal_mode = WAL; on a file system that cannot share memory it is impossible", store.ErrUnsupported},
		{"secure_delete", is("1"), "set PRAGMA secure_delete = 1 on every connection, or erased words stay in the file", store.ErrInvalid},
	}
	syncDemand = map[Sync]demand{
		Full:   {"synchronous", func(v string) bool { return v == "2" || v == "3" }, "set PRAGMA synchronous = FULL on every connection, or a commit may be lost with the power", store.ErrInvalid},
		Normal: {"synchronous", is("1"), "set PRAGMA synchronous = NORMAL on every connection, as Config.Sync says", store.ErrInvalid},
	}
	readerDemands = []demand{
		{"query_only", is("1"), "set PRAGMA query_only = 1 on every connection that reads", store.ErrInvalid},
	}
)

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func check(ctx context.Context, q querier, demands []demand) error {
	for _, d := range demands {
		var have string
		if err := q.QueryRowContext(ctx, "PRAGMA "+d.pragma).Scan(&have); err != nil {
			return err
		}
		if !d.fits(have) {
			return &Error{Op: "open", Kind: d.kind, Err: fmt.Errorf("PRAGMA %s is %s", d.pragma, have), Next: d.next}
		}
	}
	return nil
}

// checkWriter reads the pragmas of the writing connection back and tries
// whether it may write at all.
func checkWriter(ctx context.Context, f faults, conn *sql.Conn, sync Sync) error {
	if err := check(ctx, conn, append(slices.Clip(writerDemands), syncDemand[sync])); err != nil {
		return err
	}
	var version int64
	if err := conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if err := checkBuild(ctx, f, conn); err != nil {
		return err
	}
	// No context may end between these three.
	ctx = context.WithoutCancel(ctx)
	_, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE")
	if f.busy(err) {
		return nil // somebody else may write, so the file is no read-only one
	}
	if err != nil {
		return err
	}
	// SQLite begins even on a file that it may only read.
	_, err = conn.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version))
	_, end := conn.ExecContext(ctx, "ROLLBACK")
	return errors.Join(err, end)
}
