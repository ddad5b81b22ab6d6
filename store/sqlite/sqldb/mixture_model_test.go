package sqldb_test

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
	"github.com/tillkit/till/store/sqlite/internal/faulty"
	"github.com/tillkit/till/store/sqlite/sqldb"
)

// stored gives records with their documents as bytes.
func stored(t *testing.T, records []store.Record) []string {
	t.Helper()
	var all []string
	for _, r := range records {
		line := fmt.Sprintf("%s at %d", r.Ref, r.Rev)
		for _, v := range r.Index {
			line += fmt.Sprint(" ", v.Int())
		}
		if r.Doc != nil {
			doc, err := r.Doc.AppendStored(nil)
			if err != nil {
				t.Fatal(err)
			}
			line += fmt.Sprintf(" %.300q %d", doc, len(doc))
		}
		all = append(all, line)
	}
	return all
}

// walkStored gives all records of a list, in pages.
func walkStored(t *testing.T, s store.Store, q store.Query) []string {
	t.Helper()
	all := []string{}
	for {
		page, err := s.Find(t.Context(), q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		all = append(all, stored(t, page.Items)...)
		if q.After = page.Next; q.After == "" {
			return all
		}
	}
}

// mixedQuery makes a query of a list, most of them with bounds.
func mixedQuery(r *rand.Rand, h *mixer) store.Query {
	q := store.Query{Family: []string{"small", "visits", "log", "mine"}[r.IntN(4)], Limit: 2 + r.IntN(9), Desc: r.IntN(2) == 0}
	tag := store.TextValue(fmt.Sprint("t", r.IntN(700)))
	if r.IntN(12) == 0 {
		return store.Query{Family: "said", List: "by", Match: []string{[]string{"blue", "cup", "blu*"}[r.IntN(3)]}, Limit: 1000}
	}
	switch r.IntN(4) {
	case 0:
		q.List, q.Equal = "tag", []store.Value{tag}
	case 1:
		q.List, q.Equal = "state", []store.Value{tag, store.TextValue([]string{"new", ""}[r.IntN(2)])}
	case 2:
		if q.Family == "log" {
			q.Family = "visits"
		}
		q.List, q.Equal = "flat", []store.Value{tag}
		return q
	case 3:
		return store.Query{Family: q.Family, Limit: q.Limit, Desc: q.Desc}
	}
	if r.IntN(3) == 0 && q.List == "tag" {
		q.Where = []store.Cond{{Field: "state", Op: store.Equal, Value: store.TextValue("old")}}
	}
	bound := func() *store.Value {
		v := store.IntValue([]int64{math.MinInt64, math.MaxInt64, 0, r.Int64N(h.now + 5), r.Int64N(h.now + 5), r.Int64N(h.now + 5)}[r.IntN(6)])
		return &v
	}
	if r.IntN(2) == 0 {
		q.From = bound()
	}
	if r.IntN(2) == 0 {
		q.To = bound()
	}
	return q
}

// feedOf gives what the feed tells, by journal.
func feedOf(t *testing.T, s store.Store) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for after := store.Cursor(""); ; {
		page, err := s.Feed(t.Context(), after, 100)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Items) == 0 {
			return all
		}
		for _, e := range page.Items {
			all[e.Ref.String()] = append(all[e.Ref.String()], fmt.Sprintf("%d %q %.100q %d", e.Entry.N, e.Entry.Kind, e.Entry.Payload, len(e.Entry.Payload)))
		}
		after = page.Next
	}
}

// envInt gives a number of the environment, for longer runs.
func envInt(name string, or int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return or
}

