package money_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/tillkit/till/money"
)

// sources parses the files of the package without its tests.
func sources(t *testing.T) []*ast.File {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".go") && !strings.HasSuffix(e.Name(), "_test.go") {
			f, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
	}
	if len(files) == 0 {
		t.Fatal("no source files")
	}
	return files
}

// No float and no complex number anywhere in the package, which is more than in
// its API; and no call of a Decimal's methods that convert or wrap.
func TestNoFloats(t *testing.T) {
	bad := map[string]bool{
		"float32": true, "float64": true, "complex64": true, "complex128": true,
		"Float64": true, "InexactFloat64": true, "NewFromFloat": true, "NewFromFloat32": true, "IntPart": true,
		"ParseFloat": true, "Float": true,
	}
	for _, f := range sources(t) {
		ast.Inspect(f, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && bad[id.Name] {
				t.Errorf("%s uses %s", f.Name.Name, id.Name)
			}
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.FLOAT && !strings.ContainsAny(lit.Value, "eE") {
				t.Errorf("a float literal: %s", lit.Value)
			}
			return true
		})
	}
}

// The package stands on the standard library and the decimal package alone.
func TestImports(t *testing.T) {
	for _, f := range sources(t) {
		for _, imp := range f.Imports {
			path, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := strings.Cut(path, "/")
			if strings.Contains(first, ".") && path != "github.com/shopspring/decimal" {
				t.Errorf("imports %s", path)
			}
			switch path {
			case "context", "os", "time", "math/rand", "math/rand/v2", "crypto/rand", "database/sql":
				t.Errorf("imports %s: money has no clock, no randomness and no I/O", path)
			}
		}
	}
}

// Every exported name has a comment that starts with it.
func TestEveryExportedNameIsDocumented(t *testing.T) {
	check := func(name string, doc *ast.CommentGroup) {
		if ast.IsExported(name) && !strings.HasPrefix(doc.Text(), name+" ") && !strings.HasPrefix(doc.Text(), name+",") {
			t.Errorf("%s has no comment that starts with its name: %q", name, doc.Text())
		}
	}
	for _, f := range sources(t) {
		for _, decl := range f.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				check(d.Name.Name, d.Doc)
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if ts, ok := spec.(*ast.TypeSpec); ok {
						check(ts.Name.Name, d.Doc)
					}
				}
			}
		}
	}
}

var sink money.Amount

func TestNoAllocations(t *testing.T) {
	a, b := money.MustParse("9.50", money.GBP), money.MustParse("0.50", money.GBP)
	rate := money.MustParsePercent("17.5")
	price := money.MustParsePrice("9.80/1000", money.GBP)
	list := make([]money.Amount, 100)
	for i := range list {
		list[i] = a
	}
	buf := make([]byte, 0, 64)
	for name, f := range map[string]func(){
		"Add":          func() { sink, _ = a.Add(b) },
		"Sub":          func() { sink, _ = a.Sub(b) },
		"Mul":          func() { sink, _ = a.Mul(3) },
		"Neg":          func() { sink, _ = a.Neg() },
		"Sum":          func() { sink, _ = money.Sum(list...) },
		"Cmp":          func() { _, _ = a.Cmp(b) },
		"MulRate":      func() { sink, _ = a.MulRate(rate, money.HalfEven) },
		"Included":     func() { sink, _ = a.Included(rate, money.HalfEven) },
		"MulDiv":       func() { sink, _ = a.MulDiv(1, 3, money.HalfEven) },
		"Times":        func() { sink, _ = price.Times(7, money.HalfEven) },
		"Price.Cmp":    func() { _, _ = price.Cmp(price) },
		"Rate.Cmp":     func() { _ = rate.Cmp(rate) },
		"Parse":        func() { sink, _ = money.Parse("9.50", money.GBP) },
		"ParseRounded": func() { sink, _ = money.ParseRounded("9.505", money.GBP, money.HalfEven) },
		"ParseAmount":  func() { sink, _ = money.ParseAmount("9.50 GBP") },
		"AppendText":   func() { _, _ = a.AppendText(buf) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
	// One slice for the result, whatever the weights.
	weights := make([]int64, 100)
	for i := range weights {
		weights[i] = int64(i * 7)
	}
	if n := testing.AllocsPerRun(100, func() { _, _ = a.Allocate(weights) }); n > 1 {
		t.Errorf("Allocate over 100 allocates %v times", n)
	}
}
