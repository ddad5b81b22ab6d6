package till

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"
	"time"
	_ "time/tzdata" // so that no test depends on the machine's

	"pgregory.net/rapid"

	"github.com/tillkit/till/money"
)

// zoned gives a time zone by its name.
func zoned(name string) *time.Location { return must(time.LoadLocation(name)) }

// utc reads an instant, as in "2026-03-29T01:00:00".
func utc(s string) Instant { return must(ParseInstant(s + "Z")) }

// yen is a second currency, without decimals.
var yen = standard(money.JPY)

// reportShop sells three articles in two currencies, at prices that make sums odd.
var reportShop = func() Catalog {
	inYen := func(sku SKU, price string) Prices {
		return must3(must(NewPrices(sku, yen)).Change(on(0), PriceChange{Price: money.MustParsePrice(price, money.JPY)}))
	}
	return must(NewCatalog(
		[]Product{product(1, "mug", "MUG"), product(2, "cup", "CUP"), product(3, "pot", "POT")},
		[]Prices{priced("MUG", "9.50"), priced("CUP", "2.01"), priced("POT", "0"), inYen("MUG", "1500"), inYen("CUP", "333"), inYen("POT", "7")},
	))
}()

// ordered gives an order that is placed at an instant.
func ordered(at Instant, list PriceList, items ...Item) Order {
	cart := must(must(NewCart(list)).Add(items...))
	m := Meta{At: at, By: "test"}
	o := must3(OpenOrder(m, opening(), must(cart.Quote(reportShop, Terms{}, jan(1)))))
	return must3(o.Place(m, ByInvoice))
}

// drawOrders draws orders around an instant, most of them close to a few others. Some
// have more entries, a few are only opened.
func drawOrders(t *rapid.T, around Instant) []Order {
	var orders []Order
	for range among(t, "orders", 12) {
		at := around.Add(time.Duration(among(t, "hour", 24*70))*time.Hour + time.Duration(among(t, "second", 3600))*time.Second)
		var items []Item
		for range 1 + among(t, "items", 3) {
			items = append(items, Item{SKU: pick(t, "sku", SKU("MUG"), "CUP", "POT"), Quantity: int64(1 + among(t, "quantity", 5)), Apart: oneIn(t, "apart", 3)})
		}
		o := ordered(at, pick(t, "list", inPounds, yen), items...)
		switch among(t, "what", 8) {
		case 0:
			o = must(Fold(Order{}, o.entries[:1]...))
		case 1:
			o = must3(o.SetMetadata(Meta{At: at.Add(40 * 24 * time.Hour)}, Metadata{"k": "v"}))
		}
		orders = append(orders, o)
	}
	return orders
}

func revenueOf(t rapid.TB, spec RevenueSpec, orders ...Order) Revenue {
	t.Helper()
	r := must(NewRevenue(spec))
	for _, o := range orders {
		r = must(r.Add(o))
	}
	return r
}

func unitsOf(t rapid.TB, spec UnitsSpec, orders ...Order) Units {
	t.Helper()
	u := must(NewUnits(spec))
	for _, o := range orders {
		u = must(u.Add(o))
	}
	return u
}

