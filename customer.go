package till

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tillkit/till/store"
)

// Customer is somebody with an account, signed in.
type Customer struct{ *Buyer }

// Registration asks for an account.
type Registration struct {
	Email    string
	Password string
	Name     string
	Contact  Contact // phone and addresses, where they are known; its Name and Email are those above
}

// Register makes an account that can be signed in to. It tells nobody whether the
// address has an account already: then it does the same work, changes nothing and
// returns nil, so the only errors are those of the input and of the store. (Signing
// in with the password just given does tell, until addresses are verified.)
func (s *Shop) Register(ctx context.Context, r Registration) error {
	contact, err := r.contact()
	if err != nil {
		return err
	}
	if err := checkPassword(r.Password, r.Email, s.opts.MinPassword); err != nil {
		return err
	}
	hashed, err := s.hash(ctx, r.Password)
	if err != nil {
		return err
	}
	_, err = s.addAccount(ctx, Meta{At: s.now(), By: "customer"}, contact, &hashed, nil)
	if errors.Is(err, ErrExists) {
		s.opts.Log.InfoContext(ctx, "till: somebody registered an address that has an account")
		return nil
	}
	return err
}

func (r Registration) contact() (Contact, error) {
	contact := r.Contact.clone()
	contact.Name, contact.Email, contact.Notes = r.Name, r.Email, nil
	if err := checkName("name", contact.Name, MaxContact); err != nil {
		return Contact{}, err
	}
	if _, err := EmailKey(contact.Email); err != nil {
		return Contact{}, err
	}
	return contact, contact.check()
}

// addAccount makes an account; hashed is nil for one that cannot be signed in to.
func (s *Shop) addAccount(ctx context.Context, m Meta, contact Contact, hashed *credential, data Metadata) (PersonID, error) {
	since := time.Now()
	person, changes, err := s.newAccount(m, contact, hashed, data)
	if err != nil {
		return PersonID{}, err
	}
	if _, err := s.commit(ctx, since, store.ChangeSet{At: int64(m.At), Changes: changes}); err != nil {
		return PersonID{}, emailTaken(err, contact.Email)
	}
	return person, nil
}

// newAccount gives the changes that make an account.
func (s *Shop) newAccount(m Meta, contact Contact, hashed *credential, data Metadata) (PersonID, []store.Change, error) {
	key, err := EmailKey(contact.Email)
	if err != nil {
		return PersonID{}, nil, err
	}
	person, err := newRoot[Person](s, m.At)
	if err != nil {
		return PersonID{}, nil, err
	}
	ref := ContactRef{Person: person, Key: profileKey(1)}
	account, entries, err := RegisterAccount(m, NewAccount{ID: person, Contact: ref.Key, Password: hashed != nil, Metadata: data})
	if err != nil {
		return PersonID{}, nil, err
	}
	changes := []store.Change{
		appendAccount(account, entries),
		store.Claim{Ref: refEmail(key), Owner: person.String()},
		putContact(ref, contact),
	}
	if hashed != nil {
		changes = append(changes, putCredential(person, 0, *hashed))
	}
	return person, changes, nil
}

// emailTaken says in the shop's words that an account has the e-mail address already.
func emailTaken(err error, email string) error {
	if claim := (*store.ExistsError)(nil); errors.As(err, &claim) && claim.Ref.Family == familyEmails {
		return &ExistsError{Kind: "e-mail address", ID: email}
	}
	return err
}

// profileKey is the key of the contact record that an account's entry n refers to.
func profileKey(n int64) string { return fmt.Sprintf("p%d", n) }

// SignIn asks for a session.
type SignIn struct {
	Email    string
	Password string
	Guest    Token // of a guest whose cart is merged into the customer's; may be ""
}

// SignedIn is the answer to a SignIn.
type SignedIn struct {
	*Customer
	Merged []Merged // what became of the lines of the guest's cart
}

