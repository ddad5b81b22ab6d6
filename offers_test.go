package till

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
	"github.com/tillkit/till/store/sqlite"
)

// ticking is a clock that goes on by a microsecond whenever it is read.
func ticking(from Instant) func() time.Time {
	var n atomic.Int64
	return func() time.Time { return from.Add(time.Duration(n.Add(1)) * time.Microsecond).Time() }
}

func openShop(t rapid.TB, s store.Store, clock func() time.Time) *Shop {
	t.Helper()
	return must(Open(context.Background(), s, Options{Currency: money.GBP, Clock: clock}))
}

func bothStores(t *testing.T, test func(*testing.T, store.Store)) {
	t.Run("memory", func(t *testing.T) { test(t, memory.New()) })
	t.Run("sqlite", func(t *testing.T) {
		db := must(sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "shop.db")))
		t.Cleanup(func() { _ = db.Close() })
		test(t, db)
	})
}

// offersFollow fails unless the offers that are stored follow from the products and their
// whole prices: at each instant there is one, and it shows what holds then.
func offersFollow(t rapid.TB, s *Shop) {
	t.Helper()
	ctx := context.Background()
	written, keys := map[ProductID][]offer{}, map[string]bool{}
	for r, err := range store.Records(ctx, s.store, store.Query{Family: familyOffers}) {
		if err != nil {
			t.Fatal(err)
		}
		o := must(asOffer(r.Doc))
		written[o.Product] = append(written[o.Product], o)
		keys[r.Key] = true
	}
	products := 0
	for r, err := range store.Records(ctx, s.store, store.Query{Family: familyProducts}) {
		if err != nil {
			t.Fatal(err)
		}
		products++
		p := must(s.loadProduct(ctx, r))
		at := p.at
		var prices []Prices
		for _, sku := range p.SKUs() {
			prices = append(prices, must(s.Staff("test").Prices(ctx, sku)))
			at = max(at, prices[len(prices)-1].at)
		}
		want := offersOf(p, prices, standard(s.currency), at)
		have := written[p.id]
		slices.SortFunc(have, func(a, b offer) int { return int(min(max(a.Since-b.Since, -1), 1)) })
		// Those written at an earlier change may begin with what is past by now.
		for len(have) > 1 && have[0].Until <= at {
			have = have[1:]
		}
		if len(have) > 0 {
			have[0].Since = MinInstant
		}
		if d := cmp.Diff(asLines(want), asLines(have)); d != "" {
			t.Fatalf("offers of %s (-want +stored):\n%s", p.Handle(), d)
		}
	}
	if products != len(written) {
		t.Fatalf("%d products, offers of %d", products, len(written))
	}
	if _, err := s.Check(ctx); err != nil {
		t.Fatal(err)
	}
}

func asLines(offers []offer) []string {
	var lines []string
	for _, o := range offers {
		lines = append(lines, string(must(offerDoc{offer: o}.AppendStored(nil))))
	}
	return lines
}

// staffStep does something to one of few products, as numbers say.
func staffStep(s *Shop, n func(int) int) error {
	ctx, staff := context.Background(), s.Staff("test")
	product := n(3)
	handle := fmt.Sprint("p", product)
	sku := SKU(fmt.Sprint("P", product, "-", n(3)))
	price := money.PriceOf(money.MustFromMinor(int64(n(5)*100), money.GBP))
	from := []Instant{0, s.now().Add(time.Millisecond), s.now().Add(time.Hour), s.now().Add(2 * time.Hour)}[n(4)]
	switch n(8) {
	case 0, 1:
		spec := ProductSpec{Description: described(handle)}
		spec.Words[""] = Words{Name: fmt.Sprint("Name ", n(3))}
		for i := range 1 + n(3) {
			v := SKU(fmt.Sprint("P", product, "-", i))
			spec.Variants = append(spec.Variants, Variant{SKU: v})
			if n(4) > 0 {
				spec.Articles = append(spec.Articles, ArticleSpec{SKU: v, Price: &price})
			}
		}
		_, err := staff.PutProduct(ctx, spec)
		return err
	case 2, 3:
		return staff.ChangePrice(ctx, sku, PriceChange{Price: price, From: from, Sale: n(3) == 0, MinQuantity: int64(n(2) * 10)})
	case 4:
		return staff.ChangePrice(ctx, sku, PriceChange{Mark: Clear, From: from, Sale: n(3) == 0})
	case 5:
		var edits []PriceEdit
		for i := range 1 + n(3) {
			edits = append(edits, PriceEdit{SKU: SKU(fmt.Sprint("P", n(3), "-", i)), PriceChange: PriceChange{Price: price, From: from}})
		}
		return staff.ChangePrices(ctx, edits...)
	case 6:
		return staff.ChangeListing(ctx, ListingChange{SKU: sku, Mark: []Mark{Set, Clear}[n(2)], From: from})
	default:
		if n(2) == 0 {
			return staff.DeleteProduct(ctx, sku)
		}
		return staff.RestoreProduct(ctx, sku)
	}
}