// Days and months are those of the zone: of 23 and 25 hours where clocks are changed,
// from the first instant of a date where its midnight is missing or comes twice.
func TestPeriods(t *testing.T) {
	for _, c := range []struct {
		name, zone string
		by         Period
		at         string
		label      string
		start, end string
	}{
		{"UTC", "UTC", Day, "2026-03-29T12:00:00", "2026-03-29", "2026-03-29T00:00:00", "2026-03-30T00:00:00"},
		{"a month of UTC", "UTC", Month, "2024-02-29T23:59:59.999999", "2024-02", "2024-02-01T00:00:00", "2024-03-01T00:00:00"},
		{"a year ends", "UTC", Month, "2010-12-31T23:59:59", "2010-12", "2010-12-01T00:00:00", "2011-01-01T00:00:00"},
		{"23 hours", "Europe/London", Day, "2026-03-29T12:00:00", "2026-03-29", "2026-03-29T00:00:00", "2026-03-29T23:00:00"},
		{"the day after", "Europe/London", Day, "2026-03-29T23:00:00", "2026-03-30", "2026-03-29T23:00:00", "2026-03-30T23:00:00"},
		{"25 hours", "Europe/London", Day, "2026-10-25T12:00:00", "2026-10-25", "2026-10-24T23:00:00", "2026-10-26T00:00:00"},
		{"a month with an hour less", "Europe/London", Month, "2026-03-29T00:30:00", "2026-03", "2026-03-01T00:00:00", "2026-03-31T23:00:00"},
		{"a month that begins in another", "Europe/London", Month, "2026-03-31T23:00:00", "2026-04", "2026-03-31T23:00:00", "2026-04-30T23:00:00"},
		{"no midnight", "America/Sao_Paulo", Day, "2018-11-04T12:00:00", "2018-11-04", "2018-11-04T03:00:00", "2018-11-05T02:00:00"},
		{"the day before no midnight", "America/Sao_Paulo", Day, "2018-11-04T02:59:59.999999", "2018-11-03", "2018-11-03T03:00:00", "2018-11-04T03:00:00"},
		{"eleven in the evening comes twice", "America/Sao_Paulo", Day, "2018-02-18T02:30:00", "2018-02-17", "2018-02-17T02:00:00", "2018-02-18T03:00:00"},
		{"no midnight, another year's rule", "America/Havana", Day, "2040-03-11T12:00:00", "2040-03-11", "2040-03-11T05:00:00", "2040-03-12T04:00:00"},
		{"midnight comes twice, the first time", "America/Havana", Day, "2010-10-31T04:00:00", "2010-10-31", "2010-10-31T04:00:00", "2010-11-01T05:00:00"},
		{"a month with midnight twice", "America/Havana", Month, "2020-11-01T05:00:00", "2020-11", "2020-11-01T04:00:00", "2020-12-01T05:00:00"},
		{"the clock goes back into the day before", "America/St_Johns", Day, "2010-11-07T03:00:00", "2010-11-07", "2010-11-07T02:30:00", "2010-11-08T03:30:00"},
		{"its evening, the first time", "America/St_Johns", Day, "2010-11-07T02:29:00", "2010-11-06", "2010-11-06T02:30:00", "2010-11-07T02:30:00"},
		{"before a day that is left out", "Pacific/Apia", Day, "2011-12-30T09:59:59", "2011-12-29", "2011-12-29T10:00:00", "2011-12-30T10:00:00"},
		{"after it", "Pacific/Apia", Day, "2011-12-30T10:00:00", "2011-12-31", "2011-12-30T10:00:00", "2011-12-31T10:00:00"},
		{"its month", "Pacific/Apia", Month, "2011-12-30T10:00:00", "2011-12", "2011-12-01T10:00:00", "2011-12-31T10:00:00"},
		{"the last day of a leap year far ahead", "Europe/London", Day, "2080-12-31T12:00:00", "2080-12-31", "2080-12-31T00:00:00", "2081-01-01T00:00:00"},
		{"quarters of an hour", "Asia/Kathmandu", Day, "2026-01-01T18:15:00", "2026-01-02", "2026-01-01T18:15:00", "2026-01-02T18:15:00"},
		{"farthest east", "Pacific/Kiritimati", Month, "2025-12-31T10:00:00", "2026-01", "2025-12-31T10:00:00", "2026-01-31T10:00:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := utc(c.at)
			rows := revenueOf(t, RevenueSpec{By: c.by, Zone: zoned(c.zone)}, ordered(at, inPounds, Item{SKU: "MUG", Quantity: 1})).Rows()
			same(t, "the row", rows, []RevenueRow{{c.label, utc(c.start), utc(c.end), money.GBP, 1, pounds("9.50")}})
		})
	}
}

