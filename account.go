package till

import (
	"maps"
	"slices"
)

// AccountStatus is where an account stands.
type AccountStatus string

// The statuses of an account.
const (
	AccountActive   AccountStatus = "active"
	AccountDisabled AccountStatus = "disabled"
	AccountErased   AccountStatus = "erased"
)

// Account is a customer's account with its security trail: a journal that says what
// was done to it, by whom and when, and holds no word of the person's, no password
// and no hash of one. Name and e-mail stand in the contact record that it refers to.
// It is an immutable value.
type Account struct {
	journal
	id       PersonID
	status   AccountStatus
	contact  string // key of the current contact record
	password bool
	since    Instant
	data     Metadata
	groups   []string
	tax      TaxStatus
}

type (
	accountGroups struct {
		signed
		Groups []string `json:"groups"`
	}
	accountTax struct {
		signed
		Status TaxStatus `json:"status"`
	}
	accountRegistered struct {
		signed
		ID       PersonID `json:"id"`
		Contact  string   `json:"contact"`
		Password bool     `json:"password"`
		Data     Metadata `json:"metadata,omitempty"`
	}
	accountContact struct {
		signed
		Contact string `json:"contact"`
	}
	accountData struct {
		signed
		Data Metadata `json:"metadata"`
	}
	accountPlain struct{ signed }
)

var accountKinds = kinds[Account]{
	"registered": kindOf(1, func(a *Account, e Entry, p accountRegistered) {
		a.id, a.status, a.contact, a.password, a.since, a.data = p.ID, AccountActive, p.Contact, p.Password, Instant(e.At), p.Data
	}),
	"contact":  kindOf(1, func(a *Account, _ Entry, p accountContact) { a.contact = p.Contact }),
	"email":    kindOf(1, func(a *Account, _ Entry, p accountContact) { a.contact = p.Contact }),
	"password": kindOf(1, func(a *Account, _ Entry, _ accountPlain) { a.password = true }),
	"disabled": kindOf(1, func(a *Account, _ Entry, _ accountPlain) { a.status = AccountDisabled }),
	"enabled":  kindOf(1, func(a *Account, _ Entry, _ accountPlain) { a.status = AccountActive }),
	"erased":   kindOf(1, func(a *Account, _ Entry, _ accountPlain) { a.status, a.contact, a.password = AccountErased, "", false }),
	"metadata": kindOf(1, func(a *Account, _ Entry, p accountData) { a.data = p.Data }),
	"groups":   kindOf(1, func(a *Account, _ Entry, p accountGroups) { a.groups = p.Groups }),
	"tax":      kindOf(1, func(a *Account, _ Entry, p accountTax) { a.tax = p.Status }),
}

func (a *Account) grow() Account { return *a } // nothing in it is changed in place

func (a Account) fold(entries []Entry) (Account, error) {
	return replay(a, accountKinds, func(a Account) string { return "account " + a.id.String() }, entries)
}

// NewAccount is what an account is registered with.
type NewAccount struct {
	ID       PersonID
	Contact  string // key of its first contact record
	Password bool   // it can be signed in to with one
	Metadata Metadata
}

// RegisterAccount makes an account.
func RegisterAccount(m Meta, a NewAccount) (Account, []Entry, error) {
	if a.ID.IsZero() {
		return Account{}, nil, invalid("id", "an account needs one")
	}
	if err := checkName("contact", a.Contact, MaxContact); err != nil {
		return Account{}, nil, err
	}
	if err := a.Metadata.check(); err != nil {
		return Account{}, nil, err
	}
	return record(Account{}, accountKinds, m, "registered", accountRegistered{sign(m), a.ID, a.Contact, a.Password, a.Metadata.clone()})
}

// SetPassword records that the password was set.
func (a Account) SetPassword(m Meta) (Account, []Entry, error) {
	return a.when(AccountActive, m, "password", accountPlain{sign(m)})
}

// ChangeContact makes another contact record the current one: name or addresses have
// changed.
func (a Account) ChangeContact(m Meta, contact string) (Account, []Entry, error) {
	if err := a.checkNew(contact); err != nil {
		return a, nil, err
	}
	return a.when(AccountActive, m, "contact", accountContact{sign(m), contact})
}

