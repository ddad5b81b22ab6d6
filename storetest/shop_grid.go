package storetest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// gridChanges are changes of the prices of one article: the day on which each is
// recorded, its mark, whose price it is, what it is, and the day from which it is
// valid. Days count from the opening. A change stands on a line of its own; a remark
// follows it.
const gridChanges = `
 0  set      base      9.50   0   for now
 1  set      base     12.00  10   planned
 1  set      base-10   8.50   1   for ten pieces or more
 2  set      sale      7.00   4   a sale is planned
 2  clear    sale         -   8   and its end
 3  set      base     20.00  12   planned, and called off on day 7
 5  set      base      9.00   5   a base price that changes during the sale
 7  retract  base         -  12
 9  set      base      9.20   6   back-dated: it corrects what should have held
 9  set      sale      6.00  14   another sale is planned, and called off on day 11
11  retract  sale         -  14
11  set      base     11.00  10   a second change for one day, and back-dated
12  retract  base         -  10   called off while in force: what held before goes on
13  clear    base         -  15   no price from day 15
13  clear    base-10      -  16
16  set      base     10.00  16   and one again
16  set      sale      5.00  18
16  set      base-10   9.00  20
16  clear    base         -  22   a sale alone is no price
`

// grids are the answers, written by hand: a column for each day as of which the prices
// are known ("ever" is all that is recorded), a row for each day on which they are
// valid. "16-" is the last microsecond before day 16. "7.00<9.50" is a sale price of
// 7.00 in place of a base price of 9.50; "-" is no price. The key of a grid says how many
// pieces are bought.
var grids = map[string]string{
	"1 9": `
valid  0     1      2          3          5          7          9           11         12         13         16-        16          ever
   0-  -     -      -          -          -          -          -           -          -          -          -          -           -
   0   9.50  9.50   9.50       9.50       9.50       9.50       9.50        9.50       9.50       9.50       9.50       9.50        9.50
   3   9.50  9.50   9.50       9.50       9.50       9.50       9.50        9.50       9.50       9.50       9.50       9.50        9.50
   4-  9.50  9.50   9.50       9.50       9.50       9.50       9.50        9.50       9.50       9.50       9.50       9.50        9.50
   4   9.50  9.50   7.00<9.50  7.00<9.50  7.00<9.50  7.00<9.50  7.00<9.50   7.00<9.50  7.00<9.50  7.00<9.50  7.00<9.50  7.00<9.50   7.00<9.50
   5   9.50  9.50   7.00<9.50  7.00<9.50  7.00<9.00  7.00<9.00  7.00<9.00   7.00<9.00  7.00<9.00  7.00<9.00  7.00<9.00  7.00<9.00   7.00<9.00
   6   9.50  9.50   7.00<9.50  7.00<9.50  7.00<9.00  7.00<9.00  7.00<9.20   7.00<9.20  7.00<9.20  7.00<9.20  7.00<9.20  7.00<9.20   7.00<9.20
   8-  9.50  9.50   7.00<9.50  7.00<9.50  7.00<9.00  7.00<9.00  7.00<9.20   7.00<9.20  7.00<9.20  7.00<9.20  7.00<9.20  7.00<9.20   7.00<9.20
   8   9.50  9.50   9.50       9.50       9.00       9.00       9.20        9.20       9.20       9.20       9.20       9.20        9.20
  10-  9.50  9.50   9.50       9.50       9.00       9.00       9.20        9.20       9.20       9.20       9.20       9.20        9.20
  10   9.50  12.00  12.00      12.00      12.00      12.00      12.00       11.00      9.20       9.20       9.20       9.20        9.20
  12   9.50  12.00  12.00      20.00      20.00      12.00      12.00       11.00      9.20       9.20       9.20       9.20        9.20
  14   9.50  12.00  12.00      20.00      20.00      12.00      6.00<12.00  11.00      9.20       9.20       9.20       9.20        9.20
  15-  9.50  12.00  12.00      20.00      20.00      12.00      6.00<12.00  11.00      9.20       9.20       9.20       9.20        9.20
  15   9.50  12.00  12.00      20.00      20.00      12.00      6.00<12.00  11.00      9.20       -          -          -           -
  16   9.50  12.00  12.00      20.00      20.00      12.00      6.00<12.00  11.00      9.20       -          -          10.00       10.00
  18   9.50  12.00  12.00      20.00      20.00      12.00      6.00<12.00  11.00      9.20       -          -          5.00<10.00  5.00<10.00
  20   9.50  12.00  12.00      20.00      20.00      12.00      6.00<12.00  11.00      9.20       -          -          5.00<10.00  5.00<10.00
  22   9.50  12.00  12.00      20.00      20.00      12.00      6.00<12.00  11.00      9.20       -          -          -           -
`,
	"10 11": `
valid  0     1     2          3          5          7          9          11         12         13         16-        16          ever
   0-  -     -     -          -          -          -          -          -          -          -          -          -           -
   0   9.50  9.50  9.50       9.50       9.50       9.50       9.50       9.50       9.50       9.50       9.50       9.50        9.50
   1-  9.50  9.50  9.50       9.50       9.50       9.50       9.50       9.50       9.50       9.50       9.50       9.50        9.50
   1   9.50  8.50  8.50       8.50       8.50       8.50       8.50       8.50       8.50       8.50       8.50       8.50        8.50
   4   9.50  8.50  7.00<8.50  7.00<8.50  7.00<8.50  7.00<8.50  7.00<8.50  7.00<8.50  7.00<8.50  7.00<8.50  7.00<8.50  7.00<8.50   7.00<8.50
   8   9.50  8.50  8.50       8.50       8.50       8.50       8.50       8.50       8.50       8.50       8.50       8.50        8.50
  10   9.50  8.50  8.50       8.50       8.50       8.50       8.50       8.50       8.50       8.50       8.50       8.50        8.50
  12   9.50  8.50  8.50       8.50       8.50       8.50       8.50       8.50       8.50       8.50       8.50       8.50        8.50
  14   9.50  8.50  8.50       8.50       8.50       8.50       6.00<8.50  8.50       8.50       8.50       8.50       8.50        8.50
  15   9.50  8.50  8.50       8.50       8.50       8.50       6.00<8.50  8.50       8.50       8.50       8.50       8.50        8.50
  16   9.50  8.50  8.50       8.50       8.50       8.50       6.00<8.50  8.50       8.50       -          -          10.00       10.00
  18   9.50  8.50  8.50       8.50       8.50       8.50       6.00<8.50  8.50       8.50       -          -          5.00<10.00  5.00<10.00
  20   9.50  8.50  8.50       8.50       8.50       8.50       6.00<8.50  8.50       8.50       -          -          5.00<9.00   5.00<9.00
  22   9.50  8.50  8.50       8.50       8.50       8.50       6.00<8.50  8.50       8.50       -          -          5.00<9.00   5.00<9.00
`,
}