// SignIn begins a session. Whatever is wrong with e-mail and password, the error is
// [ErrCredentials], after the same work. A guest's cart is merged into the
// customer's, once: the guest's is empty afterwards. The guest's orders stay the
// guest's. A Guest token that is no session's is passed over: nothing is merged.
func (s *Shop) SignIn(ctx context.Context, r SignIn) (SignedIn, error) {
	if len(r.Password) > MaxPassword {
		return SignedIn{}, fmt.Errorf("till: sign in: %w", ErrCredentials)
	}
	for attempt := 1; ; attempt++ {
		in, err := s.signIn(ctx, r)
		if err != errStoredAnew || attempt == attempts {
			return in, err
		}
	}
}

// errStoredAnew says that a password was stored anew while it was compared.
var errStoredAnew = fmt.Errorf("till: sign in: the password was changed meanwhile: %w", ErrCredentials)

func (s *Shop) signIn(ctx context.Context, r SignIn) (SignedIn, error) {
	var in SignedIn
	person, hashed, err := s.authenticate(ctx, r)
	if err != nil {
		return in, err
	}
	var rehashed *credential
	if cost, _, _, err := readPassword(hashed.Hash); err == nil && cost != s.opts.Passwords {
		c, err := s.hash(ctx, r.Password)
		if err != nil {
			return in, err
		}
		rehashed = &c
	}
	_, err = s.decide(ctx, func() (store.ChangeSet, error) {
		now := s.now()
		token, put, err := s.newSession(now, person, false)
		if err != nil {
			return store.ChangeSet{}, err
		}
		records, err := s.store.Get(ctx, refAccount(person), refPassword(person))
		if err != nil {
			return store.ChangeSet{}, err
		}
		account, err := s.loadAccount(ctx, records[0])
		if err != nil {
			return store.ChangeSet{}, err
		}
		if account.Status() != AccountActive || !records[1].Exists() { // changed meanwhile
			return store.ChangeSet{}, fmt.Errorf("till: sign in: %w", ErrCredentials)
		}
		if is, err := asCredential(records[1].Doc); err != nil {
			return store.ChangeSet{}, err
		} else if is != hashed {
			return store.ChangeSet{}, errStoredAnew
		}
		set := store.ChangeSet{At: int64(now), Changes: []store.Change{put}}
		for _, r := range records {
			set.Requires = append(set.Requires, store.Requirement{Ref: r.Ref, Rev: r.Rev})
		}
		if rehashed != nil {
			set.Changes = append(set.Changes, putCredential(person, records[1].Rev, *rehashed))
		}
		in.Customer = &Customer{s.buyer(person, token, false)}
		in.Merged, err = s.mergeGuest(ctx, r.Guest, person, now, &set)
		return set, err
	})
	if err != nil {
		return SignedIn{}, err
	}
	return in, nil
}

// authenticate finds whose e-mail and password these are.
func (s *Shop) authenticate(ctx context.Context, r SignIn) (PersonID, credential, error) {
	var person PersonID
	var hashed credential
	if key, err := EmailKey(r.Email); err == nil {
		claims, err := s.store.Get(ctx, refEmail(key))
		if err != nil {
			return person, hashed, err
		}
		if claims[0].Exists() {
			if person, hashed, err = s.credentialOf(ctx, claims[0]); err != nil {
				return person, hashed, err
			}
		}
	}
	same, err := s.matches(ctx, r.Password, hashed)
	if err != nil {
		return person, hashed, err
	}
	if !same || person.IsZero() {
		return person, hashed, fmt.Errorf("till: sign in: %w", ErrCredentials)
	}
	return person, hashed, nil
}

