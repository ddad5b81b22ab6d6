package till

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/tillkit/till/store"
)

// stockCall is what one call of the staff asks of stocks.
type stockCall struct {
	operation string
	path      string // of the requests, for errors
	keys      []string
	asked     []Movement // as they are asked for, without instant and actor
}

func (c *stockCall) add(key string, m Movement) {
	c.keys, c.asked = append(c.keys, key), append(c.asked, m)
}

func (c *stockCall) check() error {
	if len(c.asked) > MaxStockLines {
		return invalid(c.path, "there are %d, one call takes %d", len(c.asked), MaxStockLines)
	}
	for i, m := range c.asked {
		path := fmt.Sprintf("%s[%d]", c.path, i)
		if err := m.Place.check(); err != nil {
			return within(path, err)
		}
		if c.keys[i] != c.keys[0] {
			return invalid(path+".key", "it is %q and the first one's %q: a call has one key", c.keys[i], c.keys[0])
		}
	}
	if c.keys[0] == "" {
		return nil
	}
	return within(c.path+"[0]", checkName("key", c.keys[0], MaxKey))
}

// receipt names the receipt of a call, and tells it from others. The key stands in it
// as a hash, salted with the actor.
func (c *stockCall) receipt(by Actor) (key string, fingerprint [32]byte) {
	sum := sha256.Sum256([]byte(string(by) + "\x00" + c.keys[0]))
	body, err := json.Marshal(c.asked)
	if err != nil {
		panic("till: a request always has a JSON form: " + err.Error())
	}
	return "stock/" + c.operation + "/" + hex.EncodeToString(sum[:16]), sha256.Sum256(body)
}

// shelves are the stocks that a call is about, with what is known beside them. They
// change with each movement that is made.
type shelves struct {
	stock  map[Place]Stock
	policy map[SKU]StockPolicy
	counts map[Place]int64 // revision of the last count
	part   uint16          // of the first article

	moved  []Movement
	sums   map[Place]store.Step // of available: what all movements add to it
	places []Place              // of the sums, in the order in which they were moved
}

func (s *Staff) loadShelves(ctx context.Context, c stockCall) (*shelves, error) {
	sh := &shelves{stock: map[Place]Stock{}, policy: map[SKU]StockPolicy{}, counts: map[Place]int64{}, sums: map[Place]store.Step{}}
	var places []Place
	var skus []SKU
	for _, m := range c.asked {
		for _, p := range []Place{m.Place, {SKU: m.SKU, Location: m.Other}} {
			if _, seen := sh.stock[p]; seen || p.Location == "" {
				continue
			}
			if _, seen := sh.policy[p.SKU]; !seen {
				skus = append(skus, p.SKU)
			}
			places, sh.stock[p], sh.policy[p.SKU] = append(places, p), Stock{Place: p}, StockPolicy{}
		}
	}
	var refs []store.Ref
	for _, sku := range skus {
		refs = append(refs, refSKU(sku))
	}
	for _, p := range places {
		refs = append(refs, refStock(p), refCount(p))
	}
	records, err := s.shop.get(ctx, refs...)
	if err != nil {
		return nil, err
	}
	for i, p := range places {
		stock, count := records[len(skus)+2*i], records[len(skus)+2*i+1]
		if stock.Exists() {
			sh.stock[p] = Stock{Place: p, Available: stock.Index[0].Int(), Reserved: stock.Index[1].Int()}
		}
		sh.counts[p] = count.Rev
	}
	return sh, s.loadPolicies(ctx, sh, skus, records[:len(skus)])
}

// loadPolicies reads the products that articles belong to.
func (s *Staff) loadPolicies(ctx context.Context, sh *shelves, skus []SKU, claims []store.Record) error {
	for i, claim := range claims {
		if !claim.Exists() {
			return &NotFoundError{Kind: "SKU", ID: string(skus[i])}
		}
	}
	owned, err := s.shop.loadOwned(ctx, claims)
	if err != nil {
		return err
	}
	sh.part = owned.products[0].id.Part()
	for i, sku := range skus {
		if variant, ok := owned.products[owned.of[i]].Variant(sku); ok {
			sh.policy[sku] = variant.Stock
		}
	}
	return nil
}

// stockChanges decides a call, one movement after the other.
func (s *Staff) stockChanges(ctx context.Context, m Meta, c stockCall) ([]store.Change, error) {
	sh, err := s.loadShelves(ctx, c)
	if err != nil {
		return nil, err
	}
	id, err := newID[Movement](s.shop, m.At, sh.part)
	if err != nil {
		return nil, err
	}
	for i, asked := range c.asked {
		asked.At, asked.By = m.At, m.By
		if err := sh.move(asked); err != nil {
			return nil, within(fmt.Sprintf("%s[%d]", c.path, i), err)
		}
	}
	return sh.changes(id.String()), nil
}

// move does one thing that was asked for.
func (sh *shelves) move(asked Movement) error {
	policy := sh.policy[asked.SKU]
	if policy.Untracked {
		return invalid("sku", "the stock of %s is not tracked", asked.SKU)
	}
	stock := sh.stock[asked.Place]
	switch asked.Kind {
	case Counted:
		next, m, err := stock.Count(asked)
		if err != nil {
			return err
		}
		sh.put(next, m, policy)
	case Transferred:
		t, err := stock.Transfer(sh.stock[Place{SKU: asked.SKU, Location: asked.Other}], asked)
		if err != nil {
			return err
		}
		sh.put(t.From, t.Out, policy)
		sh.put(t.To, t.In, policy)
	default:
		next, err := stock.Move(asked, policy)
		if err != nil {
			return err
		}
		// A correction takes nothing that is not in the building: below 0 goes what is
		// reserved and awaited, no further.
		policy.Backorder = min(policy.Backorder, stock.Reserved)
		sh.put(next, asked, policy)
	}
	return nil
}

func (sh *shelves) put(next Stock, m Movement, policy StockPolicy) {
	sum, seen := sh.sums[m.Place]
	if !seen {
		sum = store.Step{Field: stockAvailable, Floor: store.NoFloor}
		sh.places = append(sh.places, m.Place)
	}
	sum.By += next.Available - sh.stock[m.Place].Available
	if m.Quantity < 0 {
		sum.Floor = max(sum.Floor, m.floor(policy))
	}
	sh.sums[m.Place], sh.stock[m.Place] = sum, next
	sh.moved = append(sh.moved, m)
}

// changes gives what the movements change: one guarded counter for each place, and an
// entry of the ledger for each movement. Of what is counted, the last count is put at
// its revision: two counts at once would both tell of the stock before them, while any
// other movement only adds to what a count says.
func (sh *shelves) changes(decision string) []store.Change {
	var changes []store.Change
	for _, p := range sh.places {
		if sum := sh.sums[p]; sum.By != 0 {
			changes = append(changes, store.Add{Ref: refStock(p), Steps: []store.Step{sum}})
		}
	}
	for i, m := range sh.moved {
		changes = append(changes, putMovement(m, decision, i))
		if m.Kind == Counted {
			changes = append(changes, store.Put{Record: rowOf(refCount(m.Place), sh.counts[m.Place], movementDoc{m})})
		}
	}
	return changes
}

func refCount(p Place) store.Ref { return store.Ref{Family: familyCounts, Key: p.key()} }
