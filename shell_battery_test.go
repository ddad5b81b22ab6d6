package till_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store"
)

// The battery: a table of everything that can be asked of a handle. A row says how an
// operation is called rightly, and each way to call it wrongly with what comes of it.
// Every row then also meets a context that has ended, a store that is closed, and
// others who do the same at once.

// row is one operation of a handle.
type row struct {
	on     string            // "Staff.SetPrice"
	args   func(*desk) []any // with which it is called rightly, after the context; nil: it takes none
	writes bool
	wrong  []wrong
	also   func(*testing.T) // the test that refuses more of it

	// of eight who call it at once: how many it serves, what the others are told, and
	// what is there afterwards. least: it serves so many or more.
	serves int
	least  int
	others error
	leaves func(*desk, []any)
}

// wrong is a way to call an operation that is refused.
type wrong struct {
	name   string
	want   error
	says   string // in the error: the field, or what was asked for
	change func(*desk, []any)
}

// desk is a shop in which every operation has something to do.
type desk struct {
	*stall
	guest    *till.Guest    // with one line of 2 MUG in the cart, and an order of 1 CUP
	customer *till.Customer // alike
	buyer    *till.Buyer    // one of the two
	draft    *till.DraftOrder
	view     *till.View

	placed   map[till.PersonID]till.Order // the order of each
	theirs   till.Order                   // the order of somebody else
	stranger till.PersonID                // who has it
	shut     till.PersonID                // whose account is disabled
	mug      till.Product
}

const deskCrowd = 8

func newDesk(t *testing.T, db store.Store) *desk {
	t.Helper()
	s := newStall(t, db)
	s.visitor(till.Item{SKU: s.mugs(), Quantity: 1}) // long gone when the rest comes: Maintain has something to do
	s.clock.pass(91 * 24 * time.Hour)
	d := &desk{stall: s, guest: s.visitor(), customer: s.member("ada@example.com"), placed: make(map[till.PersonID]till.Order)}
	s.sells("CUP", "5.00", 100)
	s.sells("GONE", "5.00", 100)
	s.must(s.staff.DeleteProduct(s.ctx, "GONE"))
	other := s.visitor(till.Item{SKU: "CUP", Quantity: 1})
	d.stranger, d.theirs = other.Person(), s.buys(other.Buyer, "click")
	for _, b := range []*till.Buyer{d.guest.Buyer, d.customer.Buyer} {
		s.must(b.Add(s.ctx, till.Item{SKU: "CUP", Quantity: 1}))
		d.placed[b.Person()] = s.buys(b, "click")
		s.must(b.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 2}))
		s.must(b.AddCode(s.ctx, "OLD"))
	}
	shut, err := s.staff.AddCustomer(s.ctx, till.NewCustomer{Contact: till.Contact{Name: "Bob Example", Email: "bob@example.com"}})
	s.must(err)
	d.shut = shut
	s.must(s.staff.DisableCustomer(s.ctx, shut))
	d.draft = s.drafts(till.PersonID{}, line("MUG", 2))
	s.must(d.draft.AddCode(s.ctx, "OLD"))
	d.mug = must(s.staff.Product(s.ctx, "MUG"))
	s.clock.pass(time.Minute)
	d.view, d.buyer = s.shop.AsOf(s.clock.instant()), d.guest.Buyer
	return d
}

func (s *stall) mugs() till.SKU {
	s.Helper()
	s.sells("MUG", "9.50", 100)
	return "MUG"
}

// in gives the desk for a test within its own.
func (d *desk) in(t *testing.T) *desk {
	here, s := *d, *d.stall
	s.TB, here.stall = t, &s
	return &here
}

// by gives the desk as another buyer sees it.
func (d *desk) by(b *till.Buyer) *desk {
	here := *d
	here.buyer = b
	return &here
}

// order is that of the buyer.
func (d *desk) order() till.OrderID { return d.placed[d.buyer.Person()].ID() }

// deskLine is the number of the line that stands in a buyer's cart: the one before it was
// bought.
const deskLine = 2

// nobody is an id that nothing has.
func nobody[T any](d *desk) till.ID[T] { return till.MakeID[T](d.clock.instant(), 1, [8]byte{7}) }

// handle gives what an operation is called on.
func (d *desk) handle(name string) any {
	switch name {
	case "Shop":
		return d.shop
	case "Buyer":
		return d.buyer
	case "Guest":
		return d.guest
	case "Customer":
		return d.customer
	case "Staff":
		return d.staff
	case "DraftOrder":
		return d.draft
	case "View":
		return d.view
	}
	panic(name)
}

