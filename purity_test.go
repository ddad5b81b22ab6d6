package till

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// notCore are the files of this directory that are not the functional core: how
// values become records, and the shell. Everything else is pure.
var notCore = []string{
	"buyer*.go", "check.go", "check_*.go", "checkout*.go", "codec*.go", "customer*.go", "guest.go", "load.go", "maintain.go", "message.go", "numbers.go", "options.go",
	"page.go", "schema*.go", "session.go", "shop*.go", "staff*.go", "storefront*.go", "view*.go",
}

func coreFiles(t *testing.T) []string {
	t.Helper()
	var core []string
	for _, file := range must(filepath.Glob("*.go")) {
		if !strings.HasSuffix(file, "_test.go") && !slices.ContainsFunc(notCore, func(p string) bool { return must(filepath.Match(p, file)) }) {
			core = append(core, file)
		}
	}
	for _, file := range []string{"account.go", "cart.go", "catalog.go", "journal.go", "order.go", "price.go", "product.go", "quote.go", "stock.go", "timeline.go", "verify.go"} {
		if !slices.Contains(core, file) {
			t.Errorf("%s is not among the core's files", file)
		}
	}
	return core
}

// TestCoreIsPure: the core reads no clock, no randomness and no store, starts
// nothing and waits for nothing.
func TestCoreIsPure(t *testing.T) {
	impure := func(path string) bool {
		for _, p := range []string{"context", "os", "net", "database/sql", "math/rand", "crypto/rand", "log", "sync", "runtime", "syscall", "unsafe", "testing"} {
			if path == p || strings.HasPrefix(path, p+"/") {
				return true
			}
		}
		return false
	}
	for _, file := range coreFiles(t) {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]string{}
		for _, i := range f.Imports {
			path := must(strconv.Unquote(i.Path.Value))
			name := filepath.Base(path)
			if i.Name != nil {
				name = i.Name.Name
			}
			names[name] = path
			if impure(path) || name == "." {
				t.Errorf("%s: the core may not import %s", fset.Position(i.Pos()), i.Path.Value)
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				x, ok := n.X.(*ast.Ident)
				if !ok {
					return true
				}
				switch names[x.Name] + "." + n.Sel.Name {
				case "time.Now", "time.Since", "time.Until", "time.After", "time.AfterFunc", "time.Sleep", "time.Tick", "time.NewTimer", "time.NewTicker", "time.Local", "time.LoadLocation",
					"github.com/google/uuid.New", "github.com/google/uuid.NewString", "github.com/google/uuid.NewV7", "github.com/google/uuid.NewRandom", "github.com/google/uuid.NewUUID", "github.com/google/uuid.Must":
					t.Errorf("%s: the core may not use %s.%s", fset.Position(n.Pos()), x.Name, n.Sel.Name)
				}
			case *ast.GoStmt, *ast.SelectStmt, *ast.SendStmt, *ast.ChanType:
				t.Errorf("%s: the core may not start or wait for anything", fset.Position(n.Pos()))
			}
			return true
		})
	}
}

// TestCoreIsNotMixed: nothing in the core takes a store, and the core compiles
// without the rest: it names nothing that the other files declare.
func TestCoreIsNotMixed(t *testing.T) {
	declared := map[string]string{} // by the other files
	core := coreFiles(t)
	parse := func(file string) *ast.File {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	for _, file := range must(filepath.Glob("*.go")) {
		if strings.HasSuffix(file, "_test.go") || slices.Contains(core, file) {
			continue
		}
		for _, d := range parse(file).Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					declared[d.Name.Name] = file
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						declared[s.Name.Name] = file
					case *ast.ValueSpec:
						for _, n := range s.Names {
							declared[n.Name] = file
						}
					}
				}
			}
		}
	}
	for _, file := range core {
		local := map[string]bool{} // names of fields, arguments and variables, and what stands behind a dot
		f := parse(file)
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				local[n.Sel.Name] = true
			case *ast.Field:
				for _, name := range n.Names {
					local[name.Name] = true
				}
			case *ast.AssignStmt:
				for _, x := range n.Lhs {
					if id, ok := x.(*ast.Ident); ok {
						local[id.Name] = true
					}
				}
			case *ast.FuncDecl:
				local[n.Name.Name] = true
			case *ast.KeyValueExpr:
				if id, ok := n.Key.(*ast.Ident); ok {
					local[id.Name] = true
				}
			case *ast.ValueSpec:
				for _, name := range n.Names {
					local[name.Name] = true
				}
			case *ast.RangeStmt:
				for _, x := range []ast.Expr{n.Key, n.Value} {
					if id, ok := x.(*ast.Ident); ok {
						local[id.Name] = true
					}
				}
			}
			return true
		})
		ast.Inspect(f, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && declared[id.Name] != "" && !local[id.Name] {
				t.Errorf("%s uses %s of %s", file, id.Name, declared[id.Name])
			}
			return true
		})
	}
}

