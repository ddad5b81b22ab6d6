package till_test

import (
	"errors"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store/memory"
)

func TestStaffReadsTheShopsClock(t *testing.T) {
	s := newStall(t, memory.New())
	s.clock.pass(time.Hour)
	if now := s.staff.Now(); now != s.clock.instant() || now != s.shop.Now() {
		t.Errorf("it is %s, not %s", now, s.clock.instant())
	}
}

// TestASpecIsCheckedAsPutProductChecksIt: Check refuses what PutProduct refuses of a
// spec by itself, with the same error.
func TestASpecIsCheckedAsPutProductChecksIt(t *testing.T) {
	s := newStall(t, memory.New())
	for name, change := range map[string]func(*till.ProductSpec){
		"good":        func(*till.ProductSpec) {},
		"no variants": func(p *till.ProductSpec) { p.Variants = nil },
		"a handle":    func(p *till.ProductSpec) { p.Handle = " mug" },
		"a stranger":  func(p *till.ProductSpec) { p.Articles[0].SKU = "JUG" },
		"in euro":     func(p *till.ProductSpec) { *p.Articles[0].Price = money.MustParsePrice("5", money.EUR) },
		"only a sale": func(p *till.ProductSpec) { p.Articles[0].Price = nil },
	} {
		spec := till.ProductSpec{
			Description: till.Description{Handle: "mug", Words: map[till.Locale]till.Words{"": {Name: "Mug"}}, Variants: []till.Variant{{SKU: "MUG"}}},
			Articles:    []till.ArticleSpec{{SKU: "MUG", Price: p("5"), Sale: p("4")}},
		}
		change(&spec)
		err := spec.Check(money.GBP)
		_, put := s.staff.PutProduct(s.ctx, spec)
		if good := name == "good"; good != (err == nil) || !good && (!errors.Is(err, till.ErrInvalid) || put == nil || err.Error() != put.Error()) {
			t.Errorf("%s: Check says %v, PutProduct %v", name, err, put)
		}
	}
}
