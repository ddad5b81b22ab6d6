package till

import (
	"context"
	"errors"
	"fmt"

	"github.com/tillkit/till/store"
)

// Account gives the customer's account.
func (c *Customer) Account(ctx context.Context) (Account, error) {
	records, _, err := c.read(ctx, refAccount(c.person))
	if err != nil {
		return Account{}, err
	}
	return c.shop.loadAccount(ctx, records[0])
}

// Profile gives the customer's name, e-mail address and addresses.
func (c *Customer) Profile(ctx context.Context) (Contact, error) {
	account, err := c.Account(ctx)
	if err != nil {
		return Contact{}, err
	}
	return c.shop.loadContact(ctx, account.Contact())
}

// ChangeProfile replaces name, phone and addresses. The e-mail address stays; one
// that is given must be the same. Orders that were placed keep theirs.
func (c *Customer) ChangeProfile(ctx context.Context, contact Contact) error {
	contact = contact.clone()
	contact.Notes = nil
	if err := checkName("name", contact.Name, MaxContact); err != nil {
		return err
	}
	return c.amend(ctx, func(m Meta, account Account, is Contact, set *store.ChangeSet) error {
		if contact.Email != "" && contact.Email != is.Email {
			return invalid("email", "it is changed by ChangeEmail, which asks for the password")
		}
		next := contact
		next.Email = is.Email
		if err := next.check(); err != nil {
			return err
		}
		ref := ContactRef{Person: c.person, Key: profileKey(account.Revision() + 1)}
		changed, entries, err := account.ChangeContact(m, ref.Key)
		if err != nil {
			return err
		}
		set.Changes = append(set.Changes, appendAccount(changed, entries), putContact(ref, next))
		return nil
	})
}

// EmailChange asks for another e-mail address.
type EmailChange struct {
	Email    string
	Password string // the customer's, once more
}

// ChangeEmail makes another address the one to sign in with. [ErrCredentials] if the
// password is wrong; an address that has an account is an [ExistsError]. All other
// sessions end.
func (c *Customer) ChangeEmail(ctx context.Context, r EmailChange) error {
	key, err := EmailKey(r.Email)
	if err != nil {
		return err
	}
	err = c.secure(ctx, r.Password, func(m Meta, account Account, is Contact, _ int64, set *store.ChangeSet) error {
		old, err := EmailKey(is.Email)
		if err != nil {
			return damaged("contact", "the e-mail address of account %s cannot be read", account.ID())
		}
		next := is
		next.Email = r.Email
		ref := ContactRef{Person: c.person, Key: profileKey(account.Revision() + 1)}
		changed, entries, err := account.ChangeEmail(m, ref.Key)
		if err != nil {
			return err
		}
		set.Changes = append(set.Changes, appendAccount(changed, entries), putContact(ref, next))
		if old != key {
			owner := c.person.String()
			set.Changes = append(set.Changes, store.Release{Ref: refEmail(old), Owner: owner}, store.Claim{Ref: refEmail(key), Owner: owner})
		}
		return nil
	})
	if errors.Is(err, ErrExists) {
		return &ExistsError{Kind: "e-mail address", ID: r.Email}
	}
	return err
}

// PasswordChange asks for another password.
type PasswordChange struct{ Old, New string }

// ChangePassword sets another password. [ErrCredentials] if the old one is wrong.
// All other sessions end.
func (c *Customer) ChangePassword(ctx context.Context, r PasswordChange) error {
	profile, err := c.Profile(ctx)
	if err != nil {
		return err
	}
	if err := checkPassword(r.New, profile.Email, c.shop.opts.MinPassword); err != nil {
		return err
	}
	if _, err := c.reauthenticate(ctx, r.Old); err != nil {
		return err
	}
	hashed, err := c.shop.hash(ctx, r.New)
	if err != nil {
		return err
	}
	return c.secure(ctx, r.Old, func(m Meta, account Account, _ Contact, password int64, set *store.ChangeSet) error {
		changed, entries, err := account.SetPassword(m)
		if err != nil {
			return err
		}
		set.Changes = append(set.Changes, appendAccount(changed, entries), putCredential(c.person, password, hashed))
		return nil
	})
}

// secure is amend for what somebody does who gave his password. The password must
// still be the one that was given, and the other sessions end in the same commit:
// whoever is in one of them cannot go on, and cannot change it back.
func (c *Customer) secure(ctx context.Context, password string, change func(Meta, Account, Contact, int64, *store.ChangeSet) error) error {
	keep := sessionKey(c.token)
	for attempt := 1; ; attempt++ {
		given, err := c.reauthenticate(ctx, password)
		if err != nil {
			return err
		}
		err = c.secured(ctx, given, keep, change)
		if err == errStoredAnew && attempt < attempts {
			continue // a sign-in stored the same password anew, or it is another now: ask again
		}
		if err != nil {
			return err
		}
		if err := c.shop.endSessions(context.WithoutCancel(ctx), c.person, keep); err != nil { // those that began meanwhile
			return fmt.Errorf("till: it is changed, but a session that began meanwhile may go on; SignOutEverywhere ends it: %w", err)
		}
		return nil
	}
}

func (c *Customer) secured(ctx context.Context, given credential, keep string, change func(Meta, Account, Contact, int64, *store.ChangeSet) error) error {
	return c.amend(ctx, func(m Meta, account Account, is Contact, set *store.ChangeSet) error {
		records, err := c.shop.store.Get(ctx, refPassword(c.person))
		if err != nil {
			return err
		}
		if have, err := asCredential(records[0].Doc); err != nil {
			return err
		} else if have != given {
			return errStoredAnew
		}
		set.Requires = append(set.Requires, store.Requirement{Ref: records[0].Ref, Rev: records[0].Rev})
		others, err := c.shop.sessionsOf(ctx, c.person, keep)
		if err != nil {
			return err
		}
		set.Changes = append(set.Changes, others...)
		return change(m, account, is, records[0].Rev, set)
	})
}

// reauthenticate asks for the password of somebody who is signed in, and gives what
// it was compared with.
func (c *Customer) reauthenticate(ctx context.Context, password string) (credential, error) {
	if len(password) > MaxPassword {
		return credential{}, fmt.Errorf("till: the password: %w", ErrCredentials)
	}
	records, _, err := c.read(ctx, refPassword(c.person))
	if err != nil {
		return credential{}, err
	}
	var hashed credential
	if records[0].Exists() {
		if hashed, err = asCredential(records[0].Doc); err != nil {
			return credential{}, err
		}
	}
	same, err := c.shop.matches(ctx, password, hashed)
	if err == nil && !same {
		err = fmt.Errorf("till: the password: %w", ErrCredentials)
	}
	return hashed, err
}

// amend decides on a change of the account, with the profile at hand.
func (c *Customer) amend(ctx context.Context, change func(Meta, Account, Contact, *store.ChangeSet) error) error {
	_, err := c.shop.decide(ctx, func() (store.ChangeSet, error) {
		records, session, err := c.read(ctx, refAccount(c.person))
		if err != nil {
			return store.ChangeSet{}, err
		}
		account, err := c.shop.loadAccount(ctx, records[0])
		if err != nil {
			return store.ChangeSet{}, err
		}
		profile, err := c.shop.loadContact(ctx, account.Contact())
		if err != nil {
			return store.ChangeSet{}, err
		}
		now := c.shop.now()
		set := store.ChangeSet{At: int64(now), Requires: []store.Requirement{session}}
		err = change(c.meta(now), account, profile, &set)
		return set, err
	})
	return err
}
