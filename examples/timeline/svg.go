package main

import (
	"fmt"
	"html"
	"strings"
	"unicode"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// Where things stand, in tenths of a pixel.
const (
	wide, high           = 9600, 8060
	left, right          = 1250, 9350
	pricesTop, pricesEnd = 1330, 2630
	planeTop, planeEnd   = 3330, 6630
)

// style is for light and for dark. What stands on the areas is the same in both.
const style = `
text { font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; font-size: 120px; fill: #1f2328 }
.title { font-size: 200px; font-weight: 600 } .head { font-size: 140px; font-weight: 600 } .small { fill: #59636e }
.paper { fill: #ffffff } .none { fill: #f1f3f5 } .frame { fill: none; stroke: #818b98; stroke-width: 10 }
.grid { stroke: #818b98; stroke-opacity: .35; stroke-width: 8 } .area { stroke: #ffffff; stroke-width: 8 } .bare { stroke: none }
.shown { fill: none; stroke: #818b98; stroke-opacity: .55; stroke-width: 90 }
.base { fill: none; stroke: #0969da; stroke-width: 26 } .sale { fill: none; stroke: #bc4c00; stroke-width: 26; stroke-dasharray: 90 50 }
.casing { fill: none; stroke: #ffffff; stroke-width: 44 } .now { fill: none; stroke: #000000; stroke-width: 20; stroke-dasharray: 70 45 }
.mark { fill: #000000; stroke: #ffffff; stroke-width: 14; paint-order: stroke } .open { fill: #ffffff; stroke: #000000; stroke-width: 18 }
.cross { fill: none; stroke: #000000; stroke-width: 26 } .halo { fill: none; stroke: #ffffff; stroke-width: 54 }
.on { font-weight: 600; paint-order: stroke; stroke-width: 50; stroke-linejoin: round }
.many .shown { stroke-width: 44 } .many .base, .many .sale { stroke-width: 13 } .many .sale { stroke-dasharray: none }
.many .mark { stroke-width: 8 } .many .now { stroke-width: 12 } .many .casing { stroke-width: 28 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .small { fill: #9198a1 } .paper { fill: #0d1117 } .none { fill: #1c2128 } .area { stroke: #0d1117 }
.base { stroke: #58a6ff } .sale { stroke: #f0883e }
}
`

// many is how many changes are drawn with strong lines; more have thin ones.
const many = 60

// drawing is a picture in the making.
type drawing struct {
	strings.Builder
	plot
	across, up scale
	money      ladder
}

// put writes markup; a text among the arguments has to be escaped.
func (d *drawing) put(format string, args ...any) {
	fmt.Fprintf(d, format, args...)
	d.WriteByte('\n')
}

// escaped gives a text as XML can have it: without the characters that it has no place
// for, even escaped.
func escaped(text string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			return unicode.ReplacementChar
		}
		return r
	}, text))
}

func (d *drawing) text(class, anchor string, x, y int64, text string) {
	d.put(`<text class="%s" x="%d" y="%d" text-anchor="%s">%s</text>`, class, x, y, anchor, escaped(text))
}

// marked reports whether a change lies in the picture.
func (p plot) marked(r till.PriceRecord) bool { return p.valid.has(r.From) && p.known.has(r.Recorded) }

// crowded reports whether there are many marks.
func (p plot) crowded() bool {
	n := 0
	for _, r := range p.records {
		if p.marked(r) {
			n++
		}
	}
	return n > many
}

