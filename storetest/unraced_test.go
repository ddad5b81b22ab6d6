//go:build unix && !race

package storetest

const raced = false
