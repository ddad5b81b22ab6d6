package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// none is no money, in the file's currency.
var none = money.MustFromMinor(0, currency)

// reasons say why a row is no trade.
var reasons = [kinds]string{
	adjustment:   "stock adjustments (a quantity below 0): recorded as movements",
	cancellation: "cancellations (the invoice begins with C): not replayed",
	badDebt:      "bad debt (the invoice begins with A): not replayed",
	nothing:      "a quantity of 0: not replayed",
}

// tell prints what was replayed and read back. The last line is the difference between
// the orders and the file; where anything does not add up, the error says so too.
func tell(w io.Writer, s *survey, p *replay, c checked, spent costs) error {
	fmt.Fprintf(w, "%11s rows read\n", count(s.rows))
	fmt.Fprintf(w, "%11s order lines written, in %s orders\n", count(c.lines), count(c.orders))
	sum := c.lines
	for k, reason := range reasons {
		if k != int(sale) && s.of[k] > 0 {
			fmt.Fprintf(w, "%11s %s; %s\n", count(s.of[k]), reason, worth(s.worth[k]))
			sum += s.of[k]
		}
	}
	fmt.Fprintf(w, "%11s lines and rows that are no trade\n\n", count(sum))

	fmt.Fprintf(w, "%11s customers, and %s orders of guests\n", count(len(p.customers)), count(p.guests))
	fmt.Fprintf(w, "%11s articles\n", count(len(s.articles)))
	fmt.Fprintf(w, "%11s price changes recorded\n", count(c.changes))
	fmt.Fprintf(w, "%11s lines at an agreed price, %s that cost nothing\n", count(c.agreed), count(p.free))
	if s.late > 0 {
		fmt.Fprintf(w, "%11s invoices stand behind a later one: replayed right after it\n", count(s.late))
	}
	fmt.Fprintf(w, "\n%11s orders verify\n", count(c.orders))
	fmt.Fprintf(w, "%11s prices are the timeline's for the instant of the order, %s were agreed\n", count(c.priced), count(c.agreed))
	fmt.Fprintf(w, "%11s stocks are the sum of their movements, and what the file sells is reserved\n\n", count(c.stocks))

	difference, err := compare(w, s, c)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%s\n", spent)
	fmt.Fprintf(w, "revenue difference: %s\n", difference)
	switch {
	case !difference.IsZero():
		return fmt.Errorf("the revenue of the orders is not that of the file: %s", difference)
	case sum != s.rows || c.orders != s.invoices:
		return fmt.Errorf("of %d rows and %d invoices there are %d and %d", s.rows, s.invoices, sum, c.orders)
	case c.changes != p.changes || c.agreed != p.agreed:
		return fmt.Errorf("of %d changes of prices and %d agreed ones there are %d and %d", p.changes, p.agreed, c.changes, c.agreed)
	}
	return nil
}

// compare prints the revenue of the orders by month beside the sum of the sale rows of
// the file. Of a row, that is quantity times price, rounded once to the penny; it counts
// in the month of its invoice.
func compare(w io.Writer, s *survey, c checked) (money.Amount, error) {
	all := none
	placed := make(map[string]till.RevenueRow)
	for _, r := range c.revenue.Rows() {
		placed[r.Label] = r
		if _, known := s.sales[r.Label]; !known {
			return all, fmt.Errorf("there are orders of %s, and no sales", r.Label)
		}
	}
	fmt.Fprintf(w, "%-8s %8s %24s %24s %18s\n", "month", "orders", "revenue of the orders", "sum of the sale rows", "difference")
	for _, label := range s.months() {
		is, want := placed[label], s.sales[label]
		less, err := is.Amount.Sub(want.amount)
		if err != nil {
			return all, err
		}
		if all, err = all.Add(less); err != nil {
			return all, err
		}
		fmt.Fprintf(w, "%-8s %8s %24s %24s %18s\n", label, count(int(is.Orders)), worth(is.Amount), worth(want.amount), worth(less))
		if !less.IsZero() || int(is.Orders) != want.invoices {
			return all, fmt.Errorf("%s has %d invoices of %s, the shop %d orders of %s", label, want.invoices, want.amount, is.Orders, is.Amount)
		}
	}
	if sum, err := c.total.Sub(s.worth[sale]); err != nil || !sum.IsZero() {
		return all, fmt.Errorf("the totals of all orders differ from the file by %s", sum)
	}
	return all, nil
}

// count writes 1234567 as 1,234,567.
func count(n int) string { return grouped(strconv.Itoa(n)) }

// worth writes an amount with its thousands apart.
func worth(a money.Amount) string {
	if a.Currency() == 0 {
		a = none
	}
	return grouped(a.Number()) + " " + currency.String()
}

func grouped(number string) string {
	sign := ""
	if strings.HasPrefix(number, "-") {
		sign, number = "-", number[1:]
	}
	whole, cents, _ := strings.Cut(number, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if cents != "" {
		whole += "." + cents
	}
	return sign + whole
}
