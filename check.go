package till

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tillkit/till/store"
)

// Checked says what [Shop.Check] looked at.
type Checked struct {
	Records   int // of every kind, those below and receipts included
	Journals  int // of products, prices, rules, accounts and orders: folded again
	Entries   int // of these journals
	Orders    int // of these journals: each verified besides
	Claims    int // of SKUs, handles, e-mail addresses and uses of promotions
	Counters  int // of stocks and of uses of promotions
	Movements int // of stocks
	Undecided int // records that changed whenever they were looked at: check again when less is going on
}

// Finding is one contradiction that [Shop.Check] found.
type Finding struct {
	Ref    store.Ref // the record; for an e-mail address, which is a person's word, the account that holds it
	Reason string    // what is wrong with it
}

// String says both.
func (f Finding) String() string { return f.Ref.String() + ": " + f.Reason }

// CheckError says that stored data contradicts itself, and where.
type CheckError struct {
	Findings []Finding // in the order in which they were found, the first MaxFindings
	Count    int       // of all that were found
}

// MaxFindings is how many findings a [CheckError] names.
const MaxFindings = 100

// Error gives the first finding.
func (e *CheckError) Error() string {
	return fmt.Sprintf("till: the shop contradicts itself in %d places: restore a backup; the first is %s", e.Count, e.Findings[0])
}

// Unwrap gives [ErrDamaged].
func (e *CheckError) Unwrap() error { return ErrDamaged }

// Check reads everything that the store holds and proves that it agrees with itself:
//
//   - Journals have no gap, their chains hold, they fold, and what is stored beside
//     them is what they fold to. Every order verifies.
//   - The SKUs and handles of every product, deleted ones too, are claimed for it, and
//     the e-mail address of every account; nothing else is claimed.
//   - Every stock is the sum of its movements, what is reserved is what the orders
//     ask for, and what left one location came to another.
//   - What orders used of a promotion that has a limit is counted, and claimed for them.
//   - Offers follow from products and prices. What names an order, a product or an
//     account names one that is there. Every order has its own number and its contact
//     record, unless that was erased. All that is stored can be read.
//
// What it finds is a [CheckError]; where it finds nothing, the error is nil or that of the
// store or of the context, which ended the check. It changes nothing, and may run beside
// everything else: what looks wrong is read again first. It keeps no more in memory than a
// page of records and the longest journal, and takes as long as reading all of them.
//
// It proves what a store tells, not the file below it, and not that nobody rewrote a
// whole journal: see [Order.Verify].
func (s *Shop) Check(ctx context.Context) (Checked, error) {
	c := &checker{shop: s, counted: make(map[string]int64)}
	err := c.everything(ctx)
	s.opts.Log.InfoContext(ctx, "till: checked", "records", c.done.Records, "found", c.count, "undecided", c.done.Undecided)
	if c.count == 0 {
		return c.done, err
	}
	found := &CheckError{Findings: c.findings, Count: c.count}
	if err != nil {
		return c.done, errors.Join(found, err)
	}
	return c.done, found
}

// checker is a check under way.
type checker struct {
	shop     *Shop
	done     Checked
	findings []Finding
	count    int

	// Of the record that is looked at, as long as it is not decided.
	said    []Finding
	entries int
	moved   int      // its movements
	using   []string // the promotions that it uses, of those that are counted

	highest int64            // of the orders' numbers
	counted map[string]int64 // how often the orders used each promotion that is counted
}

// look is how one record of a family is checked. It says what is wrong; errMoved says that
// the record changed while it was looked at.
//
// A look reads first what was there first: whatever names another thing was committed with
// it or after it, so the other is there when it is read. Only where that cannot be does
// a look compare revisions.
type look func(context.Context, store.Record) error

var errMoved = errors.New("till: it changed while it was looked at")

func (c *checker) looks() map[string]look {
	return map[string]look{
		familySettings:    c.settings,
		familyProducts:    c.product,
		familySKUs:        c.skuClaim,
		familyHandles:     c.handleClaim,
		familyPrices:      c.prices,
		familyOffers:      c.offer,
		familyStock:       c.counter,
		familyMovements:   c.movement,
		familyCounts:      c.lastCount,
		familyTerms:       c.terms,
		familyAccounts:    c.account,
		familyEmails:      c.emailClaim,
		familyContacts:    c.contact,
		familyCredentials: c.credential,
		familySessions:    c.session,
		familyCarts:       c.cart,
		familyDrafts:      c.draft,
		familyOrders:      c.order,
		familyMessages:    c.message,
		familyNumbers:     c.numbers,
		familyUses:        c.uses,
		familyUsed:        c.used,
		store.Receipts:    c.receipt,
	}
}

func (c *checker) everything(ctx context.Context) error {
	layout, err := store.Compile(Schema())
	if err != nil {
		return err
	}
	looks := c.looks()
	for _, name := range layout.Families() {
		if err := c.family(ctx, name, layout.Family(name).Shape, looks[name]); err != nil {
			return err
		}
	}
	if err := c.lost(ctx, layout); err != nil {
		return err
	}
	if err := c.counters(ctx); err != nil {
		return err
	}
	return c.single(ctx)
}

