package internal_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/seutu/seutu/"

// kernel packages know nothing of families.
var kernel = []string{"area", "authn", "authz", "clock", "config", "contactpoint", "contract", "errs", "finnish", "i18n", "importfile", "issuer", "lifecycle", "opt", "page", "patch", "pgembed", "redact", "render", "searchindex", "site", "store", "strictjson"}

// TestImports holds the tree to its direction: cmd > cli > app > httpapi and domain > kernel; families never meet.
func TestImports(t *testing.T) {
	t.Parallel()
	seen := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "dev/") {
			return err
		}
		seen++
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, im := range file.Imports {
			if why := refused(filepath.ToSlash(path), strings.Trim(im.Path.Value, `"`)); why != "" {
				t.Errorf("%s imports %s: %s", path, im.Path.Value, why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 50 {
		t.Fatalf("looked at %d files only", seen)
	}
}

// TestClientImports: the public client stands alone, so that whoever uses it builds nothing of the service.
func TestClientImports(t *testing.T) {
	t.Parallel()
	allowed := []string{"github.com/google/uuid", "github.com/oapi-codegen/nullable"}
	files, err := filepath.Glob("../pkg/seutu/*.go")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, im := range file.Imports {
			name := strings.Trim(im.Path.Value, `"`)
			if strings.Contains(name, ".") && !slices.Contains(allowed, name) {
				t.Errorf("%s imports %s: the client needs the standard library and its models only", path, name)
			}
		}
	}
}

// refused tells why a file may not import a package, "" if it may.
func refused(file, path string) string {
	dir, name := filepath.Dir(file), filepath.Base(file)
	pkg, _, _ := strings.Cut(dir, "/")
	ours, internal := strings.CutPrefix(path, module+"internal/")
	family := strings.HasPrefix(dir, "domain/")
	testing := pkg == "testkit"
	switch {
	case path == "net/http" || strings.HasPrefix(path, "github.com/labstack/echo"):
		asks := dir == "issuer" && name == "fetch.go" // the one that asks others: the keys of external issuers
		if pkg != "httpapi" && pkg != "render" && !asks && !testing {
			return "HTTP stays in httpapi and render"
		}
	case strings.HasPrefix(path, "gorm.io/") || strings.HasPrefix(path, "github.com/jackc/pgx"):
		if pkg != "store" && !strings.HasPrefix(name, "repository") && !testing {
			return "the database stays in store and repositories"
		}
	case path == module+"api":
		if handler := family && strings.HasPrefix(name, "handler"); pkg != "httpapi" && pkg != "contract" && !handler {
			return "only handlers see the wire types"
		}
	case !internal:
	case slices.Contains(kernel, pkg) && !slices.Contains(kernel, ours):
		return "the kernel knows nothing above it"
	case family && (strings.HasPrefix(ours, "domain/") || !slices.Contains(kernel, ours)):
		return "a family knows the kernel only"
	case pkg == "httpapi" && (ours == "app" || ours == "cli"), pkg == "app" && (ours == "cli" || ours == "testkit"), pkg == "demo" && ours == "app":
		return "imports go downward"
	}
	return ""
}
