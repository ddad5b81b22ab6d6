package till

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/tillkit/till/money"
)

// What is written by hand is what encoding/json writes, byte for byte: entries and
// digests outlive whoever wrote them.

// oddTexts are texts of every kind that JSON treats in a way of its own.
var oddTexts = []string{
	"", "plain", `"quoted"`, `back\slash`, "a\tb\nc\rd\be\ff", "\x00\x01\x1f\x7f", "<b>&amp;</b>", "é ü 漢字 🙂", "\u2028and\u2029", "\ufffd",
	"\xff", "a\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\xaf", "ends in {", "[", ":",
}

func oddText() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom(oddTexts), rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
}

func FuzzQuoted(f *testing.F) {
	for _, text := range oddTexts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := string(appendQuoted(nil, s, true)), string(must(json.Marshal(s))); got != want {
			t.Errorf("%q for a page: %s, json.Marshal gives %s", s, got, want)
		}
		if got, want := string(appendQuoted([]byte("x"), s, false)), "x"+string(must(reflectedPayload(s))); got != want {
			t.Errorf("%q: %s, encoding/json gives %s", s, got, want)
		}
	})
}

// samePayload compares what a payload writes with what encoding/json makes of it.
func samePayload(t *rapid.T, payload written) {
	t.Helper()
	got, err := payload.appendPayload([]byte("before"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff("before"+string(must(reflectedPayload(payload))), string(got)); d != "" {
		t.Errorf("%T (-encoding/json +by hand)\n%s", payload, d)
	}
}

// drawn makes random values of what a checkout writes, of any content: also such as no
// shop lets in.
type drawn struct{ *rapid.T }

func (d drawn) text() string  { return oddText().Draw(d.T, "text") }
func (d drawn) yes() bool     { return rapid.Bool().Draw(d.T, "yes") }
func (d drawn) number() int64 { return rapid.Int64().Draw(d.T, "number") }
func (d drawn) few(n int) int { return rapid.IntRange(0, n).Draw(d.T, "count") }
func (d drawn) random() (b [8]byte) {
	copy(b[:], rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(d.T, "random"))
	return b
}

func (d drawn) instant() Instant {
	return Instant(rapid.OneOf(
		rapid.Int64Range(int64(MinInstant), int64(MaxInstant)), rapid.Int64(),
		rapid.SampledFrom([]int64{0, 1, int64(MinInstant), int64(MaxInstant), math.MaxInt64, math.MinInt64}),
	).Draw(d.T, "instant"))
}

func drawnID[T any](d drawn) ID[T] {
	if d.few(5) == 0 {
		return ID[T]{}
	}
	return MakeID[T](d.instant(), uint16(d.few(maxPart)), d.random())
}

func (d drawn) currency() money.Currency {
	return rapid.SampledFrom([]money.Currency{0, money.GBP, money.JPY, money.KWD}).Draw(d.T, "currency")
}

func (d drawn) amount() money.Amount {
	c := d.currency()
	if c == 0 {
		return money.Amount{}
	}
	return money.MustFromMinor(d.number(), c)
}

func (d drawn) price() money.Price {
	return must(money.NewPrice(d.amount(), rapid.Int64Range(1, 1_000_000_000).Draw(d.T, "per")))
}

func (d drawn) metadata() Metadata {
	if d.few(3) == 0 {
		return nil
	}
	return rapid.MapOfN(oddText(), oddText(), 0, 4).Draw(d.T, "metadata")
}

func (d drawn) choices() []Choice {
	if d.yes() {
		return nil
	}
	choices := []Choice{}
	for range d.few(3) {
		choices = append(choices, Choice{d.text(), d.text()})
	}
	return choices
}

func (d drawn) agreement() *Agreement {
	if d.yes() {
		return nil
	}
	return &Agreement{Price: d.price(), By: Actor(d.text()), Why: d.text()}
}

func (d drawn) texts() []string {
	var texts []string
	for range d.few(3) {
		texts = append(texts, d.text())
	}
	return texts
}

func (d drawn) rate() money.Rate {
	if d.yes() {
		return money.Rate{}
	}
	return must(money.RateFromDecimal(decimal.New(d.number(), -int32(d.few(18)))))
}

// maybe gives a pointer, or none.
func maybe[T any](d drawn, value func() T) *T {
	if d.yes() {
		return nil
	}
	v := value()
	return &v
}

func (d drawn) amounts() []money.Amount {
	var all []money.Amount
	for range d.few(2) {
		all = append(all, d.amount())
	}
	return all
}

func (d drawn) action() Action {
	return Action{
		Kind: ActionKind(d.text()), Percent: d.rate(), Amounts: d.amounts(), Buy: int64(d.few(2)), Get: int64(d.few(2)), Apart: d.yes(),
		SKU: SKU(d.text()), Quantity: int64(d.few(2)),
	}
}

func (d drawn) bill() bill {
	b := bill{Lines: d.lines(), Status: TaxStatus(d.text()), Cap: maybe(d, d.rate), Total: d.amount()}
	for range d.few(2) {
		off := Discount{
			Promotion: d.text(), Label: d.text(), Code: d.text(), Action: d.action(), Original: d.yes(), Max: maybe(d, d.amount), Amount: d.amount(),
		}
		for range d.few(2) {
			off.Shares = append(off.Shares, Share{d.few(2), int64(d.few(2)), d.amount()})
		}
		b.Discounts = append(b.Discounts, off)
	}
	for range d.few(2) {
		tax := Tax{
			Name: d.text(), Label: d.text(), Zone: d.text(), Category: d.text(), Rate: d.rate(), Compound: d.yes(), Included: d.yes(), Service: d.text(),
			Relief: TaxStatus(d.text()), Amount: d.amount(),
		}
		for range d.few(2) {
			tax.Parts = append(tax.Parts, TaxPart{d.few(2), d.amount()})
		}
		b.Taxes = append(b.Taxes, tax)
	}
	b.Delivery = maybe(d, func() Delivery {
		rate := ShippingRate{Base: d.amount(), By: ShippingMeasure(d.text()), Per: int64(d.few(2)), Each: d.amount(), Percent: d.rate()}
		for range d.few(2) {
			rate.Table = append(rate.Table, ShippingStep{d.number(), d.amount()})
		}
		return Delivery{
			Method: d.text(), Label: d.text(), PickUp: d.yes(), Zone: d.text(), Rate: rate, Service: d.text(), Category: d.text(), Included: d.yes(),
			Subtotal: d.amount(), Total: d.amount(), Unavailable: DeliveryReason(d.text()),
		}
	})
	b.Cash = maybe(d, func() Cash { return Cash{d.number(), money.HalfEven, d.amount()} })
	return b
}

func (d drawn) uses() []PromotionUse {
	var uses []PromotionUse
	for range d.few(2) {
		uses = append(uses, PromotionUse{d.text(), int64(d.few(2)), int64(d.few(2)), int64(d.few(2)), d.yes()})
	}
	return uses
}

func (d drawn) line() Line {
	return Line{
		N: int(d.number()), SKU: SKU(d.text()), Product: drawnID[Product](d), Name: d.text(), Options: d.choices(), Quantity: d.number(),
		Price: d.price(), Base: d.price(), Sale: d.yes(), MinQuantity: int64(d.few(2)), Entry: int64(d.few(2)), Agreed: d.agreement(),
		Included: d.yes(), List: d.text(), Group: d.text(), Gift: d.text(), Category: d.text(), Grams: int64(d.few(2)), NoShipping: d.yes(),
		Exchanged: maybe(d, func() Exchanged { return Exchanged{d.price(), d.price(), d.rate()} }),
		Subtotal:  d.amount(), Total: d.amount(), Untracked: d.yes(), Metadata: d.metadata(), Unavailable: Unavailable(d.text()),
	}
}

func (d drawn) lines() []Line {
	if d.few(5) == 0 {
		return nil
	}
	lines := []Line{}
	for range d.few(3) {
		lines = append(lines, d.line())
	}
	return lines
}

func (d drawn) rounding() Rounding {
	return Rounding{Mode: rapid.SampledFrom([]money.Rounding{money.Exact, money.HalfEven}).Draw(d.T, "mode"), Level: RoundingLevel(d.few(2))}
}

func (d drawn) contactRef() ContactRef { return ContactRef{drawnID[Person](d), d.text()} }

func (d drawn) signed() signed { return signed{Actor(d.text()), d.text()} }

func TestPayloadsAreWrittenAsJSONIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawn{t}
		samePayload(t, orderOpened{
			signed: d.signed(), ID: drawnID[Order](d), Number: d.text(), Contact: d.contactRef(), Goes: Destination{d.text(), d.text()},
			List: d.text(), Currency: d.currency(), Quoted: d.instant(), Terms: d.number(), Rounding: d.rounding(),
			bill: d.bill(), Uses: d.uses(), Data: d.metadata(),
		})
		samePayload(t, orderPlaced{d.signed(), Payable(d.text())})
	})
}

