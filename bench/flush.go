package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// flusher measures what the disk takes: a block of 4 KB that is written over, and a
// flush.
type flusher struct {
	file  *os.File
	block [4096]byte
}

func newFlusher(dir string) (*flusher, error) {
	file, err := os.Create(filepath.Join(dir, "flush"))
	if err != nil {
		return nil, err
	}
	f := &flusher{file: file}
	if _, err = file.Write(f.block[:]); err == nil {
		err = file.Sync()
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return f, nil
}

// measure gives the median of some flushes.
func (f *flusher) measure() (time.Duration, error) {
	var all []time.Duration
	for i := range 15 {
		f.block[0] = byte(i)
		start := time.Now()
		if _, err := f.file.WriteAt(f.block[:], 0); err != nil {
			return 0, err
		}
		if err := flushData(f.file); err != nil {
			return 0, err
		}
		all = append(all, time.Since(start))
	}
	slices.Sort(all)
	return percentile(all, 0.5), nil
}

func (f *flusher) close() error { return f.file.Close() }
