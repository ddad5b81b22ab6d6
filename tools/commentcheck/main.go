// Commentcheck reports exported names that have no comment, and packages without
// a package comment.
//
//	go -C tools run ./commentcheck ..
//
// It reads the Go files below the directories it is given, test files, testdata
// and modules of their own excepted. In a package that can be imported, these need
// a comment: every type and function, every method of an exported type, and
// every method of an interface that has more than one. What is declared in a group
// may instead have the group's comment, or one at the end of its line. Fields
// belong to the comment of their type. The comment of a type, function or method
// begins with its name.
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	roots := os.Args[1:]
	if len(roots) == 0 {
		roots = []string{"."}
	}
	missing := 0
	for _, root := range roots {
		found, err := check(root)
		if err != nil {
			fmt.Fprintln(os.Stderr, "commentcheck:", err)
			os.Exit(2)
		}
		for _, f := range found {
			fmt.Println(f)
		}
		missing += len(found)
	}
	if missing > 0 {
		fmt.Fprintf(os.Stderr, "commentcheck: %d to mend\n", missing)
		os.Exit(1)
	}
}

// check gives a line for each thing to mend below a directory, in the order of
// files and lines.
func check(root string) ([]string, error) {
	packages, err := parse(root)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, p := range packages {
		found = append(found, p.check()...)
	}
	return found, nil
}

// pkg is the files of one package in one directory.
type pkg struct {
	fset  *token.FileSet
	dir   string
	name  string
	files []*ast.File
}

func parse(root string) ([]*pkg, error) {
	var packages []*pkg
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			return skip(root, path, name)
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || ignored(name) {
			return nil
		}
		fset := token.NewFileSet()
		dir := filepath.Dir(path)
		i := slices.IndexFunc(packages, func(p *pkg) bool { return p.dir == dir })
		if i >= 0 {
			fset = packages[i].fset
		}
		file, err := parser.ParseFile(fset, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		if i < 0 {
			packages = append(packages, &pkg{fset: fset, dir: dir, name: file.Name.Name})
			i = len(packages) - 1
		}
		packages[i].files = append(packages[i].files, file)
		return nil
	})
	return packages, err
}

// skip leaves out the directories that the go command leaves out too.
func skip(root, path, name string) error {
	if path == root {
		return nil
	}
	if name == "testdata" || ignored(name) {
		return fs.SkipDir
	}
	if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}

func ignored(name string) bool { return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") }

func (p *pkg) check() []string {
	var found []string
	report := func(pos token.Pos, format string, args ...any) {
		at := p.fset.Position(pos)
		found = append(found, fmt.Sprintf("%s:%d: %s", at.Filename, at.Line, fmt.Sprintf(format, args...)))
	}
	if !slices.ContainsFunc(p.files, func(f *ast.File) bool { return says(f.Doc) }) {
		report(p.files[0].Package, "package %s has no comment", p.name)
	}
	if p.name == "main" {
		return found // nothing in it can be imported
	}
	for _, f := range p.files {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				checkFunc(d, report)
			case *ast.GenDecl:
				for _, s := range d.Specs {
					checkSpec(d, s, report)
				}
			}
		}
	}
	return found
}

type reporter func(pos token.Pos, format string, args ...any)

func checkFunc(d *ast.FuncDecl, report reporter) {
	if !d.Name.IsExported() {
		return
	}
	what, name := "function", d.Name.Name
	if d.Recv != nil {
		of := receiver(d.Recv.List[0].Type)
		if !ast.IsExported(of) {
			return
		}
		what, name = "method", of+"."+d.Name.Name
	}
	checkNamed(d.Pos(), what, name, d.Name.Name, d.Doc, report)
}

func checkSpec(d *ast.GenDecl, s ast.Spec, report reporter) {
	switch s := s.(type) {
	case *ast.TypeSpec:
		if !s.Name.IsExported() {
			return
		}
		switch grouped := d.Lparen.IsValid(); {
		case !grouped:
			checkNamed(s.Pos(), "type", s.Name.Name, s.Name.Name, d.Doc, report)
		case says(s.Doc) || !says(s.Comment) && !says(d.Doc):
			checkNamed(s.Pos(), "type", s.Name.Name, s.Name.Name, s.Doc, report)
		}
		if i, ok := s.Type.(*ast.InterfaceType); ok {
			checkInterface(s.Name.Name, i, report)
		}
	case *ast.ValueSpec:
		if says(d.Doc) || says(s.Doc) || says(s.Comment) {
			return
		}
		for _, n := range s.Names {
			if n.IsExported() {
				report(n.Pos(), "%s %s has no comment", d.Tok, n.Name)
			}
		}
	}
}

func checkInterface(name string, i *ast.InterfaceType, report reporter) {
	if i.Methods.NumFields() < 2 {
		return // the comment of the type is the method's
	}
	for _, m := range i.Methods.List {
		for _, n := range m.Names {
			if n.IsExported() && !says(m.Doc) && !says(m.Comment) {
				report(n.Pos(), "method %s.%s has no comment", name, n.Name)
			}
		}
	}
}

// checkNamed wants a comment that begins with the name, after an article at most.
func checkNamed(pos token.Pos, what, name, first string, c *ast.CommentGroup, report reporter) {
	if !says(c) {
		report(pos, "%s %s has no comment", what, name)
		return
	}
	words := strings.Fields(c.Text())
	if slices.Contains([]string{"A", "An", "The"}, words[0]) && len(words) > 1 {
		words = words[1:]
	}
	if strings.TrimRight(words[0], ",:;.") != first {
		report(pos, "the comment of %s %s begins with %q, not with its name", what, name, words[0])
	}
}

// says reports whether a comment has words, not only directives.
func says(c *ast.CommentGroup) bool {
	return c != nil && c.Text() != ""
}

// receiver gives the name of a receiver's type: T of T, *T, T[P] and *T[P].
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.ParenExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.IndexListExpr:
		return receiver(e.X)
	}
	return ""
}
