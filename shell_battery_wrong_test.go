package till_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

var megabyte = strings.Repeat("x", 1<<20)

// puts says where in the arguments of an operation a value stands.
type puts[T any] func(args []any, v T)

// arg is an argument itself, by its place behind the context.
func arg[T any](n int) puts[T] { return func(args []any, v T) { args[n] = v } }

// in is a field of an argument.
func in[S, T any](n int, set func(*S, T)) puts[T] {
	return func(args []any, v T) {
		s := args[n].(S)
		set(&s, v)
		args[n] = s
	}
}

// partOf is a part of the first argument, to be changed in any way.
func partOf[S, T any](part func(*S) *T) func([]any, func(*T)) {
	return func(args []any, change func(*T)) {
		s := args[0].(S)
		change(part(&s))
		args[0] = s
	}
}

func join(parts ...[]wrong) []wrong { return slices.Concat(parts...) }

// each makes a way to be wrong of every value.
func each[T any](want error, says string, put puts[T], values map[string]T) []wrong {
	var all []wrong
	for _, name := range slices.Sorted(maps.Keys(values)) {
		v := values[name]
		all = append(all, wrong{says + ": " + name, want, says, func(_ *desk, args []any) { put(args, v) }})
	}
	return all
}

// one is a single wrong value.
func one[T any](want error, says, name string, put puts[T], v T) []wrong {
	return each(want, says, put, map[string]T{name: v})
}

// made is a wrong value that is made of the desk.
func made[T any](want error, says, name string, put puts[T], v func(*desk) T) []wrong {
	return []wrong{{says + ": " + name, want, says, func(d *desk, args []any) { put(args, v(d)) }}}
}

// texts are what no text may be.
func texts[T ~string](says string, most int, put puts[T]) []wrong {
	return each(till.ErrInvalid, says, put, map[string]T{
		"NUL": "a\x00b", "not UTF-8": "a\xffb", "overlong": "a\xc0\x80b", "too long": T(strings.Repeat("x", most+1)), "a megabyte": T(megabyte),
	})
}

// names are what no name may be: one that may be left out has no empty ones.
func names[T ~string](says string, most int, put puts[T]) []wrong {
	return append(texts(says, most, put), each(till.ErrInvalid, says, put, map[string]T{
		"a control character": "a\u0007b", "two lines": "a\nb", "a direction character": "a\u202eb", "space at an end": "a ",
	})...)
}

func needed[T ~string](says string, most int, put puts[T]) []wrong {
	return append(names(says, most, put), one(till.ErrInvalid, says, "empty", put, "")...)
}

// skus are what no SKU may be, and one that nobody has.
func skus(says string, put puts[till.SKU]) []wrong {
	return append(needed(says, till.MaxSKU, put), one(till.ErrNotFound, `"NONE"`, "of no product", put, "NONE")...)
}

func quantities(says string, put puts[int64]) []wrong {
	return each(till.ErrInvalid, says, put, map[string]int64{
		"none": 0, "less than none": -1, "too many": till.MaxQuantity + 1, "the most": math.MaxInt64, "the least": math.MinInt64,
	})
}

// instants are those of no year that counts.
func instants(says string, put puts[till.Instant]) []wrong {
	return each(till.ErrInvalid, says, put, map[string]till.Instant{
		"before the years": till.MinInstant - 1, "after the years": till.MaxInstant + 1, "the least": math.MinInt64, "the greatest": math.MaxInt64,
	})
}

func pages(put puts[till.PageRequest]) []wrong {
	return join(
		each(till.ErrInvalid, "limit", put, map[string]till.PageRequest{
			"less than none": {Limit: -1}, "too many": {Limit: 1001}, "the most": {Limit: math.MaxInt}, "the least": {Limit: math.MinInt},
		}),
		each(till.ErrInvalid, "cursor", put, map[string]till.PageRequest{
			"garbage": {After: "garbage"}, "NUL": {After: "\x00"}, "a megabyte": {After: till.Cursor(strings.Repeat("A", 1<<20))},
		}))
}

func metadatas(put puts[till.Metadata]) []wrong {
	many := make(till.Metadata)
	for i := range till.MaxMetadata + 1 {
		many[fmt.Sprint(i)] = "x"
	}
	return join(
		one(till.ErrInvalid, "metadata", "too many", put, many),
		needed("metadata.key", till.MaxMetadataKey, func(args []any, v string) { put(args, till.Metadata{v: "x"}) }),
		texts("metadata.k", till.MaxMetadataValue, func(args []any, v string) { put(args, till.Metadata{"k": v}) }))
}

