package main

import (
	"fmt"
	"slices"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// ramp goes from cheap to dear. It stays apart in print and for who sees colours
// otherwise, and from a light and a dark page.
var ramp = [][3]int{
	{0xfd, 0xe7, 0x25}, {0xad, 0xdc, 0x30}, {0x5e, 0xc9, 0x62}, {0x28, 0xae, 0x80},
	{0x21, 0x91, 0x8c}, {0x2c, 0x72, 0x8e}, {0x3b, 0x52, 0x8b}, {0x4b, 0x38, 0x8a},
}

// colour gives the colour of a price, by its place among all that are drawn and not by
// its height, so that one odd price leaves the others apart; and the colour of words on
// it.
func (p plot) colour(price money.Price) (fill, ink string) {
	i, _ := slices.BinarySearchFunc(p.steps, price, cheaper)
	return tint(i, len(p.steps)-1)
}

// tint gives the colour of place i of 0 to last.
func tint(i, last int) (fill, ink string) {
	scaled := i * (len(ramp) - 1)
	a, b, part := ramp[0], ramp[0], 0
	if last > 0 {
		at := min(scaled/last, len(ramp)-2)
		a, b, part = ramp[at], ramp[at+1], scaled-at*last
	}
	var c [3]int
	for k := range c {
		c[k] = a[k] + (b[k]-a[k])*part/max(last, 1)
	}
	ink = "#ffffff"
	if c[0]*299+c[1]*587+c[2]*114 > 100_000 {
		ink = "#000000"
	}
	return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]), ink
}

// fewSteps is how many prices the legend names one by one.
const fewSteps = 10

// drawLegend says what the colours and marks mean.
func (d *drawing) drawLegend() {
	const first, second, third = 7380, 7640, 7900
	x := int64(left)
	swatch := func(fill, pattern, label string) {
		d.put(`<rect class="area" x="%d" y="%d" width="220" height="150" fill="%s"/>`, x, first-120, fill)
		if pattern != "" {
			d.put(`<rect x="%d" y="%d" width="220" height="150" fill="%s"/>`, x, first-120, pattern)
		}
		d.text("", "start", x+290, first, label)
		x += 420 + int64(len(label))*70
	}
	if len(d.steps) <= fewSteps {
		for _, price := range d.steps {
			fill, _ := d.colour(price)
			swatch(fill, "", price.Number())
		}
	} else {
		const bar = 4200
		last := len(d.steps) - 1
		for i := range d.steps { // each is as wide as any other
			fill, _ := tint(i, last)
			from, to := bar*i/len(d.steps), bar*(i+1)/len(d.steps)
			d.put(`<rect x="%d" y="%d" width="%d" height="110" fill="%s"/>`, x+int64(from), first-180, to-from+4, fill)
		}
		for k := range 5 { // at the ends, in the middle, and between
			i := last * k / 4
			d.text("small", "middle", x+int64(bar*(2*i+1)/(2*len(d.steps))), first+50, d.steps[i].Number())
		}
		x += bar + 400
	}
	grey, _ := tint(len(ramp)/2, len(ramp))
	swatch(grey, "url(#hatch)", "sale")
	d.put(`<rect class="none" x="%d" y="%d" width="220" height="150"/><rect class="frame" x="%d" y="%d" width="220" height="150"/>`, x, first-120, x, first-120)
	d.text("", "start", x+290, first, "no price")

	x = left
	for _, key := range []struct {
		r     till.PriceRecord
		label string
		next  int64
	}{
		{till.PriceRecord{Mark: till.Set}, "base price set", 1420}, {till.PriceRecord{Mark: till.Clear}, "cleared", 1000},
		{till.PriceRecord{Mark: till.Set, Sale: true}, "sale price set", 1400}, {till.PriceRecord{Mark: till.Clear, Sale: true}, "cleared", 1000},
		{till.PriceRecord{Mark: till.Retract}, "called off", 1100},
	} {
		d.WriteString(mark(key.r, x+110, second-42, 52) + "\n")
		d.text("", "start", x+240, second, key.label)
		x += key.next
	}
	d.text("small", "start", x, second, "each at: valid from, recorded")

	d.put(`<path class="casing" d="M%d %dh420"/><path class="now" d="M%d %dh420"/>`, left, third-42, left, third-42)
	d.text("", "start", left+500, third, "on the line: what buyers were shown")
	d.text("small", "start", left+3100, third, "right of it: the plan of that time; left of it: the past, as it was known by then")
}
