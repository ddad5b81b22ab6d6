package sqldb

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tillkit/till/store"
)

// Error is what SQLite or its driver said, and what to do next. It is told apart
// by Kind with errors.Is; the driver's own error is in the chain too.
type Error struct {
	Op   string // what was under way: "open", "commit", "find"
	Code int    // SQLite's result code, extended where there is one; 0: none
	Next string // what to do
	Kind error  // a sentinel of package store, or nil
	Err  error  // as it came
}

// Error says what happened and what to do.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "sqldb: %s", e.Op)
	if e.Kind != nil {
		fmt.Fprintf(&b, ": %v", e.Kind)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	if e.Next != "" {
		fmt.Fprintf(&b, ": %s", e.Next)
	}
	return b.String()
}

// Unwrap gives the sentinel and the driver's error.
func (e *Error) Unwrap() []error {
	var chain []error
	for _, err := range []error{e.Kind, e.Err} {
		if err != nil {
			chain = append(chain, err)
		}
	}
	return chain
}

// SQLite's primary result codes that mean something to the engine.
// https://www.sqlite.org/rescode.html
const (
	codeError    = 1
	codePerm     = 3
	codeBusy     = 5
	codeLocked   = 6
	codeNoMemory = 7
	codeReadOnly = 8
	codeIO       = 10
	codeCorrupt  = 11
	codeFull     = 13
	codeCantOpen = 14
	codeProtocol = 15
	codeTooBig   = 18
	codeAuth     = 23
	codeNotADB   = 26
)

// faults turns errors of the driver into errors of ours.
type faults struct {
	classify func(error) (int, bool)
}

// code gives the primary result code, 0 for none.
func (f faults) code(err error) int {
	if err == nil {
		return 0
	}
	if code, ok := f.classify(err); ok {
		return code & 0xff
	}
	return 0
}

// busy reports whether somebody else holds what was needed.
func (f faults) busy(err error) bool {
	switch f.code(err) {
	case codeBusy, codeLocked, codeProtocol:
		return true
	}
	return errors.Is(err, errInUse)
}

// of gives an error its meaning. One that has a meaning already, or that is a
// context's, stays as it is.
func (f faults) of(op string, err error) error {
	if err == nil || isOurs(err) {
		return err
	}
	e := &Error{Op: op, Err: err}
	if code, ok := f.classify(err); ok {
		e.Code = code
	}
	switch e.Code & 0xff {
	case codeBusy, codeLocked, codeProtocol:
		e.Kind, e.Next = store.ErrBusy, "somebody else holds the file: try again later"
	case codeFull:
		e.Kind, e.Next = store.ErrFull, "make room on the disk, then try again"
	case codeReadOnly, codePerm, codeAuth:
		e.Kind, e.Next = store.ErrInvalid, "the file or its directory is read-only: make both writable, -wal and -shm too"
	case codeCantOpen:
		e.Kind, e.Next = store.ErrInvalid, "the directory must be there, and it and the file must be writable"
	case codeNotADB:
		e.Kind, e.Next = store.ErrInvalid, "the file is no SQLite database: give another path"
	case codeTooBig:
		e.Kind, e.Next = store.ErrInvalid, "it is too long for SQLite: write it in parts"
	case codeCorrupt:
		e.Next = "the file is damaged: stop, keep a copy, restore a backup"
	case codeIO:
		e.Next = "the disk does not obey: look at the system's log"
	case codeNoMemory:
		e.Next = "there is no memory left: try again with more"
	}
	return e
}

// isOurs reports whether an error says already what it means.
func isOurs(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	var e *Error
	if errors.As(err, &e) {
		return true
	}
	for _, kind := range []error{
		store.ErrNotFound, store.ErrExists, store.ErrConflict, store.ErrInvalid, store.ErrShort,
		store.ErrUnsupported, store.ErrClosed, store.ErrBusy, store.ErrFull, store.ErrOutcomeUnknown,
	} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}
