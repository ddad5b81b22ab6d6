package till

import (
	"cmp"
	"strings"

	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
)

// settings are what a store remembers of its shop.
type settings struct {
	Currency money.Currency `json:"currency"`
	Since    Instant        `json:"since"`
	Offers   int            `json:"offers"` // form in which all offers are written
}

// offersForm is raised when offers come to say something else: then [Open] writes all of
// them anew.
const offersForm = 1

type settingsDoc struct{ settings }

// AppendStored implements store.Doc.
func (d settingsDoc) AppendStored(dst []byte) ([]byte, error) { return appendJSON(dst, d.settings) }

func asSettings(doc store.Doc) (settings, error) {
	if d, ok := doc.(settingsDoc); ok {
		return d.settings, nil
	}
	return readRow[settings](doc)
}

type cartDoc struct{ Cart }

type cartForm struct {
	List  PriceList  `json:"list"`
	Lines []CartLine `json:"lines,omitempty"`
	Last  int        `json:"last"`
	Data  Metadata   `json:"metadata,omitempty"`

	Codes    []string `json:"codes,omitempty"`
	To       Address  `json:"to,omitzero"`
	Delivery string   `json:"delivery,omitempty"`
}

func formCart(c Cart) cartForm {
	return cartForm{c.list, c.lines, c.last, c.data, c.codes, c.to, c.delivery}
}

func (f cartForm) cart() Cart {
	return Cart{list: f.List, lines: f.Lines, last: f.Last, data: f.Data, codes: f.Codes, to: f.To, delivery: f.Delivery}
}

// AppendStored implements store.Doc.
func (d cartDoc) AppendStored(dst []byte) ([]byte, error) { return d.appendJSON(dst) }

func asCart(doc store.Doc) (Cart, error) {
	if d, ok := doc.(cartDoc); ok {
		return d.Cart, nil
	}
	f, err := readRow[cartForm](doc)
	return f.cart(), err
}

type contactDoc struct{ Contact }

// AppendStored implements store.Doc.
func (d contactDoc) AppendStored(dst []byte) ([]byte, error) { return d.Contact.appendJSON(dst), nil }

func asContact(doc store.Doc) (Contact, error) {
	if d, ok := doc.(contactDoc); ok {
		return d.Contact.clone(), nil
	}
	return readRow[Contact](doc)
}

// credential is what a person signs in with.
type credential struct {
	Hash string `json:"hash"` // PHC string
}

type credentialDoc struct{ credential }

// AppendStored implements store.Doc.
func (d credentialDoc) AppendStored(dst []byte) ([]byte, error) {
	return appendJSON(dst, d.credential)
}

func asCredential(doc store.Doc) (credential, error) {
	if d, ok := doc.(credentialDoc); ok {
		return d.credential, nil
	}
	return readRow[credential](doc)
}

// session says whose a token is; its record's key is the hash of the token.
type session struct {
	Person  PersonID `json:"person"`
	Guest   bool     `json:"guest,omitempty"`
	Begun   Instant  `json:"begun"`
	Expires Instant  `json:"expires"`
}

type sessionDoc struct{ session }

// AppendStored implements store.Doc.
func (d sessionDoc) AppendStored(dst []byte) ([]byte, error) {
	return appendJSON(dst, d.session)
}

func asSession(doc store.Doc) (session, error) {
	if d, ok := doc.(sessionDoc); ok {
		return d.session, nil
	}
	return readRow[session](doc)
}

type offerDoc struct {
	offer
	body store.Raw // as it is stored, where that is known
}

// AppendStored implements store.Doc.
func (d offerDoc) AppendStored(dst []byte) ([]byte, error) {
	if d.body != nil {
		return append(dst, d.body...), nil
	}
	return appendJSON(dst, d.offer)
}

func asOffer(doc store.Doc) (offer, error) {
	if d, ok := doc.(offerDoc); ok {
		return d.offer, nil
	}
	return readRow[offer](doc)
}

// messageDoc is the document of a message, without what its key says: the order, and what
// the message is about.
type messageDoc struct{ Message }

