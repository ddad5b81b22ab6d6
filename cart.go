package till

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tillkit/till/money"
)

// The limits of a cart.
const (
	MaxLines        = 1200
	MaxLineMetadata = 8 // pairs
)

// Item is what is put into a cart.
type Item struct {
	SKU      SKU
	Quantity int64    // 1 to MaxQuantity
	Note     string   // the buyer's, at most MaxNote bytes; erased with the person
	Apart    bool     // makes a line of its own even where an identical one stands
	Metadata Metadata // copied to the order; not erased
}

func (i Item) check() error {
	if err := i.SKU.check(); err != nil {
		return err
	}
	if err := checkQuantity(i.Quantity); err != nil {
		return err
	}
	if err := checkText("note", i.Note, MaxNote); err != nil {
		return err
	}
	if len(i.Metadata) > MaxLineMetadata {
		return invalid("metadata", "it has %d pairs, a line takes %d", len(i.Metadata), MaxLineMetadata)
	}
	return i.Metadata.check()
}

func checkQuantity(n int64) error {
	if n < 1 || n > MaxQuantity {
		return invalid("quantity", "%d: 1 to %d are possible", n, MaxQuantity)
	}
	return nil
}

// Agreement is a price that the shop agreed for a line, instead of the list's.
type Agreement struct {
	Price money.Price `json:"price"`
	By    Actor       `json:"by"`
	Why   string      `json:"why,omitempty"`
}

// CartLine is a line of a cart. It is known by its number, which stays its own as
// long as the cart lives: one article can stand on several lines.
type CartLine struct {
	N        int        `json:"n"`
	SKU      SKU        `json:"sku"`
	Quantity int64      `json:"quantity"`
	Agreed   *Agreement `json:"agreed,omitempty"`
	Note     string     `json:"note,omitempty"`
	Apart    bool       `json:"apart,omitempty"`
	Metadata Metadata   `json:"metadata,omitempty"`
}

func (l CartLine) clone() CartLine {
	if l.Agreed != nil {
		agreed := *l.Agreed
		l.Agreed = &agreed
	}
	l.Metadata = l.Metadata.clone()
	return l
}

// alike reports whether two lines differ in nothing but number and quantity, and
// none was asked to stand apart.
func (l CartLine) alike(k CartLine) bool {
	return l.SKU == k.SKU && l.Note == k.Note && !l.Apart && !k.Apart && l.agreedAs(k) && maps.Equal(l.Metadata, k.Metadata)
}

func (l CartLine) agreedAs(k CartLine) bool {
	return l.Agreed == nil && k.Agreed == nil || l.Agreed != nil && k.Agreed != nil && *l.Agreed == *k.Agreed
}

// equal reports whether two lines differ in nothing.
func (l CartLine) equal(k CartLine) bool {
	return l.N == k.N && l.SKU == k.SKU && l.Quantity == k.Quantity && l.Note == k.Note && l.Apart == k.Apart && l.agreedAs(k) && maps.Equal(l.Metadata, k.Metadata)
}

// Cart is what somebody means to buy: an immutable value without a past. It knows
// neither names nor prices; [Cart.Quote] says what it costs at an instant.
type Cart struct {
	list  PriceList
	lines []CartLine // by number
	last  int        // greatest number ever given
	data  Metadata

	codes    []string // folded, in the order in which they came
	to       Address  // country, region and postcode
	delivery string   // name of the method
	buyer    Purchaser
}

// NewCart makes an empty cart that buys from a price list; the empty name means
// [StandardList].
func NewCart(list PriceList) (Cart, error) {
	if list.List == "" {
		list.List = StandardList
	}
	if err := list.check(); err != nil {
		return Cart{}, err
	}
	return Cart{list: list}, nil
}

// equal reports whether two carts differ in nothing but who buys.
func (c Cart) equal(d Cart) bool {
	return c.list == d.list && c.last == d.last && c.to == d.to && c.delivery == d.delivery && slices.Equal(c.codes, d.codes) && slices.EqualFunc(c.lines, d.lines, CartLine.equal) && maps.Equal(c.data, d.data)
}

// Add puts items in, all or none. One that is identical to a line (SKU, agreed
// price, note and metadata) adds its quantity to it, unless it asks to stand Apart.
// The error names the item.
func (c Cart) Add(items ...Item) (Cart, error) {
	next := c.grow()
	for i, item := range items {
		if err := next.put(item, nil); err != nil {
			return c, within(fmt.Sprintf("items[%d]", i), err)
		}
	}
	return next, nil
}

