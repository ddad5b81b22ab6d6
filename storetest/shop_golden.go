package storetest

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store"
)

var goldenBattery = []Rule{{
	ID:       "shop/golden-entries",
	Sentence: "Entries of every kind and version that was ever released come back from the store as they were, and fold.",
	Why:      "an order of ten years ago is read by the program of today",
	Check: func(e *Env) {
		s := e.stand(e.Place(), newShopClock(), 1)
		for _, journal := range []string{"order", "account", "product", "prices", "terms"} {
			chains := e.goldenChains(journal)
			longest := slices.MaxFunc(chains, func(a, b []store.Entry) int { return len(a) - len(b) })
			for i, chain := range chains {
				last := chain[len(chain)-1]
				what := fmt.Sprintf("%s %s version %d", journal, last.Kind, last.V)
				at := store.Ref{Family: families[journal], Key: fmt.Sprintf("golden-%d", i)}
				if order, err := till.Fold(till.Order{}, chain...); journal == "order" && len(chain) == len(longest) {
					e.Must("fold "+what, err)
					at.Key = order.ID().String()
				}
				e.Commit(s.Store, store.Append{Record: e.otherState(at, last), Entries: chain})
				back := e.History(s.Store, at, 0, 2)
				e.Equal("entries of "+what, back, chain)
				if !reflect.DeepEqual(e.folded(journal, back), e.folded(journal, chain)) {
					e.Failf("%s: the entries of the store fold to something else", what)
				}
			}
		}
		page := s.orders(till.OrderQuery{})
		order, err := s.Staff.Order(e.Ctx, page[len(page)-1].ID)
		e.Must("the order of long ago", err)
		e.Must("Verify", order.Verify())
	},
}}

// families says where a journal is kept.
var families = map[string]string{"order": "orders", "account": "accounts", "product": "products", "prices": "prices", "terms": "terms"}

// otherState is the state after an entry in a form that no version knows, with an
// index that fits.
func (e *Env) otherState(at store.Ref, last store.Entry) store.Record {
	r := store.Record{Ref: at, Doc: store.Raw(fmt.Sprintf(`{"fold":99,"n":%d,"at":%q,"sum":"%x"}`, last.N, till.Instant(last.At), last.Sum))}
	for _, f := range till.Schema().Families {
		if f.Name != at.Family {
			continue
		}
		for _, field := range f.Fields {
			switch field.Type {
			case store.Int:
				r.Index = append(r.Index, store.IntValue(0))
			case store.Many:
				r.Index = append(r.Index, store.ManyValue())
			default:
				r.Index = append(r.Index, store.TextValue(at.Key))
			}
		}
	}
	return r
}

// folded says what entries come to.
func (e *Env) folded(journal string, entries []store.Entry) any {
	e.Helper()
	var value any
	var err error
	switch journal {
	case "order":
		value, err = till.Fold(till.Order{}, entries...)
	case "account":
		value, err = till.Fold(till.Account{}, entries...)
	case "product":
		value, err = till.Fold(till.Product{}, entries...)
	case "prices":
		value, err = till.Fold(till.Prices{}, entries...)
	case "terms":
		value, err = till.Fold(till.Terms{}, entries...)
	}
	e.Must("fold "+journal, err)
	return value
}

// goldenChains reads the golden entries of a journal: for each of them the entries
// that lead to it.
func (e *Env) goldenChains(journal string) [][]store.Entry {
	e.Helper()
	_, here, _, ok := runtime.Caller(0)
	files, err := filepath.Glob(filepath.Join(filepath.Dir(here), "..", "testdata", "entries", journal, "*.json"))
	if !ok || err != nil || len(files) == 0 {
		e.Skipf("the golden entries of %s are not at hand: they are in the source of the library, below testdata/entries", journal)
	}
	type golden struct {
		N          int64
		Kind       string
		V          int
		At         till.Instant
		After, Sum string
		Payload    json.RawMessage
	}
	bySum := map[string]golden{}
	var all []golden
	for _, file := range files {
		var g golden
		data, err := os.ReadFile(file)
		e.Must("read a golden entry", err)
		e.Must("read "+filepath.Base(file), json.Unmarshal(data, &g))
		bySum[g.Sum], all = g, append(all, g)
	}
	var chains [][]store.Entry
	for _, g := range all {
		var chain []store.Entry
		for ok := true; ok; g, ok = bySum[g.After] {
			entry := store.Entry{N: g.N, Kind: g.Kind, V: g.V, At: int64(g.At)}
			var payload bytes.Buffer
			e.Must("payload", json.Compact(&payload, g.Payload)) // the file is indented, the entry is not
			entry.Payload = payload.Bytes()
			_, err := hex.Decode(entry.Sum[:], []byte(g.Sum))
			e.Must("sum", err)
			chain = append(chain, entry)
		}
		slices.Reverse(chain)
		chains = append(chains, chain)
	}
	return chains
}
