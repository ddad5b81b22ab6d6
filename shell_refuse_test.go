package till_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
)

// counter is a shop that is open: what the requests that are refused are made to.
type counter struct {
	*stall
	guest    *till.Guest
	customer *till.Customer
	order    till.Order // of somebody else
}

func newCounter(t *testing.T, db store.Store) *counter {
	s := newStall(t, db)
	s.sells("MUG", "9.50", 10)
	for sku, change := range map[till.SKU]func() error{
		"ARCHIVED": func() error {
			return s.revised("ARCHIVED", func(d *till.Description) { d.Status = till.ProductArchived })
		},
		"DRAFT":   func() error { return s.revised("DRAFT", func(d *till.Description) { d.Status = till.ProductDraft }) },
		"DELETED": func() error { return s.staff.DeleteProduct(s.ctx, "DELETED") },
		"UNLISTED": func() error {
			return s.staff.ChangeListing(s.ctx, till.ListingChange{SKU: "UNLISTED", Mark: till.Clear})
		},
		"UNPRICED": func() error { return s.staff.ChangePrice(s.ctx, "UNPRICED", till.PriceChange{Mark: till.Clear}) },
	} {
		s.sells(sku, "1.00", 1)
		s.must(change())
	}
	c := &counter{stall: s, guest: s.visitor(till.Item{SKU: "MUG", Quantity: 2}), customer: s.member("ada@example.com")}
	c.order = s.buys(s.visitor(till.Item{SKU: "MUG", Quantity: 1}).Buyer, "click") // order numbers are leased, too
	return c
}

func (s *stall) revised(sku till.SKU, f func(*till.Description)) error {
	return s.staff.ReviseProduct(s.ctx, sku, func(d *till.Description) error { f(d); return nil })
}

