package till

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The limits of a contact.
const (
	MaxEmail   = 254
	MaxContact = 200 // bytes of a name, a line of an address, a phone number
)

// Contact is what a person said of themselves for one purpose: an order, or an
// account. Besides the notes in a cart and the claim of an account's e-mail address,
// these words live in contact records alone, which never change and can be erased;
// orders hold a [ContactRef]. The zero Contact is what is left of an erased
// one.
type Contact struct {
	Name     string         `json:"name"`
	Email    string         `json:"email"` // as the person wrote it
	Phone    string         `json:"phone,omitempty"`
	Billing  Address        `json:"billing,omitzero"`
	Shipping Address        `json:"shipping,omitzero"` // the zero Address: as Billing
	Notes    map[int]string `json:"notes,omitempty"`   // by number of the order's line
}

// Address is a postal address.
type Address struct {
	Name     string `json:"name,omitempty"` // "": the contact's
	Company  string `json:"company,omitempty"`
	Street   string `json:"street,omitempty"`
	Street2  string `json:"street2,omitempty"`
	City     string `json:"city,omitempty"`
	Region   string `json:"region,omitempty"` // a code as in ISO 3166-2, where tax or shipping depends on it: "CA-QC"
	Postcode string `json:"postcode,omitempty"`
	Country  string `json:"country,omitempty"` // ISO 3166-1 alpha-2: "GB"
}

// ContactRef names a contact record: one of a person's.
type ContactRef struct {
	Person PersonID `json:"person"`
	Key    string   `json:"key"`
}

// Destination is what an order keeps of where it goes: what tax needs, and no
// person's words.
type Destination struct {
	Country string `json:"country,omitempty"`
	Region  string `json:"region,omitempty"`
}

func (r ContactRef) check() error {
	if r.Person.IsZero() {
		return invalid("contact.person", "a reference to a contact record needs its person")
	}
	return checkName("contact.key", r.Key, MaxContact)
}

func (d Destination) check() error {
	return within("destination", Address{Country: d.Country, Region: d.Region}.check())
}

// IsZero reports whether nothing is known of the person, or nothing any more.
func (c Contact) IsZero() bool {
	return c.Name == "" && c.Email == "" && c.Phone == "" && c.Billing == Address{} && c.Shipping == Address{} && len(c.Notes) == 0
}

// ShipTo gives the address that goods go to.
func (c Contact) ShipTo() Address {
	if c.Shipping == (Address{}) {
		return c.Billing
	}
	return c.Shipping
}

// Destination gives the country of ShipTo, and the region where it is a code of ISO 3166-2
// and no words.
func (c Contact) Destination() Destination {
	to := c.ShipTo()
	return Destination{Country: to.Country, Region: to.regionCode()}
}

func (c Contact) clone() Contact {
	if len(c.Notes) == 0 {
		c.Notes = nil
	} else {
		c.Notes = maps.Clone(c.Notes)
	}
	return c
}

// check checks every part that is given.
func (c Contact) check() error {
	for _, f := range []struct{ path, text string }{{"name", c.Name}, {"phone", c.Phone}} {
		if f.text == "" {
			continue
		}
		if err := checkName(f.path, f.text, MaxContact); err != nil {
			return err
		}
	}
	if c.Email != "" {
		if _, err := EmailKey(c.Email); err != nil {
			return err
		}
	}
	if err := within("billing", c.Billing.check()); err != nil {
		return err
	}
	if err := within("shipping", c.Shipping.check()); err != nil {
		return err
	}
	if len(c.Notes) == 0 {
		return nil
	}
	for _, n := range slices.Sorted(maps.Keys(c.Notes)) { // sorted: the same error each time
		if err := checkText(fmt.Sprintf("notes[%d]", n), c.Notes[n], MaxNote); err != nil {
			return err
		}
	}
	return nil
}

func (a Address) check() error {
	for _, f := range []struct{ path, text string }{
		{"name", a.Name}, {"company", a.Company}, {"street", a.Street}, {"street2", a.Street2},
		{"city", a.City}, {"region", a.Region}, {"postcode", a.Postcode},
	} {
		if f.text == "" {
			continue
		}
		if err := checkName(f.path, f.text, MaxContact); err != nil {
			return err
		}
	}
	if a.Country != "" && (len(a.Country) != 2 || !consists(a.Country, isUpper)) {
		such := "GB"
		if len(a.Country) == 2 && consists(strings.ToUpper(a.Country), isUpper) {
			such = strings.ToUpper(a.Country)
		}
		return invalid("country", "%.40q is no code of two capital letters as in ISO 3166-1: write one like %q", a.Country, such)
	}
	return nil
}

// lines gives the address as it is printed, without empty lines.
func (a Address) lines() []string {
	town := strings.TrimSpace(strings.Join([]string{a.Postcode, a.City}, " "))
	return slices.DeleteFunc([]string{a.Name, a.Company, a.Street, a.Street2, town, a.Region, a.Country}, func(s string) bool { return s == "" })
}

// EmailKey checks an e-mail address and gives the form by which accounts are told
// apart: ASCII letters in lower case, nothing else changed. An address is
// local@domain in ASCII: letters, digits and .!#$%&'*+/=?^_`{|}~- before the @, at
// most 64 of them; a domain name with a dot behind it; at most MaxEmail in all. No
// quotes, comments, display names or address literals (a part of RFC 5321, without
// RFC 6531: an address outside ASCII has confusable spellings, which are a way into
// other people's accounts).
func EmailKey(email string) (string, error) {
	if email == "" {
		return "", invalid("email", "it is empty")
	}
	if len(email) > MaxEmail {
		return "", invalid("email", "it has %d bytes, at most %d are possible", len(email), MaxEmail)
	}
	bad := func(why string) (string, error) {
		return "", invalid("email", "%q is no address (%s): write it like name@example.com", email, why)
	}
	local, domain, ok := strings.Cut(email, "@")
	if !ok {
		return bad("it has no @")
	}
	if len(local) == 0 || len(local) > 64 || !consists(local, isLocal) {
		return bad("what stands before the @ is not possible")
	}
	if strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return bad("a dot stands wrong")
	}
	if !strings.Contains(domain, ".") {
		return bad("its domain has no dot")
	}
	for l := range strings.SplitSeq(domain, ".") {
		if len(l) == 0 || len(l) > 63 || !consists(l, isLabel) || l[0] == '-' || l[len(l)-1] == '-' {
			return bad("its domain is not possible")
		}
	}
	if !strings.ContainsFunc(email, func(r rune) bool { return 'A' <= r && r <= 'Z' }) {
		return email, nil
	}
	key := []byte(email)
	for i, b := range key {
		if 'A' <= b && b <= 'Z' {
			key[i] = b + 'a' - 'A'
		}
	}
	return string(key), nil
}

// isLocal and isLabel report whether a byte can stand before the @ of an e-mail address, and
// in a part of its domain.
func isLocal(c byte) bool {
	return isUpper(c) || isSmall(c) || isDigit(c) || strings.IndexByte(".!#$%&'*+/=?^_`{|}~-", c) >= 0
}

func isLabel(c byte) bool { return isUpper(c) || isSmall(c) || isDigit(c) || c == '-' }
