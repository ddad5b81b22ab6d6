package till

import (
	"slices"
	"strings"
	"testing"

	"github.com/tillkit/till/money"
)

// A destination lies in a zone when it meets everything that the zone names.
func TestZones(t *testing.T) {
	at := func(country, region, postcode string) Address {
		return Address{Country: country, Region: region, Postcode: postcode}
	}
	for _, c := range []struct {
		says string
		zone Zone
		in   []Address
		out  []Address
	}{
		{"the zero zone is the whole world", Zone{}, []Address{{}, at("GB", "", ""), at("", "", "X")}, nil},
		{"of several countries one", Zone{Countries: []string{"GB", "IE"}}, []Address{at("IE", "", ""), at("GB", "GB-LND", "E1")}, []Address{{}, at("FR", "", "")}},
		{"of several regions one", Zone{Regions: []string{"CA-QC", "CA-ON"}}, []Address{at("CA", "CA-ON", "")}, []Address{{}, at("CA", "", ""), at("CA", "CA-BC", "")}},
		{"country and region", Zone{Countries: []string{"CA"}, Regions: []string{"CA-QC"}}, []Address{at("CA", "CA-QC", "")}, []Address{at("US", "CA-QC", "")}},
		{"a postcode as people write it", Zone{Postcodes: []string{"SW1A 1AA"}}, []Address{at("", "", "sw1a1aa"), at("GB", "", "SW1A-1AA")}, []Address{{}, at("", "", "SW1A 1AB"), at("", "", "SW1A")}},
		{"postcodes that begin so", Zone{Postcodes: []string{"SW1*"}}, []Address{at("", "", "SW1"), at("", "", "sw10 9xx")}, []Address{{}, at("", "", "SW2 1AA")}},
		{"a range, both ends included", Zone{Postcodes: []string{"1000..1999"}}, []Address{at("", "", "1000"), at("", "", "1 999"), at("", "", "1500")}, []Address{{}, at("", "", "0999"), at("", "", "2000"), at("", "", "10005"), at("", "", "150")}},
		{"all but some", Zone{Countries: []string{"GB"}, Except: []string{"JE*", "IM*"}}, []Address{at("GB", "", ""), at("GB", "", "E1 6AN")}, []Address{at("GB", "", "je2 3ab")}},
		{"of some, but not all", Zone{Postcodes: []string{"1000..1999"}, Except: []string{"1010"}}, []Address{at("", "", "1011")}, []Address{at("", "", "1010")}},
	} {
		for _, a := range c.in {
			if !c.zone.Has(a) {
				t.Errorf("%s: %v is not in it", c.says, a)
			}
		}
		for _, a := range c.out {
			if c.zone.Has(a) {
				t.Errorf("%s: %v is in it", c.says, a)
			}
		}
	}
}

// A cart whose destination is not known is counted with as if it stayed at home.
func TestHome(t *testing.T) {
	vat := []any{"gb", Zone{Countries: []string{"GB"}, Postcodes: []string{"SW*"}}, "vat", TaxRate{Label: "VAT", Zone: "gb", Rate: pct("20")}}
	home := append(slices.Clip(vat), "home", Home{Country: "GB", Region: "GB-LND", Postcode: "SW1"})
	for _, c := range []struct {
		says  string
		rules []any
		to    Address
		taxed bool
	}{
		{"no home, no destination", vat, Address{}, false},
		{"at home", home, Address{}, true},
		{"the buyer's destination goes before it", home, Address{Country: "FR"}, false},
		{"and what is not known of that is not taken from it", home, Address{Country: "GB"}, false},
	} {
		cart := must(cartOf(Item{SKU: "A", Quantity: 1}).ShipTo(c.to))
		if got := must(cart.Quote(priceShop("10.00"), under(c.rules...), jan(1))).Taxes(); (len(got) == 1) != c.taxed {
			t.Errorf("%s: %+v", c.says, got)
		}
	}
}

