package till

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tillkit/till/money"
)

// The limits of promotions.
const (
	MaxCode  = 40 // bytes
	MaxCodes = 20 // in a cart
)

// Promotion is a rule that takes something off: an action, and the conditions under
// which it is taken. Promotions are taken one after the other, by Priority and then by
// name, each on what those before it left. A line whose price was agreed is not touched
// by any.
type Promotion struct {
	Label    string     `json:"label"` // a name, as a buyer reads it: "Spring sale"; what it takes off is said behind it
	If       Conditions `json:"if,omitzero"`
	Of       Selection  `json:"of,omitzero"` // what it may touch; of a gift, and on shipping, what has to be bought; the zero Selection: every article
	Action   Action     `json:"action"`
	Priority int        `json:"priority,omitempty"` // the lower comes first
	Group    string     `json:"group,omitempty"`    // of those in one group the first that takes something off excludes the others
	Original bool       `json:"original,omitempty"` // it counts on the prices before any discount

	// Max is the most that it takes off, by currency. A currency that is not named has
	// no such limit.
	Max []money.Amount `json:"max,omitempty"`

	// Uses is how many orders it can be used in, and Each in how many of one customer,
	// a guest being who has an e-mail address; 0: without limit. What an order used is
	// counted in the commit that places it, and given back once where it is cancelled;
	// what was ordered while there was no limit is not counted. Of an account, and of a
	// guest with its e-mail address, uses are counted apart.
	// Who a guest is, is known at the checkout alone: see [DriftError].
	Uses int64 `json:"uses,omitempty"`
	Each int64 `json:"each,omitempty"`
}

// Conditions are what has to be so for a promotion: all that are given.
type Conditions struct {
	Code        string         `json:"code,omitempty"`         // the buyer gave this code; ASCII letters are alike in both cases
	Minimum     []money.Amount `json:"minimum,omitempty"`      // what it may touch comes to this much, after the discounts before it, as the prices stand; by currency, another is refused
	MinQuantity int64          `json:"min_quantity,omitempty"` // so many pieces of what it may touch
	Groups      []string       `json:"groups,omitempty"`       // the buyer is in one of these
	FirstOrder  bool           `json:"first_order,omitempty"`  // it is the buyer's first
}

// Selection says which articles are meant: those that meet everything that it names.
// Attributes have the limits of those of a [Description].
type Selection struct {
	SKUs        []SKU               `json:"skus,omitempty"`
	Products    []ProductID         `json:"products,omitempty"`
	Collections []string            `json:"collections,omitempty"` // in one of them
	Attributes  map[string][]string `json:"attributes,omitempty"`  // of each name one of the values
	NoSale      bool                `json:"no_sale,omitempty"`     // at no sale price
}

// ActionKind is what a promotion does.
type ActionKind string

// The kinds of actions.
const (
	PercentOffLines    ActionKind = "percent off lines"
	PercentOffOrder    ActionKind = "percent off order" // of the sum, spread over the lines
	PercentOffShipping ActionKind = "percent off shipping"
	AmountOffPieces    ActionKind = "amount off pieces"
	AmountOffOrder     ActionKind = "amount off order" // spread over the lines
	AmountOffShipping  ActionKind = "amount off shipping"
	FixedPrice         ActionKind = "fixed price" // of a piece, where it costs more
	CheapestOff        ActionKind = "cheapest off"
	GiftProduct        ActionKind = "gift"
)

// Action is what a promotion does. It is made with [PercentOff], [OrderPercentOff],
// [AmountOff], [OrderAmountOff], [PriceOf], [BuyGet], [EveryNth], [FreeShipping],
// [ShippingPercentOff], [ShippingAmountOff] or [Gift].
type Action struct {
	Kind     ActionKind     `json:"kind"`
	Percent  money.Rate     `json:"percent,omitzero"`  // above 0, at most 1, at most 6 decimals: 0.1 for 10 %
	Amounts  []money.Amount `json:"amounts,omitempty"` // by currency; in another the promotion takes nothing off
	Buy      int64          `json:"buy,omitempty"`
	Get      int64          `json:"get,omitempty"`
	Apart    bool           `json:"apart,omitempty"` // each article is counted by itself
	SKU      SKU            `json:"sku,omitempty"`   // of a gift
	Quantity int64          `json:"quantity,omitempty"`
}

// PercentOff takes a rate off every line, 0.1 for 10 %: each is rounded by itself.
func PercentOff(rate money.Rate) Action { return Action{Kind: PercentOffLines, Percent: rate} }

// OrderPercentOff takes a rate off the sum of the lines, rounded once and spread over
// them in proportion to what they cost.
func OrderPercentOff(rate money.Rate) Action { return Action{Kind: PercentOffOrder, Percent: rate} }

// ShippingPercentOff takes a rate off the shipping.
func ShippingPercentOff(rate money.Rate) Action {
	return Action{Kind: PercentOffShipping, Percent: rate}
}

// FreeShipping takes the shipping off.
func FreeShipping() Action { return ShippingPercentOff(one) }

