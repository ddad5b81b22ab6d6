package till

import "github.com/tillkit/till/money"

// Now gives the instant by the shop's clock, to ask what a price or a listing is now.
func (s *Staff) Now() Instant { return s.shop.now() }

// Check says what is wrong with a spec by itself, for a shop that counts in a currency:
// an [InvalidError], or nil. A spec that passes can still be refused by a shop, where
// another product has its handle or a SKU of it.
func (p ProductSpec) Check(c money.Currency) error { return p.check(c) }
