package till_test

import (
	"math"
	"strings"

	"github.com/tillkit/till"
)

// stands says how much of an article is available and reserved after a crowd.
func stands(sku till.SKU, available, reserved int64) func(*desk, []any) {
	return func(d *desk, _ []any) { d.same("stock", d.stock(sku), [2]int64{available, reserved}) }
}

func locations(put puts[string]) []wrong { return locationsAt("location", put) }

// locationsAt are those of a field with another name.
func locationsAt(says string, put puts[string]) []wrong {
	return each(till.ErrInvalid, says, put, map[string]string{
		"upper case": "Cellar", "a path": "a/b", "NUL": "a\x00b", "not UTF-8": "a\xff", "too long": strings.Repeat("a", 33), "a megabyte": strings.Repeat("a", 1<<20),
	})
}

// movementQueries are what is wrong with a query of the movements of a place.
func movementQueries() []wrong {
	return join(
		needed("sku", till.MaxSKU, in(0, func(q *till.MovementQuery, v till.SKU) { q.SKU = v })),
		locations(in(0, func(q *till.MovementQuery, v string) { q.Location = v })),
		spans(in(0, func(q *till.MovementQuery, v till.Instant) { q.From = v }), in(0, func(q *till.MovementQuery, v till.Instant) { q.To = v })),
		one(till.ErrInvalid, "kind", "unknown", in(0, func(q *till.MovementQuery, v till.MovementKind) { q.Kind = v }), till.MovementKind(megabyte)),
		pages(in(0, func(q *till.MovementQuery, v till.PageRequest) { q.PageRequest = v })))
}

// orderQueries are what is wrong with a query of orders.
func orderQueries() []wrong {
	set := func(name string, f func(*till.OrderQuery)) wrong {
		return wrong{"query: " + name, till.ErrInvalid, "query", func(_ *desk, args []any) {
			q := args[0].(till.OrderQuery)
			f(&q)
			args[0] = q
		}}
	}
	return join(
		texts("number", 40, in(0, func(q *till.OrderQuery, v string) { q.Number = v })),
		emails("email", in(0, func(q *till.OrderQuery, v string) { q.Email = v })),
		names("sku", till.MaxSKU, in(0, func(q *till.OrderQuery, v till.SKU) { q.SKU = v })),
		each(till.ErrInvalid, "status", in(0, func(q *till.OrderQuery, v till.OrderStatus) { q.Status = v }), map[string]till.OrderStatus{"unknown": "lost", "NUL": "\x00", "not UTF-8": "\xff", "a megabyte": till.OrderStatus(megabyte)}),
		spans(in(0, func(q *till.OrderQuery, v till.Instant) { q.From = v }), in(0, func(q *till.OrderQuery, v till.Instant) { q.To = v })),
		pages(in(0, func(q *till.OrderQuery, v till.PageRequest) { q.PageRequest = v })),
		[]wrong{
			set("number and SKU", func(q *till.OrderQuery) { q.Number, q.SKU = "1001", "MUG" }),
			set("number and status", func(q *till.OrderQuery) { q.Number, q.Status = "1001", till.OrderPlaced }),
			set("e-mail address and instants", func(q *till.OrderQuery) { q.Email, q.From = "ada@example.com", 1 }),
		})
}

func customerQueries() []wrong {
	return join(
		emails("email", in(0, func(q *till.CustomerQuery, v string) { q.Email = v })),
		each(till.ErrInvalid, "status", in(0, func(q *till.CustomerQuery, v till.AccountStatus) { q.Status = v }), map[string]till.AccountStatus{"unknown": "lost", "NUL": "\x00", "not UTF-8": "\xff", "a megabyte": till.AccountStatus(megabyte)}),
		pages(in(0, func(q *till.CustomerQuery, v till.PageRequest) { q.PageRequest = v })),
		pages(in(0, func(q *till.CustomerQuery, v till.PageRequest) { q.PageRequest, q.Email = v, "ada@example.com" })),
		one(till.ErrInvalid, "query", "e-mail address and status", in(0, func(q *till.CustomerQuery, v till.AccountStatus) { q.Email, q.Status = "ada@example.com", v }), till.AccountActive))
}

