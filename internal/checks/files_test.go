// Package checks holds tests of the repository itself: of its files and documents,
// not of its code.
package checks

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is the root of the repository, from here.
const root = "../.."

// foreign is what no file may name: directories of somebody's machine, and where
// packages are fetched from. Only go.mod and go.sum say what is used.
var foreign = regexp.MustCompile(`(?:^|[^\w.])/(?:work|home|root|Users)/` +
	`|\b(?:proxy|sum|index|pkg)\.(?:golang\.org|go\.dev)\b|\bgoproxy\.\w` +
	`|\bregistry\.(?:npmjs\.org|yarnpkg\.com)\b|\b(?:pypi|rubygems|deb\.debian)\.org\b|\bcrates\.io\b`)

func TestForeign(t *testing.T) {
	for name, text := range files(t) {
		if base := path.Base(name); base == "go.mod" || base == "go.sum" {
			continue
		}
		for i, line := range bytes.Split(text, []byte("\n")) {
			if found := foreign.Find(line); found != nil {
				t.Errorf("%s:%d: %q belongs in no file", name, i+1, found)
			}
		}
	}
}

func TestForeignFinds(t *testing.T) {
	slash := "/"
	for text, want := range map[string]bool{
		"see " + slash + "work/shop.db":        true,
		slash + "home/me/till":                 true,
		"https://proxy." + "golang.org/cached": true,
		"pkg.go" + ".dev":                      true,
		"example.com/home/":                    false,
		"." + slash + "work/here":              false,
		"homework/":                            false,
		"golang.org/x/crypto":                  false,
	} {
		if got := foreign.MatchString(text); got != want {
			t.Errorf("%q: found is %v", text, got)
		}
	}
}

// link is a link in a document, to a file of the repository or beyond.
var link = regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)\s]*)?\)`)

func TestLinks(t *testing.T) {
	for name, text := range files(t) {
		if path.Ext(name) != ".md" {
			continue
		}
		for _, m := range link.FindAllSubmatch(text, -1) {
			to := string(m[1])
			if strings.Contains(to, ":") {
				continue // elsewhere
			}
			if _, err := os.Stat(filepath.Join(root, path.Join(path.Dir(name), to))); err != nil {
				t.Errorf("%s: there is no %s", name, to)
			}
		}
	}
}

// files gives every text of the repository by its path.
func files(t *testing.T) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.Name() == ".git":
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case !d.Type().IsRegular():
			return nil
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if err == nil && bytes.IndexByte(text, 0) < 0 {
			found[name] = text
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found["LICENSE"]) == 0 {
		t.Fatal("there is no LICENSE: is this the repository?")
	}
	return found
}
