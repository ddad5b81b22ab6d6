package sqldb_test

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
	"github.com/tillkit/till/store/sqlite/internal/faulty"
)

var modelSchema = store.Schema{Version: 1, Families: []store.Family{
	{Name: "notes", Shape: store.Rows, Version: 1},
	{Name: "log", Shape: store.Journal, Version: 1},
	{Name: "mine", Shape: store.Rows, Version: 1, Personal: true},
	{Name: "stock", Shape: store.Counters, Version: 1, Fields: []store.Field{{Name: "a", Type: store.Int}, {Name: "b", Type: store.Int}}},
	{Name: "names", Shape: store.Claims, Version: 1},
}}

// modelSet gives a set of a few changes of few records, at the revisions at which they are
// as a rule; those that are wrong in form are taken out later.
func modelSet(r *rand.Rand, rev map[store.Ref]int64) store.ChangeSet {
	set := store.ChangeSet{}
	if r.IntN(3) > 0 {
		set.Key = fmt.Sprint("k", r.IntN(12))
		set.Fingerprint[0] = byte(r.IntN(5) / 4)
	}
	at := func(ref store.Ref) int64 {
		if r.IntN(6) == 0 {
			return int64(r.IntN(3))
		}
		return rev[ref]
	}
	for range r.IntN(3) {
		ref := store.Ref{Family: []string{"notes", "log"}[r.IntN(2)], Key: fmt.Sprint(r.IntN(4))}
		if r.IntN(3) == 0 {
			ref = store.Ref{Family: "mine", Key: fmt.Sprintf("p%d/%d", r.IntN(2), r.IntN(2))}
		}
		set.Requires = append(set.Requires, store.Requirement{Ref: ref, Rev: at(ref)})
	}
	seen := map[store.Ref]bool{}
	for range r.IntN(4) {
		var c store.Change
		var ref store.Ref
		k := fmt.Sprint(r.IntN(4))
		switch r.IntN(9) {
		case 0, 1:
			ref = store.Ref{Family: "notes", Key: k}
			n := at(ref)
			c = store.Put{Record: store.Record{Ref: ref, Rev: n, Doc: store.Raw("{}")}}
			if n > 0 && r.IntN(4) == 0 {
				c = store.Delete{Ref: ref, Rev: n}
			}
		case 2:
			ref = store.Ref{Family: "log", Key: k}
			n := at(ref)
			c = store.Append{Record: store.Record{Ref: ref, Rev: n, Doc: store.Raw("{}")}, Entries: []store.Entry{{N: n + 1, Kind: "k", V: 1}}}
		case 3:
			ref = store.Ref{Family: "mine", Key: fmt.Sprintf("p%d/%d", r.IntN(2), r.IntN(2))}
			c = store.Put{Record: store.Record{Ref: ref, Rev: at(ref), Doc: store.Raw("{}")}}
		case 4:
			ref = store.Ref{Family: "stock", Key: k}
			c = store.Add{Ref: ref, Steps: []store.Step{{Field: "a", By: int64(r.IntN(5) - 2)}, {Field: "b", By: int64(r.IntN(5) - 2), Floor: -3}}}
		case 5:
			ref = store.Ref{Family: "names", Key: k}
			c = store.Claim{Ref: ref, Owner: fmt.Sprint(r.IntN(2))}
		case 6:
			ref = store.Ref{Family: "names", Key: k}
			c = store.Release{Ref: ref, Owner: fmt.Sprint(r.IntN(2))}
		case 7:
			c = store.Erase{Person: fmt.Sprint("p", r.IntN(2))}
		case 8:
			ref = store.Ref{Family: store.Receipts, Key: fmt.Sprint("k", r.IntN(12))}
			c = store.Delete{Ref: ref, Rev: 1}
		}
		if ref.Family != "" {
			if seen[ref] {
				continue
			}
			seen[ref] = true
		}
		set.Changes = append(set.Changes, c)
	}
	return set
}

// modelRefs are all records that sets of the model touch.
func modelRefs() []store.Ref {
	var refs []store.Ref
	for k := range 4 {
		for _, f := range []string{"notes", "log", "stock", "names"} {
			refs = append(refs, store.Ref{Family: f, Key: fmt.Sprint(k)})
		}
		refs = append(refs, store.Ref{Family: "mine", Key: fmt.Sprintf("p%d/%d", k/2, k%2)})
	}
	for k := range 12 {
		refs = append(refs, store.Ref{Family: store.Receipts, Key: fmt.Sprint("k", k)})
	}
	return refs
}

