package till

import (
	"fmt"

	"github.com/tillkit/till/money"
)

// DraftLine is what is put into a [DraftOrder]: an item at the price of the list, or
// at one that was agreed for this line.
type DraftLine struct {
	Item
	Agreed *AgreedPrice // nil: the price of the list
}

// AgreedPrice is a price that staff agree with somebody. By whom, the back office says
// that it is written down with.
type AgreedPrice struct {
	Price money.Price // 0 or more, in the shop's currency
	Why   string      // of the shop, at most MaxNote bytes; kept with the order for ever
}

// addLines puts lines in, all or none, as [Cart.Add] and [Cart.AddAgreed] do.
func (c Cart) addLines(by Actor, lines []DraftLine) (Cart, error) {
	next := c.grow()
	for i, l := range lines {
		path := fmt.Sprintf("lines[%d]", i)
		var agreed *Agreement
		if l.Agreed != nil {
			agreed = &Agreement{Price: l.Agreed.Price, By: by, Why: l.Agreed.Why}
			if err := c.checkAgreement(*agreed); err != nil {
				return c, within(path, err)
			}
		}
		if err := next.put(l.Item, agreed); err != nil {
			return c, within(path, err)
		}
	}
	return next, nil
}