// AddAgreed puts an item in at a price that the shop agreed.
func (c Cart) AddAgreed(item Item, agreed Agreement) (Cart, error) {
	if err := c.checkAgreement(agreed); err != nil {
		return c, err
	}
	next := c.grow()
	if err := next.put(item, &agreed); err != nil {
		return c, err
	}
	return next, nil
}

func (c Cart) checkAgreement(agreed Agreement) error {
	if agreed.Price.Currency() == 0 && c.list.Currency != 0 {
		return invalid("agreed.price", "none was given")
	}
	if agreed.Price.Currency() != c.list.Currency || agreed.Price.Sign() < 0 {
		return invalid("agreed.price", "%s is not an amount of 0 or more in %s", agreed.Price, c.list.Currency)
	}
	if err := checkName("agreed.by", string(agreed.By), MaxActor); err != nil {
		return err
	}
	return checkText("agreed.why", agreed.Why, MaxNote)
}

func (c *Cart) put(item Item, agreed *Agreement) error {
	if !c.list.Currency.Valid() {
		return invalid("cart", "the zero Cart has no currency: begin with NewCart")
	}
	if err := item.check(); err != nil {
		return err
	}
	line := CartLine{SKU: item.SKU, Quantity: item.Quantity, Agreed: agreed, Note: item.Note, Apart: item.Apart, Metadata: item.Metadata.clone()}
	for i := range c.lines {
		if !c.lines[i].alike(line) {
			continue
		}
		if sum := c.lines[i].Quantity + line.Quantity; sum > MaxQuantity {
			return invalid("quantity", "line %d would have %d pieces, at most %d are possible", c.lines[i].N, sum, MaxQuantity)
		}
		c.lines[i].Quantity += line.Quantity
		return nil
	}
	if len(c.lines) == MaxLines {
		return invalid("lines", "the cart has %d lines; it takes no more", MaxLines)
	}
	c.last++
	line.N = c.last
	c.lines = append(c.lines, line)
	return nil
}

// Set gives a line another quantity. 0 is refused: to take a line out there is
// [Cart.Remove].
func (c Cart) Set(line int, quantity int64) (Cart, error) {
	i, err := c.find(line)
	if err != nil {
		return c, err
	}
	if err := checkQuantity(quantity); err != nil {
		return c, err
	}
	next := c.grow()
	next.lines[i].Quantity = quantity
	return next, nil
}

// Remove takes lines out, all or none.
func (c Cart) Remove(lines ...int) (Cart, error) {
	next := c.grow()
	for _, n := range lines {
		i, err := next.find(n)
		if err != nil {
			return c, err
		}
		next.lines = slices.Delete(next.lines, i, i+1)
	}
	return next, nil
}

// Empty takes all lines out, and codes, destination and delivery. Numbers go on.
func (c Cart) Empty() Cart {
	c.lines, c.data = nil, nil
	c.codes, c.to, c.delivery = nil, Address{}, ""
	return c
}

// WithMetadata replaces the cart's metadata, which is copied to the order.
func (c Cart) WithMetadata(data Metadata) (Cart, error) {
	if err := data.check(); err != nil {
		return c, err
	}
	c.data = data.clone()
	return c, nil
}

// In gives the cart as one that buys from another list, or in another currency; the empty
// name means [StandardList]. A cart with a line whose price was agreed in another currency
// is refused.
func (c Cart) In(list PriceList) (Cart, error) {
	if list.List == "" {
		list.List = StandardList
	}
	if err := list.check(); err != nil {
		return c, err
	}
	for _, l := range c.lines {
		if l.Agreed != nil && l.Agreed.Price.Currency() != list.Currency {
			return c, invalid("currency", "line %d has a price that was agreed in %s: take it out first", l.N, l.Agreed.Price.Currency())
		}
	}
	c.list = list
	return c, nil
}

// Merged says what became of a line that was merged into a cart.
type Merged struct {
	SKU    SKU   `json:"sku"`
	Line   int   `json:"line"`   // number of the line in the cart, 0 when it found no room
	Had    int64 `json:"had"`    // pieces that stood there before
	Came   int64 `json:"came"`   // pieces that came
	Has    int64 `json:"has"`    // pieces that stand there now
	Capped bool  `json:"capped"` // Has is less than Had + Came
}

