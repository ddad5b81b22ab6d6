package main

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// What both sides are asked for, the same of each.
const (
	pageLength = 50
	listLength = 20
)

// priced picks an instant of the past year and gives what an article cost then. None is near
// the day of the new prices: two shops were not filled in the same second.
func priced(random *rand.Rand, start time.Time, a article) (time.Time, int64) {
	if random.IntN(2) == 0 {
		return start.Add(-firstPrices + 24*time.Hour + time.Duration(random.Int64N(int64(firstPrices-newPrices-48*time.Hour)))), a.first
	}
	return start.Add(-newPrices + 24*time.Hour + time.Duration(random.Int64N(int64(newPrices-48*time.Hour)))), a.since
}

// several refuses an answer that is shorter than what was asked for.
func several(err error, have, want int, what string) error {
	if err == nil && have != want {
		err = fmt.Errorf("%d %s came, not %d", have, what, want)
	}
	return err
}
