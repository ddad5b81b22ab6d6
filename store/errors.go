package store

import (
	"errors"
	"fmt"
)

// The sentinels, by what the caller does next. Use errors.Is.
var (
	// ErrNotFound: it is not there.
	ErrNotFound = errors.New("not found")
	// ErrExists: somebody has it; choose another key.
	ErrExists = errors.New("exists already")
	// ErrConflict: something changed meanwhile; read again, decide again.
	ErrConflict = errors.New("changed meanwhile")
	// ErrInvalid: the request is wrong; correct it.
	ErrInvalid = errors.New("invalid")
	// ErrShort: there is not enough; ask for less.
	ErrShort = errors.New("not enough")
	// ErrUnsupported: this version does not know it; use a newer one.
	ErrUnsupported = errors.New("not supported")
	// ErrClosed: the store was closed; open it again.
	ErrClosed = errors.New("closed")
	// ErrBusy: somebody else holds the store; try again later.
	ErrBusy = errors.New("busy")
	// ErrFull: there is no room; make some, then try again.
	ErrFull = errors.New("no room left")
	// ErrOutcomeUnknown: it may have happened; ask Outcome with the key.
	ErrOutcomeUnknown = errors.New("outcome unknown")
)

// ConflictError says which record was not at the revision that a set gave.
type ConflictError struct {
	Ref  Ref
	Want int64 // the revision that the set gave
	Have int64 // the revision that it has; 0: absent
}

// Error says what to do: read the record again.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("store: %s is at revision %d, not %d: read it again and decide again", e.Ref, e.Have, e.Want)
}

// Unwrap gives [ErrConflict].
func (e *ConflictError) Unwrap() error { return ErrConflict }

// OwnerError says that a claim could not be released, because it is not there
// or is another owner's.
type OwnerError struct {
	Ref   Ref
	Owner string // who wanted to release it
}

// Error names the claim.
func (e *OwnerError) Error() string {
	return fmt.Sprintf("store: claim %s is not held by %q: read it again", e.Ref, e.Owner)
}

// Unwrap gives [ErrConflict].
func (e *OwnerError) Unwrap() error { return ErrConflict }

// ExistsError says which claim is taken.
type ExistsError struct{ Ref Ref }

// Error names the claim.
func (e *ExistsError) Error() string {
	return fmt.Sprintf("store: %s is taken: choose another key", e.Ref)
}

// Unwrap gives [ErrExists].
func (e *ExistsError) Unwrap() error { return ErrExists }

// KeyError says that a set's Key was used for a set of another fingerprint.
type KeyError struct{ Key string }

// Error names the key.
func (e *KeyError) Error() string {
	return fmt.Sprintf("store: key %q was used for another request: use a new key", e.Key)
}

// Unwrap gives [ErrExists].
func (e *KeyError) Unwrap() error { return ErrExists }

// ShortError says which step would have left its column below its floor.
type ShortError struct {
	Ref   Ref
	Field string
	By    int64 // what the step adds
	Have  int64 // the column before the step
	Floor int64
}

// Error gives the figures.
func (e *ShortError) Error() string {
	return fmt.Sprintf("store: %s.%s has %d, and %+d would leave it below %d: ask for less", e.Ref, e.Field, e.Have, e.By, e.Floor)
}

// Unwrap gives [ErrShort].
func (e *ShortError) Unwrap() error { return ErrShort }

// InvalidError says what in a request is wrong, and why.
type InvalidError struct {
	What   string // where: "changes[3].key", "query.limit"
	Reason string
}

// Error says both.
func (e *InvalidError) Error() string { return "store: " + e.What + ": " + e.Reason }

// Unwrap gives [ErrInvalid].
func (e *InvalidError) Unwrap() error { return ErrInvalid }

// UnsupportedError says what a store does not know.
type UnsupportedError struct {
	What   string
	Reason string
}

// Error says both.
func (e *UnsupportedError) Error() string { return "store: " + e.What + ": " + e.Reason }

// Unwrap gives [ErrUnsupported].
func (e *UnsupportedError) Unwrap() error { return ErrUnsupported }

func invalid(what, format string, args ...any) error {
	return &InvalidError{What: what, Reason: fmt.Sprintf(format, args...)}
}
