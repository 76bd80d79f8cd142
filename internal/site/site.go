// Package site holds what people see of the service in a browser: pages, made from templates, and the files that these use.
// It knows no HTTP: package httpapi serves what it makes.
package site

import (
	"bytes"
	"embed"
	"html/template"
	"regexp"

	"github.com/seutu/seutu/internal/i18n"
)

// HTML is the media type of the pages.
const HTML = "text/html; charset=utf-8"

// What the pages may do (Content-Security-Policy): nothing from elsewhere, and scripts on the reference only. Styles within the
// page are allowed nowhere.
const (
	Policy     = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	DocsPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

//go:embed templates/*.html
var templates embed.FS

var pages = template.Must(template.New("").Funcs(template.FuncMap{"code": code}).ParseFS(templates, "templates/*.html"))

var ticked = regexp.MustCompile("`([^`]*)`")

// code is a sentence in which what stands between backticks is set as code.
func code(s string) template.HTML {
	return template.HTML(ticked.ReplaceAllString(template.HTMLEscapeString(s), "<code>$1</code>")) //nolint:gosec // escaped just before
}

func render(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	err := pages.ExecuteTemplate(&b, name, data)
	return b.Bytes(), err
}

// User is somebody as whom visitors of a demo may sign in.
type User struct{ Email, Name, Password string }

// Docs is the reference: the contract as a page on which operations can be tried. demo is empty where nobody may sign in
// without being asked.
func Docs(demo []User) ([]byte, error) {
	return render("docs.html", struct {
		Lang, Title string
		Demo        []User
	}{"en", "Seutu: reference", demo})
}

// Problem is a problem type.
type Problem struct {
	Name               string
	Status             int
	Title, Description i18n.Text
}

// Problems is the page about all problem types, in Finnish and English.
func Problems(types []Problem) ([]byte, error) {
	return render("problems.html", struct {
		Lang, Title string
		Types       []Problem
	}{"fi", "Seutu: virheet · problems", types})
}

// ProblemPage is the page about a problem type, in Finnish and English.
func ProblemPage(p Problem) ([]byte, error) {
	return render("problem.html", struct {
		Lang, Title string
		Problem
	}{"fi", "Seutu: " + p.Name, p})
}
