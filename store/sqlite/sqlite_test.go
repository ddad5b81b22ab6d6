package sqlite_test

import (
	"context"
	"errors"
	"os"
	"strings"
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

	Failing: func(ctx context.Context, place string, engine *storetest.Engine) (store.Store, error) {
		return sqlite.OpenThrough(ctx, place, hasty, through(engine))
	},
	Failures: diskFailures,
}

func TestStore(t *testing.T) {
	sum := storetest.Run(t, harness)
	if !sum.Whole() || t.Failed() {
		return
	}
	sum.Took = 0
	var table strings.Builder
	readme, err := os.ReadFile("../../storetest/README.md")
	if err = errors.Join(err, storetest.Report(&table, sum)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), table.String()) {
		t.Errorf("the README of storetest tells of another run:\n%s", table.String())
	}
}

func TestModel(t *testing.T) { storetest.Model(t, harness) }
