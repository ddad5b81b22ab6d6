package storetest

import (
	"fmt"
	"strings"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store/memory"
)

var storyBattery = []Rule{{
	ID:       "shop/same-bytes",
	Sentence: "The same calls with the same clock and randomness give the same answers and leave the same bytes, whatever the store.",
	Why:      "a shop that was tried in memory must be the one that runs on a file",
	Check: func(e *Env) {
		want := e.standOver(memory.New(), newShopClock(), 1)
		s := e.stand(e.Place(), newShopClock(), 1)
		e.Equal("the answers, beside those over memory", strings.Split(s.story(), "\n"), strings.Split(want.story(), "\n"))
		e.Equal("the store, beside that in memory", s.dump(), want.dump())
		for seed := range uint64(e.tries()) {
			a, b := newLife(e.standOver(memory.New(), newShopClock(), seed+1), seed+1), newLife(e.stand(e.Place(), newShopClock(), seed+1), seed+1)
			for range lifeDays {
				a.day()
				b.day()
			}
			e.Equal(fmt.Sprintf("seed %d: a life, beside one in memory", seed+1), b.dump(), a.dump())
			b.reconciles()
			e.Must("Close", b.Store.Close())
		}
	},
}}

// story is a day of a shop: it gives all its answers, and the refusals too.
func (s *stand) story() string {
	var b strings.Builder
	note := func(what string, answer any, err error) {
		fmt.Fprintf(&b, "%s: %v", what, answer)
		if err != nil {
			fmt.Fprintf(&b, " error: %v", err)
		}
		b.WriteByte('\n')
		s.Clock.pass(time.Second)
	}
	did := func(what string, err error) { note(what, "", err) }
	did("add", s.Staff.AddProduct(s.Ctx, till.NewProduct{SKU: "MUG", Name: "Blue mug", Price: "9.50", OnHand: 10}))
	did("add", s.Staff.AddProduct(s.Ctx, till.NewProduct{SKU: "CUP", Name: "Red cup", Price: "2.00/3", Stock: till.AllowBackorder(5)}))
	did("add again", s.Staff.AddProduct(s.Ctx, till.NewProduct{SKU: "CUP", Name: "Red cup", Price: "1", Handle: "other"}))
	registration := till.Registration{Name: "Ada Example", Email: "Ada@example.com", Password: "a sentence is a password", Contact: buyer}
	did("register", s.Shop.Register(s.Ctx, registration))
	did("register again", s.Shop.Register(s.Ctx, registration))
	guest, err := s.Shop.NewGuest(s.Ctx)
	s.Must("NewGuest", err)
	did("add", guest.Add(s.Ctx, till.Item{SKU: "MUG", Quantity: 2, Note: "blue, please"}, till.Item{SKU: "CUP", Quantity: 7}))
	in, err := s.Shop.SignIn(s.Ctx, till.SignIn{Email: "ada@EXAMPLE.com", Password: registration.Password, Guest: guest.Token()})
	s.Must("SignIn", err)
	note("merged", in.Merged, nil)
	_, err = s.Shop.SignIn(s.Ctx, till.SignIn{Email: "ada@example.com", Password: "wrong"})
	did("a wrong password", err)
	did("add", in.Add(s.Ctx, till.Item{SKU: "MUG", Quantity: 1, Apart: true, Metadata: till.Metadata{"b": "2", "a": "1"}}))
	quote, err := in.Quote(s.Ctx)
	note("quote", quote.Explain(), err)
	r := till.CheckoutRequest{Key: "click", Accept: quote.Digest(), Seen: &quote}
	plan, err := in.Plan(s.Ctx, r)
	note("plan", plan.Order.Total(), err)
	did("set", in.Set(s.Ctx, 2, 5))
	_, err = in.Checkout(s.Ctx, r)
	did("drift", err)
	quote, err = in.Quote(s.Ctx)
	note("quote", string(quote.Digest()), err)
	r.Accept = quote.Digest()
	order, err := in.Checkout(s.Ctx, r)
	note("checkout", nameOf(order), err)
	order, err = in.Checkout(s.Ctx, r)
	note("checkout again", nameOf(order), err)
	did("price", s.Staff.SetPrice(s.Ctx, "MUG", "12.00"))
	did("plan a price", s.Staff.ChangePrice(s.Ctx, "MUG", till.PriceChange{Price: money.MustParsePrice("1.00", money.GBP), From: s.Clock.instant().Add(time.Hour)}))
	did("stock", s.Staff.MoveStock(s.Ctx, till.StockChange{SKU: "MUG", Kind: till.Received, Quantity: 3, Reason: "delivery"}))
	did("too much", s.Staff.MoveStock(s.Ctx, till.StockChange{SKU: "MUG", Kind: till.Adjusted, Quantity: -50}))
	delivery := till.StockChange{SKU: "CUP", Kind: till.Received, Quantity: 4, Reference: "D-1", Key: "D-1"}
	did("delivery", s.Staff.MoveStock(s.Ctx, delivery, till.StockChange{SKU: "CUP", Kind: till.Adjusted, Quantity: -1, Reason: "broken", Key: "D-1"}))
	did("delivery with the same key", s.Staff.MoveStock(s.Ctx, delivery))
	did("count", s.Staff.CountStock(s.Ctx, till.StockCount{SKU: "MUG", Found: 8, Reason: "stocktaking"}, till.StockCount{SKU: "CUP", Location: "cellar"}))
	did("count again", s.Staff.CountStock(s.Ctx, till.StockCount{SKU: "MUG", Found: 9, Key: "list 2"}))
	did("count the same", s.Staff.CountStock(s.Ctx, till.StockCount{SKU: "MUG", Found: 9, Key: "list 2"}))
	did("transfer", s.Staff.TransferStock(s.Ctx, till.StockTransfer{SKU: "MUG", Quantity: 2, To: "cellar", Reference: "T-1"}))
	did("transfer too much", s.Staff.TransferStock(s.Ctx, till.StockTransfer{SKU: "MUG", Quantity: 50, To: "cellar"}))
	did("revise", s.Staff.ReviseProduct(s.Ctx, "MUG", func(d *till.Description) error {
		d.Handle, d.Words[""] = "green-mug", till.Words{Name: "Green mug"}
		return nil
	}))
	did("rounding", s.Staff.ChangeRules(s.Ctx, till.RuleChange{Name: "rounding", Rule: till.Rounding{Mode: money.Up, Level: till.PerUnit}}))
	did("metadata", s.Staff.Because("they called").SetOrderMetadata(s.Ctx, order.ID(), till.Metadata{"parcel": "7"}))
	draft, err := s.Staff.Because("by telephone").NewDraft(s.Ctx, till.DraftRequest{Customer: in.Person(), Lines: []till.DraftLine{
		{Item: till.Item{SKU: "CUP", Quantity: 2, Note: "no lid"}}, {Item: till.Item{SKU: "MUG", Quantity: 1}, Agreed: &till.AgreedPrice{Price: money.MustParsePrice("5.00", money.GBP), Why: "a scratch"}},
	}})
	s.Must("NewDraft", err)
	did("set", draft.Set(s.Ctx, 1, 3))
	drafts, err := s.Staff.Drafts(s.Ctx, till.PageRequest{})
	note("drafts", fmt.Sprintf("%+v", drafts), err)
	quote, err = draft.Quote(s.Ctx)
	note("quote", quote.Explain(), err)
	called, err := draft.Place(s.Ctx, till.CheckoutRequest{Key: "call", Accept: quote.Digest()})
	note("place", nameOf(called), err)
	called, err = draft.Place(s.Ctx, till.CheckoutRequest{Key: "call", Accept: quote.Digest()})
	note("place again", nameOf(called), err)
	did("discard", draft.Discard(s.Ctx))
	_, err = s.Staff.NewDraft(s.Ctx, till.DraftRequest{Lines: []till.DraftLine{{Item: till.Item{SKU: "CUP", Quantity: 1}}}})
	did("a draft that stays", err)
	asked := till.DraftRequest{Customer: in.Person(), Metadata: till.Metadata{"desk": "3"}, Lines: []till.DraftLine{
		{Item: till.Item{SKU: "MUG", Quantity: 1, Note: "no handle"}}, {Item: till.Item{SKU: "MUG", Quantity: 1}, Agreed: &till.AgreedPrice{Price: money.MustParsePrice("4.00", money.GBP), Why: "a scratch"}},
	}}
	quote, err = s.Staff.QuoteOrder(s.Ctx, asked)
	note("quote of an order", quote.Explain(), err)
	for _, what := range []string{"place at once", "place at once again"} {
		called, err = s.Staff.PlaceOrder(s.Ctx, asked, till.CheckoutRequest{Key: "call", Accept: quote.Digest()})
		note(what, nameOf(called), err)
	}
	asked.Lines[0].Note = "no lid"
	_, err = s.Staff.PlaceOrder(s.Ctx, asked, till.CheckoutRequest{Key: "call", Accept: quote.Digest()})
	did("place another with the same key", err)
	did("e-mail", in.ChangeEmail(s.Ctx, till.EmailChange{Email: "b@example.com", Password: registration.Password}))
	did("password", in.ChangePassword(s.Ctx, till.PasswordChange{Old: registration.Password, New: "a sentence of another kind"}))
	did("delete", s.Staff.DeleteProduct(s.Ctx, "MUG"))
	did("add what is gone", in.Add(s.Ctx, till.Item{SKU: "MUG", Quantity: 1}))
	for _, q := range []till.OrderQuery{{}, {Number: order.Number()}, {Email: "ada@example.com"}, {SKU: "CUP", Status: till.OrderPlaced}, {Person: in.Person()}, {Status: till.OrderOpened}} {
		page, err := s.Staff.Orders(s.Ctx, q)
		note("orders", fmt.Sprintf("%+v", page), err)
	}
	accounts, err := s.Staff.Customers(s.Ctx, till.CustomerQuery{})
	note("customers", fmt.Sprintf("%+v", accounts), err)
	messages, err := s.Staff.Messages(s.Ctx, till.PageRequest{})
	note("messages", messages, err)
	confirmation, err := in.Confirmation(s.Ctx, order.ID())
	note("confirmation", confirmation.Text(), err)
	did("sign out", in.SignOut(s.Ctx))
	did("erase", s.Staff.Erase(s.Ctx, guest.Person()))
	s.Clock.pass(100 * 24 * time.Hour)
	done, err := s.Shop.Maintain(s.Ctx)
	note("maintain", done, err)
	return b.String()
}
