package checks

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"strings"
	"testing"
)

// floats gives where a file's exported declarations name a floating-point type.
func floats(t *testing.T, name string, text []byte) []token.Position {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var found []token.Position
	look := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BlockStmt: // what a function does inside is its own affair
				return false
			case *ast.Ident:
				if n.Name == "float32" || n.Name == "float64" {
					found = append(found, fset.Position(n.Pos()))
				}
			}
			return true
		})
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() {
				look(d.Type)
			}
		case *ast.GenDecl:
			look(d) // unexported ones too: an exported value may be of such a type
		}
	}
	return found
}

// No figure of the interface is a floating-point number, so none can be rounded by
// accident.
func TestNoFloats(t *testing.T) {
	for name, text := range files(t) {
		if path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "tools/") || strings.HasPrefix(name, "bench/") {
			continue
		}
		for _, at := range floats(t, name, text) {
			t.Errorf("%s: a floating-point type", at)
		}
	}
}

func TestNoFloatsFinds(t *testing.T) {
	for text, want := range map[string]int{
		"package p\nfunc F(x float64) float32 { return 0 }": 2,
		"package p\ntype T struct{ a []float64 }":           1,
		"package p\nfunc F() { var x float64; _ = x }":      0,
		"package p\nfunc f(x float64) {}":                   0,
	} {
		if got := len(floats(t, "p.go", []byte(text))); got != want {
			t.Errorf("%q: %d are found, want %d", text, got, want)
		}
	}
}
