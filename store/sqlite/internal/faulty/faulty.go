// Package faulty is a driver of database/sql for tests, whose calls can be made to fail: it
// stands before another one.
package faulty

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"

	"modernc.org/sqlite"
)

// Op says what a call of the driver does.
type Op int

// The calls that can fail. A connection that is closed is closed.
const (
	Connect Op = iota
	Prepare
	Exec
	Query
	Next // a row of an answer, or its end
)

// Call is a call of the driver.
type Call struct {
	Op    Op
	Query string

	// Prepared says that the statement was prepared before: Exec and Query of a driver.Stmt,
	// and the rows of that.
	Prepared bool

	Conn driver.Conn // of the driver that this one stands before; nil where there is none yet
}

// Connector connects as another one does. Every call of its connections goes through Do, which
// makes it or does not, and gives what becomes of it. A connection of which Do gave
// driver.ErrBadConn is lost: whatever is asked of it gives that again.
type Connector struct {
	driver.Connector
	Do func(c Call, make func() error) error
}

// Connect implements driver.Connector.
func (c Connector) Connect(ctx context.Context) (made driver.Conn, err error) {
	err = c.Do(Call{Op: Connect}, func() error {
		made, err = c.Connector.Connect(ctx)
		return err
	})
	switch {
	case err == nil:
		return &conn{Full: made.(Full), do: c.Do}, nil
	case made != nil:
		_ = made.Close()
	}
	return nil, err
}

// Full is what a connection must be; that of modernc.org/sqlite is.
type Full interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

type conn struct {
	Full
	do   func(Call, func() error) error
	lost atomic.Bool
}

func (c *conn) call(op Op, query string, prepared bool, make func() error) error {
	if c.lost.Load() {
		return driver.ErrBadConn
	}
	err := c.do(Call{op, query, prepared, c.Full}, make)
	if errors.Is(err, driver.ErrBadConn) {
		c.lost.Store(true)
	}
	return err
}

// PrepareContext and the methods below implement what database/sql asks a connection for.
func (c *conn) PrepareContext(ctx context.Context, query string) (made driver.Stmt, err error) {
	err = c.call(Prepare, query, false, func() error { made, err = c.Full.PrepareContext(ctx, query); return err })
	switch {
	case err == nil:
		return stmt{made, query, c}, nil
	case made != nil:
		_ = made.Close()
	}
	return nil, err
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (result driver.Result, err error) {
	err = c.call(Exec, query, false, func() error { result, err = c.Full.ExecContext(ctx, query, args); return err })
	return result, err
}

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.rows(query, false, func() (driver.Rows, error) { return c.Full.QueryContext(ctx, query, args) })
}

func (c *conn) rows(query string, prepared bool, ask func() (driver.Rows, error)) (given driver.Rows, err error) {
	var answer driver.Rows
	defer func() {
		if given == nil && answer != nil { // Do may have panicked
			_ = answer.Close()
		}
	}()
	err = c.call(Query, query, prepared, func() error { answer, err = ask(); return err })
	if err != nil {
		return nil, err
	}
	return rows{answer, query, prepared, c}, nil
}

func (c *conn) ResetSession(ctx context.Context) error {
	if c.lost.Load() {
		return driver.ErrBadConn
	}
	return c.Full.ResetSession(ctx)
}

func (c *conn) IsValid() bool { return !c.lost.Load() && c.Full.IsValid() }

type stmt struct {
	driver.Stmt
	query string
	of    *conn
}

func (s stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (result driver.Result, err error) {
	err = s.of.call(Exec, s.query, true, func() error {
		result, err = s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
		return err
	})
	return result, err
}

func (s stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return s.of.rows(s.query, true, func() (driver.Rows, error) { return s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args) })
}

type rows struct {
	driver.Rows
	query    string
	prepared bool
	of       *conn
}

func (r rows) Next(to []driver.Value) error {
	return r.of.call(Next, r.query, r.prepared, func() error { return r.Rows.Next(to) })
}

var codes sync.Map // the errors that were made

// Code gives an error as the driver does, with SQLite's result code: of one code the same one.
func Code(code int) error {
	made, _ := codes.LoadOrStore(code, coded(code))
	return made.(error)
}

func coded(code int) error {
	err := new(sqlite.Error)
	fields := reflect.ValueOf(err).Elem() // which nobody but the driver can set
	*(*string)(fields.FieldByName("msg").Addr().UnsafePointer()) = fmt.Sprintf("made to fail (%d)", code)
	*(*int)(fields.FieldByName("code").Addr().UnsafePointer()) = code
	return err
}

// Classify gives SQLite's result code of an error, as sqldb.Config asks for it.
func Classify(err error) (code int, ok bool) {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code(), true
	}
	return 0, false
}
