package till

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"testing"
)

func TestEmailKey(t *testing.T) {
	long := func(n int) string { return strings.Repeat("a", n) }
	domain := strings.Repeat("d", 63) + "." + strings.Repeat("e", 63) + "." // 128
	for _, c := range []struct{ email, want string }{
		{"bob@example.com", "bob@example.com"},
		{"Bob@Example.COM", "bob@example.com"},
		{"BOB+tag@EXAMPLE.com", "bob+tag@example.com"},
		{"a.b.c@d.e.f", "a.b.c@d.e.f"},
		{"!#$%&'*+/=?^_`{|}~-@example.com", "!#$%&'*+/=?^_`{|}~-@example.com"},
		{"a@xn--bcher-kva.example", "a@xn--bcher-kva.example"},
		{long(64) + "@example.com", long(64) + "@example.com"},
		{long(64) + "@" + domain + long(61), long(64) + "@" + domain + long(61)}, // 254 in all

		{"", ""}, {"bob", ""}, {"@", ""}, {"bob@", ""}, {"@example.com", ""}, {"a@b", ""}, {"a@b@c.d", ""}, {"bob@@example.com", ""},
		{long(65) + "@example.com", ""},
		{long(64) + "@" + domain + long(62), ""}, // 255 in all
		{long(10 << 20), ""},
		{"bob\u212a@example.com", ""}, {"\u212aelly@example.com", ""}, // Kelvin sign: ToLower makes it a k
		{"\u0130stanbul@example.com", ""}, {"\u0131@example.com", ""}, // dotted I, dotless i
		{"bob@ex\u0430mple.com", ""},               // Cyrillic a
		{"a\uff20b.com", ""}, {"a@b\uff0ecom", ""}, // full-width @ and dot
		{"a@b.c\r\nBcc: x@y.z", ""}, {"a@b.c\n", ""}, {"a@b.c\r", ""}, {"\na@b.c", ""}, {"a@b.c%0aBcc:", ""},
		{"\"a\r\n\"@b.c", ""}, {`"a"@b.c`, ""}, {`"a b"@b.c`, ""}, {`a\@b@c.d`, ""}, {`a\@c.d`, ""},
		{" a@b.c", ""}, {"a@b.c ", ""}, {"a b@c.d", ""}, {"a@b c.d", ""}, {"a\t@b.c", ""}, {"a\x00@b.c", ""}, {"a@b.c\x00", ""},
		{"Bob <a@b.c>", ""}, {"<a@b.c>", ""}, {"a@b.c,d@e.f", ""}, {"a@b.c;d@e.f", ""}, {"a(x)@b.c", ""}, {"mailto:a@b.c", ""},
		{"a@[127.0.0.1]", ""}, {"a@[IPv6:::1]", ""},
		{".a@b.c", ""}, {"a.@b.c", ""}, {"a..b@c.d", ""}, {"a@.b.c", ""}, {"a@b.c.", ""}, {"a@b..c", ""},
		{"a@-b.c", ""}, {"a@b-.c", ""}, {"a@b_c.d", ""}, {"a@" + long(64) + ".c", ""},
		{"a@b.c\u202e", ""}, {"a\u200b@b.c", ""}, {"a@\xff.c", ""}, {"\xc0\x80@b.c", ""},
	} {
		got, err := EmailKey(c.email)
		if c.want == "" {
			var e *InvalidError
			if !errors.As(err, &e) || e.Path != "email" || got != "" {
				t.Errorf("%.60q gives %q, %v", c.email, got, err)
			}
			if err != nil && (len(err.Error()) > 1200 || strings.ContainsAny(err.Error(), "\r\n\x00")) {
				t.Errorf("%.60q: its error cannot stand in a log", c.email)
			}
		} else if err != nil || got != c.want {
			t.Errorf("%.60q gives %q, %v, want %q", c.email, got, err, c.want)
		}
	}
}

