package sqldb

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// format is the version of the layout that this engine writes. A file of an older one
// is brought to it by Prepare, one of a newer one is refused.
//
// 2: rows that have words carry their sum.
// 3: side tables can be divided into partitions.
// 4: those that are have an open table before them.
const format = 4

// What till_meta holds, each value as JSON: the format, the schema's version
// with the number of preparations that changed something, the number of times
// that the engine had to make sure, and a definition for each family.
const (
	metaFormat  = "format"
	metaSchema  = "schema"
	metaSettled = "settled"
	metaFamily  = "family:"
)

// preparation is the value of the row "schema".
type preparation struct {
	Version    int   `json:"version"`
	Generation int64 `json:"generation"`
}

// definition is how a family was declared when it was filed.
type definition struct {
	Shape    string            `json:"shape"`
	Version  int               `json:"version"`
	Small    bool              `json:"small,omitempty"`
	Personal bool              `json:"personal,omitempty"`
	Fields   []fieldDefinition `json:"fields,omitempty"`
	Lists    []listDefinition  `json:"lists,omitempty"`
}

type fieldDefinition struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

type listDefinition struct {
	Name  string   `json:"name"`
	Sort  string   `json:"sort,omitempty"`
	Equal []string `json:"equal,omitempty"`
	Match bool     `json:"match,omitempty"`
	Where []string `json:"where,omitempty"`

	Rising bool `json:"rising,omitempty"`
}

// Words of the file for shapes and types; they never change.
const (
	typeInt   = "int"
	typeText  = "text"
	typeMany  = "many"
	typeWords = "words"
)

var shapes = map[string]store.Shape{
	"rows": store.Rows, "journal": store.Journal, "counters": store.Counters, "claims": store.Claims,
}

func define(f *store.FamilyLayout) definition {
	def := definition{Version: f.Version, Small: f.Small, Personal: f.Personal}
	for word, shape := range shapes {
		if shape == f.Shape {
			def.Shape = word
		}
	}
	types := map[store.Type]string{store.Int: typeInt, store.Text: typeText, store.Many: typeMany, store.Words: typeWords}
	for _, field := range f.Fields {
		def.Fields = append(def.Fields, fieldDefinition{field.Name, types[field.Type]})
	}
	for _, l := range f.Lists {
		made := listDefinition{Name: l.Name, Sort: l.Sort, Match: l.Match, Rising: l.Rising}
		made.Equal = append(made.Equal, l.Equal...)
		made.Where = append(made.Where, l.Where...)
		def.Lists = append(def.Lists, made)
	}
	return def
}

// same reports whether two definitions file records alike. Small and Rising are hints,
// of which the first ones count.
func (d definition) same(e definition) bool { return reflect.DeepEqual(d, e.hinted(d)) }

// hinted gives a definition with the hints by which the tables were made.
func (d definition) hinted(made definition) definition {
	d.Small = made.Small
	d.Lists = slices.Clone(d.Lists)
	for i := range min(len(d.Lists), len(made.Lists)) {
		d.Lists[i].Rising = made.Lists[i].Rising
	}
	return d
}

// meta is what till_meta says.
type meta struct {
	format   int
	schema   string // the row as it stands, to be compared
	prepared preparation
	families map[string]definition
}

func parseMeta(rows map[string]string) (meta, error) {
	m := meta{schema: rows[metaSchema], families: make(map[string]definition)}
	read := func(name string, into any) error {
		if err := json.Unmarshal([]byte(rows[name]), into); err != nil {
			return &Error{Op: "prepare", Err: fmt.Errorf("till_meta, row %q: %w", name, err), Next: "the file is damaged: restore a backup"}
		}
		return nil
	}
	if err := read(metaFormat, &m.format); err != nil {
		return m, err
	}
	if m.format > format || m.format < 1 {
		return m, &store.UnsupportedError{What: "till_meta", Reason: fmt.Sprintf("the file has format %d, this program knows %d: use a newer one", m.format, format)}
	}
	if err := read(metaSchema, &m.prepared); err != nil {
		return m, err
	}
	for name := range rows {
		family, ok := strings.CutPrefix(name, metaFamily)
		if !ok {
			continue
		}
		var def definition
		if err := read(name, &def); err != nil {
			return m, err
		}
		m.families[family] = def
	}
	return m, nil
}

// schema is a layout together with how the file holds it.
type schema struct {
	layout   *store.Layout
	families map[string]*family
	personal []*family // also those that the layout has no more
	meta     string    // the row "schema" that this was read with
}

// fit makes the schema of a layout if the file holds it just so already; nil if
// there is something to do first.
func (m meta) fit(layout *store.Layout) (*schema, error) {
	if m.prepared.Version > layout.Version() {
		return nil, &store.UnsupportedError{What: "schema", Reason: fmt.Sprintf("the data has version %d, this program %d: use a newer one", m.prepared.Version, layout.Version())}
	}
	if m.prepared.Version < layout.Version() || m.format < format {
		return nil, nil
	}
	for _, name := range layout.Families() {
		have, ok := m.families[name]
		if !ok || !have.same(define(layout.Family(name))) {
			return nil, nil
		}
	}
	return m.compile(layout)
}

// compile makes the schema of a layout from definitions that fit it.
func (m meta) compile(layout *store.Layout) (*schema, error) {
	sc := &schema{layout: layout, families: make(map[string]*family), meta: m.schema}
	for name, def := range m.families {
		f, err := newFamily(name, def)
		if err != nil {
			return nil, err
		}
		if f.layout = layout.Family(name); f.layout != nil {
			sc.families[name] = f
		}
		if f.Personal {
			sc.personal = append(sc.personal, f)
		}
	}
	slices.SortFunc(sc.personal, func(a, b *family) int { return strings.Compare(a.name, b.name) })
	return sc, nil
}

// jsonText is the JSON of texts, numbers or definitions as people read it: < and & as they
// are. There is none that cannot be written.
func jsonText(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v)
	return strings.TrimSuffix(b.String(), "\n")
}
