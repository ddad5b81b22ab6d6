package till

import (
	"fmt"
	"strings"

	"github.com/tillkit/till/store"
)

// The families of records that a shop keeps.
const (
	familySettings    = "settings"
	familyProducts    = "products"
	familySKUs        = "skus"    // claims: a SKU is its product's for ever
	familyHandles     = "handles" // claims: so is a handle
	familyPrices      = "prices"
	familyOffers      = "offers"
	familyStock       = "stock"
	familyMovements   = "movements"
	familyCounts      = "counts" // of each place, the movement of its last count
	familyTerms       = "terms"
	familyAccounts    = "accounts"
	familyEmails      = "emails" // claims: an e-mail key is its account's
	familyContacts    = "contacts"
	familyCredentials = "credentials"
	familySessions    = "sessions"
	familyCarts       = "carts"
	familyDrafts      = "drafts"
	familyOrders      = "orders"
	familyMessages    = "messages"
	familyNumbers     = "numbers"
	familyUses        = "uses" // of each promotion that has a limit, how often it was used
	familyUsed        = "used" // claims: each use of one customer is an order's
)

// The column of the counter of a promotion: 0 less how often it was used, since a guarded
// counter has a floor.
const usesLeft = "balance"

// The columns of the counter of a stock.
const (
	stockAvailable = "available"
	stockReserved  = "reserved"
)

// The lists, by which records are found.
const (
	listHandle  = "handle"
	listStatus  = "status"
	listSince   = "since"
	listEmail   = "email"
	listPerson  = "person"
	listExpires = "expires"
	listNumber  = "number"
	listPlaced  = "placed"
	listSKU     = "sku"
	listDue     = "due"
	listBegun   = "begun"

	// Of offers: each sort, of all and of those that have a tag, and by words.
	listName      = "name"
	listPrice     = "price"
	listNewest    = "newest"
	listTagName   = "tag_name"
	listTagPrice  = "tag_price"
	listTagNewest = "tag_newest"
	listText      = "text"
)

