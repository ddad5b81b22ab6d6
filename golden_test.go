package till

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillkit/till/money"
)

// The golden entries: testdata/entries/<journal>/<kind>.v<version>.json is an entry
// as some version of this library wrote it, <kind>.v<version>.txt the state that it
// and those before it fold to. They stay for ever. -update writes entries that are
// missing, and all states; it never writes an entry a second time.

// GoldenEntry is an entry as its file has it.
type GoldenEntry struct {
	N       int64           `json:"n"`
	Kind    string          `json:"kind"`
	V       int             `json:"v"`
	At      Instant         `json:"at"`
	After   string          `json:"after"` // sum of the entry before it: what makes files a chain
	Sum     string          `json:"sum"`
	Payload json.RawMessage `json:"payload"`
}

// GoldenChain is what stands before an entry, and the entry: a journal to fold.
type GoldenChain struct {
	Journal string // "order"
	Name    string // "placed.v1"
	Entries []Entry
}

// GoldenChains reads the golden entries of all journals, one chain for each file.
func GoldenChains(t testing.TB) []GoldenChain {
	t.Helper()
	var chains []GoldenChain
	for _, journal := range slices.Sorted(maps.Keys(goldenJournals)) {
		files, err := filepath.Glob(filepath.Join("testdata", "entries", journal, "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		bySum, byName := map[string]GoldenEntry{}, map[string]GoldenEntry{}
		for _, file := range files {
			var g GoldenEntry
			if err := json.Unmarshal(must(os.ReadFile(file)), &g); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			name := fmt.Sprintf("%s.v%d", g.Kind, g.V)
			if name+".json" != filepath.Base(file) {
				t.Fatalf("%s holds %s", file, name)
			}
			bySum[g.Sum], byName[name] = g, g
		}
		for _, name := range slices.Sorted(maps.Keys(byName)) {
			chain := GoldenChain{Journal: journal, Name: name}
			for g, ok := byName[name], true; ok; g, ok = bySum[g.After] {
				chain.Entries = append(chain.Entries, g.entry(t))
			}
			slices.Reverse(chain.Entries)
			chains = append(chains, chain)
		}
	}
	return chains
}

func (g GoldenEntry) entry(t testing.TB) Entry {
	t.Helper()
	e := Entry{N: g.N, Kind: g.Kind, V: g.V, At: int64(g.At)}
	var payload bytes.Buffer
	if err := json.Compact(&payload, g.Payload); err != nil { // the file is indented, the entry is not
		t.Fatal(err)
	}
	e.Payload = payload.Bytes()
	if n, err := hex.Decode(e.Sum[:], []byte(g.Sum)); err != nil || n != len(e.Sum) {
		t.Fatalf("%s: sum %q", g.Kind, g.Sum)
	}
	return e
}

// goldenJournals says for each journal which kinds it has, how it is folded, and
// what makes an entry of each kind.
var goldenJournals = map[string]struct {
	kinds map[string]int // the version of each
	fold  func([]Entry) (any, error)
	make  func() []Entry
}{
	"account": {versions(accountKinds), foldAny(Account{}), func() []Entry {
		a, all, err := RegisterAccount(signedOn(0), NewAccount{ID: testID[Person](5), Contact: "1", Metadata: Metadata{"tier": "gold"}})
		all = again(&a, all, err, func(a Account) (Account, []Entry, error) { return a.SetPassword(signedOn(1)) })
		all = again(&a, all, nil, func(a Account) (Account, []Entry, error) { return a.ChangeContact(signedOn(2), "2") })
		all = again(&a, all, nil, func(a Account) (Account, []Entry, error) { return a.ChangeEmail(signedOn(3), "3") })
		all = again(&a, all, nil, func(a Account) (Account, []Entry, error) { return a.Disable(signedOn(4)) })
		all = again(&a, all, nil, func(a Account) (Account, []Entry, error) { return a.Enable(signedOn(5)) })
		all = again(&a, all, nil, func(a Account) (Account, []Entry, error) { return a.SetMetadata(signedOn(6), nil) })
		all = again(&a, all, nil, func(a Account) (Account, []Entry, error) { return a.SetGroups(signedOn(6), "trade", "local") })
		all = again(&a, all, nil, func(a Account) (Account, []Entry, error) { return a.SetTaxStatus(signedOn(6), Exempt) })
		return again(&a, all, nil, func(a Account) (Account, []Entry, error) { return a.Erase(signedOn(7)) })
	}},
	"order": {versions(orderKinds), foldAny(Order{}), func() []Entry {
		c := must(fullCart().WithMetadata(Metadata{"campaign": "spring"}))
		o, all, err := OpenOrder(signedOn(12), opening(), must(c.Quote(fullCatalog(), fullTerms(), jan(11))))
		all = again(&o, all, err, func(o Order) (Order, []Entry, error) { return o.Place(signedOn(13), ByInvoice) })
		return again(&o, all, nil, func(o Order) (Order, []Entry, error) {
			return o.SetMetadata(signedOn(14), Metadata{"parcel": "2 < 3"})
		})
	}},
	"prices": {versions(priceKinds), foldAny(must(NewPrices("MUG", inPounds))), func() []Entry {
		_, all, err := must(NewPrices("MUG", inPounds)).Change(signedOn(0), PriceChange{Price: gbp("9.80/1000"), From: jan(3), Sale: true, MinQuantity: 10})
		return must(all, err)
	}},
	"product": {versions(productKinds), foldAny(Product{}), func() []Entry {
		shop := smallShop()
		d := shop.product("SHIRT-L").Description()
		d.Status, d.Vendor, d.Collections = ProductActive, "Acme", []string{"summer"}
		d.Attributes, d.Images = map[string][]string{"wool": {"merino", "lamb"}}, []Image{{Address: "/shirt.jpg", Alt: "from <all> sides"}}
		d.Variants[0] = Variant{SKU: "SHIRT-M", Values: []string{"M", "red"}, Barcode: "4006381333931", Grams: 180, NoShipping: true, TaxCategory: "clothing", Stock: AllowBackorder(5), Image: "/m.jpg"}
		p, all, err := AddProduct(signedOn(0), testID[Product](1), d)
		all = again(&p, all, err, func(p Product) (Product, []Entry, error) { return p.List(signedOn(1), jan(2)) })
		d.Variants, d.Status = d.Variants[:1], ProductDraft
		all = again(&p, all, nil, func(p Product) (Product, []Entry, error) { return p.Revise(signedOn(3), d) })
		all = again(&p, all, nil, func(p Product) (Product, []Entry, error) { return p.Delete(signedOn(4), jan(9)) })
		return again(&p, all, nil, func(p Product) (Product, []Entry, error) { return p.Restore(signedOn(5), jan(10)) })
	}},
	"terms": {versions(termsKinds), foldAny(Terms{}), func() []Entry {
		terms, all, err := Terms{}.Change(signedOn(0), RuleChange{Name: "rounding", Rule: Rounding{money.Ceiling, PerUnit}})
		had := map[string]bool{}
		for _, c := range fullRules() { // a file for each kind: the first of it
			if word := c.Rule.word(); !had[word] {
				had[word] = true
				all = again(&terms, all, err, func(t Terms) (Terms, []Entry, error) { return t.Change(signedOn(1), c) })
			}
		}
		return all
	}},
}

func signedOn(n int) Meta { return Meta{At: jan(n), By: "back-office", Note: "as asked on <Monday>"} }

func again[S any](s *S, all []Entry, err error, do func(S) (S, []Entry, error)) []Entry {
	must(0, err)
	next, entries, err := do(*s)
	*s = must(next, err)
	return append(all, entries...)
}

func versions[S any](ks kinds[S]) map[string]int {
	out := map[string]int{}
	for word, k := range ks {
		out[word] = k.version
	}
	return out
}

func foldAny[S Folded[S]](initial S) func([]Entry) (any, error) {
	return func(entries []Entry) (any, error) { return Fold(initial, entries...) }
}

func TestGoldenEntries(t *testing.T) {
	if *update {
		writeGoldenEntries(t)
	}
	have := map[string]bool{}
	for _, c := range GoldenChains(t) {
		t.Run(c.Journal+"/"+c.Name, func(t *testing.T) {
			j := goldenJournals[c.Journal]
			last := c.Entries[len(c.Entries)-1]
			have[c.Journal+"/"+c.Name] = true
			if last.V > j.kinds[last.Kind] {
				t.Errorf("the file is of no kind and version in the table")
			}
			state, err := j.fold(c.Entries)
			if err != nil {
				t.Fatal(err)
			}
			if o, ok := state.(Order); ok {
				o.entries = nil // they stand in the other file
				state = o
			}
			golden(t, filepath.Join("entries", c.Journal, c.Name+".txt"), stateText(state)+"\n")
		})
	}
	for journal, j := range goldenJournals {
		for word, newest := range j.kinds {
			for v := 1; v <= newest; v++ {
				if name := fmt.Sprintf("%s/%s.v%d", journal, word, v); !have[name] {
					t.Errorf("testdata/entries/%s.json is missing: make an entry of it in goldenJournals and run with -update", name)
				}
			}
		}
	}
	for _, file := range must(filepath.Glob("testdata/entries/*/*")) {
		journal, name := filepath.Base(filepath.Dir(file)), filepath.Base(file)
		if !have[journal+"/"+name[:len(name)-len(filepath.Ext(name))]] {
			t.Errorf("%s is used by no test", file)
		}
	}
}

func writeGoldenEntries(t *testing.T) {
	t.Helper()
	for journal, j := range goldenJournals {
		after := hex.EncodeToString(make([]byte, 32))
		for _, e := range j.make() {
			file := filepath.Join("testdata", "entries", journal, fmt.Sprintf("%s.v%d.json", e.Kind, e.V))
			sum := hex.EncodeToString(e.Sum[:])
			if _, err := os.Stat(file); err != nil {
				var b bytes.Buffer
				enc := json.NewEncoder(&b)
				enc.SetEscapeHTML(false)
				enc.SetIndent("", "  ")
				must(0, enc.Encode(GoldenEntry{e.N, e.Kind, e.V, Instant(e.At), after, sum, e.Payload}))
				must(0, os.MkdirAll(filepath.Dir(file), 0o755))
				must(0, os.WriteFile(file, b.Bytes(), 0o644))
			}
			after = sum
		}
	}
}

// golden compares with a file in testdata, which -update writes.
func golden(t testing.TB, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		must(0, os.MkdirAll(filepath.Dir(file), 0o755))
		must(0, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v: run with -update", err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", file, d)
	}
}
