package till

import (
	"crypto/sha256"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tillkit/till/store"
)

// sameDocument compares what a document writes with what encoding/json makes of its
// form.
func sameDocument(t *rapid.T, doc store.Doc, form any) {
	t.Helper()
	got, err := doc.AppendStored([]byte("before"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff("before"+string(must(reflectedPayload(form))), string(got)); d != "" {
		t.Errorf("%T (-encoding/json +by hand)\n%s", doc, d)
	}
}

func (d drawn) cartLines() []CartLine {
	var lines []CartLine
	for range d.few(3) {
		lines = append(lines, CartLine{
			N: int(d.number()), SKU: SKU(d.text()), Quantity: d.number(), Agreed: d.agreement(), Note: d.text(), Apart: d.yes(), Metadata: d.metadata(),
		})
	}
	return lines
}

func (d drawn) address() Address {
	if d.yes() {
		return Address{}
	}
	return Address{d.text(), d.text(), d.text(), d.text(), d.text(), d.text(), d.text(), d.text()}
}

func (d drawn) notes() map[int]string {
	if d.yes() {
		return nil
	}
	return rapid.MapOfN(rapid.OneOf(rapid.IntRange(-20, 120), rapid.Int()), oddText(), 0, 12).Draw(d.T, "notes")
}

func TestDocumentsAreWrittenAsJSONIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawn{t}
		cart := Cart{
			list: PriceList{d.text(), d.currency()}, lines: d.cartLines(), last: int(d.number()), data: d.metadata(),
			codes: d.texts(), to: d.address(), delivery: d.text(),
		}
		sameDocument(t, cartDoc{cart}, formCart(cart))
		contact := Contact{Name: d.text(), Email: d.text(), Phone: d.text(), Billing: d.address(), Shipping: d.address(), Notes: d.notes()}
		sameDocument(t, contactDoc{contact}, contact)
		end := journal{n: d.number(), at: d.instant(), sum: sha256.Sum256([]byte(d.text()))}
		placed := d.instant()
		if d.yes() {
			placed = end.at
		}
		id := drawnID[Order](d)
		ref := d.contactRef()
		if d.yes() {
			ref = orderContact(ref.Person, id)
		}
		order := orderDoc{end, OrderSummary{
			ID: id, Number: d.text(), Status: rapid.SampledFrom([]OrderStatus{OrderPlaced, OrderOpened, "<odd>"}).Draw(t, "status"), Placed: placed, Contact: ref,
			Total: d.amount(), Lines: d.few(9), Pieces: d.number(),
		}}
		sameDocument(t, order, order.form())
		message := messageDoc{Message{MessageKind(d.text()), id, ref, d.instant(), d.instant()}}
		if d.yes() {
			message.Due = message.Queued
		}
		sameDocument(t, message, message.form())
		reservation := reservationDoc{ledgerRecord{Movement: Movement{Place: Place{Location: d.text()}, Kind: MovementKind(d.text()), At: d.instant(), By: Actor(d.text())}}}
		reservation.Lines = []reservedLine{}
		for range d.few(3) {
			reservation.Lines = append(reservation.Lines, reservedLine{SKU(d.text()), d.number(), d.yes()})
		}
		sameDocument(t, reservation, reservation.form())
	})
}

// A fingerprint stays what it was: a repetition after an update of the program is
// recognised.
func TestFingerprintIsOfJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawn{t}
		r, operation := CheckoutRequest{Accept: Digest(d.text()), Contact: Contact{Name: d.text()}}, d.text()
		want := sha256.Sum256(must(json.Marshal(struct {
			Operation string
			Accept    Digest
			Contact   bool
		}{operation, r.Accept, !r.Contact.IsZero()})))
		if r.fingerprint(operation) != want {
			t.Errorf("the fingerprint of %q, %+v is another", operation, r)
		}
	})
}