func FuzzEmailKey(f *testing.F) {
	for _, s := range []string{"Bob@Example.com", "\u212a@b.c", "a@b.c\r\nBcc: x@y", `"a"@b.c`, "a\uff20b.c", "a..b@c.d", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		key, err := EmailKey(s)
		if err != nil {
			if key != "" || !errors.Is(err, ErrInvalid) {
				t.Fatalf("%q gives %q and %v", s, key, err)
			}
			return
		}
		if len(s) > MaxEmail || len(key) != len(s) || !strings.EqualFold(key, s) {
			t.Fatalf("%q gives %q", s, key)
		}
		for i := range len(s) { // the same byte, or its lower case, in printable ASCII
			if c := s[i]; c <= ' ' || c > '~' || key[i] != c && key[i] != c+'a'-'A' || 'A' <= key[i] && key[i] <= 'Z' {
				t.Fatalf("%q gives %q", s, key)
			}
		}
		if strings.Count(key, "@") != 1 || strings.ContainsAny(key, "\"()<>[]:;,\\") {
			t.Fatalf("%q was taken", s)
		}
		if again, err := EmailKey(key); err != nil || again != key {
			t.Fatalf("the key %q gives %q, %v", key, again, err)
		}
		if a, err := mail.ParseAddress(s); err != nil || a.Address != s || a.Name != "" {
			t.Fatalf("%q is read otherwise by net/mail: %v, %v", s, a, err)
		}
	})
}

