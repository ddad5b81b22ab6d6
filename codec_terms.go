package till

import "github.com/tillkit/till/store"

// The stored state of the terms has every rule with its whole past: they are few, and a
// quote of another day asks for it.

const termsFold = 3 // 1 had the rounding alone, 2 had it without its past

type termsDoc struct{ Terms }

type termsForm struct {
	stateForm
	Rounding     []ruleForm[Rounding]       `json:"rounding,omitempty"`
	Zones        []ruleForm[Zone]           `json:"zones,omitempty"`
	Homes        []ruleForm[Home]           `json:"homes,omitempty"`
	Taxes        []ruleForm[TaxRate]        `json:"taxes,omitempty"`
	Promotions   []ruleForm[Promotion]      `json:"promotions,omitempty"`
	Caps         []ruleForm[DiscountCap]    `json:"caps,omitempty"`
	Shipping     []ruleForm[ShippingMethod] `json:"shipping,omitempty"`
	Lists        []ruleForm[ListRule]       `json:"lists,omitempty"`
	Exchange     []ruleForm[ExchangeRate]   `json:"exchange,omitempty"`
	Cash         []ruleForm[CashRounding]   `json:"cash,omitempty"`
	ServiceRules []ruleForm[ServiceRule]    `json:"outside,omitempty"`
}

type ruleForm[T any] struct {
	Name string          `json:"name"`
	Over []changeForm[T] `json:"over"`
}

func formRules[T any](r rules[T]) []ruleForm[T] {
	var form []ruleForm[T]
	for _, n := range r {
		form = append(form, ruleForm[T]{n.name, formTimeline(n.over)})
	}
	return form
}

func readRules[T any](form []ruleForm[T]) rules[T] {
	var r rules[T]
	for _, f := range form {
		r = append(r, namedRule[T]{f.Name, readTimeline(f.Over)})
	}
	return r
}

// AppendStored implements store.Doc.
func (d termsDoc) AppendStored(dst []byte) ([]byte, error) {
	return appendJSON(dst, termsForm{
		d.journal.form(termsFold), formRules(d.roundings), formRules(d.zones), formRules(d.homes), formRules(d.taxes), formRules(d.promotions),
		formRules(d.caps), formRules(d.methods), formRules(d.lists), formRules(d.exchange), formRules(d.cash), formRules(d.outside),
	})
}

func asTerms(doc store.Doc) (Terms, error) {
	switch d := doc.(type) {
	case termsDoc:
		return d.Terms, nil
	case store.Raw:
		var f termsForm
		if err := readState(d, termsFold, &f); err != nil {
			return Terms{}, err
		}
		j, err := f.journal()
		return Terms{
			journal: j, roundings: readRules(f.Rounding), zones: readRules(f.Zones), homes: readRules(f.Homes), taxes: readRules(f.Taxes),
			promotions: readRules(f.Promotions), caps: readRules(f.Caps), methods: readRules(f.Shipping), lists: readRules(f.Lists),
			exchange: readRules(f.Exchange), cash: readRules(f.Cash), outside: readRules(f.ServiceRules),
		}, err
	}
	return Terms{}, unknownDoc(doc)
}
