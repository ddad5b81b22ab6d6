package till_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
)

// Promotions begin and end by the clock, with nobody at work: what was agreed to before is
// not what it costs after, to the microsecond.
func TestShellRulesOfTheClock(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "10.00", 1000)
		begins := s.clock.instant().Add(time.Hour)
		sale := till.Promotion{Label: "Sale", Action: till.PercentOff(percent("10"))}
		s.rules(
			till.RuleChange{Name: "sale", Rule: sale, From: begins},
			till.RuleChange{Name: "sale", Rule: till.Promotion{}, From: begins.Add(time.Hour), Mark: till.Clear},
		)
		g := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
		r := s.agreed(g.Buyer, "click")
		drifts := func(kind till.DifferenceKind, total string) {
			t.Helper()
			_, err := g.Checkout(s.ctx, r)
			drift, ok := errors.AsType[*till.DriftError](err)
			if !ok || !slices.Contains(kindsOf(drift.Differences), kind) || drift.Quote.Total().String() != total {
				t.Fatalf("at %s: %v", s.clock.instant(), err)
			}
		}
		s.clock.pass(time.Hour - time.Microsecond)
		s.same("before", s.total(g.Buyer), "10.00 GBP")
		s.clock.pass(time.Microsecond)
		s.same("in the first microsecond", s.total(g.Buyer), "9.00 GBP")
		drifts(till.PromotionBegan, "9.00 GBP")
		r = s.agreed(g.Buyer, "click")
		s.clock.pass(time.Hour - time.Microsecond)
		s.same("in the last microsecond", s.total(g.Buyer), "9.00 GBP")
		s.clock.pass(time.Microsecond)
		drifts(till.PromotionEnded, "10.00 GBP")
		s.sound()
	})
}

// Each code of a cart is answered, whatever it is good for.
func TestShellRulesOfCodes(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "10.00", 1000)
		s.promote("applied", func(p *till.Promotion) { p.If.Code = "APPLIED"; p.Group = "one" })
		s.promote("excluded", func(p *till.Promotion) { p.If.Code = "EXCLUDED"; p.Group = "one"; p.Priority = 1 })
		s.promote("minimum", func(p *till.Promotion) {
			p.If.Code, p.If.Minimum = "MINIMUM", []money.Amount{sterling("100.00")}
		})
		s.promote("quantity", func(p *till.Promotion) { p.If.Code = "QUANTITY"; p.If.MinQuantity = 10 })
		s.promote("group", func(p *till.Promotion) { p.If.Code = "GROUP"; p.If.Groups = []string{"staff"} })
		s.promote("first", func(p *till.Promotion) { p.If.Code = "FIRST"; p.If.FirstOrder = true })
		s.promote("used", func(p *till.Promotion) { p.If.Code = "USED"; p.Each = 1 })
		s.promote("used-up", func(p *till.Promotion) { p.If.Code = "GONE"; p.Uses = 1 })
		s.promote("nothing", func(p *till.Promotion) { p.If.Code = "NOTHING"; p.Of.SKUs = []till.SKU{"CUP"} })
		s.promote("ended", func(p *till.Promotion) { p.If.Code = "ENDED" })
		s.rules(ends("ended", till.Promotion{}))

		ada := s.member("ada@example.com")
		all := []string{"applied", "Excluded", "minimum", "quantity", "group", "first", "used", "gone", "nothing", "ended", "typo"}
		fill := func() {
			s.must(ada.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}))
			for _, code := range all {
				s.must(ada.AddCode(s.ctx, code))
			}
		}
		want := map[string]till.CodeReason{
			"APPLIED": till.CodeApplied, "EXCLUDED": till.CodeExcluded, "MINIMUM": till.CodeMinimum, "QUANTITY": till.CodeQuantity,
			"GROUP": till.CodeGroup, "FIRST": till.CodeApplied, "USED": till.CodeApplied, "GONE": till.CodeApplied,
			"NOTHING": till.CodeNothing, "ENDED": till.CodeUnknown, "TYPO": till.CodeUnknown,
		}
		fill()
		s.same("before", answers(must(ada.Quote(s.ctx))), want)
		order := s.buys(ada.Buyer, "click")
		var uses []string
		for _, u := range order.Uses() {
			uses = append(uses, u.Promotion)
		}
		s.same("what the order uses", uses, []string{"first", "used", "used-up"})
		for _, word := range []string{"TYPO", "ENDED", "MINIMUM"} {
			for _, entry := range order.Entries() {
				if strings.Contains(string(entry.Payload), word) {
					t.Errorf("the order keeps the code %s, which took nothing off", word)
				}
			}
		}
		s.same("codes of the cart that was bought", len(must(ada.Cart(s.ctx)).Codes()), 0)
		fill()
		want["FIRST"], want["USED"], want["GONE"] = till.CodeFirstOrder, till.CodeUsed, till.CodeUsedUp
		s.same("after", answers(must(ada.Quote(s.ctx))), want)
		s.sound()
	})
}

