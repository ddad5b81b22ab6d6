package main

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// picture is an SVG picture. Its colours have a middle tone, so that they can be seen on
// white and on black; texts turn with the reader's preference.
type picture struct {
	strings.Builder
	width, height float64
}

const style = `
text { font: 13px system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; fill: #6e7781 }
.title { font-size: 17px; font-weight: 600 }
.small { font-size: 11.5px }
.grid { stroke: #8b949e; stroke-opacity: .28 }
.axis { stroke: #8b949e; stroke-width: 1.5 }
.mark { stroke: #8b949e; stroke-width: 1.5 }
@media (prefers-color-scheme: light) {
	text { fill: #424a53 }
	.mark { stroke: #24292f }
}
@media (prefers-color-scheme: dark) {
	text { fill: #b6bfc9 }
	.mark { stroke: #f0f6fc }
}
`

// The hues, told apart by lightness too.
var hues = []string{"#4c8dd6", "#d97b29", "#3f9d6b", "#a66bc4"}

// newPicture begins a picture; description is read to whoever does not see it.
func newPicture(width, height float64, title, description string) *picture {
	p := &picture{width: width, height: height}
	fmt.Fprintf(p, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" width="%[1]g" height="%[2]g" role="img">`+"\n", width, height)
	fmt.Fprintf(p, "<title>%s</title>\n<desc>%s</desc>\n<style>%s</style>\n", escaped(title), escaped(description), style)
	p.text(16, 28, "title", "start", title)
	return p
}

// done ends the picture and gives it.
func (p *picture) done() []byte {
	p.WriteString("</svg>\n")
	return []byte(p.String())
}

func (p *picture) text(x, y float64, class, anchor, text string) {
	fmt.Fprintf(p, `<text x="%.1f" y="%.1f" class="%s" text-anchor="%s">%s</text>`+"\n", x, y, class, anchor, escaped(text))
}

func (p *picture) line(x1, y1, x2, y2 float64, class string) {
	fmt.Fprintf(p, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="%s"/>`+"\n", x1, y1, x2, y2, class)
}

func (p *picture) bar(x1, x2, y, height float64, colour string) {
	fmt.Fprintf(p, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="1.5" fill="%s"/>`+"\n", min(x1, x2), y, max(math.Abs(x2-x1), 1), height, colour)
}

// path draws a line through points, dashed or not, with a dot on each of them.
func (p *picture) path(points [][2]float64, colour string, dashed bool) {
	var d strings.Builder
	for i, at := range points {
		letter := "L"
		if i == 0 {
			letter = "M"
		}
		fmt.Fprintf(&d, "%s%.1f %.1f", letter, at[0], at[1])
	}
	dashes, radius := "", 3.5
	if dashed {
		dashes, radius = ` stroke-dasharray="5 4"`, 2.5
	}
	fmt.Fprintf(p, `<path d="%s" fill="none" stroke="%s" stroke-width="2"%s/>`+"\n", d.String(), colour, dashes)
	for _, at := range points {
		fmt.Fprintf(p, `<circle cx="%.1f" cy="%.1f" r="%g" fill="%s"/>`+"\n", at[0], at[1], radius, colour)
	}
}

// key draws an entry of a legend and gives the place behind it.
func (p *picture) key(x, y float64, colour, text string) float64 {
	p.bar(x, x+12, y-10, 11, colour)
	p.text(x+18, y, "small", "start", text)
	return x + 34 + 6.2*float64(len(text))
}

// ends writes labels beside the ends of lines, at least a line of text apart.
func (p *picture) ends(x float64, labels map[string]float64) {
	names := slices.SortedFunc(maps.Keys(labels), func(a, b string) int {
		return cmp.Or(cmp.Compare(labels[a], labels[b]), cmp.Compare(a, b))
	})
	free := 0.0
	for _, name := range names {
		y := max(labels[name]+4, free)
		p.text(x, y, "small", "start", name)
		free = y + 14
	}
}

func escaped(text string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(text)); err != nil {
		return ""
	}
	return b.String()
}

// scale turns figures into places, by their logarithms: twice as many is as far
// everywhere.
type scale struct {
	least, most float64 // figures
	from, to    float64 // places
}

func (s scale) at(figure float64) float64 {
	share := math.Log(figure/s.least) / math.Log(s.most/s.least)
	return s.from + min(max(share, 0), 1)*(s.to-s.from)
}

// ticks gives the figures 1, 2 and 5 of each power of ten within the scale.
func (s scale) ticks() []float64 {
	var all []float64
	for power := math.Floor(math.Log10(s.least)); power <= math.Ceil(math.Log10(s.most)); power++ {
		for _, digit := range []float64{1, 2, 5} {
			if tick := digit * math.Pow(10, power); tick >= s.least*0.999 && tick <= s.most*1.001 {
				all = append(all, tick)
			}
		}
	}
	return all
}

// around makes a scale that begins and ends with a tick and has all figures in it.
func around(figures []float64, from, to float64) scale {
	least, most := math.Inf(1), math.Inf(-1)
	for _, f := range figures {
		least, most = min(least, f), max(most, f)
	}
	wide := scale{least: math.Pow(10, math.Floor(math.Log10(least))-1), most: math.Pow(10, math.Ceil(math.Log10(most))+1)}
	fit := scale{from: from, to: to}
	for _, tick := range wide.ticks() {
		if tick <= least || fit.least == 0 {
			fit.least = tick
		}
		if tick >= most && fit.most == 0 {
			fit.most = tick
		}
	}
	if fit.most <= fit.least {
		fit.most = fit.least * 2
	}
	return fit
}
