package till

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tillkit/till/store"
)

// sortedBy are the lists by sort: of all products, and of those that have a tag.
var sortedBy = map[ProductSort][2]string{
	ByName:   {listName, listTagName},
	ByPrice:  {listPrice, listTagPrice},
	ByNewest: {listNewest, listTagNewest},
}

// list chooses the list that answers the query at an instant; false says that nothing
// can be found.
func (q ProductQuery) list(list PriceList, at Instant) (store.Query, bool, error) {
	tags := q.tags()
	asked := store.Query{Family: familyOffers, Limit: q.Limit, Desc: q.Desc}
	shelf, status := store.TextValue(list.key()), store.TextValue(string(q.status()))
	if q.Text != "" || len(tags) > 1 && q.Sort == "" {
		words, any := q.words(tags)
		if q.Sort != "" {
			return asked, false, invalid("sort", "text is answered in the store's own order: leave Sort empty, or Text")
		}
		if q.Desc {
			return asked, false, invalid("desc", "the store's own order has no other way round: leave Desc, or give a Sort where the table has one")
		}
		asked.List, asked.Match = listText, words
		asked.Where = []store.Cond{{Field: "shelf", Op: store.Equal, Value: shelf}, {Field: "status", Op: store.Equal, Value: status}}
		asked.Where = append(asked.Where, q.prices()...)
		asked.Where = append(asked.Where, during(at)...)
		return asked, any, nil
	}
	if q.Sort == "" {
		q.Sort = ByName
	}
	if len(tags) > 2 || len(tags) == 2 && q.Vendor == "" {
		return asked, false, invalid("sort", "so many of collection, attributes and vendor have the store's own order alone: leave Sort empty, or ask for one of them, or for a vendor and one more")
	}
	if len(tags) == 0 {
		asked.List, asked.Equal = sortedBy[q.Sort][0], []store.Value{shelf, status}
	} else {
		asked.List, asked.Equal = sortedBy[q.Sort][1], []store.Value{store.TextValue(tags[0]), shelf, status}
	}
	if len(tags) == 2 {
		asked.Where = []store.Cond{{Field: "vendor", Op: store.Equal, Value: store.TextValue(vendorTag(q.Vendor))}}
	}
	if prices := q.prices(); q.Sort != ByPrice {
		asked.Where = append(asked.Where, prices...)
	} else if len(prices) > 0 {
		asked.From, asked.To = &prices[0].Value, &prices[1].Value
	}
	asked.Where = append(asked.Where, during(at)...)
	return asked, true, nil
}

func (q ProductQuery) status() OfferStatus {
	if q.Status == "" {
		return ForSale
	}
	return q.Status
}

// during asks for what is valid at an instant. What holds for ever ends with the last
// instant there is, so that itself is asked for as the one before it.
func during(at Instant) []store.Cond {
	at = min(at, MaxInstant-1)
	return []store.Cond{
		{Field: "since", Op: store.AtMost, Value: store.IntValue(int64(at))},
		{Field: "until", Op: store.Greater, Value: store.IntValue(int64(at))},
	}
}

// prices gives the range, from and to, or nothing.
func (q ProductQuery) prices() []store.Cond {
	if q.PriceFrom == nil && q.PriceTo == nil {
		return nil
	}
	from, to := int64(0), int64(noPrice)
	if q.PriceFrom != nil {
		from = sortPrice(*q.PriceFrom)
	}
	if q.PriceTo != nil {
		to = sortPrice(*q.PriceTo)
	}
	return []store.Cond{
		{Field: "price", Op: store.AtLeast, Value: store.IntValue(from)},
		{Field: "price", Op: store.Less, Value: store.IntValue(to)},
	}
}

// The most of a text that is looked at, and of words that are asked for.
const (
	mostText  = 4096
	mostWords = 16
)

// words gives the words to ask for; false says that the text has none, and finds
// nothing.
func (q ProductQuery) words(tags []string) ([]string, bool) {
	var words []string
	for _, t := range tags {
		words = append(words, tagWord(t))
	}
	if q.Text == "" {
		return words, true
	}
	text := cutText(q.Text, mostText)
	said := textWords(text)
	if len(said) == 0 {
		return nil, false
	}
	beginning := ""
	if last := said[len(said)-1]; strings.HasSuffix(strings.TrimSpace(text), "*") && utf8.RuneCountInString(last) >= 3 && len(last) < store.MaxWord {
		said, beginning = said[:len(said)-1], last+"*"
	}
	for _, w := range said {
		if !slices.Contains(words, w) && len(words) < mostWords {
			words = append(words, w)
		}
	}
	if beginning != "" && len(words) < mostWords {
		words = append(words, beginning)
	}
	return words, true
}