// said gives what an error says of a set, with what it carries.
func said(err error) string {
	if err == nil {
		return ""
	}
	for _, k := range []error{store.ErrConflict, store.ErrExists, store.ErrShort, store.ErrInvalid, store.ErrUnsupported, store.ErrNotFound} {
		if errors.Is(err, k) {
			var c *store.ConflictError
			if errors.As(err, &c) {
				return fmt.Sprintf("%+v", *c)
			}
			var sh *store.ShortError
			if errors.As(err, &sh) {
				return fmt.Sprintf("%+v", *sh)
			}
			return k.Error()
		}
	}
	return "odd: " + err.Error()
}

// seeds says how many random runs there are.
const seeds = uint64(8)

// However sets come together, by another handle between, in a transaction of the program's
// own, or where the disk spoils a batch: each becomes what it would become if they came one
// by one.
func TestBatchesAreAsOneByOne(t *testing.T) {
	layout, err := store.Compile(modelSchema)
	if err != nil {
		t.Fatal(err)
	}
	ways := map[string]int{}
	for seed := range seeds {
		s, f := openPatient(t, "&_pragma=synchronous(FULL)", time.Minute)
		model := memory.New()
		for _, db := range []store.Store{s, model} {
			if err := db.Prepare(t.Context(), modelSchema); err != nil {
				t.Fatal(err)
			}
		}
		other, lock := second(t, s.File(), modelSchema), locker(t, s)
		own, err := sql.Open("sqlite", "file:"+s.File()+"?_txlock=immediate&_pragma=secure_delete(1)&_pragma=synchronous(FULL)")
		if err != nil {
			t.Fatal(err)
		}
		defer own.Close()
		random, refs := rand.New(rand.NewPCG(seed, 7)), modelRefs()
		for round := range 60 {
			revs := map[store.Ref]int64{}
			for _, r := range got(t, model, refs) {
				revs[r.Ref] = r.Rev
			}
			if seed%2 == 0 { // what was refused shall not keep all that follow from being applied in bulk
				s.Forgive()
			}
			var sets []store.ChangeSet
			for range 1 + random.IntN(9) {
				set := modelSet(random, revs)
				if layout.CheckSet(set) == nil && (set.Key != "" || len(set.Requires)+len(set.Changes) > 0) {
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
			switch way := random.IntN(6); {
			case way == 0:
				ways["another handle"]++
				by(other)
			case way == 1:
				ways["transaction"]++
				tx, err := own.BeginTx(t.Context(), nil)
				if err != nil {
					t.Fatal(err)
				}
				by(s.InTx(tx))
				if err := tx.Commit(); err != nil {
					t.Fatal(err)
				}
			case way == 2 && len(sets) > 1:
				ways["trouble"]++
				f.fault.Store(&fault{prefix: "UPDATE", err: faulty.Code(10), times: 1})
				answers = together(t, s, lock, sets...)
				f.fault.Store(nil)
			default:
				ways["batch"]++
				answers = together(t, s, lock, sets...)
			}
			for i, set := range sets {
				want, err := model.Commit(t.Context(), set)
				if said(err) != said(answers[i].err) || want != answers[i].receipt {
					t.Fatalf("seed %d, round %d, set %d, %+v:\ngot  %+v, %v\nwant %+v, %v", seed, round, i, set, answers[i].receipt, answers[i].err, want, err)
				}
			}
			if diff := cmp.Diff(revisionsOf(got(t, model, refs)), revisionsOf(got(t, s, refs))); diff != "" {
				t.Fatalf("seed %d, round %d (-want +got):\n%s", seed, round, diff)
			}
		}
	}
	if len(ways) != 4 {
		t.Errorf("they came in these ways alone: %v", ways)
	}
}

func got(t *testing.T, s store.Store, refs []store.Ref) []store.Record {
	t.Helper()
	records, err := s.Get(t.Context(), refs...)
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// revisionsOf gives at which revision records are, and what counters hold.
func revisionsOf(records []store.Record) []string {
	var all []string
	for _, r := range records {
		line := fmt.Sprintf("%s at %d", r.Ref, r.Rev)
		for _, v := range r.Index {
			line += fmt.Sprint(" ", v.Int())
		}
		all = append(all, line)
	}
	return all
}
