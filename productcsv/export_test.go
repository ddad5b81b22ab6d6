package productcsv_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/productcsv"
	"github.com/tillkit/till/store/memory"
)

// exported gives the file of a shop, and asserts that its report counts everything
// once.
func exported(t testing.TB, from productcsv.Source) (string, productcsv.ExportReport) {
	t.Helper()
	var b bytes.Buffer
	report, err := productcsv.Export(t.Context(), &b, from)
	if err != nil {
		t.Fatal(err)
	}
	accountExport(t, report)
	return b.String(), report
}

func accountExport(t testing.TB, r productcsv.ExportReport) {
	t.Helper()
	if r.Rows != r.ProductRows+r.VariantRows+r.ImageRows || r.Products != r.Written+r.Deleted+r.RefusedProducts || r.ProductRows < r.Written {
		t.Errorf("not everything is accounted for: %s", r)
	}
	if len(r.Refused) != min(r.RefusedProducts, productcsv.MaxReported) || len(r.Lost) != min(r.Losses, productcsv.MaxReported) {
		t.Errorf("%d of %d refused, %d of %d losses are named", len(r.Refused), r.RefusedProducts, len(r.Lost), r.Losses)
	}
}

// roundTrip exports a shop, imports the file into an empty shop and exports that one;
// it asserts that the files are the same, byte for byte, and gives them.
func roundTrip(t testing.TB, from *till.Staff) (string, productcsv.ExportReport) {
	t.Helper()
	first, report := exported(t, from)
	empty, _ := newShop(t, from.Currency())
	read := imported(t, empty, first)
	if read.Created != report.Written || len(read.Refused) > 0 || len(read.NotImported) > 0 || read.Rows != report.Rows ||
		read.ProductRows != report.ProductRows || read.VariantRows != report.VariantRows || read.ImageRows != report.ImageRows {
		t.Fatalf("%s\nis imported as\n%s", report, read)
	}
	second, again := exported(t, empty)
	if first != second {
		t.Fatalf("another file comes back: %s", cmp.Diff(first, second))
	}
	if again.Losses > 0 || again.Deleted > 0 || again.RefusedProducts > 0 || again.Written != report.Written {
		t.Fatalf("what was imported is not all that was written: %s", again)
	}
	if read := imported(t, empty, second); read.Unchanged != report.Written {
		t.Fatalf("a second import changes something: %s", read)
	}
	return first, report
}

func TestFilesOfShopsComeBack(t *testing.T) {
	for _, name := range []string{"apparel.csv", "home-and-garden.csv", "jewelery.csv"} {
		t.Run(name, func(t *testing.T) {
			text := shopFile(t, name)
			staff, _ := newShop(t, money.USD)
			imported(t, staff, text)
			file, report := roundTrip(t, staff)
			if report.Written != 20 || report.Losses != 0 {
				t.Errorf("%s", report)
			}
			sameProducts(t, text, file)
			sorted, _, _ := strings.Cut(file, "\n")
			if theirs, _, _ := strings.Cut(text, "\n"); !strings.HasPrefix(theirs, strings.Join(strings.Split(sorted, ",")[:18], ",")) {
				t.Errorf("the columns are %s", sorted)
			}
		})
	}
}

// sameProducts asserts that two files make the same products, in whatever order.
func sameProducts(t *testing.T, a, b string) {
	t.Helper()
	made := make([]map[string]till.ProductSpec, 2)
	for i, text := range []string{a, b} {
		file, err := productcsv.Read(strings.NewReader(text), productcsv.Options{Currency: money.USD})
		if err != nil {
			t.Fatal(err)
		}
		made[i] = make(map[string]till.ProductSpec)
		for _, p := range file.Products {
			made[i][p.Spec.Handle] = p.Spec
		}
	}
	if diff := cmp.Diff(made[0], made[1], alike); diff != "" {
		t.Errorf("other products come back: %s", diff)
	}
}

// racing reports whether the race detector is at work, which makes everything slow.
func racing() bool {
	info, _ := debug.ReadBuildInfo()
	return info != nil && slices.ContainsFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == "-race" && s.Value == "true" })
}

