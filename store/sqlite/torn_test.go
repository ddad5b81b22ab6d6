package sqlite_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

// A log that is cut off or damaged anywhere, as a loss of power leaves it, gives a file
// that opens, and that holds the commits before some instant and nothing of any later
// one; the further off the damage, the later the instant. Writing goes on from there.
func TestTornLogHoldsAPrefixOfTheCommits(t *testing.T) {
	usual := 50
	if testing.Short() {
		usual = 12 // three of each kind of damage
	}
	tries := number(t, "TILL_TORN", usual)
	random := seeded(t)
	file, log, states := longLog(t)
	held := func(kind string, log []byte) int {
		path := written(t, file, log)
		s := open(t, path)
		intact(t, path)
		n := len(find(t, s, store.Query{Family: store.Receipts}))
		if n >= len(states) {
			t.Fatalf("%s: %d sets are there, %d were committed", kind, n, len(states)-1)
		}
		if diff := cmp.Diff(states[n], picture(t, s)); diff != "" {
			t.Fatalf("%s: the file is not as after %d sets (-want +got):\n%s", kind, n, diff)
		}
		key := fmt.Sprintf("after %d", n)
		commit(t, s, appending(key, 0, "{}", "{}"), put("products", key, 0, `{"words":"mug","tags":["red"]}`))
		must(t, s.Close(), nil)
		s = open(t, path)
		if !get(t, s, "orders", key).Exists() || len(feed(t, s, 1000)) != len(states[n].Events)+1 {
			t.Fatalf("%s: what was committed then is not there", kind)
		}
		must(t, s.Close(), nil)
		return n
	}
	if n := held("whole", log); n != len(states)-1 {
		t.Fatalf("the whole log holds %d of %d sets: was it moved into the file?", n, len(states)-1)
	}
	if n := held("no log", nil); n != 0 {
		t.Fatalf("without the log there are %d sets: was it moved into the file?", n)
	}

	type damage struct{ at, sets int }
	var all []damage
	for i := range tries {
		at := random.IntN(len(log))
		kind, torn := tear(random, i, log, at)
		all = append(all, damage{at, held(fmt.Sprintf("%s at byte %d of %d", kind, at, len(log)), torn)})
	}
	slices.SortFunc(all, func(a, b damage) int { return a.at - b.at })
	different := map[int]bool{}
	for i, d := range all {
		if different[d.sets] = true; i > 0 && d.sets < all[i-1].sets {
			t.Errorf("damage at byte %d leaves %d sets, at byte %d only %d", all[i-1].at, all[i-1].sets, d.at, d.sets)
		}
	}
	t.Logf("%d logs of %d kB, %d different prefixes of %d sets", tries, len(log)>>10, len(different), len(states)-1)
}

// tear damages a log, from one byte on.
func tear(random *rand.Rand, i int, log []byte, at int) (kind string, torn []byte) {
	torn = slices.Clone(log)
	switch i % 4 {
	case 0:
		return "cut off", torn[:at]
	case 1:
		torn[at] ^= 1 << random.IntN(8)
		return "one bit", torn
	case 2:
		torn = torn[:min(len(torn), at+10_000)]
		for j := range torn[at:] {
			torn[at+j] = byte(random.Uint32())
		}
		return "nonsense", torn
	}
	for j := range torn[at:min(at+4096, len(torn))] {
		torn[at+j] ^= 0xff
	}
	return "a page", torn
}

// written makes a file with a log beside it.
func written(t *testing.T, file, log []byte) string {
	t.Helper()
	path := place(t)
	must(t, os.WriteFile(path, file, 0o600), nil)
	if log != nil {
		must(t, os.WriteFile(path+"-wal", log, 0o600), nil)
	}
	return path
}