// Whatever is wrong with a request, the error says what and where, and nothing has
// changed.
func TestShellRefuses(t *testing.T) {
	type row struct {
		name string
		want error
		says string
		do   func(*counter) error
	}
	add := func(items ...till.Item) func(*counter) error {
		return func(c *counter) error { return c.guest.Add(c.ctx, items...) }
	}
	product := func(p till.NewProduct) func(*counter) error {
		return func(c *counter) error {
			if p.Name == "" {
				p.Name = "Cup"
			}
			return c.staff.AddProduct(c.ctx, p)
		}
	}
	register := func(r till.Registration) func(*counter) error {
		return func(c *counter) error {
			if r.Name == "" {
				r.Name = "Eve"
			}
			if r.Email == "" {
				r.Email = "eve@example.com"
			}
			if r.Password == "" {
				r.Password = stallPassword
			}
			return c.shop.Register(c.ctx, r)
		}
	}
	checkout := func(change func(*till.CheckoutRequest)) func(*counter) error {
		return func(c *counter) error {
			r := c.agreed(c.guest.Buyer, "new")
			change(&r)
			_, err := c.guest.Checkout(c.ctx, r)
			return err
		}
	}
	stock := func(s till.StockChange) func(*counter) error {
		return func(c *counter) error { return c.staff.MoveStock(c.ctx, s) }
	}
	price := func(text string) func(*counter) error {
		return func(c *counter) error { return c.staff.SetPrice(c.ctx, "MUG", text) }
	}
	orders := func(q till.OrderQuery) func(*counter) error {
		return func(c *counter) error { _, err := c.staff.Orders(c.ctx, q); return err }
	}
	many := make([]till.Item, 3000)
	for i := range many {
		many[i] = till.Item{SKU: "MUG", Quantity: 1, Apart: true}
	}
	rows := []row{
		{"add an unknown SKU", till.ErrNotFound, "NONE", add(till.Item{SKU: "NONE", Quantity: 1})},
		{"add no SKU", till.ErrInvalid, "items[0].sku", add(till.Item{Quantity: 1})},
		{"add none", till.ErrInvalid, "items[1].quantity", add(till.Item{SKU: "MUG", Quantity: 1}, till.Item{SKU: "MUG"})},
		{"add less than none", till.ErrInvalid, "items[0].quantity", add(till.Item{SKU: "MUG", Quantity: -1})},
		{"add too many", till.ErrInvalid, "quantity", add(till.Item{SKU: "MUG", Quantity: till.MaxQuantity + 1})},
		{"add as many as there are numbers", till.ErrInvalid, "quantity", add(till.Item{SKU: "MUG", Quantity: 1<<63 - 1})},
		{"add too many to a line", till.ErrInvalid, "quantity", add(till.Item{SKU: "MUG", Quantity: till.MaxQuantity})},
		{"add 3,000 items", till.ErrInvalid, "items", add(many...)},
		{"add an archived product", till.ErrUnavailable, "ARCHIVED", add(till.Item{SKU: "ARCHIVED", Quantity: 1})},
		{"add a draft", till.ErrUnavailable, "DRAFT", add(till.Item{SKU: "DRAFT", Quantity: 1})},
		{"add a deleted product", till.ErrUnavailable, "DELETED", add(till.Item{SKU: "DELETED", Quantity: 1})},
		{"add what is not listed", till.ErrUnavailable, "UNLISTED", add(till.Item{SKU: "UNLISTED", Quantity: 1})},
		{"add what has no price", till.ErrUnavailable, "UNPRICED", add(till.Item{SKU: "UNPRICED", Quantity: 1})},
		{"add one that is and one that is not", till.ErrNotFound, "NONE", add(till.Item{SKU: "MUG", Quantity: 1}, till.Item{SKU: "NONE", Quantity: 1})},
		{"set a line to none", till.ErrInvalid, "quantity", func(c *counter) error { return c.guest.Set(c.ctx, 1, 0) }},
		{"set a line to less than none", till.ErrInvalid, "quantity", func(c *counter) error { return c.guest.Set(c.ctx, 1, -2) }},
		{"set a line that is not there", till.ErrNotFound, `line "7"`, func(c *counter) error { return c.guest.Set(c.ctx, 7, 1) }},
		{"set a line of another's cart", till.ErrNotFound, `line "1"`, func(c *counter) error { return c.customer.Set(c.ctx, 1, 1) }},
		{"remove a line that is not there", till.ErrNotFound, `line "2"`, func(c *counter) error { return c.guest.Remove(c.ctx, 1, 2) }},
		{"too much metadata", till.ErrInvalid, "metadata.k", func(c *counter) error {
			return c.guest.SetMetadata(c.ctx, till.Metadata{"k": strings.Repeat("x", till.MaxMetadataValue+1)})
		}},

		{"check an empty cart out", till.ErrInvalid, "cart", func(c *counter) error {
			_, err := c.customer.Checkout(c.ctx, c.agreed(c.customer.Buyer, "new"))
			return err
		}},
		{"no key", till.ErrInvalid, "key", checkout(func(r *till.CheckoutRequest) { r.Key = "" })},
		{"a key too long", till.ErrInvalid, "key", checkout(func(r *till.CheckoutRequest) { r.Key = strings.Repeat("k", till.MaxKey+1) })},
		{"a key with NUL", till.ErrInvalid, "key", checkout(func(r *till.CheckoutRequest) { r.Key = "a\x00b" })},
		{"no digest", till.ErrInvalid, "accept", checkout(func(r *till.CheckoutRequest) { r.Accept = "" })},
		{"a digest too long", till.ErrInvalid, "accept", checkout(func(r *till.CheckoutRequest) { r.Accept += "0" })},
		{"another digest", till.ErrConflict, "ask again", checkout(func(r *till.CheckoutRequest) { r.Accept, r.Seen = till.Digest(strings.Repeat("0", 64)), nil })},
		{"no contact", till.ErrInvalid, "contact.name", checkout(func(r *till.CheckoutRequest) { r.Contact = till.Contact{} })},
		{"no e-mail", till.ErrInvalid, "contact.email", checkout(func(r *till.CheckoutRequest) { r.Contact.Email = "" })},
		{"a wrong e-mail", till.ErrInvalid, "contact.email", checkout(func(r *till.CheckoutRequest) { r.Contact.Email = "ada@" })},
		{"a wrong country", till.ErrInvalid, "contact.shipping.country", checkout(func(r *till.CheckoutRequest) { r.Contact.Shipping.Country = "Britain" })},
		{"a product without a SKU", till.ErrInvalid, "sku", product(till.NewProduct{Price: "1"})},
		{"a product without a name", till.ErrInvalid, "name", func(c *counter) error { return c.staff.AddProduct(c.ctx, till.NewProduct{SKU: "CUP", Price: "1"}) }},
		{"a SKU that is taken", till.ErrExists, `SKU "MUG"`, product(till.NewProduct{SKU: "MUG", Handle: "other", Price: "1"})},
		{"a SKU of a deleted product", till.ErrExists, `SKU "DELETED"`, product(till.NewProduct{SKU: "DELETED", Handle: "other", Price: "1"})},
		{"a handle that is taken", till.ErrExists, `handle "mug"`, product(till.NewProduct{SKU: "CUP", Handle: "mug", Price: "1"})},
		{"fewer than none on hand", till.ErrInvalid, "on_hand", product(till.NewProduct{SKU: "CUP", Price: "1", OnHand: -1})},
		{"a back-order limit below none", till.ErrInvalid, "stock", product(till.NewProduct{SKU: "CUP", Price: "1", Stock: till.AllowBackorder(-1)})},
		{"a price in another currency", till.ErrInvalid, "price", func(c *counter) error {
			return c.staff.ChangePrice(c.ctx, "MUG", till.PriceChange{Price: money.MustParsePrice("1.00", money.EUR)})
		}},
		{"a price less than nothing", till.ErrInvalid, "price", func(c *counter) error {
			return c.staff.ChangePrice(c.ctx, "MUG", till.PriceChange{Price: money.MustParsePrice("-1.00", money.GBP)})
		}},
		{"a price of an unknown SKU", till.ErrNotFound, "NONE", func(c *counter) error { return c.staff.SetPrice(c.ctx, "NONE", "1.00") }},
		{"a spec in another currency", till.ErrInvalid, "articles[0].price", func(c *counter) error {
			eur := money.MustParsePrice("1.00", money.EUR)
			_, err := c.staff.PutProduct(c.ctx, till.ProductSpec{
				Description: till.Description{Handle: "cup", Words: map[till.Locale]till.Words{"": {Name: "Cup"}}, Variants: []till.Variant{{SKU: "CUP"}}},
				Articles:    []till.ArticleSpec{{SKU: "CUP", Price: &eur}},
			})
			return err
		}},
		{"a revision of a deleted product", till.ErrConflict, "deleted", func(c *counter) error { return c.revised("DELETED", func(d *till.Description) { d.Vendor = "x" }) }},
		{"a revision that its maker refuses", errStall, "", func(c *counter) error {
			return c.staff.ReviseProduct(c.ctx, "MUG", func(*till.Description) error { return errStall })
		}},
		{"a variant whose SKU is another's", till.ErrExists, `SKU "DRAFT"`, func(c *counter) error {
			return c.revised("MUG", func(d *till.Description) { d.Variants = append(d.Variants, till.Variant{SKU: "DRAFT"}) })
		}},
		{"the end of what is deleted", till.ErrConflict, "deleted", func(c *counter) error { return c.staff.DeleteProduct(c.ctx, "DELETED") }},
		{"the return of what is there", till.ErrConflict, "MUG", func(c *counter) error {
			err := c.staff.RestoreProduct(c.ctx, "MUG")
			if err != nil {
				err = fmt.Errorf("MUG: %w", err)
			}
			return err
		}},
		{"goods of an unknown SKU", till.ErrNotFound, "NONE", stock(till.StockChange{SKU: "NONE", Kind: till.Received, Quantity: 1})},
		{"no goods", till.ErrInvalid, "quantity", stock(till.StockChange{SKU: "MUG", Kind: till.Received})},
		{"goods that go", till.ErrInvalid, "quantity", stock(till.StockChange{SKU: "MUG", Kind: till.Received, Quantity: -1})},
		{"a reservation by staff", till.ErrInvalid, "kind", stock(till.StockChange{SKU: "MUG", Kind: till.Reserved, Quantity: 1})},
		{"goods to nowhere", till.ErrInvalid, "location", stock(till.StockChange{SKU: "MUG", Kind: till.Received, Quantity: 1, Location: "a/b"})},
		{"a correction below what is there", till.ErrShort, "MUG", stock(till.StockChange{SKU: "MUG", Kind: till.Adjusted, Quantity: -10})},
		{"no actor", till.ErrInvalid, "actor", func(c *counter) error { return c.shop.Staff("").SetPrice(c.ctx, "MUG", "1") }},
		{"a note too long", till.ErrInvalid, "note", func(c *counter) error {
			return c.staff.Because(strings.Repeat("x", till.MaxNote+1)).SetPrice(c.ctx, "MUG", "1")
		}},
		{"no rounding", till.ErrInvalid, "rounding", func(c *counter) error {
			return c.staff.ChangeRules(c.ctx, till.RuleChange{Name: "rounding", Rule: till.Rounding{}})
		}},
		{"the end of a rule that was never set", till.ErrNotFound, `till: changes[1]: no promotion "nosuch"`, func(c *counter) error {
			return c.staff.ChangeRules(c.ctx, till.RuleChange{Name: "gb", Rule: till.Zone{}}, till.RuleChange{Name: "nosuch", Rule: till.Promotion{}, Mark: till.Clear})
		}},
		{"a rule that is wrong, of several", till.ErrInvalid, "till: changes[1].tax vat.label: ", func(c *counter) error {
			return c.staff.ChangeRules(c.ctx, till.RuleChange{Name: "gb", Rule: till.Zone{}}, till.RuleChange{Name: "vat", Rule: till.TaxRate{}})
		}},

		{"a password too short", till.ErrInvalid, "password", register(till.Registration{Password: "fourteen chars"})},
		{"a password of 10 MB", till.ErrInvalid, "password", register(till.Registration{Password: strings.Repeat("long password ", 10<<20/14)})},
		{"the e-mail address as password", till.ErrInvalid, "password", register(till.Registration{Email: "eve.example@example.com", Password: "EVE.example@example.com"})},
		{"no name", till.ErrInvalid, "name", func(c *counter) error {
			return c.shop.Register(c.ctx, till.Registration{Email: "eve@example.com", Password: stallPassword})
		}},
		{"an address that has an account, by staff", till.ErrExists, "ADA@example.com", func(c *counter) error {
			_, err := c.staff.AddCustomer(c.ctx, till.NewCustomer{Contact: till.Contact{Name: "Ada", Email: "ADA@example.com"}})
			return err
		}},
		{"another e-mail in the profile", till.ErrInvalid, "ChangeEmail", func(c *counter) error {
			return c.customer.ChangeProfile(c.ctx, till.Contact{Name: "Ada", Email: "eve@example.com"})
		}},
		{"an account that is not there", till.ErrNotFound, "account", func(c *counter) error { return c.staff.DisableCustomer(c.ctx, c.guest.Person()) }},
		{"the return of an account that is there", till.ErrConflict, "active", func(c *counter) error { return c.staff.EnableCustomer(c.ctx, c.customer.Person()) }},
		{"nobody's account", till.ErrNotFound, "account", func(c *counter) error { _, err := c.staff.Account(c.ctx, till.PersonID{}); return err }},
		{"nobody erased", till.ErrNotFound, "person", func(c *counter) error { return c.staff.Erase(c.ctx, till.PersonID{}) }},

		{"no order's id", till.ErrNotFound, "order", func(c *counter) error { _, err := c.guest.Order(c.ctx, till.OrderID{}); return err }},
		{"no order's id, by staff", till.ErrNotFound, "order", func(c *counter) error { _, err := c.staff.Confirmation(c.ctx, till.OrderID{}); return err }},
		{"no order's id for metadata", till.ErrNotFound, "order", func(c *counter) error {
			return c.staff.SetOrderMetadata(c.ctx, till.OrderID{}, till.Metadata{"a": "b"})
		}},
		{"no product's id", till.ErrNotFound, "product", func(c *counter) error { _, err := c.staff.ProductByID(c.ctx, till.ProductID{}); return err }},
		{"no product's id, of then", till.ErrNotFound, "product", func(c *counter) error {
			_, err := c.shop.AsOf(c.clock.instant()).ProductByID(c.ctx, till.ProductID{})
			return err
		}},
		{"another thing's id", till.ErrNotFound, "product", func(c *counter) error {
			_, err := c.staff.ProductByID(c.ctx, till.MakeID[till.Product](1, 2, [8]byte{3}))
			return err
		}},
		{"an unknown handle", till.ErrNotFound, "none", func(c *counter) error { _, err := c.shop.ProductByHandle(c.ctx, "none"); return err }},
		{"a draft, by a visitor", till.ErrNotFound, "draft", func(c *counter) error { _, err := c.shop.ProductByHandle(c.ctx, "draft"); return err }},
		{"a deleted product, by a visitor", till.ErrNotFound, "deleted", func(c *counter) error { _, err := c.shop.ProductByHandle(c.ctx, "deleted"); return err }},
		{"a list by two things", till.ErrInvalid, "query", orders(till.OrderQuery{Number: "1001", SKU: "MUG"})},
		{"a list by number and status", till.ErrInvalid, "query", orders(till.OrderQuery{Number: "1001", Status: till.OrderPlaced})},
		{"a page of too many", till.ErrInvalid, "limit", orders(till.OrderQuery{PageRequest: till.PageRequest{Limit: 1001}})},
		{"a page of fewer than none", till.ErrInvalid, "limit", orders(till.OrderQuery{PageRequest: till.PageRequest{Limit: -1}})},
		{"a cursor that is none", till.ErrInvalid, "cursor", orders(till.OrderQuery{PageRequest: till.PageRequest{After: "garbage"}})},
	}
	for _, text := range []string{
		"", " ", "abc", "1,5", "1.505", "-1", "+1", "1e3", "NaN", "Inf", "0x10", "1_000", "１２", " 1", "1 ", "−5", "1.", "GBP 1", "1/0", "1/-3", "1/", "99999999999999999999", strings.Repeat("9", 1<<20), "1\x00", "\xff",
	} {
		rows = append(rows,
			row{fmt.Sprintf("price %.12q", text), till.ErrInvalid, "price", price(text)},
			row{fmt.Sprintf("product at %.12q", text), till.ErrInvalid, "price", product(till.NewProduct{SKU: "CUP", Price: text})})
	}
	for _, email := range []string{"", "ada", "@example.com", "ada@", "ada@example", "Ada <ada@example.com>", `"a b"@example.com`, "a@[127.0.0.1]", "a..b@example.com", "a@b.c\r\nBcc: x@y.z", "ada\u212A@example.com", "a＠b.com", strings.Repeat("a", 65) + "@example.com", strings.Repeat("a", 1<<20)} {
		rows = append(rows, row{fmt.Sprintf("register %.20q", email), till.ErrInvalid, "email", func(c *counter) error {
			return c.shop.Register(c.ctx, till.Registration{Name: "Eve", Email: email, Password: stallPassword})
		}})
	}
	for kind, bad := range map[string]string{"NUL": "a\x00b", "not UTF-8": "a\xffb", "overlong": "a\xc0\x80b", "too long": strings.Repeat("x", 70_000)} {
		for field, do := range map[string]func(*counter) error{
			"sku":                      product(till.NewProduct{SKU: till.SKU(bad), Price: "1"}),
			"name":                     product(till.NewProduct{SKU: "CUP", Name: bad, Price: "1"}),
			"handle":                   product(till.NewProduct{SKU: "CUP", Handle: bad, Price: "1"}),
			"items[0].sku":             add(till.Item{SKU: till.SKU(bad), Quantity: 1}),
			"items[0].note":            add(till.Item{SKU: "MUG", Quantity: 1, Note: bad}),
			"items[0].metadata.k":      add(till.Item{SKU: "MUG", Quantity: 1, Metadata: till.Metadata{"k": bad}}),
			"contact.name":             checkout(func(r *till.CheckoutRequest) { r.Contact.Name = bad }),
			"contact.phone":            checkout(func(r *till.CheckoutRequest) { r.Contact.Phone = bad }),
			"contact.billing.street":   checkout(func(r *till.CheckoutRequest) { r.Contact.Billing.Street = bad }),
			"contact.shipping.company": checkout(func(r *till.CheckoutRequest) { r.Contact.Shipping.Company = bad }),
			"contact.notes[1]":         checkout(func(r *till.CheckoutRequest) { r.Contact.Notes = map[int]string{1: bad} }),
			"key":                      checkout(func(r *till.CheckoutRequest) { r.Key = bad }),
			"till: name":               register(till.Registration{Name: bad}),
			"email":                    register(till.Registration{Email: bad}),
			"billing.city":             register(till.Registration{Contact: till.Contact{Billing: till.Address{City: bad}}}),
			"reason":                   stock(till.StockChange{SKU: "MUG", Kind: till.Received, Quantity: 1, Reason: bad}),
			"reference":                stock(till.StockChange{SKU: "MUG", Kind: till.Received, Quantity: 1, Reference: bad}),
			"location":                 stock(till.StockChange{SKU: "MUG", Kind: till.Received, Quantity: 1, Location: bad}),
			"words": func(c *counter) error {
				return c.revised("MUG", func(d *till.Description) { d.Words[""] = till.Words{Name: "x", Description: bad} })
			},
			"vendor":     func(c *counter) error { return c.revised("MUG", func(d *till.Description) { d.Vendor = bad }) },
			"actor":      func(c *counter) error { return c.shop.Staff(till.Actor(bad)).SetPrice(c.ctx, "MUG", "1") },
			"meta.note":  func(c *counter) error { return c.staff.Because(bad).SetPrice(c.ctx, "MUG", "1") },
			"number":     orders(till.OrderQuery{Number: bad}),
			"metadata.k": func(c *counter) error { return c.staff.SetOrderMetadata(c.ctx, c.order.ID(), till.Metadata{"k": bad}) },
		} {
			rows = append(rows, row{field + " " + kind, till.ErrInvalid, field, do})
		}
		if kind != "NUL" { // a password is bytes of valid UTF-8
			rows = append(rows, row{"password " + kind, till.ErrInvalid, "password", register(till.Registration{Password: strings.Repeat(bad, 20)})})
		}
	}
	onStores(t, func(t *testing.T, db store.Store) {
		c := newCounter(t, db)
		for _, r := range rows {
			t.Run(r.name, func(t *testing.T) {
				here := *c
				here.stall = &stall{t, t.Context(), c.store, c.shop, c.staff, c.clock}
				here.refuses(r.want, r.says, func() error { return r.do(&here) })
			})
		}
		c.reconciles()
	})
}

