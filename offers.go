package till

import (
	"crypto/sha256"
	"encoding/hex"
	"html"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
)

// OfferStatus says whether a product can be bought at an instant, and if not, why.
type OfferStatus string

// The statuses of an offer.
const (
	ForSale       OfferStatus = "on sale"  // one of its articles at least can be bought
	NotForSale    OfferStatus = "off sale" // active, but none of its articles is listed and priced
	OfferDraft    OfferStatus = "draft"
	OfferArchived OfferStatus = "archived"
	OfferDeleted  OfferStatus = "deleted"
)

// maxSteps is how many steps a product's plan may have: intervals of instants at which
// a search shows it differently.
const maxSteps = 200

// offer is a product as searches find it in a price list over an interval of instants,
// as it was planned when it was written, with the words of that day.
type offer struct {
	face
	Product     ProductID           `json:"product"`
	List        PriceList           `json:"list"`
	Since       Instant             `json:"since"`
	Until       Instant             `json:"until"` // not included
	Handle      string              `json:"handle"`
	Names       map[Locale]string   `json:"names"`
	Added       Instant             `json:"added"`
	Vendor      string              `json:"vendor,omitempty"`
	Image       string              `json:"image,omitempty"`
	Collections []string            `json:"collections,omitempty"`
	Attributes  map[string][]string `json:"attributes,omitempty"`
	Words       string              `json:"words,omitempty"`
}

// face is what may differ from one of a product's offers to the next.
type face struct {
	Status  OfferStatus `json:"status"`
	SKU     SKU         `json:"sku,omitempty"` // the article of the lowest price
	Price   money.Price `json:"price"`         // the lowest; where SKU is "" there is none
	Base    money.Price `json:"base"`
	Highest money.Price `json:"highest"`
	Sale    bool        `json:"sale,omitempty"`
}

// offersOf gives a product's offers from an instant on, in their order, without a gap:
// the first has held since ever, the last holds for ever. prices are those of its
// variants in the list.
func offersOf(p Product, prices []Prices, list PriceList, at Instant) []offer {
	like := p.offered(list)
	var offers []offer
	for _, from := range steps(p, prices, at) {
		f := p.face(prices, max(from, at))
		n := len(offers)
		if n > 0 && offers[n-1].face == f {
			continue
		}
		if n > 0 {
			offers[n-1].Until = from
		}
		like.face, like.Since, like.Until = f, from, MaxInstant
		offers = append(offers, like)
	}
	return offers
}

// steps gives the instants from at on at which a product may look otherwise, sorted;
// the first is MinInstant.
func steps(p Product, prices []Prices, at Instant) []Instant {
	all := []Instant{MinInstant}
	for _, sku := range p.SKUs() {
		for c := range p.listing[sku].All() {
			all = append(all, c.From)
		}
	}
	for c := range p.gone.All() {
		all = append(all, c.From)
	}
	for _, p := range prices {
		for _, sale := range []bool{false, true} {
			for c := range p.Timeline(1, sale).All() {
				all = append(all, c.From)
			}
		}
	}
	all = slices.DeleteFunc(all, func(i Instant) bool { return i <= at && i != MinInstant })
	slices.Sort(all)
	return slices.Compact(all)
}

// face says how the product looks at an instant: of one that is on sale the articles
// count that can be bought, of any other all that have a price.
func (p Product) face(prices []Prices, at Instant) face {
	f := face{Status: NotForSale}
	switch {
	case !p.ExistsAt(at):
		f.Status = OfferDeleted
	case p.is.Status == ProductDraft:
		f.Status = OfferDraft
	case p.is.Status == ProductArchived:
		f.Status = OfferArchived
	default:
		for _, x := range prices {
			if _, ok := x.On(at, MaxInstant, 1); ok && p.ListedAt(x.sku, at) {
				f.Status = ForSale
			}
		}
	}
	for _, x := range prices {
		priced, ok := x.On(at, MaxInstant, 1)
		if !ok || f.Status == ForSale && !p.ListedAt(x.sku, at) {
			continue
		}
		if f.SKU == "" || cheaper(priced.Price, f.Price) {
			f.SKU, f.Price, f.Base, f.Sale = x.sku, priced.Price, priced.Base, priced.Sale
		}
		if f.Highest == (money.Price{}) || cheaper(f.Highest, priced.Price) {
			f.Highest = priced.Price
		}
	}
	return f
}

func cheaper(a, b money.Price) bool {
	d, err := a.Cmp(b)
	return err == nil && d < 0
}

