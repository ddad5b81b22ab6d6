package productcsv_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/productcsv"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

var update = flag.Bool("update", false, "write golden files anew")

// counting is a store that counts what was committed.
type counting struct {
	store.Store
	commits int
}

func (c *counting) Commit(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
	c.commits++
	return c.Store.Commit(ctx, set)
}

// newShop opens an empty shop in memory, and gives its back office and its store.
func newShop(t testing.TB, currency money.Currency) (*till.Staff, *counting) {
	t.Helper()
	db := &counting{Store: memory.New()}
	shop, err := till.Open(t.Context(), db, till.Options{Currency: currency})
	if err != nil {
		t.Fatal(err)
	}
	return shop.Staff("import"), db
}

// imported imports a text and asserts that its report counts everything once.
func imported(t testing.TB, to productcsv.Putter, text string) productcsv.Report {
	t.Helper()
	report, err := productcsv.Import(t.Context(), to, strings.NewReader(text), productcsv.Options{Name: "test.csv"})
	if err != nil {
		t.Fatal(err)
	}
	account(t, report)
	return report
}

// TestImportOfTheSample imports a file that has one of everything, and compares
// what the reports say with what they said before.
func TestImportOfTheSample(t *testing.T) {
	text, err := os.ReadFile("testdata/garden.csv")
	if err != nil {
		t.Fatal(err)
	}
	staff, db := newShop(t, money.GBP)
	file, err := productcsv.Read(strings.NewReader(string(text)), productcsv.Options{Name: "garden.csv", Currency: money.GBP})
	if err != nil {
		t.Fatal(err)
	}
	account(t, file.Report)
	valid(t, file.Products)
	first, err := file.Put(t.Context(), staff)
	if err != nil {
		t.Fatal(err)
	}
	account(t, first)
	if file.Report.Created != 0 || file.Report.Pending != len(file.Products) {
		t.Error("putting a file changed it")
	}
	before := db.commits
	again, err := file.Put(t.Context(), staff)
	if err != nil {
		t.Fatal(err)
	}
	account(t, again)
	if again.Unchanged != len(file.Products) || db.commits != before {
		t.Errorf("the second import made %d commits:\n%s", db.commits-before, again)
	}

	have := say(file.Products...) + "\n" + first.String() + "\n\n" + strings.SplitAfter(again.String(), "\n")[0]
	if *update {
		if err := os.WriteFile("testdata/garden.golden", []byte(have), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/garden.golden")
	if err != nil {
		t.Fatal(err)
	}
	if have != string(want) {
		t.Errorf("the report is\n%s\nnot\n%s\nif that is right, run go test . -update", have, want)
	}
}

// TestImportFillsAShop looks at the shop after an import, and after a changed file.
func TestImportFillsAShop(t *testing.T) {
	staff, _ := newShop(t, money.GBP)
	const head = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Compare At Price,Variant Inventory Tracker,Variant Inventory Qty\n"
	report := imported(t, staff, head+"tee,Tee,Size,S,,8,10,shop,5\ntee,,,M,,9,,shop,6\nmug,Mug,,,M-1,4,,,\n")
	if report.Created != 2 {
		t.Fatal(report)
	}
	price := func(sku till.SKU, price, base string) {
		t.Helper()
		prices, err := staff.Prices(t.Context(), sku)
		if err != nil {
			t.Fatal(err)
		}
		now, ok := prices.On(till.At(time.Now()), till.MaxInstant, 1)
		if !ok || now.Price.Number() != price || now.Base.Number() != base {
			t.Errorf("%s costs %v, its base price is %v", sku, now.Price, now.Base)
		}
	}
	price("tee/s", "8.00", "10.00")
	price("tee/m", "9.00", "9.00")
	price("M-1", "4.00", "4.00")

	report = imported(t, staff, head+"tee,T-Shirt,Size,S,,8,,shop,50\ntee,,,M,,\"9,50\",,shop,60\ntee,,,L,,9,,shop,7\nmug,Mug,,,M-1,4,,,\n")
	if report.Changed != 1 || report.Unchanged != 1 || len(report.Refused) != 1 {
		t.Fatal(report)
	}
	price("tee/s", "8.00", "8.00")
	price("tee/l", "9.00", "9.00")
	tee, err := staff.ProductByHandle(t.Context(), "tee")
	if err != nil {
		t.Fatal(err)
	}
	if skus := tee.SKUs(); tee.Words("").Name != "T-Shirt" || len(skus) != 2 || skus[1] != "tee/l" {
		t.Errorf("%s has %v", tee.Words("").Name, skus)
	}
	for sku, want := range map[till.SKU]int64{"tee/s": 5, "tee/m": 6, "tee/l": 7} {
		stock, err := staff.Stock(t.Context(), sku)
		if err != nil || stock.OnHand() != want {
			t.Errorf("of %s there are %d: %v", sku, stock.OnHand(), err)
		}
	}
}

func TestAProductThatTheShopRefuses(t *testing.T) {
	staff, _ := newShop(t, money.GBP)
	const head = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src\n"
	imported(t, staff, head+"mug,Mug,,,X,5,\nold,Old,,,OLD,5,\n")
	if err := staff.DeleteProduct(t.Context(), "OLD"); err != nil {
		t.Fatal(err)
	}
	report := imported(t, staff, head+"tee,Tee,Size,S,,5,\ntee,,,M,X,6,\ncup,Cup,,,,7,\ntee,,,,,,i\nold,Older,,,OLD,6,\njug,Jug,,,,\"8,\",\n")
	want := "line 2 (tee): its product is refused, see line 3\n" +
		"line 3 (tee): Variant SKU \"X\": till: SKU \"X\" is taken: choose another\n" +
		"line 5 (tee): its product is refused, see line 3\n" +
		"line 6 (old): till: product old is deleted; this needs one that is there\n" +
		"line 7 (jug): Variant Price \"8,\": write digits with at most one point between them, such as 1299.50: no grouping, no sign of a currency"
	if have := refusals(report); have != want {
		t.Errorf("it refuses\n%s\nnot\n%s", have, want)
	}
	if report.Created != 1 || report.RefusedProducts != 3 || report.ProductRows != 1 || report.VariantRows != 0 || report.ImageRows != 0 {
		t.Error(report)
	}
	var exists *till.ExistsError
	if e := report.Refused[1]; !errors.As(e, &exists) || exists.ID != "X" || !errors.Is(report.Refused[0], till.ErrExists) {
		t.Errorf("%#v", e)
	}
	if _, err := staff.ProductByHandle(t.Context(), "tee"); !errors.Is(err, till.ErrNotFound) {
		t.Errorf("a product that was refused is there: %v", err)
	}
}

// answers is a shop that answers from a list.
type answers struct {
	to      []error
	before  func()
	given   []string
	results []till.PutResult
}

func (a *answers) Currency() money.Currency { return money.GBP }

func (a *answers) PutProduct(_ context.Context, spec till.ProductSpec) (till.PutResult, error) {
	i := len(a.given)
	a.given = append(a.given, spec.Handle)
	if a.before != nil {
		a.before()
	}
	if i < len(a.results) {
		return a.results[i], nil
	}
	if i < len(a.to) && a.to[i] != nil {
		return "", a.to[i]
	}
	return till.ProductCreated, nil
}

const three = "Handle,Title,Variant Price\na,A,1\nb,B,2\nc,C,3\n"

func TestWhatStopsAnImport(t *testing.T) {
	for _, test := range []struct {
		err   error
		stops bool
	}{
		{&till.InvalidError{Path: "words.name", Reason: "it is empty"}, false},
		{&till.ExistsError{Kind: "SKU", ID: "other"}, false},
		{&till.StateError{Kind: "product", ID: "b", State: "deleted", Want: "there"}, false},
		{&store.ConflictError{}, false},
		{&till.NotFoundError{}, false},
		{store.ErrBusy, true},
		{store.ErrFull, true},
		{store.ErrClosed, true},
		{store.ErrOutcomeUnknown, true},
		{store.ErrUnsupported, true},
		{till.ErrDamaged, true},
		{context.DeadlineExceeded, true},
		{errors.Join(till.ErrInvalid, context.Canceled), true},
		{errors.New("disk I/O error"), true},
	} {
		shop := &answers{to: []error{nil, test.err}}
		report, err := productcsv.Import(t.Context(), shop, strings.NewReader(three), productcsv.Options{})
		account(t, report)
		if test.stops {
			if !errors.Is(err, test.err) || len(shop.given) != 2 || report.Created != 1 || report.Pending != 2 || len(report.Refused) != 0 {
				t.Errorf("%v: %v, %v", test.err, err, report)
			}
			if !strings.Contains(err.Error(), "the import stopped at line 3, product b, with 1 product before it: import the file again to carry on") {
				t.Error(err)
			}
			continue
		}
		if err != nil || report.Created != 2 || report.RefusedProducts != 1 || report.Refused[0].Line != 3 || !errors.Is(report.Refused[0], test.err) {
			t.Errorf("%v: %v, %v", test.err, err, report)
		}
	}
}

func TestTheEndOfAContextStopsAnImport(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	shop := &answers{before: cancel}
	report, err := productcsv.Import(ctx, shop, strings.NewReader(three), productcsv.Options{})
	account(t, report)
	if !errors.Is(err, context.Canceled) || report.Created != 1 || report.Pending != 2 || len(shop.given) != 1 {
		t.Error(err, report)
	}
	if !strings.HasSuffix(report.String(), "3 products: 1 created, 0 changed, 0 unchanged, 2 not imported") {
		t.Error(report)
	}
	shop = &answers{before: cancel, to: []error{&till.InvalidError{}}}
	report, err = productcsv.Import(ctx, shop, strings.NewReader(three), productcsv.Options{})
	if !errors.Is(err, context.Canceled) || report.Pending != 3 || len(shop.given) != 0 {
		t.Error(err, report)
	}
}

func TestAnImportIsCarriedOnByImportingAgain(t *testing.T) {
	staff, _ := newShop(t, money.GBP)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	file, err := productcsv.Read(strings.NewReader(three), productcsv.Options{Currency: money.GBP})
	if err != nil {
		t.Fatal(err)
	}
	one := file
	one.Products = file.Products[:1]
	if report, err := one.Put(t.Context(), staff); err != nil || report.Created != 1 || report.Pending != 2 {
		t.Fatal(report, err)
	}
	if report, err := file.Put(ctx, staff); !errors.Is(err, context.Canceled) || report.Pending != 3 {
		t.Fatal(report, err)
	}
	if report, err := file.Put(t.Context(), staff); err != nil || report.Created != 2 || report.Unchanged != 1 {
		t.Fatal(report, err)
	}
}

func TestImportRefusesWhatItCannotCount(t *testing.T) {
	shop := &answers{results: []till.PutResult{till.ProductChanged, "perhaps"}}
	report, err := productcsv.Import(t.Context(), shop, strings.NewReader(three), productcsv.Options{})
	if err == nil || report.Changed != 1 || report.Pending != 2 {
		t.Error(err, report)
	}
	report, err = productcsv.Import(t.Context(), &answers{}, strings.NewReader(three), productcsv.Options{Currency: money.EUR})
	if !errors.Is(err, till.ErrInvalid) || report.Pending != 3 {
		t.Error(err, report)
	}
	report, err = productcsv.Import(t.Context(), &answers{}, strings.NewReader("Title\n"), productcsv.Options{})
	if !errors.Is(err, till.ErrInvalid) || report.Rows != 0 {
		t.Error(err, report)
	}
}
