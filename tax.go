package till

import (
	"cmp"
	"slices"

	"github.com/tillkit/till/money"
)

// TaxRate is a rule of tax: what it is called, where and on what it is due, at which
// rate. All that hold for a line are due, side by side, or on top of each other where
// one says so. An article whose category has no rate at the destination bears none.
type TaxRate struct {
	Label      string     `json:"label"`                // as a buyer reads it: "VAT"
	Zone       string     `json:"zone,omitempty"`       // name of the [Zone] in which it is due; "": everywhere
	Category   string     `json:"category,omitempty"`   // of articles and shipping; "": the usual one
	Rate       money.Rate `json:"rate"`                 // 0 to 10 (1000 %), at most 6 decimals: 0.0825 for 8.25 %
	Order      int        `json:"order,omitempty"`      // the lower comes first; then by name
	Compound   bool       `json:"compound,omitempty"`   // it is due on the taxes before it, too, as far as the buyer bears them
	Reversible bool       `json:"reversible,omitempty"` // a buyer under [ReverseCharge] owes it himself, wherever he is: so of no rate of the home country
}

// maxTaxDecimals lets two rates be compounded on a third within a money.Rate.
const maxTaxDecimals = 6

var maxTaxRate = money.MustParseRate("10")

func (r TaxRate) word() string { return "tax" }

func (r TaxRate) check(string) error {
	if err := checkLabel(r.Label, "VAT"); err != nil {
		return err
	}
	if r.Rate.Sign() < 0 || r.Rate.Cmp(maxTaxRate) > 0 || r.Rate.Decimals() > maxTaxDecimals {
		return invalid("rate", "%s: it is 0 to 10 (1000 %%), with at most %d decimals; 8.25 %% is 0.0825", r.Rate, maxTaxDecimals)
	}
	if r.Order < 0 || r.Order > MaxPriority {
		return invalid("order", "%d: 0 to %d are possible", r.Order, MaxPriority)
	}
	return cmp.Or(checkNamed("zone", r.Zone), checkText("category", r.Category, MaxCategory))
}

func (r TaxRate) canonical() Rule { return r }

func (r TaxRate) change(t Terms, m Meta, c RuleChange) (Terms, []Entry, error) {
	return changeRule(t, m, c, t.taxes, &r)
}

// checkNamed checks the name of another rule, "" for none.
func checkNamed(path, name string) error {
	if name == "" {
		return nil
	}
	return checkWord(path, name, 40)
}

// checkLabel checks what a buyer reads of a rule.
func checkLabel(label, such string) error {
	if label == "" {
		return invalid("label", "it is empty: give what a buyer is to read, such as %q", such)
	}
	return checkName("label", label, MaxLabel)
}

// The limits of rules.
const (
	MaxLabel    = 120     // bytes of what a buyer reads
	MaxCategory = 64      // bytes of a tax category, of a rule and of a variant
	MaxPriority = 1 << 20 // of an order or a priority
)

// TaxStatus says how a buyer is taxed.
type TaxStatus string

// The statuses.
const (
	Taxed         TaxStatus = ""               // as everybody
	Exempt        TaxStatus = "exempt"         // bears no tax
	ReverseCharge TaxStatus = "reverse charge" // owes himself what is [TaxRate.Reversible], as a business in another country; whether he is in another, no rule asks
)

// Tax is what one rate comes to in a quote or an order: a copy of the rule, and its
// figures.
type Tax struct {
	Name     string       `json:"name"` // of the rule
	Label    string       `json:"label"`
	Zone     string       `json:"zone,omitempty"`
	Category string       `json:"category,omitempty"`
	Rate     money.Rate   `json:"rate"`
	Compound bool         `json:"compound,omitempty"`
	Included bool         `json:"included,omitempty"` // the prices include it
	Service  string       `json:"outside,omitempty"`  // the service that counted it: then nothing of it is counted by Rate
	Relief   TaxStatus    `json:"relief,omitempty"`   // why it is not due
	Amount   money.Amount `json:"amount"`             // sum of the parts
	Parts    []TaxPart    `json:"parts"`              // by line; the shipping, where it bears the tax, last
}

// TaxPart is what a rate comes to on one line. A tax that prices do not include is
// added to the total. One that they include is contained in it already: it is said, not
// added. One that is not due is 0 where it would have been added, and negative, taken
// out of the price, where the price includes it.
type TaxPart struct {
	Line   int          `json:"line,omitempty"` // 0: the shipping
	Amount money.Amount `json:"amount"`
}

// Adds reports whether the tax changes the total: it is added, or taken out.
func (t Tax) Adds() bool { return !t.Included || t.Relief != "" }

func cloneTaxes(taxes []Tax) []Tax {
	out := slices.Clone(taxes)
	for i := range out {
		out[i].Parts = slices.Clone(out[i].Parts)
	}
	return out
}

// taxable is what taxes are counted on, and with which rates.
type taxable struct {
	line     int
	pieces   int64
	amount   money.Amount // after discounts, in the basis of its price
	category string
	included bool
	free     bool       // one of the rates is not due
	all      money.Rate // sum of the rates that are due; of those that the price includes, all
	refs     []taxRef
}

// heldTax is a rate that holds at a destination.
type heldTax struct {
	name string
	*TaxRate
}

// taxesAt gives the rates that hold at a destination, in their order.
func (t Terms) taxesAt(to Address, at Instant) []heldTax {
	var held []heldTax
	for name, rate := range t.taxes.on(at) {
		if t.contains(rate.Zone, to, at) {
			held = append(held, heldTax{name, rate})
		}
	}
	slices.SortStableFunc(held, func(a, b heldTax) int { return cmp.Compare(a.Order, b.Order) })
	return held
}

// relief says why a rate is not due, "" if it is.
func (r *TaxRate) relief(of TaxStatus) TaxStatus {
	if of == Exempt || of == ReverseCharge && r.Reversible {
		return of
	}
	return Taxed
}

// dueTaxes gives the taxes of what is taxable, without their figures: each rate once for
// what includes it and once for what does not, in the order in which they are counted.
func dueTaxes(held []heldTax, items []taxable, status TaxStatus) []Tax {
	var taxes []Tax
	for _, h := range held {
		for _, included := range [2]bool{false, true} {
			var parts []TaxPart
			for i := range items {
				if items[i].category == h.Category && items[i].included == included {
					if parts == nil {
						parts = make([]TaxPart, 0, len(items)-i)
					}
					parts = append(parts, TaxPart{Line: items[i].line})
				}
			}
			if parts == nil {
				continue
			}
			taxes = append(taxes, Tax{
				Name: h.name, Label: h.Label, Zone: h.Zone, Category: h.Category, Rate: h.Rate, Compound: h.Compound,
				Included: included, Relief: h.relief(status), Parts: parts,
			})
		}
	}
	return taxes
}
