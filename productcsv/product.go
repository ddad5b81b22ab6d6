package productcsv

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/tillkit/till"
)

// The attributes that a file gives to a product.
const (
	TypeAttribute     = "type"
	TagAttribute      = "tag"
	GiftCardAttribute = "gift_card"
)

// group is all rows with one handle, in the order of the file.
type group struct {
	handle string
	rows   []*row
	title  *row // the product row, nil if there is none
	is     till.Description
}

// read reads the rows of a product. Each of them that is not refused has its kind,
// and its variant and image, after that.
func (g *group) read(f *reader) {
	i := slices.IndexFunc(g.rows, func(r *row) bool { return r.titled })
	if i < 0 {
		for _, r := range g.rows {
			r.refuse(f.header.name(colTitle), "", "no row of this handle has a title: write it in one of them", till.ErrInvalid)
		}
		return
	}
	g.title = g.rows[i]
	if g.title.err != nil {
		return
	}
	x := f.reading(g.title)
	g.title.kind = productRow
	options, giftCard := g.head(x)
	f.take(x, options, giftCard)
	for _, r := range g.rows {
		if r == g.title || r.err != nil {
			continue
		}
		x := f.reading(r)
		g.same(x)
		switch {
		case x.bare(colPrice) != "" || slices.ContainsFunc(optionValues, func(c column) bool { return x.bare(c) != "" }):
			r.kind = variantRow
			f.take(x, options, giftCard)
		case x.bare(colImage) != "":
			r.kind = imageRow
			for _, c := range variantColumns {
				x.skip(c, "on an image row")
			}
			x.picture()
		default:
			r.refuse("", "", "it has no option, no price and no image: fill one in, or take the row out", till.ErrInvalid)
		}
	}
}

// head reads what the product row says of the product as a whole.
func (g *group) head(x reading) (options []column, giftCard bool) {
	g.is = till.Description{
		Handle: g.handle,
		Status: x.status(),
		Words:  map[till.Locale]till.Words{"": {Name: x.label(colTitle, till.MaxName), Description: x.words(colBody, till.MaxDescription)}},
		Vendor: x.words(colVendor, till.MaxName),
	}
	attributes := map[string][]string{TagAttribute: x.tags()}
	if kind := x.label(colType, till.MaxName); kind != "" {
		attributes[TypeAttribute] = []string{kind}
	}
	if giftCard = x.yes(colGiftCard, false); giftCard {
		attributes[GiftCardAttribute] = []string{"true"}
	}
	if len(attributes[TagAttribute]) == 0 {
		delete(attributes, TagAttribute)
	}
	if len(attributes) > 0 {
		g.is.Attributes = attributes
	}
	x.ours(&g.is)
	for _, c := range optionNames {
		if name := x.label(c, till.MaxName); name != "" {
			options = append(options, c)
			g.is.Options = append(g.is.Options, name)
		}
	}
	if len(options) == 1 && options[0] == colName1 && foldASCII(g.is.Options[0]) == "title" && x.text(colValue1) == defaultTitle {
		options, g.is.Options = nil, nil
	}
	return options, giftCard
}

// status reads Published, and Status, which wins.
func (x reading) status() till.ProductStatus {
	status := till.ProductActive
	if !x.yes(colPublished, true) {
		status = till.ProductDraft
	}
	switch s := till.ProductStatus(foldASCII(x.bare(colStatus))); s {
	case "":
	case till.ProductDraft, till.ProductActive, till.ProductArchived:
		status = s
	default:
		x.wrong(colStatus, "write active, draft or archived")
	}
	return status
}

// tags reads words between commas: each once, in their order.
func (x reading) tags() []string {
	var tags []string
	seen := make(map[string]bool)
	for tag := range strings.SplitSeq(x.text(colTags), ",") {
		tag = strings.TrimSpace(tag)
		if tag == "" || seen[tag] {
			continue
		}
		if why := badName(tag, till.MaxName); why != "" {
			x.refuse(x.name(colTags), tag, why, till.ErrInvalid)
			return nil
		}
		if len(tags) == till.MaxValues {
			x.wrong(colTags, "there are more than %d tags: take some out", till.MaxValues)
			return nil
		}
		seen[tag] = true
		tags = append(tags, tag)
	}
	return tags
}

// same refuses a row that says something else of the product than its title row.
func (g *group) same(x reading) {
	for _, c := range productColumns {
		if s := x.bare(c); s != "" && s != strings.TrimSpace(g.title.cells[c]) {
			x.wrong(c, "line %d, the first with a title, says something else of the product: write the same here, or nothing", g.title.line)
		}
	}
}

// product makes the product of the rows that were not refused. Where there is none,
// all rows are refused.
func (g *group) product() (Product, bool) {
	if g.title == nil {
		return Product{}, false
	}
	variants, images := 0, 0
	for _, r := range g.rows {
		if r.err == nil && r.kind != imageRow {
			variants++
		}
		if r.err == nil && r.image != nil {
			images++
		}
	}
	if variants > till.MaxVariants || images > till.MaxImages {
		g.title.refuse("", "", "the product has "+counted(variants, "variant")+" and "+counted(images, "image")+": up to "+
			strconv.Itoa(till.MaxVariants)+" and "+strconv.Itoa(till.MaxImages)+" are possible", till.ErrInvalid)
	}
	if g.title.err != nil {
		for _, r := range g.rows {
			r.refuse("", "", "its product is refused, see line "+strconv.Itoa(g.title.line), g.title.err.Err)
		}
		return Product{}, false
	}
	p := Product{Line: g.title.line, Spec: till.ProductSpec{Description: g.is}}
	var pictures []*row
	for _, r := range g.rows {
		if r.err != nil {
			continue
		}
		if r.kind != imageRow {
			p.Spec.Variants = append(p.Spec.Variants, r.variant)
			p.Spec.Articles = append(p.Spec.Articles, r.article)
		}
		if r.image != nil {
			pictures = append(pictures, r)
		}
		p.rows = append(p.rows, placed{line: r.line, kind: r.kind, sku: r.article.SKU})
	}
	slices.SortStableFunc(pictures, func(a, b *row) int {
		if a.place == 0 || b.place == 0 {
			return cmp.Compare(b.place, a.place) // those without a place come last
		}
		return cmp.Compare(a.place, b.place)
	})
	for _, r := range pictures {
		p.Spec.Images = append(p.Spec.Images, *r.image)
	}
	return p, true
}
