package i18n

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// takes says which argument of a function is a sentence for readers. Methods stand under the name of their package too,
// but for Add of errs.Faults, which is told by its three arguments.
var takes = map[string]int{
	"errs.Add":               2,
	"errs.Msg":               0,
	"errs.New":               1,
	"organisation.canonical": 5,
	"organisation.fault":     2,
}

// gives says which result of a method is a sentence for readers.
var gives = map[string]int{"Normalise": 1}

// silent are the packages whose sentences are in English only: those of the command line, and of tests.
var silent = []string{"cli", "testkit"}

// TestFinnish holds the catalogue against the code: nothing is missing, nothing is left over, and the arguments fit.
func TestFinnish(t *testing.T) {
	used := sentences(t)
	require.Contains(t, used, "there is no such parameter")
	for format, at := range used {
		if _, ok := finnish[format]; !ok {
			t.Errorf("%s: no Finnish for %q", at, format)
		}
	}
	for format, fi := range finnish {
		if _, ok := used[format]; !ok {
			t.Errorf("nothing says %q any more", format)
		}
		assert.Equal(t, verbs(format), verbs(fi), "the arguments of %q and %q", format, fi)
	}
}

func TestVerbs(t *testing.T) {
	assert.Equal(t, map[int][]string{1: {"s"}, 2: {".1f"}}, verbs("100 %% of %s is %.1f"))
	assert.Equal(t, verbs("%s of %d"), verbs("%[2]d: %[1]s"))
	assert.NotEqual(t, verbs("%s of %d"), verbs("%d: %s"))
	assert.Equal(t, verbs("%s %s"), verbs("%[1]s %s"))
}

var verb = regexp.MustCompile(`%([-+# 0]*[0-9.]*)(?:\[(\d+)\])?([0-9.]*)([a-zA-Z%])`)

// verbs lists, by the number of the argument, how a format renders it.
func verbs(format string) map[int][]string {
	out, next := map[int][]string{}, 1
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[4] == "%" {
			continue
		}
		if m[2] != "" {
			next, _ = strconv.Atoi(m[2])
		}
		out[next] = append(out[next], m[1]+m[3]+m[4])
		next++
	}
	return out
}

// sentences finds what the packages under internal say to readers, each with one place where it stands.
func sentences(t *testing.T) map[string]string {
	fset, packages := token.NewFileSet(), map[string][]*ast.File{}
	require.NoError(t, filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || slices.Contains(silent, d.Name())):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err == nil && !ast.IsGenerated(f) {
			packages[filepath.Dir(name)] = append(packages[filepath.Dir(name)], f)
		}
		return err
	}))
	found := map[string]string{}
	for _, files := range packages {
		c := collector{t: t, fset: fset, found: found, consts: map[string][]ast.Expr{}}
		for _, f := range files {
			ast.Inspect(f, c.noteConst)
		}
		for _, f := range files {
			c.file(f)
		}
	}
	return found
}

// collector reads one package.
type collector struct {
	t       *testing.T
	fset    *token.FileSet
	found   map[string]string
	consts  map[string][]ast.Expr // by name, local ones too
	name    string                // of the package
	errs    bool                  // the file can make messages
	carried map[string]bool       // variables of the function that hold what was collected elsewhere
}

func (c *collector) noteConst(n ast.Node) bool {
	if d, ok := n.(*ast.GenDecl); ok && d.Tok == token.CONST {
		for _, s := range d.Specs {
			v := s.(*ast.ValueSpec) // the grammar lets nothing else stand here
			for i, x := range v.Values {
				c.consts[v.Names[i].Name] = append(c.consts[v.Names[i].Name], x)
			}
		}
	}
	return true
}

func (c *collector) file(f *ast.File) {
	c.name, c.errs = f.Name.Name, f.Name.Name == "errs"
	for _, i := range f.Imports {
		if p, _ := strconv.Unquote(i.Path.Value); strings.HasSuffix(p, "/internal/errs") {
			require.Nil(c.t, i.Name, "%s: import errs under its own name", c.at(i))
			c.errs = true
		}
	}
	for _, d := range f.Decls {
		c.carried = map[string]bool{}
		ast.Inspect(d, c.noteCarried)
		ast.Inspect(d, c.collect)
	}
}

