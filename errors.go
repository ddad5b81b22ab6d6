package till

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tillkit/till/store"
)

// The sentinels, by what the caller does next. Use errors.Is; the types below
// carry the data, for errors.As. Those that a store has too are the same values.
var (
	// ErrNotFound: there is no such thing, or it is not yours: nobody is told which.
	ErrNotFound = store.ErrNotFound
	// ErrExists: somebody has it already; choose another.
	ErrExists = store.ErrExists
	// ErrConflict: something changed meanwhile; read again and decide again.
	ErrConflict = store.ErrConflict
	// ErrInvalid: the request is wrong; correct it.
	ErrInvalid = store.ErrInvalid
	// ErrShort: there is not enough in stock; ask for less.
	ErrShort = store.ErrShort
	// ErrUnavailable: it cannot be bought now; take it out of the cart.
	ErrUnavailable = errors.New("cannot be bought")
	// ErrCredentials: e-mail and password do not belong together, or there is no
	// such account, or it has no password, or it is disabled: nobody is told which.
	ErrCredentials = errors.New("e-mail or password is wrong")
	// ErrSession: the token is no session's, or its time is over; sign in again.
	ErrSession = errors.New("no such session")
	// ErrDamaged: stored data contradicts itself; restore a backup.
	ErrDamaged = errors.New("damaged")
	// ErrUnsupported: this version does not know it; use a newer one.
	ErrUnsupported = store.ErrUnsupported
	// ErrClosed: the store was closed; open it again.
	ErrClosed = store.ErrClosed
	// ErrBusy: the store is held by somebody else; try again later.
	ErrBusy = store.ErrBusy
	// ErrFull: the store has no room; make some and try again.
	ErrFull = store.ErrFull
	// ErrOutcomeUnknown: it may have happened; ask again with the same key.
	ErrOutcomeUnknown = store.ErrOutcomeUnknown
)

// InvalidError says what in a request is wrong, and why.
type InvalidError struct {
	Path   string // where: "items[2].quantity", "email"
	Reason string
}

// Error says both.
func (e *InvalidError) Error() string { return "till: " + e.Path + ": " + e.Reason }

// Unwrap gives [ErrInvalid].
func (e *InvalidError) Unwrap() error { return ErrInvalid }

func invalid(path, format string, args ...any) error {
	return &InvalidError{Path: path, Reason: fmt.Sprintf(format, args...)}
}

// within puts a path before that of an [InvalidError].
func within(path string, err error) error {
	if e, ok := errors.AsType[*InvalidError](err); ok {
		return &InvalidError{Path: path + "." + e.Path, Reason: e.Reason}
	}
	return err
}

// partError is an error of one part of a request that has no path of its own.
type partError struct {
	path string
	err  error
}

// inPart says in which part of a request an error is: before the path of an [InvalidError],
// else before what it says.
func inPart(path string, err error) error {
	if in := within(path, err); in != err {
		return in
	}
	return &partError{path, err}
}

func (e *partError) Error() string {
	return "till: " + e.path + ": " + strings.TrimPrefix(e.err.Error(), "till: ")
}

func (e *partError) Unwrap() error { return e.err }

// NotFoundError says what was asked for.
type NotFoundError struct {
	Kind string // "product", "SKU", "price", "order", "line", "account", "person", "draft"
	ID   string // as it was asked for
}

// Error names it.
func (e *NotFoundError) Error() string {
	if e.Kind == "price" {
		return fmt.Sprintf("till: %s had no price in that time: ask of a longer or a later one", e.ID)
	}
	return fmt.Sprintf("till: no %s %q", e.Kind, e.ID)
}

// Unwrap gives [ErrNotFound].
func (e *NotFoundError) Unwrap() error { return ErrNotFound }

// ExistsError says what is taken.
type ExistsError struct {
	Kind string // "SKU", "handle", "e-mail address", "key"
	ID   string
}

// Error names it.
func (e *ExistsError) Error() string {
	return fmt.Sprintf("till: %s %q is taken: choose another", e.Kind, e.ID)
}

// Unwrap gives [ErrExists].
func (e *ExistsError) Unwrap() error { return ErrExists }

// ShortageError says of which article there is not enough.
type ShortageError struct {
	SKU       SKU
	Wanted    int64
	Available int64 // what could be had, back orders included; never below 0
}

// Error gives the figures.
func (e *ShortageError) Error() string {
	return fmt.Sprintf("till: %d of %s are wanted, %d are available: take fewer", e.Wanted, e.SKU, e.Available)
}

// Unwrap gives [ErrShort].
func (e *ShortageError) Unwrap() error { return ErrShort }

// UnavailableError says why an article cannot be bought at an instant.
type UnavailableError struct {
	SKU    SKU
	Reason Unavailable
}

// Unavailable is a reason why an article cannot be bought.
type Unavailable string

// The reasons, in the order in which they are looked for.
const (
	UnknownSKU Unavailable = "unknown"    // no product has it
	Deleted    Unavailable = "deleted"    // its product was deleted, or this variant of it
	NotActive  Unavailable = "not active" // its product is a draft or archived
	NotListed  Unavailable = "not listed"
	NoPrice    Unavailable = "no price" // none in the list and currency
)

// Error gives the SKU and the reason.
func (e *UnavailableError) Error() string {
	if e.Reason == UnknownSKU {
		return fmt.Sprintf("till: no article has the SKU %q", string(e.SKU))
	}
	return fmt.Sprintf("till: %s cannot be bought (%s): take it out", e.SKU, e.Reason)
}

// Unwrap gives [ErrNotFound] for a SKU that is not known, else [ErrUnavailable].
func (e *UnavailableError) Unwrap() error {
	if e.Reason == UnknownSKU {
		return ErrNotFound
	}
	return ErrUnavailable
}

// DeliveryError says why the goods cannot go to the buyer as it was chosen.
type DeliveryError struct {
	Method string // the one that was chosen, "" for none
	Reason DeliveryReason
}

// Error gives the method and the reason.
func (e *DeliveryError) Error() string {
	switch e.Reason {
	case NotChosen:
		return "till: no delivery is chosen: choose one of the quote's Deliveries"
	case Undeliverable:
		return "till: nothing delivers these goods to where they should go"
	}
	return fmt.Sprintf("till: delivery %q cannot be had (%s): choose another", e.Method, e.Reason)
}

// Unwrap gives [ErrUnavailable].
func (e *DeliveryError) Unwrap() error { return ErrUnavailable }

// StateError says that a thing is not in the state that an operation needs.
type StateError struct {
	Kind  string // "order", "account", "product", "draft"
	ID    string // an order's number, a product's handle, an account's id, a draft's reference
	State string // the state it is in
	Want  string // what the operation needs
}

// Error says both states.
func (e *StateError) Error() string {
	return fmt.Sprintf("till: %s %s is %s; this needs one that is %s", e.Kind, e.ID, e.State, e.Want)
}

// Unwrap gives [ErrConflict].
func (e *StateError) Unwrap() error { return ErrConflict }

// DamagedError says where stored data contradicts itself.
type DamagedError struct {
	What   string // "order 1001: entry 2"
	Reason string
}

// Error says both.
func (e *DamagedError) Error() string { return "till: " + e.What + ": " + e.Reason }

// Unwrap gives [ErrDamaged].
func (e *DamagedError) Unwrap() error { return ErrDamaged }

func damaged(what, format string, args ...any) error {
	return &DamagedError{What: what, Reason: fmt.Sprintf(format, args...)}
}
