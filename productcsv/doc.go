// Package productcsv reads and writes product files in the CSV format that Shopify
// made common: it imports them into a shop, and exports a shop to one.
//
//	file, err := os.Open("apparel.csv")
//	report, err := productcsv.Import(ctx, shop.Staff("import"), file, productcsv.Options{Name: "apparel.csv"})
//	fmt.Println(report)
//
//	exported, err := productcsv.Export(ctx, out, shop.Staff("export"))
//	fmt.Println(exported)
//
// [Read] is the pure half of the import: it makes products of a file and a [Report]
// that accounts for every row of it. [File.Put] gives the products to a shop, [Import]
// does both. Importing a file a second time changes nothing.
//
// The pure half of the export is a [Writer], and [Snapshot.Spec], which makes what it
// writes of a shop's values. A file that was written is read as exactly the products
// that were given; what cannot be said in a file is an error or a [Loss], never
// something else. So an export, imported into an empty shop and exported again, is
// the same file, byte for byte.
//
// # Rows
//
// A file has one line of column names, which may be in any order and case. The
// columns Handle, Title and Variant Price are needed. All rows with one handle make
// one product, wherever they stand in the file:
//
//   - The product row is the first one with a title. It has the words of the product,
//     the names of its options, its first variant, and perhaps a picture.
//   - A variant row is another one with an option value or a price. It may have a
//     picture too.
//   - An image row has neither: it adds a picture.
//   - A blank row has nothing in any cell. Lines with nothing at all are no rows.
//
// What belongs to the product may stand on its other rows again, in the same words.
// Different words are an error, because one of the two would be lost.
//
// A row is taken whole or refused whole, with the line on which it begins, the
// column, the value and the reason (a [RowError], one a row: the first thing found).
// A refused variant or image row leaves its product without that variant or picture.
// When a file is imported again, such a variant can therefore not be bought until its
// row is corrected: a shop does what the file says. A refused product row takes the
// other rows of its product with it, since they mean nothing without it. Other
// products go on.
//
// A file that is broken as a whole is a [FileError], and nothing of it is used: a
// needed column is missing, a column stands twice, a quotation mark is out of place,
// it is too large. Since the rows of a product may stand anywhere, what comes before
// such a place cannot be known to be complete. A UTF-8 byte order mark at the start
// is skipped. A text that is not UTF-8 or has a NUL refuses its row. A row may have
// fewer cells than there are columns, as spreadsheets write it; but not where the
// file ends in it without a line end, for then it was probably cut off.
//
// # What becomes of the columns
//
//   - Title and Body (HTML) become the product's words, Vendor its vendor, Type the
//     attribute "type", and Tags, which are separated by commas, the values of the
//     attribute "tag".
//   - Published says whether the product is active or a draft; nothing means active.
//     A column Status (active, draft, archived) wins where it has a word.
//   - Option1 to Option8 Name and Value become options; the shops' own files have
//     three. One option Title with the value Default Title, in the first place, is no
//     option.
//   - Variant SKU is the SKU. Where it is empty, the SKU is the handle or, with
//     options, "handle/small/dark-blue": in lower case, each space a "-". Two rows
//     that make one SKU, or one choice of the options of a product, are both refused,
//     since a SKU belongs to its product for ever and neither row can be known to be
//     the right one.
//   - Variant Price and Variant Compare At Price are in the shop's currency, digits
//     with a point. A compare-at price above the price becomes the base price, and
//     the price a sale price. Otherwise it means nothing. No price at all makes a
//     variant that cannot be bought.
//   - Variant Inventory Tracker is empty where stock is not counted. Otherwise the
//     policy deny, or none, refuses back orders, continue allows them, and Variant
//     Inventory Qty is received when the SKU is new to the shop.
//   - Variant Grams is the weight; decimals are rounded to the nearest gram.
//   - Variant Taxable false makes the tax category "exempt"; otherwise it is what
//     Variant Tax Code says. Variant Requires Shipping false means that nothing is
//     shipped. Where these are empty, the variant is taxed and shipped.
//   - Image Src, Image Position and Image Alt Text become pictures, in the order of
//     their positions; those without one come last. Variant Image is the variant's own.
//   - Gift Card true: nothing is shipped, and the product has the attribute
//     "gift_card". The value of the card is for the shop to issue when it is sold.
//   - Till Back Orders is a limit for the policy continue, which has none otherwise.
//   - Till Currency, in the row of the title, is the currency of the prices. Where it is
//     not the one that the file is read for, the product is refused.
//   - Till Collections, Till Attributes, Till Metadata and Till Words have what the
//     shops' files have no column for, as JSON: a list of names, a map of lists of
//     values, a map of texts, and the words in other languages. Attributes are added to
//     those that Type, Tags and Gift Card make. Where there are none of these columns,
//     or nothing in them, the product has none of these things.
//   - Till Exact Text has texts that a cell cannot hold, as JSON by the name of their
//     column: see below.
//
// What else stands in a file, and what has no meaning where it stands, is not
// imported. [Report.NotImported] names it and counts it.
//
// # Texts
//
// A spreadsheet takes a cell that begins with = + - @, also in their wide forms, a tab or
// a carriage return for a formula. So a text that begins with one of them, after any
// number of apostrophes, is written with one more apostrophe in front, and where a cell
// begins so, one apostrophe is taken off when it is read: '=1+1 is the text =1+1, and
// 'quoted' is itself. That goes for cells of text. Numbers are written as they are. A
// spreadsheet that takes something other than commas to separate cells sees other cells:
// open the file as one with commas.
//
// Of a cell that is read, the space at its ends is no part of the text, save in Body
// (HTML); a line end is a line feed; and nothing but space is nothing. A text that is
// not so stands a second time, exactly, under Till Exact Text. That one counts while the
// cell still says what it said when it was written: an edited cell wins.
//
// # What an export writes
//
// The columns of the shops' files that mean something here, in their order, then our
// own. Each product has its first row with its words, then rows for its other variants
// and images; the n-th image stands in the n-th row. The SKU is always written. Stock is
// what can be sold. Lines end in a line feed, the text is UTF-8 without a byte order mark.
//
// A file does not speak of
//
//   - what is past: earlier words, prices and listings, and the journals;
//   - orders, and pieces that are reserved for them: these are not counted as stock;
//   - stock at other locations than that which checkouts sell from, and stock that is
//     not counted;
//   - products that are deleted, and SKUs that a product no longer has;
//   - other price lists than the standard one;
//   - ids: an import makes new ones.
//
// Off sale, planned changes, prices for larger quantities, a sale price that is not
// below the base price and a stock below 0 are reported as a [Loss]. A product of which
// two variants are the same choice, or whose words or attributes are too large for a
// cell, is left out and reported as a [ProductError].
//
// A price for several pieces is written "9.80/1000", and a limit of back orders as the
// policy continue with the limit beside it: another program may not understand the
// first, and will not see the second.
package productcsv
