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

func (d drawn) skus() []SKU {
	if d.yes() {
		return nil
	}
	skus := []SKU{}
	for range d.few(3) {
		skus = append(skus, SKU(d.text()))
	}
	return skus
}

func TestDocumentsAreWrittenAsJSONIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawn{t}
		cart := Cart{list: PriceList{d.text(), d.currency()}, lines: d.cartLines(), last: int(d.number()), data: d.metadata()}
		sameDocument(t, cartDoc{cart}, cartForm{cart.list, cart.lines, cart.last, cart.data})
		contact := Contact{Name: d.text(), Email: d.text(), Phone: d.text(), Billing: d.address(), Shipping: d.address(), Notes: d.notes()}
		sameDocument(t, contactDoc{contact}, contact)
		end := journal{n: d.number(), at: d.instant(), sum: sha256.Sum256([]byte(d.text()))}
		o := OrderSummary{
			ID: drawnID[Order](d), Number: d.text(), Status: OrderStatus(d.text()), Placed: d.instant(), Contact: d.contactRef(),
			Total: d.amount(), Lines: d.few(9), Pieces: d.number(), SKUs: d.skus(),
		}
		sameDocument(t, orderDoc{end, o}, orderForm{end.form(orderFold), o.ID, o.Number, o.Status, o.Placed, o.Contact, o.Total, o.Lines, o.Pieces, o.SKUs})
		message := Message{MessageKind(d.text()), drawnID[Order](d), d.contactRef(), d.instant(), d.instant()}
		sameDocument(t, messageDoc{message}, message)
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
