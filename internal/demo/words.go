package demo

import (
	"embed"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed data/*.txt
var data embed.FS

// kind of a place, as places.txt has it.
type kind string

const (
	region    kind = "r"
	seutu     kind = "s"
	whole     kind = "m" // the municipality itself
	parish    kind = "p"
	village   kind = "v"
	waters    kind = "w"
	federated      = "f" // among a stem's kinds: a federation
)

// weights tell how readily an association takes its name from a place of each kind.
var weights = map[kind]uint64{region: 3, seutu: 5, whole: 12, parish: 6, village: 2, waters: 4}

type place struct {
	municipality string
	kind         kind
	name         string
	genitive     string
	postal       []string // "13100 HÄMEENLINNA"
}

// stem is what a name has besides the place, in other languages and in former days where it has one.
type stem struct {
	kinds       string
	fi          string
	former      string
	swedish     string
	english     string
	since       int // there were none before
	isFederated bool
}

// section holds the words of one field.
type section struct {
	from, to     int // years of foundation
	stems        []stem
	texts        []string
	affiliations []string
	activities   []Activity
}

type words struct {
	places   []place
	sections map[string]section

	streets, funding, openings, closings, swedish, english []string
}

// loadWords reads the embedded lists. They are shared, and not to be changed.
var loadWords = sync.OnceValue(func() *words {
	w := &words{sections: make(map[string]section)}
	for _, line := range lines("places") {
		f := strings.Split(line, ";")
		w.places = append(w.places, place{f[0], kind(f[1]), f[2], f[3], strings.Split(f[4], ",")})
	}
	lists := map[string]*[]string{"street": &w.streets, "funding": &w.funding, "open": &w.openings, "close": &w.closings, "sv": &w.swedish, "en": &w.english}
	for _, line := range lines("common") {
		list, text, _ := strings.Cut(line, " ")
		*lists[list] = append(*lists[list], text)
	}
	for _, s := range sections {
		w.sections[s.name] = readSection(s.name)
	}
	return w
})

// readSection reads a file with one item a line:
//
//	years FROM TO
//	name KINDS[SINCE];STEM[;FORMER STEM;SWEDISH;ENGLISH]
//	text SENTENCE
//	affiliation NAME
//	act HEADING;TARGET GROUP,…;DESCRIPTION
//
// KINDS are the kinds of places that the stem goes with (and f where it makes a
// federation), SINCE the year before which there were none. For * in a stem stands
// the place's genitive, for ~ its name and for # a number; a stem with neither * nor
// ~ has the genitive before it.
func readSection(name string) section {
	var s section
	for _, line := range lines(name) {
		word, rest, _ := strings.Cut(line, " ")
		f := strings.Split(rest, ";")
		switch word {
		case "years":
			from, to, _ := strings.Cut(rest, " ")
			s.from, s.to = number(from), min(number(to), figuresYear)
		case "name":
			f = append(f, "", "", "")
			kinds := strings.TrimRight(f[0], "0123456789")
			since := max(s.from, number("0"+f[0][len(kinds):]))
			s.stems = append(s.stems, stem{kinds, f[1], f[2], f[3], f[4], since, strings.Contains(kinds, federated)})
		case "text":
			s.texts = append(s.texts, rest)
		case "affiliation":
			s.affiliations = append(s.affiliations, rest)
		case "act":
			s.activities = append(s.activities, Activity{f[0], strings.Split(f[1], ","), map[string]string{"fi": f[2]}})
		default:
			panic("demo: " + name + ": " + line)
		}
	}
	return s
}

func lines(name string) []string {
	text, err := data.ReadFile(path.Join("data", name+".txt"))
	if err != nil {
		panic(err)
	}
	return slices.DeleteFunc(strings.Split(string(text), "\n"), func(line string) bool { return line == "" || line[0] == '#' })
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}