// people are ids of nobody, and of somebody without an account.
func people(kind string) []wrong {
	put := arg[till.PersonID](0)
	return join(
		one(till.ErrNotFound, "no "+kind+` ""`, "none", put, till.PersonID{}),
		made(till.ErrNotFound, "no "+kind+" ", "nobody's", put, nobody[till.Person]),
		made(till.ErrNotFound, "no "+kind+" ", "a guest's", put, func(d *desk) till.PersonID { return d.guest.Person() }))
}

func staffStockRows() []row {
	return []row{
		{
			on: "Staff.MoveStock", also: TestShellRefuses, writes: true, args: argsOf(till.StockChange{SKU: "CUP", Kind: till.Received, Quantity: 5}),
			wrong: join(
				skus("sku", in(0, func(c *till.StockChange, v till.SKU) { c.SKU = v })),
				quantities("quantity", in(0, func(c *till.StockChange, v int64) { c.Quantity = v })),
				each(till.ErrInvalid, "kind", in(0, func(c *till.StockChange, v till.MovementKind) { c.Kind = v }), map[string]till.MovementKind{"none": "", "unknown": "stolen", "a checkout's": till.Reserved, "NUL": "\x00", "a megabyte": till.MovementKind(megabyte)}),
				locations(in(0, func(c *till.StockChange, v string) { c.Location = v })),
				texts("reason", till.MaxNote, in(0, func(c *till.StockChange, v string) { c.Reason = v })),
				texts("reference", till.MaxNote, in(0, func(c *till.StockChange, v string) { c.Reference = v })),
				one(till.ErrShort, "of CUP", "below what is there", in(0, func(c *till.StockChange, v int64) { c.Kind, c.Quantity = till.Adjusted, v }), -101),
			),
			serves: all, leaves: stands("CUP", 97+5*all, 3),
		},
		{
			on: "Staff.CountStock", writes: true, args: argsOf(till.StockCount{SKU: "CUP", Found: 90}),
			wrong: join(
				skus("sku", in(0, func(c *till.StockCount, v till.SKU) { c.SKU = v })),
				each(till.ErrInvalid, "found", in(0, func(c *till.StockCount, v int64) { c.Found = v }), map[string]int64{"negative": -1, "too many": till.MaxQuantity + 1, "the least": math.MinInt64, "the greatest": math.MaxInt64}),
				locations(in(0, func(c *till.StockCount, v string) { c.Location = v })),
				texts("reason", till.MaxNote, in(0, func(c *till.StockCount, v string) { c.Reason = v })),
				texts("reference", till.MaxNote, in(0, func(c *till.StockCount, v string) { c.Reference = v })),
				texts("key", till.MaxKey, in(0, func(c *till.StockCount, v string) { c.Key = v })),
			),
			serves: all, leaves: stands("CUP", 90-3, 3),
		},
		{
			on: "Staff.TransferStock", writes: true, args: argsOf(till.StockTransfer{SKU: "CUP", Quantity: 5, To: "back"}),
			wrong: join(
				skus("sku", in(0, func(c *till.StockTransfer, v till.SKU) { c.SKU = v })),
				quantities("quantity", in(0, func(c *till.StockTransfer, v int64) { c.Quantity = v })),
				locationsAt("from", in(0, func(c *till.StockTransfer, v string) { c.From = v })),
				locationsAt("to", in(0, func(c *till.StockTransfer, v string) { c.To = v })),
				texts("reason", till.MaxNote, in(0, func(c *till.StockTransfer, v string) { c.Reason = v })),
				texts("reference", till.MaxNote, in(0, func(c *till.StockTransfer, v string) { c.Reference = v })),
				texts("key", till.MaxKey, in(0, func(c *till.StockTransfer, v string) { c.Key = v })),
				one(till.ErrShort, "of CUP", "more than is free", in(0, func(c *till.StockTransfer, v int64) { c.Quantity = v }), 98),
			),
			serves: all, leaves: stands("CUP", 97-5*all, 3),
		},
		{on: "Staff.Stock", args: argsOf(till.SKU("MUG")), wrong: skus("sku", arg[till.SKU](0))},
		{on: "Staff.StockAt", args: argsOf(till.Place{SKU: "MUG", Location: till.StandardLocation}), wrong: join(
			skus("sku", in(0, func(p *till.Place, v till.SKU) { p.SKU = v })),
			locations(in(0, func(p *till.Place, v string) { p.Location = v })))},
		{on: "Staff.Movements", also: TestShellReportRefuses, args: argsOf(till.MovementQuery{SKU: "MUG"}), wrong: movementQueries()},
		{on: "Staff.Ledger", also: TestShellReportRefuses, args: argsOf(till.LedgerRequest{SKU: "MUG"}), wrong: join(
			needed("sku", till.MaxSKU, in(0, func(r *till.LedgerRequest, v till.SKU) { r.SKU = v })),
			locations(in(0, func(r *till.LedgerRequest, v string) { r.Location = v })),
			spans(in(0, func(r *till.LedgerRequest, v till.Instant) { r.From = v }), in(0, func(r *till.LedgerRequest, v till.Instant) { r.To = v })))},
		{on: "Staff.Revenue", also: TestShellReportRefuses, args: argsOf(till.RevenueRequest{By: till.Day}), wrong: join(
			each(till.ErrInvalid, "by", in(0, func(r *till.RevenueRequest, v till.Period) { r.By = v }), map[string]till.Period{"none": "", "unknown": "week", "NUL": "\x00", "a megabyte": till.Period(megabyte)}),
			each(till.ErrInvalid, "zone", in(0, func(r *till.RevenueRequest, v string) { r.Zone = v }), map[string]string{
				"on no map": "Mars/Olympus", "the machine's": "Local", "a path": "../../etc/passwd", "NUL": "UTC\x00", "a megabyte": megabyte,
			}),
			spans(in(0, func(r *till.RevenueRequest, v till.Instant) { r.From = v }), in(0, func(r *till.RevenueRequest, v till.Instant) { r.To = v })))},
		{on: "Staff.Units", args: argsOf(till.UnitsRequest{}), wrong: spans(in(0, func(r *till.UnitsRequest, v till.Instant) { r.From = v }), in(0, func(r *till.UnitsRequest, v till.Instant) { r.To = v }))},
	}
}

