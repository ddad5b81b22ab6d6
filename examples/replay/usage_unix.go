//go:build darwin || freebsd || linux || netbsd || openbsd

package main

import (
	"runtime"
	"syscall"
	"time"
)

func processUsage() usage {
	var is syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &is); err != nil {
		return usage{}
	}
	memory := uint64(is.Maxrss) // bytes on macOS, units of 1,024 bytes elsewhere
	if runtime.GOOS != "darwin" {
		memory *= 1024
	}
	return usage{known: true, cpu: time.Duration(is.Utime.Nano() + is.Stime.Nano()), memory: memory}
}
