package productcsv_test

import (
	"strings"
	"testing"
)

// A rule is a sentence of the package's documentation: a file, what it makes, and
// what is refused.
type rule struct {
	name    string
	file    string
	say     string
	refused string
}

func (r rule) check(t *testing.T) {
	file := read(t, r.file)
	valid(t, file.Products)
	if have := strings.TrimSpace(say(file.Products...)); have != strings.TrimSpace(r.say) {
		t.Errorf("it makes\n%s\nnot\n%s", have, r.say)
	}
	if have := refusals(file.Report); have != strings.TrimSpace(r.refused) {
		t.Errorf("it refuses\n%s\nnot\n%s", have, r.refused)
	}
}

func TestRules(t *testing.T) {
	for _, rules := range [][]rule{skuRules, rowRules, stockRules, priceRules, wordRules, imageRules, ourRules} {
		for _, r := range rules {
			t.Run(r.name, r.check)
		}
	}
}

const optionHeader = "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,Variant SKU,Variant Price\n"

var skuRules = []rule{
	{
		"a SKU of its own", optionHeader + "mug,Mug,Title,Default Title,,,,, M-1 ,5\n",
		"2 mug active \"Mug\"\n  M-1 5.00 GBP", "",
	},
	{
		"Default Title is no option: the SKU is the handle", optionHeader + "Mug One,Mug,Title,Default Title,,,,,,5\n",
		"2 Mug One active \"Mug\"\n  mug-one 5.00 GBP", "",
	},
	{
		"no option at all", optionHeader + "mug,Mug,,,,,,,,5\njug,Jug,,Default Title,,,,,,6\n",
		"2 mug active \"Mug\"\n  mug 5.00 GBP\n3 jug active \"Jug\"\n  jug 6.00 GBP", "",
	},
	{
		"the option Title with another value is an option", optionHeader + "mug,Mug,Title,Plain,,,,,,5\nmug,,,Default Title,,,,,,6\n",
		"2 mug active \"Mug\" options=Title\n  mug/plain values=Plain 5.00 GBP\n  mug/default-title values=Default Title 6.00 GBP", "",
	},
	{
		"options make SKUs in lower case, with - for space",
		optionHeader + "tee,Tee,Size,Extra Large,Colour,Écru Blue,Cut,A/B,,5\ntee,,Size,S,,Red,,Slim  fit,,5\n",
		"2 tee active \"Tee\" options=Size|Colour|Cut\n" +
			"  tee/extra-large/écru-blue/a/b values=Extra Large|Écru Blue|A/B 5.00 GBP\n" +
			"  tee/s/red/slim--fit values=S|Red|Slim  fit 5.00 GBP", "",
	},
	{
		"options may leave a number out", optionHeader + "tee,Tee,,,Colour,Red,,,,5\n",
		"2 tee active \"Tee\" options=Colour\n  tee/red values=Red 5.00 GBP", "",
	},
	{
		"an option needs a value, a value an option",
		optionHeader + "tee,Tee,Size,S,Colour,Red,,,,5\ntee,,,M,,,,,,5\ntee,,,L,,Red,,Slim,,5\n",
		"2 tee active \"Tee\" options=Size|Colour\n  tee/s/red values=S|Red 5.00 GBP",
		"line 3 (tee): Option2 Value: it is empty: the product has this option, so each variant needs a value\n" +
			"line 4 (tee): Option3 Value \"Slim\": the product has no such option: name it under Option3 Name in the row with its title",
	},
	{
		"a product without options has one variant", optionHeader + "mug,Mug,Title,Default Title,,,,,,5\nmug,,,Large,,,,,,6\n",
		"2 mug active \"Mug\"\n  mug 5.00 GBP",
		"line 3 (mug): Option1 Value \"Large\": the product has no such option: name it under Option1 Name in the row with its title",
	},
	{
		"two rows of a product that make one SKU", optionHeader + "tee,Tee,Size,S,,,,,,5\ntee,,,M,,,,,,5\ntee,,,m,,,,,,6\n",
		"2 tee active \"Tee\" options=Size\n  tee/s values=S 5.00 GBP",
		"line 3 (tee): Variant SKU \"tee/m\": line 4 makes the same SKU: write one here that no other row has\n" +
			"line 4 (tee): Variant SKU \"tee/m\": line 3 makes the same SKU: write one here that no other row has",
	},
	{
		"two products that make one SKU, and a third that is not concerned",
		optionHeader + "mug,Mug,,,,,,,X,5\njug,Jug,,,,,,,,5\ncup,Cup,,,,,,,X,5\nbowl,Bowl,,,,,,,X,5\n",
		"3 jug active \"Jug\"\n  jug 5.00 GBP",
		"line 2 (mug): Variant SKU \"X\": line 4 makes the same SKU: write one here that no other row has\n" +
			"line 4 (cup): Variant SKU \"X\": line 2 makes the same SKU: write one here that no other row has\n" +
			"line 5 (bowl): Variant SKU \"X\": line 2 makes the same SKU: write one here that no other row has",
	},
	{
		"a SKU is taken by a row that is refused for something else",
		optionHeader + "mug,Mug,,,,,,,X,\"5,50\"\ncup,Cup,,,,,,,X,5\n", "",
		"line 2 (mug): Variant Price \"5,50\": write digits with at most one point between them, such as 1299.50: no grouping, no sign of a currency\n" +
			"line 3 (cup): Variant SKU \"X\": line 2 makes the same SKU: write one here that no other row has",
	},
	{
		"or for what stands before it",
		"Handle,Title,Published,Variant SKU,Variant Price\nmug,Mug,maybe,X,5\ncup,Cup,,X,5\n", "",
		"line 2 (mug): Published \"maybe\": write true or false\n" +
			"line 3 (cup): Variant SKU \"X\": line 2 makes the same SKU: write one here that no other row has",
	},
	{
		"SKUs are compared byte by byte", optionHeader + "mug,Mug,,,,,,,X,5\ncup,Cup,,,,,,,x,5\n",
		"2 mug active \"Mug\"\n  X 5.00 GBP\n3 cup active \"Cup\"\n  x 5.00 GBP", "",
	},
	{
		"two rows that are one choice", optionHeader + "tee,Tee,Size,S,,,,,A,5\ntee,,,M,,,,,B,5\ntee,,,M,,,,,C,6\n",
		"2 tee active \"Tee\" options=Size\n  A values=S 5.00 GBP",
		"line 3 (tee): Option1 Value \"M\": line 4 is the same choice of the product's options: take out the wrong one, or give one another value\n" +
			"line 4 (tee): Option1 Value \"M\": line 3 is the same choice of the product's options: take out the wrong one, or give one another value",
	},
	{
		"a SKU that would be too long",
		optionHeader + "tee,Tee,Size,S,,,,,A,5\ntee,,," + strings.Repeat("x", 200) + ",,,,,,5\ntee,,," + strings.Repeat("y", 200) + ",,,,,Y,5\n",
		"2 tee active \"Tee\" options=Size\n  A values=S 5.00 GBP\n  Y values=" + strings.Repeat("y", 200) + " 5.00 GBP",
		"line 3 (tee): Variant SKU \"tee/" + strings.Repeat("x", 56) + "...\": the SKU that handle and options make is too long: write one here",
	},
	{
		"a SKU that is too long, and no column to write another in",
		"Handle,Title,Option1 Name,Option1 Value,Variant Price\ntee,Tee,Size," + strings.Repeat("ü", 99) + ",5\n", "",
		"line 2 (tee): Variant SKU \"tee/" + strings.Repeat("ü", 28) + "...\": the SKU that handle and options make is too long: write one here",
	},
	{
		"names have no line ends and no direction characters",
		optionHeader + "tee,Tee,Size,S,,,,,A,5\ntee,,,\"M\nL\",,,,,,5\ntee,,,L,,,,,A\u202eB,5\n\"c\tup\",Cup,,,,,,,,5\n",
		"2 tee active \"Tee\" options=Size\n  A values=S 5.00 GBP",
		"line 3 (tee): Option1 Value \"M\\nL\": it has a line end or the control character U+000A: take it out\n" +
			"line 5 (tee): Variant SKU \"A\\u202eB\": it has a line end or the control character U+202E: take it out\n" +
			"line 6: Handle \"c\\tup\": it has a line end or the control character U+0009: take it out",
	},
}

