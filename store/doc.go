// Package store is the port between a shop and whatever keeps its data: the
// interface [Store] that an adapter implements, and the words it is written in.
//
// It knows records, not commerce. A shop describes the families of records it
// keeps in a [Schema]; it changes them only through [Store.Commit], which takes
// one [ChangeSet], a value that says what to change and what the decision
// relied on, and applies all of it or nothing. So a store never sees an open
// transaction, never runs foreign code inside one, and never has to know what
// an order is. It does not grow when the shop does.
//
// # The four shapes of a family
//
//	Rows      Put, Delete      a document at a revision: 1, 2, 3 ...
//	Journal   Append           numbered entries for ever, and beside them the state they fold to
//	Counters  Add              integers with a floor under each step
//	Claims    Claim, Release   a key that at most one owner holds
//
// # Writing an adapter
//
// Implement the eight methods of [Store]. [Compile] turns a schema into a
// [Layout], whose Check methods refuse everything that is wrong in form, so
// that an adapter is left with the questions only it can answer: is the
// revision what the set says, is the claim free, does the counter suffice.
// [Query.Cursor] and [Query.Position] make and read cursors. A document's length is
// known only once it has been encoded: the store itself refuses one of more than
// MaxDocument bytes with [ErrInvalid], and so it does with a set of which a Doc
// cannot write itself down: both are wrong in form, and the Doc's own error stays
// in the chain. A store that keeps values encodes none: it refuses a [Raw] that is too
// long, and gives any other back as it is. The package storetest proves the result; the
// adapter in store/memory is the contract in its plainest form.
//
// A store that one handle alone may have open (storetest calls it not Shared)
// refuses a second one with [ErrBusy] until the first is closed. It may wait for
// that as long as the context it is opened with, or not at all.
//
// # What holds for every method
//
// All methods may be called at once from many goroutines. A context that is
// already done ends a call with its error before anything happens; then comes
// [ErrClosed], then that Prepare has not been called, then what is wrong in form.
// Errors are told apart with errors.Is, by the sentinels of this package, each of
// which says what the caller does next; those of Commit are the types of this
// package, with the data that their fields name. An adapter keeps the error of its
// engine in the chain; what fits no sentinel is returned as it is.
//
// Where what a store stands on fails, a disk or a connection, a call gives an error
// that is not about what the caller or others have done, or an answer that is right:
// never a part of one. When it obeys again the store goes on; one that cannot tell
// what became of a set says [ErrOutcomeUnknown] to every call until it is opened
// again. An Open, a Prepare or a Maintain that failed can be made again, and a
// Close that failed has given everything back all the same.
//
// Nothing is shared by accident: what a caller does to its slices after a call
// returned does not reach the store, and what it does to slices it was given
// does not reach the store or anybody else. That holds for the bytes of a [Raw]
// and of a payload too: a store keeps none that it was given, and gives each
// reader bytes of his own. Any other [Doc] is shared: it is immutable.
//
// Text is valid UTF-8 without NUL and is compared byte by byte. Numbers are
// signed 64-bit integers and keep every bit. Instants are integers to a store:
// microseconds since 1970 in UTC, if it should care.
package store
