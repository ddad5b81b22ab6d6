package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// What there is or may be in a life.
var (
	lifeSKUs    = []till.SKU{"MUG", "CUP", "HAT", "SHIRT-S", "SHIRT-M", "SHIRT-L"}
	lifeHandles = []string{"mug", "cup", "hat", "shirt", "blouse", "beaker"}
	lifeEmails  = []string{"ada@example.com", "bob@example.com", "cem@example.com"}
	lifeAhead   = []time.Duration{0, time.Hour, 5 * 24 * time.Hour, 25 * 24 * time.Hour}
)

// life is a shop in which things happen at random.
type life struct {
	*stand
	*rand.Rand
	seed   uint64
	people []till.PersonID // customers and guests
	placed []till.Order
	froms  []till.Instant // from which something was said to be valid
	erased till.Instant   // when somebody was erased last
}

func newLife(s *stand, seed uint64) *life {
	return &life{stand: s, Rand: rand.New(randomFrom(seed)), seed: seed}
}

// pass lets a while pass, never none.
func (l *life) pass() {
	most := choice(l, time.Microsecond, time.Hour, 2*24*time.Hour)
	l.Clock.pass(time.Microsecond + time.Duration(l.Int64N(int64(most))))
}

// day lets a few things happen, each at an instant of its own.
func (l *life) day() {
	l.Helper()
	for range 1 + l.IntN(15) {
		l.pass()
		l.step()
	}
}

// step does one thing that the shop does not refuse.
func (l *life) step() {
	l.Helper()
	does := []func() error{
		l.adds, l.puts, l.reprices, l.reprices, l.reprices, l.revises, l.revises, l.lists, l.lists, l.deletes,
		l.restores, l.moves, l.moves, l.sells, l.sells, l.sells, l.registers, l.changesPeople, l.changesPeople, l.rounds, l.marks,
		l.changesRules, l.changesRules, l.sells, l.sells, l.pricesLists, l.classes, l.calls, l.calls,
	}
	for range 1000 {
		err := does[l.IntN(len(does))]()
		if err == nil {
			return
		}
		refused := false
		for _, is := range []error{till.ErrInvalid, till.ErrConflict, till.ErrExists, till.ErrNotFound, till.ErrShort, till.ErrUnavailable} {
			refused = refused || errors.Is(err, is)
		}
		if !refused {
			l.Stopf("seed %d: %v", l.seed, err)
		}
	}
	l.Stopf("seed %d: everything is refused", l.seed)
}

func choice[T any](l *life, from ...T) T { return from[l.IntN(len(from))] }

// sku gives an article, some of them more often.
func (l *life) sku() till.SKU {
	return choice(l, append(lifeSKUs, "MUG", "MUG", "SHIRT-S", "SHIRT-S")...)
}

// when gives an instant to be valid from: now, one of before, in the past or planned.
func (l *life) when() till.Instant {
	switch l.IntN(4) {
	case 0:
		return 0
	case 1:
		if len(l.froms) > 0 {
			return choice(l, l.froms...)
		}
	}
	from := l.Clock.instant().Add(time.Duration(l.IntN(60*24)-20*24) * time.Hour)
	l.froms = append(l.froms, from)
	return from
}

func (l *life) mark() till.Mark { return choice(l, till.Set, till.Set, till.Clear, till.Retract) }

func (l *life) figure() string { return fmt.Sprintf("%d.%02d", l.IntN(30), l.IntN(100)) }

func (l *life) price() money.Price { return money.MustParsePrice(l.figure(), money.GBP) }

func (l *life) adds() error {
	return l.Staff.AddProduct(l.Ctx, till.NewProduct{
		SKU: choice(l, lifeSKUs[:3]...), Name: "Blue", Price: l.figure(), OnHand: l.Int64N(9),
		Stock: choice(l, till.DenyBackorder, till.AllowBackorder(2), till.NotTracked),
	})
}

func (l *life) puts() error {
	spec := till.ProductSpec{Description: till.Description{
		Handle: choice(l, "shirt", "blouse"), Words: map[till.Locale]till.Words{"": {Name: "Shirt"}, "de": {Name: "Hemd"}}, Options: []string{"Size"},
	}}
	for _, sku := range lifeSKUs[3:] {
		if l.IntN(3) > 0 {
			price := l.price()
			spec.Variants = append(spec.Variants, till.Variant{SKU: sku, Values: []string{string(sku[6:])}})
			spec.Articles = append(spec.Articles, till.ArticleSpec{SKU: sku, Price: &price, OnHand: l.Int64N(9)})
		}
	}
	_, err := l.Staff.PutProduct(l.Ctx, spec)
	return err
}

