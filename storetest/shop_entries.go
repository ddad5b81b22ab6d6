package storetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

var entriesBattery = []Rule{{
	ID:       "shop/another-form",
	Sentence: "A state that was stored in another form is folded again from the entries, and says the same.",
	Why:      "a new version of the program meets the states of the old one",
	Check: func(e *Env) {
		from := e.standOver(memory.New(), newShopClock(), 1)
		customer := from.sellAndKeep()
		for _, step := range from.changesOfEverything(customer)[:14] {
			e.Must(step.what, step.do())
		}
		to := e.Open(e.Place())
		e.Must("Prepare", to.Prepare(e.Ctx, till.Schema()))
		states := e.copyShop(from.Store, to)
		if states < 6 {
			e.Stopf("only %d states were stored in another form", states)
		}
		s := e.standOver(to, from.Clock, 2)
		e.Equal("what the shop says", s.everything(), from.everything())

		// and it goes on from there
		e.Must("SetPrice", s.Staff.SetPrice(e.Ctx, "SCREW", "0.05"))
		e.Must("a back-dated listing", s.Staff.DeleteProduct(e.Ctx, "SCREW"))
		in, err := s.Shop.SignIn(e.Ctx, till.SignIn{Email: "ada@example.com", Password: "a sentence is a password"})
		e.Must("SignIn", err)
		e.Must("ChangeProfile", in.ChangeProfile(e.Ctx, till.Contact{Name: "Ada Other"}))
		s.reconciles()
	},
}}

// form is what a state says of its own form.
var form = regexp.MustCompile(`^\{"fold":\d+,`)

// copyShop copies a shop record by record through the port, its states in a form that
// no version knows, and gives how many there were.
func (e *Env) copyShop(from, to store.Store) (states int) {
	e.Helper()
	families := map[string]store.Family{}
	for _, f := range till.Schema().Families {
		families[f.Name] = f
	}
	for d, err := range store.Dump(e.Ctx, from, till.Schema()) {
		e.Must("Dump", err)
		family, known := families[d.Ref.Family]
		if !known {
			continue // receipts are the store's own
		}
		record := store.Record{Ref: d.Ref, Doc: store.Raw(d.Doc)}
		if family.Index != nil {
			record.Index, err = family.Index(d.Ref, record.Doc)
			e.Must("Index", err)
		}
		switch family.Shape {
		case store.Rows:
			e.Commit(to, store.Put{Record: record})
		case store.Claims:
			e.Commit(to, store.Claim{Ref: d.Ref, Owner: string(d.Doc)})
		case store.Counters:
			add := store.Add{Ref: d.Ref}
			for i, c := range d.Columns {
				add.Steps = append(add.Steps, store.Step{Field: family.Fields[i].Name, By: c.Int(), Floor: store.NoFloor})
			}
			e.Commit(to, add)
		case store.Journal:
			other := form.ReplaceAll(d.Doc, []byte(`{"fold":99,"shape":"of another day",`))
			if bytes.Equal(other, d.Doc) || !json.Valid(other) {
				e.Stopf("%s: its state does not begin with its form: %s", d.Ref, d.Doc)
			}
			record.Doc = store.Raw(other)
			e.Commit(to, store.Append{Record: record, Entries: d.Entries})
			states++
		}
	}
	return states
}

// everything is what a shop says of all that it keeps in journals.
func (s *stand) everything() []string {
	s.Helper()
	var all []string
	say := func(v any) { all = append(all, fmt.Sprintf("%+v", v)) }
	for p, err := range pages(func(r till.PageRequest) (till.Page[till.Product], error) { return s.Staff.Products(s.Ctx, r) }) {
		s.Must("Products", err)
		say(p)
		for _, sku := range p.SKUs() {
			prices, err := s.Staff.Prices(s.Ctx, sku)
			s.Must("Prices", err)
			say(prices)
		}
	}
	terms, err := s.Staff.Terms(s.Ctx)
	s.Must("Terms", err)
	say(terms)
	for a, err := range pages(func(r till.PageRequest) (till.Page[till.Account], error) {
		return s.Staff.Customers(s.Ctx, till.CustomerQuery{PageRequest: r})
	}) {
		s.Must("Customers", err)
		say(a)
	}
	for _, o := range s.orders(till.OrderQuery{}) {
		say(o)
		say(s.tell(o.ID))
	}
	return all
}
