package storetest

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// trouble is one failure at one call.
type trouble struct {
	Failure
	n   int
	met bool
}

// String says what fails, for messages.
func (t *trouble) String() string {
	return fmt.Sprintf("where call %d of the engine %s", t.n, t.Name)
}

// during runs do while the engine fails.
func (t *trouble) during(engine *Engine, do func()) {
	engine.fail(t.n, t.Failure)
	do()
	t.met = engine.obey()
}

// mustUnless fails if a call gives an error though its engine has obeyed all along.
func (e *Env) mustUnless(t *trouble, what string, err error) {
	e.Helper()
	if err != nil && !t.met {
		e.Failf("%s, after all that failed before: the engine obeyed, and yet\n%v", what, err)
	}
}

// mostCalls stops a walk that meets a failure every time.
const mostCalls = 5000

// troubles gives every failure of the harness at the first call of the engine, at the second
// and so on, until one was not met.
func (e *Env) troubles() iter.Seq[*trouble] {
	return func(yield func(*trouble) bool) {
		for _, f := range e.Harness.failures() {
			for n := 1; ; n++ {
				t := &trouble{Failure: f, n: n}
				switch {
				case !yield(t) || e.failures.Load() > mostFailures:
					return
				case n == mostCalls:
					e.Stopf("%s it is still not through", t)
				}
				if !t.met {
					break
				}
			}
		}
	}
}

// failures gives the ways in which the engine of a harness can fail.
func (h Harness) failures() []Failure {
	all := slices.Clone(failures)
	if len(h.Failures) > 0 {
		all = slices.Clone(h.Failures)
	}
	for i := range all {
		all[i].Err = cmp.Or(all[i].Err, ErrInjected)
	}
	return all
}

// troubled is a store over an engine that can be made to fail.
type troubled struct {
	store.Store
	place  string
	engine *Engine
}

// openTroubled opens a place over an engine that obeys so far. It is not prepared.
func (e *Env) openTroubled(place string) *troubled {
	e.Helper()
	x := &troubled{place: place, engine: new(Engine)}
	var err error
	x.Store, err = e.Harness.Failing(e.Ctx, place, x.engine)
	e.Must("open", err)
	e.Cleanup(func() { _ = x.Close() })
	return x
}

// freshTroubled gives a prepared one at a fresh place.
func (e *Env) freshTroubled() *troubled {
	e.Helper()
	x := e.openTroubled(e.Place())
	e.Must("Prepare", x.Prepare(e.Ctx, schema()))
	return x
}

// anew closes it and opens its place again, over an engine that obeys. What is not Durable
// stays as it is.
func (e *Env) anew(x *troubled) *troubled {
	e.Helper()
	if !e.Harness.Durable {
		return x
	}
	e.Must("Close", x.Close())
	x = e.openTroubled(x.place)
	e.Must("Prepare of the place that was opened again", x.Prepare(e.Ctx, schema()))
	return x
}

// certain gives the store itself; or, after an error of unknown outcome that only opening
// again can settle, the place opened again.
func (e *Env) certain(x *troubled, err error) *troubled {
	e.Helper()
	if !unknown(err) {
		return x
	}
	if _, err := x.Get(e.Ctx, ref("plain", "x")); !unknown(err) {
		return x
	}
	return e.anew(x)
}

// state is all that can be read of a store that is prepared for the suite's schema: records,
// lists and feed, as lines.
func (e *Env) state(s store.Store) []string {
	e.Helper()
	text, err := dumpText(e.Ctx, s, schema())
	e.Must("read all records", err)
	lines := strings.Split(text, "\n")
	for what, q := range inOrder(everyList()) {
		keys := e.Keys(s, q)
		if q.Match != nil {
			slices.Sort(keys) // their order is the store's own
		}
		lines = append(lines, fmt.Sprintf("%s: %q", what, keys))
	}
	events, _ := e.Feed(s, "", store.MaxLimit)
	var told []string
	for _, event := range events {
		told = append(told, fmt.Sprintf("%s %d %s", event.Ref, event.Entry.N, event.Entry.Payload))
	}
	slices.Sort(told) // so is that of several journals
	return append(lines, fmt.Sprintf("feed: %q", told))
}

// everyList has a query or more of every kind of list of every family.
func everyList() map[string]store.Query {
	all := queries()
	red := []store.Value{store.TextValue("red")}
	all["journals by number"] = store.Query{Family: "journal", List: "by_num"}
	all["persons by number"] = store.Query{Family: "person", List: "by_num"}
	all["persons of a tag"] = store.Query{Family: "person", List: "by_tag", Equal: red}
	all["receipts by instant"] = store.Query{Family: store.Receipts, List: store.ReceiptsByInstant}
	return all
}

func unknown(err error) bool { return errors.Is(err, store.ErrOutcomeUnknown) }
