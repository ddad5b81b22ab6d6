package sqlite_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tillkit/till/store"
)

// checkout is a set as the checkout of three lines makes it: twelve rows.
func checkout(n int, cart string, rev int64) store.ChangeSet {
	id := fmt.Sprintf("%012d", n)
	words := strings.Repeat("some words ", 25)
	set := store.ChangeSet{
		Key: "checkout-" + id, Result: id, At: int64(n),
		Requires: []store.Requirement{{Ref: store.Ref{Family: "products", Key: "p"}, Rev: 1}},
		Changes: []store.Change{
			appending("o"+id, 0, fmt.Sprintf(`{"customer":"c%d","to":%d,"text":"%s"}`, n%50, n, words), `{"text":"`+words+words+words+`"}`, `{"text":"`+words+`"}`),
			put("contacts", "c"+id+"/1", 0, `{"customer":"Ada","text":"`+words+`"}`),
			put("carts", cart, rev, fmt.Sprintf(`{"to":%d}`, n)),
			put("meta", "message"+id, 0, `{"text":"order"}`),
		},
	}
	for i := range 3 {
		sku := fmt.Sprint("sku", (n+i*7)%100)
		set.Changes = append(set.Changes,
			store.Add{Ref: store.Ref{Family: "stock", Key: sku}, Steps: []store.Step{{Field: "available", By: -1, Floor: store.NoFloor}, {Field: "on", By: 1}}},
			put("carts", fmt.Sprint("movement", id, i), 0, fmt.Sprintf(`{"to":%d}`, n)))
	}
	return set
}

// BenchmarkCheckout commits such sets from some callers at once, each with a cart of its
// own, and says how many went into one flush.
func BenchmarkCheckout(b *testing.B) {
	for _, callers := range []int{1, 16, 64} {
		b.Run(fmt.Sprint("callers=", callers), func(b *testing.B) {
			s := open(b, place(b))
			commit(b, s, put("products", "p", 0, `{"state":"live"}`))
			b.ReportAllocs()
			var next atomic.Int64
			var wait sync.WaitGroup
			b.ResetTimer()
			for caller := range callers {
				wait.Go(func() {
					for rev := int64(0); ; rev++ {
						n := next.Add(1)
						if n > int64(b.N) {
							return
						}
						if _, err := s.Commit(b.Context(), checkout(int(n), fmt.Sprint("cart", caller), rev)); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wait.Wait()
			b.ReportMetric(float64(b.N)/float64(s.Stats().Batches), "sets/flush")
		})
	}
}

// BenchmarkFlush is what the disk alone takes: a WAL's worth of bytes, written
// over, and a flush.
func BenchmarkFlush(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "flush"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	pages := make([]byte, 16*4096)
	for b.Loop() {
		if _, err := f.WriteAt(pages, 0); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGet(b *testing.B) {
	s := open(b, place(b))
	refs := []store.Ref{}
	for i := range 6 {
		commit(b, s, put("products", fmt.Sprint(i), 0, `{"state":"live"}`), put("meta", fmt.Sprint(i), 0, `{}`))
		refs = append(refs, store.Ref{Family: "products", Key: fmt.Sprint(i)}, store.Ref{Family: "meta", Key: fmt.Sprint(i)})
	}
	for _, n := range []int{1, 2, 12} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Get(b.Context(), refs[:n]...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