var rowRules = []rule{
	{
		"rows of a product stand anywhere, also before its product row",
		optionHeader + "tee,,,M,,,,,,6\nmug,Mug,,,,,,,,5\ntee,Tee,Size,S,,,,,,5\n",
		"4 tee active \"Tee\" options=Size\n  tee/m values=M 6.00 GBP\n  tee/s values=S 5.00 GBP\n3 mug active \"Mug\"\n  mug 5.00 GBP", "",
	},
	{
		"no row has a title", optionHeader + "tee,,,M,,,,,,6\nmug,Mug,,,,,,,,5\ntee,,,L,,,,,,6\n",
		"3 mug active \"Mug\"\n  mug 5.00 GBP",
		"line 2 (tee): Title: no row of this handle has a title: write it in one of them\n" +
			"line 4 (tee): Title: no row of this handle has a title: write it in one of them",
	},
	{
		"a bad variant row goes alone", optionHeader + "tee,Tee,Size,S,,,,,,5\ntee,,,M,,,,,,£6\ntee,,,L,,,,,,7\n",
		"2 tee active \"Tee\" options=Size\n  tee/s values=S 5.00 GBP\n  tee/l values=L 7.00 GBP",
		"line 3 (tee): Variant Price \"£6\": write digits with at most one point between them, such as 1299.50: no grouping, no sign of a currency",
	},
	{
		"a bad product row takes its product along, and nothing else",
		optionHeader + "tee,Tee,Size,S,,,,,,five\ntee,,,M,,,,,,x\ntee,,,L,,,,,,7\nmug,Mug,,,,,,,,5\n",
		"5 mug active \"Mug\"\n  mug 5.00 GBP",
		"line 2 (tee): Variant Price \"five\": write digits with at most one point between them, such as 1299.50: no grouping, no sign of a currency\n" +
			"line 3 (tee): Variant Price \"x\": write digits with at most one point between them, such as 1299.50: no grouping, no sign of a currency\n" +
			"line 4 (tee): its product is refused, see line 2",
	},
	{
		"what belongs to the product stands again in the same words or not at all",
		"Handle,Title,Vendor,Option1 Name,Option1 Value,Variant Price\ntee,Tee,Acme,Size,S,5\ntee,Tee,Acme,Size,M,5\ntee,,,,L,5\ntee,Shirt,,,XL,5\ntee,,Bcme,,XXL,5\n",
		"2 tee active \"Tee\" by=Acme options=Size\n  tee/s values=S 5.00 GBP\n  tee/m values=M 5.00 GBP\n  tee/l values=L 5.00 GBP",
		"line 5 (tee): Title \"Shirt\": line 2, the first with a title, says something else of the product: write the same here, or nothing\n" +
			"line 6 (tee): Vendor \"Bcme\": line 2, the first with a title, says something else of the product: write the same here, or nothing",
	},
	{
		"a row without a handle, a row without anything to it, and blank rows",
		optionHeader + "mug,Mug,,,,,,,,5\n,Cup,,,,,,,,5\n,,, ,,,,,,\n\nmug,,,,,,,,M-2,\n,,,,,,,,,\n",
		"2 mug active \"Mug\"\n  mug 5.00 GBP",
		"line 3: Handle: it is empty: write something\n" +
			"line 6 (mug): it has no option, no price and no image: fill one in, or take the row out",
	},
	{
		"rows may be short, but not at an end that is cut off",
		"Handle,Title,Variant Price,Vendor\nmug,Mug,5\ncup,Cup\njug,Jug,5,Acme,,,\nbowl,Bowl,5,Acme,x\ntray,Tray,12,Ac\nvase,Vase,1",
		"2 mug active \"Mug\"\n  mug 5.00 GBP\n3 cup active \"Cup\"\n  cup no price\n4 jug active \"Jug\" by=Acme\n  jug 5.00 GBP\n6 tray active \"Tray\" by=Ac\n  tray 12.00 GBP",
		"line 5 (bowl): it has more cells than the file has columns: put a text with commas in quotation marks\n" +
			"line 7 (vase): the file ends in the middle of it: see whether the file is complete, and end it with a line end",
	},
	{
		"the last line may end without a line end", "Handle,Title,Variant Price\nmug,Mug,5", "2 mug active \"Mug\"\n  mug 5.00 GBP", "",
	},
	{
		"a byte order mark, CRLF, quotes, other case and order of columns",
		"\xef\xbb\xbf\"VARIANT PRICE\", title ,handle\r\n5,\"A \"\"big\"\" mug\",mug\r\n\r\n6,Cup,cup\r\n",
		"2 mug active \"A \\\"big\\\" mug\"\n  mug 5.00 GBP\n4 cup active \"Cup\"\n  cup 6.00 GBP", "",
	},
	{
		"lines are counted through cells of many lines",
		"Handle,Title,Body (HTML),Variant Price\nmug,Mug,\"one\r\ntwo\n\nfour\",5\ncup,Cup,\"\n\",x\njug,Jug,,y\n",
		"2 mug active \"Mug\" body=one\ntwo\n\nfour\n  mug 5.00 GBP",
		"line 6 (cup): Variant Price \"x\": write digits with at most one point between them, such as 1299.50: no grouping, no sign of a currency\n" +
			"line 8 (jug): Variant Price \"y\": write digits with at most one point between them, such as 1299.50: no grouping, no sign of a currency",
	},
	{
		"a handle that cannot be read after another cell that cannot",
		"Title,Handle,Variant Price\nM\xffg,m\xffg,5\nCup,cup,5\n", "3 cup active \"Cup\"\n  cup 5.00 GBP",
		"line 2: Title \"M\\xffg\": it is not text in UTF-8, or has a NUL character: save the file as CSV UTF-8",
	},
	{
		"text that is not UTF-8 or has a NUL refuses its row, in any column",
		"Handle,Title,Variant Price,Else\nmug,M\xffg,5,\nmug,,6,\ncup,Cup,5,\x00\nj\xffg,Jug,5,\nbowl,Bowl,5,ü\n",
		"6 bowl active \"Bowl\"\n  bowl 5.00 GBP",
		"line 2 (mug): Title \"M\\xffg\": it is not text in UTF-8, or has a NUL character: save the file as CSV UTF-8\n" +
			"line 3 (mug): its product is refused, see line 2\n" +
			"line 4 (cup): Else \"\\x00\": it is not text in UTF-8, or has a NUL character: save the file as CSV UTF-8\n" +
			"line 5: Handle \"j\\xffg\": it is not text in UTF-8, or has a NUL character: save the file as CSV UTF-8",
	},
}

