package productcsv_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/productcsv"
)

// shopFile gives a file that a shop exported, or skips the test where it is absent.
func shopFile(t *testing.T, name string) string {
	t.Helper()
	folder := os.Getenv("TILL_PRODUCT_CSV")
	if folder == "" {
		folder = filepath.Join("..", "..", "shared", "data", "product-csv")
	}
	text, err := os.ReadFile(filepath.Join(folder, name))
	if os.IsNotExist(err) {
		t.Skipf("%s is not in %s: set TILL_PRODUCT_CSV to the folder that has it", name, folder)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestFilesOfShops imports files that shops exported, twice.
func TestFilesOfShops(t *testing.T) {
	for _, test := range []struct {
		name                               string
		product, variant, image            int
		sales, tracked, pictures, ownImage int
		say                                string // of one product
	}{
		{"apparel.csv", 20, 2, 0, 0, 0, 20, 0,
			"3 classic-varsity-top active \"Classic Varsity Top\" body=Womens casual varsity top, This grey and black buttoned top is a sport-inspired piece complete with an embroidered letter.  " +
				"by=partners-demo options=Size tag=women image=https://burst.shopifycdn.com/photos/casual-fashion-woman_925x.jpg\n" +
				"  classic-varsity-top/small values=Small 60.00 USD\n  classic-varsity-top/medium values=Medium 60.00 USD\n  classic-varsity-top/large values=Large 60.00 USD\n"},
		{"home-and-garden.csv", 20, 1, 0, 16, 1, 21, 0,
			"14 biodegradable-cardboard-pots active \"Biodegradable cardboard pots\" body=<p>Biodegradable outdoor cardboard pots</p> by=Rustic LTD type=Outdoor tag=Garden|Plants " +
				"image=https://burst.shopifycdn.com/photos/potted-seeds_925x.jpg\n  biodegradable-cardboard-pots 10.00 USD stock 8\n"},
		{"jewelery.csv", 20, 3, 18, 17, 0, 41, 6,
			"29 gemstone active \"Gemstone Necklace\" body=<p>Gemstone pendant, housed in sterling silver, with sterling silver chain.</p>\n<ul>\n<li>Sterling silver chain, 14 inches</li>\n" +
				"<li>Turquoise or Quartz</li>\n<li>Boho Chic</li>\n<li>Made in USA</li>\n</ul> by=Sterling Ltd options=Colour type=Necklace tag=Blue|Gem|Purple|Silver|Turquoise" +
				" image=https://burst.shopifycdn.com/photos/blue-gemstone-pendant_925x.jpg image=https://burst.shopifycdn.com/photos/gemstone-necklace_925x.jpg" +
				" image=https://burst.shopifycdn.com/photos/womens-necklace_925x.jpg image=https://burst.shopifycdn.com/photos/purple-gemstone-necklace_925x.jpg\n" +
				"  gemstone/blue values=Blue 29.99 USD sale 27.99 USD image=https://burst.shopifycdn.com/photos/blue-gemstone-pendant_925x.jpg\n" +
				"  gemstone/purple values=Purple 29.99 USD sale 27.99 USD image=https://burst.shopifycdn.com/photos/purple-gemstone-necklace_925x.jpg\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := shopFile(t, test.name)
			file, err := productcsv.Read(strings.NewReader(text), productcsv.Options{Name: test.name, Currency: money.USD})
			if err != nil {
				t.Fatal(err)
			}
			r := file.Report
			account(t, r)
			if r.ProductRows != test.product || r.VariantRows != test.variant || r.ImageRows != test.image || len(r.Refused) != 0 {
				t.Error(r)
			}
			sales, tracked, pictures, ownImage := 0, 0, 0, 0
			found := false
			for _, p := range file.Products {
				found = found || say(p) == test.say
				pictures += len(p.Spec.Images)
				for i, v := range p.Spec.Variants {
					if p.Spec.Articles[i].Sale != nil {
						sales++
					}
					if v.Stock != till.NotTracked {
						tracked++
					}
					if v.Image != "" {
						ownImage++
					}
				}
			}
			if sales != test.sales || tracked != test.tracked || pictures != test.pictures || ownImage != test.ownImage {
				t.Errorf("%d sales, %d variants of which stock is counted, %d pictures, %d of variants", sales, tracked, pictures, ownImage)
			}
			if !found {
				t.Errorf("there is no\n%s", test.say)
			}

			staff, db := newShop(t, money.USD)
			for i, want := range []string{"20 created, 0 changed, 0 unchanged", "0 created, 0 changed, 20 unchanged"} {
				before := db.commits
				report, err := productcsv.Import(t.Context(), staff, strings.NewReader(text), productcsv.Options{Name: test.name})
				if err != nil {
					t.Fatal(err)
				}
				account(t, report)
				if !strings.Contains(report.String(), want) || i == 1 && db.commits != before {
					t.Errorf("%d commits: %s", db.commits-before, report)
				}
			}
		})
	}
}