func TestManyProductsComeBack(t *testing.T) {
	n := 10_000
	if testing.Short() || racing() {
		n = 500
	}
	p := seeded(2)
	var specs []till.ProductSpec
	for i := range n {
		specs = append(specs, p.spec(i))
	}
	staff, _ := newShop(t, money.GBP)
	for _, s := range specs {
		if _, err := staff.PutProduct(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	text, report := roundTrip(t, staff)
	if report.Written != n || report.Losses != 0 {
		t.Fatalf("%d products: %s", n, report)
	}
	last := ""
	file, err := productcsv.Read(strings.NewReader(text), productcsv.Options{Currency: money.GBP})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range file.Products {
		if p.Spec.Handle <= last {
			t.Fatalf("%q comes after %q", p.Spec.Handle, last)
		}
		last = p.Spec.Handle
	}
}

func TestTheSampleComesBack(t *testing.T) {
	text, err := os.ReadFile("testdata/garden.csv")
	if err != nil {
		t.Fatal(err)
	}
	staff, _ := newShop(t, money.GBP)
	imported(t, staff, string(text))
	if _, report := roundTrip(t, staff); report.Written == 0 || report.Losses != 0 {
		t.Errorf("%s", report)
	}
}

// smallShop has one of everything that a file can say, one of everything that it
// cannot, and a product that is deleted.
func smallShop(t *testing.T) *till.Staff {
	t.Helper()
	clock := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	shop, err := till.Open(t.Context(), memory.New(), till.Options{Currency: money.GBP, Clock: func() time.Time { return clock }})
	if err != nil {
		t.Fatal(err)
	}
	staff := shop.Staff("test")
	for _, s := range []till.ProductSpec{
		{
			Description: till.Description{
				Handle: "tee", Vendor: "Kiln & Co", Options: []string{"Size", "Colour", "Fit", "Sleeve"},
				Words: map[till.Locale]till.Words{
					"":   {Name: "=Tee \"1\"", Description: "<p>Soft,\r\nwarm</p>"},
					"de": {Name: "Hemd", Description: "Weich & warm"},
				},
				Variants: []till.Variant{
					{SKU: "-T/1", Values: []string{"S", "S/M", "@slim", "long"}, Barcode: "0012", Grams: 150, TaxCategory: "P1", Image: "https://img.example/s.jpg"},
					{SKU: "T2", Values: []string{"M", "S/M", "@slim", "long"}, Stock: till.AllowBackorder(till.MaxQuantity), TaxCategory: "exempt"},
					{SKU: "T3", Values: []string{"L", "S/M", "@slim", "long"}, Stock: till.AllowBackorder(5), NoShipping: true},
					{SKU: "T4", Values: []string{"XL", "S/M", "@slim", "long"}, Stock: till.NotTracked},
				},
				Images:      []till.Image{{Address: "https://img.example/a.jpg", Alt: " front"}, {Address: "https://img.example/b.jpg"}},
				Collections: []string{"summer", "new, and hot"},
				Attributes:  map[string][]string{"type": {"Shirts"}, "tag": {"soft", "warm"}, "material": {"wool", "silk"}},
				Metadata:    till.Metadata{"erp": "A-17"},
			},
			Articles: []till.ArticleSpec{
				{SKU: "-T/1", Price: price("10"), Sale: price("8"), OnHand: 4},
				{SKU: "T2", Price: price("9.80/1000")}, {SKU: "T3", Price: price("0"), OnHand: 2},
			},
		},
		{
			Description: till.Description{
				Handle: "'card", Status: till.ProductDraft, Words: map[till.Locale]till.Words{"": {Name: "Card"}},
				Variants:   []till.Variant{{SKU: "CARD", NoShipping: true, Stock: till.NotTracked}},
				Images:     []till.Image{{Address: "1.jpg"}, {Address: "2.jpg", Alt: "two"}, {Address: "3.jpg"}},
				Attributes: map[string][]string{"gift_card": {"true"}, "tag": {"a,b"}},
			},
			Articles: []till.ArticleSpec{{SKU: "CARD", Price: price("25")}},
		},
		{
			Description: till.Description{
				Handle: "print", Status: till.ProductArchived, Options: []string{"Title"}, Words: map[till.Locale]till.Words{"": {Name: "Print"}},
				Variants: []till.Variant{{SKU: "P", Values: []string{"Default Title"}}},
			},
		},
		{
			Description: till.Description{
				Handle: "two", Words: map[till.Locale]till.Words{"": {Name: "Two of one"}},
				Variants: []till.Variant{{SKU: "two-a"}, {SKU: "two-b"}},
			},
		},
	} {
		if _, err := staff.PutProduct(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	add := func(sku till.SKU) {
		if err := staff.AddProduct(t.Context(), till.NewProduct{SKU: sku, Name: "Jug", Price: "5", OnHand: 3, Stock: till.AllowBackorder(9)}); err != nil {
			t.Fatal(err)
		}
	}
	add("GONE")
	add("JUG")
	later := till.At(clock.Add(time.Hour))
	for _, err := range []error{
		staff.DeleteProduct(t.Context(), "GONE"),
		staff.ChangePrice(t.Context(), "JUG", till.PriceChange{Price: *price("4"), MinQuantity: 10}),
		staff.ChangePrice(t.Context(), "JUG", till.PriceChange{Price: *price("6"), Sale: true}),
		staff.ChangePrice(t.Context(), "JUG", till.PriceChange{Price: *price("7"), From: later}),
		staff.ChangeListing(t.Context(), till.ListingChange{SKU: "JUG", Mark: till.Clear}),
		// Called off: nothing is planned.
		staff.ChangePrice(t.Context(), "P", till.PriceChange{Price: *price("7"), From: later}),
		staff.ChangePrice(t.Context(), "P", till.PriceChange{Mark: till.Retract, From: later}),
		// Past: nothing is lost.
		staff.SetPrice(t.Context(), "T4", "3"),
		staff.ChangePrice(t.Context(), "T4", till.PriceChange{Mark: till.Clear}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return staff
}

func TestExportOfASmallShop(t *testing.T) {
	text, report := roundTrip(t, smallShop(t))
	have := text + "\n" + report.String() + "\n"
	if *update {
		if err := os.WriteFile("testdata/export.golden", []byte(have), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/export.golden")
	if err != nil {
		t.Fatal(err)
	}
	if have != string(want) {
		t.Errorf("the export is\n%s\nnot\n%s\nif that is right, run go test . -update", have, want)
	}
}

func TestExportOfAnEmptyShop(t *testing.T) {
	staff, _ := newShop(t, money.GBP)
	text, report := roundTrip(t, staff)
	if strings.Count(text, "\n") != 1 || report.String() != "0 products: 0 written, 0 deleted, 0 refused; 0 rows: 0 product rows, 0 variant rows, 0 image rows" {
		t.Errorf("%s%s", text, report)
	}
}

func TestAFileForAnotherCurrencyIsRefused(t *testing.T) {
	pounds, _ := newShop(t, money.GBP)
	imported(t, pounds, three)
	text, _ := exported(t, pounds)
	dollars, db := newShop(t, money.USD)
	before := db.commits
	report := imported(t, dollars, text)
	if report.RefusedProducts != 3 || db.commits != before {
		t.Errorf("%s", report)
	}
	if have := report.Refused[0].Error(); have != `productcsv: line 2 (a): Till Currency "GBP": the prices are read as USD: read the file for the currency that it is in` {
		t.Error(have)
	}
}

// TestStockOfASnapshot: what is reserved belongs to an order, which is in no file.
func TestStockOfASnapshot(t *testing.T) {
	meta := till.Meta{At: 1, By: "test"}
	product, _, err := till.AddProduct(meta, till.MakeID[till.Product](1, 0, [8]byte{1}), till.Description{
		Handle: "mug", Words: map[till.Locale]till.Words{"": {Name: "Mug"}}, Variants: []till.Variant{{SKU: "M"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	listed, _, err := product.List(meta, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		available, reserved, want int64
		lost                      string
	}{
		{5, 2, 5, ""},
		{0, 0, 0, ""},
		{-2, 2, 0, "mug (M): back orders: 0 is written for a stock below 0"},
		{till.MaxQuantity, 0, till.MaxQuantity, ""},
		{till.MaxQuantity + 1, 0, till.MaxQuantity, "mug (M): a stock that is too great: 1000000000 is written"},
	} {
		spec, lost := productcsv.Snapshot{
			Product: listed, Stock: []till.Stock{{Place: till.Place{SKU: "M", Location: "main"}, Available: test.available, Reserved: test.reserved}}, At: 2,
		}.Spec()
		have := ""
		for _, l := range lost {
			have += l.String()
		}
		if spec.Articles[0].OnHand != test.want || have != test.lost {
			t.Errorf("%+v: %d on hand, lost: %s", test, spec.Articles[0].OnHand, have)
		}
	}
	ended, _, err := listed.Delete(meta, 10)
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[till.Instant]int{2: 1, 10: 1} { // planned, and then off sale
		if _, lost := (productcsv.Snapshot{Product: ended, At: at}).Spec(); len(lost) != want {
			t.Errorf("at %d: %v", at, lost)
		}
	}
}

// source is a shop that makes its products when they are asked for.
type source struct {
	n, asked int
	most     int    // that were asked for at a time
	page     func() // called for each page
	pricesOf func() error
}

func (s *source) Currency() money.Currency { return money.GBP }
func (s *source) Now() till.Instant        { return 1 }

func (s *source) Products(_ context.Context, r till.PageRequest) (till.Page[till.Product], error) {
	if s.page != nil {
		s.page()
	}
	s.most = max(s.most, r.Limit)
	var page till.Page[till.Product]
	for range min(r.Limit, s.n-s.asked) {
		s.asked++
		sku := till.SKU(fmt.Sprintf("s%06d", s.asked))
		p, _, err := till.AddProduct(till.Meta{At: 1, By: "test"}, till.MakeID[till.Product](1, 0, [8]byte{1}), till.Description{
			Handle: string(sku), Words: map[till.Locale]till.Words{"": {Name: "Mug"}}, Variants: []till.Variant{{SKU: sku}, {SKU: sku + "x"}}[:1+s.asked%2],
		})
		if err != nil {
			return page, err
		}
		page.Items = append(page.Items, p)
	}
	if s.asked < s.n {
		page.Next = till.Cursor(fmt.Sprint(s.asked))
	}
	return page, nil
}

func (s *source) Prices(_ context.Context, sku till.SKU) (till.Prices, error) {
	if s.pricesOf != nil {
		if err := s.pricesOf(); err != nil {
			return till.Prices{}, err
		}
	}
	return till.NewPrices(sku, till.PriceList{Currency: money.GBP})
}

func (s *source) Stock(_ context.Context, sku till.SKU) (till.Stock, error) {
	return till.Stock{Place: till.Place{SKU: sku, Location: "main"}}, nil
}

// TestAnExportHoldsFewProducts: what was read is written before more is read, but for
// what a buffer holds, and a report does not grow with the shop.
func TestAnExportHoldsFewProducts(t *testing.T) {
	var b bytes.Buffer
	s := &source{n: 6000}
	s.page = func() {
		if rows := strings.Count(b.String(), "\n"); rows < s.asked/2-200 || s.most > 50 {
			t.Errorf("%d products were read, up to %d at a time, and %d rows are written", s.asked, s.most, rows)
		}
	}
	report, err := productcsv.Export(t.Context(), &b, s)
	if err != nil {
		t.Fatal(err)
	}
	accountExport(t, report)
	if report.Products != 6000 || report.RefusedProducts != 3000 || report.Losses != 3000 || len(report.Refused) != 1000 || len(report.Lost) != 1000 {
		t.Errorf("%d products, %d refused, %d losses", report.Products, report.RefusedProducts, report.Losses)
	}
	for _, want := range []string{"\nrefused: 2000 more\n", "\nnot in the file: 2000 more"} {
		if !strings.Contains(report.String(), want) {
			t.Errorf("the report does not say %q", want)
		}
	}
}

// full is a disk with room for so many bytes.
type full struct{ room int }

var errFull = errors.New("the disk is full")

func (f *full) Write(b []byte) (int, error) {
	if f.room -= len(b); f.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestWhatStopsAnExport(t *testing.T) {
	broken := errors.New("the line is dead")
	n := 0
	report, err := productcsv.Export(t.Context(), io.Discard, &source{n: 100, pricesOf: func() error {
		if n++; n > 70 {
			return broken
		}
		return nil
	}})
	accountExport(t, report)
	want := "productcsv: the export stopped at product s000047, with 23 products before it: the file is not complete, export again: the line is dead"
	if !errors.Is(err, broken) || err.Error() != want || report.Written != 23 {
		t.Errorf("%v, %s\nwant %s", err, report, want)
	}

	ctx, cancel := context.WithCancel(t.Context())
	report, err = productcsv.Export(ctx, io.Discard, &source{n: 100, pricesOf: func() error { cancel(); return nil }})
	if !errors.Is(err, context.Canceled) || report.Products == 100 {
		t.Errorf("%v, %s", err, report)
	}

	for room := range 30 {
		report, err = productcsv.Export(t.Context(), &full{room * 600}, &source{n: 100})
		if !errors.Is(err, errFull) && report.Written != 50 || err == nil && room < 4 {
			t.Errorf("with %d bytes: %v, %s", room*600, err, report)
		}
		accountExport(t, report)
	}
}

func ExampleExport() {
	ctx := context.Background()
	shop, err := till.Open(ctx, memory.New(), till.Options{Currency: money.GBP})
	if err != nil {
		panic(err)
	}
	staff := shop.Staff("back-office")
	if err := staff.AddProduct(ctx, till.NewProduct{SKU: "MUG", Name: "=Mug", Price: "9.50", OnHand: 10}); err != nil {
		panic(err)
	}
	var file strings.Builder
	report, err := productcsv.Export(ctx, &file, staff)
	if err != nil {
		panic(err)
	}
	fmt.Println(report)
	fmt.Println(strings.Split(file.String(), "\n")[1])
	// Output:
	// 1 product: 1 written, 0 deleted, 0 refused; 1 row: 1 product row, 0 variant rows, 0 image rows
	// mug,'=Mug,,,,,true,Title,Default Title,,,,,MUG,0,shopify,10,deny,9.50,,true,true,,,,,false,,,active,,,,,,,,,,,GBP,,,,,,
}