// draw gives the picture.
func (p plot) draw() string {
	d := &drawing{plot: p, across: scale{p.valid, left, right}, up: scale{p.known, planeEnd, planeTop}}
	base, sale, shown := p.base(), p.sale(), p.shown()
	var all []money.Price
	for _, line := range [][]piece{base, sale, shown} {
		for _, piece := range line {
			all = append(all, piece.price)
		}
	}
	d.money = newLadder(all)

	title := fmt.Sprintf("Prices of %s", p.sku)
	about := fmt.Sprintf("List %s, %s each", p.list.List, p.list.Currency)
	if p.quantity > 1 {
		about += fmt.Sprintf(" when %d are bought", p.quantity)
	}
	about += fmt.Sprintf("; %d changes, recorded from %s to %s", len(p.records), date(p.records[0].Recorded), date(p.records[len(p.records)-1].Recorded))
	d.put(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="title desc">`, wide, high, wide/10, high/10)
	d.put(`<title id="title">%s</title>`, escaped(title))
	d.put(`<desc id="desc">%s</desc>`, escaped(about+". Above, the price over the time for which it is valid. Below, the same across, and upwards the time at which it became known."))
	d.put(`<style>%s</style>`, style)
	d.put(`<defs><pattern id="hatch" width="110" height="110" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">` +
		`<path d="M0 0V110" stroke="#ffffff" stroke-opacity=".75" stroke-width="46"/><path d="M46 0V110" stroke="#000000" stroke-opacity=".35" stroke-width="20"/></pattern></defs>`)
	d.put(`<rect class="paper" width="%d" height="%d"/>`, wide, high)
	d.text("title", "start", left, 330, title)
	d.text("small", "start", left, 570, about)

	if d.crowded() {
		d.put(`<g class="many">`)
	} else {
		d.put(`<g>`)
	}
	d.drawPrices(base, sale, shown)
	d.drawPlane()
	d.put(`</g>`)
	d.drawLegend()
	d.put(`</svg>`)
	return d.String()
}

// drawPrices draws the upper part: prices over valid time.
func (d *drawing) drawPrices(base, sale, shown []piece) {
	d.text("head", "start", left, 900, "What it costs")
	x := int64(left)
	for _, key := range []struct{ class, label string }{
		{"base", "base price, as known now"}, {"sale", "sale price, as known now"}, {"shown", "what buyers were shown"},
	} {
		d.put(`<path class="%s" d="M%d 1120h420"/>`, key.class, x)
		d.text("small", "start", x+500, 1160, key.label)
		x += 2450
	}
	for v := d.money.low; v <= d.money.high; v += d.money.step {
		y := d.money.at(v, pricesEnd, pricesTop)
		d.put(`<path class="grid" d="M%d %dH%d"/>`, left, y, right)
		if amount, err := money.FromMinor(v/1000, d.list.Currency); err == nil {
			d.text("small", "end", left-90, y+42, amount.Number())
		}
	}
	for _, t := range d.valid.ticks(8) {
		d.put(`<path class="grid" d="M%d %dV%d"/>`, d.across.at(t.at), pricesTop, pricesEnd)
	}
	d.put(`<rect class="frame" x="%d" y="%d" width="%d" height="%d"/>`, left, pricesTop, right-left, pricesEnd-pricesTop)
	for _, line := range []struct {
		class  string
		pieces []piece
	}{{"shown", shown}, {"base", base}, {"sale", sale}} {
		if path := d.stairs(line.pieces); path != "" {
			d.put(`<path class="%s" d="%s"/>`, line.class, path)
		}
	}
}

// stairs draws pieces as one line, which breaks where there is no price.
func (d *drawing) stairs(pieces []piece) string {
	var path strings.Builder
	for i, piece := range pieces {
		x, y := d.across.at(piece.over.from), d.money.at(thousandths(piece.price), pricesEnd, pricesTop)
		if i > 0 && pieces[i-1].over.to == piece.over.from {
			fmt.Fprintf(&path, "V%d", y)
		} else {
			fmt.Fprintf(&path, "M%d %d", x, y)
		}
		fmt.Fprintf(&path, "H%d", d.across.at(piece.over.to))
	}
	return path.String()
}

