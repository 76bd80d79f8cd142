package bench

import (
	"cmp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/seutu/seutu/internal/domain/geography"
)

// renamed calls an association of the demo after another place: its municipality if it was called after one, else the i-th
// village, so that words are repeated and places spread as in the whole country.
func renamed(name, lang string, home geography.Municipality, i int) string {
	first, rest, _ := strings.Cut(name, " ")
	switch {
	case lang == "fi" && towns()[first]:
		return genitive(home.Name["fi"]) + " " + rest
	case lang == "fi" && strings.HasSuffix(first, "n"):
		return village(i) + " " + rest
	}
	words := strings.Fields(name)
	for n, w := range words {
		if towns()[w] { // the society of Forssa
			words[n] = cmp.Or(home.Name[lang], home.Name["fi"])
		}
	}
	return strings.Join(words, " ")
}

// towns are the municipalities as names have them: in every language, and in the Finnish genitive.
var towns = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for _, m := range divided().Municipalities() {
		set[genitive(m.Name["fi"])] = true
		for _, name := range m.Name {
			set[name] = true
		}
	}
	return set
})

// village is the genitive of a place name that is put together, as most are; one of some thousand.
func village(i int) string {
	return villageBeginnings[i*7%len(villageBeginnings)] + villageEndings[i/3%len(villageEndings)]
}

var (
	villageBeginnings = strings.Fields(`Ahven Ala Haapa Hanhi Harju Hauki Heinä Hiekka Hirvi Hongan Iso Jänis Kaarna Kala Kallio Kanerva Karhu Kataja Keski
		Ketun Kevät Kirkon Kivi Koivu Korpi Kotka Kuikka Kurjen Kuusi Kylmä Lammas Lehti Lehmus Leppä Lepän Lintu Lohi Louhi Lumi Mansikka Marja
		Metsä Mustan Mylly Männyn Niinin Nurmi Oravan Pajun Pelto Peuran Pihlaja Pitkä Pohjan Puna Raita Rauta Repo Riihi Ruis Ruoko Saha Sammal
		Savi Sorsa Suden Suo Sydän Syvä Tammi Tervan Tuomi Uusi Vaahtera Valkea Vanha Varis Vehmaan Vesi Vihta Vuori Väli Yli Äijän`)
	villageEndings = strings.Fields(`harjun joen järven kallion kankaan kosken kulman kylän lahden lammen lehdon mäen maan niemen nurmen pellon perän
		pohjan puron rannan rinteen saaren salmen salon suon vaaran vainion veden vuoren ylän`)
)

// endings and what they are in the genitive; for any other an n is put behind. A name that they get wrong does no harm.
var endings = [][2]string{
	{"järvi", "järven"}, {"niemi", "niemen"}, {"lahti", "lahden"}, {"lampi", "lammen"}, {"salmi", "salmen"}, {"koski", "kosken"}, {"mäki", "mäen"},
	{"joki", "joen"}, {"saari", "saaren"}, {"vesi", "veden"}, {"kunta", "kunnan"}, {"nki", "ngin"}, {"nko", "ngon"}, {"nka", "ngan"}, {"hti", "hdin"},
	{"ranta", "rannan"}, {"virta", "virran"}, {"nen", "sten"}, {"kka", "kan"}, {"ppi", "pen"}, {"tti", "tin"}, {"mpu", "mmun"}, {"to", "don"}, {"rku", "run"}, {"s", "ksen"}, {"ee", "een"}, {"e", "een"},
}

func genitive(name string) string {
	for _, e := range endings {
		if stem, ok := strings.CutSuffix(strings.ToLower(name), e[0]); ok && stem != "" {
			return name[:len(stem)] + e[1]
		}
		if strings.EqualFold(name, e[0]) { // Lahti
			return name[:1] + e[1][1:]
		}
	}
	if last, _ := utf8.DecodeLastRuneInString(name); !strings.ContainsRune("aeiouyåäö", last) {
		return name + "in"
	}
	return name + "n"
}
