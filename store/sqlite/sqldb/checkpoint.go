package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// checkpoints moves what is in the WAL into the file while sets are being written, on a
// connection of its own: else the caller of one commit among thousands would wait for
// all that these have written.
type checkpoints struct {
	db     *sql.DB
	stats  *counts
	steps  atomic.Int64 // written since the last one
	ending chan struct{}
	ended  sync.WaitGroup

	mu      sync.Mutex
	running bool
	closed  bool

	conn *sql.Conn // of the goroutine
}

// A checkpoint comes after so many steps, and the next no sooner than this. Behind it
// stands SQLite's own, for what a reader has held up.
const (
	stepsToCheckpoint = 4000
	checkpointPause   = 20 * time.Millisecond
)

func newCheckpoints(db *sql.DB, stats *counts) *checkpoints {
	return &checkpoints{db: db, stats: stats, ending: make(chan struct{})}
}

// wrote counts steps that were committed.
func (c *checkpoints) wrote(steps int) {
	if c.steps.Add(int64(steps)) < stepsToCheckpoint {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.running && !c.closed {
		c.running = true
		c.ended.Go(c.run)
	}
}

// run goes on as long as there is enough to do.
func (c *checkpoints) run() {
	pause := time.NewTimer(checkpointPause)
	defer pause.Stop()
	for c.more() {
		if err := c.move(); err != nil {
			c.stats.log.Debug("sqldb: no checkpoint beside the writer", "err", err)
		}
		select {
		case <-pause.C:
		case <-c.ending:
		}
		pause.Reset(checkpointPause)
	}
}

func (c *checkpoints) more() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running = !c.closed && c.steps.Load() >= stepsToCheckpoint; c.running {
		c.steps.Store(0)
	}
	return c.running
}

// move does what can be done without keeping anybody waiting.
func (c *checkpoints) move() error {
	ctx, begun := context.Background(), time.Now()
	if c.conn == nil {
		conn, err := c.db.Conn(ctx)
		if err != nil {
			return err
		}
		c.conn = conn
	}
	var blocked, pages, moved int64
	err := c.conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)").Scan(&blocked, &pages, &moved)
	if err != nil {
		err = errors.Join(err, c.conn.Close())
		c.conn = nil
		return err
	}
	c.stats.checkpointed(time.Since(begun))
	return nil
}

// close waits for the one that is under way, and gives the connection back.
func (c *checkpoints) close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	close(c.ending)
	c.ended.Wait()
	if c.conn == nil {
		return nil
	}
	return c.conn.Close()
}
