package sqlite_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// number is how often something is tried: few times as a rule, and as often as the
// environment says in a long run.
func number(t testing.TB, variable string, usual int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s is %q: give a number", variable, text)
	}
	return n
}

// seeded gives random figures, the same in each run unless TILL_SEED says another seed.
func seeded(t testing.TB) *rand.Rand {
	t.Helper()
	seed := number(t, "TILL_SEED", 1)
	t.Logf("TILL_SEED=%d", seed)
	return rand.New(rand.NewPCG(uint64(seed), 1))
}
