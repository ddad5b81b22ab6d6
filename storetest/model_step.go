package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tillkit/till/store"
)

// readEvery is after how many sets everything is read and compared.
const readEvery = 5

// twins are a store and a model that are given the same sets.
type twins struct {
	s     store.Store
	m     *model
	limit int // of pages: each reading has another
	fed   map[store.Ref][]store.Entry
	after store.Cursor // of the feed
}

func newTwins(s store.Store) *twins {
	return &twins{s: s, m: newModel(), fed: map[store.Ref][]store.Entry{}}
}

// run gives the sets of a sequence to both and says where they differ first; "" if
// they never do. What the model answers goes to count.
func (w *twins) run(ctx context.Context, sets sequence, count func(store.ChangeSet, store.Receipt, error)) string {
	for i, set := range sets {
		want, wantErr := w.m.commit(set)
		count(set, want, wantErr)
		got, gotErr := w.s.Commit(ctx, set)
		if got, want := answer(got, gotErr), answer(want, wantErr); got != want {
			return fmt.Sprintf("the answer to set %d: %s\ngot  %s\nwant %s", i+1, setText(set), got, want)
		}
		if (i+1)%readEvery == 0 || i+1 == len(sets) {
			if diff := w.read(ctx); diff != "" {
				return fmt.Sprintf("after set %d, %s", i+1, diff)
			}
		}
	}
	return w.feedIsWhole(ctx)
}

// answer gives what Commit said as text: the receipt, or the type of the error with the
// data that it carries by the contract.
func answer(receipt store.Receipt, err error) string {
	if err == nil {
		return fmt.Sprintf("taken: key %q, result %q, fingerprint %d, at %d, replay %t", receipt.Key, receipt.Result, receipt.Fingerprint[0], receipt.At, receipt.Replay)
	}
	if e, ok := errors.AsType[*store.ConflictError](err); ok {
		return fmt.Sprintf("ConflictError: %s is at %d, not %d", e.Ref, e.Have, e.Want)
	}
	if e, ok := errors.AsType[*store.OwnerError](err); ok {
		return fmt.Sprintf("OwnerError: %s for %s", e.Ref, e.Owner)
	}
	if e, ok := errors.AsType[*store.ExistsError](err); ok {
		return fmt.Sprintf("ExistsError: %s", e.Ref)
	}
	if e, ok := errors.AsType[*store.KeyError](err); ok {
		return fmt.Sprintf("KeyError: %q", e.Key)
	}
	if e, ok := errors.AsType[*store.ShortError](err); ok {
		return fmt.Sprintf("ShortError: %s.%s has %d, %+d, floor %d", e.Ref, e.Field, e.Have, e.By, e.Floor)
	}
	if _, ok := errors.AsType[*store.InvalidError](err); ok {
		return "InvalidError"
	}
	if _, ok := errors.AsType[*store.UnsupportedError](err); ok {
		return "UnsupportedError"
	}
	return "an error without its data, " + kind(err)
}

// differ gives the difference as text, if there is one.
func differ(what string, got, want any, err error) string {
	if err != nil {
		return fmt.Sprintf("%s: %v", what, err)
	}
	if reflect.DeepEqual(got, want) {
		return ""
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		return fmt.Sprintf("%s (-want +got):\n%s", what, diff)
	}
	return ""
}

// read compares everything that can be read.
func (w *twins) read(ctx context.Context) string {
	w.limit = w.limit%7 + 1
	for _, look := range []func(context.Context) string{w.readAll, w.readLists, w.readJournals, w.readReceipts, w.readFeed} {
		if diff := look(ctx); diff != "" {
			return diff
		}
	}
	text, err := dumpText(ctx, w.s, schema())
	return differ("the dump", strings.Split(text, "\n"), strings.Split(w.m.dump(), "\n"), err)
}

// readAll gets each record, and some that are absent, in one call; the first again last.
func (w *twins) readAll(ctx context.Context) string {
	refs := append(w.m.refs(), ref("row", "nobody"), ref("journal", "nobody"), ref("counter", "nobody"), ref("claim", "nobody"))
	slices.Reverse(refs)
	refs = append(refs, refs[0])
	var want []Seen
	for _, r := range refs {
		want = append(want, w.m.get(r))
	}
	records, err := w.s.Get(ctx, refs...)
	return differ("Get", seeAll(records), want, err)
}

// readLists pages through every list, forward and down.
func (w *twins) readLists(ctx context.Context) string {
	for what, q := range modelQueries() {
		for range 2 {
			got, err := w.find(ctx, q)
			want := w.m.find(q)
			if q.Match != nil { // the order is the store's own
				for _, all := range [][]Seen{got, want} {
					slices.SortFunc(all, func(a, b Seen) int { return strings.Compare(a.Ref, b.Ref) })
				}
			}
			if diff := differ(fmt.Sprintf("Find %s, down %t, pages of %d", what, q.Desc, w.limit), got, want, err); diff != "" {
				return diff
			}
			if q.Match != nil {
				break
			}
			q.Desc = !q.Desc
		}
	}
	return ""
}

