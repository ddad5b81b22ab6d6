package productcsv_test

import (
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/productcsv"
)

const ourHeader = "Handle,Title,Vendor,Tags,Variant Price,Till Currency,Till Collections,Till Attributes,Till Metadata,Till Words,Till Exact Text\n"

const unreadable = "write it as JSON, each key once, such as "

var ourRules = []rule{
	{
		"our own columns may be empty, and any case will do",
		strings.ToUpper(ourHeader) + "a,A,,,5,,,,,,\nb,B,,,5,GBP,[],{},{},{},{}\n", "2 a active \"A\"\n  a 5.00 GBP\n3 b active \"B\"\n  b 5.00 GBP", "",
	},
	{
		"the file's prices are in one currency", ourHeader + "a,A,,,5,USD,,,,,\nb,B,,,5,gbp,,,,,\n", "",
		"line 2 (a): Till Currency \"USD\": the prices are read as GBP: read the file for the currency that it is in\n" +
			"line 3 (b): Till Currency \"gbp\": the prices are read as GBP: read the file for the currency that it is in",
	},
	{
		"what is no JSON, or not of the right kind",
		ourHeader + "a,A,,,5,,summer,,,,\nb,B,,,5,,,\"[\"\"x\"\"]\",,,\nc,C,,,5,,,,\"{\"\"a\"\":1}\",,\nd,D,,,5,,,,,\"{\"\"de\"\":\"\"D\"\"}\",\ne,E,,,5,,,,,,x\nf,F,,,5,,\"[\"\"a\"\"],\",,,,\n", "",
		"line 2 (a): Till Collections \"summer\": " + unreadable + "[\"summer\",\"sale\"]\n" +
			"line 3 (b): Till Attributes \"[\\\"x\\\"]\": " + unreadable + "{\"material\":[\"wool\",\"silk\"]}\n" +
			"line 4 (c): Till Metadata \"{\\\"a\\\":1}\": " + unreadable + "{\"erp\":\"A-17\"}\n" +
			"line 5 (d): Till Words \"{\\\"de\\\":\\\"D\\\"}\": " + unreadable + "{\"de\":{\"name\":\"Becher\",\"description\":\"Blau.\"}}\n" +
			"line 6 (e): Till Exact Text \"x\": " + unreadable + "{\"Vendor\":\"Acme \"}\n" +
			"line 7 (f): Till Collections \"[\\\"a\\\"],\": " + unreadable + "[\"summer\",\"sale\"]",
	},
	{
		"no key stands twice, and nothing is null",
		ourHeader + "a,A,,,5,,null,,,,\nb,B,,,5,,\"[\"\"a\"\",null]\",,,,\nc,C,,,5,,,,\"{\"\"a\"\":\"\"1\"\",\"\"a\"\":\"\"2\"\"}\",,\n" +
			"d,D,,,5,,,,,\"{\"\"de\"\":{\"\"name\"\":\"\"D\"\",\"\"name\"\":\"\"E\"\"}}\",\n", "",
		"line 2 (a): Till Collections \"null\": " + unreadable + "[\"summer\",\"sale\"]\n" +
			"line 3 (b): Till Collections \"[\\\"a\\\",null]\": " + unreadable + "[\"summer\",\"sale\"]\n" +
			"line 4 (c): Till Metadata \"{\\\"a\\\":\\\"1\\\",\\\"a\\\":\\\"2\\\"}\": " + unreadable + "{\"erp\":\"A-17\"}\n" +
			"line 5 (d): Till Words \"{\\\"de\\\":{\\\"name\\\":\\\"D\\\",\\\"name\\\":\\\"E\\\"}}\": " + unreadable + "{\"de\":{\"name\":\"Becher\",\"description\":\"Blau.\"}}",
	},
	{
		"what no shop takes",
		ourHeader + "a,A,,,5,,\"[\"\"x\"\",\"\"x\"\"]\",,,,\nb,B,,,5,,,\"{\"\"m\"\":[]}\",,,\nc,C,,,5,,,,\"{\"\"\"\":\"\"1\"\"}\",,\nd,D,,,5,,,,,\"{\"\"de\"\":{\"\"name\"\":\"\"\"\"}}\",\n", "",
		"line 2 (a): Till Collections \"[\\\"x\\\",\\\"x\\\"]\": collections[1]: \"x\" stands twice\n" +
			"line 3 (b): Till Attributes \"{\\\"m\\\":[]}\": attributes.m: it has 0 values, 1 to 64 are possible\n" +
			"line 4 (c): Till Metadata \"{\\\"\\\":\\\"1\\\"}\": metadata.key: it is empty\n" +
			"line 5 (d): Till Words \"{\\\"de\\\":{\\\"name\\\":\\\"\\\"}}\": words.de.name: it is empty",
	},
	{
		"an attribute has one column",
		ourHeader + "a,A,,x,5,,,\"{\"\"tag\"\":[\"\"y\"\"]}\",,,\nb,B,,,5,,,\"{\"\"tag\"\":[\"\"x,y\"\"],\"\"type\"\":[\"\"T\"\"]}\",,,\n",
		"3 b active \"B\" type=T tag=x,y\n  b 5.00 GBP",
		"line 2 (a): Till Attributes \"{\\\"tag\\\":[\\\"y\\\"]}\": another column says what \"tag\" is: leave one of them",
	},
	{
		"words are a name and a description, in another language",
		ourHeader + "a,A,,,5,,,,,\"{\"\"\"\":{\"\"name\"\":\"\"X\"\"}}\",\nb,B,,,5,,,,,\"{\"\"de\"\":{\"\"Name\"\":\"\"X\"\"}}\",\n", "",
		"line 2 (a): Till Words \"{\\\"\\\":{\\\"name\\\":\\\"X\\\"}}\": it has a name and a description for each other language, such as {\"de\":{\"name\":\"Becher\",\"description\":\"Blau.\"}}\n" +
			"line 3 (b): Till Words \"{\\\"de\\\":{\\\"Name\\\":\\\"X\\\"}}\": it has a name and a description for each other language, such as {\"de\":{\"name\":\"Becher\",\"description\":\"Blau.\"}}",
	},
	{
		"an exact text holds where its cell says the nearest to it",
		ourHeader + "a,A,Acme,,5,,,,,,\"{\"\"Vendor\"\":\"\" Acme\"\"}\"\nb,B,Ace,,5,,,,,,\"{\"\"Vendor\"\":\"\" Acme\"\"}\"\nc,C,,,5,,,,,,\"{\"\"Vendor\"\":\"\"\\t\"\"}\"\n",
		"2 a active \"A\" by= Acme\n  a 5.00 GBP\n3 b active \"B\" by=Ace\n  b 5.00 GBP\n4 c active \"C\" by=\t\n  c 5.00 GBP", "",
	},
	{
		"an exact text of no such column",
		ourHeader + "a,A,,,5,,,,,,\"{\"\"Title\"\":\"\" A\"\"}\"\nb,B,,,5,,,,,,\"{\"\"Vendor\"\":\"\"\\u0000\"\"}\"\n", "",
		"line 2 (a): Till Exact Text \"{\\\"Title\\\":\\\" A\\\"}\": it has the texts of Body (HTML), Vendor, Variant Barcode, Variant Image, Variant Tax Code and Image Alt Text, without NUL, where a cell cannot hold them, such as {\"Vendor\":\"Acme \"}\n" +
			"line 3 (b): Till Exact Text \"{\\\"Vendor\\\":\\\"\\\\u0000\\\"}\": it has the texts of Body (HTML), Vendor, Variant Barcode, Variant Image, Variant Tax Code and Image Alt Text, without NUL, where a cell cannot hold them, such as {\"Vendor\":\"Acme \"}",
	},
	{
		"another row says something else of the product",
		ourHeader + "a,A,,,5,,\"[\"\"x\"\"]\",,,,\na,,,,,,\"[\"\"y\"\"]\",,,,\n", "2 a active \"A\"\n  a 5.00 GBP",
		"line 3 (a): Till Collections \"[\\\"y\\\"]\": line 2, the first with a title, says something else of the product: write the same here, or nothing",
	},
	{
		"options up to eight",
		"Handle,Title,Option8 Name,Option8 Value,Option4 Name,Option4 Value,Variant Price\na,A,Fit,Slim,Size,S,5\na,,,Wide,,M,\na,,,,,L,\n",
		"2 a active \"A\" options=Size|Fit\n  a/s/slim values=S|Slim 5.00 GBP\n  a/m/wide values=M|Wide no price",
		"line 4 (a): Option8 Value: it is empty: the product has this option, so each variant needs a value",
	},
	{
		"the option Title in another place is an option", "Handle,Title,Option2 Name,Option2 Value,Variant Price\na,A,Title,Default Title,5\n",
		"2 a active \"A\" options=Title\n  a/default-title values=Default Title 5.00 GBP", "",
	},
	{
		"a limit of back orders",
		"Handle,Title,Variant Price,Variant Inventory Tracker,Variant Inventory Policy,Till Back Orders\na,A,5,shop,continue,7\nb,B,5,shop,continue,\nc,C,5,shop,continue,0\nd,D,5,shop,deny,7\ne,E,5,,continue,7\n",
		"2 a active \"A\"\n  a 5.00 GBP stock {false 7}\n3 b active \"B\"\n  b 5.00 GBP stock 0 and more\n5 d active \"D\"\n  d 5.00 GBP stock 0\n6 e active \"E\"\n  e 5.00 GBP",
		"line 4 (c): Till Back Orders \"0\": write a whole number from 1 to 1000000000",
	},
}

