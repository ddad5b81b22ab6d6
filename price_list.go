package till

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tillkit/till/money"
)

// ListRule says of a price list, whose name is that of the rule, who buys from it and
// what its prices are. A list without a rule is for those whose cart names it, and its
// prices do not include tax. An article that a group's list lacks comes from the lists
// behind it, at last from the cart's own, each with or without tax as its list says.
type ListRule struct {
	Label    string   `json:"label,omitempty"`    // what it is called, for people: "Wholesale prices"
	Groups   []string `json:"groups,omitempty"`   // buyers in one of these buy from it whatever list their cart names
	Priority int      `json:"priority,omitempty"` // of the lists that a buyer buys from, the lower comes first; then by name; the cart's own is the last
	Included bool     `json:"included,omitempty"` // its prices include tax, in every currency; such a price is the same wherever it goes, also where no rate holds
}

func (l ListRule) word() string { return "list" }

func (l ListRule) check(name string) error {
	if l.Priority < 0 || l.Priority > MaxPriority {
		return invalid("priority", "%d: 0 to %d are possible", l.Priority, MaxPriority)
	}
	if len(name) > 32 {
		return invalid("name", "%q has %d bytes: the name of a list has at most 32", name, len(name))
	}
	return cmp.Or(checkText("label", l.Label, MaxLabel), checkWords("groups", l.Groups))
}

func (l ListRule) canonical() Rule {
	l.Groups = bare(l.Groups)
	return l
}

func (l ListRule) change(t Terms, m Meta, c RuleChange) (Terms, []Entry, error) {
	return changeRule(t, m, c, t.lists, &l)
}

// buysFrom is a list that a buyer buys from.
type buysFrom struct {
	list     PriceList
	included bool
	group    string // why, where it is not the cart's own
	order    int
}

// listsFor gives the lists that a buyer buys from, the first that counts first.
func (t Terms) listsFor(own PriceList, groups []string, at Instant) []buysFrom {
	lists := make([]buysFrom, 0, 1)
	last := buysFrom{list: own}
	for name, rule := range t.lists.on(at) {
		if name == own.List {
			last.included = rule.Included
			continue
		}
		for _, g := range rule.Groups {
			if slices.Contains(groups, g) {
				lists = append(lists, buysFrom{PriceList{name, own.Currency}, rule.Included, g, rule.Priority})
				break
			}
		}
	}
	slices.SortStableFunc(lists, func(a, b buysFrom) int { return cmp.Compare(a.order, b.order) })
	return append(lists, last)
}

// PriceLists gives the lists whose prices a cart may need at an instant, sorted: those
// that its buyer buys from, in the cart's currency and in those that are exchanged for it.
func (t Terms) PriceLists(c Cart, at Instant) []PriceList {
	if len(t.lists) == 0 && len(t.exchange) == 0 {
		return []PriceList{c.list}
	}
	lists := t.listsFor(c.list, c.buyer.Groups, at)
	all := make([]PriceList, 0, len(lists))
	for _, l := range lists {
		all = append(all, l.list)
	}
	for _, x := range t.exchange.on(at) {
		if x.To == c.list.Currency {
			for _, l := range lists {
				all = append(all, PriceList{l.list.List, x.From})
			}
		}
	}
	slices.SortFunc(all, func(a, b PriceList) int { return strings.Compare(a.key(), b.key()) })
	return slices.Compact(all)
}

// ExchangeRate says what prices of one currency are in another: where a list has no
// price in the currency of a cart, the price in From is taken times Rate and rounded.
// The quote keeps price and rate. The rule's name is the codes: "usd-gbp".
type ExchangeRate struct {
	From money.Currency `json:"from"`
	To   money.Currency `json:"to"`
	Rate money.Rate     `json:"rate"` // how much of To one of From is
}

func (x ExchangeRate) word() string { return "exchange" }

func (x ExchangeRate) check(name string) error {
	if !x.From.Valid() || !x.To.Valid() || x.From == x.To {
		return invalid("from", "%s for %s is no exchange", x.From, x.To)
	}
	if want := strings.ToLower(x.From.String() + "-" + x.To.String()); name != want {
		return invalid("name", "%q: this one is named %q", name, want)
	}
	if x.Rate.Sign() <= 0 {
		return invalid("rate", "%s: it is above 0", x.Rate)
	}
	return nil
}

func (x ExchangeRate) canonical() Rule { return x }

func (x ExchangeRate) change(t Terms, m Meta, c RuleChange) (Terms, []Entry, error) {
	return changeRule(t, m, c, t.exchange, &x)
}

// Exchanged is a price in another currency, of which that of a line was made.
type Exchanged struct {
	Price money.Price `json:"price"`
	Base  money.Price `json:"base"`
	Rate  money.Rate  `json:"rate"`
}

// exchanged gives a price in another currency, rounded to one of as many pieces.
func exchanged(p money.Price, rate money.Rate, to money.Currency, mode money.Rounding) (money.Price, error) {
	amount, err := money.FromDecimal(p.Amount().Decimal().Mul(rate.Decimal()), to, mode)
	if err != nil {
		return money.Price{}, err
	}
	return money.NewPrice(amount, p.Per())
}

// CashRounding says that what is due in a currency is a multiple of so many smallest
// units: 5 of a currency whose smallest coin is 0.05. The rule's name is the code of the
// currency: "chf".
type CashRounding struct {
	Currency  money.Currency `json:"currency"`
	Increment int64          `json:"increment"` // smallest units, 2 to 1,000,000
	Mode      money.Rounding `json:"mode"`      // Exact, the zero value, is refused
}

func (r CashRounding) word() string { return "cash" }

func (r CashRounding) check(name string) error {
	if !r.Currency.Valid() || name != strings.ToLower(r.Currency.String()) {
		return invalid("name", "%q: it is the code of the currency, %s, in small letters", name, r.Currency)
	}
	if r.Increment < 2 || r.Increment > 1_000_000 {
		return invalid("increment", "%d: 2 to 1,000,000 smallest units are possible", r.Increment)
	}
	if r.Mode == money.Exact || !r.Mode.Valid() {
		return invalid("mode", "it needs one that rounds")
	}
	return nil
}

func (r CashRounding) canonical() Rule { return r }

func (r CashRounding) change(t Terms, m Meta, c RuleChange) (Terms, []Entry, error) {
	return changeRule(t, m, c, t.cash, &r)
}

// Cash is how what is due was rounded to what can be paid.
type Cash struct {
	Increment int64          `json:"increment"`
	Mode      money.Rounding `json:"mode"`
	Residue   money.Amount   `json:"residue"` // what that added, or took off
}

// residue gives what rounding an amount adds or takes off.
func (c Cash) residue(of money.Amount) (money.Amount, error) {
	steps, err := of.MulDiv(1, c.Increment, c.Mode)
	if err == nil {
		steps, err = steps.Mul(c.Increment)
	}
	if err != nil {
		return money.Amount{}, err
	}
	return steps.Sub(of)
}
