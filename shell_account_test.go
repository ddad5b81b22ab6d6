package till_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

// countedHashes counts what is read from a shop's randomness: each password that is
// hashed takes a salt of 16 bytes.
type countedHashes struct {
	read  func([]byte) (int, error)
	salts atomic.Int64
}

func (c *countedHashes) Read(b []byte) (int, error) {
	if len(b) == 16 {
		c.salts.Add(1)
	}
	return c.read(b)
}

func counting(c *countedHashes) func(*till.Options) {
	return func(o *till.Options) { c.read, o.Random = o.Random.Read, c }
}

// Registering tells nobody whether an address has an account: it does the same work
// and changes nothing.
func TestShellRegisterTellsNothing(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		var hashes countedHashes
		s := newStall(t, db, counting(&hashes))
		r := till.Registration{Name: "Ada Example", Email: "Ada@Example.com", Password: stallPassword}
		s.must(s.shop.Register(s.ctx, r))
		before := s.dump()
		for i, email := range []string{"Ada@Example.com", "ada@example.com", "ADA@EXAMPLE.COM"} {
			r.Email, r.Password = email, "another sentence of mine"
			s.must(s.shop.Register(s.ctx, r))
			s.same("passwords hashed", hashes.salts.Load(), int64(i+2))
		}
		s.same("the store", s.dump(), before)
		s.signsIn("ada@example.com", stallPassword)
		_, err := s.shop.SignIn(s.ctx, till.SignIn{Email: "ada@example.com", Password: "another sentence of mine"})
		if !errors.Is(err, till.ErrCredentials) {
			t.Error(err)
		}
	})
}

func TestShellRegisterAtOnce(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		for _, err := range atOnce(16, func(i int) error {
			return s.shop.Register(s.ctx, till.Registration{Name: "Ada Example", Email: "ada@example.com", Password: fmt.Sprintf("sentence number %02d", i)})
		}) {
			s.must(err)
		}
		page, err := s.staff.Customers(s.ctx, till.CustomerQuery{})
		s.must(err)
		s.same("accounts", len(page.Items), 1)
		works := 0
		for i := range 16 {
			if _, err := s.shop.SignIn(s.ctx, till.SignIn{Email: "ada@example.com", Password: fmt.Sprintf("sentence number %02d", i)}); err == nil {
				works++
			}
		}
		s.same("passwords that work", works, 1)
	})
}

// Whatever is wrong at a sign-in, the answer is the same.
func TestShellSignInTellsNothing(t *testing.T) {
	s := newStall(t, memory.New())
	s.member("ada@example.com")
	disabled := s.member("disabled@example.com")
	s.must(s.staff.DisableCustomer(s.ctx, disabled.Person()))
	_, err := s.staff.AddCustomer(s.ctx, till.NewCustomer{Contact: till.Contact{Name: "Bob", Email: "bob@example.com"}})
	s.must(err)
	erased := s.member("erased@example.com")
	s.must(s.staff.Erase(s.ctx, erased.Person()))
	text := ""
	for name, in := range map[string]till.SignIn{
		"wrong password": {Email: "ada@example.com", Password: "wrong"}, "no password": {Email: "ada@example.com"},
		"a password of 10 MB": {Email: "ada@example.com", Password: strings.Repeat("x", 10<<20)}, "a password cut off": {Email: "ada@example.com", Password: stallPassword[:23]},
		"unknown address": {Email: "eve@example.com", Password: stallPassword}, "no address": {Email: "", Password: stallPassword}, "garbage": {Email: "a\x00\xff", Password: stallPassword},
		"disabled": {Email: "disabled@example.com", Password: stallPassword}, "without a password": {Email: "bob@example.com"}, "erased": {Email: "erased@example.com", Password: stallPassword},
		"the Kelvin sign": {Email: "ada@example.com\u212A", Password: stallPassword},
	} {
		err := s.refuses(till.ErrCredentials, "", func() error { _, err := s.shop.SignIn(s.ctx, in); return err })
		if text == "" {
			text = err.Error()
		}
		s.same("the answer to "+name, err.Error(), text)
	}
	s.signsIn("ada@example.com", stallPassword)
}