// What no entry may hold is refused as encoding/json refuses it.
func TestPayloadsThatCannotBeWritten(t *testing.T) {
	for name, p := range map[string]orderOpened{
		"currency": {Currency: 9999}, "rounding": {Rounding: Rounding{Mode: 99}},
	} {
		if _, err := reflectedPayload(p); err == nil {
			t.Errorf("%s: encoding/json takes it", name)
		}
		if body, err := encodePayload(p); err == nil {
			t.Errorf("%s: it is written: %s", name, body)
		}
	}
}

// seen is what a Digest covers, as encoding/json writes it.
type seen struct {
	Version   int            `json:"v"`
	Currency  money.Currency `json:"currency"`
	Lines     []seenLine     `json:"lines"`
	Discounts []seenShared   `json:"discounts,omitempty"`
	Delivery  *seenDelivery  `json:"delivery,omitempty"`
	Taxes     []seenTax      `json:"taxes,omitempty"`
	Cash      *seenCash      `json:"cash,omitempty"`
	Total     money.Amount   `json:"total"`
}

type seenLine struct {
	N         int          `json:"n"`
	SKU       SKU          `json:"sku"`
	Name      string       `json:"name"`
	Options   []Choice     `json:"options"`
	Quantity  int64        `json:"quantity"`
	Price     money.Price  `json:"price"`
	Base      money.Price  `json:"base"`
	Sale      bool         `json:"sale,omitempty"`
	Included  bool         `json:"included,omitempty"`
	Least     int64        `json:"least,omitempty"`
	List      string       `json:"list,omitempty"`
	Agreed    bool         `json:"agreed,omitempty"`
	Gift      bool         `json:"gift,omitempty"`
	Exchanged *Exchanged   `json:"exchanged,omitempty"`
	Subtotal  money.Amount `json:"subtotal"`
	Total     money.Amount `json:"total"`
	Missing   Unavailable  `json:"unavailable"`
}

