package till_test

import (
	"strings"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// What is called with the rules, and with what a cart says beside its lines.

func codes() []wrong {
	return join(texts("code", till.MaxCode, arg[string](0)), one(till.ErrInvalid, "code", "none", arg[string](0), "  "), one(till.ErrInvalid, "code", "two lines", arg[string](0), "a\nb"))
}

func destinations() []wrong {
	return join(
		names("destination.postcode", till.MaxContact, in(0, func(a *till.Address, v string) { a.Postcode = v })),
		names("destination.region", till.MaxContact, in(0, func(a *till.Address, v string) { a.Region = v })),
		each(till.ErrInvalid, "destination.country", in(0, func(a *till.Address, v string) { a.Country = v }), map[string]string{
			"a word": "Britain", "lower case": "gb", "three letters": "GBR", "a megabyte": megabyte,
		}))
}

func words(says string, put puts[string]) []wrong {
	return each(till.ErrInvalid, says, put, map[string]string{
		"upper case": "Trade", "a space": "a b", "NUL": "a\x00b", "not UTF-8": "a\xff", "too long": strings.Repeat("a", 41), "a megabyte": strings.Repeat("a", 1<<20),
	})
}

func currencies() []wrong {
	return each(till.ErrInvalid, "currency", arg[money.Currency](0), map[string]money.Currency{"none": 0, "unknown": 9999})
}

// cartRows are those of what a cart says, of a buyer's or a draft's.
func cartRows(on string, cart func(*desk) till.Cart) []row {
	leaves := func(what string, want any, of func(till.Cart) any) func(*desk, []any) {
		return func(d *desk, _ []any) { d.same(what, of(cart(d)), want) }
	}
	goes := till.Address{Country: "GB", Postcode: "EC1A 1BB"}
	return []row{
		{on: on + ".AddCode", writes: true, args: argsOf("spring"), wrong: codes(), serves: all, leaves: leaves("codes", []string{"OLD", "SPRING"}, func(c till.Cart) any { return c.Codes() })},
		{on: on + ".RemoveCode", args: argsOf("OLD"), writes: true, wrong: join(codes(), one(till.ErrNotFound, `no code "NONE"`, "not there", arg[string](0), "NONE")), serves: 1, others: till.ErrNotFound, leaves: leaves("codes", []string(nil), func(c till.Cart) any { return c.Codes() })},
		{on: on + ".ShipTo", writes: true, args: argsOf(goes), wrong: destinations(), serves: all, leaves: leaves("destination", goes, func(c till.Cart) any { return c.Destination() })},
		{on: on + ".ShipBy", writes: true, args: argsOf("parcel"), wrong: words("delivery", arg[string](0)), serves: all, leaves: leaves("delivery", "parcel", func(c till.Cart) any { return c.Delivery() })},
		{on: on + ".PayIn", writes: true, args: argsOf(money.EUR), wrong: currencies(), serves: all, leaves: leaves("currency", money.EUR, func(c till.Cart) any { return c.List().Currency })},
	}
}

func ruleRows() []row {
	vat := till.RuleChange{Name: "vat", Rule: till.TaxRate{Label: "VAT", Rate: money.MustParsePercent("20")}}
	other := till.RuleChange{Name: "gb", Rule: till.Zone{Countries: []string{"GB"}}}
	change := func(set func(*till.RuleChange)) func(*desk, []any) {
		return func(_ *desk, args []any) {
			c := args[1].(till.RuleChange)
			set(&c)
			args[1] = c
		}
	}
	mine := func(more ...any) func(*desk) []any {
		return func(d *desk) []any { return append([]any{d.customer.Person()}, more...) }
	}
	account := func(d *desk) till.Account { return must(d.staff.Account(d.ctx, d.customer.Person())) }
	trade := till.PriceList{List: "trade", Currency: money.GBP}
	seven := till.PriceChange{Price: money.MustParsePrice("7.00", money.GBP)}
	return []row{
		{
			on: "Staff.ChangeRules", writes: true, args: argsOf(other, vat),
			wrong: join(
				words("name", in(1, func(c *till.RuleChange, v string) { c.Name = v })),
				instants("from", in(1, func(c *till.RuleChange, v till.Instant) { c.From = v })),
				[]wrong{
					{"changes[1]: no rule", till.ErrInvalid, "changes[1].rule", change(func(c *till.RuleChange) { c.Rule = nil })},
					{"changes[1]: no mark", till.ErrInvalid, "changes[1].mark", change(func(c *till.RuleChange) { c.Mark = 9 })},
					{"changes[1]: no label", till.ErrInvalid, "label", change(func(c *till.RuleChange) { c.Rule = till.TaxRate{} })},
					{"changes[1]: none to end", till.ErrNotFound, "changes[1]", change(func(c *till.RuleChange) { c.Mark = till.Clear })},
					{"changes[1]: none to call off", till.ErrInvalid, "changes[1].from", change(func(c *till.RuleChange) { c.Mark = till.Retract })},
				}),
			serves: all, leaves: func(d *desk, _ []any) {
				d.same("revision of the rules", must(d.staff.Terms(d.ctx)).Revision(), int64(2)) // the same again records nothing
			},
		},
		{
			on: "Staff.ChangeListPrice", writes: true, args: argsOf(trade, till.SKU("MUG"), seven),
			wrong: join(
				skus("sku", arg[till.SKU](1)),
				words("list", in(0, func(l *till.PriceList, v string) { l.List = v })),
				each(till.ErrInvalid, "currency", in(0, func(l *till.PriceList, v money.Currency) { l.Currency = v }), map[string]money.Currency{"none": 0, "unknown": 9999}),
				prices("price", in(2, func(c *till.PriceChange, v money.Price) { c.Price = v })),
				instants("from", in(2, func(c *till.PriceChange, v till.Instant) { c.From = v })),
			),
			serves: all, leaves: func(d *desk, _ []any) {
				changes := 0
				for _, err := range d.staff.PriceHistory(d.ctx, "MUG", trade) {
					d.must(err)
					changes++
				}
				d.same("changes", changes, all)
			},
		},
		{
			on: "Staff.SetGroups", writes: true, args: mine("trade", "local"), wrong: join(people("account"), words("groups[0]", arg[string](1))),
			serves: all, leaves: func(d *desk, _ []any) { d.same("groups", account(d).Groups(), []string{"local", "trade"}) },
		},
		{
			on: "Staff.SetTaxStatus", writes: true, args: mine(till.Exempt),
			wrong:  join(people("account"), one(till.ErrInvalid, "tax", "unknown", arg[till.TaxStatus](1), till.TaxStatus(megabyte))),
			serves: all, leaves: func(d *desk, _ []any) { d.same("tax status", account(d).TaxStatus(), till.Exempt) },
		},
	}
}