// Merge puts another cart's lines in. Quantities of identical lines add up, to
// MaxQuantity at most; lines beyond MaxLines find no room. Every line that came is
// reported, in the order of the other cart. Codes add up; destination and delivery come
// where this cart has none. A cart of another price list is refused.
func (c Cart) Merge(other Cart) (Cart, []Merged, error) {
	if len(other.lines) > 0 && other.list != c.list {
		return c, nil, invalid("cart", "it buys from %s in %s, this one from %s in %s", other.list.List, other.list.Currency, c.list.List, c.list.Currency)
	}
	next := c.grow()
	for k, v := range other.data {
		if _, has := next.data[k]; !has && len(next.data) < MaxMetadata {
			next.data = next.data.with(k, v)
		}
	}
	for _, code := range other.codes {
		if len(next.codes) < MaxCodes && !slices.Contains(next.codes, code) {
			next.codes = append(slices.Clip(next.codes), code)
		}
	}
	if next.to == (Address{}) {
		next.to = other.to
	}
	if next.delivery == "" {
		next.delivery = other.delivery
	}
	var report []Merged
	for _, line := range other.lines {
		report = append(report, next.merge(line.clone()))
	}
	return next, report, nil
}

func (c *Cart) merge(line CartLine) Merged {
	m := Merged{SKU: line.SKU, Came: line.Quantity}
	for i := range c.lines {
		if at := &c.lines[i]; at.alike(line) {
			m.Line, m.Had = at.N, at.Quantity
			at.Quantity = min(at.Quantity+line.Quantity, MaxQuantity)
			m.Has, m.Capped = at.Quantity, at.Quantity < m.Had+m.Came
			return m
		}
	}
	if len(c.lines) == MaxLines {
		m.Capped = true
		return m
	}
	c.last++
	line.N = c.last
	c.lines = append(c.lines, line)
	m.Line, m.Has = line.N, line.Quantity
	return m
}

func (c Cart) grow() Cart {
	c.lines = slices.Clone(c.lines)
	return c
}

func (c Cart) find(line int) (int, error) {
	for i, l := range c.lines {
		if l.N == line {
			return i, nil
		}
	}
	return 0, &NotFoundError{Kind: "line", ID: fmt.Sprint(line)}
}

// List gives the price list and currency that the cart buys from.
func (c Cart) List() PriceList { return c.list }

// Lines gives the lines by number, as copies.
func (c Cart) Lines() []CartLine {
	lines := make([]CartLine, len(c.lines))
	for i, l := range c.lines {
		lines[i] = l.clone()
	}
	return lines
}

// IsEmpty reports whether the cart has no lines.
func (c Cart) IsEmpty() bool { return len(c.lines) == 0 }

// Metadata gives the cart's metadata, as a copy.
func (c Cart) Metadata() Metadata { return c.data.clone() }

// Demand gives how many pieces of each article the cart wants: several lines of one
// SKU are one demand. It is sorted by SKU.
func (c Cart) Demand() []Demand {
	return demand(len(c.lines), func(i int) (SKU, int64) { return c.lines[i].SKU, c.lines[i].Quantity })
}

// Demand is how many pieces of an article are wanted.
type Demand struct {
	SKU      SKU
	Quantity int64
}

// wantedOf gives how many pieces of an article are wanted.
func wantedOf(all []Demand, sku SKU) int64 {
	i, found := slices.BinarySearchFunc(all, sku, func(d Demand, sku SKU) int { return strings.Compare(string(d.SKU), string(sku)) })
	if !found {
		return 0
	}
	return all[i].Quantity
}

func demand(lines int, line func(int) (SKU, int64)) []Demand {
	all := make([]Demand, lines)
	for i := range all {
		all[i].SKU, all[i].Quantity = line(i)
	}
	slices.SortFunc(all, func(a, b Demand) int { return strings.Compare(string(a.SKU), string(b.SKU)) })
	sums := all[:0] // in the place of what it is made from
	for _, d := range all {
		if last := len(sums) - 1; last >= 0 && sums[last].SKU == d.SKU {
			sums[last].Quantity += d.Quantity // at most MaxLines x MaxQuantity: no overflow
			continue
		}
		sums = append(sums, d)
	}
	return sums
}
