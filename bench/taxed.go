package main

import (
	"context"
	"fmt"
	"math"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// taxRules are the rules of the shop whose checkouts count them: a tax on every line, and
// a promotion that is spread over them.
var taxRules = []till.RuleChange{
	{Name: "autumn", Rule: till.Promotion{Label: "Autumn", Action: till.OrderPercentOff(money.MustParsePercent(offPercent))}},
	{Name: "vat", Rule: till.TaxRate{Label: "VAT", Rate: money.MustParsePercent(taxPercent)}},
}

// taxed measures what rules cost: the checkouts of a shop with a tax and a promotion,
// beside those of one without, and of plain, which has none.
func (b *bench) taxed(ctx context.Context, level syncLevel, all []contender) error {
	var three []contender
	for _, c := range all {
		if c.name() != preparedName {
			three = append(three, c)
		}
	}
	for _, callers := range b.is.callers {
		b.say("%s %s, %d callers", taxedPart, level, callers)
		f, err := b.rounds(ctx, work{"checkout", true}, level, callers, three)
		if err != nil {
			return err
		}
		f.work = "checkout beside taxed"
		b.figures = append(b.figures, f)
		for _, other := range []string{plainName, tillName} {
			r := ratioOf(f, taxedName, other)
			loss := ""
			if other == tillName {
				loss = fmt.Sprintf(" loss=%d%%", int(math.Round(100*(1-r.median))))
			}
			fmt.Fprintf(b.out, "RATIO %s %s callers=%d %s/%s median=%.2f q1=%.2f p99=%.2f%s\n", taxedPart, level, callers, taxedName, other, r.median, r.q1, r.p99, loss)
		}
	}
	return nil
}