// Every instant lies in one period, periods follow each other without a gap, a
// month's begin and end are days', and a period begins at the first instant of its
// date.
func TestPeriodsCover(t *testing.T) {
	zones := []*time.Location{time.FixedZone("east", secondsOfDay-1), time.FixedZone("west", 1-secondsOfDay), time.UTC}
	for _, name := range []string{
		"Europe/London", "Europe/Dublin", "America/Sao_Paulo", "America/Havana", "America/St_Johns", "America/Toronto", "Pacific/Apia", "Asia/Beirut",
		"Africa/Cairo", "Asia/Gaza", "Australia/Lord_Howe", "Africa/Casablanca", "Antarctica/Troll", "Pacific/Kiritimati", "Pacific/Kwajalein", "America/Asuncion",
	} {
		zones = append(zones, zoned(name))
	}
	checkMany(t, 3000, func(t *rapid.T) {
		zone := pick(t, "zone", zones...)
		at := utc("1950-01-01T00:00:00").Add(time.Duration(among(t, "hours", 24*366*150)) * time.Hour)
		if oneIn(t, "at a change of the clocks", 2) {
			if _, end := at.Time().In(zone).ZoneBounds(); !end.IsZero() {
				at = At(end).Add(time.Duration(among(t, "seconds", 7200)-3600) * time.Second)
			}
		}
		r := must(NewRevenue(RevenueSpec{By: pick(t, "by", Day, Month), Zone: zone}))
		is := must(r.period(at))
		if at < is.Start || at >= is.End {
			t.Fatalf("%s in %s lies outside %+v", at, zone, is)
		}
		same(t, "at its begin", must(r.period(is.Start)), is)
		same(t, "at its end", must(r.period(is.End-1)), is)
		if next := must(r.period(is.End)); next.Start != is.End {
			t.Fatalf("%+v in %s is followed by %+v", is, zone, next)
		}
		if before := must(r.period(is.Start - 1)); before.End != is.Start || before.Label >= is.Label {
			t.Fatalf("%+v in %s is preceded by %+v", is, zone, before)
		}
		layout := map[Period]string{Day: "2006-01-02", Month: "2006-01"}[r.by]
		if first := is.Start.Time().In(zone).Format(layout); first != is.Label {
			t.Fatalf("%+v begins in %s, in %s", is, first, zone)
		}
		if last := (is.Start - 1).Time().In(zone).Format(layout); last >= is.Label {
			t.Fatalf("%+v in %s has begun before: in %s", is, zone, last)
		}
		days := must(NewRevenue(RevenueSpec{By: Day, Zone: zone}))
		if r.by == Month && (must(days.period(is.Start)).Start != is.Start || must(days.period(is.End-1)).End != is.End) {
			t.Fatalf("%+v in %s does not begin and end with a day", is, zone)
		}
	})
}

// The laws of a fold: the order of orders and how they are parted do not matter, and
// nothing is counted twice or lost.
func TestRevenueLaws(t *testing.T) {
	counted := 0
	checkMany(t, 500, func(t *rapid.T) {
		around := utc("2018-10-01T00:00:00")
		spec := RevenueSpec{By: Day, Zone: zoned(pick(t, "zone", "UTC", "America/Sao_Paulo", "Pacific/Kiritimati"))}
		if oneIn(t, "bounded", 2) {
			spec.From = around.Add(time.Duration(among(t, "from", 60)) * 24 * time.Hour)
			spec.To = spec.From.Add(time.Duration(among(t, "days", 30)) * 24 * time.Hour)
		}
		orders := drawOrders(t, around)
		whole := revenueOf(t, spec, orders...)

		mixed := rapid.Permutation(orders).Draw(t, "in another order")
		same(t, "in another order", revenueOf(t, spec, mixed...).Rows(), whole.Rows())

		n := among(t, "half", len(orders)+1)
		merged := must(revenueOf(t, spec, mixed[:n]...).Merge(revenueOf(t, spec, mixed[n:]...)))
		same(t, "two halves", merged.Rows(), whole.Rows())

		totals, number := map[money.Currency]money.Amount{}, map[money.Currency]int64{}
		for _, o := range orders {
			if at := o.Placed(); at != 0 && at >= spec.From && (spec.To == 0 || at < spec.To) {
				c := o.Total().Currency()
				totals[c], number[c] = must(totals[c].Add(o.Total())), number[c]+1
				counted++
			}
		}
		sums, counts := map[money.Currency]money.Amount{}, map[money.Currency]int64{}
		for _, row := range whole.Rows() {
			sums[row.Currency], counts[row.Currency] = must(sums[row.Currency].Add(row.Amount)), counts[row.Currency]+row.Orders
		}
		same(t, "sums of rows", sums, totals)
		same(t, "orders of rows", counts, number)

		spec.By = Month
		byMonth := revenueOf(t, spec, orders...)
		summed := must(NewRevenue(spec))
		for _, row := range whole.Rows() {
			month := must(summed.period(row.Start))
			month.Currency, month.Orders, month.Amount = row.Currency, row.Orders, row.Amount
			summed = must(summed.plus(month))
		}
		same(t, "days summed to months", summed.Rows(), byMonth.Rows())
		for _, rows := range [][]RevenueRow{whole.Rows(), byMonth.Rows()} {
			if !slices.IsSortedFunc(rows, func(a, b RevenueRow) int {
				return revenueKey{a.Start, a.Currency}.compare(revenueKey{b.Start, b.Currency})
			}) {
				t.Fatalf("not in order: %v", rows)
			}
		}
	})
	if counted < 500 {
		t.Errorf("%d orders were counted", counted)
	}
}

