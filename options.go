package till

import (
	"bufio"
	"crypto/rand"
	"io"
	"log/slog"
	"runtime"
	"time"

	"github.com/tillkit/till/money"
)

// Options say how a shop works. Only Currency is needed, and only for a new shop:
// the store remembers it.
type Options struct {
	// Currency is what the shop counts in.
	Currency money.Currency

	// Clock tells the time; nil is time.Now. Randomness, and ids made from it, come
	// from Random; nil is crypto/rand. A program that injects both gets the same
	// shop, byte for byte, for the same calls one after another.
	Clock  func() time.Time
	Random io.Reader

	// Log gets what an operator should know; nil logs nothing.
	Log *slog.Logger

	// Sessions say how long a sign-in lasts; 0 is 30 days. Guests say how long a
	// guest's cart and token last; 0 is 90 days. Keys say how long at least the
	// key of a checkout is remembered, until Maintain forgets it; 0 is 30 days, less than a day is refused.
	Sessions time.Duration
	Guests   time.Duration
	Keys     time.Duration

	// Quotes say how long a quote can be accepted that a checkout gives as Seen; 0 is
	// without end: what it says has to hold all the same.
	Quotes time.Duration

	// MinPassword is how many characters a password needs; 0 is 15, as NIST SP
	// 800-63B-4 asks where it is the only factor; less than 8 is refused.
	MinPassword int

	// Passwords say how costly it is to try one; the zero PasswordCost is the least
	// that OWASP recommends. A password that was stored with another cost is stored
	// anew when its owner signs in. Hashing says how many are hashed at once, which
	// bounds the memory; 0 is one for each processor.
	Passwords PasswordCost
	Hashing   int

	// Services answer what a quote cannot compute, where a rule of the terms hands it to
	// one: each by the word that [ServiceRule] has for it.
	Services map[string]Service

	// Location is where the stock lies that checkouts sell from; "" is
	// StandardLocation.
	Location string

	// FirstNumber is the number of a new shop's first order; 0 is 1001. Numbers are
	// never given twice, but they have gaps: each Shop leases them ahead. Where the law
	// wants a series without gaps, it is not this one.
	FirstNumber int64
}

const day = 24 * time.Hour

// complete fills in what is not given and refuses what is not possible.
func (o Options) complete() (Options, error) {
	if o.Currency != 0 && !o.Currency.Valid() {
		return o, invalid("options.currency", "%s is none that can be used", o.Currency)
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Random == nil {
		o.Random = bufio.NewReaderSize(rand.Reader, 1<<10) // a call of the system costs more than an id
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	for _, d := range []struct {
		path  string
		value *time.Duration
		usual time.Duration
		least time.Duration
	}{
		{"options.sessions", &o.Sessions, 30 * day, time.Second},
		{"options.guests", &o.Guests, 90 * day, time.Second},
		{"options.keys", &o.Keys, 30 * day, day},
	} {
		if *d.value == 0 {
			*d.value = d.usual
		}
		if *d.value < d.least {
			return o, invalid(d.path, "%v is too short: %v is the least", *d.value, d.least)
		}
	}
	if o.Quotes < 0 {
		return o, invalid("options.quotes", "%v: it is 0 or more", o.Quotes)
	}
	if o.MinPassword == 0 {
		o.MinPassword = 15
	}
	if o.MinPassword < 8 || o.MinPassword > MaxPassword {
		return o, invalid("options.minPassword", "%d: 8 to %d are possible", o.MinPassword, MaxPassword)
	}
	o.Passwords = o.Passwords.or(leastCost)
	if err := o.Passwords.check(); err != nil {
		return o, err
	}
	if o.Hashing == 0 {
		o.Hashing = runtime.GOMAXPROCS(0)
	}
	if o.Hashing < 1 {
		return o, invalid("options.hashing", "%d: at least one password at a time", o.Hashing)
	}
	if o.Location == "" {
		o.Location = StandardLocation
	}
	if err := checkWord("options.location", o.Location, 32); err != nil {
		return o, err
	}
	if o.FirstNumber == 0 {
		o.FirstNumber = 1001
	}
	if o.FirstNumber < 1 {
		return o, invalid("options.firstNumber", "%d: it is 1 or more", o.FirstNumber)
	}
	return o, nil
}
