package boltstore_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/tillkit/till/examples/boltstore"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/storetest"
)

var harness = storetest.Harness{
	Place:   func(tb testing.TB) string { return filepath.Join(tb.TempDir(), "shop.db") },
	Open:    func(ctx context.Context, place string) (store.Store, error) { return boltstore.Open(ctx, place) },
	Durable: true,
}

func TestStore(t *testing.T)      { storetest.Run(t, harness) }
func TestModel(t *testing.T)      { storetest.Model(t, harness) }
func BenchmarkStore(b *testing.B) { storetest.Bench(b, harness) }
