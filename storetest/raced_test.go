//go:build unix && race

package storetest

// raced says that the race detector is on: broken stores are then run over the
// rule that they are made for alone.
const raced = true
