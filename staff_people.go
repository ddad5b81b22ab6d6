package till

import (
	"context"
	"errors"

	"github.com/tillkit/till/store"
)

// NewCustomer asks for an account without a password.
type NewCustomer struct {
	Contact  Contact // name and e-mail address are needed
	Metadata Metadata
}

// AddCustomer makes an account that cannot be signed in to. An address that has an
// account is an [ExistsError].
func (s *Staff) AddCustomer(ctx context.Context, c NewCustomer) (PersonID, error) {
	contact, err := c.contact()
	if err != nil {
		return PersonID{}, err
	}
	m, err := s.meta()
	if err != nil {
		return PersonID{}, err
	}
	return s.shop.addAccount(ctx, m, contact, nil, c.Metadata)
}

func (c NewCustomer) contact() (Contact, error) {
	contact, err := Registration{Email: c.Contact.Email, Name: c.Contact.Name, Contact: c.Contact}.contact()
	return contact, within("contact", err)
}

// CustomerQuery asks for a list of accounts: all of them, those of a status, or the
// one of an e-mail address.
type CustomerQuery struct {
	PageRequest
	Status AccountStatus
	Email  string
}

func (q CustomerQuery) check() error {
	if q.Email != "" && q.Status != "" {
		return invalid("query", "ask by status or by e-mail address, not by both")
	}
	if q.Status != "" && q.Status != AccountActive && q.Status != AccountDisabled && q.Status != AccountErased {
		return invalid("status", "%.40q is none of active, disabled and erased", q.Status)
	}
	return nil
}

// Customers lists accounts by the instant of registering.
func (s *Staff) Customers(ctx context.Context, q CustomerQuery) (Page[Account], error) {
	if err := q.check(); err != nil {
		return Page[Account]{}, err
	}
	if q.Email != "" {
		return s.customerByEmail(ctx, q)
	}
	list := q.query(familyAccounts, listSince)
	if q.Status != "" {
		list = q.query(familyAccounts, listStatus, store.TextValue(string(q.Status)))
	}
	return pageOf(ctx, s.shop, list, func(r store.Record) (Account, error) { return s.shop.loadAccount(ctx, r) })
}

// customerByEmail gives a page of one account at most, so no cursor leads to another.
func (s *Staff) customerByEmail(ctx context.Context, q CustomerQuery) (Page[Account], error) {
	key, err := EmailKey(q.Email)
	if err != nil {
		return Page[Account]{}, err
	}
	if q.After != "" {
		return Page[Account]{}, invalid("cursor", "it is not of this list: begin again with \"\"")
	}
	if q.Limit != 0 {
		if err := store.CheckLimit(q.Limit); err != nil {
			return Page[Account]{}, err
		}
	}
	claims, err := s.shop.store.Get(ctx, refEmail(key))
	if err != nil || !claims[0].Exists() {
		return Page[Account]{}, err
	}
	id, err := owner(claims[0])
	if err != nil {
		return Page[Account]{}, err
	}
	person, err := ParseID[Person](id)
	if err != nil {
		return Page[Account]{}, damaged("emails", "%q is no account's id", id)
	}
	account, err := s.Account(ctx, person)
	return Page[Account]{Items: []Account{account}}, err
}

// Account gives a customer's account.
func (s *Staff) Account(ctx context.Context, person PersonID) (Account, error) {
	if person.IsZero() {
		return Account{}, &NotFoundError{Kind: "account", ID: ""}
	}
	records, err := s.shop.store.Get(ctx, refAccount(person))
	if err != nil {
		return Account{}, err
	}
	if !records[0].Exists() {
		return Account{}, &NotFoundError{Kind: "account", ID: person.String()}
	}
	return s.shop.loadAccount(ctx, records[0])
}

// Trail gives everything that was done to an account, in its order.
func (s *Staff) Trail(ctx context.Context, person PersonID) ([]Entry, error) {
	if _, err := s.Account(ctx, person); err != nil {
		return nil, err
	}
	return s.shop.history(ctx, refAccount(person))
}

// Contact gives a contact record; the zero Contact if it was erased. So does a Key of "",
// which an erased account has. A Key without a Person is an [InvalidError].
func (s *Staff) Contact(ctx context.Context, ref ContactRef) (Contact, error) {
	if ref.Key != "" {
		if err := ref.check(); err != nil {
			return Contact{}, err
		}
	}
	return s.shop.loadContact(ctx, ref)
}

