package sqldb

import (
	"fmt"
	"slices"

	"github.com/tillkit/till/store"
)

// view is a view for people who ask the file with SQL; no program of ours reads one.
type view struct {
	name    string // of viewNames, with "till_" before it
	version int    // raised when query changes: an older program leaves a newer view alone
	query   string // SELECT ...
}

const metaView = "view:"

// viewsOf gives those views of a shop that fit a schema.
func viewsOf(schema store.Schema) []view {
	var fit []view
	for _, v := range shopViews {
		if v.fits(schema) {
			fit = append(fit, v.view)
		}
	}
	return fit
}

// outdated gives the views that the file lacks or has in an older version.
func (w *writer) outdated(views []view) ([]view, error) {
	var old []view
	for _, v := range views {
		version := 0
		if _, err := w.row("SELECT CAST(value AS INTEGER) FROM "+metaTable+" WHERE name = ?", []any{metaView + v.name}, &version); err != nil {
			return nil, err
		}
		if version < v.version {
			old = append(old, v)
		}
	}
	return old, nil
}

// makeViews makes, inside a transaction, those views that are outdated.
func (w *writer) makeViews(views []view) error {
	old, err := w.outdated(views)
	if err != nil {
		return err
	}
	for _, v := range old {
		if err := w.run(fmt.Sprintf("DROP VIEW IF EXISTS %q", v.name), fmt.Sprintf("CREATE VIEW %q AS %s", v.name, v.query)); err != nil {
			return err
		}
		if err := w.note(metaView+v.name, v.version); err != nil {
			return err
		}
	}
	return nil
}

// shopView is a view of one family, which must be as the query expects it.
type shopView struct {
	view
	family string
	shape  store.Shape
	fields []string
}

func (v shopView) fits(schema store.Schema) bool {
	return slices.ContainsFunc(schema.Families, func(f store.Family) bool {
		if f.Shape != v.shape || v.family != "" && f.Name != v.family {
			return false
		}
		for _, name := range v.fields {
			if !slices.ContainsFunc(f.Fields, func(field store.Field) bool { return field.Name == name }) {
				return false
			}
		}
		return true
	})
}

// viewNames are the names of views, which no family's table takes.
var viewNames = []string{"journals", "order_lines", "order_discounts", "order_taxes", "current_prices", "stock_levels"}

// orderView is a view with a row for each of the parts of an order, or for each of the
// shares of these, if they have any.
func orderView(name string, version int, parts, shares, columns string) shopView {
	query := `
SELECT o.key AS order_id, o.number, o.status, datetime(o.placed / 1000000, 'unixepoch') AS placed,` + columns + `
FROM till_orders AS o
JOIN till_entries AS e ON e.family = 'orders' AND e.key = o.key
JOIN json_each(e.entries) AS entry ON entry.value ->> '$.kind' = 'opened'
JOIN json_each(entry.value, '$.payload.` + parts + `') AS part`
	if shares != "" {
		query += `
JOIN json_each(part.value, '$.` + shares + `') AS share`
	}
	return shopView{view: view{name, version, query}, family: "orders", shape: store.Journal, fields: []string{"number", "status", "placed"}}
}

// minor gives the smallest units of an amount that is written "9.50 GBP".
func minor(amount string) string {
	return fmt.Sprintf("CAST(replace(substr(%[1]s, 1, instr(%[1]s, ' ') - 1), '.', '') AS INTEGER)", amount)
}

var shopViews = []shopView{
	{view: view{name: "till_journals", version: 1, query: `
SELECT e.seq, e.family, e.key,
	entry.value ->> '$.n' AS n, entry.value ->> '$.kind' AS kind, entry.value ->> '$.v' AS v,
	datetime((entry.value ->> '$.at') / 1000000, 'unixepoch') AS recorded,
	entry.value -> '$.payload' AS payload
FROM till_entries AS e, json_each(e.entries) AS entry`},
		shape: store.Journal},

	// An order of version 1 has no subtotals: there was nothing to take off.
	orderView("till_order_lines", 2, "lines", "", `
	part.value ->> '$.n' AS line, part.value ->> '$.sku' AS sku, part.value ->> '$.name' AS name,
	part.value -> '$.options' AS options, part.value ->> '$.quantity' AS quantity,
	part.value ->> '$.price' AS price,
	`+minor("coalesce(part.value ->> '$.subtotal', part.value ->> '$.total')")+` AS subtotal_minor,
	`+minor("part.value ->> '$.total'")+` AS total_minor,
	substr(part.value ->> '$.total', instr(part.value ->> '$.total', ' ') + 1) AS currency`),

	orderView("till_order_discounts", 1, "discounts", "shares", `
	part.value ->> '$.promotion' AS promotion, part.value ->> '$.label' AS label, part.value ->> '$.code' AS code,
	coalesce(share.value ->> '$.line', 0) AS line,
	`+minor("share.value ->> '$.amount'")+` AS amount_minor,
	substr(share.value ->> '$.amount', instr(share.value ->> '$.amount', ' ') + 1) AS currency`),

	orderView("till_order_taxes", 1, "taxes", "parts", `
	part.value ->> '$.name' AS tax, part.value ->> '$.label' AS label, part.value ->> '$.zone' AS zone, part.value ->> '$.rate' AS rate,
	coalesce(part.value ->> '$.included', 0) AS included, part.value ->> '$.relief' AS relief,
	coalesce(share.value ->> '$.line', 0) AS line,
	`+minor("share.value ->> '$.amount'")+` AS amount_minor,
	substr(share.value ->> '$.amount', instr(share.value ->> '$.amount', ' ') + 1) AS currency`),

	// Of the changes valid by now, for each instant the last recorded; of these the
	// last that was not called off.
	{view: view{name: "till_current_prices", version: 1, query: `
WITH changes AS (
	SELECT p.doc ->> '$.sku' AS sku, p.doc ->> '$.list.list' AS list, p.doc ->> '$.list.currency' AS currency,
		tier.value ->> '$.least' AS least, kind.value AS kind,
		c.value ->> '$.from' AS valid_from, c.value ->> '$.n' AS n, c.value ->> '$.mark' AS mark, c.value ->> '$.value' AS price
	FROM till_prices AS p, json_each(p.doc, '$.tiers') AS tier, json_each('["base","sale"]') AS kind,
		json_each(tier.value, '$.' || kind.value) AS c
	WHERE c.value ->> '$.from' <= strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')
), ranked AS (
	SELECT *, row_number() OVER (PARTITION BY sku, list, currency, least, kind, valid_from ORDER BY n DESC) AS newest FROM changes
), standing AS (
	SELECT *, row_number() OVER (PARTITION BY sku, list, currency, least, kind ORDER BY valid_from DESC) AS place
	FROM ranked WHERE newest = 1 AND mark <> 'retract'
)
SELECT sku, list, least, kind, price, datetime(valid_from) AS valid_from FROM standing WHERE place = 1 AND mark = 'set'`},
		family: "prices", shape: store.Journal},

	{view: view{name: "till_stock_levels", version: 1, query: `
SELECT substr(key, instr(key, '/') + 1) AS sku, substr(key, 1, instr(key, '/') - 1) AS location,
	available + reserved AS on_hand, available, reserved
FROM till_stock`},
		family: "stock", shape: store.Counters, fields: []string{"available", "reserved"}},
}