// refusal reports whether an error is what a step may be refused with.
func refusal(err error) bool {
	var state *StateError
	return err == nil || errors.Is(err, ErrInvalid) || errors.Is(err, ErrNotFound) || errors.Is(err, ErrExists) || errors.As(err, &state)
}

// The offers that are stored are those that product and prices give, whatever was done:
// also with a clock that goes back.
func TestOffersFollow(t *testing.T) {
	dir, files := t.TempDir(), 0
	rapid.Check(t, func(t *rapid.T) {
		now := jan(10)
		clock := func() time.Time { return now.Time() }
		files++
		db := must(sqlite.Open(context.Background(), filepath.Join(dir, fmt.Sprint(files, ".db"))))
		defer db.Close()
		shops := []*Shop{openShop(t, memory.New(), clock), openShop(t, db, clock)}
		for range among(t, "steps", 12) + 3 {
			now = now.Add(pick(t, "passes", 0, time.Microsecond, time.Millisecond, time.Hour, -time.Hour))
			var drawn []int
			for range 40 {
				drawn = append(drawn, among(t, "n", 1<<30))
			}
			for _, s := range shops {
				i := 0
				err := staffStep(s, func(n int) int { i++; return drawn[i-1] % n })
				if !refusal(err) {
					t.Fatal(err)
				}
			}
			for _, s := range shops {
				offersFollow(t, s)
			}
		}
	})
}

// The same, when several people change the same few products at once through two Shops.
func TestOffersFollowWhenManyChangeThem(t *testing.T) {
	bothStores(t, func(t *testing.T, db store.Store) {
		clock := ticking(jan(10))
		shops := []*Shop{openShop(t, db, clock), openShop(t, db, clock)}
		var wait sync.WaitGroup
		var done, refused atomic.Int64
		for g := range 6 {
			random := rand.New(rand.NewPCG(7, uint64(g)))
			wait.Go(func() {
				for range 25 {
					err := staffStep(shops[g%2], random.IntN)
					if !refusal(err) {
						t.Error(err)
					}
					if done.Add(1); err != nil {
						refused.Add(1)
					}
				}
			})
		}
		wait.Wait()
		t.Logf("%d steps, %d refused", done.Load(), refused.Load())
		offersFollow(t, shops[0])
	})
}

