package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestGood(t *testing.T) {
	found, err := check("testdata/good")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Error(f)
	}
}

func TestBad(t *testing.T) {
	found, err := check("testdata/bad")
	if err != nil {
		t.Fatal(err)
	}
	want := `testdata/bad/bad.go:1: package bad has no comment
testdata/bad/bad.go:5: type Mug has no comment
testdata/bad/bad.go:7: method Mug.String has no comment
testdata/bad/bad.go:10: the comment of method Box.Open begins with "Something", not with its name
testdata/bad/bad.go:13: function Directive has no comment
testdata/bad/bad.go:16: the comment of type Box begins with "type", not with its name
testdata/bad/bad.go:18: const Red has no comment
testdata/bad/bad.go:22: var Two has no comment
testdata/bad/bad.go:26: type Cup has no comment
testdata/bad/bad.go:28: the comment of type Plate begins with "Plates", not with its name
testdata/bad/bad.go:33: method Store.Get has no comment
testdata/bad/bad.go:34: method Store.Put has no comment`
	if got := filepath.ToSlash(strings.Join(found, "\n")); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestFiles(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		want             int
	}{
		{"a package", "p.go", "package p\nfunc F() {}", 2},
		{"a package below", "a/b/p.go", "package p\nfunc F() {}", 2},
		{"a program needs its own comment only", "p.go", "package main\nfunc F() {}", 1},
		{"another program's testdata", "testdata/p.go", "package p\nfunc F() {}", 0},
		{"a hidden directory", ".a/p.go", "package p\nfunc F() {}", 0},
		{"a directory that go ignores", "_a/p.go", "package p\nfunc F() {}", 0},
		{"a test", "p_test.go", "package p\nfunc F() {}", 0},
		{"a file that is not Go", "p.txt", "package", 0},
		{"a file that does not parse", "p.go", "package", -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, c.file), c.text)
			found, err := check(dir)
			if c.want < 0 && err == nil {
				t.Error("no error")
			}
			if c.want >= 0 && (err != nil || len(found) != c.want) {
				t.Errorf("%q, %v: want %d", found, err, c.want)
			}
		})
	}
}

func TestModules(t *testing.T) {
	dir := t.TempDir()
	for _, f := range []string{"p.go", "other/p.go", "other/below/p.go"} {
		write(t, filepath.Join(dir, f), "package p")
	}
	write(t, filepath.Join(dir, "go.mod"), "module here")
	write(t, filepath.Join(dir, "other", "go.mod"), "module there")
	found, err := check(dir)
	if want := filepath.Join(dir, "p.go") + ":1: package p has no comment"; err != nil || len(found) != 1 || found[0] != want {
		t.Errorf("%q, %v: want %q alone", found, err, want)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
