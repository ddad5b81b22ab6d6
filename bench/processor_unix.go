//go:build unix

package main

import (
	"syscall"
	"time"
)

// processorTime is what the whole process has used so far, on all cores: a figure that
// other programs on the machine hardly touch. 0 where it is not known.
func processorTime() time.Duration {
	var is syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &is); err != nil {
		return 0
	}
	return time.Duration(is.Utime.Nano() + is.Stime.Nano())
}