// offered gives what all of a product's offers have in common.
func (p Product) offered(list PriceList) offer {
	o := offer{
		Product: p.id, List: list, Handle: p.is.Handle, Added: p.id.made(), Vendor: p.is.Vendor, Names: make(map[Locale]string, len(p.is.Words)),
		Collections: p.is.Collections, Attributes: p.is.Attributes, Words: p.is.searchWords(),
	}
	for l, w := range p.is.Words {
		o.Names[l] = w.Name
	}
	if len(p.is.Images) > 0 {
		o.Image = p.is.Images[0].Address
	}
	return o
}

// searchWords gives the words by which a product is found, at most store.MaxWords: its
// tags, so that they can be asked for together with words; then names, vendor, labels
// and numbers, and as much of the descriptions as there is room for.
func (d Description) searchWords() string {
	words := make(map[string]bool)
	for _, t := range d.tags() {
		words[tagWord(t)] = true
	}
	add := func(text string) {
		if len(words) == store.MaxWords {
			return
		}
		for _, w := range textWords(text) {
			if len(words) < store.MaxWords {
				words[w] = true
			}
		}
	}
	locales := slices.Sorted(maps.Keys(d.Words))
	for _, l := range locales {
		add(d.Words[l].Name)
	}
	add(d.Vendor)
	add(d.Handle)
	for _, v := range d.Variants {
		add(string(v.SKU))
		add(v.Barcode)
		add(strings.Join(v.Values, " "))
	}
	for _, c := range d.Collections {
		add(c)
	}
	for _, name := range slices.Sorted(maps.Keys(d.Attributes)) {
		add(strings.Join(d.Attributes[name], " "))
	}
	for _, l := range locales {
		add(html.UnescapeString(withoutTags(d.Words[l].Description)))
	}
	return strings.Join(slices.Sorted(maps.Keys(words)), " ")
}

// textWords gives the words of a text in the order in which they stand, as
// [store.Split] makes them; one may come more than once.
func textWords(text string) []string {
	var words []string
	separates := func(r rune) bool {
		return r == utf8.RuneError || !(unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
	}
	for _, piece := range strings.FieldsFunc(text, separates) {
		words = append(words, store.Split(piece)...)
	}
	return words
}

// withoutTags takes out of a text what stands between < and >, where it can be a tag of
// HTML: the words in it are not the shop's.
func withoutTags(s string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '<')
		if open < 0 || open+1 == len(s) {
			break
		}
		c := s[open+1] | 0x20 // a letter in lower case
		if !(c >= 'a' && c <= 'z' || s[open+1] == '/' || s[open+1] == '!') {
			b.WriteString(s[:open+1])
			s = s[open+1:]
			continue
		}
		end := strings.IndexByte(s[open:], '>')
		if end < 0 {
			break
		}
		b.WriteString(s[:open])
		b.WriteByte(' ')
		s = s[open+end+1:]
	}
	b.WriteString(s)
	return b.String()
}

// A tag is a collection, an attribute with its value, or the vendor, as one text.

func collectionTag(name string) string       { return tag("c\t" + name) }
func vendorTag(name string) string           { return tag("v\t" + name) }
func attributeTag(name, value string) string { return tag("a\t" + name + "\t" + value) }

// tag gives a text as an index takes it: one that is too long stands as its hash.
func tag(s string) string {
	if len(s) <= store.MaxText {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return cutText(s, 2) + "#" + hex.EncodeToString(sum[:])
}

// tags gives all tags of a product, sorted.
func (d Description) tags() []string {
	var tags []string
	for _, c := range d.Collections {
		tags = append(tags, collectionTag(c))
	}
	for name, values := range d.Attributes {
		for _, v := range values {
			tags = append(tags, attributeTag(name, v))
		}
	}
	if d.Vendor != "" {
		tags = append(tags, vendorTag(d.Vendor))
	}
	slices.Sort(tags)
	return slices.Compact(tags)
}

func (o offer) tags() []string {
	return Description{Collections: o.Collections, Attributes: o.Attributes, Vendor: o.Vendor}.tags()
}

// tagWord gives a tag as a word that nobody types: it begins with a letter that no
// keyboard has.
func tagWord(tag string) string {
	sum := sha256.Sum256([]byte(tag))
	return "\ua7f7" + hex.EncodeToString(sum[:10])
}

// sortName gives a name as it is sorted: in lower case, cut to what an index takes.
func sortName(name string) string { return cutText(strings.ToLower(name), store.MaxText) }

// noPrice sorts behind every price.
const noPrice = math.MaxInt64

// sortPrice gives a price as it is sorted and compared with bounds: that of a million
// pieces in minor units, rounded down, or the greatest there is.
func sortPrice(p money.Price) int64 {
	a, err := p.Times(1_000_000, money.Floor)
	if err != nil {
		return noPrice - 1
	}
	return min(a.Minor(), noPrice-1)
}

func (o offer) sortPrice() int64 {
	if o.SKU == "" {
		return noPrice
	}
	return sortPrice(o.Price)
}