var gridBattery = []Rule{{
	ID:       "shop/price-grid",
	Sentence: "What an article costs at an instant, as known at another, is the same for ever: planned, back-dated, cleared, called off or on sale.",
	Why:      "somebody asks what was shown on a day, and why",
	Check: func(e *Env) {
		place := e.Place()
		s := e.stand(place, newShopClock(), 1)
		changes := e.gridChanges()
		for i, c := range changes {
			s.Clock.micros.Store(int64(dayOf(c.day)))
			if i == 0 { // a product begins with its price
				s.product("MUG", c.change.Price.Number(), 5)
			} else {
				s.Must(fmt.Sprintf("change %d", i+1), s.Staff.ChangePrice(s.Ctx, "MUG", c.change))
			}
			if i+1 == len(changes) || changes[i+1].day > c.day {
				s.offersGrid(strconv.Itoa(c.day))
			}
		}
		s.showsGrid("ever")
		history := s.priceHistory()
		e.Equal("the history", history, e.askedFor(changes))

		s = s.again(place, 2)
		s.offersGrid("ever")
		s.showsGrid("ever")
		e.Equal("the history in another shop", s.priceHistory(), history)

		// What is recorded later alters no answer as known before.
		s.Clock.pass(24 * time.Hour)
		for _, c := range []till.PriceChange{
			{From: dayOf(-1), Price: money.MustParsePrice("1.00", money.GBP)},
			{From: dayOf(9), Mark: till.Clear, Sale: true},
			{From: dayOf(5), Mark: till.Retract},
			{From: dayOf(3), Price: money.MustParsePrice("0.50", money.GBP), MinQuantity: 10},
		} {
			s.Must("a later change", s.Staff.ChangePrice(s.Ctx, "MUG", c))
		}
		s.showsGrid("")
		s = s.again(place, 3)
		s.showsGrid("")
		e.Equal("the history up to the later changes", s.priceHistory()[:len(history)], history)
		s.reconciles()
	},
}}

// gridChange is a line of gridChanges.
type gridChange struct {
	day    int
	change till.PriceChange
}

// dayOf gives the first instant of a day.
func dayOf(day int) till.Instant {
	return till.At(opening.Add(time.Duration(day) * 24 * time.Hour))
}

// dayIn reads the instant that a row or column is for.
func (e *Env) dayIn(word string) till.Instant {
	e.Helper()
	if word == "ever" {
		return till.MaxInstant
	}
	number, before := strings.CutSuffix(word, "-")
	day, err := strconv.Atoi(number)
	e.Must("read the grid", err)
	if before {
		return dayOf(day) - 1
	}
	return dayOf(day)
}