// A zone that is not there, not yet or not any more contains nothing.
func TestZonesOverTime(t *testing.T) {
	terms := under("vat", TaxRate{Label: "VAT", Zone: "gb", Rate: pct("20")})
	terms = must3(terms.Change(on(0), RuleChange{Name: "gb", Rule: Zone{}, From: jan(2)}))
	terms = must3(terms.Change(on(0), RuleChange{Name: "gb", Rule: Zone{}, Mark: Clear, From: jan(4)}))
	for day, taxed := range map[int]bool{1: false, 2: true, 3: true, 4: false} {
		q := must(cartOf(Item{SKU: "A", Quantity: 1}).Quote(priceShop("10.00"), terms, jan(day)))
		if len(q.Taxes()) == 1 != taxed {
			t.Errorf("day %d: %+v", day, q.Taxes())
		}
	}
}

func TestWrongZones(t *testing.T) {
	many := slices.Repeat([]string{"AA"}, maxPlaces+1)
	checkRefused(t, []wrongRule{
		{"z", Zone{Countries: []string{"GB", "gb"}}, "countries[1].country"},
		{"z", Zone{Countries: []string{""}}, "countries[0].country"},
		{"z", Zone{Countries: many}, "countries"},
		{"z", Zone{Regions: []string{"QC"}}, "regions[0].region"},
		{"z", Zone{Regions: []string{"CA-"}}, "regions[0].region"},
		{"z", Zone{Regions: []string{"CA-ABCD"}}, "regions[0].region"},
		{"z", Zone{Regions: []string{"ca-QC"}}, "regions[0].region"},
		{"z", Zone{Regions: many}, "regions"},
		{"z", Zone{Postcodes: many}, "postcodes"},
		{"z", Zone{Except: many}, "postcodes"},
		{"z", Zone{Postcodes: []string{""}}, "postcodes[0]"},
		{"z", Zone{Postcodes: []string{"1010", "*"}}, "postcodes[1]"},
		{"z", Zone{Postcodes: []string{"1*0"}}, "postcodes[0]"},
		{"z", Zone{Postcodes: []string{"10**"}}, "postcodes[0]"},
		{"z", Zone{Postcodes: []string{"- -"}}, "postcodes[0]"},
		{"z", Zone{Postcodes: []string{"1000..999"}}, "postcodes[0]"},
		{"z", Zone{Postcodes: []string{"2000..1000"}}, "postcodes[0]"},
		{"z", Zone{Postcodes: []string{".."}}, "postcodes[0]"},
		{"z", Zone{Except: []string{strings.Repeat("1", 25)}}, "except[0]"},
		{"rounding", Rounding{}, "rounding"},
		{"rounding", Rounding{Mode: money.Up, Level: 99}, "rounding"},
		{"rounding", Rounding{Mode: 99}, "mode"},
		{"usual", usualRounding, "name"},
		{"home", Home{}, "country"},
		{"home", Home{Country: "gb"}, "country"},
		{"home", Home{Country: "GB", Region: "Kent"}, "region"},
		{"home", Home{Country: "GB", Postcode: " 1"}, "postcode"},
		{"house", Home{Country: "GB"}, "name"},
	})
}

// What a cart says of its destination and delivery, and what it refuses.
func TestCartGoesTo(t *testing.T) {
	c := must(cartOf().ShipTo(Address{Name: "Ada", Street: "1 Lane", Country: "GB", Region: "GB-LND", Postcode: "E1"}))
	if got, want := c.Destination(), (Address{Country: "GB", Region: "GB-LND", Postcode: "E1"}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	same, err := c.ShipTo(Address{Country: "England"})
	if wantError(t, err, badAt("destination.country")); same.Destination() != c.Destination() {
		t.Error("a refused destination was kept")
	}
	if got := must(c.ShipTo(Address{})).Destination(); got != (Address{}) {
		t.Errorf("taken back: %+v", got)
	}
	_, err = c.ShipBy("A Horse")
	wantError(t, err, badAt("delivery"))
	if got := must(must(c.ShipBy("parcel")).ShipBy("")).Delivery(); got != "" {
		t.Errorf("taken back: %q", got)
	}
}