// A gift is taken from stock with what was bought. Where there is none left none is given,
// and who has seen one is told.
func TestShellRulesOfGifts(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "10.00", 1000)
		s.sells("STICKER", "0.80", 5)
		gift := till.Promotion{Label: "A sticker", Action: till.Gift("STICKER", 2), If: till.Conditions{MinQuantity: 2}}
		s.rules(rule("sticker", gift))
		s.same("one mug", s.buys(s.visitor(till.Item{SKU: "MUG", Quantity: 1}).Buyer, "k").Demand(), []till.Demand{{SKU: "MUG", Quantity: 1}})
		for range 2 {
			order := s.buys(s.visitor(till.Item{SKU: "MUG", Quantity: 2}).Buyer, "k")
			s.same("two mugs", order.Demand(), []till.Demand{{SKU: "MUG", Quantity: 2}, {SKU: "STICKER", Quantity: 2}})
			s.same("what they cost", order.Total().String(), "20.00 GBP")
			s.must(order.Verify())
		}
		s.same("stickers", s.stock("STICKER"), [2]int64{1, 4})
		s.leasesNumbers("MUG")
		g := s.visitor(till.Item{SKU: "MUG", Quantity: 2})
		r := s.agreed(g.Buyer, "k") // there is one sticker, which is not given
		order := must(g.Checkout(s.ctx, r))
		s.same("with too few stickers", len(order.Lines()), 1)

		// One is not given that others have taken since it was seen.
		s.must(s.staff.MoveStock(s.ctx, till.StockChange{SKU: "STICKER", Kind: till.Received, Quantity: 1}))
		g = s.visitor(till.Item{SKU: "MUG", Quantity: 2})
		seen := must(g.Quote(s.ctx))
		s.same("what was seen", len(seen.Lines()), 2)
		r = s.agreed(g.Buyer, "k")
		r.Seen = &seen
		s.buys(s.visitor(till.Item{SKU: "STICKER", Quantity: 1}).Buyer, "k")
		s.leasesNumbers("MUG")
		var drift *till.DriftError
		for what, try := range map[string]func() error{
			"a plan":     func() error { _, err := g.Plan(s.ctx, r); return err },
			"a checkout": func() error { _, err := g.Checkout(s.ctx, r); return err },
		} {
			if err := s.refuses(till.ErrConflict, "A sticker", try); !errors.As(err, &drift) || len(drift.Quote.Lines()) != 1 {
				t.Errorf("%s without stickers: %v", what, err)
			}
		}
		r.Accept, r.Seen = drift.Quote.Digest(), &drift.Quote
		s.same("what is placed without", len(must(g.Checkout(s.ctx, r)).Lines()), 1)

		s.must(s.staff.MoveStock(s.ctx, till.StockChange{SKU: "STICKER", Kind: till.Received, Quantity: 5}))
		s.must(s.staff.DeleteProduct(s.ctx, "STICKER")) // what cannot be bought is not given
		order = s.buys(s.visitor(till.Item{SKU: "MUG", Quantity: 2}).Buyer, "k")
		s.same("without the article", len(order.Lines()), 1)
		s.must(s.staff.RestoreProduct(s.ctx, "STICKER"))
		s.rules(ends("sticker", gift))
		s.buys(s.visitor(till.Item{SKU: "MUG", Quantity: 2}).Buyer, "k")
		s.reconciles()
	})
}