// ChangeEmail makes another contact record the current one: the e-mail address has
// changed, and with it what the account is signed in to with.
func (a Account) ChangeEmail(m Meta, contact string) (Account, []Entry, error) {
	if err := a.checkNew(contact); err != nil {
		return a, nil, err
	}
	return a.when(AccountActive, m, "email", accountContact{sign(m), contact})
}

func (a Account) checkNew(contact string) error {
	if contact == a.contact {
		return invalid("contact", "a change needs the key of a new contact record")
	}
	return checkName("contact", contact, MaxContact)
}

// Disable shuts the account; its orders stay.
func (a Account) Disable(m Meta) (Account, []Entry, error) {
	return a.when(AccountActive, m, "disabled", accountPlain{sign(m)})
}

// Enable opens a disabled account again.
func (a Account) Enable(m Meta) (Account, []Entry, error) {
	return a.when(AccountDisabled, m, "enabled", accountPlain{sign(m)})
}

// Erase records that the person was erased. The id stays valid; nothing else can be
// done to the account any more.
func (a Account) Erase(m Meta) (Account, []Entry, error) {
	want := AccountActive
	if a.status == AccountDisabled {
		want = AccountDisabled
	}
	return a.when(want, m, "erased", accountPlain{sign(m)})
}

// SetMetadata replaces the account's metadata. The same again records nothing.
func (a Account) SetMetadata(m Meta, data Metadata) (Account, []Entry, error) {
	if err := data.check(); err != nil {
		return a, nil, err
	}
	if a.status == AccountActive && equalMetadata(a.data, data) {
		return a, nil, nil
	}
	return a.when(AccountActive, m, "metadata", accountData{sign(m), data.clone()})
}

// SetGroups says which groups of buyers the account is in, which prices and promotions
// may be for: words of the shop's own, at most MaxGroups, kept sorted. The same again
// records nothing.
func (a Account) SetGroups(m Meta, groups ...string) (Account, []Entry, error) {
	groups = bare(groups)
	slices.Sort(groups)
	groups = slices.Compact(groups)
	if err := (Purchaser{Groups: groups}).check(); err != nil {
		return a, nil, err
	}
	if a.status == AccountActive && slices.Equal(groups, a.groups) {
		return a, nil, nil
	}
	return a.when(AccountActive, m, "groups", accountGroups{sign(m), groups})
}

// SetTaxStatus says how the customer is taxed; the note of m is the place for the
// evidence. The same again records nothing.
func (a Account) SetTaxStatus(m Meta, status TaxStatus) (Account, []Entry, error) {
	if err := (Purchaser{Tax: status}).check(); err != nil {
		return a, nil, err
	}
	if a.status == AccountActive && status == a.tax {
		return a, nil, nil
	}
	return a.when(AccountActive, m, "tax", accountTax{sign(m), status})
}

func (a Account) when(want AccountStatus, m Meta, word string, payload any) (Account, []Entry, error) {
	if a.status != want {
		is := string(a.status)
		if a.n == 0 {
			is = "not there"
		}
		return a, nil, &StateError{Kind: "account", ID: a.id.String(), State: is, Want: string(want)}
	}
	return record(a, accountKinds, m, word, payload)
}

// ID gives the person whose account it is.
func (a Account) ID() PersonID { return a.id }

// Status says where the account stands.
func (a Account) Status() AccountStatus { return a.status }

// Contact names the current contact record; its Key is "" once the person is erased.
func (a Account) Contact() ContactRef { return ContactRef{Person: a.id, Key: a.contact} }

// HasPassword reports whether the account can be signed in to with a password.
func (a Account) HasPassword() bool { return a.password }

// Since gives the instant at which the account was registered.
func (a Account) Since() Instant { return a.since }

// Metadata gives the account's metadata, as a copy.
func (a Account) Metadata() Metadata { return a.data.clone() }

// Groups gives the groups of buyers that the account is in, sorted.
func (a Account) Groups() []string { return slices.Clone(a.groups) }

// TaxStatus says how the customer is taxed.
func (a Account) TaxStatus() TaxStatus { return a.tax }

// Purchaser gives what the rules ask of the account.
func (a Account) Purchaser() Purchaser { return Purchaser{Groups: a.Groups(), Tax: a.tax} }

func equalMetadata(a, b Metadata) bool { return maps.Equal(a, b) }
