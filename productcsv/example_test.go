package productcsv_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/productcsv"
	"github.com/tillkit/till/store/memory"
)

const teaShop = `Handle,Title,Tags,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Price,Variant Compare At Price,Image Src,Variant Weight Unit
assam,Assam,"black, tea",Size,100 g,,shop,40,6.50,8.00,https://img.example/assam.jpg,g
assam,,,,500 g,,shop,12,26.00,,,g
assam,,,,1 kg,,shop,3,"48,00",,,g
assam,,,,,,,,,,https://img.example/field.jpg,
teapot,Teapot,,Title,Default Title,POT-1,shop,7,24,,,g
`

func ExampleImport() {
	ctx := context.Background()
	shop, err := till.Open(ctx, memory.New(), till.Options{Currency: money.GBP})
	if err != nil {
		log.Fatal(err)
	}
	for range 2 {
		report, err := productcsv.Import(ctx, shop.Staff("import"), strings.NewReader(teaShop), productcsv.Options{Name: "tea.csv"})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(report)
	}
	// Output:
	// tea.csv: 5 rows: 2 product rows, 1 variant row, 1 image row, 1 refused; 2 products: 2 created, 0 changed, 0 unchanged
	// columns not imported: Variant Weight Unit (3 rows)
	// line 4 (assam): Variant Price "48,00": write digits with at most one point between them, such as 1299.50: no grouping, no sign of a currency
	// tea.csv: 5 rows: 2 product rows, 1 variant row, 1 image row, 1 refused; 2 products: 0 created, 0 changed, 2 unchanged
	// columns not imported: Variant Weight Unit (3 rows)
	// line 4 (assam): Variant Price "48,00": write digits with at most one point between them, such as 1299.50: no grouping, no sign of a currency
}

// Read shows what a file would do, before a shop is asked.
func ExampleRead() {
	file, err := productcsv.Read(strings.NewReader(teaShop), productcsv.Options{Name: "tea.csv", Currency: money.GBP})
	if err != nil {
		log.Fatal(err)
	}
	for _, product := range file.Products {
		for _, article := range product.Spec.Articles {
			fmt.Println(product.Line, article.SKU, article.Price)
		}
	}
	for _, refused := range file.Report.Refused {
		fmt.Println(refused.Line, refused.Column, refused.Value)
	}
	// Output:
	// 2 assam/100-g 8.00 GBP
	// 2 assam/500-g 26.00 GBP
	// 6 POT-1 24.00 GBP
	// 4 Variant Price 48,00
}