// AmountOff takes an amount off every piece, one amount for each currency.
func AmountOff(each ...money.Amount) Action { return Action{Kind: AmountOffPieces, Amounts: each} }

// OrderAmountOff takes an amount off the order, spread over the lines in proportion to
// what they cost: never more than they cost, and nothing of the shipping.
func OrderAmountOff(each ...money.Amount) Action {
	return Action{Kind: AmountOffOrder, Amounts: each}
}

// ShippingAmountOff takes an amount off the shipping.
func ShippingAmountOff(each ...money.Amount) Action {
	return Action{Kind: AmountOffShipping, Amounts: each}
}

// PriceOf lets every piece cost an amount, where it costs more.
func PriceOf(each ...money.Amount) Action { return Action{Kind: FixedPrice, Amounts: each} }

// BuyGet takes a rate, 1 for all, off get pieces of every buy + get: off the cheapest
// of all that the promotion may touch.
func BuyGet(buy, get int64, rate money.Rate) Action {
	return Action{Kind: CheapestOff, Buy: buy, Get: get, Percent: rate}
}

// EveryNth takes a rate off every nth piece of an article, n being 2 or more.
func EveryNth(n int64, rate money.Rate) Action {
	return Action{Kind: CheapestOff, Buy: n - 1, Get: 1, Percent: rate, Apart: true}
}

// Gift puts an article into the order that costs nothing. Where it cannot be bought, or
// there are too few pieces, nothing is given. It is a line of the order, and is shipped as such.
func Gift(sku SKU, quantity int64) Action {
	return Action{Kind: GiftProduct, SKU: sku, Quantity: quantity}
}

func (a Action) check() error {
	switch a.Kind {
	case PercentOffLines, PercentOffOrder, PercentOffShipping, CheapestOff:
		if a.Percent.Sign() <= 0 || a.Percent.Cmp(one) > 0 || a.Percent.Decimals() > maxTaxDecimals {
			return invalid("percent", "%s: it is above 0 and at most 1, which is 100 %%, with at most %d decimals; 10 %% is 0.1", a.Percent, maxTaxDecimals)
		}
		if a.Kind == CheapestOff && (a.Buy < 1 || a.Buy > MaxQuantity) {
			return invalid("buy", "%d: 1 to %d pieces are possible; EveryNth gives one less than its n", a.Buy, MaxQuantity)
		}
		if a.Kind == CheapestOff && (a.Get < 1 || a.Get > MaxQuantity) {
			return invalid("get", "%d: 1 to %d pieces are possible", a.Get, MaxQuantity)
		}
	case AmountOffPieces, AmountOffOrder, AmountOffShipping, FixedPrice:
		least := int64(1)
		if a.Kind == FixedPrice {
			least = 0
		}
		return checkAmounts("amounts", a.Amounts, least, false)
	case GiftProduct:
		return cmp.Or(a.SKU.check(), checkQuantity(a.Quantity))
	case "":
		return invalid("kind", "no action was given: make one with PercentOff, AmountOff, Gift or another function that gives an Action")
	default:
		return invalid("kind", "%.40q is no kind of action: make one with PercentOff, AmountOff, Gift or another function that gives an Action", a.Kind)
	}
	return nil
}

// checkAmounts checks one amount for each currency, of so many smallest units at least.
func checkAmounts(path string, amounts []money.Amount, least int64, none bool) error {
	if len(amounts) == 0 && !none {
		return invalid(path, "none was given: one for each currency is needed")
	}
	for i, a := range amounts {
		at := fmt.Sprintf("%s[%d]", path, i)
		if !a.Currency().Valid() {
			return invalid(at, "it has no currency: write an amount such as 5.00 GBP")
		}
		if a.Minor() < least {
			return invalid(at, "%s: it is %s at least", a, money.MustFromMinor(least, a.Currency()))
		}
		if slices.ContainsFunc(amounts[:i], func(b money.Amount) bool { return b.Currency() == a.Currency() }) {
			return invalid(at, "%s stands twice", a.Currency())
		}
	}
	return nil
}

// amountIn gives the amount in a currency.
func amountIn(amounts []money.Amount, c money.Currency) (money.Amount, bool) {
	for _, a := range amounts {
		if a.Currency() == c {
			return a, true
		}
	}
	return money.Amount{}, false
}

func (p Promotion) word() string { return "promotion" }

func (p Promotion) check(string) error {
	if err := checkLabel(p.Label, "Spring sale"); err != nil {
		return err
	}
	if p.Priority < 0 || p.Priority > MaxPriority {
		return invalid("priority", "%d: 0 to %d are possible", p.Priority, MaxPriority)
	}
	if p.Uses < 0 {
		return invalid("uses", "%d: 0, which is no limit, and more are possible", p.Uses)
	}
	if p.Each < 0 || p.Each > MaxEach {
		return invalid("each", "%d: 0, which is no limit, to %d are possible of one customer", p.Each, MaxEach)
	}
	if p.If.Code != "" {
		if _, err := codeKey(p.If.Code); err != nil {
			return within("if", err)
		}
	}
	if p.Action.Kind == GiftProduct && len(p.Max) > 0 {
		return invalid("max", "a gift costs nothing: it has none")
	}
	if p.If.MinQuantity < 0 {
		return invalid("if.min_quantity", "%d: it is 0 or more", p.If.MinQuantity)
	}
	return cmp.Or(
		checkNamed("group", p.Group),
		checkAmounts("max", p.Max, 1, true), checkAmounts("if.minimum", p.If.Minimum, 1, true),
		checkWords("if.groups", p.If.Groups),
		within("of", p.Of.check()), within("action", p.Action.check()),
	)
}