// credentialOf reads the password of an e-mail address's account, if it is active
// and has one.
func (s *Shop) credentialOf(ctx context.Context, claim store.Record) (PersonID, credential, error) {
	id, err := owner(claim)
	if err != nil {
		return PersonID{}, credential{}, err
	}
	person, err := ParseID[Person](id)
	if err != nil {
		return PersonID{}, credential{}, damaged(claim.Ref.Family, "%q is no account's id", id)
	}
	records, err := s.store.Get(ctx, refAccount(person), refPassword(person))
	if err != nil {
		return PersonID{}, credential{}, err
	}
	account, err := s.loadAccount(ctx, records[0])
	if err != nil {
		return PersonID{}, credential{}, err
	}
	if account.Status() != AccountActive || !records[1].Exists() {
		return PersonID{}, credential{}, nil
	}
	hashed, err := asCredential(records[1].Doc)
	return person, hashed, err
}

// mergeGuest adds to a set what merges a guest's cart into the customer's.
func (s *Shop) mergeGuest(ctx context.Context, guest Token, person PersonID, now Instant, set *store.ChangeSet) ([]Merged, error) {
	if guest == "" || checkToken(guest) != nil {
		return nil, nil
	}
	records, err := s.store.Get(ctx, refSession(guest))
	if err != nil {
		return nil, err
	}
	is, err := readSession(records[0], now, true)
	if errors.Is(err, ErrSession) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	carts, err := s.store.Get(ctx, refCart(is.Person), refCart(person))
	if err != nil {
		return nil, err
	}
	theirs, err := s.readCart(carts[0])
	if err != nil || theirs.IsEmpty() && len(theirs.codes) == 0 && theirs.to == (Address{}) && theirs.delivery == "" {
		return nil, err
	}
	mine, err := s.readCart(carts[1])
	if err != nil {
		return nil, err
	}
	if mine.IsEmpty() && !theirs.IsEmpty() { // what to pay in the guest has chosen, else the customer
		mine, err = mine.In(theirs.list)
	} else {
		theirs, err = theirs.In(mine.list)
	}
	if err != nil {
		return nil, err
	}
	merged, report, err := mine.Merge(theirs)
	if err != nil {
		return nil, err
	}
	set.Changes = append(set.Changes,
		putCart(is.Person, carts[0].Rev, theirs.Empty()),
		putCart(person, carts[1].Rev, merged))
	return report, nil
}

// Customer finds the customer of a token; [ErrSession] if there is none.
func (s *Shop) Customer(ctx context.Context, token Token) (*Customer, error) {
	b, err := s.resume(ctx, token, false)
	if err != nil {
		return nil, err
	}
	return &Customer{b}, nil
}

// SignOutEverywhere ends all sessions of the customer, this one too.
func (c *Customer) SignOutEverywhere(ctx context.Context) error {
	if _, _, err := c.read(ctx); err != nil {
		return err
	}
	return c.shop.endSessions(ctx, c.person, "")
}

// endSessions ends all sessions of a person but the one whose key is kept.
func (s *Shop) endSessions(ctx context.Context, person PersonID, keep string) error {
	for {
		changes, err := s.sessionsOf(ctx, person, keep)
		if err != nil || len(changes) == 0 {
			return err
		}
		_, err = s.store.Commit(ctx, store.ChangeSet{At: int64(s.now()), Changes: changes})
		if err != nil && !errors.Is(err, ErrConflict) { // somebody else ended one of them
			return err
		}
	}
}

// sessionsOf gives what ends a person's sessions, but the one whose key is kept: 1,000
// of them at most.
func (s *Shop) sessionsOf(ctx context.Context, person PersonID, keep string) ([]store.Change, error) {
	q := PageRequest{Limit: store.MaxLimit}.query(familySessions, listPerson, store.TextValue(person.String()))
	var changes []store.Change
	for r, err := range store.Records(ctx, s.store, q) {
		if err != nil {
			return nil, err
		}
		if r.Key != keep {
			changes = append(changes, store.Delete{Ref: r.Ref, Rev: r.Rev})
		}
		if len(changes) == store.MaxLimit {
			break
		}
	}
	return changes, nil
}
