package till

import (
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// MaxPassword is the greatest length of a password in bytes: a longer one costs the
// shop more than it protects the customer.
const MaxPassword = 1024

// PasswordCost says how much work it is to try a password, by the parameters of
// argon2id (RFC 9106). The zero PasswordCost is the least that OWASP's Password
// Storage Cheat Sheet recommends: 19 MiB, 2 passes, 1 lane.
type PasswordCost struct {
	KiB    uint32
	Passes uint32
	Lanes  uint8
}

var leastCost = PasswordCost{KiB: 19 << 10, Passes: 2, Lanes: 1}

func (c PasswordCost) or(other PasswordCost) PasswordCost {
	if c == (PasswordCost{}) {
		return other
	}
	return c
}

// check refuses what argon2 panics on, and what would take the machine down.
func (c PasswordCost) check() error {
	if c.Passes < 1 || c.Passes > 16 || c.Lanes < 1 || c.Lanes > 64 || c.KiB < 8*uint32(c.Lanes) || c.KiB > 4<<20 {
		return invalid("password cost", "%d KiB, %d passes, %d lanes: 8 KiB a lane to 4 GiB, 1 to 16 and 1 to 64 are possible", c.KiB, c.Passes, c.Lanes)
	}
	return nil
}

// String gives the cost as a PHC string writes it: "m=19456,t=2,p=1".
func (c PasswordCost) String() string {
	return fmt.Sprintf("m=%d,t=%d,p=%d", c.KiB, c.Passes, c.Lanes)
}

const hashSize = 32

// checkPassword refuses a password that nobody should have. Its length counts in
// characters, as NIST SP 800-63B-4 says, which asks for 15 where it is the only
// factor; no kinds of characters are demanded.
func checkPassword(password, email string, least int) error {
	switch {
	case len(password) > MaxPassword:
		return invalid("password", "it has %d bytes, at most %d are possible", len(password), MaxPassword)
	case !utf8.ValidString(password):
		return invalid("password", "it is not valid UTF-8")
	case utf8.RuneCountInString(password) < least:
		return invalid("password", "it has fewer than %d characters: use a sentence", least)
	case strings.EqualFold(password, email):
		return invalid("password", "it is the e-mail address: use another")
	}
	return nil
}

// hashPassword makes the stored form of a password, a PHC string:
// $argon2id$v=19$m=19456,t=2,p=1$salt$hash. The password counts byte by byte.
func hashPassword(password string, salt [16]byte, cost PasswordCost) string {
	hash := argon2.IDKey([]byte(password), salt[:], cost.Passes, cost.KiB, cost.Lanes, hashSize)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$%s$%s$%s", argon2.Version, cost, b64(salt[:]), b64(hash))
}

// readPassword reads what hashPassword made.
func readPassword(phc string) (cost PasswordCost, salt, hash []byte, err error) {
	bad := damaged("password hash", "it is no argon2id hash that this version knows")
	parts := strings.Split(phc, "$")
	if len(phc) > 512 || strings.ContainsAny(phc, "\r\n") || len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return cost, nil, nil, bad
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &cost.KiB, &cost.Passes, &cost.Lanes); err != nil || cost.check() != nil || cost.String() != parts[3] {
		return cost, nil, nil, bad // Sscanf alone takes "m=+8" and what stands behind
	}
	salt, err = base64.RawStdEncoding.Strict().DecodeString(parts[4])
	if err != nil || len(salt) < 8 {
		return cost, nil, nil, bad
	}
	hash, err = base64.RawStdEncoding.Strict().DecodeString(parts[5])
	if err != nil || len(hash) != hashSize {
		return cost, nil, nil, bad
	}
	return cost, salt, hash, nil
}

// samePassword compares a password with its stored form, in a time that does not
// tell where they part.
func samePassword(password, phc string) (bool, error) {
	cost, salt, hash, err := readPassword(phc)
	if err != nil {
		return false, err
	}
	got := argon2.IDKey([]byte(password), salt, cost.Passes, cost.KiB, cost.Lanes, hashSize)
	return subtle.ConstantTimeCompare(got, hash) == 1, nil
}
