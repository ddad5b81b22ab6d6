package sqldb

import (
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tillkit/till/store"
)

// Stats says how a store has been writing since it was opened. Batches, Sets and
// FlushTime together give how many sets a flush of the disk serves, and how long one takes.
type Stats struct {
	Waiting  int   // sets that wait now
	Sets     int64 // sets that were committed
	Batches  int64 // transactions in which they were
	Largest  int   // sets in the greatest of these
	Refused  int64 // sets that were refused
	Repeated int64 // batches that were run again because of one set in them
	Failed   int64 // transactions that could not be committed, or of which nobody knows

	FlushTime    time.Duration // of all commits together
	SlowestFlush time.Duration

	Checkpoints    int64         // that moved commits from the WAL into the file
	CheckpointTime time.Duration // of all of these together
}

// SlowFlush is how long a commit to the disk may take before it is logged as a warning.
const SlowFlush = time.Second

// counts are what Stats is made from.
type counts struct {
	log               *slog.Logger
	refused, repeated atomic.Int64

	mu sync.Mutex
	is Stats
}

// flushed counts a transaction that was ended by a COMMIT.
func (c *counts) flushed(sets int, took time.Duration, err error) {
	c.mu.Lock()
	c.is.FlushTime += took
	c.is.SlowestFlush = max(c.is.SlowestFlush, took)
	if err == nil {
		c.is.Sets += int64(sets)
		c.is.Batches++
		c.is.Largest = max(c.is.Largest, sets)
	} else {
		c.is.Failed++
	}
	c.mu.Unlock()
	switch {
	case errors.Is(err, store.ErrOutcomeUnknown):
		c.log.Error("sqldb: nobody knows whether sets were committed", "sets", sets, "took", took, "err", err)
	case err != nil:
		c.log.Warn("sqldb: sets could not be committed", "sets", sets, "took", took, "err", err)
	case took >= SlowFlush:
		c.log.Warn("sqldb: the disk is slow", "sets", sets, "took", took)
	}
}

func (c *counts) checkpointed(took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.is.Checkpoints++
	c.is.CheckpointTime += took
}

// Stats gives what the store has counted, at once and from any goroutine.
func (s *Store) Stats() Stats {
	s.stats.mu.Lock()
	is := s.stats.is
	s.stats.mu.Unlock()
	is.Refused, is.Repeated = s.stats.refused.Load(), s.stats.repeated.Load()
	is.Waiting = s.queue.len()
	return is
}