type seenShare struct {
	Line   int          `json:"line"`
	Pieces int64        `json:"pieces,omitempty"`
	Amount money.Amount `json:"amount"`
}

type seenShared struct {
	Label  string       `json:"label"`
	Amount money.Amount `json:"amount"`
	Shares []seenShare  `json:"shares"`
}

type seenTax struct {
	Label    string       `json:"label"`
	Zone     string       `json:"zone"`
	Included bool         `json:"included,omitempty"`
	Compound bool         `json:"compound,omitempty"`
	Amount   money.Amount `json:"amount"`
	Shares   []seenShare  `json:"shares"`
}

type seenDelivery struct {
	Label    string         `json:"label"`
	Zone     string         `json:"zone"`
	PickUp   bool           `json:"pick_up,omitempty"`
	Included bool           `json:"included,omitempty"`
	Amount   money.Amount   `json:"amount"`
	Total    money.Amount   `json:"total"`
	Missing  DeliveryReason `json:"unavailable,omitempty"`
}

type seenCash struct {
	Increment int64        `json:"increment"`
	Amount    money.Amount `json:"amount"`
}

func TestDigestCoversJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawn{t}
		q := Quote{list: PriceList{Currency: d.currency()}, bill: d.bill()}
		want := seen{Version: 2, Currency: q.list.Currency, Lines: []seenLine{}, Total: q.bill.Total}
		for _, l := range q.bill.Lines {
			want.Lines = append(want.Lines, seenLine{
				l.N, l.SKU, l.Name, l.Options, l.Quantity, l.Price, l.Base, l.Sale, l.Included, l.MinQuantity, l.List, l.Agreed != nil, l.Gift != "",
				l.Exchanged, l.Subtotal, l.Total, l.Unavailable,
			})
		}
		for _, off := range q.bill.Discounts {
			shares := []seenShare{}
			for _, s := range off.Shares {
				shares = append(shares, seenShare(s))
			}
			want.Discounts = append(want.Discounts, seenShared{off.label(), off.Amount, shares})
		}
		for _, x := range q.bill.Taxes {
			shares := []seenShare{}
			for _, p := range x.Parts {
				shares = append(shares, seenShare{p.Line, 0, p.Amount})
			}
			want.Taxes = append(want.Taxes, seenTax{x.label(), x.Zone, x.Included, x.Compound, x.Amount, shares})
		}
		if v := q.bill.Delivery; v != nil {
			want.Delivery = &seenDelivery{v.label(), v.Zone, v.PickUp, v.Included, v.Subtotal, v.Total, v.Unavailable}
		}
		if c := q.bill.Cash; c != nil {
			want.Cash = &seenCash{c.Increment, c.Residue}
		}
		if d := cmp.Diff(string(must(json.Marshal(want))), string(q.appendSeen(nil))); d != "" {
			t.Errorf("what a digest covers (-encoding/json +by hand)\n%s", d)
		}
	})
}

// An Instant and an ID in text are what the packages write that know the formats.
func TestTextOfInstantsAndIDs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawn{t}
		i := d.instant()
		if got, want := i.String(), time.UnixMicro(int64(i)).UTC().Format(instantLayout); got != want {
			t.Errorf("%d: %s, time has %s", int64(i), got, want)
		}
		if id := drawnID[Order](d); !id.IsZero() && string(id.appendText(nil)) != id.u.String() {
			t.Errorf("%s is written as %s", id.u, id.appendText(nil))
		}
	})
}