const stockHeader = "Handle,Title,Variant Price,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy\n"

var stockRules = []rule{
	{
		"an empty tracker means not tracked, whatever the quantity is", stockHeader + "a,A,5,,1,deny\nb,B,5,,-3,\nc,C,5,,many,continue\n",
		"2 a active \"A\"\n  a 5.00 GBP\n3 b active \"B\"\n  b 5.00 GBP\n4 c active \"C\"\n  c 5.00 GBP", "",
	},
	{
		"deny and continue", stockHeader + "a,A,5,shopify,1,deny\nb,B,5,other,,\nc,C,5,shopify,0,Continue\nd,D,5,shopify,1000000000,DENY\n",
		"2 a active \"A\"\n  a 5.00 GBP stock 1\n3 b active \"B\"\n  b 5.00 GBP stock 0\n4 c active \"C\"\n  c 5.00 GBP stock 0 and more\n5 d active \"D\"\n  d 5.00 GBP stock 1000000000", "",
	},
	{
		"an unknown policy", stockHeader + "a,A,5,shopify,1,maybe\nb,B,5,,1,manual\n", "",
		"line 2 (a): Variant Inventory Policy \"maybe\": write deny or continue\nline 3 (b): Variant Inventory Policy \"manual\": write deny or continue",
	},
	{
		"a quantity is a whole number, 0 or more",
		stockHeader + "a,A,5,shopify,-1,deny\nb,B,5,shopify,1.5,deny\nc,C,5,shopify,1000000001,deny\nd,D,5,shopify,+1,deny\ne,E,5,shopify,\"1,000\",deny\n", "",
		"line 2 (a): Variant Inventory Qty \"-1\": write a whole number from 0 to 1000000000\n" +
			"line 3 (b): Variant Inventory Qty \"1.5\": write a whole number from 0 to 1000000000\n" +
			"line 4 (c): Variant Inventory Qty \"1000000001\": write a whole number from 0 to 1000000000\n" +
			"line 5 (d): Variant Inventory Qty \"+1\": write a whole number from 0 to 1000000000\n" +
			"line 6 (e): Variant Inventory Qty \"1,000\": write a whole number from 0 to 1000000000",
	},
}

