package sqldb_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
	"github.com/tillkit/till/store/sqlite/internal/faulty"
	"github.com/tillkit/till/store/sqlite/sqldb"
)

// randomVisits makes a set of visits, most of which come later than all before; some are
// changed, deleted, erased or refused.
func randomVisits(r *rand.Rand, rev func(store.Ref) int64, now *int64) store.ChangeSet {
	var set store.ChangeSet
	seen := map[store.Ref]bool{}
	for range 1 + r.IntN(4) {
		*now += r.Int64N(3)
		at := *now
		switch r.IntN(20) {
		case 0:
			at = r.Int64N(*now + 9)
		case 1:
			at = math.MinInt64
		}
		first := r.IntN(300)
		put := visit(fmt.Sprint("k", r.IntN(60)), 0, at, []string{"new", "old"}[r.IntN(2)], first, first+r.IntN(120))
		if r.IntN(5) == 0 {
			put.Ref = store.Ref{Family: "partitions", Key: fmt.Sprintf("p%d/%d", r.IntN(2), r.IntN(9))}
		}
		if seen[put.Ref] {
			continue
		}
		seen[put.Ref] = true
		if put.Rev = rev(put.Ref); r.IntN(25) == 0 {
			put.Rev++
		}
		switch {
		case put.Rev > 0 && r.IntN(4) == 0:
			set.Changes = append(set.Changes, store.Delete{Ref: put.Ref, Rev: put.Rev})
		default:
			set.Changes = append(set.Changes, put)
		}
	}
	if r.IntN(15) == 0 {
		set.Changes = append(set.Changes, store.Erase{Person: fmt.Sprint("p", r.IntN(2))})
	}
	return set
}

// However rows come, by this handle, by another, in a transaction of the program's own that
// may be rolled back, or where the disk spoils a batch: a list gives what the reference
// gives, in both directions, between all bounds, after reopening too.
func TestPartitionsAnswerAsIfThereWereNone(t *testing.T) {
	layout, err := store.Compile(dated())
	if err != nil {
		t.Fatal(err)
	}
	ways := map[string]int{}
	defer sqldb.MostOpen(250)()
	for seed := range uint64(2) {
		s, f, db := openDated(t)
		model := memory.New()
		if err := model.Prepare(t.Context(), dated()); err != nil {
			t.Fatal(err)
		}
		other, lock := second(t, s.File(), dated()), locker(t, s)
		r, now := rand.New(rand.NewPCG(seed, 9)), int64(0)
		rev := func(ref store.Ref) int64 { return got(t, model, []store.Ref{ref})[0].Rev }
		for round := range 50 {
			var sets []store.ChangeSet
			for range 1 + r.IntN(6) {
				if set := randomVisits(r, rev, &now); layout.CheckSet(set) == nil {
					sets = append(sets, set)
				}
			}
			if len(sets) == 0 {
				continue
			}
			var answers []answer
			by := func(db store.Store) {
				for _, set := range sets {
					receipt, err := db.Commit(t.Context(), set)
					answers = append(answers, answer{receipt, err})
				}
			}
			way := []string{"another handle", "transaction", "rolled back", "trouble", "batch", "batch"}[r.IntN(6)]
			ways[way]++
			switch way {
			case "another handle":
				by(other)
			case "transaction", "rolled back":
				tx := ownTx(t, s)
				by(s.InTx(tx))
				if way == "rolled back" {
					if err := tx.Rollback(); err != nil {
						t.Fatal(err)
					}
					continue
				}
				if err := tx.Commit(); err != nil {
					t.Fatal(err)
				}
			case "trouble":
				spoiled := []string{`INSERT OR REPLACE INTO "till_visits$tag"`, `INSERT INTO "till_visits$tag$open"`, `DELETE FROM "till_visits$tag$open"`}
				f.fault.Store(&fault{prefix: spoiled[r.IntN(3)], err: faulty.Code(10), times: 1})
				answers = together(t, s, lock, sets...)
				f.fault.Store(nil)
				if len(sets) == 1 { // it is told so
					var again answer
					again.receipt, again.err = s.Commit(t.Context(), sets[0])
					if answers[0].err != nil {
						answers[0] = again
					}
				}
			case "batch":
				answers = together(t, s, lock, sets...)
			}
			for i, set := range sets {
				if _, err := model.Commit(t.Context(), set); said(err) != said(answers[i].err) {
					t.Fatalf("seed %d, round %d, set %d: %v, want %v", seed, round, i, answers[i].err, err)
				}
			}
			for range 6 {
				q := store.Query{List: "tag", Limit: 2 + r.IntN(9), Desc: r.IntN(2) == 0}
				if r.IntN(2) == 0 {
					q.List, q.Equal = "state", []store.Value{store.TextValue("new")}
				} else if r.IntN(2) == 0 {
					q.Where = []store.Cond{{Field: "state", Op: store.Equal, Value: store.TextValue("old")}}
				}
				if from := store.IntValue(r.Int64N(now + 5)); r.IntN(2) == 0 {
					q.From = &from
				}
				if to := store.IntValue(r.Int64N(now + 5)); r.IntN(2) == 0 {
					q.To = &to
				}
				tag := fmt.Sprint("t", r.IntN(420))
				for _, on := range []store.Store{s, other} {
					if diff := cmp.Diff(walk(t, model, q, tag), walk(t, on, q, tag)); diff != "" {
						t.Fatalf("seed %d, round %d, %s of %+v (-want +got):\n%s", seed, round, tag, q, diff)
					}
				}
			}
		}
		placed(t, db)
		for _, list := range []string{"till_visits$tag", "till_visits$state"} {
			if n := len(begun(t, db, list)); n < 5 {
				t.Errorf("%s has %d partitions: that shows nothing", list, n)
			}
		}
		again := second(t, s.File(), dated())
		for _, desc := range []bool{false, true} {
			q := store.Query{List: "tag", Limit: 1000, Desc: desc}
			if diff := cmp.Diff(walk(t, model, q, "t300"), walk(t, again, q, "t300")); diff != "" {
				t.Error(diff)
			}
		}
	}
	if len(ways) != 5 {
		t.Errorf("they came in these ways alone: %v", ways)
	}
}
