package storetest

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// words are what somebody said, each a word that stands nowhere else.
var words = map[string]string{
	"name": "kanariename", "e-mail": "kanariemail", "street": "kanariestreet", "phone": "kanariephone",
	"note of an order": "kanarieordernote", "note of a cart": "kanariecartnote", "new name": "kanarienewname", "old e-mail": "kanarieoldmail",
	"note of a draft": "kanariedraftnote",
}

var eraseBattery = []Rule{{
	ID:       "shop/erase",
	Sentence: "After Erase and Maintain no word of the person is in any byte that the store keeps; the orders stay, and prove themselves.",
	Why:      "the right to be forgotten ends where a tax office begins",
	Check: func(e *Env) {
		place := e.Place()
		s := e.stand(place, newShopClock(), 1)
		s.product("MUG", "9.50", 100)
		s.Must("ChangeRules", s.Staff.ChangeRules(e.Ctx, till.RuleChange{Name: "welcome", Rule: till.Promotion{
			Label: "Welcome", If: till.Conditions{FirstOrder: true}, Action: till.PercentOff(money.MustParsePercent("10")), Each: 1,
		}}))
		stays := s.buys(s.guest(till.Item{SKU: "MUG", Quantity: 1, Note: "somebody else"}).Buyer, "click")
		customer, ordered := s.talkative()
		guest := s.guest(till.Item{SKU: "MUG", Quantity: 1, Note: words["note of an order"]})
		r := s.agreed(guest.Buyer, "click")
		r.Contact = talk("name", "e-mail")
		order, err := guest.Checkout(e.Ctx, r)
		e.Must("Checkout", err)
		e.Must("Add", guest.Add(e.Ctx, till.Item{SKU: "MUG", Quantity: 1, Note: words["note of a cart"]}))
		draft, err := s.Staff.NewDraft(e.Ctx, till.DraftRequest{Customer: customer.Person(), Lines: []till.DraftLine{{Item: till.Item{SKU: "MUG", Quantity: 1, Note: words["note of a draft"]}}}})
		e.Must("NewDraft", err)
		e.Equal("who used the promotion, by account or by e-mail address", s.claimed(), 6)
		all := []till.Order{ordered, order, stays}
		for what, word := range words {
			if len(s.where(place, word)) == 0 {
				e.Stopf("the %s is nowhere before: what follows would prove nothing", what)
			}
		}
		before := []told{s.tell(ordered.ID()), s.tell(order.ID()), s.tell(stays.ID())}

		for range 2 { // the second time is no error
			for _, person := range []till.PersonID{customer.Person(), guest.Person()} {
				e.Must("Erase", s.Staff.Erase(e.Ctx, person))
			}
			_, err := s.Shop.Maintain(e.Ctx)
			e.Must("Maintain", err)
			s.forgotten(place)
		}
		e.Equal("uses that are claimed by an account, or by somebody else", s.claimed(), 4)
		for i, order := range all {
			after := s.tell(order.ID())
			if i == 2 {
				e.Equal("the order of somebody else", after, before[i])
			}
			e.Equal("what stays of an order", []any{after.JSON, after.Total, after.Explain, after.Entries, after.Verify},
				[]any{before[i].JSON, before[i].Total, before[i].Explain, before[i].Entries, "holds"})
			if !strings.Contains(after.Text, order.Number()) {
				e.Failf("the confirmation of an erased person's order does not name it:\n%s", after.Text)
			}
		}
		_, err = customer.Cart(e.Ctx)
		e.Is("the customer's session", err, till.ErrSession)
		_, err = guest.Cart(e.Ctx)
		e.Is("the guest's session", err, till.ErrSession)
		_, err = s.Staff.Draft(e.Ctx, draft.Ref())
		e.Is("the customer's draft", err, till.ErrNotFound)
		s.registersAgain()
		s.reconciles()
		if e.Harness.Durable {
			e.Must("Erase the second account", s.Staff.Erase(e.Ctx, s.byEmail().ID()))
			_, err := s.Shop.Maintain(e.Ctx)
			e.Must("Maintain", err)
			s.forgotten(place)
			e.Must("Close", s.Store.Close())
			e.Equal("closed files with words", len(filesWith(place, words["e-mail"])), 0)
		}
	},
}}