// The same, when of two decisions about one product the second is committed while the
// first is about to be: whatever the two are.
func TestOffersFollowOfEveryTwo(t *testing.T) {
	price := func(sku SKU, p string) func(*Staff) error {
		return func(s *Staff) error { return s.SetPrice(context.Background(), sku, p) }
	}
	revise := func(change func(*Description)) func(*Staff) error {
		return func(s *Staff) error {
			return s.ReviseProduct(context.Background(), "A", func(d *Description) error { change(d); return nil })
		}
	}
	// X is the dearest all the time, and at first A is the cheapest: a change of B alone
	// shows in no offer, and yet it matters to who changes A.
	spec := ProductSpec{Description: described("p", "A", "B", "X", "C")}
	steps := map[string]func(*Staff) error{
		"price of A": price("A", "6.00"), "price of B": price("B", "4.50"), "price of A and B": func(s *Staff) error {
			return s.ChangePrices(context.Background(), PriceEdit{"A", PriceChange{Price: gbp("1.00"), From: jan(20)}}, PriceEdit{"B", PriceChange{Price: gbp("4.00")}})
		},
		"plan": func(s *Staff) error {
			return s.ChangePrice(context.Background(), "B", PriceChange{Price: gbp("0.50"), From: jan(15)})
		},
		"rename": revise(func(d *Description) { d.Words = map[Locale]Words{"": {Name: "Another"}} }),
		"less":   revise(func(d *Description) { d.Variants = d.Variants[:1] }),
		"more":   revise(func(d *Description) { d.Variants = append(d.Variants, Variant{SKU: "D"}) }),
		"delist": func(s *Staff) error {
			return s.ChangeListing(context.Background(), ListingChange{SKU: "A", Mark: Clear, Only: []SKU{"A"}})
		},
		"delist B": func(s *Staff) error {
			return s.ChangeListing(context.Background(), ListingChange{SKU: "B", Mark: Clear, Only: []SKU{"B"}})
		},
		"delete": func(s *Staff) error { return s.DeleteProduct(context.Background(), "A") },
		"put":    func(s *Staff) error { _, err := s.PutProduct(context.Background(), spec); return err },
	}
	four, five, nine := gbp("4.00"), gbp("5.00"), gbp("9.00")
	spec.Articles = []ArticleSpec{{SKU: "A", Price: &five}, {SKU: "C", Price: &five}, {SKU: "X", Price: &nine}}
	for _, first := range slices.Sorted(maps.Keys(steps)) {
		for _, second := range slices.Sorted(maps.Keys(steps)) {
			t.Run(first+"/"+second, func(t *testing.T) {
				ctx, clock := t.Context(), ticking(jan(10))
				db := &betweenStore{Store: memory.New()}
				ahead, behind := openShop(t, db, clock), openShop(t, db.Store, clock)
				is := ProductSpec{Description: described("p", "A", "B", "X")}
				is.Articles = []ArticleSpec{{SKU: "A", Price: &four}, {SKU: "B", Price: &five}, {SKU: "X", Price: &nine}}
				must(behind.Staff("test").PutProduct(ctx, is))
				db.between = func() { must(0, steps[second](behind.Staff("test"))) }
				if err := steps[first](ahead.Staff("test")); !refusal(err) {
					t.Fatal(err)
				}
				if db.between != nil {
					t.Fatal("nothing was committed between")
				}
				offersFollow(t, ahead)
			})
		}
	}
}

// betweenStore runs something ahead of the next commit.
type betweenStore struct {
	store.Store
	between func()
}

// Commit runs it once.
func (b *betweenStore) Commit(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
	if f := b.between; f != nil {
		b.between = nil
		f()
	}
	return b.Store.Commit(ctx, set)
}

// A clock that goes back hides nothing: what was done last is in force.
func TestOffersWithAClockThatGoesBack(t *testing.T) {
	bothStores(t, func(t *testing.T, db store.Store) {
		ctx, now := t.Context(), jan(10)
		s := openShop(t, db, func() time.Time { return now.Time() })
		staff := s.Staff("test")
		must(0, staff.AddProduct(ctx, NewProduct{SKU: "MUG", Name: "Mug", Price: "9.50"}))
		for _, step := range []struct {
			passes time.Duration
			price  string
		}{{time.Hour, "8.00"}, {-30 * time.Minute, "7.00"}, {-time.Hour, "6.00"}, {3 * time.Hour, "5.00"}} {
			now = now.Add(step.passes)
			must(0, staff.SetPrice(ctx, "MUG", step.price))
			page := must(s.Search(ctx, ProductQuery{}))
			if len(page.Items) != 1 || page.Items[0].Price != gbp(step.price) {
				t.Errorf("at %s, after the price %s: %+v", now, step.price, page.Items)
			}
		}
	})
}

// No key of an offer comes twice, also where fewer articles have fewer changes behind
// them than there were once.
func TestOffersHaveKeysOfTheirOwn(t *testing.T) {
	recorded := &keyStore{Store: memory.New(), put: map[string]bool{}}
	s := openShop(t, recorded, ticking(jan(10)))
	random := rand.New(rand.NewPCG(1, 2))
	for range 1500 {
		if err := staffStep(s, random.IntN); !refusal(err) {
			t.Fatal(err)
		}
	}
	if len(recorded.put) < 100 || len(recorded.twice) > 0 {
		t.Errorf("%d offers were made; of keys that were there before: %v", len(recorded.put), recorded.twice)
	}
}

