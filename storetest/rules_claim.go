package storetest

import (
	"errors"
	"fmt"

	"github.com/tillkit/till/store"
)

var claimRules = []Rule{
	{
		ID:       "claim/exclusive",
		Sentence: "Claim takes a key for an owner. A key that is taken, also by the same owner, is ErrExists.",
		Why:      "one account for one e-mail address; one coupon for one customer, once",
		Check: func(e *Env) {
			s := e.Fresh()
			e.Commit(s, take("a@x", "ann"), take("b@x", "ann"))
			for _, owner := range []string{"bob", "ann", "an", "Ann"} {
				err := e.Refused(s, "a Claim by "+owner, store.ChangeSet{Changes: []store.Change{plain("p", 0, "x"), take("a@x", owner)}}, store.ErrExists)
				if x, ok := errors.AsType[*store.ExistsError](err); !ok || x.Ref != ref("claim", "a@x") {
					e.Failf("the chain of the error has no *store.ExistsError of claim/a@x: %v", err)
				}
			}
			e.Commit(s, take("A@x", "bob"), take("a@x2", "bob"))
			e.Equal("claims", e.Get(s, ref("claim", "a@x"), ref("claim", "A@x")), []Seen{{Ref: "claim/a@x", Rev: 1, Doc: "ann"}, {Ref: "claim/A@x", Rev: 1, Doc: "bob"}})
		},
	},
	{
		ID:       "claim/release",
		Sentence: "Release gives a claim up. One that is not there, or is another owner's, is ErrConflict.",
		Why:      "nobody can free somebody else's address",
		Check: func(e *Env) {
			s := e.Fresh()
			e.Commit(s, take("a@x", "ann"))
			for _, r := range []store.Release{release("a@x", "bob"), release("a@x", "an"), release("a@x", "ANN"), release("b@x", "ann")} {
				err := e.Refused(s, fmt.Sprintf("Release of %s by %s", r.Ref, r.Owner), one(r), store.ErrConflict)
				if o, ok := errors.AsType[*store.OwnerError](err); !ok || *o != (store.OwnerError{Ref: r.Ref, Owner: r.Owner}) {
					e.Failf("the chain of the error has no *store.OwnerError of %s and %s: %v", r.Ref, r.Owner, err)
				}
			}
			e.Commit(s, release("a@x", "ann"))
			e.Equal("after the Release", e.Get(s, ref("claim", "a@x")), []Seen{{Ref: "claim/a@x"}})
			e.Refused(s, "a second Release", one(release("a@x", "ann")), store.ErrConflict)
		},
	},
	{
		ID:       "claim/again",
		Sentence: "A claim that was given up can be taken again, by anybody.",
		Why:      "an address that its owner left is free",
		Check: func(e *Env) {
			s := e.Fresh()
			for _, owner := range []string{"ann", "bob", "ann", "ann"} {
				e.Commit(s, take("a@x", owner))
				e.Equal("the claim", e.Get(s, ref("claim", "a@x")), []Seen{{Ref: "claim/a@x", Rev: 1, Doc: owner}})
				e.Commit(s, release("a@x", owner), take("moved", owner))
				e.Commit(s, release("moved", owner))
			}
		},
	},
	{
		ID:       "claim/readable",
		Sentence: "A claim is read by Get and Find; its document is the owner.",
		Why:      "to sign in, an address is looked up",
		Check: func(e *Env) {
			s := e.Fresh()
			e.Commit(s, take("b", "bob"), take("a", "ann é \U0001F600"), take("c", "x"))
			e.Commit(s, release("c", "x"))
			want := []Seen{{Ref: "claim/a", Rev: 1, Doc: "ann é \U0001F600"}, {Ref: "claim/b", Rev: 1, Doc: "bob"}}
			e.Equal("Find", e.Find(s, store.Query{Family: "claim"}), want)
			e.Equal("Get", e.Get(s, ref("claim", "a"), ref("claim", "b"), ref("claim", "c")), append(want, Seen{Ref: "claim/c"}))
		},
	},
	{
		ID:       "claim/race",
		Sentence: "A claim has at most one owner: of many who take it at once, one succeeds and the others get ErrExists.",
		Why:      "two registrations of one address in one moment",
		Check: func(e *Env) {
			s := e.Fresh()
			for round := range 20 {
				key := fmt.Sprint("k", round)
				errs := make([]error, 12)
				together(len(errs), func(i int) { _, errs[i] = s.Commit(e.Ctx, one(take(key, fmt.Sprint("owner", i)))) })
				winner := ""
				for i, err := range errs {
					if err != nil {
						e.Is("a loser", err, store.ErrExists)
					} else if winner != "" {
						e.Stopf("%s and owner%d both have %s", winner, i, key)
					} else {
						winner = fmt.Sprint("owner", i)
					}
				}
				e.Equal("the owner", e.Get(s, ref("claim", key))[0].Doc, winner)
			}
		},
	},
}