// DisableCustomer shuts an account: it cannot be signed in to, and its sessions end.
// Shutting one that is shut is no error: after an error, call again.
func (s *Staff) DisableCustomer(ctx context.Context, person PersonID) error {
	err := s.decide(ctx, func(m Meta) ([]store.Change, error) {
		account, err := s.Account(ctx, person)
		if err != nil {
			return nil, err
		}
		changes, err := s.shop.sessionsOf(ctx, person, "")
		if err != nil || account.Status() == AccountDisabled {
			return changes, err
		}
		account, entries, err := account.Disable(m)
		if err != nil {
			return nil, err
		}
		return append(changes, appendAccount(account, entries)), nil
	})
	if err != nil {
		return err
	}
	return s.shop.endSessions(ctx, person, "") // those that began meanwhile
}

// EnableCustomer opens a disabled account again.
func (s *Staff) EnableCustomer(ctx context.Context, person PersonID) error {
	return s.account(ctx, person, func(a Account, m Meta) (Account, []Entry, error) { return a.Enable(m) })
}

// SetGroups says which groups of buyers an account is in, as [Account.SetGroups] does.
func (s *Staff) SetGroups(ctx context.Context, person PersonID, groups ...string) error {
	return s.account(ctx, person, func(a Account, m Meta) (Account, []Entry, error) { return a.SetGroups(m, groups...) })
}

// SetTaxStatus says how a customer is taxed, as [Account.SetTaxStatus] does; [Staff.Because]
// takes the evidence.
func (s *Staff) SetTaxStatus(ctx context.Context, person PersonID, status TaxStatus) error {
	return s.account(ctx, person, func(a Account, m Meta) (Account, []Entry, error) { return a.SetTaxStatus(m, status) })
}

func (s *Staff) account(ctx context.Context, person PersonID, operation func(Account, Meta) (Account, []Entry, error)) error {
	return s.decide(ctx, func(m Meta) ([]store.Change, error) {
		account, err := s.Account(ctx, person)
		if err != nil {
			return nil, err
		}
		account, entries, err := operation(account, m)
		if err != nil || len(entries) == 0 {
			return nil, err
		}
		return []store.Change{appendAccount(account, entries)}, nil
	})
}

// Erase deletes everything that a person said, a customer or a guest: name, e-mail,
// addresses, notes, cart and password. The sessions end, the e-mail address is free
// again. Orders stay, and prove themselves as before; their confirmations no longer
// say who. Erasing somebody twice is no error. After the next [Shop.Maintain] the
// words are in no file of the store. Each guest's session is a person of its own: to
// erase all that somebody ordered as a guest, list the Orders of the e-mail address
// first and erase the Person of each.
func (s *Staff) Erase(ctx context.Context, person PersonID) error {
	if person.IsZero() {
		return &NotFoundError{Kind: "person", ID: ""}
	}
	err := s.do(ctx, func(m Meta) (work, error) {
		// The sessions end in the same commit: nothing can be said through one of
		// them after it.
		changes, err := s.shop.sessionsOf(ctx, person, "")
		if err != nil {
			return work{}, err
		}
		w := work{changes: append(changes, store.Erase{Person: person.String()})}
		account, err := s.Account(ctx, person)
		if errors.Is(err, ErrNotFound) { // a guest
			err = s.shop.forgetUses(ctx, person, &w)
			return w, err
		}
		if err != nil || account.Status() == AccountErased {
			return w, err
		}
		profile, err := s.shop.loadContact(ctx, account.Contact())
		if err != nil {
			return work{}, err
		}
		erased, entries, err := account.Erase(m)
		if err != nil {
			return work{}, err
		}
		w.add(appendAccount(erased, entries))
		if key, err := EmailKey(profile.Email); err == nil {
			w.add(store.Release{Ref: refEmail(key), Owner: person.String()})
		}
		return w, nil
	})
	if err != nil {
		return err
	}
	late, err := s.shop.sessionsOf(ctx, person, "")
	if err != nil || len(late) == 0 {
		return err
	}
	// A sign-in was faster than the erasure: what was said in it goes too.
	if err := s.shop.endSessions(ctx, person, ""); err != nil {
		return err
	}
	return s.decide(ctx, func(Meta) ([]store.Change, error) {
		return []store.Change{store.Erase{Person: person.String()}}, nil
	})
}
