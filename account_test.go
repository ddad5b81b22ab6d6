package till

import (
	"testing"
)

// TestAccountTransitions is the table of what can be done in which status: the
// status afterwards, or "-" where it is refused.
func TestAccountTransitions(t *testing.T) {
	active := must3(RegisterAccount(on(0), NewAccount{ID: testID[Person](1), Contact: "1"}))
	disabled := must3(active.Disable(on(1)))
	erased := must3(active.Erase(on(1)))
	states := []struct {
		name string
		a    Account
	}{{"none", Account{}}, {"active", active}, {"disabled", disabled}, {"erased", erased}, {"erased while disabled", must3(disabled.Erase(on(2)))}}
	for _, c := range []struct {
		name string
		do   func(Account) (Account, []Entry, error)
		kind string
		want []AccountStatus
	}{
		{"SetPassword", func(a Account) (Account, []Entry, error) { return a.SetPassword(on(3)) }, "password", []AccountStatus{"-", AccountActive, "-", "-", "-"}},
		{"ChangeContact", func(a Account) (Account, []Entry, error) { return a.ChangeContact(on(3), "2") }, "contact", []AccountStatus{"-", AccountActive, "-", "-", "-"}},
		{"ChangeEmail", func(a Account) (Account, []Entry, error) { return a.ChangeEmail(on(3), "2") }, "email", []AccountStatus{"-", AccountActive, "-", "-", "-"}},
		{"SetMetadata", func(a Account) (Account, []Entry, error) { return a.SetMetadata(on(3), Metadata{"k": "v"}) }, "metadata", []AccountStatus{"-", AccountActive, "-", "-", "-"}},
		{"Disable", func(a Account) (Account, []Entry, error) { return a.Disable(on(3)) }, "disabled", []AccountStatus{"-", AccountDisabled, "-", "-", "-"}},
		{"Enable", func(a Account) (Account, []Entry, error) { return a.Enable(on(3)) }, "enabled", []AccountStatus{"-", "-", AccountActive, "-", "-"}},
		{"Erase", func(a Account) (Account, []Entry, error) { return a.Erase(on(3)) }, "erased", []AccountStatus{"-", AccountErased, AccountErased, "-", "-"}},
	} {
		for i, s := range states {
			next, entries, err := c.do(s.a)
			if c.want[i] == "-" {
				wantError(t, err, ErrConflict)
				if len(entries) != 0 {
					t.Errorf("%s of %s: entries came", c.name, s.name)
				}
				same(t, c.name+" of "+s.name, next, s.a)
				continue
			}
			if err != nil || next.Status() != c.want[i] || len(entries) != 1 || entries[0].Kind != c.kind {
				t.Errorf("%s of %s: %s, %v, %v", c.name, s.name, next.Status(), entries, err)
			}
		}
	}
}

func TestAccountFields(t *testing.T) {
	a := must3(RegisterAccount(on(0), NewAccount{ID: testID[Person](1), Contact: "1", Metadata: Metadata{"k": "v"}}))
	if a.HasPassword() || a.Since() != jan(0) || a.ID() != testID[Person](1) || a.Contact() != (ContactRef{testID[Person](1), "1"}) || a.Metadata()["k"] != "v" {
		t.Errorf("%s", stateText(a))
	}
	a = must3(must3(a.SetPassword(on(1))).ChangeEmail(on(2), "2"))
	if !a.HasPassword() || a.Contact().Key != "2" || a.Since() != jan(0) {
		t.Errorf("%s", stateText(a))
	}
	a = must3(a.Erase(on(3)))
	if a.HasPassword() || a.Contact() != (ContactRef{Person: testID[Person](1)}) || a.ID().IsZero() {
		t.Errorf("%s", stateText(a))
	}
}

func TestAccountRefusals(t *testing.T) {
	a := must3(RegisterAccount(on(0), NewAccount{ID: testID[Person](1), Contact: "1", Metadata: Metadata{"k": "v"}}))
	for name, c := range map[string]struct {
		do   func() (Account, []Entry, error)
		path string
	}{
		"no id": {func() (Account, []Entry, error) {
			return RegisterAccount(on(0), NewAccount{ID: PersonID{}, Contact: "1", Password: true})
		}, "id"},
		"no contact": {func() (Account, []Entry, error) {
			return RegisterAccount(on(0), NewAccount{ID: testID[Person](1), Contact: "", Password: true})
		}, "contact"},
		"contact": {func() (Account, []Entry, error) {
			return RegisterAccount(on(0), NewAccount{ID: testID[Person](1), Contact: "\xff", Password: true})
		}, "contact"},
		"metadata": {func() (Account, []Entry, error) {
			return RegisterAccount(on(0), NewAccount{ID: testID[Person](1), Contact: "1", Password: true, Metadata: tooMany()})
		}, "metadata"},
		"no instant": {func() (Account, []Entry, error) {
			return RegisterAccount(Meta{}, NewAccount{ID: testID[Person](1), Contact: "1", Password: true})
		}, "meta.at"},
		"same contact":     {func() (Account, []Entry, error) { return a.ChangeContact(on(1), "1") }, "contact"},
		"empty contact":    {func() (Account, []Entry, error) { return a.ChangeContact(on(1), "") }, "contact"},
		"same for e-mail":  {func() (Account, []Entry, error) { return a.ChangeEmail(on(1), "1") }, "contact"},
		"e-mail with NUL":  {func() (Account, []Entry, error) { return a.ChangeEmail(on(1), "\x00") }, "contact"},
		"metadata, 33":     {func() (Account, []Entry, error) { return a.SetMetadata(on(1), tooMany()) }, "metadata"},
		"password, no At":  {func() (Account, []Entry, error) { return a.SetPassword(Meta{}) }, "meta.at"},
		"erase, bad actor": {func() (Account, []Entry, error) { return a.Erase(Meta{At: 1, By: "\xff"}) }, "meta.by"},
	} {
		_, entries, err := c.do()
		t.Run(name, func(t *testing.T) { wantError(t, err, badAt(c.path)) })
		if len(entries) != 0 {
			t.Errorf("%s: entries came", name)
		}
	}
	if _, entries, err := a.SetMetadata(on(1), Metadata{"k": "v"}); err != nil || len(entries) != 0 {
		t.Errorf("the same metadata: %d entries, %v", len(entries), err)
	}
}
