package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

// sentinels are what errors are told apart by.
var sentinels = []error{
	store.ErrNotFound, store.ErrExists, store.ErrConflict, store.ErrInvalid, store.ErrShort, store.ErrUnsupported, store.ErrClosed, store.ErrBusy, store.ErrFull, store.ErrOutcomeUnknown,
}

// kind names an error by its sentinel.
func kind(err error) string {
	for _, s := range sentinels {
		if errors.Is(err, s) {
			return s.Error()
		}
	}
	if err == nil {
		return "taken"
	}
	return "another error: " + err.Error()
}

// randomThing makes a thing out of few values, so that there are ties.
func randomThing(r *rand.Rand) thing {
	words := []string{"blue", "red", "mug", "mugs", "teapot", "large", "Bluebell"}
	t := thing{Num: r.Int64N(7) - 3, Rank: r.Int64N(4), Txt: texts[r.IntN(len(texts))], State: []string{"open", "done", ""}[r.IntN(3)]}
	for range r.IntN(4) {
		t.Tags = append(t.Tags, []string{"red", "blue", "green"}[r.IntN(3)])
		t.Text += words[r.IntN(len(words))] + " "
	}
	return t
}

// randomSet makes a set over few keys. Its revisions are mostly those that the
// store has, so that most sets are taken and many are refused.
func randomSet(r *rand.Rand, rev func(store.Ref) int64) store.ChangeSet {
	var set store.ChangeSet
	near := func(ref store.Ref) int64 {
		if r.IntN(12) == 0 {
			return r.Int64N(4)
		}
		return rev(ref)
	}
	key := func() string { return []string{"a", "b", "ab", "é", "k1", "k2", "k3", "k4"}[r.IntN(8)] }
	person := func() string { return []string{"a", "ab", "b"}[r.IntN(3)] }
	for range r.IntN(6) {
		k := key()
		switch r.IntN(10) {
		case 0, 1, 2:
			set.Changes = append(set.Changes, put(k, near(ref("row", k)), randomThing(r)))
		case 3:
			set.Changes = append(set.Changes, del(ref("row", k), max(1, near(ref("row", k)))))
		case 4:
			set.Changes = append(set.Changes, grow(k, near(ref("journal", k)), []string{"x", "y", "z"}[:1+r.IntN(3)]...))
		case 5:
			set.Changes = append(set.Changes, steps(k, step("available", r.Int64N(9)-4, 0), step("reserved", r.Int64N(3)-1, -2)))
		case 6:
			set.Changes = append(set.Changes, take(k, person()))
		case 7:
			set.Changes = append(set.Changes, release(k, person()))
		case 8:
			k = person() + "/" + k
			set.Changes = append(set.Changes, personal(k, near(ref("person", k)), randomThing(r)))
		case 9:
			if r.IntN(3) == 0 {
				set.Changes = append(set.Changes, store.Erase{Person: person()})
			} else {
				set.Requires = append(set.Requires, require(ref("row", k), near(ref("row", k))))
			}
		}
	}
	if r.IntN(3) == 0 {
		n := r.IntN(20)
		set.Key, set.Result, set.At = fmt.Sprint("key", n), fmt.Sprint("result", r.IntN(9)), r.Int64N(9)
		set.Fingerprint[0] = byte(r.IntN(2))
	}
	return set
}

var modelRules = []Rule{
	{
		ID:       "model/sequence",
		Sentence: "Any sequence of sets is taken and refused as the contract says, and leaves what it says.",
		Why:      "two stores that answer alike are one contract",
		Check: func(e *Env) {
			for seed := range uint64(6) {
				r := rand.New(rand.NewPCG(seed, 7))
				s, model := e.Fresh(), memory.New()
				e.Must("Prepare the reference", model.Prepare(e.Ctx, schema()))
				rev := func(ref store.Ref) int64 { return e.Get(model, ref)[0].Rev }
				for i := range 120 {
					set := randomSet(r, rev)
					got, gotErr := s.Commit(e.Ctx, set)
					want, wantErr := model.Commit(e.Ctx, set)
					if got != want || kind(gotErr) != kind(wantErr) {
						e.Stopf("seed %d, set %d, of %s:\ngot  %s\nwant %s", seed, i, setInWords(set), answered(got, gotErr), answered(want, wantErr))
					}
					if i%20 == 19 {
						e.Equal(fmt.Sprintf("seed %d, the store after set %d", seed, i), e.Dump(s), e.Dump(model))
						for what, q := range inOrder(queries()) {
							q.Limit = 1 + r.IntN(4)
							if q.Match == nil {
								e.Equal(fmt.Sprintf("seed %d, %s after set %d", seed, what, i), e.Find(s, q), e.Find(model, q))
							} else {
								e.Equal(fmt.Sprintf("seed %d, %s after set %d", seed, what, i), byRef(e.Find(s, q)), byRef(e.Find(model, q)))
							}
						}
					}
				}
			}
		},
	},
}

// answered says what came of a Commit.
func answered(r store.Receipt, err error) string {
	switch {
	case err != nil:
		return "the error " + err.Error()
	case r.Replay:
		return fmt.Sprintf("taken before, with the result %q at %d", r.Result, r.At)
	}
	return fmt.Sprintf("taken, with the result %q at %d", r.Result, r.At)
}

func byRef(all []Seen) map[string][]Seen {
	out := map[string][]Seen{}
	for _, s := range all {
		out[s.Ref] = append(out[s.Ref], s)
	}
	return out
}
