package store

import (
	"encoding/hex"
	"encoding/json"
	"math"
)

// Change is one change of a [ChangeSet], as a value, no pointer: one of [Put], [Delete], [Append],
// [Add], [Claim], [Release], [Erase] and [Reserved]. The set of kinds is closed;
// a store that meets one it does not know refuses the whole set with
// [ErrUnsupported], as it must refuse Reserved.
type Change interface{ change() }

// Put writes a record of a Rows family. Rev is the revision that it has now, 0
// when it must be absent; any other is [ErrConflict]. It is stored at Rev+1.
type Put struct{ Record }

// Delete removes a record of a Rows family that has revision Rev now; any other
// is [ErrConflict]. Whoever deletes a record never uses its key again, so that
// a revision names one content for ever; a store need not watch over that.
// [Receipts] alone are exempt.
type Delete struct {
	Ref
	Rev int64
}

// Append adds entries to a journal and writes the state beside them. Record is
// the state after the entries, its Rev the journal's revision before them: 0
// for a new journal, else the number of its last entry; any other is
// [ErrConflict]. Entries has at least one; the caller numbers them Rev+1, Rev+2 ...
type Append struct {
	Record
	Entries []Entry
}

// Add changes the columns of a counter, step by step. A counter that is not
// there begins with 0 in every column. If any step would leave its column below
// its Floor, the set fails with a [ShortError] that tells of the first such
// step; a step over the limits of int64 is [ErrInvalid], whatever its Floor. Of several
// that do not fit the first one counts.
type Add struct {
	Ref
	Steps []Step
}

// Step adds By, which may be negative, to a column.
type Step struct {
	Field string
	By    int64
	Floor int64 // least value after the step; NoFloor for none
}

// NoFloor as a [Step.Floor] lets a step go as low as int64 does.
const NoFloor = math.MinInt64

// Claim takes a key of a Claims family for an owner. A key that is taken, also
// by the same owner, is [ErrExists].
type Claim struct {
	Ref
	Owner string // 1 to MaxKey bytes
}

// Release gives a claim up. One that is not there, or is another owner's, is
// [ErrConflict].
type Release struct {
	Ref
	Owner string
}

// Erase deletes every record of every Personal family whose key begins with the
// person and "/", as they were before the set. What the same set puts newly for
// the person (at revision 0) stays; a Put at another revision or a Delete of
// one of the person's records in the same set is [ErrInvalid]. A person of whom
// nothing is there is no error. Where bytes of what is deleted can stay in a file,
// as free pages or in a log, the store is a [Maintainer] too.
type Erase struct{ Person string }

// Reserved is what every store refuses, with [ErrUnsupported] and the whole
// set: a rehearsal for the day on which a new kind of change is added.
type Reserved struct{}

func (Put) change()      {}
func (Delete) change()   {}
func (Append) change()   {}
func (Add) change()      {}
func (Claim) change()    {}
func (Release) change()  {}
func (Erase) change()    {}
func (Reserved) change() {}

// Requirement says what a decision relied on: a record of a Rows or Journal
// family that had revision Rev, 0 for one that was absent. It is compared with
// the state before the set, and stays true until the set is committed, as if
// the record were locked.
type Requirement struct {
	Ref
	Rev int64
}

// ChangeSet is everything that one decision changes, with what it relied on. It
// names each Ref in at most one change, so the order of its changes means
// nothing. An empty one is valid and, without a key, does nothing.
type ChangeSet struct {
	// Key remembers the set: a second commit with the same key has no effect
	// and answers with the first one's receipt. "" is not remembered. At most
	// MaxKey bytes.
	Key string

	// Fingerprint tells a repetition from another request under the same key.
	Fingerprint [32]byte

	// Result goes into the receipt. At most MaxKey bytes; no person's words.
	Result string

	// At is the instant of the decision; it goes into the receipt.
	At int64

	Requires []Requirement // at most MaxChanges
	Changes  []Change      // at most MaxChanges
}

// Receipt says that a set was committed: its Key, Result, Fingerprint and At.
type Receipt struct {
	Key         string
	Result      string
	Fingerprint [32]byte
	At          int64

	// Replay is true when the key had been used before by a set of the same
	// fingerprint: nothing was changed now, Result and At are that set's.
	Replay bool
}

// storedReceipt fixes the words of a stored receipt.
type storedReceipt struct {
	Key         string `json:"key"`
	Result      string `json:"result"`
	Fingerprint string `json:"fingerprint"`
	At          int64  `json:"at"`
}

// AppendStored appends the receipt as JSON: the document of a record of the
// family [Receipts].
func (r Receipt) AppendStored(dst []byte) ([]byte, error) {
	doc, err := json.Marshal(storedReceipt{r.Key, r.Result, hex.EncodeToString(r.Fingerprint[:]), r.At})
	return append(dst, doc...), err
}

// ParseReceipt reads a document of the family [Receipts].
func ParseReceipt(doc Doc) (Receipt, error) {
	if r, ok := doc.(Receipt); ok {
		return r, nil
	}
	if doc == nil {
		return Receipt{}, &InvalidError{What: "receipt", Reason: "there is no document"}
	}
	raw, err := doc.AppendStored(nil)
	if err != nil {
		return Receipt{}, err
	}
	var r storedReceipt
	if err := json.Unmarshal(raw, &r); err != nil {
		return Receipt{}, &InvalidError{What: "receipt", Reason: err.Error()}
	}
	receipt := Receipt{Key: r.Key, Result: r.Result, At: r.At}
	sum, err := hex.DecodeString(r.Fingerprint)
	if err != nil || len(sum) != len(receipt.Fingerprint) {
		return Receipt{}, &InvalidError{What: "receipt", Reason: "its fingerprint is no 64 hexadecimal digits"}
	}
	copy(receipt.Fingerprint[:], sum)
	return receipt, nil
}
