package store

// Limits of the port. A store must take everything up to them, and [Layout]
// refuses what is beyond them with [ErrInvalid].
const (
	MaxKey      = 255     // bytes of a key, an owner, a receipt's key and result
	MaxText     = 255     // bytes of a Text value and of a member of Many
	MaxMany     = 1200    // members of a Many value: the articles of a long order
	MaxWords    = 1000    // words of a Words value
	MaxWord     = 64      // bytes of one word; Split cuts longer ones
	MaxKind     = 64      // bytes of an entry's kind
	MaxFields   = 16      // fields of a family
	MaxLists    = 8       // lists of a family
	MaxChanges  = 3000    // changes of a set, and requirements of a set; some engines take no more rows at once
	MaxEntries  = 1000    // entries of one Append
	MaxSteps    = 16      // steps of one Add
	MaxRefs     = 1000    // refs of one Get
	MaxLimit    = 1000    // items of a page
	MaxCursor   = 1024    // bytes of a cursor
	MaxDocument = 1 << 24 // bytes of a document or a payload
	MaxSet      = 1 << 26 // bytes of a set's documents and payloads together; a store may take more, Layout does not count them
)

// Receipts is the reserved family in which the receipts of sets that had a key
// can be read, by Get and by Find: the key of a record is the key of the set,
// its document is what [Receipt.AppendStored] gives. Its lists are "" (by key)
// and [ReceiptsByInstant]. Every [Layout] has it: as Rows of Version 1 with one Int
// field, "at", and an Index. A receipt cannot be required. A Delete at revision 1
// forgets a receipt, after which its key is as if it had never been used; nothing else
// can change one.
const Receipts = "receipts"

// ReceiptsByInstant is the list of the family [Receipts] that is sorted by
// [Receipt.At].
const ReceiptsByInstant = "at"

// Shape says which changes a family takes.
type Shape uint8

// The shapes of families.
const (
	Rows     Shape = iota + 1 // Put, Delete
	Journal                   // Append
	Counters                  // Add; its fields are Int, each begins at 0
	Claims                    // Claim, Release; the document is the owner
)

// String gives the name of the shape.
func (s Shape) String() string {
	switch s {
	case Rows:
		return "Rows"
	case Journal:
		return "Journal"
	case Counters:
		return "Counters"
	case Claims:
		return "Claims"
	}
	return "no shape"
}

// Field declares an index field: a value beside the document, by which records
// are found.
type Field struct {
	Name string // [a-z][a-z_]{0,29}; not key, rev, doc, rowid, family, owner, seq or n
	Type Type
}

// List declares one way to page through a family. [Store.Find] answers nothing
// else, so a store can lay out exactly what it needs. Every family of every
// shape has the list "" besides: all records, sorted by key.
type List struct {
	Name string // [a-z][a-z_]{0,29}

	// Sort is an Int or Text field, ties are sorted by key; "" sorts by key.
	Sort string

	// Equal names the fields whose value every query fixes: Int, Text, or one
	// Many, which then stands first.
	Equal []string

	// Match says that a query gives words. The order is then the store's own:
	// total, and the same from page to page. Sort is "", Equal has no Many.
	Match bool

	// Where names the Int and Text fields on which a query may set conditions
	// too. Rows that do not meet them cost as if they were read.
	Where []string

	// Rising says that records come mostly in the order of Sort, which is an Int
	// field, whatever their Equal: a hint for the layout, which a store may ignore.
	// Like Small it changes no answer, and needs no greater Version.
	Rising bool
}

// Family declares a family of records.
type Family struct {
	Name   string // [a-z][a-z_]{0,29}, not "receipts"
	Shape  Shape
	Fields []Field // at most MaxFields; of Counters the columns, of Claims none
	Lists  []List  // at most MaxLists; of Rows and Journal only

	// Version is raised when Fields or Lists change, their order too, or Personal:
	// Prepare then calls Index for every record that is there and files the record
	// anew. At least 1.
	Version int

	// Small says that documents stay below 500 bytes: a hint for the layout.
	Small bool

	// Personal families, of Rows only, hold what a person said. A key is the
	// person, "/" and the rest; an Erase of the person deletes its records.
	Personal bool

	// Index computes the values of the fields from a stored document. It is
	// pure; its error, for a document that it cannot read, ends Prepare with nothing
	// changed. Needed by Rows and Journal families that have fields.
	Index func(Ref, Doc) ([]Value, error)
}

// Schema is everything a shop keeps.
type Schema struct {
	// Version is raised whenever a family is added, removed or changed. A store
	// whose data was prepared with a greater one refuses with ErrUnsupported.
	Version  int
	Families []Family
}
