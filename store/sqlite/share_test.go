package sqlite_test

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tillkit/till/store"
)

// Two handles on one file, as two processes have them, race for the last units.
func TestTwoHandlesNeverSellTheLastUnitTwice(t *testing.T) {
	path := place(t)
	handles := []store.Store{open(t, path), open(t, path)}
	ref := store.Ref{Family: "stock", Key: "mug"}
	commit(t, handles[0], store.Add{Ref: ref, Steps: []store.Step{{Field: "available", By: 25}}})
	var sold, short atomic.Int64
	var wait sync.WaitGroup
	for i := range 8 {
		s := handles[i%2]
		wait.Go(func() {
			for n := range 10 {
				key := fmt.Sprintf("%d-%d", i, n)
				_, err := s.Commit(t.Context(), store.ChangeSet{Key: key, Changes: []store.Change{
					store.Add{Ref: ref, Steps: []store.Step{{Field: "available", By: -1}, {Field: "on", By: 1, Floor: store.NoFloor}}},
					appending(key, 0, "{}", "{}"),
				}})
				switch {
				case err == nil:
					sold.Add(1)
					if _, err := handles[(i+1)%2].Outcome(t.Context(), key); err != nil {
						t.Errorf("the other handle does not see %s: %v", key, err)
					}
				case errors.Is(err, store.ErrShort):
					short.Add(1)
				default:
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	r := get(t, handles[1], "stock", "mug")
	if sold.Load() != 25 || short.Load() != 55 || r.Index[0].Int() != 0 || r.Index[1].Int() != 25 {
		t.Errorf("%d sold, %d refused, counter %v", sold.Load(), short.Load(), r.Index)
	}
	if events := feed(t, handles[0], 7); len(events) != 25 {
		t.Errorf("the feed has %d entries", len(events))
	}
}

func feed(t testing.TB, s store.Store, limit int) []store.Event {
	t.Helper()
	var events []store.Event
	var after store.Cursor
	for {
		page, err := s.Feed(t.Context(), after, limit)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Items) == 0 {
			return events
		}
		events, after = append(events, page.Items...), page.Next
	}
}

func TestNewerSchemaIsRefusedAndLeftAlone(t *testing.T) {
	path := place(t)
	s := open(t, path)
	filled(t, s)
	before := dump(t, s)

	newer := testSchema()
	newer.Version = 2
	newer.Families = append(newer.Families, store.Family{Name: "later", Shape: store.Claims, Version: 1})
	other := open(t, path)
	must(t, other.Prepare(t.Context(), newer), nil)
	commit(t, other, store.Claim{Ref: store.Ref{Family: "later", Key: "k"}, Owner: "me"})

	// The program that was running does not write any more.
	_, err := s.Commit(t.Context(), store.ChangeSet{Changes: []store.Change{put("meta", "new", 0, "{}")}})
	must(t, err, store.ErrUnsupported)
	must(t, s.Prepare(t.Context(), testSchema()), store.ErrUnsupported)
	must(t, other.Prepare(t.Context(), testSchema()), store.ErrUnsupported)
	if dump(t, other) != before {
		t.Error("the refused ones changed something")
	}
	commit(t, other, put("meta", "new", 0, "{}"))
}

func TestAddedFamiliesDoNotDisturbOtherHandles(t *testing.T) {
	path := place(t)
	s := open(t, path)
	more := testSchema()
	more.Families = append(more.Families, store.Family{Name: "later", Shape: store.Claims, Version: 1})
	must(t, open(t, path).Prepare(t.Context(), more), nil)
	for i := range 3 {
		commit(t, s, put("meta", fmt.Sprint(i), 0, "{}"))
	}
}

func TestChangedFamiliesAreFiledAnew(t *testing.T) {
	path := place(t)
	s := open(t, path)
	filled(t, s)
	commit(t, s, put("meta", "text", 0, "{}"), put("meta", "bytes", 0, "\xff"))
	before := dump(t, s)
	if _, err := raw(t, path).Exec(`CREATE VIEW mine AS SELECT key, "order" FROM till_products; CREATE TABLE own(x)`); err != nil {
		t.Fatal(err)
	}

	changed := testSchema()
	changed.Version = 2
	products := &changed.Families[0]
	products.Lists = append(products.Lists[:1:1], store.List{Name: "order", Sort: "order"})
	must(t, s.Prepare(t.Context(), changed), store.ErrInvalid) // the family's version is as before
	products.Version, products.Small = 2, true
	orders := &changed.Families[1]
	orders.Version = 2
	orders.Fields = orders.Fields[:1]
	orders.Index = fromDoc(orders.Fields)
	orders.Lists = orders.Lists[3:]
	stock := &changed.Families[5]
	stock.Version = 2
	stock.Fields = []store.Field{{Name: "lost", Type: store.Int}, {Name: "on", Type: store.Int}}
	meta := &changed.Families[7]
	meta.Version, meta.Small = 2, false
	must(t, s.Prepare(t.Context(), changed), nil)
	must(t, s.Prepare(t.Context(), changed), nil)

	if keys := find(t, s, store.Query{Family: "products", List: "order", Limit: 3}); len(keys) != 20 || keys[0] != "p00" || keys[1] != "p07" {
		t.Errorf("products by order: %v", keys)
	}
	if keys := find(t, s, store.Query{Family: "orders", List: "name"}); len(keys) != 20 || keys[1] != "o03" {
		t.Errorf("orders by name: %v", keys)
	}
	if r := get(t, s, "stock", "s03"); len(r.Index) != 2 || r.Index[0].Int() != 0 || r.Index[1].Int() != 9 {
		t.Errorf("counter %v", r.Index)
	}
	var n int
	if err := raw(t, path).QueryRow("SELECT count(*) FROM mine").Scan(&n); err != nil || n != 20 {
		t.Errorf("a view of the program's own: %d, %v", n, err)
	}
	shown := 0
	for _, name := range []string{"p05", "p11"} {
		if get(t, s, "products", name).Exists() {
			shown++
		}
	}
	if shown != 2 || len(before) == 0 {
		t.Error("products are gone")
	}

	// A failing Index leaves everything as it was.
	broken := changed
	broken.Version = 3
	broken.Families = append([]store.Family(nil), changed.Families...)
	broken.Families[0].Version = 3
	refused := errors.New("refused")
	broken.Families[0].Index = func(ref store.Ref, _ store.Doc) ([]store.Value, error) {
		if ref.Key == "p19" {
			return nil, refused
		}
		return make([]store.Value, 4), refused
	}
	must(t, s.Prepare(t.Context(), broken), refused)
	if keys := find(t, s, store.Query{Family: "products", List: "order"}); len(keys) != 20 {
		t.Errorf("products after a failed Prepare: %v", keys)
	}
}

func TestCloseGivesTheFilesBack(t *testing.T) {
	path := place(t)
	s := open(t, path)
	filled(t, s)
	before := dump(t, s)
	must(t, s.Close(), nil)
	for _, beside := range []string{"-wal", "-shm"} {
		if _, err := os.Stat(path + beside); err == nil {
			t.Errorf("%s is still there", beside)
		}
	}
	if dump(t, open(t, path)) != before {
		t.Error("the file holds something else after reopening")
	}
}