var errStall = errors.New("no, thank you")

// Another's order is answered like one that is not there, word for word.
func TestShellAnothersOrder(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		c := newCounter(t, db)
		absent := till.MakeID[till.Order](c.clock.instant(), 1, [8]byte{7})
		for name, ask := range map[string]func(*till.Buyer, till.OrderID) error{
			"Order":        func(b *till.Buyer, id till.OrderID) error { _, err := b.Order(c.ctx, id); return err },
			"Confirmation": func(b *till.Buyer, id till.OrderID) error { _, err := b.Confirmation(c.ctx, id); return err },
		} {
			for who, b := range map[string]*till.Buyer{"guest": c.guest.Buyer, "customer": c.customer.Buyer} {
				theirs, none := ask(b, c.order.ID()), ask(b, absent)
				var missing *till.NotFoundError
				if !errors.As(theirs, &missing) || strings.ReplaceAll(theirs.Error(), c.order.ID().String(), absent.String()) != none.Error() {
					t.Errorf("%s by a %s: %v; one that is not there: %v", name, who, theirs, none)
				}
			}
		}
		page, err := c.guest.Orders(c.ctx, till.PageRequest{})
		c.must(err)
		c.same("orders of a guest who has none", len(page.Items), 0)
	})
}

// A token that is none is nobody's, and a session is over at exactly its bound. That
// every method looks at it, TestBatterySessions says.
func TestShellSessions(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 10)
		guest, customer := s.visitor(till.Item{SKU: "MUG", Quantity: 1}), s.member("ada@example.com")
		for name, token := range map[string]till.Token{
			"none": "", "garbage": "garbage", "too long": till.Token(strings.Repeat("A", 1<<20)), "43 letters": till.Token(strings.Repeat("A", 43)),
			"another kind": guest.Token(), "with space": customer.Token() + " ", "other case": till.Token(strings.ToUpper(string(customer.Token()))), "NUL": till.Token(strings.Repeat("\x00", 43)),
		} {
			s.refuses(till.ErrSession, "", func() error { _, err := s.shop.Customer(s.ctx, token); return wrapped(name, err) })
		}
		s.refuses(till.ErrSession, "", func() error { _, err := s.shop.Guest(s.ctx, customer.Token()); return err })

		s.clock.pass(30*24*time.Hour - time.Microsecond)
		_, err := s.shop.Customer(s.ctx, customer.Token())
		s.must(err)
		s.clock.pass(time.Microsecond) // exactly at the bound it is over
		_, err = s.shop.Customer(s.ctx, customer.Token())
		if !errors.Is(err, till.ErrSession) {
			t.Errorf("at the bound: %v", err)
		}
		_, err = guest.Cart(s.ctx)
		s.must(err)
		s.clock.pass(60 * 24 * time.Hour)
		_, err = guest.Cart(s.ctx)
		if !errors.Is(err, till.ErrSession) {
			t.Errorf("a guest's, at its bound: %v", err)
		}
	})
}

func wrapped(name string, err error) error {
	if err == nil {
		return fmt.Errorf("%s went through", name)
	}
	return fmt.Errorf("%s: %w", name, err)
}
