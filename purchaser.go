package till

import (
	"maps"
	"slices"
)

// MaxGroups is how many groups a buyer can be in.
const MaxGroups = 16

// Purchaser is what the rules ask of who buys, and when he does. The zero Purchaser is
// anybody: taxed, in no group, who has never ordered. A shop's handles fill it in from the
// account and the stock; a cart that is kept does not keep it.
type Purchaser struct {
	Groups    []string        // words of the shop's own: "trade", "staff"
	Tax       TaxStatus       // Taxed, Exempt or ReverseCharge
	Ordered   bool            // the next order is not the first
	Used      map[string]Uses // by name of a promotion that has a limit
	GiftStock map[SKU]int64   // how many pieces there are of what promotions give; not in it: enough
}

// Uses is how often a promotion was used.
type Uses struct {
	All  int64 // in all
	Own  int64 // by this buyer
	Free int64 // the number of the buyer's next use: the least that is free; 0: Own + 1
}

// next gives the number of the buyer's next use.
func (u Uses) next() int64 {
	if u.Free > 0 {
		return u.Free
	}
	return u.Own + 1
}

func (p Purchaser) check() error {
	if len(p.Groups) > MaxGroups {
		return invalid("groups", "there are %d, at most %d are possible", len(p.Groups), MaxGroups)
	}
	if p.Tax != Taxed && p.Tax != Exempt && p.Tax != ReverseCharge {
		return invalid("tax", "%.40q is none of \"\", exempt and reverse charge", p.Tax)
	}
	return checkWords("groups", p.Groups)
}

// For gives the cart as a purchaser's: what it costs may depend on who buys.
func (c Cart) For(p Purchaser) (Cart, error) {
	if err := within("purchaser", p.check()); err != nil {
		return c, err
	}
	p.Groups, p.Used = bare(p.Groups), maps.Clone(p.Used)
	p.GiftStock = maps.Clone(p.GiftStock)
	c.buyer = p
	return c, nil
}

// AddCode gives the cart a code of a promotion. ASCII letters are alike in both cases;
// one that is there already is no error. A code has at most [MaxCode] bytes, a cart at most
// [MaxCodes] codes. Whether it is good for anything [Quote.Codes] says.
func (c Cart) AddCode(code string) (Cart, error) {
	key, err := codeKey(code)
	if err != nil {
		return c, err
	}
	if slices.Contains(c.codes, key) {
		return c, nil
	}
	if len(c.codes) == MaxCodes {
		return c, invalid("code", "the cart has %d; it takes no more", MaxCodes)
	}
	c.codes = append(slices.Clip(c.codes), key)
	return c, nil
}

// hasCode reports whether the cart has a code, as it is compared.
func (c Cart) hasCode(key string) bool { return slices.Contains(c.codes, key) }

// RemoveCode takes a code out of the cart; a [NotFoundError] where it has none such.
func (c Cart) RemoveCode(code string) (Cart, error) {
	key, err := codeKey(code)
	if err != nil {
		return c, err
	}
	i := slices.Index(c.codes, key)
	if i < 0 {
		return c, &NotFoundError{Kind: "code", ID: key}
	}
	c.codes = bare(slices.Delete(slices.Clone(c.codes), i, i+1))
	return c, nil
}

// Codes gives the codes, as they are compared, in the order in which they came.
func (c Cart) Codes() []string { return bare(c.codes) }

// ShipTo says where the cart goes, for taxes and shipping. Of the address country, region
// and postcode alone are kept; the zero Address takes them back. A region is a code as in
// ISO 3166-2, or "": "CA-QC", which "qc" becomes.
func (c Cart) ShipTo(to Address) (Cart, error) {
	to = Address{Country: to.Country, Region: to.Region, Postcode: to.Postcode}
	err := to.check()
	switch {
	case err != nil:
	case to.Country == "" && to != (Address{}):
		err = invalid("country", "none was given: a region and a postcode are of one")
	case to.Region != "":
		if to.Region = to.regionCode(); to.Region == "" {
			err = invalid("region", "it is no code of %s as in ISO 3166-2: write one such as \"CA-QC\"", to.Country)
		}
	}
	if err != nil {
		return c, within("destination", err)
	}
	c.to = to
	return c, nil
}

// Destination gives country, region and postcode of where the cart goes; the zero Address
// where that is not known.
func (c Cart) Destination() Address { return c.to }

// ShipBy chooses a method of shipping by its name, "" for none. Whether it can be had
// [Quote.Delivery] says.
func (c Cart) ShipBy(method string) (Cart, error) {
	if err := checkNamed("delivery", method); err != nil {
		return c, err
	}
	c.delivery = method
	return c, nil
}

// Delivery gives the method that was chosen, "" for none.
func (c Cart) Delivery() string { return c.delivery }