// noteCarried notes parameters and results that hold a sentence: where they come from, it is collected.
func (c *collector) noteCarried(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FuncDecl:
		c.noteParameter(n.Name.Name, n.Type)
	case *ast.AssignStmt:
		for i, x := range n.Rhs {
			switch x := x.(type) {
			case *ast.FuncLit:
				if id, ok := n.Lhs[i].(*ast.Ident); ok {
					c.noteParameter(id.Name, x.Type)
				}
			case *ast.CallExpr:
				if s, ok := x.Fun.(*ast.SelectorExpr); ok {
					if at, ok := gives[s.Sel.Name]; ok && at < len(n.Lhs) {
						if id, ok := n.Lhs[at].(*ast.Ident); ok {
							c.carried[id.Name] = true
						}
					}
				}
			}
		}
	}
	return true
}

func (c *collector) noteParameter(function string, f *ast.FuncType) {
	at, ok := takes[c.name+"."+function]
	if !ok {
		return
	}
	var names []string
	for _, p := range f.Params.List {
		for _, n := range p.Names {
			names = append(names, n.Name)
		}
	}
	if assert.Less(c.t, at, len(names), "the parameters of %s.%s", c.name, function) {
		c.carried[names[at]] = true
	}
}

func (c *collector) collect(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		if i, ok := takes[c.callee(n)]; ok && c.errs && i < len(n.Args) {
			c.add(n.Args[i])
		}
	case *ast.CompositeLit:
		if name, ok := n.Type.(*ast.Ident); ok && c.name == "errs" && name.Name == "Message" {
			c.message(n)
		} else if s, ok := n.Type.(*ast.SelectorExpr); ok && s.Sel.Name == "Message" && c.errs {
			c.message(n)
		}
	case *ast.FuncDecl:
		if i, ok := gives[n.Name.Name]; ok {
			ast.Inspect(n, func(n ast.Node) bool {
				if r, ok := n.(*ast.ReturnStmt); ok && i < len(r.Results) {
					c.add(r.Results[i])
				}
				return true
			})
		}
	}
	return true
}

// message reads errs.Message{Format: …}.
func (c *collector) message(n *ast.CompositeLit) {
	for i, x := range n.Elts {
		if kv, ok := x.(*ast.KeyValueExpr); ok && kv.Key.(*ast.Ident).Name == "Format" { // keys of a struct are names
			c.add(kv.Value)
		} else if !ok && i == 0 {
			c.add(x)
		}
	}
}

// callee is package.function.
func (c *collector) callee(n *ast.CallExpr) string {
	switch f := n.Fun.(type) {
	case *ast.Ident:
		return c.name + "." + f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok && x.Name == "errs" {
			return "errs." + f.Sel.Name
		}
		if f.Sel.Name == "Add" && len(n.Args) >= 3 {
			return "errs.Add"
		}
		return c.name + "." + f.Sel.Name
	}
	return ""
}

// add notes a sentence; one that is no constant cannot be translated.
func (c *collector) add(x ast.Expr) {
	if id, ok := x.(*ast.Ident); ok && c.carried[id.Name] {
		return
	}
	texts := c.values(x)
	if len(texts) == 0 {
		c.t.Errorf("%s: the sentence is no constant", c.at(x))
	}
	for _, s := range texts {
		if _, ok := c.found[s]; !ok && s != "" {
			c.found[s] = c.at(x)
		}
	}
}

// values are what a constant expression can be: several, where constants of a package share a name.
func (c *collector) values(x ast.Expr) (out []string) {
	switch x := x.(type) {
	case *ast.BasicLit:
		if s, err := strconv.Unquote(x.Value); err == nil && x.Kind == token.STRING {
			return []string{s}
		}
	case *ast.Ident:
		for _, v := range c.consts[x.Name] {
			out = append(out, c.values(v)...)
		}
	case *ast.ParenExpr:
		return c.values(x.X)
	case *ast.BinaryExpr:
		for _, a := range c.values(x.X) {
			for _, b := range c.values(x.Y) {
				out = append(out, a+b)
			}
		}
	}
	return out
}

func (c *collector) at(n ast.Node) string {
	p := c.fset.Position(n.Pos())
	return path.Join("internal", strings.TrimPrefix(filepath.ToSlash(p.Filename), "../")) + ":" + strconv.Itoa(p.Line)
}
