package till

import (
	"fmt"
	"maps"
	"slices"
)

// ProductStatus says whether a product is for sale at all.
type ProductStatus string

// The statuses of a product. The empty ProductStatus means ProductActive.
const (
	ProductDraft    ProductStatus = "draft"
	ProductActive   ProductStatus = "active"
	ProductArchived ProductStatus = "archived"
)

// The limits of a product.
const (
	MaxOptions     = 8
	MaxVariants    = 500
	MaxCollections = 64
	MaxAttributes  = 64
	MaxValues      = 64  // of one attribute
	MaxAllValues   = 500 // of all attributes
	MaxImages      = 250
	MaxLocales     = 50
)

// Words are what a product is called and how it is described, in one locale.
type Words struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"` // as the shop wrote it, HTML too; escape it as you would any text
}

// Image is a picture by its address; a shop keeps no pictures.
type Image struct {
	Address string `json:"address"`
	Alt     string `json:"alt,omitempty"`
}

// Variant is what can be bought of a product: one choice of its options.
type Variant struct {
	SKU         SKU         `json:"sku"`
	Values      []string    `json:"values,omitempty"` // one for each of the product's options
	Barcode     string      `json:"barcode,omitempty"`
	Grams       int64       `json:"grams,omitempty"` // weight, 0 or more
	NoShipping  bool        `json:"no_shipping,omitempty"`
	TaxCategory string      `json:"tax_category,omitempty"` // "" is the shop's usual one
	Stock       StockPolicy `json:"stock,omitzero"`
	Image       string      `json:"image,omitempty"` // address
}

// Description is everything that the shop says of a product; it is what a revision
// replaces. Prices, stock and listing are not part of it.
type Description struct {
	Handle      string              `json:"handle"` // the product's name in addresses, unique in the shop
	Status      ProductStatus       `json:"status"`
	Words       map[Locale]Words    `json:"words"` // those of "" are needed
	Vendor      string              `json:"vendor,omitempty"`
	Options     []string            `json:"options,omitempty"` // "Size", "Colour" ...
	Variants    []Variant           `json:"variants"`          // at least one
	Collections []string            `json:"collections,omitempty"`
	Attributes  map[string][]string `json:"attributes,omitempty"`
	Images      []Image             `json:"images,omitempty"`
	Metadata    Metadata            `json:"metadata,omitempty"`
}

// canonical checks a description and brings it into the one form in which it is
// kept: copies of all slices and maps, none of them empty.
func (d Description) canonical() (Description, error) {
	if d.Status == "" {
		d.Status = ProductActive
	}
	if d.Status != ProductDraft && d.Status != ProductActive && d.Status != ProductArchived {
		return d, invalid("status", "%.40q is none of draft, active and archived", d.Status)
	}
	if err := checkName("handle", d.Handle, MaxHandle); err != nil {
		return d, err
	}
	if err := d.checkWords(); err != nil {
		return d, err
	}
	if err := d.checkVariants(); err != nil {
		return d, err
	}
	if err := d.checkLabels(); err != nil {
		return d, err
	}
	return d.clone(), nil
}

func (d Description) checkWords() error {
	if _, ok := d.Words[""]; !ok || len(d.Words) > MaxLocales {
		return invalid("words", "there are %d locales: the shop's own (\"\") is needed, at most %d are possible", len(d.Words), MaxLocales)
	}
	for _, l := range slices.Sorted(maps.Keys(d.Words)) { // sorted: the same error each time
		w, path := d.Words[l], "words"
		if l != "" {
			if checkName("words", string(l), maxLocale) != nil {
				return invalid("words", "%.40q is no locale: write one like \"de-AT\", of at most %d bytes", l, maxLocale)
			}
			path = "words." + string(l)
		}
		if err := checkName(path+".name", w.Name, MaxName); err != nil {
			return err
		}
		if err := checkText(path+".description", w.Description, MaxDescription); err != nil {
			return err
		}
	}
	return nil
}

func (d Description) checkVariants() error {
	if len(d.Options) > MaxOptions || len(d.Variants) == 0 || len(d.Variants) > MaxVariants {
		return invalid("variants", "there are %d options and %d variants: at most %d, and 1 to %d, are possible", len(d.Options), len(d.Variants), MaxOptions, MaxVariants)
	}
	for i, o := range d.Options {
		if err := checkName(fmt.Sprintf("options[%d]", i), o, MaxName); err != nil {
			return err
		}
	}
	seen := make(map[SKU]int, len(d.Variants))
	for i, v := range d.Variants {
		path := fmt.Sprintf("variants[%d]", i)
		if err := within(path, v.check(len(d.Options))); err != nil {
			return err
		}
		if first, twice := seen[v.SKU]; twice {
			return invalid(path+".sku", "%q is the SKU of variants[%d] too", v.SKU, first)
		}
		seen[v.SKU] = i
	}
	return nil
}