// drawPlane draws the lower part: valid time across, recorded time upwards.
func (d *drawing) drawPlane() {
	d.text("head", "start", left, 3010, "What was known of it, and when")
	d.text("small", "start", left, 3220, "Each colour is a price. Read a row from left to right: all that was known at that time of the past and of the time to come.")
	d.put(`<rect class="none" x="%d" y="%d" width="%d" height="%d"/>`, left, planeTop, right-left, planeEnd-planeTop)
	class := "area"
	if d.crowded() { // lines between them would be all there is to see
		class = "bare"
	}
	for _, a := range d.areas {
		x, y := d.across.at(a.valid.from), d.up.at(a.known.to)
		w, h := d.across.at(a.valid.to)-x, d.up.at(a.known.from)-y
		rect := fmt.Sprintf(`x="%d" y="%d" width="%d" height="%d"`, x, y, w, h)
		fill, ink := d.colour(a.price)
		d.put(`<rect class="%s" %s fill="%s"/>`, class, rect, fill)
		if a.sale {
			d.put(`<rect %s fill="url(#hatch)"/>`, rect)
		}
		label := a.price.Number()
		if w > int64(len(label))*78+60 && h > 170 {
			d.put(`<text class="on" x="%d" y="%d" text-anchor="middle" style="fill:%s;stroke:%s">%s</text>`, x+w/2, y+h/2+42, ink, fill, label)
		}
	}
	for _, t := range d.valid.ticks(8) {
		x := d.across.at(t.at)
		d.put(`<path class="grid" d="M%d %dV%d"/>`, x, planeTop, planeEnd+60)
		d.text("small", "middle", x, planeEnd+200, t.label)
	}
	for _, t := range d.known.ticks(9) {
		y := d.up.at(t.at)
		d.put(`<path class="grid" d="M%d %dH%d"/>`, left-60, y, right)
		d.text("small", "end", left-90, y+42, t.label)
	}
	d.put(`<rect class="frame" x="%d" y="%d" width="%d" height="%d"/>`, left, planeTop, right-left, planeEnd-planeTop)
	d.text("", "middle", (left+right)/2, planeEnd+420, "valid: the time for which one asks")
	d.put(`<text x="0" y="0" text-anchor="middle" transform="translate(330 %d) rotate(-90)">recorded: as known at that time</text>`, (planeTop+planeEnd)/2)
	from, to := max(d.valid.from, d.known.from), min(d.valid.to, d.known.to)
	if from < to {
		line := fmt.Sprintf("M%d %dL%d %d", d.across.at(from), d.up.at(from), d.across.at(to), d.up.at(to))
		d.put(`<path class="casing" d="%s"/><path class="now" d="%s"/>`, line, line)
	}
	size := int64(52)
	if d.crowded() {
		size = 22
	}
	for _, r := range d.records {
		if d.marked(r) {
			d.put(`<g><title>%s</title>%s</g>`, escaped(inWords(r)), mark(r, d.across.at(r.From), d.up.at(r.Recorded), size))
		}
	}
}

// mark draws a change: a disc for the base price, a diamond for a sale, hollow for a
// Clear; a cross for a Retract.
func mark(r till.PriceRecord, x, y, size int64) string {
	class := "mark"
	switch {
	case r.Mark == till.Retract:
		cross := fmt.Sprintf("M%d %dl%d %dm0 %dl%d %d", x-size, y-size, 2*size, 2*size, -2*size, -2*size, 2*size)
		return fmt.Sprintf(`<path class="halo" d="%s"/><path class="cross" d="%s"/>`, cross, cross)
	case r.Mark == till.Clear:
		class = "open"
	}
	if r.Sale {
		size += size / 4
		return fmt.Sprintf(`<path class="%s" d="M%d %dl%d %dl%d %dl%d %dz"/>`, class, x, y-size, size, size, -size, size, -size, -size)
	}
	return fmt.Sprintf(`<circle class="%s" cx="%d" cy="%d" r="%d"/>`, class, x, y, size)
}

// inWords tells of a change, for who points at its mark.
func inWords(r till.PriceRecord) string {
	what := "base price"
	if r.Sale {
		what = "sale price"
	}
	if r.MinQuantity > 1 {
		what += fmt.Sprintf(" from %d pieces", r.MinQuantity)
	}
	text := fmt.Sprintf("%d. recorded %s: %s %s", r.N, minute(r.Recorded), r.Mark, what)
	if r.Mark == till.Set {
		text += " " + r.Price.String()
	}
	text += ", valid from " + minute(r.From)
	if r.By != "" {
		text += ", by " + string(r.By)
	}
	if r.Note != "" {
		text += ": " + r.Note
	}
	return text
}

func date(at till.Instant) string   { return at.Time().Format("2006-01-02") }
func minute(at till.Instant) string { return at.Time().Format("2006-01-02 15:04") }