// keyStore notes the keys of new offers.
type keyStore struct {
	store.Store
	put   map[string]bool
	twice []string
}

// Commit notes them.
func (k *keyStore) Commit(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
	for _, c := range set.Changes {
		if p, ok := c.(store.Put); ok && p.Family == familyOffers && p.Rev == 0 {
			if k.put[p.Key] {
				k.twice = append(k.twice, p.Key)
			}
			k.put[p.Key] = true
		}
	}
	return k.Store.Commit(ctx, set)
}

// A shop whose offers another version has written gets them anew when it is opened, by
// several at once too; one of a later form is refused.
func TestOffersAreRenewed(t *testing.T) {
	bothStores(t, func(t *testing.T, db store.Store) {
		ctx, clock := t.Context(), ticking(jan(10))
		s := openShop(t, db, clock)
		for i := range 150 {
			price := gbp(fmt.Sprint(i, ".00"))
			spec := ProductSpec{Description: described(fmt.Sprint("p", i), SKU(fmt.Sprint("P", i)))}
			spec.Articles = []ArticleSpec{{SKU: SKU(fmt.Sprint("P", i)), Price: &price}}
			must(s.Staff("test").PutProduct(ctx, spec))
		}
		must(0, s.Staff("test").ChangePrice(ctx, "P7", PriceChange{Price: gbp("1.00"), From: jan(20)}))
		// As before there were offers: some are not there, some say something else.
		form := func(n int) {
			t.Helper()
			r := must(db.Get(ctx, refSettings))[0]
			is := must(asSettings(r.Doc))
			is.Offers = n
			must(db.Commit(ctx, store.ChangeSet{Changes: []store.Change{store.Put{Record: rowOf(refSettings, r.Rev, settingsDoc{is})}}}))
		}
		var set store.ChangeSet
		n := 0
		for r, err := range store.Records(ctx, db, store.Query{Family: familyOffers}) {
			must(0, err)
			if n++; n%2 == 0 {
				set.Changes = append(set.Changes, store.Delete{Ref: r.Ref, Rev: r.Rev})
			} else {
				o := must(asOffer(r.Doc))
				o.Handle, o.Words, o.Until = "old", "old", o.Until.Add(-time.Hour)
				set.Changes = append(set.Changes, putOffer(r.Ref, r.Rev, offerDoc{offer: o}))
			}
		}
		must(db.Commit(ctx, set))
		form(0)
		var wait sync.WaitGroup
		opened := make([]*Shop, 3)
		for i := range opened {
			wait.Go(func() {
				shop, err := Open(ctx, db, Options{Clock: clock})
				if opened[i] = shop; err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if t.Failed() {
			return
		}
		offersFollow(t, opened[0])
		if is := must(asSettings(must(db.Get(ctx, refSettings))[0].Doc)); is.Offers != offersForm || is.Currency != money.GBP {
			t.Errorf("the settings say %+v", is)
		}
		before := must(db.Get(ctx, refSettings))[0].Rev
		openShop(t, db, clock)
		if after := must(db.Get(ctx, refSettings))[0].Rev; after != before {
			t.Errorf("opening a shop that is renewed writes its settings")
		}
		form(offersForm + 1)
		if _, err := Open(ctx, db, Options{Clock: clock}); !errors.Is(err, ErrUnsupported) {
			t.Errorf("offers of a later form: error %v", err)
		}
	})
}

// The stored form of an offer.
func TestGoldenOffer(t *testing.T) {
	shop := smallShop()
	p := *shop.product("SHIRT-L")
	p.is.Vendor, p.is.Collections, p.is.Images = "Acme", []string{"summer", "all"}, []Image{{Address: "/shirt.jpg"}}
	p.is.Attributes = map[string][]string{"wool": {"merino", "lamb"}}
	var prices []Prices
	for _, sku := range p.SKUs() {
		prices = append(prices, *shop.pricesOf(sku, inPounds))
	}
	var text bytes.Buffer
	for _, line := range asLines(offersOf(p, prices, inPounds, jan(2))) {
		must(0, json.Indent(&text, []byte(line), "", "  "))
		text.WriteByte('\n')
	}
	golden(t, filepath.Join("offers", "shirt.json"), text.String())
}

// The words of a text are those that a store makes of it, in its order.
func TestTextWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOf(rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{" ", "-", "É", "e\u0301", "\xff", "\x00", "\ufffd", "ẞ", "İ", "日本", "10²", strings.Repeat("é", 40)}))).Draw(t, "text")
		text := strings.Join(pieces, "")
		words := textWords(text)
		if d := cmp.Diff(store.Split(text), store.Split(strings.Join(words, " "))); d != "" {
			t.Fatalf("of %q (-store +text):\n%s", text, d)
		}
		at := 0
		for _, w := range words {
			if s := store.Split(w); len(s) != 1 || s[0] != w {
				t.Fatalf("%q is no word", w)
			}
			found := strings.Index(strings.Map(lower, text[at:]), w)
			if found < 0 {
				t.Fatalf("%q does not stand in its place in %q: %q", w, text, words)
			}
		}
	})
	if d := cmp.Diff([]string{"zeta", "beta", "a", "a"}, textWords("Zeta-beta, (a) A")); d != "" {
		t.Error(d)
	}
}