// modelQueries has every list of every family.
func modelQueries() map[string]store.Query {
	all := queries()
	two, six := store.IntValue(2), store.IntValue(6)
	rank := func(op store.Op, n int64) store.Cond {
		return store.Cond{Field: "rank", Op: op, Value: store.IntValue(n)}
	}
	txt := store.Cond{Field: "txt", Op: store.AtLeast, Value: store.TextValue("a")}
	a, b, none := store.TextValue("a"), store.TextValue("b"), store.IntValue(0)
	all["by key between"] = store.Query{Family: "row", From: &a, To: &b}
	all["by number between where"] = store.Query{Family: "row", List: "by_num", From: &none, To: &two, Where: []store.Cond{rank(store.AtLeast, 1), rank(store.AtMost, 2)}}
	all["by number where not"] = store.Query{Family: "row", List: "by_num", Where: []store.Cond{rank(store.NotEqual, 1), rank(store.Less, 3), txt}}
	all["with a word where"] = store.Query{Family: "row", List: "search", Match: []string{"mug*"}, Where: []store.Cond{txt}}
	all["journals by number"] = store.Query{Family: "journal", List: "by_num", From: &two}
	all["people by number"] = store.Query{Family: "person", List: "by_num"}
	all["people of a tag"] = store.Query{Family: "person", List: "by_tag", Equal: []store.Value{store.TextValue("red")}}
	all["receipts by instant"] = store.Query{Family: store.Receipts, List: store.ReceiptsByInstant, To: &six}
	for _, family := range layout().Families() {
		all[family+" by key"] = store.Query{Family: family}
	}
	return all
}

var errEndless = fmt.Errorf("no end after %d pages", mostPages)

// find reads all pages of a query.
func (w *twins) find(ctx context.Context, q store.Query) (all []Seen, err error) {
	q.Limit = w.limit
	for range mostPages {
		page, err := w.s.Find(ctx, q)
		if err == nil && len(page.Items) > q.Limit {
			err = fmt.Errorf("a page of %d, the limit is %d", len(page.Items), q.Limit)
		}
		if all = append(all, seeAll(page.Items)...); err != nil || page.Next == "" {
			return all, err
		}
		q.After = page.Next
	}
	return all, errEndless
}

// readJournals reads the entries of each journal, from the first and from one later.
func (w *twins) readJournals(ctx context.Context) string {
	for r, k := range w.m.records {
		if r.Family != "journal" {
			continue
		}
		for _, after := range []int64{0, k.rev / 2, k.rev} {
			got, err := w.history(ctx, r, after)
			if diff := differ(fmt.Sprintf("History of %s after %d, pages of %d", r, after, w.limit), got, k.entries[after:], err); diff != "" {
				return diff
			}
		}
	}
	return ""
}

func (w *twins) history(ctx context.Context, r store.Ref, after int64) (all []store.Entry, err error) {
	for range mostPages {
		page, err := w.s.History(ctx, r, after, w.limit)
		if err == nil && (len(page.Items) > w.limit || len(page.Items) == 0 && page.Next != "") {
			err = fmt.Errorf("a page of %d, the limit is %d, and Next %q", len(page.Items), w.limit, page.Next)
		}
		if all = append(all, page.Items...); err != nil || page.Next == "" {
			return all, err
		}
		after = all[len(all)-1].N
	}
	return all, errEndless
}

// readReceipts asks for the outcome of each key, and of one that was not used.
func (w *twins) readReceipts(ctx context.Context) string {
	for _, r := range append(w.m.refs(), ref(store.Receipts, "unused")) {
		if r.Family != store.Receipts {
			continue
		}
		want := w.m.records[r].receipt
		if want.Replay = true; want.Key == "" {
			want = store.Receipt{}
		}
		got, err := w.s.Outcome(ctx, r.Key)
		if want.Key == "" && errors.Is(err, store.ErrNotFound) {
			continue
		}
		if want.Key == "" && err == nil {
			err = errors.New("no error for a key that was not used")
		}
		if diff := differ(fmt.Sprintf("Outcome of %q", r.Key), got, want, err); diff != "" {
			return diff
		}
	}
	return ""
}

// readFeed reads on in the feed, and from its beginning. An entry may be late, so each
// journal must have told a beginning of what it has.
func (w *twins) readFeed(ctx context.Context) string {
	again := map[store.Ref][]store.Entry{}
	_, err := w.feed(ctx, again, "")
	if err == nil {
		w.after, err = w.feed(ctx, w.fed, w.after)
	}
	if err != nil {
		return fmt.Sprintf("Feed: %v", err)
	}
	for _, fed := range []map[store.Ref][]store.Entry{again, w.fed} {
		for r, got := range fed {
			want := w.m.records[r].entries
			if diff := differ("Feed of "+r.String(), got, want[:min(len(got), len(want))], nil); diff != "" {
				return diff
			}
		}
	}
	return ""
}

// feed adds to fed what the feed tells after a cursor, and gives the cursor to go on from.
func (w *twins) feed(ctx context.Context, fed map[store.Ref][]store.Entry, after store.Cursor) (store.Cursor, error) {
	for range mostPages {
		page, err := w.s.Feed(ctx, after, w.limit)
		switch {
		case err != nil:
			return after, err
		case page.Next == "" || len(page.Items) > w.limit:
			return after, fmt.Errorf("a page of %d, the limit is %d, and Next %q", len(page.Items), w.limit, page.Next)
		case len(page.Items) == 0:
			return page.Next, nil
		}
		for _, e := range page.Items {
			fed[e.Ref] = append(fed[e.Ref], e.Entry)
		}
		after = page.Next
	}
	return after, errEndless
}

// patientReads is how often the feed is asked for what is late.
const patientReads = 100

// feedIsWhole says what the feed has lost.
func (w *twins) feedIsWhole(ctx context.Context) (diff string) {
	for range patientReads {
		if diff = w.readFeed(ctx); diff != "" {
			return diff
		}
		for r, k := range w.m.records {
			if r.Family == "journal" && len(w.fed[r]) < len(k.entries) {
				diff = fmt.Sprintf("Feed lost entry %d of %s", len(w.fed[r])+1, r)
			}
		}
		if diff == "" {
			return ""
		}
	}
	return diff
}
