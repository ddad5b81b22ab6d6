package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// charts writes the pictures: ratios-full.svg and ratios-normal.svg, growth.svg.
func (b *bench) charts() error {
	for _, level := range b.is.levels {
		var of []*figure
		for _, f := range b.figures {
			if f.sync == level && f.named(plainName) != nil && !strings.Contains(f.work, " ") {
				of = append(of, f)
			}
		}
		if len(of) == 0 {
			continue
		}
		if err := b.draw("ratios-"+strings.ToLower(string(level))+".svg", ratioChart(of, level)); err != nil {
			return err
		}
	}
	if len(b.growth) == 0 {
		return nil
	}
	return b.draw("growth.svg", growthChart(b.growth))
}

func (b *bench) draw(name string, picture []byte) error {
	path := filepath.Join(b.is.charts, name)
	if err := os.WriteFile(path, picture, 0o644); err != nil {
		return err
	}
	b.say("drawn: %s", path)
	return nil
}

// ratioChart shows how many times as much till does as plain: bars from 1, to the right
// where it does more. A stroke in the bar is the lower quartile.
func ratioChart(figures []*figure, level syncLevel) []byte {
	const (
		left, right, top = 92.0, 60.0, 92.0
		width            = 760.0
		thick, gap       = 15.0, 13.0
	)
	all := []float64{0.5, 2} // so that 1 stands within
	works := 0
	for i, f := range figures {
		r := ratioOf(f, tillName, plainName)
		all = append(all, r.median, r.q1)
		if i == 0 || figures[i-1].work != f.work {
			works++
		}
	}
	bottom := top + float64(len(figures))*thick + float64(works)*gap
	title := "Operations a second: till compared with database/sql by hand"
	p := newPicture(width, bottom+44, title, "Bars by work and number of callers, with synchronous="+string(level))
	p.text(16, 48, "small", "start", "Median of rounds in one process, synchronous="+string(level)+". To the right of 1, till does more; the stroke is the lower quartile.")
	x := around(all, left, width-right)
	for _, tick := range x.ticks() {
		class := "grid"
		if tick == 1 {
			class = "axis"
		}
		p.line(x.at(tick), top-6, x.at(tick), bottom, class)
		p.text(x.at(tick), bottom+18, "small", "middle", strconv.FormatFloat(tick, 'g', 2, 64)+"×")
	}
	p.text((left+width-right)/2, bottom+36, "small", "middle", "till / plain, operations a second (logarithmic)")

	colours, legend := make(map[int]string), left
	y := top
	for i, f := range figures {
		if _, has := colours[f.callers]; !has {
			colours[f.callers] = hues[len(colours)%len(hues)]
			name := fmt.Sprintf("%d callers", f.callers)
			if f.callers == 1 {
				name = "1 caller"
			}
			legend = p.key(legend, 72, colours[f.callers], name)
		}
		if i > 0 && figures[i-1].work != f.work {
			y += gap
		}
		if i == 0 || figures[i-1].work != f.work {
			p.text(left-12, y+thick, "", "end", f.work)
		}
		r := ratioOf(f, tillName, plainName)
		p.bar(x.at(1), x.at(r.median), y+1, thick-2, colours[f.callers])
		p.line(x.at(r.q1), y+1, x.at(r.q1), y+thick-1, "mark")
		end := x.at(max(r.median, 1)) + 6
		p.text(end, y+thick-3.5, "small", "start", strconv.FormatFloat(r.median, 'f', digits(r.median), 64)+"×")
		y += thick
	}
	return p.done()
}

// digits says with how many decimals a ratio is shown.
func digits(r float64) int {
	switch {
	case r >= 10:
		return 0
	case r >= 1:
		return 1
	}
	return 2
}

// growthChart shows how long a read takes with more and more products: till as lines,
// plain with prepared statements as dashes.
func growthChart(all []growth) []byte {
	const (
		left, right, top, bottom = 78.0, 132.0, 104.0, 400.0
		width                    = 760.0
	)
	var figures []float64
	for _, g := range all {
		for i := range g.sizes {
			figures = append(figures, median(g.of[i].median))
		}
	}
	sizes := all[0].sizes
	p := newPicture(width, bottom+50, "The time of a read as products become more", "Lines by work, of the median time of a read with more and more products")
	p.text(16, 48, "small", "start", "Median of one caller. Lines: till. Dashes: by hand, with prepared statements.")
	y := around(figures, bottom, top)
	x := scale{least: float64(sizes[0]), most: float64(sizes[len(sizes)-1]), from: left + 20, to: width - right}
	for _, tick := range y.ticks() {
		p.line(left, y.at(tick), width-right+10, y.at(tick), "grid")
		p.text(left-8, y.at(tick)+4, "small", "end", strconv.FormatFloat(tick, 'f', -1, 64)+" µs")
	}
	p.line(left, bottom, width-right+10, bottom, "axis")
	for _, size := range sizes {
		p.text(x.at(float64(size)), bottom+20, "small", "middle", thousands(size))
	}
	p.text((left+width-right)/2, bottom+40, "small", "middle", "products (both axes are logarithmic)")
	colours, legend, labels := make(map[string]string), left, make(map[string]float64)
	for _, g := range all {
		if _, has := colours[g.work]; !has {
			colours[g.work] = hues[len(colours)%len(hues)]
			legend = p.key(legend, 78, colours[g.work], g.work)
		}
		var points [][2]float64
		for i, size := range g.sizes {
			points = append(points, [2]float64{x.at(float64(size)), y.at(median(g.of[i].median))})
		}
		p.path(points, colours[g.work], g.name != tillName)
		if last := points[len(points)-1]; g.name == tillName {
			labels[fmt.Sprintf("%s %s µs", g.work, micros(median(g.of[len(g.of)-1].median)))] = last[1]
		}
	}
	p.ends(width-right+14, labels)
	return p.done()
}