func (v Variant) check(options int) error {
	if err := v.SKU.check(); err != nil {
		return err
	}
	if len(v.Values) != options {
		return invalid("values", "%s has %d values, the product has %d options", v.SKU, len(v.Values), options)
	}
	for i, value := range v.Values {
		if err := checkName(fmt.Sprintf("values[%d]", i), value, MaxName); err != nil {
			return err
		}
	}
	if v.Grams < 0 {
		return invalid("grams", "%d: a weight is 0 or more", v.Grams)
	}
	if err := checkText("barcode", v.Barcode, MaxSKU); err != nil {
		return err
	}
	if err := checkText("image", v.Image, MaxImageAddress); err != nil {
		return err
	}
	if err := checkText("tax_category", v.TaxCategory, MaxCategory); err != nil {
		return err
	}
	return v.Stock.check()
}

func (d Description) checkLabels() error {
	if err := checkText("vendor", d.Vendor, MaxName); err != nil {
		return err
	}
	if len(d.Collections) > MaxCollections || len(d.Attributes) > MaxAttributes || len(d.Images) > MaxImages {
		return invalid("description", "it has %d collections, %d attributes and %d images: at most %d, %d and %d are possible",
			len(d.Collections), len(d.Attributes), len(d.Images), MaxCollections, MaxAttributes, MaxImages)
	}
	for i, c := range d.Collections {
		if err := checkName(fmt.Sprintf("collections[%d]", i), c, MaxHandle); err != nil {
			return err
		}
		if slices.Contains(d.Collections[:i], c) {
			return invalid(fmt.Sprintf("collections[%d]", i), "%q stands twice", c)
		}
	}
	all := 0
	for _, name := range slices.Sorted(maps.Keys(d.Attributes)) {
		values := d.Attributes[name]
		if all += len(values); all > MaxAllValues {
			return invalid("attributes", "they have more than %d values in all", MaxAllValues)
		}
		if err := checkName("attributes", name, MaxMetadataKey); err != nil {
			return err
		}
		if len(values) == 0 || len(values) > MaxValues {
			return invalid("attributes."+name, "it has %d values, 1 to %d are possible", len(values), MaxValues)
		}
		for _, v := range values {
			if err := checkName("attributes."+name, v, MaxName); err != nil {
				return err
			}
		}
	}
	for i, img := range d.Images {
		if err := checkName(fmt.Sprintf("images[%d].address", i), img.Address, MaxImageAddress); err != nil {
			return err
		}
		if err := checkText(fmt.Sprintf("images[%d].alt", i), img.Alt, MaxName); err != nil {
			return err
		}
	}
	return d.Metadata.check()
}

// bare gives a copy of a slice, nil where it is empty.
func bare[T any](s []T) []T {
	if len(s) == 0 {
		return nil
	}
	return slices.Clone(s)
}

func (d Description) clone() Description {
	d.Words = maps.Clone(d.Words)
	d.Options, d.Collections, d.Images = bare(d.Options), bare(d.Collections), bare(d.Images)
	d.Variants = bare(d.Variants)
	for i := range d.Variants {
		d.Variants[i].Values = bare(d.Variants[i].Values)
	}
	var attributes map[string][]string
	for name, values := range d.Attributes {
		if attributes == nil {
			attributes = make(map[string][]string, len(d.Attributes))
		}
		attributes[name] = bare(values)
	}
	d.Attributes, d.Metadata = attributes, d.Metadata.clone()
	return d
}

// equal compares two canonical descriptions.
func (d Description) equal(e Description) bool {
	return d.Handle == e.Handle && d.Status == e.Status && d.Vendor == e.Vendor &&
		maps.Equal(d.Words, e.Words) && slices.Equal(d.Options, e.Options) &&
		slices.EqualFunc(d.Variants, e.Variants, Variant.equal) &&
		slices.Equal(d.Collections, e.Collections) && slices.Equal(d.Images, e.Images) &&
		maps.EqualFunc(d.Attributes, e.Attributes, slices.Equal) && maps.Equal(d.Metadata, e.Metadata)
}

func (v Variant) equal(w Variant) bool {
	return v.SKU == w.SKU && slices.Equal(v.Values, w.Values) && v.Barcode == w.Barcode && v.Grams == w.Grams && v.NoShipping == w.NoShipping &&
		v.TaxCategory == w.TaxCategory && v.Stock == w.Stock && v.Image == w.Image
}