// family looks at the records of a family, up to the last one that is there when it begins:
// new ones mostly come behind it, and may come faster than they are looked at.
func (c *checker) family(ctx context.Context, name string, shape store.Shape, at look) error {
	last, err := c.shop.store.Find(ctx, store.Query{Family: name, Limit: 1, Desc: true})
	if err != nil || len(last.Items) == 0 {
		return err
	}
	for r, err := range store.Records(ctx, c.shop.store, store.Query{Family: name}) {
		if err != nil || r.Key > last.Items[0].Key {
			return err
		}
		if err := c.record(ctx, shape, r, at); err != nil {
			return err
		}
	}
	return nil
}

// mostLooks is how often a record is looked at that changes meanwhile.
const mostLooks = 10

// record looks at a record. What seems wrong is found only where it seems so again with
// the record read anew.
func (c *checker) record(ctx context.Context, shape store.Shape, r store.Record, at look) error {
	for n := 1; ; n++ {
		c.said, c.entries, c.moved, c.using = nil, 0, 0, nil
		err := at(ctx, r)
		if err != nil && !errors.Is(err, errMoved) {
			return err
		}
		if err == nil && (n > 1 || len(c.said) == 0) {
			c.settle(shape, r)
			return nil
		}
		if n == mostLooks {
			c.done.Undecided++
			return nil
		}
		again, err := c.shop.store.Get(ctx, r.Ref)
		if err != nil {
			return err
		}
		if !again[0].Exists() {
			if shape == store.Journal || shape == store.Counters { // which nothing deletes
				c.said = []Finding{{r.Ref, "it stands in a list, and is not there when it is asked for"}}
				c.settle(shape, r)
			}
			return nil
		}
		r = again[0]
	}
}

// settle counts a record and keeps what was said of it.
func (c *checker) settle(shape store.Shape, r store.Record) {
	c.done.Records++
	c.done.Entries += c.entries
	switch shape {
	case store.Journal:
		c.done.Journals++
	case store.Claims:
		c.done.Claims++
	case store.Counters:
		c.done.Counters++
	}
	switch r.Family {
	case familyOrders:
		c.done.Orders++
	case familyMovements:
		c.done.Movements += c.moved
	}
	for _, promotion := range c.using {
		c.counted[promotion]++
	}
	for _, f := range c.said {
		c.find(f)
	}
}

func (c *checker) find(f Finding) {
	if c.count++; len(c.findings) < MaxFindings {
		c.findings = append(c.findings, f)
	}
}

func (c *checker) say(ref store.Ref, format string, args ...any) {
	c.said = append(c.said, Finding{ref, fmt.Sprintf(format, args...)})
}

// reason gives what an error says of damaged data, without the name of the package.
func reason(err error) string {
	if e, ok := errors.AsType[*DamagedError](err); ok {
		return e.What + ": " + e.Reason
	}
	return strings.TrimPrefix(strings.TrimPrefix(err.Error(), "till: "), "store: ")
}

// has reports whether a record is there.
func (c *checker) has(ctx context.Context, ref store.Ref) (bool, error) {
	records, err := c.shop.store.Get(ctx, ref)
	return err == nil && records[0].Exists(), err
}

// lost looks for journals whose entries are there without them: the feed tells of every
// entry, so of every first one.
func (c *checker) lost(ctx context.Context, layout *store.Layout) error {
	var after store.Cursor
	for {
		page, err := c.shop.store.Feed(ctx, after, store.MaxLimit)
		if err != nil || len(page.Items) == 0 {
			return err
		}
		var refs []store.Ref
		for _, e := range page.Items {
			if f := layout.Family(e.Ref.Family); e.Entry.N == 1 && f != nil {
				refs = append(refs, e.Ref)
			}
		}
		records, err := c.shop.get(ctx, refs...)
		if err != nil {
			return err
		}
		for _, r := range records {
			if !r.Exists() {
				c.find(Finding{r.Ref, "its entries are there, its state is not"})
			}
		}
		after = page.Next
	}
}

// single looks for the records of which a shop has one.
func (c *checker) single(ctx context.Context) error {
	records, err := c.shop.store.Get(ctx, refSettings, refNumbers)
	if err != nil {
		return err
	}
	if !records[0].Exists() {
		c.find(Finding{refSettings, "they are not there"})
	}
	next := int64(0)
	if records[1].Exists() {
		is, err := asNumbers(records[1].Doc)
		if err != nil {
			return nil // it was found before
		}
		next = is.Next
	}
	if c.highest >= next && c.highest > 0 {
		c.find(Finding{refNumbers, fmt.Sprintf("an order has number %d, and the next one to be leased is %d", c.highest, next)})
	}
	return nil
}
