package memory_test

import (
	"context"
	"testing"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
	"github.com/tillkit/till/storetest"
)

var harness = storetest.Harness{
	Open: func(context.Context, string) (store.Store, error) { return memory.New(), nil },
}

func TestStore(t *testing.T)      { storetest.Run(t, harness) }
func TestModel(t *testing.T)      { storetest.Model(t, harness) }
func BenchmarkStore(b *testing.B) { storetest.Bench(b, harness) }