const priceHeader = "Handle,Title,Variant Price,Variant Compare At Price\n"

var priceRules = []rule{
	{
		"a compare-at price above the price is the base price, and the price a sale",
		priceHeader + "a,A,42.99,44.99\nb,B,50,50.00\nc,C,50,40\nd,D,50,0.00\ne,E,50,\nf,F,,\ng,G,0,\n",
		"2 a active \"A\"\n  a 44.99 GBP sale 42.99 GBP\n3 b active \"B\"\n  b 50.00 GBP\n4 c active \"C\"\n  c 50.00 GBP\n5 d active \"D\"\n  d 50.00 GBP\n" +
			"6 e active \"E\"\n  e 50.00 GBP\n7 f active \"F\"\n  f no price\n8 g active \"G\"\n  g 0.00 GBP", "",
	},
	{
		"prices that cannot be read",
		priceHeader + "a,A,\"1,5\",\nb,B,-1,\nc,C,1.999,\nd,D,99999999999999999999,\ne,E,5,5 GBP\nf,F,,5\ng,G,1e3,\nh,H,5,-6\n", "",
		"line 2 (a): Variant Price \"1,5\": write digits with at most one point between them, such as 1299.50: no grouping, no sign of a currency\n" +
			"line 3 (b): Variant Price \"-1\": a price is 0 or more\n" +
			"line 4 (c): Variant Price \"1.999\": GBP has 2 decimals: write no more, and see whether the file is in another currency\n" +
			"line 5 (d): Variant Price \"99999999999999999999\": it is too much to count: correct it\n" +
			"line 6 (e): Variant Compare At Price \"5 GBP\": write digits with at most one point between them, such as 1299.50: no grouping, no sign of a currency\n" +
			"line 7 (f): Variant Compare At Price \"5\": there is no price to compare with: write one under Variant Price\n" +
			"line 8 (g): Variant Price \"1e3\": write digits with at most one point between them, such as 1299.50: no grouping, no sign of a currency\n" +
			"line 9 (h): Variant Compare At Price \"-6\": a price is 0 or more",
	},
}