func TestOurColumnsThatMeanNothingAreNamed(t *testing.T) {
	file := read(t, "Handle,Title,Variant Price,Variant Inventory Tracker,Variant Inventory Policy,Till Back Orders,Image Src\n"+
		"d,D,5,shop,deny,7,\ne,E,5,,continue,7,\ne,,,,,7,i\n")
	want := "columns not imported: Till Back Orders (1 row: back orders denied), Till Back Orders (1 row: on an image row), Till Back Orders (1 row: stock not tracked)"
	if have := file.Report.String(); !strings.Contains(have, want) {
		t.Errorf("%s\nwant %s", have, want)
	}
}

func TestWhatOurColumnsSay(t *testing.T) {
	have := read(t, ourHeader+"a,A,Acme,x,5,GBP,\"[\"\"summer\"\",\"\"=sale\"\"]\",\"{\"\"m\"\":[\"\"b\"\",\"\"a\"\",\"\"b\"\"]}\",\"{\"\"erp\"\":\"\"\\r\\n\"\"}\","+
		"\"{\"\"de\"\":{\"\"name\"\":\"\"Ä\"\"},\"\"fr\"\":{\"\"description\"\":\"\" d \"\",\"\"name\"\":\"\"F\"\"}}\",\n").Products[0].Spec
	five := money.MustParsePrice("5", money.GBP)
	want := till.ProductSpec{
		Description: till.Description{
			Handle: "a", Status: till.ProductActive, Vendor: "Acme",
			Words:       map[till.Locale]till.Words{"": {Name: "A"}, "de": {Name: "Ä"}, "fr": {Name: "F", Description: " d "}},
			Variants:    []till.Variant{{SKU: "a", Stock: till.NotTracked}},
			Collections: []string{"summer", "=sale"},
			Attributes:  map[string][]string{"m": {"b", "a", "b"}, "tag": {"x"}},
			Metadata:    till.Metadata{"erp": "\r\n"},
		},
		Articles: []till.ArticleSpec{{SKU: "a", Price: &five}},
	}
	if diff := cmp.Diff(want, have, alike); diff != "" {
		t.Error(diff)
	}
}

