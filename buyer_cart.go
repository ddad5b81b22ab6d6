package till

import (
	"context"

	"github.com/tillkit/till/money"
)

// What a buyer says about a cart beside its lines.

// AddCode gives the cart the code of a promotion, as [Cart.AddCode] does. What it is good
// for, [Quote.Codes] says.
func (b *Buyer) AddCode(ctx context.Context, code string) error {
	return b.change(ctx, func(c Cart) (Cart, error) { return c.AddCode(code) })
}

// RemoveCode takes a code out of the cart, as [Cart.RemoveCode] does.
func (b *Buyer) RemoveCode(ctx context.Context, code string) error {
	return b.change(ctx, func(c Cart) (Cart, error) { return c.RemoveCode(code) })
}

// ShipTo says where the cart goes, for taxes and shipping, as [Cart.ShipTo] does. Until it
// is said, the quotes of a customer count with the address of the account, and those of a
// guest, or of an account without an address, with the shop's [Home]. An order
// goes to the address of its contact: where taxes or shipping are others there, its
// checkout is a [DriftError].
func (b *Buyer) ShipTo(ctx context.Context, to Address) error {
	return b.change(ctx, func(c Cart) (Cart, error) { return c.ShipTo(to) })
}

// ShipBy chooses a method of shipping by its name, one of [Quote.Deliveries]; "" takes the
// choice back.
func (b *Buyer) ShipBy(ctx context.Context, method string) error {
	return b.change(ctx, func(c Cart) (Cart, error) { return c.ShipBy(method) })
}

// PayIn lets the cart cost what it costs in a currency: where the prices of the list are
// not in it, the rules need an [ExchangeRate]. Whether they have one is not looked at here:
// without it the articles cannot be bought ([NoPrice]), which [Quote.Err] says.
func (b *Buyer) PayIn(ctx context.Context, currency money.Currency) error {
	return b.change(ctx, func(c Cart) (Cart, error) { return c.In(PriceList{c.list.List, currency}) })
}

// AddCode gives the draft the code of a promotion, as [Cart.AddCode] does.
func (d *DraftOrder) AddCode(ctx context.Context, code string) error {
	return d.change(ctx, func(c Cart) (Cart, error) { return c.AddCode(code) })
}

// RemoveCode takes a code out of the draft, as [Cart.RemoveCode] does.
func (d *DraftOrder) RemoveCode(ctx context.Context, code string) error {
	return d.change(ctx, func(c Cart) (Cart, error) { return c.RemoveCode(code) })
}

// ShipTo says where the draft goes, as [Buyer.ShipTo] does.
func (d *DraftOrder) ShipTo(ctx context.Context, to Address) error {
	return d.change(ctx, func(c Cart) (Cart, error) { return c.ShipTo(to) })
}

// ShipBy chooses a method of shipping, as [Buyer.ShipBy] does.
func (d *DraftOrder) ShipBy(ctx context.Context, method string) error {
	return d.change(ctx, func(c Cart) (Cart, error) { return c.ShipBy(method) })
}

// PayIn lets the draft cost what it costs in a currency, as [Buyer.PayIn] does.
func (d *DraftOrder) PayIn(ctx context.Context, currency money.Currency) error {
	return d.change(ctx, func(c Cart) (Cart, error) { return c.In(PriceList{c.list.List, currency}) })
}
