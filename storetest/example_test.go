package storetest_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
	"github.com/tillkit/till/storetest"
)

// The answer to a commit is lost: the program asks Outcome whether it has happened.
func ExampleFaultInjector() {
	ctx := context.Background()
	db := storetest.NewFaultInjector(memory.New())
	if err := db.Prepare(ctx, store.Schema{Version: 1, Families: []store.Family{{Name: "claims", Shape: store.Claims, Version: 1}}}); err != nil {
		fmt.Println(err)
		return
	}

	db.Inject(storetest.Fault{Method: storetest.MethodCommit, Moment: storetest.After})
	_, err := db.Commit(ctx, store.ChangeSet{Key: "click-1", Changes: []store.Change{
		store.Claim{Ref: store.Ref{Family: "claims", Key: "seat-7"}, Owner: "ada"},
	}})
	fmt.Println("unknown:", errors.Is(err, store.ErrOutcomeUnknown))

	_, err = db.Outcome(ctx, "click-1")
	fmt.Println("it has happened:", err == nil)
	// Output:
	// unknown: true
	// it has happened: true
}
