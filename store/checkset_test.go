package store

import (
	"errors"
	"fmt"
	"testing"
)

// A ref that is changed twice is refused and named, in a small set and in a great one,
// wherever it stands.
func TestCheckSetRefusesARefTwice(t *testing.T) {
	layout, err := Compile(Schema{Version: 1, Families: []Family{{Name: "rows", Shape: Rows, Version: 1}, {Name: "others", Shape: Rows, Version: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{2, 3, manyRefs, manyRefs + 1, MaxChanges} {
		set := ChangeSet{Changes: make([]Change, size)}
		put := func(at int, family string, key int) {
			set.Changes[at] = Put{Record{Ref: Ref{Family: family, Key: fmt.Sprint(key)}, Doc: Raw(nil)}}
		}
		for i := range size {
			put(i, []string{"rows", "others"}[i%2], i/2) // each key in both families
		}
		if err := layout.CheckSet(set); err != nil {
			t.Fatalf("%d changes, each ref once: %v", size, err)
		}
		for _, at := range []int{1, size / 2, size - 1} {
			was := set.Changes[at]
			put(at, "rows", 0) // as the first
			want := fmt.Sprintf("changes[%d]", at)
			var invalid *InvalidError
			if err := layout.CheckSet(set); !errors.As(err, &invalid) || invalid.What != want {
				t.Errorf("%d changes, number %d as the first: %v", size, at, err)
			}
			set.Changes[at] = was
		}
	}
}
