//go:build !(darwin || freebsd || linux || netbsd || openbsd)

package main

func processUsage() usage { return usage{} }