// atEnd calls a function where a text ends.
type atEnd struct {
	*strings.Reader
	end func()
}

func (r *atEnd) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	if err == io.EOF && r.end != nil {
		r.end()
		r.end = nil
	}
	return n, err
}

// TestUnknownColumnsTakeLittleMemory: a row of a file with as many columns as there
// may be, each with something in it, is held in about as much as any other.
func TestUnknownColumnsTakeLittleMemory(t *testing.T) {
	const rows = 1000
	held := func(columns int) int64 {
		text := "Handle,Title,Variant Price" + many(columns, ",c%d") + "\n" +
			strings.ReplaceAll(many(rows, "h%d,T,5~\n"), "~", strings.Repeat(",unknown", columns))
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		in := &atEnd{strings.NewReader(text), func() { // all rows are held
			runtime.GC()
			runtime.ReadMemStats(&after)
		}}
		file, err := productcsv.Read(in, productcsv.Options{Currency: money.GBP})
		if err != nil {
			t.Fatal(err)
		}
		if len(file.Products) != rows || len(file.Report.NotImported) != columns || columns > 0 && file.Report.NotImported[columns-1].Rows != rows {
			t.Fatalf("%d columns: %d products, %d columns not imported", columns, len(file.Products), len(file.Report.NotImported))
		}
		return (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / rows
	}
	few, most := held(0), held(1900)
	if few > 2048 || most > few+1024 {
		t.Errorf("a row takes %d bytes, with 1900 unknown columns %d", few, most)
	}
	t.Logf("a row takes %d bytes, with 1900 unknown columns %d", few, most)
}
