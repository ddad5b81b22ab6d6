// Package till is a shop as a library: accounts, catalog, carts, checkout and orders,
// as values and pure functions over a small store. A program imports it, opens an
// embedded file or nothing at all, and has a shop whose orders read the same for
// ever, whatever becomes of the products and prices they were made from.
//
//	db, err := sqlite.Open(ctx, "shop.db") // or, without a file: db := memory.New()
//	shop, err := till.Open(ctx, db, till.Options{Currency: money.GBP})
//
//	staff := shop.Staff("back-office")
//	err = staff.AddProduct(ctx, till.NewProduct{SKU: "MUG", Name: "Blue mug", Price: "9.50", OnHand: 10})
//
//	guest, err := shop.NewGuest(ctx) // guest.Token() goes into a cookie
//	err = guest.Add(ctx, till.Item{SKU: "MUG", Quantity: 2})
//	quote, err := guest.Quote(ctx)
//	order, err := guest.Checkout(ctx, till.CheckoutRequest{Key: "click-1", Accept: quote.Digest(), Contact: buyer})
//	fmt.Println(order.Confirmation(buyer))
//
// # Handles
//
// A [Shop] is reached through a handle, which can reach nothing else: a [Guest] its
// own cart and orders, a [Customer] besides those its account, and [Staff] the back
// office, for a host that knows whom it lets in. No method takes somebody's id where
// a handle can carry it.
//
// # Values that represent change over time
//
// What has a past keeps it. [Order], [Account], [Product], [Prices] and [Terms] are
// journals: an operation returns the next value and the entries that lead to it, and
// the next value always equals [Fold] of the entries. A price is a [Timeline], which
// answers for any instant, as known at any other. A stock is the sum of its
// [Movement] values. An order copies every word and figure that it needs, so no
// function of it ever looks at a product, and [Order.Verify] proves it from itself
// alone.
//
// All of these are immutable values: an operation returns a new one, and leaves the
// old one as it was. They read no clock, no randomness and no store; time and ids are
// arguments. The whole shop works without a store, too.
//
// # The past, and what is planned
//
// [Shop.AsOf] is the whole shop as it stood at an instant, or will stand as far as it is
// planned: a [View], with the calls of the back office that read. [Staff.Diff] tells what
// is different between two instants, [Staff.PriceHistory] who changed a price, when and
// why. [Shop.Search] finds products as they are planned: no job flips a price. [Revenue],
// [Units] and [Ledger] are folds over orders and movements, by the instant at which each
// was recorded, so a period that is over never changes.
//
// # Agreeing on a total
//
// [Cart.Quote] computes what a cart costs, as a tree of reasons whose leaves sum to
// the total. [Quote.Digest] stands for all that the buyer sees; a checkout is made
// with the digest that the buyer agreed to, and happens only if nothing in it has
// moved. Otherwise the [DriftError] has the new quote.
//
// What a cart costs follows from rules, which [Terms] hold over time: a [Zone], a
// [TaxRate], a [Promotion], a [ShippingMethod], a [ListRule] and more, each put in force
// by [Terms.Change] or [Staff.ChangeRules]. An order copies what it was counted by, and
// [Order.Verify] counts it again from the order alone. docs/totals.md has all rules.
//
// # Errors
//
// The variables Err... say what to do next, for errors.Is; the types ...Error carry
// the data, for errors.As. A request that is refused has changed nothing. After
// [ErrOutcomeUnknown] it is not known whether a commit happened: call again with the
// same key.
//
// # Text, time and money
//
// Text is valid UTF-8 without NUL, of stated lengths, compared byte by byte. An
// [Instant] is a microsecond in UTC. Amounts are exact, in package money; there is no
// floating-point number in the interface.
package till
