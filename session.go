package till

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"

	"github.com/tillkit/till/store"
)

// Token stands for a session: whoever has it is the person. It is 256 random bits as
// 43 characters that can stand in a cookie or a header. A store keeps a hash of it
// alone. Send it over TLS only, in a cookie that is HttpOnly and Secure.
type Token string

// newSession makes a session and its token.
func (s *Shop) newSession(at Instant, person PersonID, guest bool) (Token, store.Put, error) {
	var secret [32]byte
	if err := s.entropy(secret[:]); err != nil {
		return "", store.Put{}, err
	}
	life := s.opts.Sessions
	if guest {
		life = s.opts.Guests
	}
	token := Token(base64.RawURLEncoding.EncodeToString(secret[:]))
	return token, putSession(sessionKey(token), session{Person: person, Guest: guest, Begun: at, Expires: at.Add(life)}), nil
}

// sessionKey is the key of the record of a token's session: its SHA-256.
func sessionKey(t Token) string {
	sum := sha256.Sum256([]byte(t))
	return hex.EncodeToString(sum[:])
}

func refSession(t Token) store.Ref { return store.Ref{Family: familySessions, Key: sessionKey(t)} }

// checkToken refuses what no token is before it is looked for.
func checkToken(t Token) error {
	if b, err := base64.RawURLEncoding.Strict().DecodeString(string(t)); len(t) != 43 || err != nil || len(b) != 32 {
		return fmt.Errorf("till: the token: %w", ErrSession)
	}
	return nil
}

// readSession reads the session of a record, if its time is not over: a session ends
// at the instant it expires, that instant not included.
func readSession(r store.Record, now Instant, guest bool) (session, error) {
	if !r.Exists() {
		return session{}, fmt.Errorf("till: the session has ended: %w", ErrSession)
	}
	is, err := asSession(r.Doc)
	if err == nil {
		err = is.holds(now, guest)
	}
	if err != nil {
		return session{}, err
	}
	return is, nil
}

// holds refuses a session that is over, or of the other kind.
func (is session) holds(now Instant, guest bool) error {
	if now >= is.Expires {
		return fmt.Errorf("till: the session has ended: %w", ErrSession)
	}
	if is.Guest != guest {
		return fmt.Errorf("till: the session is of the other kind, guest or customer: %w", ErrSession)
	}
	return nil
}

// resume finds the session of a token.
func (s *Shop) resume(ctx context.Context, t Token, guest bool) (*Buyer, error) {
	if err := checkToken(t); err != nil {
		return nil, err
	}
	records, err := s.store.Get(ctx, refSession(t))
	if err != nil {
		return nil, err
	}
	is, err := readSession(records[0], s.now(), guest)
	if err != nil {
		return nil, err
	}
	return s.buyer(is.Person, t, guest), nil
}

// withHash runs f, which hashes a password, when there is a place for it: never for
// somebody who waits no more.
func (s *Shop) withHash(ctx context.Context, f func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
		return f()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// hash makes the stored form of a password.
func (s *Shop) hash(ctx context.Context, password string) (credential, error) {
	var salt [16]byte
	if err := s.entropy(salt[:]); err != nil {
		return credential{}, err
	}
	var c credential
	err := s.withHash(ctx, func() error {
		c.Hash = hashPassword(password, salt, s.opts.Passwords)
		return nil
	})
	return c, err
}

// matches compares a password with its stored form. Where there is none it does the
// same work, so that the time does not tell.
func (s *Shop) matches(ctx context.Context, password string, c credential) (bool, error) {
	same := false
	err := s.withHash(ctx, func() error {
		if c.Hash == "" {
			hashPassword(password, [16]byte{}, s.opts.Passwords)
			return nil
		}
		var err error
		same, err = samePassword(password, c.Hash)
		return err
	})
	return same, err
}
