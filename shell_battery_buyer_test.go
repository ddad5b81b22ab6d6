package till_test

import (
	"math"
	"strings"

	"github.com/tillkit/till"
)

// lineNumbers are those of no line of the cart.
func lineNumbers(put puts[int]) []wrong {
	return each(till.ErrNotFound, "line", put, map[string]int{"none": 0, "of before": 1, "of a line to come": 3, "less than none": -1, "the most": math.MaxInt, "the least": math.MinInt})
}

// orders are ids of no order, and of one that is somebody else's: each is answered alike.
func orders(theirs bool) []wrong {
	wrongs := join(
		one(till.ErrNotFound, `no order ""`, "none", arg[till.OrderID](0), till.OrderID{}),
		made(till.ErrNotFound, "no order ", "of nothing", arg[till.OrderID](0), nobody[till.Order]))
	if theirs {
		wrongs = append(wrongs, made(till.ErrNotFound, "no order ", "another's", arg[till.OrderID](0), func(d *desk) till.OrderID { return d.theirs.ID() })...)
	}
	return wrongs
}

// agreedTo gives the request that agrees to the cart as it is.
func agreedTo(d *desk) []any { return []any{d.agreed(d.buyer, "now")} }

func buyerRows() []row {
	mine := func(d *desk) []any { return []any{d.order()} }
	item := func(args []any, change func(*till.Item)) {
		i := args[0].(till.Item)
		change(&i)
		args[0] = i
	}
	return []row{
		{on: "Buyer.Cart"},
		{
			on: "Buyer.Add", also: TestShellRefuses, writes: true, args: argsOf(till.Item{SKU: "MUG", Quantity: 1}),
			wrong:  items("items[0]", item),
			serves: all, leaves: func(d *desk, _ []any) { d.same("in the cart", d.quantities(d.buyer), []int64{2 + all}) },
		},
		{
			on: "Buyer.Set", writes: true, args: argsOf(deskLine, int64(5)),
			wrong:  join(lineNumbers(arg[int](0)), quantities("quantity", arg[int64](1))),
			serves: all, leaves: func(d *desk, _ []any) { d.same("in the cart", d.quantities(d.buyer), []int64{5}) },
		},
		{
			on: "Buyer.Remove", writes: true, args: argsOf(deskLine),
			wrong: lineNumbers(arg[int](0)),
			// The line goes once.
			serves: 1, others: till.ErrNotFound, leaves: func(d *desk, _ []any) { d.same("in the cart", d.quantities(d.buyer), []int64(nil)) },
		},
		{
			on: "Buyer.SetMetadata", writes: true, args: argsOf(till.Metadata{"gift": "yes"}), wrong: metadatas(arg[till.Metadata](0)),
			serves: all, leaves: func(d *desk, _ []any) {
				d.same("metadata", must(d.buyer.Cart(d.ctx)).Metadata(), till.Metadata{"gift": "yes"})
			},
		},
		{on: "Buyer.Quote"},
		{on: "Buyer.Plan", args: agreedTo, wrong: checkouts(0)},
		{
			on: "Buyer.Checkout", also: TestShellRefuses, writes: true, args: agreedTo, wrong: append(checkouts(0),
				one(till.ErrExists, `key "click"`, "of another checkout", in(0, func(r *till.CheckoutRequest, v string) { r.Key = v }), "click")...),
			// One order is placed, and all are told of that one.
			serves: all, leaves: func(d *desk, placed []any) {
				again := 0
				for _, v := range placed {
					d.same("order", v.(till.Order).ID(), placed[0].(till.Order).ID())
					if v.(till.Order).Replayed() {
						again++
					}
				}
				d.same("answered with what was placed", again, all-1)
				d.same("in the cart", d.quantities(d.buyer), []int64(nil))
				d.same("stock", d.stock("MUG"), [2]int64{98, 2})
			},
		},
		{on: "Buyer.Order", args: mine, wrong: orders(true)},
		{on: "Buyer.Orders", args: argsOf(till.PageRequest{}), wrong: pages(arg[till.PageRequest](0))},
		{on: "Buyer.Confirmation", args: mine, wrong: orders(true)},
		{
			// Whoever has signed out has signed out.
			on: "Buyer.SignOut", writes: true, serves: all, leaves: func(d *desk, _ []any) {
				_, err := d.shop.Buyer(d.ctx, d.buyer.Token())
				d.same("the session", err.Error(), "till: the session has ended: no such session")
			},
		},
	}
}

func customerRows() []row {
	another := "another sentence of mine"
	passwords := map[string]string{"none": "", "wrong": "no sentence of mine", "a megabyte": megabyte, "not UTF-8": "\xff"}
	return []row{
		{on: "Customer.Account"},
		{on: "Customer.Profile"},
		{
			on: "Customer.ChangeProfile", writes: true, args: argsOf(till.Contact{Name: "Ada Lovelace", Phone: "1815"}),
			wrong: join(
				needed("name", till.MaxContact, in(0, func(c *till.Contact, v string) { c.Name = v })),
				contacts("", partOf(func(c *till.Contact) *till.Contact { return c })),
				each(till.ErrInvalid, "email", in(0, func(c *till.Contact, v string) { c.Email = v }), map[string]string{"another": "eve@example.com", "in other case": "ADA@example.com", "none": "@"}),
			),
			serves: all, leaves: func(d *desk, _ []any) { d.same("name", must(d.customer.Profile(d.ctx)).Name, "Ada Lovelace") },
		},
		{
			on: "Customer.ChangeEmail", writes: true, args: argsOf(till.EmailChange{Email: "lovelace@example.com", Password: stallPassword}),
			wrong: join(
				emails("email", in(0, func(r *till.EmailChange, v string) { r.Email = v })),
				one(till.ErrExists, "bob@example.com", "somebody's", in(0, func(r *till.EmailChange, v string) { r.Email = v }), "bob@example.com"),
				each(till.ErrCredentials, "password", in(0, func(r *till.EmailChange, v string) { r.Password = v }), passwords),
			),
			serves: all, leaves: func(d *desk, _ []any) {
				d.signsIn("lovelace@example.com", stallPassword)
				_, err := d.shop.SignIn(d.ctx, till.SignIn{Email: "ada@example.com", Password: stallPassword})
				d.refuses(till.ErrCredentials, "", func() error { return err })
			},
		},
		{
			on: "Customer.ChangePassword", writes: true, args: argsOf(till.PasswordChange{Old: stallPassword, New: another}),
			wrong: join(
				each(till.ErrInvalid, "password", in(0, func(r *till.PasswordChange, v string) { r.New = v }), map[string]string{
					"none": "", "short": "fourteen chars", "a megabyte": megabyte, "not UTF-8": strings.Repeat("a\xff", 20), "the e-mail address": "ADA@example.com",
				}),
				each(till.ErrCredentials, "password", in(0, func(r *till.PasswordChange, v string) { r.Old = v }), passwords),
			),
			// The password of all but one is the old one by then.
			serves: 1, others: till.ErrCredentials, leaves: func(d *desk, _ []any) { d.signsIn("ada@example.com", another) },
		},
		{
			// The session of some has ended before they ask.
			on: "Customer.SignOutEverywhere", writes: true, least: 1, others: till.ErrSession, leaves: func(d *desk, _ []any) {
				_, err := d.shop.Customer(d.ctx, d.customer.Token())
				d.refuses(till.ErrSession, "", func() error { return err })
			},
		},
	}
}
