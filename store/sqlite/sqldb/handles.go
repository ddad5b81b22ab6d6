package sqldb

import (
	"database/sql"
	"fmt"

	"github.com/tillkit/till/store"
)

// What the engine takes out of the pools: of Write a connection on which it writes and
// one that moves the WAL into the file, both until Close; of Read those that are pinned
// for its readers, and one more while a Backup or a Check runs. Of a handle that serves
// for everything this one is the program's too.
const (
	writing = 2
	besides = 1
)

// complete fills in what a Config leaves out, and refuses one that cannot work: on a
// pool that is too small the engine would wait for a connection that never comes.
func (c Config) complete() (Config, error) {
	if c.Write == nil || c.Classify == nil {
		return c, &store.InvalidError{What: "sqldb.Config", Reason: "Write and Classify are needed"}
	}
	if c.Read == nil {
		c.Read = c.Write
	}
	name, other := "Read", besides
	if c.shared() {
		name, other = "Write, which is Read too,", besides+writing
	} else if err := allows("Write", c.Write, writing); err != nil {
		return c, err
	}
	if c.Readers <= 0 {
		c.Readers = DefaultReaders
		if most := c.Read.Stats().MaxOpenConnections; most > 0 {
			c.Readers = max(1, min(DefaultReaders, most-other))
		}
	}
	return c, allows(name, c.Read, c.Readers+other)
}

// allows refuses a pool of fewer than so many connections.
func allows(name string, db *sql.DB, least int) error {
	most := db.Stats().MaxOpenConnections
	if most == 0 || most >= least {
		return nil
	}
	return &Error{
		Op: "open", Kind: store.ErrInvalid,
		Err:  fmt.Errorf("the pool of %s has at most %d connections", name, most),
		Next: fmt.Sprintf("call its SetMaxOpenConns with %d or more", least),
	}
}

// shared reports whether one handle serves for everything.
func (c Config) shared() bool { return c.Read == c.Write }
