package till

// recent is a bounded map, which forgets first what was not asked for longest. Its zero
// value is empty. It is not safe for many at once.
type recent[K comparable, V any] struct {
	new, old  map[K]sized[V] // old: what was there when new was begun
	remembers int            // sum of the sizes in new
	losses    int            // how often something has ceased to be remembered
}

type sized[V any] struct {
	value V
	size  int
}

// find gives what is remembered for a key.
func (r *recent[K, V]) find(key K, most int) (V, bool) {
	is, hit := r.new[key]
	if !hit {
		if is, hit = r.old[key]; hit {
			r.keep(key, is.value, is.size, most)
		}
	}
	return is.value, hit
}

// keep remembers a value for a key, instead of the one that it had. What is remembered
// has twice the size of most at the most.
func (r *recent[K, V]) keep(key K, value V, size, most int) {
	if r.new == nil || r.remembers+size > most {
		r.old, r.new, r.remembers = r.new, make(map[K]sized[V]), 0
		r.losses++
	}
	r.remembers += size - r.new[key].size
	r.new[key] = sized[V]{value, size}
}

// forget takes a key out.
func (r *recent[K, V]) forget(key K) {
	r.losses++
	r.remembers -= r.new[key].size
	delete(r.new, key)
	delete(r.old, key)
}