func lower(r rune) rune { return []rune(strings.ToLower(string(r)))[0] }

func TestWithoutTags(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "a": "a", "<p>a</p>b": " a b", "a<br/>b<!-- x > y -->": "a b  y -->", "1 < 2 > 1": "1 < 2 > 1", "<3 <日> <": "<3 <日> <", "<p": "<p", "a<<b>": "a< ", "<A>x": " x", "<!": "<!",
	} {
		if got := withoutTags(text); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
	// A text without an end of a tag is looked at once, not once for each beginning.
	many := strings.Repeat("<a", 1<<20)
	if got := withoutTags(many); got != many {
		t.Error("a text without a tag has changed")
	}
}

// What a price state leaves out never matters: the next one is the same, made from the
// whole past or from it, and it answers alike from its last entry on.
func TestPresentPrices(t *testing.T) {
	checkMany(t, rounds(1000), func(t *rapid.T) {
		whole := must(NewPrices("MUG", inPounds))
		cut := whole
		for range among(t, "changes", 15) + 1 {
			c := PriceChange{
				Mark:        pick(t, "mark", Set, Set, Set, Clear, Retract),
				From:        pick(t, "from", 0, jan(5), jan(10), jan(10)+1, jan(11), jan(11), jan(11)+1, jan(12), jan(20), MinInstant, MaxInstant),
				Sale:        rapid.Bool().Draw(t, "sale"),
				MinQuantity: pick(t, "least", int64(1), 1, 5),
			}
			if c.Mark == Set {
				c.Price = money.PriceOf(money.MustFromMinor(int64(among(t, "price", 10)), money.GBP))
			}
			m := Meta{At: jan(pick(t, "day", 9, 10, 10, 11, 12))}
			next, entries, err := whole.Change(m, c)
			if err != nil {
				continue
			}
			whole = next
			if c.Mark == Retract { // it takes the whole past
				if _, _, err := cut.Change(m, c); err == nil {
					t.Fatal("a part of the past took a Retract")
				}
				cut = whole.present()
			} else {
				same(t, "entries made from the part", must2(cut.Change(m, c)), entries)
				cut = must(Fold(cut, entries...)).present()
			}
			same(t, "the state", cut, whole.present())
			same(t, "what is read again", must(asPrices(store.Raw(must(pricesDoc{cut}.AppendStored(nil))))), cut)
			for _, at := range []Instant{whole.at, whole.at + 1, jan(11) - 1, jan(11), jan(12), jan(20), MaxInstant} {
				for _, quantity := range []int64{1, 5, 10} {
					a, okA := whole.On(max(at, whole.at), MaxInstant, quantity)
					b, okB := cut.On(max(at, whole.at), MaxInstant, quantity)
					if a != b || okA != okB {
						t.Fatalf("at %s, %d pieces: %+v, %v; whole %+v, %v", at, quantity, b, okB, a, okA)
					}
				}
			}
		}
	})
}

