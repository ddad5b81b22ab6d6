package main

import (
	"math"
	"regexp"
	"strconv"
	"testing"
)

// A scale has all its figures within, and begins and ends with a tick.
func TestScale(t *testing.T) {
	for _, figures := range [][]float64{{0.5, 2}, {0.16, 5.6}, {1, 1}, {12, 990}, {0.003, 41000}, {100, 100.5}} {
		s := around(figures, 0, 100)
		ticks := s.ticks()
		if len(ticks) < 2 || math.Abs(s.at(ticks[0])) > 0.01 || math.Abs(s.at(ticks[len(ticks)-1])-100) > 0.01 {
			t.Errorf("%v: from %v to %v, ticks %v", figures, s.least, s.most, ticks)
		}
		for _, f := range figures {
			if f < s.least || f > s.most {
				t.Errorf("%v: %v lies outside of %v to %v", figures, f, s.least, s.most)
			}
		}
	}
	s := scale{least: 1, most: 100, from: 10, to: 30}
	if at := s.at(10); math.Abs(at-20) > 1e-9 {
		t.Errorf("10 between 1 and 100 is at %v of 10 to 30", at)
	}
}

// Labels of lines that end at one place can be read all the same, and text stays text.
func TestEnds(t *testing.T) {
	p := newPicture(100, 100, "a < b", "")
	p.ends(0, map[string]float64{"one": 50, "two": 50, "three": 51, "four": 90})
	last := 0.0
	for _, at := range regexp.MustCompile(`y="([0-9.]+)" class="small"`).FindAllSubmatch(p.done(), -1) {
		y, err := strconv.ParseFloat(string(at[1]), 64)
		if err != nil || y < last+14 {
			t.Errorf("a label at %v, %v stands too near to the one at %v", y, err, last)
		}
		last = y
	}
	if !regexp.MustCompile(`<title>a &lt; b</title>`).Match(p.done()) {
		t.Errorf("the title is not escaped:\n%s", p.done())
	}
}