type messageForm struct {
	Contact contactForm `json:"contact"`
	Queued  Instant     `json:"queued"`
	Due     Instant     `json:"due,omitzero"` // 0: when it was queued
}

// AppendStored implements store.Doc.
func (d messageDoc) AppendStored(dst []byte) ([]byte, error) { return d.form().appendJSON(dst), nil }

func (d messageDoc) form() messageForm {
	f := messageForm{Contact: formContact(d.Contact, d.Order), Queued: d.Queued}
	if d.Due != d.Queued {
		f.Due = d.Due
	}
	return f
}

func messageOf(ref store.Ref, doc store.Doc) (Message, error) {
	if d, ok := doc.(messageDoc); ok {
		return d.Message, nil
	}
	f, err := readRow[messageForm](doc)
	if err != nil {
		return Message{}, err
	}
	id, kind, _ := strings.Cut(ref.Key, "/")
	order, err := ParseID[Order](id)
	if err != nil || kind == "" {
		return Message{}, damaged(ref.String(), "its key names no message of an order")
	}
	return Message{Kind: MessageKind(kind), Order: order, Contact: f.Contact.ref(order), Queued: f.Queued, Due: cmp.Or(f.Due, f.Queued)}, nil
}

// numbers is the block from which order numbers are leased.
type numbers struct {
	Next int64 `json:"next"` // first number that nobody has leased
}

type numbersDoc struct{ numbers }

// AppendStored implements store.Doc.
func (d numbersDoc) AppendStored(dst []byte) ([]byte, error) { return appendJSON(dst, d.numbers) }

func asNumbers(doc store.Doc) (numbers, error) {
	if d, ok := doc.(numbersDoc); ok {
		return d.numbers, nil
	}
	return readRow[numbers](doc)
}

// The records that are written.

func rowOf(ref store.Ref, rev int64, doc store.Doc, index ...store.Value) store.Record {
	return store.Record{Ref: ref, Rev: rev, Doc: doc, Index: index}
}

func appendProduct(p Product, entries []Entry) store.Append {
	return store.Append{Record: rowOf(refProduct(p.id), p.n-int64(len(entries)), productDoc{p}, indexProduct(p)...), Entries: entries}
}

func appendPrices(p Prices, entries []Entry) store.Append {
	return store.Append{Record: rowOf(refPrices(p.sku, p.list), p.n-int64(len(entries)), pricesDoc{p.present()}), Entries: entries}
}

func appendTerms(t Terms, entries []Entry) store.Append {
	return store.Append{Record: rowOf(refTerms, t.n-int64(len(entries)), termsDoc{t}), Entries: entries}
}

func appendAccount(a Account, entries []Entry) store.Append {
	return store.Append{Record: rowOf(refAccount(a.id), a.n-int64(len(entries)), accountDoc{a}, indexAccount(a)...), Entries: entries}
}

func appendOrder(o Order, entries []Entry) store.Append {
	doc := docOfOrder(o)
	return store.Append{Record: rowOf(refOrder(o.is.ID), o.n-int64(len(entries)), doc, indexOrder(doc.is)...), Entries: entries}
}

func putContact(ref ContactRef, c Contact) store.Put {
	return store.Put{Record: rowOf(refContact(ref), 0, contactDoc{c}, indexContact(c)...)}
}

func putCart(person PersonID, rev int64, c Cart) store.Put {
	return store.Put{Record: rowOf(refCart(person), rev, cartDoc{c})}
}

func putSession(key string, s session) store.Put {
	return store.Put{Record: rowOf(store.Ref{Family: familySessions, Key: key}, 0, sessionDoc{s}, indexSession(s)...)}
}

func putCredential(person PersonID, rev int64, c credential) store.Put {
	return store.Put{Record: rowOf(refPassword(person), rev, credentialDoc{c})}
}

func putMessage(m Message) store.Put {
	return store.Put{Record: rowOf(refMessage(m.Order, string(m.Kind)), 0, messageDoc{m}, indexMessage(m)...)}
}

func putOffer(ref store.Ref, rev int64, o offerDoc) store.Put {
	return store.Put{Record: rowOf(ref, rev, o, indexOffer(o.offer)...)}
}
