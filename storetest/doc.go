// Package storetest is the contract of package store as tests. An adapter's
// whole test file is this:
//
//	package memory_test
//
//	var harness = storetest.Harness{
//		Open: func(context.Context, string) (store.Store, error) { return memory.New(), nil },
//	}
//
//	func TestStore(t *testing.T)      { storetest.Run(t, harness) }
//	func TestModel(t *testing.T)      { storetest.Model(t, harness) }
//	func BenchmarkStore(b *testing.B) { storetest.Bench(b, harness) }
//
// A store that keeps a file says where, and that it lasts:
//
//	var harness = storetest.Harness{
//		Place: func(tb testing.TB) string { return filepath.Join(tb.TempDir(), "shop.db") },
//		Open: func(ctx context.Context, place string) (store.Store, error) { return sqlite.Open(ctx, place) },
//		Durable: true,
//		Shared:  true,
//	}
//
// From "make a place" and "open it" the suite makes fresh stores, second
// handles, stores that were closed and opened again, and processes that are
// killed.
//
// # Rules
//
// Each [Rule] is one sentence of the contract, with the reason for it and a
// check. Each is a subtest of its own:
//
//	go test -run 'TestStore/commit/all-or-nothing'
//
// A failure says which rule is broken, the difference between what was wanted and
// what came, why it matters in a shop, and the sentence; of many failures of one rule
// the first few are told. Fix them in the order in which they run: read, find, page,
// history, commit, form, require, counter, claim, key, erase, feed, fidelity, alias,
// prepare, context, life, concurrent, model, maintain, says, durable, shared, trouble. Run
// with -race too.
//
// Rules that need a store to be Durable or Shared are skipped for one that is
// not, with the reason, those of trouble where the harness has no Failing, and those of
// Maintain for a store that is no store.Maintainer.
// The rules durable/crash and shared/processes, and those of says where there is doubt,
// start the test binary again with -test.run set to the running test's name, so Run
// stands directly in a test that can run alone. A killed process does not lose what the
// operating system still has to write: durable/crash says nothing about a loss of power.
//
// # An engine that fails
//
// What does a store do when its disk is full in the middle of a commit, or a connection is
// lost? A harness that can tell says so with Failing: it opens the store over a wrapper, which
// makes each call of the engine (a statement, a write to the file, a message) through
// [Engine].Do. The rules of trouble then let the first call fail, the second one, and so on,
// until what they do goes through, in each of Harness.Failures: not made, or made and the
// answer lost. They judge what is there afterwards, not what should have been.
//
//	Failing: func(ctx context.Context, place string, engine *storetest.Engine) (store.Store, error) {
//		return openOver(ctx, place, wrapped{engine}) // engine.Do around each call
//	},
//
// # A shop on the store
//
// At the end Run opens whole shops and checks what they promise: that an order reads
// the same whatever becomes of the catalog, that the last unit is sold once, that a
// key places one order, that an erased person's words are gone, and more. Races are
// tried STORETEST_TRIES times (an environment variable; 5 without it). [Reconcile]
// gives everything in which a shop contradicts itself.
//
// # Random sets
//
// [Model] gives random sets to a store and to a model of the contract, and compares what
// they answer and what can be read. The rule model/sequence does so with the same few
// sequences each time; Model draws others, and makes one that fails short:
//
//	STORETEST_SETS=10000 go test -v -run TestModel
//
// # What a store says of itself
//
// Harness.Durable and Harness.Shared are checked both ways: where they are said, by the
// rules that need them; where they are not and the store is so all the same,
// says/durable and says/shared fail. So no rule is skipped that a store could keep.
//
// # The table
//
// The last thing in the log of a run is a table: each area with its rules that passed,
// were skipped or are known to fail, with the reasons. [Report] writes it as Markdown,
// and so does Run itself to the file that the environment variable STORETEST_REPORT
// names (a path from the root: tests run in the directory of their package).
//
// # Known failures
//
// A rule that an adapter does not keep yet stands in Harness.Known with the
// reason. It is run all the same and must still fail; once it holds, Run asks to
// remove it.
//
// # The suite's own test
//
// For every rule there is a store that is broken in just the way that the rule
// forbids and must fail it, and any two rules are told apart by a store that fails one
// and passes the other; testdata/killmatrix.golden lists what each fails.
// Stores that are odd but keep the contract, with tiny and empty pages or errors
// wrapped twice, must pass everything. Under -race or -short, broken stores meet only
// the rule that they are made for.
package storetest