// Letters that look like ASCII ones are no way into somebody's account.
func TestShellKelvinSign(t *testing.T) {
	s := newStall(t, memory.New())
	s.must(s.shop.Register(s.ctx, till.Registration{Name: "Kim", Email: "kim@example.com", Password: stallPassword}))
	for _, email := range []string{"\u212Aim@example.com", "ｋim@example.com", "kim@example.com.", "kím@example.com"} {
		s.refuses(till.ErrInvalid, "email", func() error {
			return s.shop.Register(s.ctx, till.Registration{Name: "Kim", Email: email, Password: stallPassword})
		})
		s.refuses(till.ErrCredentials, "", func() error {
			_, err := s.shop.SignIn(s.ctx, till.SignIn{Email: email, Password: stallPassword})
			return err
		})
	}
}

// A password that is stored at another cost is stored anew at the next sign-in, once.
func TestShellRehash(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.member("ada@example.com")
		var hashes countedHashes
		costly := newStall(t, db, counting(&hashes), func(o *till.Options) { o.Passwords.Passes = 2 })
		before := costly.has("m=64,t=2")
		for _, err := range atOnce(8, func(int) error {
			_, err := costly.shop.SignIn(costly.ctx, till.SignIn{Email: "ada@example.com", Password: stallPassword})
			return err
		}) {
			s.must(err) // the password is right, whoever was faster
		}
		s.same("stored at the new cost", []bool{before, costly.has("m=64,t=2"), costly.has("m=64,t=1")}, []bool{false, true, false})
		n := hashes.salts.Load()
		costly.signsIn("ada@example.com", stallPassword)
		s.same("hashed once more", hashes.salts.Load(), n)
	})
}

func TestShellSignOut(t *testing.T) {
	s := newStall(t, memory.New())
	first, second, other := s.member("ada@example.com"), s.signsIn("ada@example.com", stallPassword), s.member("bob@example.com")
	in := func(c *till.Customer) bool { _, err := s.shop.Customer(s.ctx, c.Token()); return err == nil }
	s.must(first.SignOut(s.ctx))
	s.must(first.SignOut(s.ctx))
	s.same("signed in", []bool{in(first), in(second), in(other)}, []bool{false, true, true})
	first = s.signsIn("ada@example.com", stallPassword)
	s.must(second.SignOutEverywhere(s.ctx))
	s.same("signed in", []bool{in(first), in(second), in(other)}, []bool{false, false, true})
}