const wordHeader = "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Status,Gift Card,Variant Price,Variant Grams,Variant Requires Shipping,Variant Taxable,Variant Tax Code,Variant Barcode\n"

var wordRules = []rule{
	{
		"words, vendor, type and tags", wordHeader + "a, A , body ,Acme,Shirts,\"red, blue,red,,Red\",TRUE,,false,5,,,,,\n",
		"2 a active \"A\" body= body  by=Acme type=Shirts tag=red|blue|Red\n  a 5.00 GBP", "",
	},
	{
		"published, and a status that wins",
		wordHeader + "a,A,,,,,true,,,5,,,,,\nb,B,,,,,False,,,5,,,,,\nc,C,,,,,,,,5,,,,,\nd,D,,,,,false,Active,,5,,,,,\ne,E,,,,,true,archived,,5,,,,,\nf,F,,,,,true,draft,,5,,,,,\n" +
			"g,G,,,,,true,unlisted,,5,,,,,\nh,H,,,,,1,active,,5,,,,,\n",
		"2 a active \"A\"\n  a 5.00 GBP\n3 b draft \"B\"\n  b 5.00 GBP\n4 c active \"C\"\n  c 5.00 GBP\n5 d active \"D\"\n  d 5.00 GBP\n6 e archived \"E\"\n  e 5.00 GBP\n7 f draft \"F\"\n  f 5.00 GBP",
		"line 8 (g): Status \"unlisted\": write active, draft or archived\nline 9 (h): Published \"1\": write true or false",
	},
	{
		"shipping, tax, weight and barcode",
		wordHeader + "a,A,,,,,,,,5,28,true,true,,0012\nb,B,,,,,,,,5,487.61179775,false,false,P1,\nc,C,,,,,,,,5,0.5,,,P1,\nd,D,,,,,,,,5,12.4999,,maybe,,\ne,E,,,,,,,,5,-1,,,,\nf,F,,,,,,,,5,1.,,,,\ng,G,,,,,,,,5,1 kg,,,,\n",
		"2 a active \"A\"\n  a 5.00 GBP 28g barcode=0012\n3 b active \"B\"\n  b 5.00 GBP 488g not shipped tax=exempt\n4 c active \"C\"\n  c 5.00 GBP 1g tax=P1",
		"line 5 (d): Variant Taxable \"maybe\": write true or false\n" +
			"line 6 (e): Variant Grams \"-1\": write the weight in grams, digits with at most one point between them\n" +
			"line 7 (f): Variant Grams \"1.\": write the weight in grams, digits with at most one point between them\n" +
			"line 8 (g): Variant Grams \"1 kg\": write the weight in grams, digits with at most one point between them",
	},
	{
		"a gift card is not shipped", wordHeader + "a,A,,,,,,,TRUE,5,,true,,,\n",
		"2 a active \"A\" gift_card=true\n  a 5.00 GBP not shipped", "",
	},
	{
		"texts that are too long",
		wordHeader + "a," + strings.Repeat("a", 301) + ",,,,,,,,5,,,,,\nb,B,,,,\"" + many(65, "t%d,") + "\",,,,5,,,,,\nc,C,,,,,,,,5,,,," + strings.Repeat("1", 65) + ",\n",
		"",
		"line 2 (a): Title \"" + strings.Repeat("a", 60) + "...\": it has 301 bytes, up to 300 are possible: shorten it\n" +
			"line 3 (b): Tags \"" + many(65, "t%d,")[:60] + "...\": there are more than 64 tags: take some out\n" +
			"line 4 (c): Variant Tax Code \"" + strings.Repeat("1", 60) + "...\": it has 65 bytes, up to 64 are possible: shorten it",
	},
	{
		"a body that is too long, and tags that are no names",
		wordHeader + "a,A," + strings.Repeat("b", 64<<10) + ",,,,,,,5,,,,,\nb,B," + strings.Repeat("b", 64<<10+1) + ",,,,,,,5,,,,,\nc,C,,,,\"x,y\nz\",,,,5,,,,,\n",
		"2 a active \"A\" body=" + strings.Repeat("b", 64<<10) + "\n  a 5.00 GBP",
		"line 3 (b): Body (HTML) \"" + strings.Repeat("b", 60) + "...\": it has 65537 bytes, up to 65536 are possible: shorten it\n" +
			"line 4 (c): Tags \"y\\nz\": it has a line end or the control character U+000A: take it out",
	},
	{
		"an apostrophe that keeps a text from being a formula is none of it, any other is",
		wordHeader + "'a,'=1+1,''-body,'+Acme,,,,,,5,,,,,'0012\n'=a,'t,'\tb,'',,,,,,5,,,,,''@\n",
		"2 'a active \"=1+1\" body='-body by=+Acme\n  'a 5.00 GBP barcode='0012\n3 =a active \"'t\" body=\tb by=''\n  =a 5.00 GBP barcode='@", "",
	},
}

