package till

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
)

// Documents are written as JSON and read leniently: unknown members are ignored,
// absent ones have their zero. The state of a journal carries the version of its
// form; one of another version is not read but folded again from the entries, so a
// change of form is never a migration. Those that serve an Index (products, accounts,
// orders) must go on reading every older form: Prepare cannot fold.

// errRefold says that a state is of another form: fold the entries again.
var errRefold = errors.New("till: the state is of another form")

// stateForm is what the stored state of every journal has.
type stateForm struct {
	Fold int     `json:"fold"`
	N    int64   `json:"n"`
	At   Instant `json:"at"`
	Sum  string  `json:"sum"`
}

func (j journal) form(fold int) stateForm {
	return stateForm{Fold: fold, N: j.n, At: j.at, Sum: hex.EncodeToString(j.sum[:])}
}

func (f stateForm) journal() (journal, error) {
	j := journal{n: f.N, at: f.At}
	sum, err := hex.DecodeString(f.Sum)
	if err != nil || len(sum) != len(j.sum) {
		return journal{}, damaged("state", "its sum is no 64 hexadecimal digits")
	}
	copy(j.sum[:], sum)
	return j, nil
}

// sumOfState gives the sum of the last entry that a stored state of an order, or of
// prices, was folded from.
func sumOfState(doc store.Doc) ([sha256.Size]byte, error) {
	switch d := doc.(type) {
	case orderDoc:
		return d.journal.sum, nil
	case pricesDoc:
		return d.journal.sum, nil
	case store.Raw:
		var form stateForm
		if err := json.Unmarshal(d, &form); err != nil {
			return [sha256.Size]byte{}, damaged("state", "%v", err)
		}
		j, err := form.journal()
		return j.sum, err
	}
	return [sha256.Size]byte{}, unknownDoc(doc)
}

// readState reads the stored state of a journal into form, if it is of that fold
// version.
func readState(raw store.Raw, fold int, form any) error {
	var head stateForm
	if err := json.Unmarshal(raw, &head); err != nil {
		return damaged("state", "%v", err)
	}
	if head.Fold != fold {
		return errRefold
	}
	if err := json.Unmarshal(raw, form); err != nil {
		return damaged("state", "%v", err)
	}
	return nil
}

func appendJSON(dst []byte, v any) ([]byte, error) {
	body, err := encodePayload(v)
	return append(dst, body...), err
}

// unknownDoc says that a store gave back what it was never given.
func unknownDoc(doc store.Doc) error {
	return damaged("document", "the store gave a %T", doc)
}

// changeForm is a change of a timeline as it is stored.
type changeForm[T any] struct {
	N        int64   `json:"n"`
	From     Instant `json:"from"`
	Recorded Instant `json:"recorded"`
	Mark     Mark    `json:"mark"`
	Value    T       `json:"value"`
	By       Actor   `json:"by,omitempty"`
	Note     string  `json:"note,omitempty"`
}

func formTimeline[T any](t Timeline[T]) []changeForm[T] {
	var form []changeForm[T]
	for _, c := range t.changes {
		form = append(form, changeForm[T](c))
	}
	return form
}

func readTimeline[T any](form []changeForm[T]) Timeline[T] {
	var t Timeline[T]
	for _, c := range form {
		t.changes = append(t.changes, Change[T](c))
	}
	return t
}

// Products.

const productFold = 1

type productDoc struct{ Product }

type productForm struct {
	stateForm
	ID      ProductID                  `json:"id"`
	Is      Description                `json:"is"`
	Listing map[SKU][]changeForm[bool] `json:"listing,omitempty"`
	Gone    []changeForm[bool]         `json:"gone,omitempty"`
}

// AppendStored implements store.Doc.
func (d productDoc) AppendStored(dst []byte) ([]byte, error) {
	f := productForm{stateForm: d.journal.form(productFold), ID: d.id, Is: d.is, Gone: formTimeline(d.gone)}
	if len(d.listing) > 0 {
		f.Listing = make(map[SKU][]changeForm[bool], len(d.listing))
		for sku, t := range d.listing {
			f.Listing[sku] = formTimeline(t)
		}
	}
	return appendJSON(dst, f)
}

func asProduct(doc store.Doc) (Product, error) {
	switch d := doc.(type) {
	case productDoc:
		return d.Product, nil
	case store.Raw:
		var f productForm
		if err := readState(d, productFold, &f); err != nil {
			return Product{}, err
		}
		j, err := f.journal()
		p := Product{journal: j, id: f.ID, is: f.Is, gone: readTimeline(f.Gone), listing: make(map[SKU]Timeline[bool], len(f.Listing))}
		for sku, t := range f.Listing {
			p.listing[sku] = readTimeline(t)
		}
		return p, err
	}
	return Product{}, unknownDoc(doc)
}

// Prices.

const pricesFold = 2 // 1 had the whole past

// pricesDoc holds what matters from the last entry on; the entries have the rest.
type pricesDoc struct{ Prices }

type pricesForm struct {
	stateForm
	SKU   SKU        `json:"sku"`
	List  PriceList  `json:"list"`
	Tiers []tierForm `json:"tiers,omitempty"`
}

type tierForm struct {
	Least int64                     `json:"least"`
	Base  []changeForm[money.Price] `json:"base,omitempty"`
	Sale  []changeForm[money.Price] `json:"sale,omitempty"`
}

// AppendStored implements store.Doc.
func (d pricesDoc) AppendStored(dst []byte) ([]byte, error) {
	f := pricesForm{stateForm: d.journal.form(pricesFold), SKU: d.sku, List: d.list}
	for _, t := range d.tiers {
		f.Tiers = append(f.Tiers, tierForm{t.least, formTimeline(t.base), formTimeline(t.sale)})
	}
	return appendJSON(dst, f)
}

