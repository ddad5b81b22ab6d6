// Package good has a comment wherever one is needed.
package good

// Mug is a type with a comment; its fields belong to it.
type Mug struct {
	Name string
}

// String is a method.
func (m *Mug) String() string { return m.Name }

// A Box of things.
type Box[T any] struct{ Of T }

// Open is a method of a generic type.
func (b Box[T]) Open() T { return b.Of }

// Kinds of things, with one comment for all.
const (
	Red  = 1
	Blue = 2
)

// Limits have a comment for all, or one each.
var Least, Most = 1, 2

const (
	One = 1 // the first
	// Two is the second.
	Two = 2

	three = 3
)

type (
	Cup   struct{} // has one at the end of its line
	plate struct{}
)

// Opener has one method, which its comment describes.
type Opener interface{ Open() }

// Store is an interface.
type Store interface {
	Opener
	// Get gets.
	Get() int
	Put(int) // puts
	private()
}

func (plate) Wash() { _ = three }

func helper() {}
