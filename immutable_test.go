package till

import (
	"reflect"
	"testing"
)

// buyer is a contact as people give it.
func buyer() Contact {
	return Contact{
		Name: "Ada Byron", Email: "Ada@Example.com", Phone: "+44 20 7946 0000",
		Billing:  Address{Street: "12 St James's Square", City: "London", Postcode: "SW1Y 4JH", Country: "GB"},
		Shipping: Address{Name: "C. Babbage", Company: "Engines Ltd", Street: "1 Dorset Street", Street2: "Back yard", City: "London", Region: "Kent", Postcode: "W1U 4EG", Country: "GB"},
		Notes:    map[int]string{1: "Please wrap it.\nThank you."},
	}
}

// scribble writes over everything that a value lets its holder write to.
func scribble(v reflect.Value) {
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			scribble(v.Index(i))
			v.Index(i).SetZero()
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			scribble(v.MapIndex(k))
			v.SetMapIndex(k, reflect.Value{})
		}
	case reflect.Pointer:
		if !v.IsNil() {
			scribble(v.Elem())
			v.Elem().SetZero()
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				scribble(v.Field(i))
			}
		}
	}
}

// TestGettersGiveCopies calls every method without arguments of every type of value,
// writes over what it gives, and looks whether the value still reads the same.
func TestGettersGiveCopies(t *testing.T) {
	o := smallOrder()
	shop := smallShop()
	account := must3(RegisterAccount(on(0), NewAccount{ID: testID[Person](1), Contact: "1", Password: true, Metadata: Metadata{"k": "v"}}))
	cart := must(cartOf(Item{SKU: "MUG", Quantity: 1, Metadata: Metadata{"k": "v"}}).WithMetadata(Metadata{"k": "v"}))
	cart = must(cart.AddAgreed(Item{SKU: "MUG", Quantity: 1}, Agreement{Price: gbp("1"), By: "staff"}))
	values := []any{
		o, shop, *shop.product("SHIRT-L"), *shop.pricesOf("SHIRT-L", inPounds), account, cart,
		must(cart.Quote(shop, Terms{}, jan(11))), must3(Terms{}.Change(on(0), RuleChange{Name: "rounding", Rule: usualRounding})),
		shop.product("MUG").Listing("MUG"), o.Reasons(),
	}
	called := 0
	for _, v := range values {
		before := stateText(v)
		r := reflect.ValueOf(v)
		for i := range r.NumMethod() {
			name := r.Type().Method(i).Name
			if r.Type().Method(i).Type.NumIn() != 1 || r.Type() == reflect.TypeFor[Reason]() {
				continue
			}
			called++
			for _, out := range r.Method(i).Call(nil) {
				if name == "Entries" { // the payloads are the caller's to read, as it says
					clear(out.Interface().([]Entry))
					continue
				}
				scribble(out)
			}
			if stateText(v) != before {
				t.Errorf("%s.%s gives memory of the value itself", r.Type(), name)
			}
		}
	}
	t.Logf("%d methods of %d values", called, len(values))
	for _, c := range []struct {
		name string
		of   any
		give any
	}{
		{"Product.Variant", *shop.product("SHIRT-L"), func() Variant { v, _ := shop.product("SHIRT-L").Variant("SHIRT-L"); return v }()},
		{"Catalog.Offer", shop, must(shop.Offer(OfferRequest{SKU: "SHIRT-L", List: inPounds}, jan(11)))},
		{"Catalog.Product", shop, func() Description { p, _ := shop.Product("SHIRT-L"); return p.Description() }()},
		{"Order.Confirmation", o, o.Confirmation(buyer())},
		{"Compare", cart, Compare(must(cart.Quote(shop, Terms{}, jan(1))), Quote{})},
	} {
		before := stateText(c.of)
		scribble(reflect.ValueOf(c.give))
		if stateText(c.of) != before {
			t.Errorf("%s gives memory of the value itself", c.name)
		}
	}
}

