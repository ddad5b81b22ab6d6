package till

import (
	"context"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// Account gives a customer's account as it was; [ErrNotFound] if it had not been
// registered by then.
func (v *View) Account(ctx context.Context, person PersonID) (Account, error) {
	account, _, err := v.account(ctx, person)
	return account, err
}

func (v *View) account(ctx context.Context, person PersonID) (Account, store.Record, error) {
	if err := v.check(); err != nil {
		return Account{}, store.Record{}, err
	}
	if person.IsZero() {
		return Account{}, store.Record{}, &NotFoundError{Kind: "account", ID: ""}
	}
	records, err := v.shop.store.Get(ctx, refAccount(person))
	if err != nil {
		return Account{}, store.Record{}, err
	}
	account, err := v.load(ctx, records[0])
	if err == nil && account.n == 0 {
		err = &NotFoundError{Kind: "account", ID: person.String()}
	}
	return account, records[0], err
}

// load gives an account as it was, the zero Account before it was registered.
func (v *View) load(ctx context.Context, r store.Record) (Account, error) {
	return stateUntil(ctx, v.shop, r, v.at, v.shop.loadAccount)
}

// Trail gives everything that had been done to an account, in its order.
func (v *View) Trail(ctx context.Context, person PersonID) ([]Entry, error) {
	_, r, err := v.account(ctx, person)
	if err != nil {
		return nil, err
	}
	return v.shop.historyUntil(ctx, r, v.at)
}

// Customers lists the accounts that had been registered by then, by the instant of
// registering, each as it was; by status, those that had it. Pages may be short, or
// empty, while there is more. The account of an e-mail address is the one that had it
// then, unless its owner was erased since.
func (v *View) Customers(ctx context.Context, q CustomerQuery) (Page[Account], error) {
	if err := v.check(); err != nil {
		return Page[Account]{}, err
	}
	if err := q.check(); err != nil {
		return Page[Account]{}, err
	}
	if q.Email != "" {
		return v.customerByEmail(ctx, q)
	}
	list := q.query(familyAccounts, listSince)
	list.To = after(v.at)
	page, err := pageOf(ctx, v.shop, list, func(r store.Record) (Account, error) { return v.load(ctx, r) })
	page.Items = slices.DeleteFunc(page.Items, func(a Account) bool { return q.Status != "" && a.Status() != q.Status })
	return page, err
}

// customerByEmail looks for the account whose contact record had the address. Who has
// the address now says nothing about who had it then.
func (v *View) customerByEmail(ctx context.Context, q CustomerQuery) (Page[Account], error) {
	key, err := EmailKey(q.Email)
	if err != nil {
		return Page[Account]{}, err
	}
	contacts, err := v.shop.store.Find(ctx, q.query(familyContacts, listEmail, store.TextValue(key)))
	if err != nil {
		return Page[Account]{}, err
	}
	page := Page[Account]{Next: contacts.Next}
	for _, r := range contacts.Items {
		owner, record, _ := strings.Cut(r.Key, "/")
		if !strings.HasPrefix(record, "p") { // an order's contact, not an account's
			continue
		}
		records, err := v.shop.store.Get(ctx, store.Ref{Family: familyAccounts, Key: owner})
		if err != nil {
			return Page[Account]{}, err
		}
		account, err := v.load(ctx, records[0])
		if err != nil {
			return Page[Account]{}, err
		}
		if account.n > 0 && account.contact == record {
			page.Items = append(page.Items, account)
		}
	}
	return page, nil
}