// The range is half-open, and what an order brings counts when it was placed: not
// when it was opened, quoted or changed.
func TestRevenueRange(t *testing.T) {
	from, to := utc("2026-03-01T00:00:00"), utc("2026-04-01T00:00:00")
	mug := Item{SKU: "MUG", Quantity: 1}
	late := must3(ordered(to-1, inPounds, mug).SetMetadata(Meta{At: to + 5}, Metadata{"k": "v"}))
	opened := must3(OpenOrder(Meta{At: from - 1}, opening(), must(cartOf(mug).Quote(reportShop, Terms{}, jan(1)))))
	orders := []Order{ordered(from-1, inPounds, mug), must3(opened.Place(Meta{At: from}, ByInvoice)), opened, late, ordered(to, inPounds, mug)}
	march := func(n int64, amount string) RevenueRow {
		return RevenueRow{"2026-03", from, to, money.GBP, n, pounds(amount)}
	}
	same(t, "of March", revenueOf(t, RevenueSpec{By: Month, From: from, To: to}, orders...).Rows(), []RevenueRow{march(2, "19.00")})
	same(t, "of a part of March, in whole months", revenueOf(t, RevenueSpec{By: Month, From: from + 1, To: to - 1}, orders...).Rows(), []RevenueRow(nil))
	same(t, "of its last microsecond", revenueOf(t, RevenueSpec{By: Month, From: to - 1, To: to}, orders...).Rows(), []RevenueRow{march(1, "9.50")})
	same(t, "of no time", revenueOf(t, RevenueSpec{By: Month, From: from, To: from}, orders...).Rows(), []RevenueRow(nil))
	if rows := revenueOf(t, RevenueSpec{By: Month}, orders...).Rows(); len(rows) != 3 || rows[0].Label != "2026-02" || rows[2].Label != "2026-04" {
		t.Errorf("of all time: %v", rows)
	}
}

func TestReportRefusals(t *testing.T) {
	spec := RevenueSpec{By: Day, Zone: time.FixedZone("x", 3600)}
	revenue := func(s RevenueSpec) error { _, err := NewRevenue(s); return err }
	merge := func(other RevenueSpec) error {
		with := revenueOf(t, spec, smallOrder())
		next, err := with.Merge(revenueOf(t, other, smallOrder()))
		same(t, "what could not be merged", next, with)
		return err
	}
	units := must(NewUnits(UnitsSpec{From: 1}))
	for name, c := range map[string]struct{ err, want error }{
		"no period":          {revenue(RevenueSpec{}), badAt("by")},
		"another period":     {revenue(RevenueSpec{By: "year"}), badAt("by")},
		"far zone":           {revenue(RevenueSpec{By: Day, Zone: time.FixedZone("x", secondsOfDay)}), badAt("zone")},
		"farthest zone":      {revenue(RevenueSpec{By: Day, Zone: time.FixedZone("x", math.MinInt)}), badAt("zone")},
		"turned round":       {revenue(RevenueSpec{By: Day, From: 2, To: 1}), badAt("to")},
		"from the year 0":    {revenue(RevenueSpec{By: Day, From: MinInstant - 1}), badAt("from")},
		"to the year 10,000": {revenue(RevenueSpec{By: Day, To: MaxInstant + 1}), badAt("to")},
		"no revenue":         {func() error { _, err := Revenue{}.Add(smallOrder()); return err }(), badAt("revenue")},
		"by another period":  {merge(RevenueSpec{By: Month, Zone: spec.Zone}), badAt("revenue")},
		"of another zone":    {merge(RevenueSpec{By: Day}), badAt("revenue")},
		"of a namesake":      {merge(RevenueSpec{By: Day, Zone: time.FixedZone("x", 3601)}), badAt("revenue")},
		"whose days differ":  {merge(RevenueSpec{By: Day, Zone: spec.Zone, From: 1}), badAt("revenue")},
		"units turned round": {func() error { _, err := NewUnits(UnitsSpec{From: 2, To: 1}); return err }(), badAt("to")},
		"other units":        {func() error { _, err := units.Merge(Units{}); return err }(), badAt("units")},
		"ledger of nothing":  {func() error { _, err := NewLedger(LedgerSpec{}); return err }(), badAt("sku")},
		"ledger turned":      {func() error { _, err := NewLedger(LedgerSpec{Place: mugs, From: 2, To: 1}); return err }(), badAt("to")},
	} {
		t.Run(name, func(t *testing.T) { wantError(t, c.err, c.want) })
	}
}