func staffPeopleRows() []row {
	ada := func(d *desk) []any { return []any{d.customer.Person()} }
	mine := func(d *desk) []any { return []any{d.order()} }
	ref := func(f func(*desk) till.ContactRef) []wrong {
		return made(till.ErrInvalid, "contact.", "no reference", arg[till.ContactRef](0), f)
	}
	status := func(who func(*desk) till.PersonID, is till.AccountStatus) func(*desk, []any) {
		return func(d *desk, _ []any) {
			d.same("status", must(d.staff.Account(d.ctx, who(d))).Status(), is)
			trail := must(d.staff.Trail(d.ctx, who(d)))
			d.same("recorded twice", trail[len(trail)-1].Kind == trail[len(trail)-2].Kind, false)
		}
	}
	return []row{
		{
			on: "Staff.AddCustomer", writes: true, args: argsOf(till.NewCustomer{Contact: till.Contact{Name: "Eve", Email: "eve@example.com"}}),
			wrong: join(
				needed("contact.name", till.MaxContact, in(0, func(c *till.NewCustomer, v string) { c.Contact.Name = v })),
				emails("contact.email", in(0, func(c *till.NewCustomer, v string) { c.Contact.Email = v })),
				one(till.ErrInvalid, "contact.email", "none", in(0, func(c *till.NewCustomer, v string) { c.Contact.Email = v }), ""),
				contacts("contact.", partOf(func(c *till.NewCustomer) *till.Contact { return &c.Contact })),
				metadatas(in(0, func(c *till.NewCustomer, v till.Metadata) { c.Metadata = v })),
				one(till.ErrExists, "ADA@example.com", "of an account", in(0, func(c *till.NewCustomer, v string) { c.Contact.Email = v }), "ADA@example.com"),
			),
			serves: 1, others: till.ErrExists, leaves: func(d *desk, _ []any) {
				d.same("accounts", len(must(d.staff.Customers(d.ctx, till.CustomerQuery{})).Items), 3)
			},
		},
		{on: "Staff.Customers", args: argsOf(till.CustomerQuery{}), wrong: customerQueries()},
		{on: "Staff.Account", args: ada, wrong: people("account")},
		{on: "Staff.Trail", args: ada, wrong: people("account")},
		{
			on: "Staff.Contact", args: func(d *desk) []any { return []any{d.theirs.Contact()} },
			wrong: join(
				ref(func(d *desk) till.ContactRef { return till.ContactRef{Key: d.theirs.Contact().Key} }),
				names("contact.key", till.MaxContact, in(0, func(r *till.ContactRef, v string) { r.Key = v }))),
		},
		{
			on: "Staff.DisableCustomer", writes: true, args: ada, wrong: people("account"), serves: all, leaves: status(func(d *desk) till.PersonID { return d.customer.Person() }, till.AccountDisabled),
		},
		{
			on: "Staff.EnableCustomer", writes: true, args: func(d *desk) []any { return []any{d.shut} },
			wrong:  append(people("account"), made(till.ErrConflict, "is active", "of one that is open", arg[till.PersonID](0), func(d *desk) till.PersonID { return d.customer.Person() })...),
			serves: 1, others: till.ErrConflict, leaves: status(func(d *desk) till.PersonID { return d.shut }, till.AccountActive),
		},
		{
			on: "Staff.Erase", writes: true, args: ada, wrong: one(till.ErrNotFound, `no person ""`, "nobody", arg[till.PersonID](0), till.PersonID{}),
			serves: all, leaves: func(d *desk, _ []any) {
				status(func(d *desk) till.PersonID { return d.customer.Person() }, till.AccountErased)(d, nil)
				d.same("what was said", must(d.staff.Contact(d.ctx, d.placed[d.customer.Person()].Contact())), till.Contact{})
				d.member("ada@example.com") // the address is free again
			},
		},
		{on: "Staff.Orders", args: argsOf(till.OrderQuery{}), wrong: orderQueries()},
		{on: "Staff.Order", args: mine, wrong: orders(false)},
		{
			on: "Staff.Reprice", args: func(d *desk) []any { return []any{d.order(), june(1)} },
			wrong: append(orders(false), instants("at", arg[till.Instant](1))...),
		},
		{on: "Staff.Confirmation", args: mine, wrong: orders(false)},
		{
			on: "Staff.SetOrderMetadata", writes: true, args: func(d *desk) []any { return []any{d.order(), till.Metadata{"box": "7"}} },
			wrong: append(orders(false), metadatas(arg[till.Metadata](1))...),
			// The same again records nothing.
			serves: all, leaves: func(d *desk, _ []any) {
				d.same("revision", must(d.staff.Order(d.ctx, d.order())).Revision(), d.placed[d.guest.Person()].Revision()+1)
			},
		},
		{on: "Staff.Messages", args: argsOf(till.PageRequest{}), wrong: pages(arg[till.PageRequest](0))},
	}
}