func (r row) handle() string { name, _, _ := strings.Cut(r.on, "."); return name }

// right gives the arguments that are right.
func (r row) right(d *desk) []any {
	if r.args == nil {
		return nil
	}
	return r.args(d)
}

func (r row) method(d *desk) reflect.Value {
	_, name, _ := strings.Cut(r.on, ".")
	return reflect.ValueOf(d.handle(r.handle())).MethodByName(name)
}

// variadic reports whether it takes any number of one thing, and nothing else.
func (r row) variadic(d *desk) bool {
	is := r.method(d).Type()
	return is.IsVariadic() && is.NumIn() == 2
}

// call calls the operation. Of one that is walked through, the result is a slice.
func (r row) call(d *desk, ctx context.Context, args []any) (any, error) {
	method := r.method(d)
	in := []reflect.Value{reflect.ValueOf(ctx)}
	for _, a := range args {
		of := method.Type().In(min(len(in), method.Type().NumIn()-1))
		if method.Type().IsVariadic() && len(in) >= method.Type().NumIn()-1 {
			of = of.Elem()
		}
		if a == nil {
			in = append(in, reflect.Zero(of))
			continue
		}
		in = append(in, reflect.ValueOf(a).Convert(of))
	}
	out := method.Call(in)
	last := out[len(out)-1]
	if last.Kind() == reflect.Func {
		return walked(last)
	}
	err, _ := last.Interface().(error)
	if len(out) == 1 {
		return nil, err
	}
	return out[0].Interface(), err
}

// walked goes through an iterator. After an error there is nothing more, and nothing
// comes with it.
func walked(seq reflect.Value) (any, error) {
	var all []any
	for v, e := range seq.Seq2() {
		err, failed := e.Interface().(error)
		if !failed {
			all = append(all, v.Interface())
			continue
		}
		if !v.IsZero() {
			err = fmt.Errorf("%v came with the error: %w", v, err)
		}
		return all, err // the loop ends here: one that went on would panic
	}
	return all, nil
}

// battery gives all rows.
func battery() []row {
	return slices.Concat(shopRows(), buyerRows(), customerRows(), staffProductRows(), staffStockRows(), staffPeopleRows(), draftRows(), viewRows(), ruleRows(),
		cartRows("Buyer", func(d *desk) till.Cart { return must(d.buyer.Cart(d.ctx)) }), cartRows("DraftOrder", func(d *desk) till.Cart { return must(d.draft.Cart(d.ctx)) }))
}

// canFail reports whether a method can be wrong in any way that the battery knows: it
// takes a context, or returns an error.
func canFail(m reflect.Method) bool {
	for i := range m.Type.NumIn() {
		if m.Type.In(i) == reflect.TypeFor[context.Context]() {
			return true
		}
	}
	for i := range m.Type.NumOut() {
		if m.Type.Out(i) == reflect.TypeFor[error]() {
			return true
		}
	}
	return false
}

// Every operation of every handle has its row, and what it takes can be wrong.
func TestBatteryIsComplete(t *testing.T) {
	rows := make(map[string]row)
	for _, r := range battery() {
		if _, twice := rows[r.on]; twice {
			t.Errorf("%s has two rows", r.on)
		}
		rows[r.on] = r
	}
	inherited := reflect.TypeFor[*till.Buyer]()
	for _, handle := range []reflect.Type{
		reflect.TypeFor[*till.Shop](), inherited, reflect.TypeFor[*till.Guest](), reflect.TypeFor[*till.Customer](),
		reflect.TypeFor[*till.Staff](), reflect.TypeFor[*till.DraftOrder](), reflect.TypeFor[*till.View](),
	} {
		for i := range handle.NumMethod() {
			m := handle.Method(i)
			if _, has := inherited.MethodByName(m.Name); has && handle != inherited && handle.Elem().NumField() > 0 && handle.Elem().Field(0).Anonymous || !canFail(m) {
				continue
			}
			name := handle.Elem().Name() + "." + m.Name
			r, ok := rows[name]
			delete(rows, name)
			switch takes := m.Type.NumIn() > 2; {
			case !ok:
				t.Errorf("%s has no row: say how it is called rightly, and what is refused", name)
			case takes && r.args == nil:
				t.Errorf("%s takes arguments: its row has none", name)
			case takes && len(r.wrong) == 0:
				t.Errorf("%s takes arguments: nothing says which are refused", name)
			case r.writes && r.serves+r.least == 0:
				t.Errorf("%s writes: nothing says what becomes of %d at once", name, deskCrowd)
			}
		}
	}
	for name := range rows {
		t.Errorf("there is no method %s that takes a context or returns an error", name)
	}
}