const module = "github.com/tillkit/till"

// TestDirection checks who may import whom. Each row is a package or a tree of them
// ("/..."), what else than the standard library it may import, and what its tests
// may besides.
func TestDirection(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command")
	}
	decimal, uuid, crypto := "github.com/shopspring/decimal", "github.com/google/uuid", "golang.org/x/crypto/argon2"
	cmp, rapid := "github.com/google/go-cmp/...", "pgregory.net/rapid"
	rows := []struct {
		pkg   string
		may   []string
		tests []string
	}{
		{module + "/money", []string{decimal}, []string{cmp, rapid, module + "/money"}},
		{module + "/store", nil, []string{cmp, rapid, module + "/store"}},
		{module + "/store/memory", []string{module + "/store"}, []string{module + "/..."}},
		{module + "/store/sqlite", []string{module + "/store", module + "/store/sqlite/...", "modernc.org/sqlite"}, []string{module + "/...", cmp, rapid}},
		{module + "/store/sqlite/internal/faulty", []string{"modernc.org/sqlite"}, nil}, // of tests alone
		{module + "/store/sqlite/...", []string{module + "/store", module + "/store/sqlite/..."}, []string{module + "/...", "modernc.org/sqlite", cmp, rapid}},
		{module, []string{module + "/money", module + "/store", decimal, uuid, crypto}, []string{module + "/...", cmp, rapid}},
		{module + "/productcsv", []string{module, module + "/money", module + "/store"}, []string{module + "/...", cmp, rapid}},
		{module + "/storetest", []string{module, module + "/money", module + "/store", module + "/store/memory", cmp, rapid}, []string{module + "/..."}},
		{module + "/examples/...", []string{module + "/...", decimal}, []string{module + "/...", cmp, rapid}},
	}
	fits := func(path string, patterns []string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool {
			tree, isTree := strings.CutSuffix(p, "/...")
			return path == p || isTree && (path == tree || strings.HasPrefix(path, tree+"/"))
		})
	}
	out, err := goList(t, "-f", `{{.ImportPath}}|{{join .Imports ","}}|{{join .TestImports ","}},{{join .XTestImports ","}}`, "./...")
	if err != nil {
		t.Skipf("go list: %v", err)
	}
	seen := map[string]bool{}
	for _, line := range strings.Fields(out) {
		part := strings.Split(line, "|")
		i := slices.IndexFunc(rows, func(r struct {
			pkg   string
			may   []string
			tests []string
		}) bool {
			return fits(part[0], []string{r.pkg})
		})
		if i < 0 {
			if !strings.Contains(part[0], "/internal/") && !strings.Contains(part[0], "/tools/") && !strings.Contains(part[0], "/.ci/") {
				t.Errorf("%s stands in no row: say what it may import", part[0])
			}
			continue
		}
		row := rows[i]
		seen[row.pkg] = true
		check := func(imports, kind string, may []string) {
			for _, path := range strings.FieldsFunc(imports, func(r rune) bool { return r == ',' }) {
				if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") && !fits(path, may) {
					t.Errorf("%s%s may not import %s", part[0], kind, path)
				}
			}
		}
		check(part[1], "", row.may)
		check(part[2], " (test)", append(row.tests, row.may...))
	}
	for _, pkg := range []string{module, module + "/money", module + "/store"} {
		if !seen[pkg] {
			t.Errorf("%s was not checked", pkg)
		}
	}
}

// TestWeight: a program that uses the library does not carry what only tests, or
// only one store, need.
func TestWeight(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command")
	}
	out, err := goList(t, "-deps", ".")
	if err != nil {
		t.Skipf("go list: %v", err)
	}
	deps := strings.Fields(out)
	if !slices.Contains(deps, module+"/money") || !slices.Contains(deps, module+"/store") {
		t.Fatalf("%d packages, not those that were asked for", len(deps))
	}
	for _, d := range deps {
		// database/sql/driver stands for two interfaces, by way of decimal, uuid and money; it
		// does not bring database/sql.
		if d == "database/sql" || d == "testing" || strings.HasPrefix(d, "modernc.org/") || strings.HasPrefix(d, "github.com/google/go-cmp") ||
			strings.HasPrefix(d, "pgregory.net/") || strings.HasPrefix(d, module+"/store/") || d == module+"/storetest" {
			t.Errorf("every program carries %s", d)
		}
	}
}

func goList(t *testing.T, args ...string) (string, error) {
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOPROXY=off")
	out, err := cmd.Output()
	return string(out), err
}
