package till

import (
	"iter"
	"math"
	"math/bits"
)

// sums are figures by key, as an immutable map that is sorted by key: a tree that
// differs in height by one at most, of which a change copies the path to what is
// changed and shares the rest. So a report is a value like any other, and adding to
// it costs the logarithm of its rows, not a copy of them. The zero sums are empty.
type sums[K sortable[K], V any] struct{ top *sum[K, V] }

type sortable[K any] interface{ compare(K) int }

type sum[K sortable[K], V any] struct {
	key         K
	value       V
	left, right *sum[K, V]
	height      int
}

// at gives the value of a key, false if there is none.
func (s sums[K, V]) at(key K) (V, bool) {
	here := s.top
	for here != nil {
		switch d := key.compare(here.key); {
		case d < 0:
			here = here.left
		case d > 0:
			here = here.right
		default:
			return here.value, true
		}
	}
	var none V
	return none, false
}

// below gives the value of the greatest key below another, false if there is none.
func (s sums[K, V]) below(key K) (value V, ok bool) {
	for here := s.top; here != nil; {
		if here.key.compare(key) < 0 {
			value, ok, here = here.value, true, here.right
		} else {
			here = here.left
		}
	}
	return value, ok
}

// with gives the same sums with another value of one key.
func (s sums[K, V]) with(key K, value V) sums[K, V] { return sums[K, V]{s.top.with(key, value)} }

// all gives keys and values in the order of the keys.
func (s sums[K, V]) all() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) { s.top.walk(yield) }
}

func (s *sum[K, V]) with(key K, value V) *sum[K, V] {
	if s == nil {
		return &sum[K, V]{key: key, value: value, height: 1}
	}
	switch d := key.compare(s.key); {
	case d < 0:
		return s.balanced(s.left.with(key, value), s.right)
	case d > 0:
		return s.balanced(s.left, s.right.with(key, value))
	}
	same := *s
	same.value = value
	return &same
}

func (s *sum[K, V]) walk(yield func(K, V) bool) bool {
	return s == nil || s.left.walk(yield) && yield(s.key, s.value) && s.right.walk(yield)
}

func (s *sum[K, V]) tall() int {
	if s == nil {
		return 0
	}
	return s.height
}

// over gives a copy of s that stands over two others.
func (s *sum[K, V]) over(left, right *sum[K, V]) *sum[K, V] {
	return &sum[K, V]{s.key, s.value, left, right, 1 + max(left.tall(), right.tall())}
}

// balanced is over, turned where one side would be higher than the other by two.
func (s *sum[K, V]) balanced(left, right *sum[K, V]) *sum[K, V] {
	switch left.tall() - right.tall() {
	case 2:
		if in := left.right; in.tall() > left.left.tall() {
			return in.over(left.over(left.left, in.left), s.over(in.right, right))
		}
		return left.over(left.left, s.over(left.right, right))
	case -2:
		if in := right.left; in.tall() > right.right.tall() {
			return in.over(s.over(left, in.left), right.over(in.right, right.right))
		}
		return right.over(s.over(left, right.left), right.right)
	}
	return s.over(left, right)
}

// plus adds two counts.
func plus(path string, a, b int64) (int64, error) {
	c := a + b
	if (a^c)&(b^c) < 0 {
		return 0, invalid(path, "%d and %d are too great to add", a, b)
	}
	return c, nil
}

// times multiplies two counts of 0 or more.
func times(path string, a, b int64) (int64, error) {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi != 0 || lo > math.MaxInt64 {
		return 0, invalid(path, "%d times %d is too great to count", a, b)
	}
	return int64(lo), nil
}