// emails are what no address may be; TestShellRefuses has more of them.
func emails(says string, put puts[string]) []wrong {
	return each(till.ErrInvalid, says, put, map[string]string{
		"no @": "ada", "no name": "@example.com", "no domain": "ada@", "a header": "ada@example.com\r\nBcc: eve@example.com",
		"the Kelvin sign": "\u212Aarl@example.com", "too long": strings.Repeat("a", 300) + "@example.com", "NUL": "ada\x00@example.com", "not UTF-8": "ada\xff@example.com",
	})
}

// contacts are what is wrong with what a person says of themselves, but the e-mail
// address; prefix is "" or ends with a dot.
func contacts(prefix string, put func(args []any, change func(*till.Contact))) []wrong {
	field := func(set func(*till.Contact, string)) puts[string] {
		return func(args []any, v string) { put(args, func(c *till.Contact) { set(c, v) }) }
	}
	return join(
		names(prefix+"phone", till.MaxContact, field(func(c *till.Contact, v string) { c.Phone = v })),
		names(prefix+"billing.street", till.MaxContact, field(func(c *till.Contact, v string) { c.Billing.Street = v })),
		names(prefix+"shipping.city", till.MaxContact, field(func(c *till.Contact, v string) { c.Shipping.City = v })),
		each(till.ErrInvalid, prefix+"billing.country", field(func(c *till.Contact, v string) { c.Billing.Country = v }), map[string]string{
			"a word": "Britain", "lower case": "gb", "three letters": "GBR", "digits": "12", "a megabyte": megabyte,
		}))
}

// items are what is wrong with what is put into a cart.
func items(says string, put func(args []any, change func(*till.Item))) []wrong {
	return join(
		skus(says+".sku", func(args []any, v till.SKU) { put(args, func(i *till.Item) { i.SKU = v }) }),
		one(till.ErrUnavailable, "GONE", "deleted", func(args []any, v till.SKU) { put(args, func(i *till.Item) { i.SKU = v }) }, "GONE"),
		quantities(says+".quantity", func(args []any, v int64) { put(args, func(i *till.Item) { i.Quantity = v }) }),
		texts(says+".note", till.MaxNote, func(args []any, v string) { put(args, func(i *till.Item) { i.Note = v }) }),
		texts(says+".metadata.k", till.MaxMetadataValue, func(args []any, v string) {
			put(args, func(i *till.Item) { i.Metadata = till.Metadata{"k": v} })
		}))
}

// checkouts are what is wrong with a request to place an order, which is argument n.
func checkouts(n int) []wrong {
	contact := func(args []any, change func(*till.Contact)) {
		r := args[n].(till.CheckoutRequest)
		change(&r.Contact)
		args[n] = r
	}
	digest := in(n, func(r *till.CheckoutRequest, v till.Digest) { r.Accept = v })
	other := till.Digest(strings.Repeat("0", 64))
	return join(
		needed("key", till.MaxKey, in(n, func(r *till.CheckoutRequest, v string) { r.Key = v })),
		each(till.ErrInvalid, "accept", digest, map[string]till.Digest{"none": "", "short": other[1:], "long": other + "0", "a megabyte": till.Digest(strings.Repeat("0", 1<<20))}),
		one(till.ErrInvalid, "seen", "not what was accepted", digest, other),
		one(till.ErrConflict, "ask again", "another digest", in(n, func(r *till.CheckoutRequest, v till.Digest) { r.Accept, r.Seen = v, nil }), other),
		contacts("contact.", contact),
		emails("contact.email", func(args []any, v string) { contact(args, func(c *till.Contact) { c.Email = v }) }),
		one(till.ErrInvalid, "contact.name", "none", func(args []any, v string) { contact(args, func(c *till.Contact) { c.Name = v }) }, ""),
		names("contact.name", till.MaxContact, func(args []any, v string) { contact(args, func(c *till.Contact) { c.Name = v }) }))
}

// spans are what is wrong with a range of instants.
func spans(from, to puts[till.Instant]) []wrong {
	return join(instants("from", from), instants("to", to),
		one(till.ErrInvalid, "to", "turned round", func(args []any, v till.Instant) { from(args, v+1); to(args, v) }, 1))
}

// prices are what no price of the shop may be; TestShellRefuses has more texts.
func prices(says string, put puts[money.Price]) []wrong {
	return each(till.ErrInvalid, says, put, map[string]money.Price{
		"less than nothing": pounds("-0.01"), "another currency": money.MustParsePrice("1.00", money.EUR), "none": {},
	})
}

func priceTexts(put puts[string]) []wrong {
	return each(till.ErrInvalid, "price", put, map[string]string{
		"none": "", "a word": "free", "less than nothing": "-1", "too many decimals": "1.505", "an exponent": "1e3", "for none": "1/0", "NUL": "1\x00",
		"another currency": "EUR 1", "too great": "99999999999999999999", "a megabyte": strings.Repeat("9", 1<<20),
	})
}