func draftRows() []row {
	lines := func(at string, n int) []wrong {
		return items(at, func(args []any, f func(*till.Item)) {
			if r, ok := args[0].(till.DraftRequest); ok {
				f(&r.Lines[n].Item)
				return
			}
			l := args[n].(till.DraftLine)
			f(&l.Item)
			args[n] = l
		})
	}
	begun := func(*desk) []any {
		return []any{till.DraftRequest{Lines: []till.DraftLine{line("MUG", 1), lineFor("CUP", 1, "1.00", "")}}}
	}
	two := func(*desk) []any { return []any{line("MUG", 1), lineFor("CUP", 1, "1.00", "")} }
	lineNumbers := each(till.ErrNotFound, "line", arg[int](0), map[string]int{"none": 0, "of a line to come": 2, "less than none": -1, "the most": math.MaxInt, "the least": math.MinInt})
	drafted := func(d *desk, _ []any) {
		d.same("drafts", len(must(d.staff.Drafts(d.ctx, till.PageRequest{})).Items), 1+all)
	}
	holds := func(want ...int64) func(*desk, []any) {
		return func(d *desk, _ []any) {
			var got []int64
			for _, l := range must(d.draft.Cart(d.ctx)).Lines() {
				got = append(got, l.Quantity)
			}
			d.same("in the draft", got, want)
		}
	}
	agreed := func(d *desk) []any {
		r := d.agreedDraft(d.draft, "now")
		r.Contact = stallBuyer
		return []any{r}
	}
	asked := join(
		metadatas(in(0, func(r *till.DraftRequest, v till.Metadata) { r.Metadata = v })),
		made(till.ErrNotFound, "no account", "for a guest", in(0, func(r *till.DraftRequest, v till.PersonID) { r.Customer = v }), func(d *desk) till.PersonID { return d.guest.Person() }),
		made(till.ErrConflict, "disabled", "for an account that is shut", in(0, func(r *till.DraftRequest, v till.PersonID) { r.Customer = v }), func(d *desk) till.PersonID { return d.shut }),
		one(till.ErrInvalid, "lines", "too many", in(0, func(r *till.DraftRequest, v []till.DraftLine) { r.Lines = v }), make([]till.DraftLine, till.MaxLines+1)))
	ordered := func(d *desk) []any {
		asked := begun(d)[0].(till.DraftRequest)
		quote := must(d.shop.Staff("desk").QuoteOrder(d.ctx, asked))
		return []any{asked, till.CheckoutRequest{Key: "now", Accept: quote.Digest(), Seen: &quote, Contact: stallBuyer}}
	}
	placed := checkouts(1)
	return []row{
		{
			on: "Staff.NewDraft", also: TestShellDraftRefuses, writes: true, args: begun,
			wrong:  join(asked, lines("lines[1]", 1)),
			serves: all, leaves: drafted,
		},
		{
			on: "Staff.Draft", args: func(d *desk) []any { return []any{d.draft.Ref()} },
			wrong: join(
				one(till.ErrNotFound, `no draft "/"`, "none", arg[till.DraftRef](0), till.DraftRef{}),
				made(till.ErrNotFound, "no draft", "of nothing", in(0, func(r *till.DraftRef, v till.DraftID) { r.ID = v }), nobody[till.DraftOrder]),
				made(till.ErrNotFound, "no draft", "for somebody else", in(0, func(r *till.DraftRef, v till.PersonID) { r.Person = v }), func(d *desk) till.PersonID { return d.stranger })),
		},
		{on: "Staff.Drafts", args: argsOf(till.PageRequest{}), wrong: pages(arg[till.PageRequest](0))},
		{
			on: "Staff.QuoteOrder", args: begun, wrong: join(asked, lines("lines[1]", 1)),
		},
		{on: "Staff.PlanOrder", args: ordered, wrong: join(asked, placed)},
		{
			on: "Staff.PlaceOrder", also: TestShellOrderRefuses, writes: true, args: ordered, wrong: join(asked, placed),
			serves: all, leaves: func(d *desk, placed []any) {
				for _, v := range placed {
					d.same("order", v.(till.Order).ID(), placed[0].(till.Order).ID())
				}
				stands("MUG", 99, 1)(d, nil)
				d.same("drafts", len(must(d.staff.Drafts(d.ctx, till.PageRequest{})).Items), 1)
			},
		},
		{on: "DraftOrder.Cart"},
		{on: "DraftOrder.Add", also: TestShellDraftRefuses, writes: true, args: two, wrong: lines("lines[1]", 1), serves: all, leaves: holds(2+all, all)},
		{on: "DraftOrder.Set", writes: true, args: argsOf(1, int64(5)), wrong: append(lineNumbers, quantities("quantity", arg[int64](1))...), serves: all, leaves: holds(5)},
		{on: "DraftOrder.Remove", writes: true, args: argsOf(1), wrong: lineNumbers, serves: 1, others: till.ErrNotFound, leaves: holds()},
		{
			on: "DraftOrder.SetMetadata", writes: true, args: argsOf(till.Metadata{"box": "7"}), wrong: metadatas(arg[till.Metadata](0)),
			serves: all, leaves: func(d *desk, _ []any) {
				d.same("metadata", must(d.draft.Cart(d.ctx)).Metadata(), till.Metadata{"box": "7"})
			},
		},
		{on: "DraftOrder.Quote"},
		{on: "DraftOrder.Plan", args: agreed, wrong: checkouts(0)},
		{
			on: "DraftOrder.Place", also: TestShellDraftRefuses, writes: true, args: agreed, wrong: checkouts(0),
			serves: all, leaves: func(d *desk, placed []any) {
				for _, v := range placed {
					d.same("order", v.(till.Order).ID(), placed[0].(till.Order).ID())
				}
				stands("MUG", 98, 2)(d, nil)
				d.same("drafts", len(must(d.staff.Drafts(d.ctx, till.PageRequest{})).Items), 0)
			},
		},
		{on: "DraftOrder.Discard", writes: true, serves: all, leaves: func(d *desk, _ []any) {
			d.same("drafts", len(must(d.staff.Drafts(d.ctx, till.PageRequest{})).Items), 0)
		}},
	}
}
