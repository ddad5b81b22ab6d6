package till

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
)

// familyOf gives a family of the schema.
func familyOf(name string) store.Family {
	for _, f := range Schema().Families {
		if f.Name == name {
			return f
		}
	}
	panic(name)
}

// asTheyAre says which values are compared as they are.
var asTheyAre = cmpopts.EquateComparable(OrderID{}, PersonID{}, money.Amount{})

const (
	anOrder   = "019e8269-4e80-7dfd-8bb8-003f459f8f3d"
	aPerson   = "019e8269-4e80-7dfd-beef-ee84fb2f0a09"
	anInstant = "2026-06-01T09:00:00.000000Z"
)

// What was written in an older form says the same as in the form of today, which leaves
// out what the key says: the summary of an order, a message, what an order reserved.
func TestOlderDocuments(t *testing.T) {
	sum := `"sum":"64f7e19f584e5af6e14306efc0e66bf0fbe57b9c2f7c28e2031644175ce44c1b"`
	order := store.Ref{Family: familyOrders, Key: anOrder}
	message := store.Ref{Family: familyMessages, Key: anOrder + "/confirmation"}
	contact := ContactRef{Person: must(ParseID[Person](aPerson)), Key: "o" + anOrder}
	at := must(ParseInstant(anInstant))
	id := must(ParseID[Order](anOrder))

	summary := OrderSummary{ID: id, Number: "1001", Status: OrderPlaced, Placed: at, Contact: contact, Total: pounds("57.00"), Lines: 3, Pieces: 6, Revision: 2}
	for form, doc := range map[string]string{
		"1": `{"fold":1,"n":2,"at":"` + anInstant + `",` + sum + `,"id":"` + anOrder + `","number":"1001","status":"placed","placed":"` + anInstant + `","contact":{"person":"` + aPerson +
			`","key":"o` + anOrder + `"},"total":"57.00 GBP","lines":3,"pieces":6,"skus":["CUP","JUG","MUG"]}`,
		"2": `{"fold":2,"n":2,"at":"` + anInstant + `",` + sum + `,"number":"1001","status":"placed","contact":{"person":"` + aPerson + `"},"total":"57.00 GBP","lines":3,"pieces":6}`,
	} {
		if d := cmp.Diff(summary, must(summaryOf(order, store.Raw(doc))), asTheyAre); d != "" {
			t.Errorf("form %s of an order's state (-want +got):\n%s", form, d)
		}
		index := must(familyOf(familyOrders).Index(order, store.Raw(doc)))
		if d := cmp.Diff(indexOrder(summary), index, cmp.Comparer(store.Value.Equal)); d != "" {
			t.Errorf("form %s is found by (-want +got):\n%s", form, d)
		}
	}
	queued := Message{Kind: ConfirmationMessage, Order: id, Contact: contact, Queued: at, Due: at}
	for _, doc := range []string{
		`{"kind":"confirmation","order":"` + anOrder + `","contact":{"person":"` + aPerson + `","key":"o` + anOrder + `"},"queued":"` + anInstant + `","due":"` + anInstant + `"}`,
		`{"contact":{"person":"` + aPerson + `"},"queued":"` + anInstant + `"}`,
	} {
		if d := cmp.Diff(queued, must(messageOf(message, store.Raw(doc))), asTheyAre); d != "" {
			t.Errorf("%s (-want +got):\n%s", doc, d)
		}
	}

	reserved := Movement{
		Place: Place{SKU: "MUG", Location: "main"}, Kind: Reserved, Quantity: 2, Reason: "order placed", Reference: anOrder, At: at, By: "guest",
	}
	for _, doc := range []string{
		`{"sku":"MUG","location":"main","kind":"reserved","quantity":2,"reason":"order placed","reference":"` + anOrder + `","at":"` + anInstant + `","by":"guest"}`,
		`{"location":"main","kind":"reserved","at":"` + anInstant + `","by":"guest","lines":[{"sku":"AIR","quantity":1,"untracked":true},{"sku":"MUG","quantity":2}]}`,
	} {
		r := store.Record{Ref: refMovement(anOrder, 0), Doc: store.Raw(doc)}
		m, is, err := movementOf(r, "MUG")
		if d := cmp.Diff(reserved, m, asTheyAre); d != "" || !is || err != nil {
			t.Errorf("%s: %v, %v (-want +got):\n%s", doc, is, err, d)
		}
		if _, err := familyOf(familyMovements).Index(r.Ref, r.Doc); err != nil {
			t.Error(err)
		}
	}
}

// What differs from the rule is written, and read again.
func TestDocumentsBesideTheRule(t *testing.T) {
	id, person := must(ParseID[Order](anOrder)), must(ParseID[Person](aPerson))
	at := must(ParseInstant(anInstant))
	for _, m := range []Message{
		{Kind: ConfirmationMessage, Order: id, Contact: ContactRef{Person: person, Key: "p1"}, Queued: at, Due: at + 1},
		{Kind: "reminder", Order: id, Contact: orderContact(person, id), Queued: at, Due: at},
	} {
		doc := must(messageDoc{m}.AppendStored(nil))
		if d := cmp.Diff(m, must(messageOf(refMessage(m.Order, string(m.Kind)), store.Raw(doc))), asTheyAre); d != "" {
			t.Errorf("%s (-want +got):\n%s", doc, d)
		}
	}
	for _, ref := range []store.Ref{{Family: familyMessages, Key: anOrder}, {Family: familyMessages, Key: "1001/confirmation"}} {
		if _, err := messageOf(ref, store.Raw(`{}`)); !errors.Is(err, ErrDamaged) {
			t.Errorf("a message with the key %s: %v", ref.Key, err)
		}
	}
	if _, err := summaryOf(store.Ref{Family: familyOrders, Key: "1001"}, store.Raw(`{"fold":2}`)); !errors.Is(err, ErrDamaged) {
		t.Errorf("an order's state under a number: %v", err)
	}
}
