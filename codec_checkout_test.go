package till

import (
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
		cart := Cart{list: PriceList{d.text(), d.currency()}, lines: d.cartLines(), last: int(d.number()), data: d.metadata()}
		sameDocument(t, cartDoc{cart}, cartForm{cart.list, cart.lines, cart.last, cart.data})
		contact := Contact{Name: d.text(), Email: d.text(), Phone: d.text(), Billing: d.address(), Shipping: d.address(), Notes: d.notes()}
		sameDocument(t, contactDoc{contact}, contact)
	})
}
