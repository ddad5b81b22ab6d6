package sqlite_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite"
	"github.com/tillkit/till/store/sqlite/internal/faulty"
	"github.com/tillkit/till/store/sqlite/sqldb"
	"github.com/tillkit/till/storetest"
	modernc "modernc.org/sqlite"
)

// hasty waits for nobody, and not for the disk: for stores over an engine that fails, of which
// each does little and there are many.
var hasty = sqlite.Options{Wait: time.Millisecond, Readers: 1, Sync: sqlite.Normal}

// through is a driver that fails as an engine is told.
func through(engine *storetest.Engine) func(driver.Connector) driver.Connector {
	return func(c driver.Connector) driver.Connector {
		return faulty.Connector{Connector: c, Do: func(_ faulty.Call, call func() error) error { return engine.Do(call) }}
	}
}

// SQLite's result codes. https://www.sqlite.org/rescode.html
const (
	locked  = 5
	full    = 13
	ioWrite = 10 | 3<<8
)

// What can become of a statement, a row, a connection that is made: where the disk does not
// obey for once, and where nothing is right until somebody sees to it.
var (
	diskFailures = []storetest.Failure{
		{Name: "gives an I/O error", Err: faulty.Code(ioWrite)},
		{Name: "is done and gives an I/O error", Err: faulty.Code(ioWrite), Done: true},
	}
	lastingFailures = []storetest.Failure{
		{Name: "finds the disk full, as all after it do", Err: faulty.Code(full), Lasting: true},
		{Name: "finds the file locked, as all after it do", Err: faulty.Code(locked), Lasting: true},
		{Name: "is done and loses the connection", Err: driver.ErrBadConn, Done: true},
	}
)

// checkAreas checks the rules of some areas, or some rules.
func checkAreas(t *testing.T, h storetest.Harness, areas ...string) {
	t.Helper()
	for rule := range storetest.Rules() {
		area, _, _ := strings.Cut(rule.ID, "/")
		if slices.Contains(areas, area) || slices.Contains(areas, rule.ID) {
			t.Run(rule.ID, func(t *testing.T) { storetest.Check(t, h, rule.ID) })
		}
	}
}

func TestStoreInLastingTrouble(t *testing.T) {
	if testing.Short() { // one goroutine each: the race detector finds nothing more than in TestStore
		t.Skip("a long walk of one goroutine")
	}
	h := harness
	h.Failures = lastingFailures
	checkAreas(t, h, "trouble")
}

// Whatever SQLite says of a statement, the error of the driver is told.
func TestStoreThatMeetsEveryCode(t *testing.T) {
	h := harness
	h.Failures = nil
	for _, code := range []int{1, 3, 7, 11, 14, 18, 26} {
		h.Failures = append(h.Failures, storetest.Failure{Name: fmt.Sprint("gives the code ", code), Err: faulty.Code(code)})
	}
	checkAreas(t, h, "trouble/error")
}

// A file that stays locked is waited for as long as the caller does.
func TestStoreThatWaits(t *testing.T) {
	h := harness
	h.Failures = lastingFailures[1:2]
	h.Failing = func(ctx context.Context, place string, engine *storetest.Engine) (store.Store, error) {
		return sqlite.OpenThrough(ctx, place, sqlite.Options{Wait: time.Hour}, through(engine))
	}
	checkAreas(t, h, "trouble/wait")
}

// One handle for everything, as a program's own is.
func TestStoreOnOneHandle(t *testing.T) {
	over := func(ctx context.Context, place string, engine *storetest.Engine) (store.Store, error) {
		c, err := modernc.NewConnector("file:" + place + "?_pragma=journal_mode(WAL)&_pragma=secure_delete(1)&_pragma=synchronous(FULL)&_pragma=busy_timeout(5000)")
		if err != nil {
			return nil, err
		}
		db := sql.OpenDB(through(engine)(c))
		db.SetMaxOpenConns(4)
		s, err := sqldb.Open(ctx, sqldb.Config{Write: db, Classify: faulty.Classify, Close: db.Close})
		if err != nil {
			return nil, errors.Join(err, db.Close())
		}
		return s, nil
	}
	checkAreas(t, storetest.Harness{
		Place: place, Durable: true, Shared: true, Failing: over, Failures: append(diskFailures[:1:1], lastingFailures[2]),
		Open: func(ctx context.Context, place string) (store.Store, error) {
			return over(ctx, place, new(storetest.Engine))
		},
	}, "read", "history", "feed", "context", "life", "concurrent/reads-whole", "maintain/keeps", "trouble/whole", "trouble/reads", "trouble/goes-on", "trouble/open")
}