func (l *life) reprices() error {
	c := till.PriceChange{Mark: l.mark(), From: l.when(), Sale: l.IntN(2) == 0, MinQuantity: choice[int64](l, 1, 1, 10)}
	if c.Mark == till.Set {
		c.Price = l.price()
	}
	return l.Staff.ChangePrice(l.Ctx, l.sku(), c)
}

func (l *life) revises() error {
	return l.Staff.ReviseProduct(l.Ctx, l.sku(), func(d *till.Description) error {
		switch l.IntN(5) {
		case 0:
			d.Words[""] = till.Words{Name: fmt.Sprint("Name ", l.IntN(100))}
		case 1:
			d.Handle = choice(l, lifeHandles...)
		case 2:
			d.Status = choice(l, till.ProductDraft, till.ProductActive, till.ProductActive, till.ProductArchived)
		case 3:
			d.Variants[0].Stock = choice(l, till.DenyBackorder, till.AllowBackorder(5), till.NotTracked)
		default:
			d.Variants = slices.Delete(d.Variants, 0, 1)
		}
		return nil
	})
}

func (l *life) lists() error {
	return l.Staff.ChangeListing(l.Ctx, till.ListingChange{SKU: l.sku(), Mark: l.mark(), From: l.when()})
}

func (l *life) deletes() error { return l.Staff.DeleteProduct(l.Ctx, l.sku()) }

func (l *life) restores() error { return l.Staff.RestoreProduct(l.Ctx, l.sku()) }

func (l *life) moves() error {
	return l.Staff.MoveStock(l.Ctx, till.StockChange{
		SKU: l.sku(), Kind: choice(l, till.Received, till.Restocked, till.Adjusted), Quantity: l.Int64N(9) - 2,
		Location: choice(l, "", "", "shed"), Reason: "counted",
	})
}

// sells lets a guest order.
func (l *life) sells() error {
	guest, err := l.Shop.NewGuest(l.Ctx)
	if err != nil {
		return err
	}
	for range 1 + l.IntN(2) {
		if err := guest.Add(l.Ctx, till.Item{SKU: l.sku(), Quantity: 1 + l.Int64N(2)}); err != nil {
			return err
		}
	}
	if err := l.says(guest); err != nil {
		return err
	}
	quote, err := guest.Quote(l.Ctx)
	if err != nil {
		return err
	}
	contact := buyer
	contact.Email, contact.Billing.Country = choice(l, lifeEmails...), choice(l, lifeCountries...)
	order, err := guest.Checkout(l.Ctx, till.CheckoutRequest{Key: "click", Accept: quote.Digest(), Contact: contact})
	if err == nil {
		l.Must("Verify", order.Verify())
		l.placed, l.people = append(l.placed, order), append(l.people, order.Person())
	}
	return err
}

func (l *life) registers() error {
	id, err := l.Staff.AddCustomer(l.Ctx, till.NewCustomer{Contact: till.Contact{Name: "Ada Example", Email: choice(l, lifeEmails...)}})
	if err == nil {
		l.people = append(l.people, id)
	}
	return err
}

func (l *life) changesPeople() error {
	if len(l.people) == 0 {
		return till.ErrNotFound
	}
	person := choice(l, l.people...)
	switch l.IntN(5) {
	case 0, 1:
		return l.Staff.DisableCustomer(l.Ctx, person)
	case 2, 3:
		return l.Staff.EnableCustomer(l.Ctx, person)
	}
	if l.seed%2 == 1 {
		return till.ErrNotFound // nobody asks to be forgotten in this one
	}
	l.erased = l.Clock.instant()
	return l.Staff.Erase(l.Ctx, person)
}

func (l *life) rounds() error {
	return l.Staff.ChangeRules(l.Ctx, till.RuleChange{Name: "rounding", Rule: till.Rounding{
		Mode: choice(l, money.HalfEven, money.HalfAwayFromZero), Level: choice(l, till.PerLine, till.PerUnit, till.PerOrder),
	}})
}

// marks gives an order metadata.
func (l *life) marks() error {
	if len(l.placed) == 0 {
		return till.ErrNotFound
	}
	return l.Staff.SetOrderMetadata(l.Ctx, choice(l, l.placed...).ID(), till.Metadata{"picker": fmt.Sprint(l.IntN(100))})
}
