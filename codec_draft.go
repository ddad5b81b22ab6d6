package till

import "github.com/tillkit/till/store"

// draft is a draft order as it is kept: a cart, and who began it.
type draft struct {
	begun Instant
	by    Actor
	note  string
	cart  Cart
}

type draftDoc struct{ draft }

type draftForm struct {
	Begun Instant  `json:"begun"`
	By    Actor    `json:"by"`
	Note  string   `json:"note,omitempty"`
	Cart  cartForm `json:"cart"`
}

// AppendStored implements store.Doc.
func (d draftDoc) AppendStored(dst []byte) ([]byte, error) {
	return appendJSON(dst, draftForm{d.begun, d.by, d.note, formCart(d.cart)})
}

func asDraft(doc store.Doc) (draft, error) {
	if d, ok := doc.(draftDoc); ok {
		return d.draft, nil
	}
	f, err := readRow[draftForm](doc)
	return draft{f.Begun, f.By, f.Note, f.Cart.cart()}, err
}

func indexDraft(d draft) []store.Value { return []store.Value{store.IntValue(int64(d.begun))} }

func refDraft(r DraftRef) store.Ref { return store.Ref{Family: familyDrafts, Key: r.String()} }

func putDraft(ref DraftRef, rev int64, d draft) store.Put {
	return store.Put{Record: rowOf(refDraft(ref), rev, draftDoc{d}, indexDraft(d)...)}
}
