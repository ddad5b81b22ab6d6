package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tillkit/till/store"
)

// patience is how long a rule may take before its context ends.
const patience = time.Minute

// Env is what the check of a rule works with: the test that it reports to, the
// stores that it opens, and the words in which it fails.
type Env struct {
	testing.TB
	Harness Harness
	Rule    Rule
	Ctx     context.Context
}

// Place makes a fresh place.
func (e *Env) Place() string {
	e.Helper()
	if e.Harness.Place == nil {
		return ""
	}
	return e.Harness.Place(e)
}

// Open opens a place without preparing it. It is closed when the check ends.
func (e *Env) Open(place string) store.Store {
	e.Helper()
	s, err := e.Harness.Open(e.Ctx, place)
	e.Must("open", err)
	e.Cleanup(func() { _ = s.Close() })
	return s
}

// Prepared opens a place and prepares it for the suite's schema.
func (e *Env) Prepared(place string) store.Store {
	e.Helper()
	s := e.Open(place)
	e.Must("Prepare", s.Prepare(e.Ctx, schema()))
	return s
}

// Fresh gives a prepared store at a fresh place.
func (e *Env) Fresh() store.Store {
	e.Helper()
	return e.Prepared(e.Place())
}

// Failf says that the rule is broken, and goes on.
func (e *Env) Failf(format string, args ...any) {
	e.Helper()
	e.Errorf("rule %s is broken\n%s\nwhy: %s\ncontract: %s", e.Rule.ID, indent(fmt.Sprintf(format, args...)), e.Rule.Why, e.Rule.Sentence)
}

// Stopf says that the rule is broken, and ends the check.
func (e *Env) Stopf(format string, args ...any) {
	e.Helper()
	e.Failf(format, args...)
	e.FailNow()
}

func indent(s string) string {
	return "\t" + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n\t")
}

// Must ends the check if there is an error.
func (e *Env) Must(what string, err error) {
	e.Helper()
	if err != nil {
		e.Stopf("%s: %v", what, err)
	}
}

// Is fails unless the error is of a kind.
func (e *Env) Is(what string, err, want error) {
	e.Helper()
	if !errors.Is(err, want) {
		e.Failf("%s: got error %v, want one that is %q", what, err, want)
	}
}

// Equal fails with the difference, if there is one. A nil slice equals an empty
// one.
func (e *Env) Equal(what string, got, want any) {
	e.Helper()
	if reflect.DeepEqual(got, want) {
		return
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		e.Failf("%s (-want +got):\n%s", what, diff)
	}
}

// Commit commits changes that must be taken.
func (e *Env) Commit(s store.Store, changes ...store.Change) {
	e.Helper()
	e.CommitSet(s, store.ChangeSet{Changes: changes})
}

// CommitSet commits a set that must be taken.
func (e *Env) CommitSet(s store.Store, set store.ChangeSet) store.Receipt {
	e.Helper()
	receipt, err := s.Commit(e.Ctx, set)
	e.Must("Commit", err)
	return receipt
}

// Refused commits a set that must be refused with an error of a kind and must
// change nothing, and gives the error.
func (e *Env) Refused(s store.Store, what string, set store.ChangeSet, want error) error {
	e.Helper()
	before := e.Dump(s)
	_, err := s.Commit(e.Ctx, set)
	e.Is(what, err, want)
	e.Equal(what+": the store after the refused set", e.Dump(s), before)
	return err
}

// Dump gives everything in a store as lines.
func (e *Env) Dump(s store.Store) []string {
	e.Helper()
	return strings.Split(DumpText(e, s, schema()), "\n")
}

// Get reads records.
func (e *Env) Get(s store.Store, refs ...store.Ref) []Seen {
	e.Helper()
	records, err := s.Get(e.Ctx, refs...)
	e.Must("Get", err)
	return seeAll(records)
}

// Page reads one page.
func (e *Env) Page(s store.Store, q store.Query) store.Page[store.Record] {
	e.Helper()
	page, err := s.Find(e.Ctx, q)
	e.Must(fmt.Sprintf("Find %s %q", q.Family, q.List), err)
	if len(page.Items) > q.Limit {
		e.Failf("Find %s %q gave %d records, the limit is %d", q.Family, q.List, len(page.Items), q.Limit)
	}
	if len(page.Next) > store.MaxCursor {
		e.Failf("Find %s %q gave a cursor of %d bytes, at most %d are possible", q.Family, q.List, len(page.Next), store.MaxCursor)
	}
	return page
}