const imageHeader = "Handle,Title,Variant Price,Image Src,Image Position,Image Alt Text,Variant Image,Option1 Name,Option1 Value\n"

var imageRules = []rule{
	{
		"a row with a handle, no option and no price is an image row; images come by position",
		imageHeader + "a,A,5,i4,,,,,\na,,,i3,3,third,,,\na,,,i1,1,,,,\na,,,i5,,,,,\na,,,i2,2,,,,\n",
		"2 a active \"A\" image=i1 image=i2 image=i3(third) image=i4 image=i5\n  a 5.00 GBP", "",
	},
	{
		"a variant row may have an image, and a variant its own", imageHeader + "a,A,5,i1,2,,v1,Size,S\na,,5,i2,1,,v2,,M\n",
		"2 a active \"A\" options=Size image=i2 image=i1\n  a/s values=S 5.00 GBP image=v1\n  a/m values=M 5.00 GBP image=v2", "",
	},
	{
		"a bad image row goes alone", imageHeader + "a,A,5,i1,,,,,\na,,,i2,0,,,,\na,,,i3,first,,,,\na,,,i4,1,,,,\n",
		"2 a active \"A\" image=i4 image=i1\n  a 5.00 GBP",
		"line 3 (a): Image Position \"0\": write a whole number from 1 to 1000000000\n" +
			"line 4 (a): Image Position \"first\": write a whole number from 1 to 1000000000",
	},
}