// longLog commits many sets, one at a time and many at once, while somebody reads so that nothing is
// moved from the log into the file. It gives the two files, and what there was after
// each set: the order of the sets is that of their entries.
func longLog(t *testing.T) (file, log []byte, states []state) {
	t.Helper()
	const writers, each = 16, 6
	path := place(t)
	s := open(t, path)
	filled(t, s)
	must(t, s.Close(), nil)
	s = open(t, path)
	reading, err := raw(t, path).Begin()
	must(t, err, nil)
	defer func() { must(t, reading.Rollback(), nil) }()
	must(t, reading.QueryRow("SELECT count(*) FROM till_meta").Scan(new(int)), nil)

	model := memory.New()
	must(t, model.Prepare(t.Context(), testSchema()), nil)
	filled(t, model)
	states = append(states, picture(t, model))
	for n, wave := 0, 0; n < writers*each; wave++ { // so that some share a flush, and some do not
		var wait sync.WaitGroup
		for range min([]int{1, 16, 2, 1, 5}[wave%5], writers*each-n) {
			set := everything(n%writers, n/writers)
			wait.Go(func() {
				if _, err := s.Commit(t.Context(), set); err != nil {
					t.Error(err)
				}
			})
			n++
		}
		wait.Wait()
	}
	for _, e := range feed(t, s, 1000)[len(states[0].Events):] {
		if e.Entry.N > 1 {
			continue // of the same set
		}
		var w, i int
		if _, err := fmt.Sscanf(e.Ref.Key, "order-%d-%d", &w, &i); err != nil {
			t.Fatal(err)
		}
		if _, err := model.Commit(t.Context(), everything(w, i)); err != nil {
			t.Fatal(err)
		}
		states = append(states, picture(t, model))
	}
	if len(states) != writers*each+1 {
		t.Fatalf("%d sets have entries", len(states)-1)
	}
	if file, err = os.ReadFile(path); err == nil {
		log, err = os.ReadFile(path + "-wal")
	}
	must(t, err, nil)
	return file, log, states
}

// everything is the i-th set of a writer. It changes something of every shape, over
// several pages.
func everything(w, i int) store.ChangeSet {
	who, key := fmt.Sprintf("w%02d", w), fmt.Sprintf("%d-%d", w, i)
	set := store.ChangeSet{Key: "set-" + key, Result: "result of " + key, At: int64(i), Requires: []store.Requirement{
		{Ref: store.Ref{Family: "products", Key: who}, Rev: int64(i)}, {Ref: store.Ref{Family: "meta", Key: "none"}},
	}}
	set.Fingerprint[w] = byte(i + 1)
	entries := slices.Repeat([]string{fmt.Sprintf(`{"text":"%s"}`, strings.Repeat("x", i*i*200))}, i%3+1)
	set.Changes = []store.Change{
		appending("order-"+key, 0, fmt.Sprintf(`{"customer":"%s","to":%d,"skus":["a","b%d"]}`, who, i, i%2), entries...),
		store.Add{Ref: store.Ref{Family: "stock", Key: "mug"}, Steps: []store.Step{{Field: "on", By: 1}, {Field: "available", By: int64(w)}}},
		put("products", who, int64(i), fmt.Sprintf(`{"state":"live","order":%d,"tags":["red","t%d"],"words":"Blue mug %s of %d"}`, i, i%3, who, i)),
		put("carts", key, 0, fmt.Sprintf(`{"to":%d}`, i)),
		put("contacts", who+"/"+key, 0, fmt.Sprintf(`{"customer":"%s"}`, key)),
		store.Claim{Ref: store.Ref{Family: "emails", Key: key}, Owner: who},
	}
	if i > 0 {
		last := fmt.Sprintf("%d-%d", w, i-1)
		set.Changes = append(set.Changes, store.Delete{Ref: store.Ref{Family: "carts", Key: last}, Rev: 1}, store.Release{Ref: store.Ref{Family: "emails", Key: last}, Owner: who})
	}
	if i%4 == 3 {
		set.Changes = append(set.Changes, store.Erase{Person: who})
	}
	return set
}

// state is what a store shows: all that it holds, what its lists find, and its entries.
type state struct {
	Dump   string
	Found  map[string][]string
	Events []string
}

func picture(t *testing.T, s store.Store) state {
	t.Helper()
	is := state{Dump: dump(t, s), Found: map[string][]string{}}
	for name, q := range map[string]store.Query{
		"by tag":      {Family: "products", List: "tag", Equal: []store.Value{store.TextValue("t1"), store.TextValue("live")}},
		"by state":    {Family: "products", List: "state", Equal: []store.Value{store.TextValue("live")}},
		"by words":    {Family: "products", List: "search", Equal: []store.Value{store.TextValue("live")}, Match: []string{"blue", "mug*"}},
		"orders":      {Family: "orders", List: "customer", Equal: []store.Value{store.TextValue("w07")}},
		"orders of b": {Family: "orders", List: "sku", Equal: []store.Value{store.TextValue("b1")}},
		"carts":       {Family: "carts", List: "due"},
		"contacts":    {Family: "contacts", List: "name"},
	} {
		is.Found[name] = find(t, s, q)
	}
	slices.Sort(is.Found["by words"]) // in the store's own order
	for _, e := range feed(t, s, 1000) {
		is.Events = append(is.Events, fmt.Sprintf("%s/%s %d %.20s", e.Ref.Family, e.Ref.Key, e.Entry.N, e.Entry.Payload))
	}
	return is
}
