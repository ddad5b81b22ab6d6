package till

import (
	"errors"
	"strings"
	"testing"
)

// cheap is as little work as argon2 allows: tests try many passwords.
var cheap = PasswordCost{KiB: 8, Passes: 1, Lanes: 1}

func TestPasswordHash(t *testing.T) {
	salt := [16]byte{1, 2, 3}
	for _, p := range []string{"", "correct horse battery staple", strings.Repeat("x", MaxPassword), "a b  c ", "🐎🔋", "a\x00b", "\x00", "päss"} {
		hash := hashPassword(p, salt, cheap)
		if ok, err := samePassword(p, hash); !ok || err != nil {
			t.Errorf("%.20q: %t, %v", p, ok, err)
		}
		for _, other := range []string{p + "x", p + "\x00", p + " ", "x" + p, strings.ToUpper(p) + "?"} {
			if ok, err := samePassword(other, hash); ok || err != nil {
				t.Errorf("%.20q for %.20q: %t, %v", other, p, ok, err)
			}
		}
	}
	// No text ends at a NUL, and none is cut.
	for _, pair := range [][2]string{{"a\x00b", "a\x00c"}, {"a", "a\x00"}, {strings.Repeat("x", 72) + "a", strings.Repeat("x", 72) + "b"}, {"\u00e9", "e\u0301"}} {
		if ok, _ := samePassword(pair[1], hashPassword(pair[0], salt, cheap)); ok {
			t.Errorf("%q opens what %q closed", pair[1], pair[0])
		}
	}
	if hashPassword("a", salt, cheap) == hashPassword("a", [16]byte{2}, cheap) {
		t.Error("the salt does not count")
	}
}

// The stored form is fixed: old hashes must stay readable.
func TestPasswordHashForm(t *testing.T) {
	got := hashPassword("password", [16]byte([]byte("somesaltsomesalt")), cheap)
	if !strings.HasPrefix(got, "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$") {
		t.Error(got)
	}
	golden(t, "password.txt", got+"\n")
	for _, c := range []struct {
		phc  string
		want PasswordCost
	}{{got, cheap}, {hashPassword("x", [16]byte{}, PasswordCost{KiB: 32, Passes: 3, Lanes: 2}), PasswordCost{32, 3, 2}}} {
		cost, salt, hash, err := readPassword(c.phc)
		if err != nil || cost != c.want || len(salt) != 16 || len(hash) != hashSize {
			t.Errorf("%s: %v, %d, %d, %v", c.phc, cost, len(salt), len(hash), err)
		}
	}
}

func TestReadPasswordRefuses(t *testing.T) {
	good := hashPassword("password", [16]byte{}, cheap)
	for _, change := range []struct{ from, to string }{
		{good, ""}, {good, good + "$"}, {"$argon2id", "argon2id"}, {"argon2id", "argon2i"}, {"argon2id", "argon2ID"}, {"v=19", "v=16"}, {"v=19", "v=019"},
		{"m=8,t=1,p=1", ""}, {"m=8,t=1,p=1", "m=8,t=1"}, {"m=8,t=1,p=1", "t=1,m=8,p=1"}, {"p=1", "p=1,keyid=x"}, {"p=1", "p=1 "}, {"m=8", "m= 8"}, {"m=8", "m=+8"}, {"m=8", "m=08"},
		{"m=8", "m=0"}, {"m=8", "m=7"}, {"m=8", "m=-8"}, {"m=8", "m=4294967295"}, {"m=8", "m=4294967304"}, {"m=8", "m=99999999999999999999"}, {"m=8", "m=4194305"},
		{"t=1", "t=0"}, {"t=1", "t=17"}, {"t=1", "t=4294967297"}, {"p=1", "p=0"}, {"p=1", "p=2"}, {"p=1", "p=257"}, {"p=1", "p=65"},
		{"AAAAAAAAAAAAAAAAAAAAAA", ""}, {"AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAA"}, {"AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAA*"}, {"AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAA=="},
		{"AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAB"}, // bits behind the end
		{"AAAAAAAAAAAAAAAAAAAAAA", strings.Repeat("A", 500)}, {good, good[:len(good)-1]}, {good, good + "A"}, {good, good + "\n"},
	} {
		phc := strings.Replace(good, change.from, change.to, 1)
		if phc == good {
			t.Fatalf("%q does not stand in %q", change.from, good)
		}
		ok, err := samePassword("password", phc)
		if ok || !errors.Is(err, ErrDamaged) {
			t.Errorf("%q: %t, %v", phc, ok, err)
		}
		if err != nil && phc != "" && strings.Contains(err.Error(), phc) {
			t.Errorf("the error tells the hash: %v", err)
		}
	}
}

func FuzzReadPassword(f *testing.F) {
	f.Add(hashPassword("password", [16]byte{}, cheap))
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAA$AAAA")
	f.Add("$$$$$")
	f.Fuzz(func(t *testing.T, phc string) {
		cost, salt, hash, err := readPassword(phc)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatalf("error %v", err)
			}
			return
		}
		if cost.check() != nil || len(salt) < 8 || len(hash) != hashSize {
			t.Fatalf("%q was read as %v, %d, %d", phc, cost, len(salt), len(hash))
		}
	})
}

func TestPasswordCost(t *testing.T) {
	for _, c := range []struct {
		cost PasswordCost
		ok   bool
	}{
		{leastCost, true}, {cheap, true}, {PasswordCost{4 << 20, 16, 64}, true}, {PasswordCost{512, 1, 64}, true},
		{PasswordCost{}, false}, {PasswordCost{7, 1, 1}, false}, {PasswordCost{511, 1, 64}, false}, {PasswordCost{4<<20 + 1, 1, 1}, false},
		{PasswordCost{8, 0, 1}, false}, {PasswordCost{8, 17, 1}, false}, {PasswordCost{8, 1, 0}, false}, {PasswordCost{1 << 20, 1, 65}, false}, {PasswordCost{1<<32 - 1, 1<<32 - 1, 255}, false},
	} {
		if err := c.cost.check(); (err == nil) != c.ok {
			t.Errorf("%v: %v", c.cost, err)
		}
	}
	if leastCost.String() != "m=19456,t=2,p=1" || (PasswordCost{}).or(leastCost) != leastCost || cheap.or(leastCost) != cheap {
		t.Error("the least cost is what OWASP recommends")
	}
}

func TestCheckPassword(t *testing.T) {
	for _, c := range []struct {
		password string
		ok       bool
	}{
		{strings.Repeat("x", 15), true}, {strings.Repeat("x", 14), false}, {strings.Repeat("ä", 15), true}, {strings.Repeat("ä", 14), false}, // characters, not bytes
		{strings.Repeat("🐎", 15), true}, {strings.Repeat("x", 64), true}, {strings.Repeat("x", MaxPassword), true}, {strings.Repeat("x", MaxPassword+1), false},
		{strings.Repeat(" ", 15), true}, {"aaaaaaaaaaaaaaaq z", true}, {"fourteen chars\x00", true}, {"", false},
		{"fifteen chars \xff", false}, {"fifteen chars \xed\xa0\x80", false},
		{"someone@example.com", false}, {"SomeOne@Example.COM", false}, {"someone@example.com1", true},
	} {
		err := checkPassword(c.password, "someone@example.com", 15)
		if c.ok {
			wantError(t, err, nil)
		} else {
			wantError(t, err, badAt("password"))
			if c.password != "" && strings.Contains(err.Error(), c.password) {
				t.Errorf("the error tells the password: %v", err)
			}
		}
	}
}