// talk gives a contact made of such words.
func talk(name, email string) till.Contact {
	return till.Contact{Name: words[name], Email: words[email] + "@example.com", Phone: words["phone"], Billing: till.Address{Street: words["street"], Country: "GB"}}
}

// talkative gives a customer who has said all of it, and an order of hers.
func (s *stand) talkative() (*till.Customer, till.Order) {
	s.Helper()
	contact := talk("name", "old e-mail")
	s.Must("Register", s.Shop.Register(s.Ctx, till.Registration{Name: contact.Name, Email: contact.Email, Password: "a sentence is a password", Contact: contact}))
	in, err := s.Shop.SignIn(s.Ctx, till.SignIn{Email: contact.Email, Password: "a sentence is a password"})
	s.Must("SignIn", err)
	s.Must("Add", in.Add(s.Ctx, till.Item{SKU: "MUG", Quantity: 2, Note: words["note of an order"]}))
	r := s.agreed(in.Buyer, "click")
	r.Contact = till.Contact{}
	order, err := in.Checkout(s.Ctx, r)
	s.Must("Checkout", err)
	s.Must("ChangeEmail", in.ChangeEmail(s.Ctx, till.EmailChange{Email: words["e-mail"] + "@example.com", Password: "a sentence is a password"}))
	changed := talk("new name", "e-mail")
	s.Must("ChangeProfile", in.ChangeProfile(s.Ctx, changed))
	s.Must("Add", in.Add(s.Ctx, till.Item{SKU: "MUG", Quantity: 1, Note: words["note of a cart"]}))
	return in.Customer, order
}

// registersAgain makes another account with the erased person's address.
func (s *stand) registersAgain() {
	s.Helper()
	email := words["e-mail"] + "@example.com"
	_, err := s.Shop.SignIn(s.Ctx, till.SignIn{Email: email, Password: "a sentence is a password"})
	s.Is("sign in to the erased account", err, till.ErrCredentials)
	s.Must("Register again", s.Shop.Register(s.Ctx, till.Registration{Name: "x", Email: email, Password: "another sentence of mine"}))
	in, err := s.Shop.SignIn(s.Ctx, till.SignIn{Email: email, Password: "another sentence of mine"})
	s.Must("SignIn to the new account", err)
	page, err := in.Orders(s.Ctx, till.PageRequest{})
	s.Must("Orders", err)
	s.Equal("orders of the new account", len(page.Items), 0)
}

func (s *stand) byEmail() till.Account {
	s.Helper()
	page, err := s.Staff.Customers(s.Ctx, till.CustomerQuery{Email: words["e-mail"] + "@example.com"})
	s.Must("Customers", err)
	if len(page.Items) != 1 {
		s.Stopf("there are %d accounts of one e-mail address", len(page.Items))
	}
	return page.Items[0]
}

// forgotten fails for each word that is still somewhere.
func (s *stand) forgotten(place string) {
	s.Helper()
	for what, word := range words {
		if found := s.where(place, word); len(found) > 0 {
			s.Failf("the %s is still in %s", what, strings.Join(found, ", "))
		}
	}
}

// where says where a word is: in lines of the dump, and in files at the place.
func (s *stand) where(place, word string) []string {
	s.Helper()
	found := filesWith(place, word)
	for _, line := range s.dump() {
		if strings.Contains(strings.ToLower(line), word) {
			head, _, _ := strings.Cut(line, " ")
			found = append(found, "the record "+head)
		}
	}
	return found
}

// filesWith gives the files of a place that hold a word, in any case: those whose
// names begin with the place, or lie in it. A place need not be a path.
func filesWith(place, word string) []string {
	if place == "" {
		return nil
	}
	var found []string
	dir, base := filepath.Split(place)
	entries, err := os.ReadDir(filepath.Clean(dir))
	if err != nil {
		return nil
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), base) {
			continue
		}
		_ = filepath.WalkDir(filepath.Join(dir, entry.Name()), func(path string, d os.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return nil
			}
			if data, err := os.ReadFile(path); err == nil && bytes.Contains(bytes.ToLower(data), []byte(word)) {
				found = append(found, path)
			}
			return nil
		})
	}
	return found
}
