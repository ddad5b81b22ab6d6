package sqlite_test

import (
	"context"
	"testing"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite"
	"github.com/tillkit/till/storetest"
)

var harness = storetest.Harness{
	Place:   place,
	Open:    func(ctx context.Context, place string) (store.Store, error) { return sqlite.Open(ctx, place) },
	Durable: true,
	Shared:  true,
}

func TestStore(t *testing.T) { storetest.Run(t, harness) }
func TestModel(t *testing.T) { storetest.Model(t, harness) }
