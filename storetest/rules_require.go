package storetest

import (
	"errors"
	"fmt"

	"github.com/tillkit/till/store"
)

func needing(changes []store.Change, requires ...store.Requirement) store.ChangeSet {
	return store.ChangeSet{Requires: requires, Changes: changes}
}

var requireRules = []Rule{
	{
		ID:       "require/revision",
		Sentence: "A requirement says what a decision relied on: a record that had revision Rev, 0 for one that was absent. If it has another, the set is refused with ErrConflict.",
		Why:      "a price that changed under a checkout must be seen by the buyer first",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			e.Commit(s, put("r", 1, thing{Num: 2}))
			row, journal, gone := ref("row", "r"), ref("journal", "j"), ref("row", "gone")
			new := func(i int) []store.Change { return []store.Change{plain(fmt.Sprint("new", i), 0, "x")} }
			e.CommitSet(s, needing(new(1), require(row, 2), require(journal, 2), require(gone, 0), require(ref("journal", "gone"), 0), require(ref("person", "ann/1"), 1)))
			for i, bad := range []store.Requirement{
				require(row, 0), require(row, 1), require(row, 3), require(journal, 0), require(journal, 1), require(journal, 3),
				require(gone, 1), require(ref("journal", "gone"), 1), require(ref("person", "ann/1"), 0),
			} {
				what := fmt.Sprintf("a requirement of %s at %d", bad.Ref, bad.Rev)
				err := e.Refused(s, what, needing(new(2+i), bad), store.ErrConflict)
				e.Refused(s, what+" after others", needing(new(2+i), require(row, 2), require(gone, 0), bad), store.ErrConflict)
				if c, ok := errors.AsType[*store.ConflictError](err); !ok || c.Ref != bad.Ref || c.Want != bad.Rev {
					e.Failf("%s: the chain of the error has no *store.ConflictError of it: %v", what, err)
				}
			}
			var many []store.Requirement // none of which fits: the first is told
			for i := range 100 {
				many = append(many, require(ref("row", fmt.Sprintf("gone%02d", (37*i+63)%100)), 1))
			}
			err := e.Refused(s, "many that do not fit", needing(new(0), many...), store.ErrConflict)
			if c, ok := errors.AsType[*store.ConflictError](err); !ok || c.Ref != many[0].Ref {
				e.Failf("of many requirements that do not fit the first one, %s, is told: %v", many[0].Ref, err)
			}
		},
	},
	{
		ID:       "require/state-before",
		Sentence: "It is compared with the state before the set.",
		Why:      "a set may change what it relied on",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			row, journal := ref("row", "r"), ref("journal", "j")
			e.CommitSet(s, needing([]store.Change{put("r", 1, thing{}), grow("j", 2, "x"), put("new", 0, thing{})}, require(row, 1), require(journal, 2), require(ref("row", "new"), 0)))
			e.Refused(s, "the state after the set", needing([]store.Change{put("r", 2, thing{})}, require(row, 3)), store.ErrConflict)
			e.Refused(s, "a row that the set makes", needing([]store.Change{put("newer", 0, thing{})}, require(ref("row", "newer"), 1)), store.ErrConflict)
			e.CommitSet(s, needing([]store.Change{del(row, 2)}, require(row, 2)))
			e.CommitSet(s, needing([]store.Change{store.Erase{Person: "ann"}}, require(ref("person", "ann/1"), 1)))
		},
	},
	{
		ID:       "require/deleted",
		Sentence: "A record that was deleted is absent: revision 0.",
		Why:      "a session that was ended gives no access any more",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			e.Commit(s, del(ref("plain", "p"), 1), store.Erase{Person: "ann"})
			e.Refused(s, "a deleted row", needing(nil, require(ref("plain", "p"), 1)), store.ErrConflict)
			e.Refused(s, "an erased row", needing(nil, require(ref("letter", "ann/2"), 1)), store.ErrConflict)
			e.CommitSet(s, needing(nil, require(ref("plain", "p"), 0), require(ref("letter", "ann/2"), 0)))
		},
	},
	{
		ID:       "require/families",
		Sentence: "Only records of Rows and Journal families can be required; any other is ErrInvalid.",
		Why:      "counters are guarded by floors, so that buyers do not wait for each other",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			e.CommitSet(s, keyed("key", "x"))
			for _, r := range []store.Ref{ref("counter", "c"), ref("claim", "e"), ref(store.Receipts, "key"), ref("counter", "gone")} {
				for rev := range int64(2) {
					e.Refused(s, fmt.Sprintf("a requirement of %s at %d", r, rev), needing(nil, require(r, rev)), store.ErrInvalid)
				}
			}
		},
	},
	{
		ID:       "require/write-skew",
		Sentence: "A required record does not change between the comparison and the commit, as if it were locked.",
		Why:      "a coupon was withdrawn while an order took it: neither wrote what the other wrote",
		Check: func(e *Env) {
			s := e.Fresh()
			for round := range 150 {
				x, y := fmt.Sprintf("x%03d", round), fmt.Sprintf("y%03d", round)
				e.Commit(s, plain(x, 0, "on call"), plain(y, 0, "on call"))
				var errs [2]error
				together(2, func(i int) {
					mine, other := x, y
					if i == 1 {
						mine, other = y, x
					}
					_, errs[i] = s.Commit(e.Ctx, needing([]store.Change{plain(mine, 1, "gone home")}, require(ref("plain", other), 1)))
				})
				if (errs[0] == nil) == (errs[1] == nil) {
					e.Stopf("round %d: each of two sets changed what the other required; one must be refused: %v, %v", round, errs[0], errs[1])
				}
				for _, err := range errs {
					if err != nil {
						e.Is("the refused one", err, store.ErrConflict)
					}
				}
			}
		},
	},
	{
		ID:       "require/absence-holds",
		Sentence: "A record that is required to be absent is absent until the set is committed.",
		Why:      "an order placed against rules to which a rule was just added",
		Check: func(e *Env) {
			s := e.Fresh()
			for round := range 150 {
				x, y := fmt.Sprintf("x%03d", round), fmt.Sprintf("y%03d", round)
				var errs [2]error
				together(2, func(i int) {
					mine, other := grow(x, 0, "x"), ref("journal", y)
					if i == 1 {
						mine, other = grow(y, 0, "y"), ref("journal", x)
					}
					_, errs[i] = s.Commit(e.Ctx, needing([]store.Change{mine}, require(other, 0)))
				})
				if (errs[0] == nil) == (errs[1] == nil) {
					e.Stopf("round %d: each of two sets made what the other required to be absent; one must be refused: %v, %v", round, errs[0], errs[1])
				}
			}
		},
	},
}
