package store

import "context"

// Store keeps the records of one shop. It is small, so that it can be
// implemented on anything that can apply a list of changes atomically; the
// package comment says what holds for every method.
type Store interface {
	// Prepare makes the store fit for a schema: it creates what is missing and
	// files records anew whose family has a greater Version than they were
	// filed with. It comes first; any other method before it is ErrInvalid. It
	// may be repeated, and two handles may do it at once: both succeed. Data
	// that was prepared with a greater Schema.Version is refused with
	// ErrUnsupported and left as it is. A handle that was prepared before that is
	// refused so too from then on, or goes on, and what it writes is filed by the
	// greater version. It happens wholly or not at all; after an error the handle
	// goes on as before, or as after one that another handle made: where it cannot
	// be known whether it happened, to repeat it is right in either case.
	//
	// Records are filed by the values that Commit was given; Index is called here
	// alone, and only for families whose Version was raised. Counters keep their
	// columns by name; a new one begins at 0. Another Shape, a lesser Version of a
	// family, and what changed without a greater one are the caller's faults:
	// ErrInvalid, as far as the store notices. What a family holds that the schema no
	// longer has is kept, and an Erase still reaches it.
	Prepare(ctx context.Context, schema Schema) error

	// Get reads records of any shape, of any families, from one consistent
	// state: all of them before or all of them after any commit. The answer has
	// the order and the length of refs; a ref that stands twice is answered
	// twice; an absent record has Rev 0. No refs give an empty answer.
	Get(ctx context.Context, refs ...Ref) ([]Record, error)

	// Find reads one page of a declared list. Each record stands once, at the
	// place that its newest commit gave it; its Index is nil but for counters.
	// A query that no list declares, or a cursor that is not of this query, is
	// ErrInvalid. Between two pages, records that nobody changed are neither
	// lost nor repeated. A page may be short, or empty: only an empty Next is
	// the end.
	Find(ctx context.Context, query Query) (Page[Record], error)

	// History reads the entries of a journal with N > after, by N, at most
	// limit (1 to MaxLimit). It goes on after the N of the last item: Next says
	// only whether there is more, its text is not read. A page that is not the
	// last is not empty. A journal that is absent has none.
	History(ctx context.Context, ref Ref, after int64, limit int) (Page[Entry], error)

	// Commit applies a set: all of it or nothing, and it is the only way to
	// write. When it returns without error, the set is as durable as the store
	// is and every later read on any handle sees it.
	//
	// In this order: a set that is wrong in form is an InvalidError, or an
	// UnsupportedError. A Key that has a receipt is answered with it (Replay), or
	// with a KeyError if the fingerprint is another. Then Requires, in their
	// order, then Changes, in theirs, are compared with the state before the
	// set; the first that does not fit is the error: a ConflictError, an
	// OwnerError, an ExistsError, a ShortError, or an InvalidError for a column
	// beyond int64. A required record does not change between that comparison and
	// the commit.
	//
	// An error in the chain with ErrOutcomeUnknown says that the set may have
	// been committed or may yet be: Outcome with its Key decides. Any other
	// error says that nothing was changed and nothing will be.
	Commit(ctx context.Context, set ChangeSet) (Receipt, error)

	// Outcome gives the receipt of the set that was committed with a key, with
	// Replay true. ErrNotFound: no such set has been committed. After Commit
	// said ErrOutcomeUnknown, Outcome waits until that can be known; where only
	// opening again can tell, it says ErrOutcomeUnknown too.
	Outcome(ctx context.Context, key string) (Receipt, error)

	// Feed reads the entries of all journals, each once, those of one journal
	// by N, at most limit (1 to MaxLimit); "" begins. An entry may come late,
	// also on a page after later ones of other journals, but it is never lost.
	// Next is never empty, so that one can ask again later; a page without
	// items says that there is nothing more now. A cursor that is not of Feed
	// is ErrInvalid.
	Feed(ctx context.Context, after Cursor, limit int) (Page[Event], error)

	// Close gives everything back. It waits for calls that are under way, or
	// ends them with ErrClosed; a commit among them has a decided outcome. Any
	// method but Close is ErrClosed afterwards; a second Close returns nil.
	Close() error
}

// Maintainer is what a store may implement besides, to tidy what it stands on:
// after Maintain, bytes of erased records are in no file of the store, and everything
// reads as before, cursors included. What holds for every method holds for it.
type Maintainer interface {
	Maintain(ctx context.Context) error
}
