// Package productcsv reads the product files that shops export, in the CSV format
// that Shopify made common, and imports them into a shop.
//
//	file, err := os.Open("apparel.csv")
//	report, err := productcsv.Import(ctx, shop.Staff("import"), file, productcsv.Options{Name: "apparel.csv"})
//	fmt.Println(report)
//
// [Read] is the pure half: it makes products of a file and a [Report] that accounts
// for every row of it. [File.Put] gives the products to a shop, [Import] does both.
// Importing a file a second time changes nothing.
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
//   - Option1 to Option3 Name and Value become options. One option Title with the
//     value Default Title is no option.
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
//
// What else stands in a file, and what has no meaning where it stands, is not
// imported. [Report.NotImported] names it and counts it.
package productcsv
