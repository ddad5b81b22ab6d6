package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// survey is what the file says as a whole, from the first time that it is read. It
// keeps sums: its size grows with the articles and months, not with the rows.
type survey struct {
	rows     int
	of       [kinds]int
	worth    [kinds]money.Amount // sum of the rows' amounts
	sales    map[string]monthly  // by month
	invoices int                 // with a sale
	late     int                 // of those
	articles []*article          // in the order of the file
	by       map[till.SKU]*article
	first    till.Instant
	last     till.Instant
}

// monthly is what the sale rows of a month come to.
type monthly struct {
	invoices, rows int
	amount         money.Amount
}

// article is what stands under a code: the words of its first row, and how many pieces
// go. Later words for it are not taken over: an order would show them, but which of two
// spellings is the better one, no file says.
type article struct {
	sku      till.SKU
	name     string
	sold     int64
	adjusted int64 // below 0
}

// needs is how many pieces must be there beforehand, so that none is short.
func (a *article) needs() int64 { return a.sold - a.adjusted }

func look(open source) (*survey, error) {
	s := &survey{sales: make(map[string]monthly), by: make(map[till.SKU]*article)}
	zone := uk()
	for is, err := range invoices(open) {
		if err != nil {
			return nil, err
		}
		if s.first == 0 {
			s.first = is.at
		}
		s.last = is.at
		of, sold := s.sales[month(is.at, zone)], 0
		for _, r := range is.rows {
			amount, err := s.add(r)
			if err != nil {
				return nil, err
			}
			if r.kind == sale {
				if of.amount, err = of.amount.Add(amount); err != nil {
					return nil, &lineError{r.line, err}
				}
				of.rows++
				sold++
			}
		}
		if sold > 0 {
			of.invoices++
			s.invoices++
			if is.late {
				s.late++
			}
			s.sales[month(is.at, zone)] = of
		}
	}
	if s.rows == 0 {
		return nil, wrong(2, "there is no row below the header")
	}
	return s, nil
}

// add counts a row.
func (s *survey) add(r row) (money.Amount, error) {
	amount, err := r.amount()
	if err == nil {
		s.worth[r.kind], err = s.worth[r.kind].Add(amount)
	}
	if err != nil {
		return amount, err
	}
	s.rows++
	s.of[r.kind]++
	if r.kind != sale && r.kind != adjustment {
		return amount, nil
	}
	a, known := s.by[r.sku]
	if !known {
		// Clone: a cell shares its memory with its whole row.
		a = &article{sku: till.SKU(strings.Clone(string(r.sku))), name: strings.Clone(r.name())}
		s.by[a.sku] = a
		s.articles = append(s.articles, a)
	}
	if r.kind == sale {
		a.sold += r.quantity
	} else {
		a.adjusted += r.quantity
	}
	if a.needs() > till.MaxQuantity {
		return amount, wrong(r.line, "%d pieces of %.40q are more than a stock takes", a.needs(), a.sku)
	}
	return amount, nil
}

// months gives the months with sales, in their order.
func (s *survey) months() []string { return slices.Sorted(maps.Keys(s.sales)) }