// TestArgumentsAreCopied: what was passed in can be written to afterwards.
func TestArgumentsAreCopied(t *testing.T) {
	shop := smallShop()
	d := shop.product("SHIRT-L").Description()
	d.Collections, d.Attributes, d.Images = []string{"c"}, map[string][]string{"a": {"b"}}, []Image{{Address: "/a"}}
	p := must3(AddProduct(on(0), testID[Product](1), d))
	skus := make([]SKU, 1, 9)
	skus[0] = "SHIRT-L"
	listed := must3(p.List(on(1), 0, skus...))
	all := must3(p.List(on(1), 0, skus[:0]...))
	if skus[0] != "SHIRT-L" || skus[:2][1] != "" {
		t.Errorf("List wrote to its arguments: %v", skus[:2])
	}
	revised := must3(p.Revise(on(1), func() Description { d := d; d.Handle = "x"; return d }()))
	data := Metadata{"k": "v"}
	account := must3(RegisterAccount(on(0), NewAccount{ID: testID[Person](1), Contact: "1", Password: true, Metadata: data}))
	moved := must3(account.SetMetadata(on(1), Metadata{"l": "w"}))
	order := must3(smallOrder().SetMetadata(on(30), data))
	agreed := &Agreement{Price: gbp("1"), By: "staff"}
	item := Item{SKU: "MUG", Quantity: 1, Metadata: data}
	cart := must(must(cartOf(item).AddAgreed(item, *agreed)).WithMetadata(data))
	contact := buyer()
	confirmation := smallOrder().Confirmation(contact)
	products, prices := []Product{p}, []Prices{priced("MUG", "1")}
	catalog := must(NewCatalog(products, prices))
	values := []any{p, listed, all, revised, account, moved, order, cart, confirmation, catalog}
	var before []string
	for _, v := range values {
		before = append(before, stateText(v))
	}
	for _, v := range []any{&d, skus, data, agreed, &item, contact.Notes, products, prices} {
		scribble(reflect.ValueOf(v))
	}
	for i, v := range values {
		if stateText(v) != before[i] {
			t.Errorf("%T (%d) shares memory with what it was made from", v, i)
		}
	}
}

// branches checks that of every value of a long chain two futures can be made, and
// both are right.
func branches[S any](t *testing.T, what string, s S, next func(s S, i int) S) {
	t.Helper()
	for i := range 20 {
		before := stateText(s)
		a := next(s, 100+i)
		made := stateText(a)
		b := next(s, 200+i)
		if stateText(a) != made || stateText(s) != before || stateText(b) == made {
			t.Errorf("%s: two values made from revision %d share memory", what, i)
		}
		s = next(s, i)
		if stateText(a) != made {
			t.Errorf("%s: three values made from revision %d share memory", what, i)
		}
	}
}

func TestTwoFutures(t *testing.T) {
	branches(t, "base price", must(NewPrices("MUG", inPounds)), func(p Prices, i int) Prices {
		return must3(p.Change(on(i), PriceChange{Price: gbp("1")}))
	})
	branches(t, "sale price", must(NewPrices("MUG", inPounds)), func(p Prices, i int) Prices {
		return must3(p.Change(on(i), PriceChange{Price: gbp("1"), Sale: true, MinQuantity: 5}))
	})
	branches(t, "tier", must(NewPrices("MUG", inPounds)), func(p Prices, i int) Prices {
		return must3(p.Change(on(0), PriceChange{Price: gbp("1"), MinQuantity: int64(1 + i)}))
	})
	branches(t, "listing", product(1, "mug", "A", "B"), func(p Product, i int) Product { return must3(p.List(on(i), 0, "B")) })
	branches(t, "deletion", product(1, "mug", "A"), func(p Product, i int) Product {
		if p.ExistsAt(jan(i)) {
			return must3(p.Delete(on(i), 0))
		}
		return must3(p.Restore(on(i), 0))
	})
	branches(t, "order", smallOrder(), func(o Order, i int) Order { return must3(o.SetMetadata(on(30+i), Metadata{"k": jan(i).String()})) })
	branches(t, "account", must3(RegisterAccount(on(0), NewAccount{ID: testID[Person](1), Contact: "1", Password: true})), func(a Account, i int) Account { return must3(a.SetPassword(on(i))) })
}
