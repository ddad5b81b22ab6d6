package storetest

import (
	"slices"
	"testing"

	"github.com/tillkit/till/store"
)

// TestEveryType proves that the suite knows every type of field that the port has: that
// its records have one of each, that there are samples of each, and that they are tried.
func TestEveryType(t *testing.T) {
	types := fieldTypes()
	if len(types) < 4 {
		t.Fatalf("the port has the types %v: there are four at least", types)
	}
	for _, typ := range types {
		if !slices.ContainsFunc(thingFields, func(f store.Field) bool { return f.Type == typ }) {
			t.Errorf("no field of a thing is %s: add one", typ)
		}
		if len(samples[typ]) < 5 {
			t.Errorf("there are %d samples of %s: add some", len(samples[typ]), typ)
		}
		for i, v := range samples[typ] {
			if v.Type() != typ {
				t.Errorf("sample %d of %s is %s", i, typ, v.Type())
			}
		}
		asked := 0
		for _, l := range allowed(typ) {
			layout, err := store.Compile(typed(typ, []store.List{l}))
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range samples[typ] {
				asked += len(questions(layout, l, v))
			}
		}
		if asked == 0 {
			t.Errorf("no query asks for a value of %s: teach questions how", typ)
		}
	}
	for i, f := range thingFields {
		if got := (thing{}).value(i).Type(); got != f.Type {
			t.Errorf("field %q of a thing is %s, its value %s", f.Name, f.Type, got)
		}
	}
}