// A file that an older program has made is brought up by Prepare, and is as good as any.
func TestStoreOfAnOlderFile(t *testing.T) {
	for format, areas := range map[string][]string{
		"1": {"find", "erase/person", "prepare/files-anew", "trouble/prepare"},
		"2": {"find/put-again", "page/changes-between", "prepare/files-anew"},
		"3": {"find/put-again", "page/changes-between", "prepare/files-anew"},
	} {
		if testing.Short() {
			areas = areas[1:]
		}
		t.Run("format "+format, func(t *testing.T) {
			h := harness
			h.Failures = diskFailures[:1]
			h.Open = func(ctx context.Context, place string) (store.Store, error) {
				s, err := harness.Open(ctx, place)
				return &old{Store: s, place: place, format: format}, err
			}
			h.Failing = func(ctx context.Context, place string, engine *storetest.Engine) (store.Store, error) {
				s, err := harness.Failing(ctx, place, engine)
				return &old{Store: s, place: place, format: format}, err
			}
			checkAreas(t, h, areas...)
		})
	}
}

// old is a store whose file, if nobody has prepared it, is first prepared by an older program.
type old struct {
	store.Store
	place, format string
}

// Prepare implements store.Store.
func (s *old) Prepare(ctx context.Context, schema store.Schema) error {
	if _, err := store.Compile(schema); err != nil || ctx.Err() != nil {
		return s.Store.Prepare(ctx, schema)
	}
	db, err := sql.Open("sqlite", s.place)
	if err != nil {
		return err
	}
	defer db.Close()
	var prepared bool
	if err := db.QueryRowContext(ctx, "SELECT count(*) > 0 FROM sqlite_schema WHERE name = 'till_meta'").Scan(&prepared); err != nil {
		return err
	}
	if !prepared {
		if err := prepareAsOf(ctx, db, s.place, schema, s.format); err != nil {
			return err
		}
	}
	return s.Store.Prepare(ctx, schema)
}

// prepareAsOf prepares a file and takes away what its format did not have.
func prepareAsOf(ctx context.Context, db *sql.DB, place string, schema store.Schema, format string) error {
	s, err := sqlite.Open(ctx, place)
	if err != nil {
		return err
	}
	if err := errors.Join(s.Prepare(ctx, schema), s.Close()); err != nil {
		return err
	}
	made, err := tables(ctx, db)
	if err != nil {
		return err
	}
	queries := []string{"UPDATE till_meta SET value = '" + format + "' WHERE name = 'format'"}
	for name, text := range made {
		switch {
		case strings.HasSuffix(name, "$open"): // new in 4
			queries = append(queries, `DROP TABLE "`+name+`"`)
		case format < "3" && strings.Contains(text, `"partition$since"`):
			text = strings.ReplaceAll(text, `"partition$since" INTEGER NOT NULL,`, "")
			queries = append(queries, `DROP TABLE "`+name+`"`, strings.ReplaceAll(text, `"partition$since", `, ""))
		case format < "2" && strings.Contains(text, `"words$sum"`):
			queries = append(queries, `ALTER TABLE "`+name+`" DROP COLUMN "words$sum"`)
		}
	}
	if format < "3" {
		queries = append(queries, "DROP TABLE till_partitions", `UPDATE till_meta SET value = replace(value, ',"rising":true', '')`)
	}
	for _, query := range queries {
		if _, err := db.ExecContext(ctx, query); err != nil {
			return err
		}
	}
	return nil
}

// tables gives the tables of a file with what made them.
func tables(ctx context.Context, db *sql.DB) (map[string]string, error) {
	rows, err := db.QueryContext(ctx, "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name LIKE 'till%'")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	made := map[string]string{}
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			return nil, err
		}
		made[name] = text
	}
	return made, rows.Err()
}