// MaxEach bounds [Promotion.Each].
const MaxEach = 20

// checkWords checks a few names of the shop's own.
func checkWords(path string, words []string) error {
	if len(words) > MaxValues {
		return invalid(path, "there are %d, at most %d are possible", len(words), MaxValues)
	}
	for i, w := range words {
		if err := checkWord(fmt.Sprintf("%s[%d]", path, i), w, 40); err != nil {
			return err
		}
	}
	return nil
}

func (s Selection) check() error {
	if n := len(s.SKUs) + len(s.Products) + len(s.Collections) + len(s.Attributes); n > maxPlaces {
		return invalid("selection", "it names %d, at most %d are possible: put the articles into a collection", n, maxPlaces)
	}
	for i, sku := range s.SKUs {
		if err := within(fmt.Sprintf("skus[%d]", i), sku.check()); err != nil {
			return err
		}
	}
	for i, c := range s.Collections {
		if err := checkName(fmt.Sprintf("collections[%d]", i), c, MaxName); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Attributes)) { // sorted: the same error each time
		if err := checkName("attributes", name, MaxMetadataKey); err != nil {
			return err
		}
		values := s.Attributes[name]
		if len(values) == 0 || len(values) > MaxValues {
			return invalid("attributes."+name, "there are %d values: 1 to %d are possible", len(values), MaxValues)
		}
		for _, v := range values {
			if err := checkName("attributes."+name, v, MaxName); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p Promotion) canonical() Rule {
	p.If.Code, _ = codeKey(p.If.Code)
	p.If.Minimum, p.If.Groups, p.Max, p.Action.Amounts = bare(p.If.Minimum), bare(p.If.Groups), bare(p.Max), bare(p.Action.Amounts)
	p.Of.SKUs, p.Of.Products, p.Of.Collections = bare(p.Of.SKUs), bare(p.Of.Products), bare(p.Of.Collections)
	attributes := p.Of.Attributes
	p.Of.Attributes = nil
	for name, values := range attributes {
		if p.Of.Attributes == nil {
			p.Of.Attributes = make(map[string][]string, len(attributes))
		}
		p.Of.Attributes[name] = bare(values)
	}
	return p
}

func (p Promotion) change(t Terms, m Meta, c RuleChange) (Terms, []Entry, error) {
	return changeRule(t, m, c, t.promotions, &p)
}

// codeKey checks a code and gives the form in which codes are compared.
func codeKey(code string) (string, error) {
	code = strings.TrimSpace(code)
	if err := checkName("code", code, MaxCode); err != nil {
		return "", err
	}
	key := []byte(code)
	for i, b := range key {
		if 'a' <= b && b <= 'z' {
			key[i] = b - 'a' + 'A'
		}
	}
	return string(key), nil
}

// meets reports whether the article of a line is meant.
func (s *Selection) meets(l *Line, c *Catalog) bool {
	if s.NoSale && l.Sale || len(s.SKUs) > 0 && !slices.Contains(s.SKUs, l.SKU) {
		return false
	}
	if len(s.Products)+len(s.Collections)+len(s.Attributes) == 0 {
		return true
	}
	p := c.product(l.SKU)
	if p == nil || len(s.Products) > 0 && !slices.Contains(s.Products, p.id) {
		return false
	}
	if len(s.Collections) > 0 && !slices.ContainsFunc(s.Collections, func(c string) bool { return slices.Contains(p.is.Collections, c) }) {
		return false
	}
	for name, values := range s.Attributes {
		if !slices.ContainsFunc(values, func(v string) bool { return slices.Contains(p.is.Attributes[name], v) }) {
			return false
		}
	}
	return true
}

// DiscountCap is the most that all promotions together take off the articles: a rate
// of what they cost before, rounded down. The terms have one, named "cap".
type DiscountCap struct {
	Percent money.Rate `json:"percent"` // 0 to 1
}

func (d DiscountCap) word() string { return "cap" }

func (d DiscountCap) check(name string) error {
	if name != "cap" {
		return invalid("name", "%q: there is one, named \"cap\"", name)
	}
	if d.Percent.Sign() < 0 || d.Percent.Cmp(one) > 0 {
		return invalid("percent", "%s: it is 0 to 1, which is 100 %%", d.Percent)
	}
	return nil
}

func (d DiscountCap) canonical() Rule { return d }

func (d DiscountCap) change(t Terms, m Meta, c RuleChange) (Terms, []Entry, error) {
	return changeRule(t, m, c, t.caps, &d)
}