// Schema is everything that a shop keeps in a store, for those who read one with
// [store.Dump] or copy one. Its families belong to the shop: what they hold may
// change in any release, with a Prepare that carries it over.
func Schema() store.Schema {
	return store.Schema{Version: 4, Families: []store.Family{
		{Name: familySettings, Shape: store.Rows, Version: 1, Small: true},
		{
			Name: familyProducts, Shape: store.Journal, Version: 1,
			Fields: []store.Field{{Name: "handle", Type: store.Text}, {Name: "status", Type: store.Text}},
			Lists:  []store.List{{Name: listHandle, Sort: "handle"}, {Name: listStatus, Equal: []string{"status"}, Sort: "handle"}},
			Index:  indexer(asProduct, indexProduct),
		},
		{Name: familySKUs, Shape: store.Claims, Version: 1, Small: true},
		{Name: familyHandles, Shape: store.Claims, Version: 1, Small: true},
		{Name: familyPrices, Shape: store.Journal, Version: 1},
		{
			Name: familyOffers, Shape: store.Rows, Version: 1,
			Fields: []store.Field{
				{Name: "shelf", Type: store.Text}, {Name: "status", Type: store.Text}, {Name: "name", Type: store.Text},
				{Name: "price", Type: store.Int}, {Name: "added", Type: store.Int}, {Name: "vendor", Type: store.Text},
				{Name: "since", Type: store.Int}, {Name: "until", Type: store.Int},
				{Name: "tags", Type: store.Many}, {Name: "words", Type: store.Words},
			},
			Lists: []store.List{
				{Name: listName, Equal: []string{"shelf", "status"}, Sort: "name", Where: []string{"price", "vendor", "since", "until"}},
				{Name: listPrice, Equal: []string{"shelf", "status"}, Sort: "price", Where: []string{"vendor", "since", "until"}},
				{Name: listNewest, Equal: []string{"shelf", "status"}, Sort: "added", Where: []string{"price", "vendor", "since", "until"}},
				{Name: listTagName, Equal: []string{"tags", "shelf", "status"}, Sort: "name", Where: []string{"price", "vendor", "since", "until"}},
				{Name: listTagPrice, Equal: []string{"tags", "shelf", "status"}, Sort: "price", Where: []string{"vendor", "since", "until"}},
				{Name: listTagNewest, Equal: []string{"tags", "shelf", "status"}, Sort: "added", Where: []string{"price", "vendor", "since", "until"}},
				{Name: listText, Match: true, Where: []string{"shelf", "status", "price", "since", "until"}},
			},
			Index: indexer(asOffer, indexOffer),
		},
		{
			Name: familyStock, Shape: store.Counters, Version: 1, Small: true,
			Fields: []store.Field{{Name: stockAvailable, Type: store.Int}, {Name: stockReserved, Type: store.Int}},
		},
		{
			Name: familyMovements, Shape: store.Rows, Version: 2, Small: true,
			Fields: []store.Field{
				{Name: "skus", Type: store.Many}, {Name: "at", Type: store.Int},
				{Name: "location", Type: store.Text}, {Name: "kind", Type: store.Text},
			},
			Lists: []store.List{{Name: listSKU, Equal: []string{"skus"}, Sort: "at", Where: []string{"location", "kind"}, Rising: true}},
			Index: indexer(asLedgerRecord, indexLedgerRecord),
		},
		{Name: familyCounts, Shape: store.Rows, Version: 1, Small: true},
		{Name: familyTerms, Shape: store.Journal, Version: 1},
		{
			Name: familyAccounts, Shape: store.Journal, Version: 1,
			Fields: []store.Field{{Name: "status", Type: store.Text}, {Name: "since", Type: store.Int}},
			Lists:  []store.List{{Name: listSince, Sort: "since"}, {Name: listStatus, Equal: []string{"status"}, Sort: "since"}},
			Index:  indexer(asAccount, indexAccount),
		},
		{Name: familyEmails, Shape: store.Claims, Version: 1, Small: true},
		{
			Name: familyContacts, Shape: store.Rows, Version: 1, Personal: true, Small: true,
			Fields: []store.Field{{Name: "email", Type: store.Text}},
			Lists:  []store.List{{Name: listEmail, Equal: []string{"email"}}},
			Index:  indexer(asContact, indexContact),
		},
		{Name: familyCredentials, Shape: store.Rows, Version: 1, Small: true, Personal: true},
		{
			Name: familySessions, Shape: store.Rows, Version: 1, Small: true,
			Fields: []store.Field{{Name: "person", Type: store.Text}, {Name: "expires", Type: store.Int}},
			Lists:  []store.List{{Name: listPerson, Equal: []string{"person"}, Sort: "expires"}, {Name: listExpires, Sort: "expires"}},
			Index:  indexer(asSession, indexSession),
		},
		{Name: familyCarts, Shape: store.Rows, Version: 1, Personal: true},
		{
			Name: familyDrafts, Shape: store.Rows, Version: 1, Personal: true,
			Fields: []store.Field{{Name: "begun", Type: store.Int}},
			Lists:  []store.List{{Name: listBegun, Sort: "begun"}},
			Index:  indexer(asDraft, indexDraft),
		},
		{
			Name: familyOrders, Shape: store.Journal, Version: 2, Small: true,
			Fields: []store.Field{
				{Name: "number", Type: store.Text}, {Name: "person", Type: store.Text}, {Name: "status", Type: store.Text},
				{Name: "placed", Type: store.Int},
			},
			Lists: []store.List{
				{Name: listNumber, Equal: []string{"number"}},
				{Name: listPlaced, Sort: "placed", Where: []string{"status"}},
				{Name: listStatus, Equal: []string{"status"}, Sort: "placed"},
				{Name: listPerson, Equal: []string{"person"}, Sort: "placed", Where: []string{"status"}},
			},
			Index: indexerOf(summaryOf, indexOrder),
		},
		{
			Name: familyMessages, Shape: store.Rows, Version: 1, Small: true,
			Fields: []store.Field{{Name: "due", Type: store.Int}},
			Lists:  []store.List{{Name: listDue, Sort: "due"}},
			Index:  indexerOf(messageOf, indexMessage),
		},
		{Name: familyNumbers, Shape: store.Rows, Version: 1, Small: true},
		{Name: familyUses, Shape: store.Counters, Version: 1, Small: true, Fields: []store.Field{{Name: usesLeft, Type: store.Int}}},
		{Name: familyUsed, Shape: store.Claims, Version: 1, Small: true},
	}}
}

// indexer makes a family's Index from how its documents are read and which values
// they are found by.
func indexer[T any](read func(store.Doc) (T, error), index func(T) []store.Value) func(store.Ref, store.Doc) ([]store.Value, error) {
	return indexerOf(func(_ store.Ref, doc store.Doc) (T, error) { return read(doc) }, index)
}

// indexerOf does it where the key says what the document does not.
func indexerOf[T any](read func(store.Ref, store.Doc) (T, error), index func(T) []store.Value) func(store.Ref, store.Doc) ([]store.Value, error) {
	return func(ref store.Ref, doc store.Doc) ([]store.Value, error) {
		value, err := read(ref, doc)
		if err != nil {
			return nil, fmt.Errorf("till: %s: %w", ref, err)
		}
		return index(value), nil
	}
}

func indexProduct(p Product) []store.Value {
	status := string(p.is.Status)
	if _, gone := p.gone.On(MaxInstant, MaxInstant); gone {
		status = "deleted"
	}
	return []store.Value{store.TextValue(p.is.Handle), store.TextValue(status)}
}

