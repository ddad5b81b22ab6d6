package productcsv

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/tillkit/till"
)

// The columns of our own, whose names begin with Till. They say what the format of
// the shops has no column for, as JSON, each on the row to which it belongs.

// jsonText gives a list or a map as a cell has it: maps by key, no line ends.
func jsonText(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // lists and maps of texts: there is nothing that could not be written
	return strings.TrimSuffix(b.String(), "\n")
}

var errJSON = errors.New("it is not what JSON has there")

// readJSON reads a cell strictly: one value, no key twice, and no null.
func readJSON(cell string, into any) error {
	if err := json.Unmarshal([]byte(cell), into); err != nil {
		return err
	}
	return onceEach(json.NewDecoder(strings.NewReader(cell)))
}

// onceEach refuses a value that is null somewhere or has a key twice.
func onceEach(d *json.Decoder) error {
	t, err := d.Token()
	if err != nil || t == nil {
		return errors.Join(err, errJSON)
	}
	seen := make(map[json.Token]bool)
	for (t == json.Delim('{') || t == json.Delim('[')) && d.More() {
		if t == json.Delim('{') {
			key, err := d.Token()
			if err != nil || seen[key] {
				return errors.Join(err, errJSON)
			}
			seen[key] = true
		}
		if err := onceEach(d); err != nil {
			return err
		}
	}
	if t == json.Delim('{') || t == json.Delim('[') {
		_, err = d.Token() // its end
	}
	return err
}

// forms show how the columns of our own are written.
var forms = map[column]string{
	colCollections: `["summer","sale"]`,
	colAttributes:  `{"material":["wool","silk"]}`,
	colMetadata:    `{"erp":"A-17"}`,
	colWords:       `{"de":{"name":"Becher","description":"Blau."}}`,
	colExact:       `{"Vendor":"Acme "}`,
}

// own reads a cell of our own, if there is something in it.
func (x reading) own(c column, into any) bool {
	cell := x.bare(c)
	if cell == "" {
		return false
	}
	if err := readJSON(cell, into); err != nil {
		x.wrong(c, "write it as JSON, each key once, such as %s", forms[c])
		return false
	}
	return true
}

// ours reads what the columns of our own say of a product, into what the others say.
func (x reading) ours(is *till.Description) {
	if c := x.bare(colCurrency); c != "" && c != x.currency.String() {
		x.wrong(colCurrency, "the prices are read as %s: read the file for the currency that it is in", x.currency)
	}
	var collections []string
	if x.own(colCollections, &collections) && x.allows(colCollections, till.Description{Collections: collections}) {
		is.Collections = collections
	}
	var attributes map[string][]string
	if x.own(colAttributes, &attributes) {
		for _, name := range slices.Sorted(maps.Keys(is.Attributes)) {
			if _, twice := attributes[name]; twice {
				x.wrong(colAttributes, "another column says what %q is: leave one of them", name)
				return
			}
			attributes[name] = is.Attributes[name]
		}
		if x.allows(colAttributes, till.Description{Attributes: attributes}) {
			is.Attributes = attributes
		}
	}
	var metadata till.Metadata
	if x.own(colMetadata, &metadata) && x.allows(colMetadata, till.Description{Metadata: metadata}) {
		is.Metadata = metadata
	}
	x.translations(is)
}

// translations reads the words in other languages than the shop's own.
func (x reading) translations(is *till.Description) {
	var words map[till.Locale]map[string]string
	if !x.own(colWords, &words) {
		return
	}
	all := map[till.Locale]till.Words{"": {Name: "own"}}
	for locale, say := range words {
		w := till.Words{Name: say["name"], Description: say["description"]}
		for key := range say {
			if locale == "" || key != "name" && key != "description" {
				x.wrong(colWords, "it has a name and a description for each other language, such as %s", forms[colWords])
				return
			}
		}
		all[locale] = w
	}
	if x.allows(colWords, till.Description{Words: all}) {
		delete(all, "")
		maps.Copy(is.Words, all)
	}
}

// allows refuses the row for what a shop would refuse of one column, whatever the
// rest of the product is.
func (x reading) allows(c column, is till.Description) bool {
	is.Handle, is.Variants = "any", []till.Variant{{SKU: "any"}}
	if is.Words == nil {
		is.Words = map[till.Locale]till.Words{"": {Name: "any"}}
	}
	err := till.ProductSpec{Description: is}.Check(x.currency)
	var invalid *till.InvalidError
	if errors.As(err, &invalid) {
		x.refuse(x.name(c), x.bare(c), invalid.Path+": "+invalid.Reason, err)
	}
	return err == nil
}

// exactly reads the texts that their columns cannot hold.
func (x reading) exactly() map[column]string {
	var texts map[string]string
	if !x.own(colExact, &texts) {
		return nil
	}
	exact := make(map[column]string, len(texts))
	for name, text := range texts {
		i := slices.IndexFunc(exactColumns, func(c column) bool { return columnNames[c] == name })
		if i < 0 || strings.IndexByte(text, 0) >= 0 {
			x.wrong(colExact, "it has the texts of %s, without NUL, where a cell cannot hold them, such as %s", exactNames(), forms[colExact])
			return nil
		}
		exact[exactColumns[i]] = text
	}
	return exact
}

func exactNames() string {
	names := make([]string, len(exactColumns))
	for i, c := range exactColumns {
		names[i] = columnNames[c]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
