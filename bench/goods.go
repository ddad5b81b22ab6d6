package main

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// article is a product as every contender gets it.
type article struct {
	sku, handle, name, vendor, description string

	// What it costs in pence: from the first day of the goods, and since the day on
	// which all prices changed.
	first, since int64
}

// The days of the goods, as they lie before the start of the program.
const (
	firstPrices = 365 * 24 * time.Hour
	newPrices   = 180 * 24 * time.Hour
)

// onHand is what there is of each article: more than a run can sell.
const onHand = 50_000_000

var (
	colours   = []string{"Blue", "Red", "Green", "White", "Black", "Grey", "Yellow", "Brown", "Pink", "Amber", "Violet"}
	materials = []string{"enamel", "oak", "linen", "glass", "steel", "felt", "clay", "paper", "copper", "cotton", "birch", "wool", "cork"}
	things    = []string{"mug", "bowl", "lamp", "chair", "cushion", "frame", "basket", "kettle", "tray", "clock", "stool", "vase", "shelf", "blanket", "jar", "box", "candle"}
	vendors   = []string{"Harbour & Sons", "Millstone", "North Light", "Old Kiln", "Weaver"}
)

// articleAt gives article number i; the same for every contender.
func articleAt(i int) article {
	colour, material, thing := colours[i%len(colours)], materials[i%len(materials)], things[i%len(things)]
	vendor := vendors[i%len(vendors)]
	return article{
		sku:    skuAt(i),
		handle: fmt.Sprintf("%s-%s-%06d", material, thing, i),
		name:   fmt.Sprintf("%s %s %s No. %d", colour, material, thing, i),
		vendor: vendor,
		description: fmt.Sprintf("A %s made of %s by %s, in %s. It is sent in a box of its own, comes with a card that says how to care for it, and can be returned within thirty days.",
			thing, material, vendor, colour),
		first: int64(250 + i*37%9500),
		since: int64(295 + i*37%9500),
	}
}

func skuAt(i int) string { return fmt.Sprintf("P%06d", i) }

// wanted is what a buyer puts into a cart: three articles, no two alike, of those there are.
type wanted struct {
	article  int
	quantity int64
}

func pickThree(random *rand.Rand, articles int) []wanted {
	var three []wanted
	for len(three) < 3 {
		w := wanted{random.IntN(articles), 1 + random.Int64N(3)}
		if len(three) > 0 && w.article == three[0].article || len(three) > 1 && w.article == three[1].article {
			continue
		}
		three = append(three, w)
	}
	return three
}

// words are what a buyer says of themselves.
type words struct {
	name, email, phone, street, city, postcode, country string
}

func wordsAt(n int64) words {
	return words{
		name: fmt.Sprintf("Ada Buyer %d", n), email: fmt.Sprintf("ada.buyer.%d@example.com", n), phone: "+44 20 7946 0000",
		street: fmt.Sprintf("%d Long Acre", 1+n%200), city: "London", postcode: "WC2E 9JT", country: "GB",
	}
}