func indexOffer(o offer) []store.Value {
	return []store.Value{
		store.TextValue(o.List.key()), store.TextValue(string(o.Status)), store.TextValue(sortName(o.Names[""])),
		store.IntValue(o.sortPrice()), store.IntValue(int64(o.Added)), store.TextValue(vendorTag(o.Vendor)),
		store.IntValue(int64(o.Since)), store.IntValue(int64(o.Until)),
		store.ManyValue(o.tags()...), store.WordsValue(o.Words),
	}
}

func indexAccount(a Account) []store.Value {
	return []store.Value{store.TextValue(string(a.status)), store.IntValue(int64(a.since))}
}

func indexContact(c Contact) []store.Value {
	key, err := EmailKey(c.Email)
	if err != nil {
		key = "" // it has none
	}
	return []store.Value{store.TextValue(key)}
}

func indexSession(s session) []store.Value {
	return []store.Value{store.TextValue(s.Person.String()), store.IntValue(int64(s.Expires))}
}

func indexOrder(o OrderSummary) []store.Value {
	return []store.Value{
		store.TextValue(o.Number), store.TextValue(o.Contact.Person.String()), store.TextValue(string(o.Status)),
		store.IntValue(int64(o.Placed)),
	}
}

func indexMessage(m Message) []store.Value { return []store.Value{store.IntValue(int64(m.Due))} }

// The refs of records.

func refProduct(id ProductID) store.Ref { return store.Ref{Family: familyProducts, Key: id.String()} }
func refSKU(sku SKU) store.Ref          { return store.Ref{Family: familySKUs, Key: string(sku)} }
func refHandle(handle string) store.Ref { return store.Ref{Family: familyHandles, Key: handle} }
func refAccount(id PersonID) store.Ref  { return store.Ref{Family: familyAccounts, Key: id.String()} }
func refEmail(key string) store.Ref     { return store.Ref{Family: familyEmails, Key: key} }
func refOrder(id OrderID) store.Ref     { return store.Ref{Family: familyOrders, Key: id.String()} }
func refStock(p Place) store.Ref        { return store.Ref{Family: familyStock, Key: p.key()} }

func refPrices(sku SKU, list PriceList) store.Ref {
	return store.Ref{Family: familyPrices, Key: list.key() + "/" + string(sku)}
}

// refOffer names an offer by random bits of the decision that writes it first, so that no
// key comes twice.
func refOffer(o offer, random [8]byte, n int) store.Ref {
	return store.Ref{Family: familyOffers, Key: fmt.Sprintf("%s%x.%d", offersKey(o.Product, o.List), random, n)}
}

// offersKey begins the keys of a product's offers in a list.
func offersKey(id ProductID, list PriceList) string { return id.String() + "/" + list.key() + "/" }

func (l PriceList) key() string { return l.Currency.String() + "/" + l.List }

// below gives the key of what belongs to an id.
func below[T any](id ID[T], rest string) string {
	var room [128]byte
	return string(append(append(id.appendText(room[:0]), '/'), rest...))
}

func refContact(c ContactRef) store.Ref {
	return store.Ref{Family: familyContacts, Key: below(c.Person, c.Key)}
}

// orderContactKey begins the key of a contact that is of one order.
const orderContactKey = "o"

// orderContact names the contact record that an order was made with.
func orderContact(person PersonID, id OrderID) ContactRef {
	var room [64]byte
	return ContactRef{Person: person, Key: string(id.appendText(append(room[:0], orderContactKey...)))}
}

func refPassword(id PersonID) store.Ref {
	return store.Ref{Family: familyCredentials, Key: below(id, "password")}
}

func refCart(id PersonID) store.Ref {
	return store.Ref{Family: familyCarts, Key: below(id, "cart")}
}

func refMessage(id OrderID, kind string) store.Ref {
	return store.Ref{Family: familyMessages, Key: below(id, kind)}
}

var (
	refTerms    = store.Ref{Family: familyTerms, Key: "terms"}
	refSettings = store.Ref{Family: familySettings, Key: "shop"}
	refNumbers  = store.Ref{Family: familyNumbers, Key: "order"}
)

func (p Place) key() string { return p.Location + "/" + string(p.SKU) }

func parsePlace(key string) Place {
	location, sku, _ := strings.Cut(key, "/")
	return Place{SKU: SKU(sku), Location: location}
}

// steps gives a movement as steps of the guarded counter of its place, with the
// floors that [Stock.Move] watches.
func (m Movement) steps(policy StockPolicy) []store.Step {
	available, reserved := m.deltas()
	steps := make([]store.Step, 0, 2)
	if available != 0 {
		floor := int64(store.NoFloor)
		if available < 0 {
			floor = m.floor(policy)
		}
		steps = append(steps, store.Step{Field: stockAvailable, By: available, Floor: floor})
	}
	if reserved != 0 {
		floor := int64(store.NoFloor)
		if reserved < 0 {
			floor = 0
		}
		steps = append(steps, store.Step{Field: stockReserved, By: reserved, Floor: floor})
	}
	return steps
}
