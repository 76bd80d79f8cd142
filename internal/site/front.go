package site

import (
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/i18n"
)

// Languages are those of the front page.
var Languages = i18n.NewLanguages("en", "fi", "sv")

// Kind is something that the service holds and counts on its front page.
type Kind struct {
	Name  string
	Label i18n.Text
	Path  string // of the list of those that are counted; {today} stands for the day
	Query string // SQL that counts those that everyone may see
}

// Front is what the front page tells.
type Front struct {
	Lang    string // fi, sv or en
	Version string
	Address string // public address of the service
	Kinds   []Kind
	Counts  []int64 // of the kinds; empty while the database cannot be asked
}

// Tile is a count with its label, as it is shown.
type Tile struct{ Number, Label, Path string }

// Tiles are the counts as they are shown.
func (f Front) Tiles() []Tile {
	p := message.NewPrinter(language.MustParse(f.Lang))
	out := make([]Tile, len(f.Counts))
	for i, n := range f.Counts {
		k := f.Kinds[i]
		out[i] = Tile{p.Sprintf("%d", n), k.Label[f.Lang], strings.ReplaceAll(k.Path, "{today}", string(clock.Today()))}
	}
	return out
}

// Page is the front page.
func (f Front) Page() ([]byte, error) { return render("front.html", f) }

// Title is the title of the page.
func (f Front) Title() string { return "Seutu: " + f.T("headline") }

// T is a text of the page in its language.
func (f Front) T(name string) string { return frontTexts[name][f.Lang] }