// A sum that does not fit is an error, and the report is what it was.
func TestReportOverflow(t *testing.T) {
	o := ordered(jan(5), inPounds, Item{SKU: "MUG", Quantity: 1})
	o.is.Total = must(money.FromMinor(math.MaxInt64-1, money.GBP))
	o.is.Lines[0].Total = o.is.Total
	r := revenueOf(t, RevenueSpec{By: Day}, o)
	next, err := r.Add(o)
	if !errors.Is(err, money.ErrOverflow) {
		t.Errorf("revenue twice the greatest amount: %v", err)
	}
	same(t, "the revenue", next, r)
	if _, err := r.Merge(r); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("revenue merged to twice the greatest amount: %v", err)
	}
	u := unitsOf(t, UnitsSpec{}, o)
	sold, err := u.Add(o)
	if !errors.Is(err, money.ErrOverflow) {
		t.Errorf("units of twice the greatest amount: %v", err)
	}
	same(t, "the units", sold, u)
	o.is.Lines[0].Total, o.is.Lines[0].Quantity = pounds("1"), math.MaxInt64
	_, err = unitsOf(t, UnitsSpec{}, o).Add(o)
	wantError(t, err, badAt("pieces"))
}

// Two reports made from one are both right, and rows are copies.
func TestReportsAreValues(t *testing.T) {
	mug := Item{SKU: "MUG", Quantity: 1}
	branches(t, "revenue", must(NewRevenue(RevenueSpec{By: Day})), nextOf(func(r Revenue, i int) (Revenue, error) { return r.Add(ordered(jan(i), inPounds, mug)) }))
	branches(t, "units", must(NewUnits(UnitsSpec{})), nextOf(func(u Units, i int) (Units, error) {
		return u.Add(ordered(jan(i), inPounds, Item{SKU: "MUG", Quantity: int64(i + 1)}))
	}))
	branches(t, "ledger", must(NewLedger(LedgerSpec{Place: mugs})), nextOf(func(l Ledger, i int) (Ledger, error) {
		m := moved(Received, int64(i+1))
		m.Reason = fmt.Sprint(i)
		return l.Add(m)
	}))
	r := revenueOf(t, RevenueSpec{By: Day}, ordered(jan(1), inPounds, mug))
	r.Rows()[0].Orders = 7
	same(t, "the rows", r.Rows()[0].Orders, int64(1))
}

// Adding twenty thousand orders one by one costs no more than ten times what two
// thousand cost, and a little for the height of the tree; a copy of the rows for each
// order would cost a hundred times.
func TestReportsAreNotQuadratic(t *testing.T) {
	template := ordered(jan(1), inPounds, Item{SKU: "MUG", Quantity: 1})
	bytes := func(n int, add func(Order)) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for i := range n {
			o := template
			at := jan(i * 7919 % n) // each on a day of its own
			o.entries = []Entry{{N: 2, Kind: "placed", At: int64(at)}}
			o.is.Lines = []Line{{SKU: SKU(fmt.Sprint(i * 7919 % n)), Quantity: 1, Total: pounds("1")}}
			add(o)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	for name, report := range map[string]func() func(Order){
		"revenue": func() func(Order) {
			r := must(NewRevenue(RevenueSpec{By: Day, Zone: zoned("Europe/London")}))
			return func(o Order) { r = must(r.Add(o)) }
		},
		"units": func() func(Order) {
			u := must(NewUnits(UnitsSpec{}))
			return func(o Order) { u = must(u.Add(o)) }
		},
	} {
		few, many := bytes(2_000, report()), bytes(20_000, report())
		if many > 20*few {
			t.Errorf("%s: %d bytes for 2,000 orders, %d for 20,000", name, few, many)
		}
	}
}

func nextOf[S any](next func(S, int) (S, error)) func(S, int) S {
	return func(s S, i int) S { return must(next(s, i)) }
}

func BenchmarkRevenue(b *testing.B) {
	zone := zoned("Europe/London")
	o := ordered(jan(1), inPounds, Item{SKU: "MUG", Quantity: 1})
	b.ReportAllocs()
	for b.Loop() { // 20,000 orders over five years, one by one
		r := must(NewRevenue(RevenueSpec{By: Day, Zone: zone}))
		for i := range 20_000 {
			o.entries = []Entry{{N: 2, Kind: "placed", At: int64(jan(i * 7919 % 1826))}}
			r = must(r.Add(o))
		}
	}
}
