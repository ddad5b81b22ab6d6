package till_test

import (
	"math"
	"strings"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// argsOf gives arguments that are the same on every desk.
func argsOf(args ...any) func(*desk) []any {
	return func(*desk) []any { return append([]any(nil), args...) }
}

// all is how many of a crowd are served where nobody is in another's way.
const all = deskCrowd

func shopRows() []row {
	pageArg, skuArg := arg[till.PageRequest](0), arg[till.SKU](0)
	return []row{
		{on: "Shop.NewGuest", writes: true, serves: all},
		{
			on: "Shop.Guest", args: func(d *desk) []any { return []any{d.guest.Token()} },
			wrong: tokens(func(d *desk) till.Token { return d.customer.Token() }),
		},
		{
			on: "Shop.Customer", args: func(d *desk) []any { return []any{d.customer.Token()} },
			wrong: tokens(func(d *desk) till.Token { return d.guest.Token() }),
		},
		{
			on: "Shop.Buyer", args: func(d *desk) []any { return []any{d.customer.Token()} },
			wrong: tokens(func(d *desk) till.Token { return till.Token(strings.ToLower(string(d.customer.Token()))) }),
		},
		{
			on: "Shop.Register", also: TestShellRefuses, writes: true,
			args: argsOf(till.Registration{Name: "Eve", Email: "eve@example.com", Password: stallPassword}),
			wrong: join(
				needed("name", till.MaxContact, in(0, func(r *till.Registration, v string) { r.Name = v })),
				emails("email", in(0, func(r *till.Registration, v string) { r.Email = v })),
				one(till.ErrInvalid, "email", "none", in(0, func(r *till.Registration, v string) { r.Email = v }), ""),
				each(till.ErrInvalid, "password", in(0, func(r *till.Registration, v string) { r.Password = v }), map[string]string{
					"none": "", "short": "fourteen chars", "a megabyte": strings.Repeat("long password ", 1<<16), "not UTF-8": strings.Repeat("a\xff", 20), "the e-mail address": "eve@example.com",
				}),
				contacts("", partOf(func(r *till.Registration) *till.Contact { return &r.Contact })),
			),
			// Nobody is told that another was faster.
			serves: all, leaves: func(d *desk, _ []any) {
				page, err := d.staff.Customers(d.ctx, till.CustomerQuery{})
				d.must(err)
				d.same("accounts", len(page.Items), 3) // Ada, Bob and one Eve
			},
		},
		{
			on: "Shop.SignIn", writes: true,
			args: func(d *desk) []any {
				return []any{till.SignIn{Email: "ada@example.com", Password: stallPassword, Guest: d.guest.Token()}}
			},
			wrong: join(
				each(till.ErrCredentials, "e-mail or password", in(0, func(r *till.SignIn, v string) { r.Password = v }), map[string]string{
					"no password": "", "another password": stallPassword + "!", "a megabyte": megabyte, "not UTF-8": "\xff", "NUL": stallPassword + "\x00",
				}),
				each(till.ErrCredentials, "e-mail or password", in(0, func(r *till.SignIn, v string) { r.Email = v }), map[string]string{
					"no e-mail": "", "nobody's e-mail": "eve@example.com", "a disabled account": "bob@example.com", "no address": "ada", "an address of a megabyte": strings.Repeat("a", 1<<20), "an address with NUL": "ada\x00@example.com",
				}),
			),
			serves: all, leaves: func(d *desk, in []any) { // the guest's cart is merged once
				tokens := make(map[till.Token]bool)
				for _, v := range in {
					tokens[v.(till.SignedIn).Token()] = true
				}
				d.same("sessions", len(tokens), all)
				d.same("in the customer's cart", d.quantities(d.customer.Buyer), []int64{4})
				d.same("in the guest's cart", d.quantities(d.guest.Buyer), []int64(nil))
			},
		},
		{on: "Shop.ProductByHandle", args: argsOf("mug"), wrong: join(
			needed("handle", till.MaxHandle, arg[string](0)),
			each(till.ErrNotFound, "product", arg[string](0), map[string]string{"of no product": "none", "of a deleted product": "gone", "upper case": "MUG"}),
		)},
		{on: "Shop.Products", args: argsOf(till.PageRequest{}), wrong: pages(pageArg)},
		{on: "Shop.Catalog", args: argsOf(till.SKU("MUG"), till.SKU("CUP")), wrong: needed("sku", till.MaxSKU, skuArg)},
		{on: "Shop.Available", args: argsOf(till.SKU("MUG"), till.SKU("CUP")), wrong: skus("sku", skuArg)},
		{on: "Shop.Search", args: argsOf(till.ProductQuery{Text: "mug"}), also: TestShellSearchRefuses, wrong: join(
			productQueries(), sortsAndPages(),
			one(till.ErrInvalid, "status", "for staff", in(0, func(q *till.ProductQuery, s till.OfferStatus) { q.Status = s }), till.OfferDraft),
		)},
		{on: "Shop.Facets", args: argsOf(till.ProductQuery{Text: "mug"}), also: TestShellSearchRefuses, wrong: join(
			productQueries(),
			one(till.ErrInvalid, "status", "for staff", in(0, func(q *till.ProductQuery, s till.OfferStatus) { q.Status = s }), till.OfferDraft),
		)},
		{on: "Shop.LowestPrice", args: argsOf(till.LowestPriceRequest{SKU: "MUG"}), wrong: lowests()},
		{on: "Shop.Check"},
		{
			on: "Shop.Maintain", writes: true, serves: all, leaves: func(d *desk, done []any) {
				sum := till.Maintained{}
				for _, v := range done {
					sum.Sessions += v.(till.Maintained).Sessions
					sum.Carts += v.(till.Maintained).Carts
				}
				d.same("what they did together", sum, till.Maintained{Sessions: 1, Carts: 1})
			},
		},
	}
}

// tokens are those of no session, and one of another kind.
func tokens(other func(*desk) till.Token) []wrong {
	return join(
		each(till.ErrSession, "session", arg[till.Token](0), map[string]till.Token{
			"none": "", "garbage": "garbage", "a megabyte": till.Token(megabyte), "43 letters": till.Token(strings.Repeat("A", 43)), "NUL": till.Token(strings.Repeat("\x00", 43)),
		}),
		made(till.ErrSession, "session", "another", arg[till.Token](0), other))
}

// sortsAndPages are what is wrong with how a search is shown.
func sortsAndPages() []wrong {
	return join(
		each(till.ErrInvalid, "sort", in(0, func(q *till.ProductQuery, v till.ProductSort) { q.Sort = v }), map[string]till.ProductSort{"unknown": "worst", "a megabyte": till.ProductSort(megabyte)}),
		pages(in(0, func(q *till.ProductQuery, p till.PageRequest) { q.PageRequest = p })))
}

// productQueries are what is wrong with a query of products; TestShellSearchRefuses has more.
func productQueries() []wrong {
	price := func(set func(*till.ProductQuery, *money.Price)) puts[money.Price] {
		return in(0, func(q *till.ProductQuery, v money.Price) { set(q, &v) })
	}
	return join(
		one(till.ErrInvalid, "status", "unknown", in(0, func(q *till.ProductQuery, v till.OfferStatus) { q.Status = v }), "sold"),
		names("collection", till.MaxHandle, in(0, func(q *till.ProductQuery, v string) { q.Collection = v })),
		texts("vendor", till.MaxName, in(0, func(q *till.ProductQuery, v string) { q.Vendor = v })),
		needed("attributes.name", till.MaxMetadataKey, in(0, func(q *till.ProductQuery, v string) { q.Attributes = []till.Attribute{{Name: v, Value: "x"}} })),
		needed("attributes.value", till.MaxName, in(0, func(q *till.ProductQuery, v string) { q.Attributes = []till.Attribute{{Name: "x", Value: v}} })),
		one(till.ErrInvalid, "attributes", "too many", in(0, func(q *till.ProductQuery, v []till.Attribute) { q.Attributes = v }), make([]till.Attribute, till.MaxAttributesAsked+1)),
		prices("price", price(func(q *till.ProductQuery, v *money.Price) { q.PriceFrom = v })),
		prices("price", price(func(q *till.ProductQuery, v *money.Price) { q.PriceTo = v })),
		instants("at", in(0, func(q *till.ProductQuery, v till.Instant) { q.At = v })),
		made(till.ErrInvalid, "at", "past", in(0, func(q *till.ProductQuery, v till.Instant) { q.At = v }), func(d *desk) till.Instant { return d.clock.instant() - 1 }))
}

func lists(put puts[till.PriceList]) []wrong {
	return each(till.ErrInvalid, "list", put, map[string]till.PriceList{
		"upper case": {List: "Trade"}, "a path": {List: "a/b"}, "NUL": {List: "a\x00"}, "too long": {List: strings.Repeat("a", 1000)},
	})
}

// lowests are what is wrong with a request for a lowest price.
func lowests() []wrong {
	quantity := in(0, func(r *till.LowestPriceRequest, v int64) { r.Quantity = v })
	return join(
		skus("sku", in(0, func(r *till.LowestPriceRequest, v till.SKU) { r.SKU = v })),
		lists(in(0, func(r *till.LowestPriceRequest, v till.PriceList) { r.List = v })),
		instants("before", in(0, func(r *till.LowestPriceRequest, v till.Instant) { r.Before = v })),
		each(till.ErrInvalid, "window", in(0, func(r *till.LowestPriceRequest, v time.Duration) { r.Window = v }), map[string]time.Duration{
			"below nothing": -1, "less than a microsecond": time.Nanosecond, "the least": math.MinInt64,
		}),
		each(till.ErrInvalid, "quantity", quantity, map[string]int64{"less than none": -1, "too many": till.MaxQuantity + 1, "the most": math.MaxInt64, "the least": math.MinInt64}),
		one(till.ErrNotFound, "MUG", "before there was a price", in(0, func(r *till.LowestPriceRequest, v till.Instant) { r.Before = v }), 1))
}
