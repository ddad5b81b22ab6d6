package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"github.com/tillkit/till/store"
)

// pinned is a connection that belongs to the engine. Its statements run on the driver's
// own connection and stay prepared: for a small one, database/sql would take about as
// long as SQLite does. One goroutine at a time may use it.
type pinned struct {
	conn  *sql.Conn // nil: there is none
	stmts map[string]driver.Stmt
	held  driver.Conn // while hold runs

	args    []driver.NamedValue
	columns []driver.Value
}

// mostStatements bounds the statements that are kept prepared. A shop has some dozens;
// queries with ever new conditions must not fill the memory.
const mostStatements = 500

func newPinned() *pinned { return &pinned{stmts: make(map[string]driver.Stmt)} }

// hold keeps the driver's connection for all statements of do.
func (p *pinned) hold(do func()) error {
	var trouble any // of a panic in do
	err := p.conn.Raw(func(conn any) error {
		p.held = conn.(driver.Conn)
		defer func() { p.held, trouble = nil, recover() }()
		do()
		return nil
	})
	if trouble != nil {
		// database/sql would close it with its statements open, and it would go on to
		// hold the file's lock.
		p.drop()
		panic(trouble)
	}
	return err
}

// with calls do with the driver's connection. Its error stays as it is: what the
// connection is worth after it is for the writer to say.
func (p *pinned) with(do func(driver.Conn) error) (err error) {
	if p.held != nil {
		return do(p.held)
	}
	if p.conn == nil {
		return driver.ErrBadConn
	}
	if lost := p.hold(func() { err = do(p.held) }); err == nil {
		err = lost
	}
	return err
}

// prepare prepares a statement once for the connection.
func (p *pinned) prepare(conn driver.Conn, query string) (driver.Stmt, error) {
	if stmt := p.stmts[query]; stmt != nil {
		return stmt, nil
	}
	if len(p.stmts) >= mostStatements {
		for _, stmt := range p.stmts {
			_ = stmt.Close()
		}
		clear(p.stmts)
	}
	stmt, err := prepareOn(conn, query)
	if err == nil {
		p.stmts[query] = stmt
	}
	return stmt, err
}

func prepareOn(conn driver.Conn, query string) (driver.Stmt, error) {
	if c, ok := conn.(driver.ConnPrepareContext); ok {
		return c.PrepareContext(context.Background(), query)
	}
	return conn.Prepare(query)
}

// bind gives arguments as the driver takes them, in memory that the next call uses too.
func (p *pinned) bind(args []any) []driver.NamedValue {
	p.args = p.args[:0]
	for i, arg := range args {
		if n, ok := arg.(int); ok {
			arg = int64(n)
		}
		p.args = append(p.args, driver.NamedValue{Ordinal: i + 1, Value: arg})
	}
	return p.args
}

func (p *pinned) exec(query string, args ...any) (result driver.Result, err error) {
	err = p.with(func(conn driver.Conn) error {
		stmt, err := p.prepare(conn, query)
		if err == nil {
			result, err = execute(stmt, p.bind(args))
		}
		return err
	})
	return result, err
}

// errNoContext is about a driver from before Go 1.8.
var errNoContext error = &store.UnsupportedError{What: "driver", Reason: "its statements take no context: use another driver"}

func execute(stmt driver.Stmt, args []driver.NamedValue) (driver.Result, error) {
	s, ok := stmt.(driver.StmtExecContext)
	if !ok {
		return nil, errNoContext
	}
	return s.ExecContext(context.Background(), args)
}

func (p *pinned) rows(query string, args []any, each func(func(...any) error) error) error {
	return p.rowsUntil(context.Background(), query, args, each)
}

// rowsUntil is rows, interrupted where the context ends.
func (p *pinned) rowsUntil(ctx context.Context, query string, args []any, each func(func(...any) error) error) error {
	return p.with(func(conn driver.Conn) error {
		stmt, err := p.prepare(conn, query)
		if err != nil {
			return err
		}
		s, ok := stmt.(driver.StmtQueryContext)
		if !ok {
			return errNoContext
		}
		rows, err := s.QueryContext(ctx, p.bind(args))
		if err != nil {
			return err
		}
		err = p.walk(rows, each)
		if closed := rows.Close(); err == nil {
			err = closed
		}
		return err
	})
}

func (p *pinned) walk(rows driver.Rows, each func(func(...any) error) error) error {
	n := len(rows.Columns())
	if cap(p.columns) < n {
		p.columns = make([]driver.Value, n)
	}
	columns := p.columns[:n]
	scan := func(into ...any) error {
		if len(into) != n {
			return fmt.Errorf("sqldb: an answer has %d columns, %d are read", n, len(into))
		}
		for i := range into {
			if err := assign(into[i], columns[i]); err != nil {
				return err
			}
		}
		return nil
	}
	for {
		if err := rows.Next(columns); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := each(scan); err != nil {
			return err
		}
	}
}

func (p *pinned) run(queries ...string) error {
	return p.with(func(conn driver.Conn) error {
		for _, query := range queries {
			stmt, err := prepareOn(conn, query)
			if err != nil {
				return err
			}
			_, err = execute(stmt, nil)
			if err = errors.Join(err, stmt.Close()); err != nil {
				return err
			}
		}
		return nil
	})
}

// drop closes the connection for good; what it had open is rolled back.
func (p *pinned) drop() {
	if p.conn == nil {
		return
	}
	_ = p.forget()
	// The pool must not hand out a connection of which nobody knows the state.
	_ = p.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = p.conn.Close()
	p.conn = nil
}

// forget closes the prepared statements. A driver that has closed the connection by
// itself has no use for that, and one panics over it.
func (p *pinned) forget() (err error) {
	lost := p.hold(func() {
		for _, stmt := range p.stmts {
			err = errors.Join(err, stmt.Close())
		}
	})
	clear(p.stmts)
	return errors.Join(err, lost)
}