// Whoever changes e-mail or password gives the old password; the other sessions end.
func TestShellChangeCredentials(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		mine, theirs := s.member("ada@example.com"), s.signsIn("ada@example.com", stallPassword)
		s.member("bob@example.com")
		const next = "another sentence of mine"
		in := func(c *till.Customer) bool { _, err := c.Account(s.ctx); return err == nil }

		s.refuses(till.ErrCredentials, "password", func() error {
			return mine.ChangePassword(s.ctx, till.PasswordChange{Old: "wrong", New: next})
		})
		s.refuses(till.ErrInvalid, "password", func() error {
			return mine.ChangePassword(s.ctx, till.PasswordChange{Old: stallPassword, New: "short"})
		})
		s.refuses(till.ErrCredentials, "password", func() error {
			return mine.ChangeEmail(s.ctx, till.EmailChange{Email: "new@example.com", Password: "wrong"})
		})
		s.refuses(till.ErrExists, "BOB@example.com", func() error {
			return mine.ChangeEmail(s.ctx, till.EmailChange{Email: "BOB@example.com", Password: stallPassword})
		})
		s.must(mine.ChangePassword(s.ctx, till.PasswordChange{Old: stallPassword, New: next}))
		s.same("sessions", []bool{in(mine), in(theirs)}, []bool{true, false})
		s.refuses(till.ErrCredentials, "", func() error {
			_, err := s.shop.SignIn(s.ctx, till.SignIn{Email: "ada@example.com", Password: stallPassword})
			return err
		})
		theirs = s.signsIn("ada@example.com", next)
		s.must(mine.ChangeEmail(s.ctx, till.EmailChange{Email: "new@example.com", Password: next}))
		s.same("sessions", []bool{in(mine), in(theirs)}, []bool{true, false})
		s.must(mine.ChangeEmail(s.ctx, till.EmailChange{Email: "New@Example.com", Password: next})) // the same, as it is written
		profile, err := mine.Profile(s.ctx)
		s.must(err)
		s.same("e-mail", profile.Email, "New@Example.com")
		s.signsIn("new@example.com", next)
		s.refuses(till.ErrCredentials, "", func() error {
			_, err := s.shop.SignIn(s.ctx, till.SignIn{Email: "ada@example.com", Password: next})
			return err
		})
		s.member("ada@example.com") // the old address is free again
	})
}

// Somebody who knew the old password, and is in another session, cannot go on with a
// change that began before it was changed.
func TestShellStalePassword(t *testing.T) {
	hook := &hookedStore{Store: memory.New()}
	s := newStall(t, hook)
	mine, theirs := s.member("ada@example.com"), s.signsIn("ada@example.com", stallPassword)
	for name, do := range map[string]func() error{
		"ChangeEmail": func() error {
			return theirs.ChangeEmail(s.ctx, till.EmailChange{Email: "eve@example.com", Password: stallPassword})
		},
		"ChangePassword": func() error {
			return theirs.ChangePassword(s.ctx, till.PasswordChange{Old: stallPassword, New: "a sentence of eve's"})
		},
	} {
		hook.commit = func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			hook.commit = nil // mine comes first
			s.must(mine.ChangePassword(s.ctx, till.PasswordChange{Old: stallPassword, New: "another sentence of mine"}))
			return hook.Store.Commit(ctx, set)
		}
		if err := do(); !errors.Is(err, till.ErrSession) {
			t.Errorf("%s: %v", name, err)
		}
		s.must(mine.ChangePassword(s.ctx, till.PasswordChange{Old: "another sentence of mine", New: stallPassword}))
		theirs = s.signsIn("ada@example.com", stallPassword)
	}
	// In one session too, what was given must still be the password.
	hook.commit = func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		hook.commit = nil
		s.must(mine.ChangePassword(s.ctx, till.PasswordChange{Old: stallPassword, New: "another sentence of mine"}))
		return hook.Store.Commit(ctx, set)
	}
	if err := mine.ChangePassword(s.ctx, till.PasswordChange{Old: stallPassword, New: "a third sentence of mine"}); !errors.Is(err, till.ErrCredentials) {
		t.Error(err)
	}
	s.signsIn("ada@example.com", "another sentence of mine")
}