// However sets of all kinds come, and whichever statement goes wrong: what is told is so, and
// all that is there is what the reference has after the sets that came to be, one by one.
func TestMixturesAreAsOneByOne(t *testing.T) {
	layout, err := store.Compile(mixedSchema())
	if err != nil {
		t.Fatal(err)
	}
	ways, hits := map[string]int{}, map[string]int{}
	from, count := envInt("TILL_MIXTURES_FROM", 0), envInt("TILL_MIXTURES", 2)
	rounds, most := envInt("TILL_MIXTURE_ROUNDS", 50), envInt("TILL_MIXTURE_SETS", 14)
	defer sqldb.MostOpen(512)()
	for seed := from; seed < from+count; seed++ {
		sqldb.MostOpen([]int64{20, 300, 512}[seed%3])
		n := &nth{}
		s := openNth(t, n)
		model := memory.New()
		for _, db := range []store.Store{s, model} {
			if err := db.Prepare(t.Context(), mixedSchema()); err != nil {
				t.Fatal(err)
			}
		}
		other, lock := second(t, s.File(), mixedSchema()), locker(t, s)
		own, err := sql.Open("sqlite", "file:"+s.File()+"?_txlock=immediate&_pragma=secure_delete(1)&_pragma=synchronous(FULL)")
		if err != nil {
			t.Fatal(err)
		}
		r, refs, h := rand.New(rand.NewPCG(uint64(seed), 77)), mixedRefs(), &mixer{now: 10}
		for round := range rounds {
			revs := map[store.Ref]int64{}
			for _, rec := range got(t, model, refs) {
				revs[rec.Ref] = rec.Rev
			}
			if r.IntN(3) > 0 {
				s.Forgive()
			}
			var sets []store.ChangeSet
			size := 1 + r.IntN(most)
			if r.IntN(25) == 0 {
				size = 120 + r.IntN(20)
			}
			for range size {
				set := h.set(r, revs)
				if layout.CheckSet(set) == nil && (set.Key != "" || len(set.Requires)+len(set.Changes) > 0) {
					sets = append(sets, set)
				}
			}
			if len(sets) == 0 {
				continue
			}
			way := []string{"another handle", "transaction", "rolled back", "fault", "fault", "fault", "batch", "batch", "batch", "batch", "batch"}[r.IntN(11)]
			ways[way]++
			var answers []answer
			by := func(db store.Store) {
				for _, set := range sets {
					receipt, err := db.Commit(t.Context(), set)
					answers = append(answers, answer{receipt, err})
				}
			}
			where := fmt.Sprintf("seed %d, round %d, %s", seed, round, way)
			switch way {
			case "another handle":
				by(other)
			case "transaction", "rolled back":
				tx, err := own.BeginTx(t.Context(), nil)
				if err != nil {
					t.Fatal(err)
				}
				by(s.InTx(tx))
				if way == "rolled back" {
					if err := tx.Rollback(); err != nil {
						t.Fatal(err)
					}
					break
				}
				if err := tx.Commit(); err != nil {
					t.Fatal(err)
				}
			case "fault":
				var fit []store.ChangeSet
				had := map[string]bool{}
				for i, set := range sets {
					if r.IntN(6) > 0 {
						set.Key = fmt.Sprintf("f%d-%d-%d", seed, round, i)
					}
					if set.Key == "" || had[set.Key] {
						continue
					}
					var changes []store.Change
					for _, c := range set.Changes {
						if d, ok := c.(store.Delete); !ok || d.Family != store.Receipts {
							changes = append(changes, c)
						}
					}
					set.Changes = changes
					had[set.Key] = true
					fit = append(fit, set)
				}
				if sets = fit; len(sets) == 0 {
					continue
				}
				n.mode = r.IntN(5)
				n.err = []error{faulty.Code(10), faulty.Code(13), faulty.Code(5), faulty.Code(9), faulty.Code(7), errors.New("odd"), driver.ErrBadConn}[r.IntN(7)]
				if n.mode == 2 {
					n.err = []error{faulty.Code(10), faulty.Code(13), faulty.Code(9), faulty.Code(7)}[r.IntN(4)]
				}
				if n.mode == 1 && n.err == faulty.Code(13) {
					n.err = faulty.Code(10) // SQLite does not say so of a COMMIT that it has done
				}
				n.times = int64(1 + r.IntN(8)/6 + r.IntN(10)/9*40)
				n.left.Store(1 + r.Int64N(int64(4+12*len(sets))))
				n.hits.Store(0)
				answers = togetherOrPanicked(t, s, lock, func() { n.armed.Store(true) }, sets...)
				n.armed.Store(false)
				where += fmt.Sprintf(", mode %d, %v (%v), %d times, hit %d at %v", n.mode, n.err, n.times, n.times, n.hits.Load(), n.last.Load())
				hits[fmt.Sprint(n.mode, n.hits.Load() > 0)]++
			default:
				answers = togetherOrPanicked(t, s, lock, func() {}, sets...)
			}
			if way == "fault" {
				for i, set := range sets {
					a := answers[i]
					prior, _ := model.Outcome(t.Context(), set.Key)
					if prior.Key != "" {
						if a.err == nil && !a.receipt.Replay {
							t.Fatalf("%s: set %d: %+v is no replay", where, i, a)
						}
						continue
					}
					_, err := s.Outcome(t.Context(), set.Key)
					if err != nil && !errors.Is(err, store.ErrNotFound) {
						t.Fatalf("%s: outcome of %d: %v", where, i, err)
					}
					there := err == nil
					unknown := errors.Is(a.err, store.ErrOutcomeUnknown) || errors.Is(a.err, errPanic)
					if there != (a.err == nil) && !unknown {
						t.Fatalf("%s: set %d: there %v, told %v", where, i, there, a.err)
					}
					if there {
						if _, err := model.Commit(t.Context(), set); err != nil {
							t.Fatalf("%s: set %d, %+v: it is there, but the model says %v", where, i, set, err)
						}
					}
				}
			} else if way == "rolled back" {
			} else {
				for i, set := range sets {
					want, err := model.Commit(t.Context(), set)
					if said(err) != said(answers[i].err) || want != answers[i].receipt {
						t.Fatalf("%s, set %d, %+v:\ngot  %+v, %v\nwant %+v, %v", where, i, set, answers[i].receipt, answers[i].err, want, err)
					}
				}
			}
			if diff := cmp.Diff(stored(t, got(t, model, refs)), stored(t, got(t, s, refs))); diff != "" {
				t.Fatalf("%s (-want +got):\n%s", where, diff)
			}
			for range 3 {
				q := mixedQuery(r, h)
				want := walkStored(t, model, q)
				if q.Family == "said" && q.List == "by" { // in an order of its own
					have := walkStored(t, s, q)
					if len(have) != len(want) {
						t.Fatalf("%s: %+v: %v, want %v", where, q, have, want)
					}
					continue
				}
				for _, on := range []store.Store{s, other} {
					if diff := cmp.Diff(want, walkStored(t, on, q)); diff != "" {
						t.Fatalf("%s: %+v (-want +got):\n%s", where, q, diff)
					}
				}
			}
			if round%10 == 9 {
				if diff := cmp.Diff(feedOf(t, model), feedOf(t, s)); diff != "" {
					t.Fatalf("%s: feed (-want +got):\n%s", where, diff)
				}
			}
		}
		soundFile(t, s)
		for _, db := range []interface{ Close() error }{own, other, lock, s} {
			if err := db.Close(); err != nil {
				t.Fatalf("seed %d: close: %v", seed, err)
			}
		}
	}
	t.Log(ways, hits)
}