func (e *Env) gridChanges() []gridChange {
	e.Helper()
	var all []gridChange
	for line := range strings.Lines(strings.TrimSpace(gridChanges)) {
		word := strings.Fields(line)
		day, err := strconv.Atoi(word[0])
		e.Must("read the changes", err)
		c := gridChange{day: day, change: till.PriceChange{From: e.dayIn(word[4]), Sale: word[2] == "sale"}}
		e.Must("read the changes", c.change.Mark.UnmarshalText([]byte(word[1])))
		if _, least, ok := strings.Cut(word[2], "-"); ok {
			c.change.MinQuantity, err = strconv.ParseInt(least, 10, 64)
			e.Must("read the changes", err)
		}
		if c.change.Mark == till.Set {
			c.change.Price = money.MustParsePrice(word[3], money.GBP)
		}
		all = append(all, c)
	}
	return all
}

// grid is one of the grids, read.
type grid struct {
	quantities []int64
	known      []string
	valid      []string
	cells      [][]string
}

func (e *Env) grids() []grid {
	e.Helper()
	var all []grid
	for _, quantities := range slices.Sorted(maps.Keys(grids)) {
		var g grid
		for _, word := range strings.Fields(quantities) {
			n, err := strconv.ParseInt(word, 10, 64)
			e.Must("read the grid", err)
			g.quantities = append(g.quantities, n)
		}
		for line := range strings.Lines(strings.TrimSpace(grids[quantities])) {
			words := strings.Fields(line)
			if g.known == nil {
				g.known = words[1:]
				continue
			}
			g.valid, g.cells = append(g.valid, words[0]), append(g.cells, words[1:])
		}
		all = append(all, g)
	}
	return all
}

// showsGrid reads every cell from the prices; "ever" too, if it is asked for.
func (s *stand) showsGrid(ever string) {
	s.Helper()
	prices, err := s.Staff.Prices(s.Ctx, "MUG")
	s.Must("Prices", err)
	for _, g := range s.grids() {
		for _, quantity := range g.quantities {
			var got, want []string
			for i, valid := range g.valid {
				for j, known := range g.known {
					if known == "ever" && ever == "" {
						continue
					}
					cell := "-"
					if p, ok := prices.On(s.dayIn(valid), s.dayIn(known), quantity); ok {
						cell = inCell(p)
					}
					at := fmt.Sprintf("%d pieces, valid on %s, known on %s: ", quantity, valid, known)
					got, want = append(got, at+cell), append(want, at+g.cells[i][j])
				}
			}
			s.Equal("prices", got, want)
		}
	}
}

// offersGrid reads the cells of a column that lie at or after the last change from
// the catalog: what the storefront shows, and will show if nothing else is recorded.
func (s *stand) offersGrid(known string) {
	s.Helper()
	catalog, err := s.Shop.Catalog(s.Ctx, "MUG")
	s.Must("Catalog", err)
	for _, g := range s.grids() {
		column := slices.Index(g.known, known)
		if column < 0 {
			s.Stopf("no column is known on %s", known)
		}
		for _, quantity := range g.quantities {
			var got, want []string
			for i, valid := range g.valid {
				if s.dayIn(valid) < s.Clock.instant() {
					continue
				}
				offer, err := catalog.Offer(till.OfferRequest{SKU: "MUG", List: till.PriceList{Currency: money.GBP}, Quantity: quantity}, s.dayIn(valid))
				cell := inCell(offer.Priced)
				var none *till.UnavailableError
				if errors.As(err, &none) && none.Reason == till.NoPrice {
					cell = "-"
				} else {
					s.Must("Offer", err)
				}
				at := fmt.Sprintf("%d pieces on %s, known on %s: ", quantity, valid, known)
				got, want = append(got, at+cell), append(want, at+g.cells[i][column])
			}
			s.Equal("offers", got, want)
		}
	}
}

// inCell writes a price as the grids do.
func inCell(p till.Priced) string {
	if p.Sale {
		return p.Price.Number() + "<" + p.Base.Number()
	}
	return p.Price.Number()
}

// priceHistory gives what the back office says of the past.
func (s *stand) priceHistory() []string {
	s.Helper()
	var all []string
	for r, err := range s.Staff.PriceHistory(s.Ctx, "MUG", till.PriceList{}) {
		s.Must("PriceHistory", err)
		all = append(all, fmt.Sprintf("%+v", r))
	}
	return all
}

// askedFor gives what it has to say.
func (e *Env) askedFor(changes []gridChange) []string {
	var all []string
	for i, c := range changes {
		all = append(all, fmt.Sprintf("%+v", till.PriceRecord{
			N: int64(i + 1), From: c.change.From, Recorded: dayOf(c.day), Mark: c.change.Mark, Price: c.change.Price,
			Sale: c.change.Sale, MinQuantity: max(c.change.MinQuantity, 1), By: "back-office",
		}))
	}
	return all
}
