package till_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

// onDesk runs a test of every row over each store: of a buyer's, as a guest and as a
// customer.
func onDesk(t *testing.T, test func(*desk, row)) {
	onStores(t, func(t *testing.T, db store.Store) {
		d := newDesk(t, db)
		for _, r := range battery() {
			t.Run(r.on, func(t *testing.T) {
				here := d.in(t)
				test(here, r)
				if r.handle() == "Buyer" {
					test(here.by(d.customer.Buyer), r)
				}
			})
		}
		d.reconciles()
	})
}

// answers fails unless a call is refused with an error that says what it is about, in
// few words, and with no result.
func (d *desk) answers(r row, ctx context.Context, name string, args []any, want error, says string) {
	d.Helper()
	v, err := r.call(d, ctx, args)
	switch {
	case err == nil:
		d.Errorf("%s: it went through, and gave %+v", name, v)
	case !errors.Is(err, want):
		d.Errorf("%s: error %v, want one that is %q", name, err, want)
	case !strings.Contains(err.Error(), says):
		d.Errorf("%s: the error is %q, it does not say %q", name, err, says)
	case len(err.Error()) > 1000:
		d.Errorf("%s: the error has %d bytes: %.200q", name, len(err.Error()), err)
	case v != nil && !reflect.ValueOf(v).IsZero():
		d.Errorf("%s: %+v came with the error %v", name, v, err)
	}
}

// unchanged fails if there is anything else in the store than before, and gives what
// there is.
func (d *desk) unchanged(name string, before []string) []string {
	d.Helper()
	after := d.dump()
	if !slices.Equal(before, after) {
		d.Errorf("%s: what changes nothing changed something (-before +after):\n%s", name, cmp.Diff(before, after))
	}
	return after
}

// Whatever is wrong with what is given, or is not there, or is another's, the error says
// so and nothing has changed. Under -short it is looked at once for each operation.
func TestBatteryRefuses(t *testing.T) {
	onDesk(t, func(d *desk, r row) {
		before := d.dump()
		for i, w := range r.wrong {
			args := r.right(d)
			w.change(d, args)
			d.answers(r, d.ctx, w.name, args, w.want, w.says)
			if !testing.Short() || i == len(r.wrong)-1 {
				before = d.unchanged(w.name, before)
			}
		}
	})
}

// The back office is for somebody who says who he is, and why in few words: everything
// that it writes is signed.
func TestBatterySigned(t *testing.T) {
	onDesk(t, func(d *desk, r row) {
		if !r.writes || r.handle() != "Staff" && r.handle() != "DraftOrder" {
			return
		}
		before := d.dump()
		for _, by := range []struct {
			name, says string
			staff      *till.Staff
		}{
			{"no actor", "actor: it is empty", d.shop.Staff("")},
			{"an actor too long", "actor: it has 129 bytes", d.shop.Staff(till.Actor(strings.Repeat("x", till.MaxActor+1)))},
			{"an actor with NUL", "actor: it has a NUL", d.shop.Staff("a\x00b")},
			{"a note too long", "note: it has 1001 bytes", d.staff.Because(strings.Repeat("x", till.MaxNote+1))},
			{"a note that is not UTF-8", "note: it is not valid", d.staff.Because("\xff")},
		} {
			here := *d
			here.staff = by.staff
			here.draft = must(by.staff.Draft(d.ctx, d.draft.Ref()))
			here.answers(r, d.ctx, by.name, r.right(d), till.ErrInvalid, by.says)
			before = d.unchanged(by.name, before)
		}
	})
}

// A context that has ended ends every call: it says so, and nothing has changed.
func TestBatteryEnded(t *testing.T) {
	onDesk(t, func(d *desk, r row) {
		before := d.dump()
		args := r.right(d)
		gone, cancel := context.WithCancel(d.ctx)
		cancel()
		d.answers(r, gone, "cancelled", args, context.Canceled, "")
		before = d.unchanged("cancelled", before)
		late, cancel := context.WithDeadline(d.ctx, time.Now().Add(-time.Second))
		defer cancel()
		d.answers(r, late, "too late", args, context.DeadlineExceeded, "")
		d.unchanged("too late", before)
	})
}

// A sign-in for nobody costs no hash where nobody waits for the answer.
func TestBatterySignInEnded(t *testing.T) {
	d := newDesk(t, memory.New())
	gone, cancel := context.WithCancel(d.ctx)
	cancel()
	for range 20 { // while there are places, too
		d.refuses(context.Canceled, "", func() error {
			_, err := d.shop.SignIn(gone, till.SignIn{Email: "no address", Password: stallPassword})
			return err
		})
	}
}

