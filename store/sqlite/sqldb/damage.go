package sqldb

import (
	"fmt"
	"strings"
)

// Damage is what kind of thing is wrong with a file. The words stay as they are.
type Damage string

// The kinds of damage.
const (
	DamagedFile    Damage = "file"    // a page, an index or a table of words, as SQLite's own check says
	DamagedSchema  Damage = "schema"  // a table or an index is missing or another than till_meta says, or till_meta cannot be read
	DamagedRecord  Damage = "record"  // a row that the engine does not write so
	DamagedList    Damage = "list"    // a record stands in a list where it does not belong, or not where it does
	DamagedWords   Damage = "words"   // the same of its words
	DamagedJournal Damage = "journal" // entries with a gap, unreadable ones, or another number of them than the state says
	DamagedReceipt Damage = "receipt" // a receipt that the engine does not write so
)

// Finding is one thing that [Store.Check] found wrong.
type Finding struct {
	Kind  Damage
	Where string // a table, an index, or a record as family/key; "" for the file as a whole
	What  string
}

// String gives all three.
func (f Finding) String() string {
	if f.Where == "" {
		return fmt.Sprintf("%s: %s", f.Kind, f.What)
	}
	return fmt.Sprintf("%s: %s: %s", f.Kind, f.Where, f.What)
}

// MostFindings is how many findings a [DamageError] has at most.
const MostFindings = 100

// DamageError is what is wrong with a file.
type DamageError struct {
	Findings []Finding // in the order of the checks, at least one
	More     bool      // there is more than MostFindings
}

// Error gives the first findings, and what to do.
func (e *DamageError) Error() string {
	const shown = 5
	var b strings.Builder
	count := fmt.Sprint(len(e.Findings))
	if e.More {
		count = "more than " + count
	}
	fmt.Fprintf(&b, "sqldb: check: the file is damaged, findings: %s", count)
	for _, f := range e.Findings[:min(shown, len(e.Findings))] {
		fmt.Fprintf(&b, "; %s", f)
	}
	b.WriteString(": stop writing, keep a copy of the file with its -wal, restore a backup")
	return b.String()
}
