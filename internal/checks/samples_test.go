package checks

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sample is a piece of Go in a document.
var sample = regexp.MustCompile("(?s)```go\n(.*?)```")

// TestSamples: what docs/time.md shows as Go stands in an example, word for word, so
// that it compiles and says what the page says.
func TestSamples(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "time.md"))
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile(filepath.Join(root, "example_time_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	flat := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	samples := sample.FindAllSubmatch(page, -1)
	for _, m := range samples {
		if !strings.Contains(flat(string(code)), flat(string(m[1]))) {
			t.Errorf("no example has this:\n%s", m[1])
		}
	}
	if len(samples) < 3 {
		t.Errorf("the page has %d samples", len(samples))
	}
}

// TestPictures: a picture is well-formed and runs nothing, and its words are text.
func TestPictures(t *testing.T) {
	found := 0
	for name, text := range files(t) {
		if path.Ext(name) != ".svg" {
			continue
		}
		found++
		words := 0
		for d := xml.NewDecoder(strings.NewReader(string(text))); ; {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
				break
			}
			if e, ok := token.(xml.StartElement); ok && e.Name.Local == "script" {
				t.Errorf("%s: there is a script in it", name)
			} else if ok && e.Name.Local == "text" {
				words++
			}
		}
		if words == 0 {
			t.Errorf("%s: there is no text in it", name)
		}
	}
	if found == 0 {
		t.Error("there is no picture: is this the repository?")
	}
}