// Of twenty who accept the same three gifts, three get one; the others are told what it
// costs without, and can have that.
func TestShellRulesOfTheLastGifts(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		const crowd, gifts = 20, 3
		s := newStall(t, db)
		s.sells("MUG", "10.00", 1000)
		s.sells("STICKER", "0.80", gifts)
		s.leasesNumbers("MUG")
		s.rules(rule("sticker", till.Promotion{Label: "A sticker", Action: till.Gift("STICKER", 1)}))
		var guests []*till.Guest
		var rs []till.CheckoutRequest
		for i := range crowd {
			g := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
			guests, rs = append(guests, g), append(rs, s.agreed(g.Buyer, fmt.Sprint(i)))
			s.same("what is accepted", len(rs[i].Seen.Lines()), 2)
		}
		given := 0
		for i, err := range atOnce(crowd, func(i int) error { _, err := guests[i].Checkout(s.ctx, rs[i]); return err }) {
			if err == nil {
				given++
				continue
			}
			drift, ok := errors.AsType[*till.DriftError](err)
			if !ok {
				t.Fatal(err)
			}
			rs[i].Accept, rs[i].Seen = drift.Quote.Digest(), &drift.Quote
			order := must(guests[i].Checkout(s.ctx, rs[i]))
			s.same("what the others get", order.Demand(), []till.Demand{{SKU: "MUG", Quantity: 1}})
		}
		s.same("gifts", given, gifts)
		s.same("stickers", s.stock("STICKER"), [2]int64{0, gifts})
		s.reconciles()
	})
}

// The rules as of an instant are those of then, and what has been recorded of them since is
// told, whole.
func TestShellRulesOfBefore(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.day(2)
		s.rules(rule("vat", till.TaxRate{Label: "VAT", Rate: percent("17.5")}), rule("home", till.Home{Country: "GB"}))
		s.day(4)
		s.must(s.staff.Because("the budget").ChangeRules(s.ctx, till.RuleChange{Name: "vat", Rule: till.TaxRate{Label: "VAT", Rate: percent("20")}, From: june(10)}))
		s.day(6)
		free := parcel
		free.Zone = ""
		s.rules(till.RuleChange{Name: "vat", Rule: till.TaxRate{}, From: june(10), Mark: till.Retract}, rule("parcel", free))
		s.day(8)
		s.rules(ends("vat", till.TaxRate{}))
		s.day(12)
		rateOf := func(known, at int) string {
			terms := must(s.shop.AsOf(june(known)).Terms(s.ctx))
			is, ok := terms.Rule(till.TaxRate{}, "vat", june(at))
			if !ok {
				return "none"
			}
			return is.(till.TaxRate).Rate.Percent()
		}
		for _, c := range []struct {
			known, at int
			want      string
		}{{1, 30, "none"}, {2, 30, "17.5"}, {3, 1, "none"}, {4, 9, "17.5"}, {5, 11, "20"}, {6, 11, "17.5"}, {8, 7, "17.5"}, {8, 11, "none"}, {11, 9, "none"}} {
			s.same("known on and valid on", [3]any{c.known, c.at, rateOf(c.known, c.at)}, [3]any{c.known, c.at, c.want})
		}
		_, shipped := must(s.shop.AsOf(june(5)).Terms(s.ctx)).Rule(till.ShippingMethod{}, "parcel", june(7))
		s.same("a method that came later", shipped, false)

		told := func(from, to int) []string {
			var all []string
			for c, err := range s.staff.Diff(s.ctx, june(from), june(to)) {
				s.must(err)
				all = append(all, strings.Join([]string{string(c.Kind), c.Rule.Kind, c.Rule.Name, c.Rule.Mark.String(), c.Rule.Note}, " "))
			}
			return all
		}
		s.same("from day 3 to 5", told(3, 5), []string{"rules tax vat set the budget"})
		s.same("from day 5 to 12", told(5, 12), []string{"rules tax vat retract ", "rules tax vat clear ", "rules shipping parcel set "})
		s.same("from day 9 to 12, though one was planned", told(9, 12), []string(nil))
		for c, err := range s.staff.Diff(s.ctx, june(1), june(12)) {
			s.must(err)
			if c.String() == "" {
				t.Errorf("%+v is told in no words", c)
			}
		}
		s.sound()
	})
}