func asPrices(doc store.Doc) (Prices, error) {
	switch d := doc.(type) {
	case pricesDoc:
		return d.Prices, nil
	case store.Raw:
		var f pricesForm
		if err := readState(d, pricesFold, &f); err != nil {
			return Prices{}, err
		}
		j, err := f.journal()
		p := Prices{journal: j, sku: f.SKU, list: f.List, cut: true}
		for _, t := range f.Tiers {
			p.tiers = append(p.tiers, tier{t.Least, readTimeline(t.Base), readTimeline(t.Sale)})
		}
		return p, err
	}
	return Prices{}, unknownDoc(doc)
}

// Accounts.

const accountFold = 1

type accountDoc struct{ Account }

type accountForm struct {
	stateForm
	ID       PersonID      `json:"id"`
	Status   AccountStatus `json:"status"`
	Contact  string        `json:"contact,omitempty"`
	Password bool          `json:"password,omitempty"`
	Since    Instant       `json:"since"`
	Data     Metadata      `json:"metadata,omitempty"`
	Groups   []string      `json:"groups,omitempty"`
	Tax      TaxStatus     `json:"tax,omitempty"`
}

// AppendStored implements store.Doc.
func (d accountDoc) AppendStored(dst []byte) ([]byte, error) {
	return appendJSON(dst, accountForm{d.journal.form(accountFold), d.id, d.status, d.contact, d.password, d.since, d.data, d.groups, d.tax})
}

func asAccount(doc store.Doc) (Account, error) {
	switch d := doc.(type) {
	case accountDoc:
		return d.Account, nil
	case store.Raw:
		var f accountForm
		if err := readState(d, accountFold, &f); err != nil {
			return Account{}, err
		}
		j, err := f.journal()
		return Account{journal: j, id: f.ID, status: f.Status, contact: f.Contact, password: f.Password, since: f.Since, data: f.Data, groups: f.Groups, tax: f.Tax}, err
	}
	return Account{}, unknownDoc(doc)
}

// Orders. The stored state is a summary, what a list shows; everything else is read
// from the entries.

const orderFold = 2 // 1 had the SKUs, and what its key says

// orderDoc holds the summary, not the order: what a list is filed by and what is stored
// are made once.
type orderDoc struct {
	journal
	is OrderSummary
}

func docOfOrder(o Order) orderDoc { return orderDoc{o.journal, o.Summary()} }

type orderForm struct {
	stateForm
	Number  string       `json:"number"`
	Status  OrderStatus  `json:"status"`
	Placed  Instant      `json:"placed,omitzero"` // 0 of a placed order: with its last entry
	Contact contactForm  `json:"contact"`
	Total   money.Amount `json:"total"`
	Lines   int          `json:"lines"`
	Pieces  int64        `json:"pieces"`
}

// contactForm names a contact record beside the id of an order, as a rule that order's own.
type contactForm struct {
	Person PersonID `json:"person"`
	Key    string   `json:"key,omitempty"` // "": the order's own
}

func formContact(c ContactRef, order OrderID) contactForm {
	f := contactForm(c)
	var room [64]byte
	if c.Key == string(order.appendText(append(room[:0], orderContactKey...))) {
		f.Key = ""
	}
	return f
}

func (f contactForm) ref(order OrderID) ContactRef {
	if f.Key == "" {
		return orderContact(f.Person, order)
	}
	return ContactRef(f)
}

// AppendStored implements store.Doc.
func (d orderDoc) AppendStored(dst []byte) ([]byte, error) { return d.form().appendJSON(dst), nil }

func (d orderDoc) form() orderForm {
	s := d.is
	if s.Status == OrderPlaced && s.Placed == d.journal.at {
		s.Placed = 0
	}
	return orderForm{d.journal.form(orderFold), s.Number, s.Status, s.Placed, formContact(s.Contact, s.ID), s.Total, s.Lines, s.Pieces}
}

// summaryOf reads the stored state of an order.
func summaryOf(ref store.Ref, doc store.Doc) (OrderSummary, error) {
	switch d := doc.(type) {
	case orderDoc:
		return d.is, nil
	case store.Raw:
		var f orderForm
		err := readState(d, orderFold, &f)
		if errors.Is(err, errRefold) {
			err = readState(d, 1, &f)
		}
		if err != nil {
			return OrderSummary{}, err
		}
		id, err := ParseID[Order](ref.Key)
		if err != nil {
			return OrderSummary{}, damaged(ref.String(), "its key is no id of an order")
		}
		if f.Status == OrderPlaced && f.Placed == 0 {
			f.Placed = f.At
		}
		return OrderSummary{id, f.Number, f.Status, f.Placed, f.Contact.ref(id), f.Total, f.Lines, f.Pieces, f.N}, nil
	}
	return OrderSummary{}, unknownDoc(doc)
}

// fits tells whether a record and the value folded for it agree on the revision.
func fits(r store.Record, j journal) error {
	if r.Rev != j.n {
		return damaged(r.Ref.String(), "its state is of entry %d, its revision is %d", j.n, r.Rev)
	}
	return nil
}

// readRow reads the document of a Rows family.
func readRow[T any](doc store.Doc) (T, error) {
	var value T
	raw, ok := doc.(store.Raw)
	if !ok {
		return value, unknownDoc(doc)
	}
	if err := json.Unmarshal(raw, &value); err != nil {
		return value, fmt.Errorf("%w: document: %w", ErrDamaged, err)
	}
	return value, nil
}