// A state of the form that had the whole past is folded again from the entries.
func TestPricesOfAnOlderForm(t *testing.T) {
	bothStores(t, func(t *testing.T, db store.Store) {
		ctx, s := t.Context(), openShop(t, db, ticking(jan(10)))
		staff := s.Staff("test")
		must(0, staff.AddProduct(ctx, NewProduct{SKU: "MUG", Name: "Mug", Price: "9.50"}))
		ref := refPrices("MUG", inPounds)
		old := must(db.Get(ctx, ref))[0]
		prices := must(asPrices(old.Doc))
		next, entries, err := must(s.wholePrices(ctx, old, "MUG", inPounds)).Change(Meta{At: prices.at}, PriceChange{Price: gbp("8.00")})
		must(0, err)
		body := bytes.Replace(must(pricesDoc{next}.AppendStored(nil)), []byte(`"fold":2`), []byte(`"fold":1`), 1)
		must(db.Commit(ctx, store.ChangeSet{Changes: []store.Change{store.Append{Record: rowOf(ref, old.Rev, store.Raw(body)), Entries: entries}}}))
		if _, err := asPrices(must(db.Get(ctx, ref))[0].Doc); !errors.Is(err, errRefold) {
			t.Fatalf("reading it gives %v", err)
		}
		same(t, "the prices read", must(s.loadPrices(ctx, must(db.Get(ctx, ref))[0], "MUG", inPounds)), next)
		must(0, staff.SetPrice(ctx, "MUG", "7.00"))
		if p := must(asPrices(must(db.Get(ctx, ref))[0].Doc)); p.n != 3 || !p.cut {
			t.Errorf("after the next change the state is of entry %d", p.n)
		}
		offersFollow(t, s)
	})
}

// However often a price changed, its state is as long as after two changes.
func TestPriceStateStaysShort(t *testing.T) {
	ctx, db := t.Context(), memory.New()
	now := jan(10)
	s := openShop(t, db, func() time.Time { return now.Time() })
	staff := s.Staff("test")
	must(0, staff.AddProduct(ctx, NewProduct{SKU: "MUG", Name: "Mug", Price: "9.50"}))
	length := func() int {
		r := must(db.Get(ctx, refPrices("MUG", inPounds)))[0]
		return len(must(r.Doc.AppendStored(nil)))
	}
	var lengths []int
	for i := range 1000 {
		now = now.Add(time.Minute)
		c := PriceChange{Price: gbp(fmt.Sprintf("%d.50", 1+i%9))}
		if i%3 == 2 { // corrections and plans too
			c.From = now.Add(-time.Hour)
		}
		must(0, staff.ChangePrice(ctx, "MUG", c))
		must(0, staff.ChangePrice(ctx, "MUG", PriceChange{Price: gbp("1.00"), From: now.Add(time.Second), Sale: true}))
		must(0, staff.ChangePrice(ctx, "MUG", PriceChange{Mark: Clear, From: now.Add(2 * time.Second), Sale: true}))
		lengths = append(lengths, length())
	}
	if most := slices.Max(lengths); most > lengths[1]+20 { // the numbers of entries have more digits
		t.Errorf("%d bytes after two changes, up to %d after a thousand", lengths[1], most)
	}
	offersFollow(t, s)
	whole := must(staff.Prices(ctx, "MUG"))
	n := 0
	for range whole.All() {
		n++
	}
	if n != 3001 || !maps.Equal(map[bool]int{false: n}, map[bool]int{whole.cut: 3001}) {
		t.Errorf("the whole past has %d changes", n)
	}
}

// A change that changes nothing leaves the offers as they are, also when time has passed
// and a step of the plan with it.
func TestOffersOfAChangeThatChangesNothing(t *testing.T) {
	bothStores(t, func(t *testing.T, db store.Store) {
		ctx, now := t.Context(), jan(10)
		s := openShop(t, db, func() time.Time { return now.Time() })
		staff := s.Staff("test")
		price := gbp("4.00")
		spec := ProductSpec{Description: described("p", "A", "B"), Articles: []ArticleSpec{{SKU: "A", Price: &price}}}
		must(staff.PutProduct(ctx, spec))
		must(0, staff.ChangePrice(ctx, "A", PriceChange{Price: gbp("1.00"), From: jan(11), Sale: true}))
		now = jan(12)
		must(0, staff.ChangePrice(ctx, "B", PriceChange{Mark: Clear, Sale: true}))
		must(0, staff.ChangePrices(ctx, PriceEdit{"B", PriceChange{Mark: Clear}}))
		must(staff.PutProduct(ctx, spec))
		offersFollow(t, s)
	})
}
