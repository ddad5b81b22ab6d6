package sqldb

import "context"

// CheckWords is Check, with so many rows for each walk through a table of words.
func (s *Store) CheckWords(ctx context.Context, atOnce int) error { return s.check(ctx, atOnce) }