// mostPages stops a walk whose cursors lead nowhere.
const mostPages = 5000

// Find reads all records of a query, page by page.
func (e *Env) Find(s store.Store, q store.Query) []Seen {
	e.Helper()
	if q.Limit == 0 {
		q.Limit = store.MaxLimit
	}
	var all []Seen
	for range mostPages {
		page := e.Page(s, q)
		all = append(all, seeAll(page.Items)...)
		if page.Next == "" {
			return all
		}
		q.After = page.Next
	}
	e.Stopf("Find %s %q has no end: %d pages of %d", q.Family, q.List, mostPages, q.Limit)
	return nil
}

// Keys gives the keys of Find.
func (e *Env) Keys(s store.Store, q store.Query) []string {
	e.Helper()
	return keysOf(e.Find(s, q))
}

// History reads all entries of a journal with N > after, page by page.
func (e *Env) History(s store.Store, ref store.Ref, after int64, limit int) []store.Entry {
	e.Helper()
	var all []store.Entry
	for range mostPages {
		page, err := s.History(e.Ctx, ref, after, limit)
		e.Must("History", err)
		if len(page.Items) > limit {
			e.Failf("History gave %d entries, the limit is %d", len(page.Items), limit)
		}
		all = append(all, page.Items...)
		if page.Next == "" {
			return all
		}
		if len(page.Items) == 0 {
			e.Stopf("History gave an empty page that is not the last")
		}
		after = page.Items[len(page.Items)-1].N
	}
	e.Stopf("History has no end")
	return nil
}

// Feed reads the feed from a cursor until a page is empty, and gives the cursor
// from which to go on.
func (e *Env) Feed(s store.Store, after store.Cursor, limit int) ([]store.Event, store.Cursor) {
	e.Helper()
	var all []store.Event
	for range mostPages {
		page, err := s.Feed(e.Ctx, after, limit)
		e.Must("Feed", err)
		if len(page.Items) > limit {
			e.Failf("Feed gave %d events, the limit is %d", len(page.Items), limit)
		}
		if page.Next == "" {
			e.Stopf("Feed gave an empty Next")
		}
		all, after = append(all, page.Items...), page.Next
		if len(page.Items) == 0 {
			return all, after
		}
	}
	e.Stopf("Feed has no end")
	return nil, ""
}

// Seen is a record as a reader sees it, comparable by what it says.
type Seen struct {
	Ref     string
	Rev     int64
	Doc     string
	Columns []int64
}

func seeAll(records []store.Record) []Seen {
	seen := make([]Seen, len(records))
	for i, r := range records {
		seen[i] = see(r)
	}
	return seen
}

func see(r store.Record) Seen {
	s := Seen{Ref: r.Ref.String(), Rev: r.Rev}
	if r.Doc != nil {
		doc, err := r.Doc.AppendStored(nil)
		s.Doc = string(doc)
		if err != nil {
			s.Doc = "error: " + err.Error()
		}
	}
	for _, v := range r.Index {
		s.Columns = append(s.Columns, v.Int())
	}
	return s
}

func keysOf(seen []Seen) []string {
	keys := make([]string, len(seen))
	for i, s := range seen {
		_, keys[i], _ = strings.Cut(s.Ref, "/")
	}
	return keys
}

// together runs f for 0 to n-1, all at once, and waits for them.
func together(n int, f func(i int)) {
	start := make(chan struct{})
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			<-start
			f(i)
		})
	}
	close(start)
	wait.Wait()
}

// DumpText gives everything in a store as text, in the order of the schema and
// by key: what is compared before and after.
func DumpText(tb testing.TB, s store.Store, schema store.Schema) string {
	tb.Helper()
	text, err := dumpText(tb.Context(), s, schema)
	if err != nil {
		tb.Fatalf("storetest: dump: %v", err)
	}
	return text
}

func dumpText(ctx context.Context, s store.Store, schema store.Schema) (string, error) {
	var b strings.Builder
	for d, err := range store.Dump(ctx, s, schema) {
		if err != nil {
			return "", err
		}
		b.WriteString(dumpLines(d))
	}
	return b.String(), nil
}

func dumpLines(d store.Dumped) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s rev=%d %v %q\n", d.Ref, d.Rev, d.Columns, d.Doc)
	for _, n := range d.Entries {
		fmt.Fprintf(&b, "  %d %q v%d at=%d %q %x\n", n.N, n.Kind, n.V, n.At, n.Payload, n.Sum)
	}
	return b.String()
}