// The trail says what was done to an account, by whom and when, in no word of the
// person's; and no token is anywhere in the store.
func TestShellTrail(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		contact := till.Contact{Name: "kanariename", Email: "kanariemail@example.com", Phone: "kanariephone", Billing: till.Address{Street: "kanariestreet"}}
		const password = "kanariepassword"
		s.must(s.shop.Register(s.ctx, till.Registration{Name: contact.Name, Email: contact.Email, Password: password, Contact: contact}))
		c, guest := s.signsIn(contact.Email, password), s.visitor()
		s.must(c.ChangeProfile(s.ctx, contact))
		s.must(c.ChangeEmail(s.ctx, till.EmailChange{Email: "kanarietwo@example.com", Password: password}))
		s.must(c.ChangePassword(s.ctx, till.PasswordChange{Old: password, New: "kanariepasswordtwo"}))
		s.must(s.staff.DisableCustomer(s.ctx, c.Person()))
		if _, err := c.Account(s.ctx); !errors.Is(err, till.ErrSession) {
			t.Errorf("a disabled customer's session: %v", err)
		}
		s.must(s.staff.EnableCustomer(s.ctx, c.Person()))
		again := s.signsIn("kanarietwo@example.com", "kanariepasswordtwo")
		if s.has(string(again.Token())) || s.has(string(guest.Token())) || s.has(password) {
			t.Error("a token or a password is in the store")
		}
		s.must(s.staff.Erase(s.ctx, c.Person()))
		trail, err := s.staff.Trail(s.ctx, c.Person())
		s.must(err)
		var kinds, by []string
		for _, e := range trail {
			kinds = append(kinds, e.Kind)
			if text := string(e.Payload); strings.Contains(text, "kanarie") || strings.Contains(text, "argon2") {
				t.Errorf("the trail says %s", text)
			}
			for _, who := range []string{"customer", "back-office"} {
				if strings.Contains(string(e.Payload), `"by":"`+who+`"`) {
					by = append(by, who)
				}
			}
		}
		s.same("the trail", kinds, []string{"registered", "contact", "email", "password", "disabled", "enabled", "erased"})
		s.same("by whom", by, []string{"customer", "customer", "customer", "customer", "back-office", "back-office", "back-office"})
		if s.has("kanarie") {
			t.Error("a word of the erased person is in the store")
		}
	})
}

// What is said while somebody is erased goes too.
func TestShellEraseWhileSpeaking(t *testing.T) {
	hook := &hookedStore{Store: memory.New()}
	s := newStall(t, hook)
	s.sells("MUG", "9.50", 10)
	s.member("ada@example.com")
	customer := s.signsIn("ada@example.com", stallPassword)
	hook.commit = func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		hook.commit = nil
		s.must(s.signsIn("ada@example.com", stallPassword).Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1, Note: "kanarienote"}))
		receipt, err := hook.Store.Commit(ctx, set)
		hook.before = func(op string) error { // the session that began in between speaks once more
			hook.before = nil
			late, err := s.shop.Customer(s.ctx, customer.Token())
			if err == nil {
				err = late.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1, Note: "kanarienote"})
			}
			if !errors.Is(err, till.ErrSession) {
				t.Errorf("a session of before the erasure: %v", err)
			}
			return nil
		}
		return receipt, err
	}
	s.must(s.staff.Erase(s.ctx, customer.Person()))
	if s.has("kanarie") || s.has("ada@example.com") {
		t.Error("a word of the erased person is in the store")
	}
}

// Not more passwords are hashed at once than Options.Hashing says: the memory that
// they take is bounded. Whoever waits gives up with his context.
func TestShellHashingIsBounded(t *testing.T) {
	s := newStall(t, memory.New(), func(o *till.Options) {
		o.Hashing = 1
		o.Passwords = till.PasswordCost{KiB: 8 << 10, Passes: 16, Lanes: 1}
	})
	s.must(s.shop.Register(s.ctx, till.Registration{Name: "Ada", Email: "ada@example.com", Password: stallPassword}))
	ctx, cancel := context.WithTimeout(s.ctx, time.Millisecond)
	defer cancel()
	late := 0
	for _, err := range atOnce(8, func(int) error {
		_, err := s.shop.SignIn(ctx, till.SignIn{Email: "ada@example.com", Password: "wrong"})
		return err
	}) {
		if errors.Is(err, context.DeadlineExceeded) {
			late++
		} else if !errors.Is(err, till.ErrCredentials) {
			t.Error(err)
		}
	}
	if late < 7 {
		t.Errorf("%d of 8 gave up; one at a time takes longer than they had", late)
	}
	s.signsIn("ada@example.com", stallPassword) // the place is free again
}