// Over a store that is closed every call says so, and does not wait for it.
func TestBatteryClosed(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		d := newDesk(t, db)
		right := make(map[string][]any)
		for _, r := range battery() {
			right[r.on] = r.right(d)
		}
		d.must(db.Close())
		if _, err := till.Open(t.Context(), db, till.Options{}); !errors.Is(err, till.ErrClosed) {
			t.Errorf("opened anew: %v", err)
		}
		for _, r := range battery() {
			t.Run(r.on, func(t *testing.T) {
				here, begun := d.in(t), time.Now()
				here.answers(r, t.Context(), "closed", right[r.on], till.ErrClosed, "")
				if took := time.Since(begun); took > 3*time.Second {
					t.Errorf("it took %v to say that the store is closed", took)
				}
			})
		}
	})
}

// A session that is over, whyever, is over for every method. Who signs out once more has
// signed out.
func TestBatterySessions(t *testing.T) {
	for _, over := range []struct {
		why string
		end func(*desk) error
	}{
		{"expired", func(d *desk) error { d.clock.pass(90 * 24 * time.Hour); return nil }},
		{"signed out", func(d *desk) error { return errors.Join(d.guest.SignOut(d.ctx), d.customer.SignOut(d.ctx)) }},
		{"erased", func(d *desk) error {
			return errors.Join(d.staff.Erase(d.ctx, d.guest.Person()), d.staff.Erase(d.ctx, d.customer.Person()))
		}},
		{"disabled", func(d *desk) error {
			return errors.Join(d.guest.SignOut(d.ctx), d.staff.DisableCustomer(d.ctx, d.customer.Person()))
		}},
		{"ended by another session", func(d *desk) error {
			other := d.signsIn("ada@example.com", stallPassword)
			return errors.Join(d.guest.SignOut(d.ctx), other.ChangePassword(d.ctx, till.PasswordChange{Old: stallPassword, New: "another sentence of mine"}))
		}},
	} {
		t.Run(over.why, func(t *testing.T) {
			onStores(t, func(t *testing.T, db store.Store) {
				d := newDesk(t, db)
				rows := slices.DeleteFunc(battery(), func(r row) bool { return r.handle() != "Buyer" && r.handle() != "Customer" })
				right := make(map[string][]any)
				for _, r := range rows {
					right[r.on+"guest"], right[r.on+"customer"] = r.right(d), r.right(d.by(d.customer.Buyer))
				}
				d.must(over.end(d))
				before := d.dump()
				for _, r := range rows {
					for who, here := range map[string]*desk{"guest": d.in(t), "customer": d.in(t).by(d.customer.Buyer)} {
						if r.on != "Buyer.SignOut" {
							here.answers(r, t.Context(), r.on+" by a "+who, right[r.on+who], till.ErrSession, "session")
						}
					}
				}
				d.unchanged(over.why, before)
				d.must(errors.Join(d.guest.SignOut(d.ctx), d.customer.SignOut(d.ctx)))
				d.reconciles()
			})
		})
	}
}

// Who asks for nothing, of what takes any number, gets nothing: it is no error, and
// nothing has changed.
func TestBatteryAsksForNothing(t *testing.T) {
	onDesk(t, func(d *desk, r row) {
		if !r.variadic(d) {
			return
		}
		before := d.dump()
		if _, err := r.call(d, d.ctx, nil); err != nil {
			d.Error(err)
		}
		d.unchanged("nothing", before)
	})
}

// Of eight who ask the same at once, as many are served as the row says, the others are
// told why not, and afterwards the shop agrees with itself.
func TestBatteryAtOnce(t *testing.T) {
	crowd := func(d *desk, r row) {
		d.Helper()
		args, results := r.right(d), make([]any, deskCrowd)
		errs := atOnce(deskCrowd, func(i int) (err error) {
			results[i], err = r.call(d, d.ctx, slices.Clone(args))
			return err
		})
		served := 0
		for _, err := range errs {
			if err == nil {
				served++
			} else if r.others == nil || !errors.Is(err, r.others) {
				d.Errorf("error %v, want one that is %q", err, fmt.Sprint(r.others))
			}
		}
		if served < max(r.serves, r.least) || r.serves > 0 && served > r.serves {
			d.Errorf("%d of %d were served: %v", served, deskCrowd, errors.Join(errs...))
		} else if r.leaves != nil {
			r.leaves(d, results)
		}
		d.reconciles()
	}
	t.Run("reads", func(t *testing.T) {
		onDesk(t, func(d *desk, r row) {
			if !r.writes {
				r.serves = all
				before := d.dump()
				crowd(d, r)
				d.unchanged("a read", before)
			}
		})
	})
	for _, r := range battery() {
		if r.writes {
			t.Run(r.on, func(t *testing.T) {
				onStores(t, func(t *testing.T, db store.Store) { crowd(newDesk(t, db), r) })
			})
		}
	}
}
