package bad

import _ "embed"

type Mug struct{}

func (m *Mug) String() string { return "" }

// Something opens.
func (b Box[T]) Open() {}

//go:noinline
func Directive() {}

// The type has one.
type Box[T any] struct{}

const Red = 1

var (
	One        = 1 // the first
	Two, three = 2, 3
)

type (
	Cup struct{}
	// Plates are many.
	Plate struct{}
)

// Store is an interface.
type Store interface {
	Get() int
	Put(int)
}