func TestContactCheck(t *testing.T) {
	if err := buyer().check(); err != nil {
		t.Error(err)
	}
	if err := (Contact{}).check(); err != nil || !(Contact{}).IsZero() || buyer().IsZero() {
		t.Errorf("the zero contact: %v", err)
	}
	for path, change := range map[string]func(*Contact){
		"name":              func(c *Contact) { c.Name = "Ada\nTotal 0.00" },
		"name ":             func(c *Contact) { c.Name = strings.Repeat("n", MaxContact+1) },
		"name  ":            func(c *Contact) { c.Name = "Ada\u202eBob" },
		"name   ":           func(c *Contact) { c.Name = " Ada" },
		"phone":             func(c *Contact) { c.Phone = "1\x002" },
		"email":             func(c *Contact) { c.Email = "ada" },
		"billing.street":    func(c *Contact) { c.Billing.Street = "a\rb" },
		"billing.street2":   func(c *Contact) { c.Billing.Street2 = "a\u2028b" },
		"billing.name":      func(c *Contact) { c.Billing.Name = "\xed\xa0\x80" },
		"shipping.company":  func(c *Contact) { c.Shipping.Company = "\x1b[2J" },
		"shipping.city":     func(c *Contact) { c.Shipping.City = "\xff" },
		"shipping.region":   func(c *Contact) { c.Shipping.Region = "\u2066" },
		"shipping.postcode": func(c *Contact) { c.Shipping.Postcode = strings.Repeat("1", MaxContact+1) },
		"billing.country":   func(c *Contact) { c.Billing.Country = "gb" },
		"billing.country ":  func(c *Contact) { c.Billing.Country = "GBR" },
		"shipping.country":  func(c *Contact) { c.Shipping.Country = "Ü" }, // two bytes
		"notes[2]":          func(c *Contact) { c.Notes[2] = strings.Repeat("n", MaxNote+1) },
		"notes[1]":          func(c *Contact) { c.Notes[1], c.Notes[2] = "\x00", "\x00" }, // always the first
	} {
		c := buyer()
		change(&c)
		t.Run(path, func(t *testing.T) { wantError(t, c.check(), badAt(strings.TrimRight(path, " "))) })
	}
	for name, c := range map[string]Contact{
		"long":    {Name: strings.Repeat("n", MaxContact), Notes: map[int]string{1: strings.Repeat("n", MaxNote)}},
		"scripts": {Name: "Ærøskøbing 東京 עברית العربية 👩‍👩‍👧", Billing: Address{City: "Łódź"}},
		"lines":   {Notes: map[int]string{1: "two\nlines"}},
	} {
		if err := c.check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestContactShipTo(t *testing.T) {
	c := buyer()
	if c.ShipTo() != c.Shipping || c.Destination() != (Destination{Country: "GB"}) {
		t.Errorf("%+v, %+v", c.ShipTo(), c.Destination())
	}
	c.Shipping = Address{}
	if c.ShipTo() != c.Billing || c.Destination() != (Destination{Country: "GB"}) {
		t.Errorf("%+v, %+v", c.ShipTo(), c.Destination())
	}
}

func TestMetadataCheck(t *testing.T) {
	most := tooMany()
	delete(most, "k0")
	for _, c := range []struct {
		m    Metadata
		want string
	}{
		{nil, ""}, {Metadata{}, ""}, {most, ""}, {Metadata{"k": ""}, ""}, {Metadata{"k": "two\nlines"}, ""},
		{Metadata{strings.Repeat("k", MaxMetadataKey): strings.Repeat("v", MaxMetadataValue)}, ""},
		{tooMany(), "metadata"}, {Metadata{"": "v"}, "metadata.key"}, {Metadata{" k": "v"}, "metadata.key"},
		{Metadata{strings.Repeat("k", MaxMetadataKey+1): "v"}, "metadata.key"}, {Metadata{"a\x00": "v"}, "metadata.key"},
		{Metadata{"k": strings.Repeat("v", MaxMetadataValue+1)}, "metadata.k"}, {Metadata{"k": "\xff"}, "metadata.k"}, {Metadata{"k": "\x00"}, "metadata.k"},
		{Metadata{"b": "\x00", "a": "\x00", "c": "\x00"}, "metadata.a"}, // always the first
	} {
		err := c.m.check()
		if c.want == "" {
			wantError(t, err, nil)
		} else {
			wantError(t, err, badAt(c.want))
		}
	}
}

func TestText(t *testing.T) {
	bad := []string{"\x00", "a\x00b", "\xff\xfe", "\xc0\x80", "\xed\xa0\x80", "a\xe2\x82", strings.Repeat("x", 11)}
	for _, s := range bad {
		wantError(t, checkText("p", s, 10), badAt("p"))
		wantError(t, checkName("p", s, 10), badAt("p"))
	}
	names := []string{"", " a", "a ", "\ta", "a\n", "a\r\nb", "a\tb", "a\x1bb", "a\x7fb", "a\u0085b", "\u00a0a", "a\u3000", "a\u2028b", "a\u2029b"}
	for r := range rune(0x2070) {
		if 0x202a <= r && r <= 0x202e || 0x2066 <= r && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x061c {
			names = append(names, "a"+string(r)+"b")
		}
	}
	for _, s := range names {
		if err := checkText("p", s, 10); err != nil {
			t.Errorf("%q is no text: %v", s, err)
		}
		wantError(t, checkName("p", s, 10), badAt("p"))
	}
	for _, s := range []string{"a", "a b", "ÄÖ", "👩‍👧"[:7], "日本", "a\u00a0b", "<b>", "{{.}}", strings.Repeat("x", 10)} {
		if err := checkName("p", s, 10); err != nil {
			t.Errorf("%q is no name: %v", s, err)
		}
	}
	for _, s := range []string{"", "A", "a b", "ä", "a/b", "a\x00", strings.Repeat("x", 11), "a\n"} {
		wantError(t, checkWord("p", s, 10), badAt("p"))
	}
	for _, s := range []string{"a", "0-9_.z", strings.Repeat("x", 10)} {
		wantError(t, checkWord("p", s, 10), nil)
	}
}

func TestErrorsSay(t *testing.T) {
	for _, c := range []struct {
		err  error
		is   error
		want string
	}{
		{invalid("items[2].quantity", "%d: 1 to 9 are possible", 0), ErrInvalid, "till: items[2].quantity: 0: 1 to 9 are possible"},
		{within("items[1]", invalid("sku", "it is empty")), ErrInvalid, "till: items[1].sku: it is empty"},
		{within("items[1]", ErrBusy), ErrBusy, ErrBusy.Error()},
		{&NotFoundError{"order", "1"}, ErrNotFound, `till: no order "1"`},
		{&ExistsError{"SKU", "A"}, ErrExists, `till: SKU "A" is taken: choose another`},
		{&ShortageError{"A", 3, 2}, ErrShort, "till: 3 of A are wanted, 2 are available: take fewer"},
		{&UnavailableError{"A", NotListed}, ErrUnavailable, "till: A cannot be bought (not listed): take it out"},
		{&UnavailableError{"A", UnknownSKU}, ErrNotFound, `till: no article has the SKU "A"`},
		{&StateError{"order", "1", "placed", "opened"}, ErrConflict, "till: order 1 is placed; this needs one that is opened"},
		{damaged("order 1", "entry %d", 2), ErrDamaged, "till: order 1: entry 2"},
	} {
		if got := fmt.Sprint(c.err); got != c.want || !errors.Is(c.err, c.is) {
			t.Errorf("%q, want %q, a %v", got, c.want, c.is)
		}
	}
}
