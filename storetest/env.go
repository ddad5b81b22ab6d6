package storetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
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

	failures atomic.Int64
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

// mostFailures is how many failures of one rule are told: later ones mostly follow
// from the first.
const mostFailures = 4

// Failf says that the rule is broken, and goes on. The first time it gives the reason
// for the rule and the sentence of the contract too.
func (e *Env) Failf(format string, args ...any) {
	e.Helper()
	what := indent(fmt.Sprintf(format, args...))
	switch n := e.failures.Add(1); {
	case n == 1:
		e.Errorf("rule %s is broken\n%s\nwhy: %s\ncontract: %s", e.Rule.ID, what, e.Rule.Why, e.Rule.Sentence)
	case n <= mostFailures:
		e.Errorf("rule %s, then\n%s", e.Rule.ID, what)
	case n == mostFailures+1:
		e.Errorf("rule %s, then more: begin with the first", e.Rule.ID)
	default:
		e.Fail()
	}
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
		e.Stopf("%s:\ngot  the error %v\nwant no error", what, err)
	}
}

// Is fails unless the error is of a kind.
func (e *Env) Is(what string, err, want error) {
	e.Helper()
	switch {
	case errors.Is(err, want):
	case err == nil:
		e.Failf("%s:\ngot  no error\nwant an error that is %s", what, sentinelName(want))
	default:
		e.Failf("%s:\ngot  the error %v\nwant an error that is %s", what, err, sentinelName(want))
	}
}

// sentinelName gives the name of an error as an author writes it down.
func sentinelName(err error) string {
	names := map[error]string{
		store.ErrNotFound: "store.ErrNotFound", store.ErrExists: "store.ErrExists", store.ErrConflict: "store.ErrConflict", store.ErrInvalid: "store.ErrInvalid",
		store.ErrShort: "store.ErrShort", store.ErrUnsupported: "store.ErrUnsupported", store.ErrClosed: "store.ErrClosed", store.ErrBusy: "store.ErrBusy",
		context.Canceled: "context.Canceled", context.DeadlineExceeded: "context.DeadlineExceeded",
	}
	if name := names[err]; name != "" {
		return name
	}
	return fmt.Sprintf("%q", err)
}

// Equal fails with the difference, if there is one. A nil slice equals an empty
// one.
func (e *Env) Equal(what string, got, want any) {
	e.Helper()
	if reflect.DeepEqual(got, want) {
		return
	}
	switch want.(type) {
	case int, int64, bool:
		e.Failf("%s:\ngot  %v\nwant %v", what, got, want)
		return
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		diff = strings.ReplaceAll(diff, "\u00a0", " ") // cmp writes now one, now the other
		e.Failf("%s (-want +got):\n%s", what, head(diff))
	}
}

// mostLines is how much of a difference is told.
const mostLines = 60

// head gives the first lines of a text.
func head(text string) string {
	lines := strings.SplitAfter(text, "\n")
	if len(lines) <= mostLines {
		return text
	}
	return fmt.Sprintf("%s... and %d lines more", strings.Join(lines[:mostLines], ""), len(lines)-mostLines)
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
	if err != nil {
		e.Must("Commit of "+setInWords(set), err)
	}
	return receipt
}

// setInWords says what a set holds, as far as a line has room.
func setInWords(set store.ChangeSet) string {
	const room = 6
	var parts []string
	for _, r := range set.Requires {
		parts = append(parts, fmt.Sprintf("a requirement of %s at %d", r.Ref, r.Rev))
	}
	for _, c := range set.Changes {
		kind := strings.TrimPrefix(fmt.Sprintf("%T", c), "store.")
		if r := refOf(c); r != (store.Ref{}) {
			kind += " " + r.String()
		}
		parts = append(parts, kind)
	}
	if more := len(parts) - room; more > 0 {
		parts = append(parts[:room], fmt.Sprintf("and %d more", more))
	}
	if len(parts) == 0 {
		parts = []string{"an empty set"}
	}
	if set.Key != "" {
		parts = append(parts, fmt.Sprintf("under the key %.40q", set.Key))
	}
	return strings.Join(parts, ", ")
}

// Refused commits a set that must be refused with an error of a kind and must
// change nothing, and gives the error.
func (e *Env) Refused(s store.Store, what string, set store.ChangeSet, want error) error {
	e.Helper()
	before := e.Dump(s)
	_, err := s.Commit(e.Ctx, set)
	e.Is(what, err, want)
	if err != nil { // a set that was taken has been told of
		e.Equal(what+": the store after the refused set", e.Dump(s), before)
	}
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
const mostPages = 20000

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

// inOrder walks through a map by its keys, so that a broken store fails with the same
// words every time.
func inOrder[V any](m map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if !yield(key, m[key]) {
				return
			}
		}
	}
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
