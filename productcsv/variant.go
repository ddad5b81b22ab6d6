package productcsv

import (
	"strings"
	"unicode"

	"github.com/tillkit/till"
)

// Exempt is the tax category of a variant that the file calls not taxable.
const Exempt = "exempt"

// defaultTitle is the value of the option Title that stands for no option.
const defaultTitle = "Default Title"

// identity reads the choice of options that a row makes, and its SKU; ok says
// whether these can be read, whatever else is wrong with the row.
func (x reading) identity(options []column) (sku till.SKU, values []string, ok bool) {
	before := x.err
	x.row.err = nil
	defer func() {
		ok = x.err == nil
		if before != nil {
			x.row.err = before
		}
	}()
	for i, c := range optionValues {
		value := x.label(c, till.MaxName)
		if len(options) == 0 && i == 0 && value == defaultTitle {
			continue
		}
		used := false
		for _, o := range options {
			used = used || o == optionNames[i]
		}
		switch {
		case used && value == "":
			x.wrong(c, "it is empty: the product has this option, so each variant needs a value")
		case used:
			values = append(values, value)
		case value != "":
			x.wrong(c, "the product has no such option: name it under %s in the row with its title", columnNames[optionNames[i]])
		}
	}
	if sku := x.label(colSKU, till.MaxSKU); sku != "" {
		return till.SKU(sku), values, true
	}
	made := derivedSKU(x.handle, values)
	if len(made) > till.MaxSKU {
		x.refuse(x.name(colSKU), made, "the SKU that handle and options make is too long: write one here", till.ErrInvalid)
	}
	return till.SKU(made), values, true
}

// derivedSKU makes the SKU of a variant that has none, of the handle and the values
// of its options: lower case, with "-" for each space. It is the same at each
// import.
func derivedSKU(handle string, values []string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return '-'
		}
		return r
	}, strings.ToLower(strings.Join(append([]string{handle}, values...), "/")))
}

// sold reads the variant and the article of a row, but for their SKU and choice.
func (x reading) sold(giftCard bool) {
	v, a := &x.variant, &x.article
	v.Grams = x.grams(colGrams)
	v.Barcode = x.words(colBarcode, till.MaxSKU)
	v.Image = x.words(colVariantImage, till.MaxImageAddress)
	v.NoShipping = !x.yes(colShipping, true) || giftCard
	v.TaxCategory = x.words(colTaxCode, till.MaxMetadataKey)
	if !x.yes(colTaxable, true) {
		x.skip(colTaxCode, "not taxable")
		v.TaxCategory = Exempt
	}
	x.stock(v, a)
	x.prices(a)
}

// stock reads whether the stock of a variant is counted, what may be sold beyond
// it, and how much there is.
func (x reading) stock(v *till.Variant, a *till.ArticleSpec) {
	switch foldASCII(x.bare(colPolicy)) {
	case "", "deny":
		v.Stock = till.DenyBackorder
		x.skip(colBackorders, "back orders denied")
	case "continue":
		v.Stock = till.AllowBackorder(till.MaxQuantity)
		if x.bare(colBackorders) != "" {
			v.Stock.Backorder = x.whole(colBackorders, 1, till.MaxQuantity)
		}
	default:
		x.wrong(colPolicy, "write deny or continue")
	}
	if x.bare(colTracker) == "" {
		if v.Stock != till.DenyBackorder {
			x.skip(colBackorders, "stock not tracked")
		}
		v.Stock = till.NotTracked
		x.skip(colQuantity, "stock not tracked")
		return
	}
	a.OnHand = x.whole(colQuantity, 0, till.MaxQuantity)
}

// prices reads the price and, where the compare-at price is above it, the sale.
func (x reading) prices(a *till.ArticleSpec) {
	a.Price = x.price(colPrice)
	was := x.price(colCompareAt)
	switch {
	case was == nil || x.err != nil:
	case a.Price == nil:
		x.wrong(colCompareAt, "there is no price to compare with: write one under %s", columnNames[colPrice])
	default:
		if more, err := was.Cmp(*a.Price); err == nil && more > 0 {
			a.Price, a.Sale = was, a.Price
		} else {
			x.skip(colCompareAt, "not above the price")
		}
	}
}

// picture reads the image of a row, if it has one.
func (x reading) picture() {
	address := x.label(colImage, till.MaxImageAddress)
	if address == "" {
		x.skip(colPosition, "no image in the row")
		x.skip(colAlt, "no image in the row")
		return
	}
	x.image = &till.Image{Address: address, Alt: x.words(colAlt, till.MaxName)}
	x.place = x.whole(colPosition, 1, till.MaxQuantity)
}
