package site

import "github.com/seutu/seutu/internal/i18n"

// frontTexts is the wording of the front page.
var frontTexts = map[string]i18n.Text{
	"main":     {"fi": "Siirry sisältöön", "sv": "Hoppa till innehållet", "en": "Skip to the content"},
	"language": {"fi": "Kieli", "sv": "Språk", "en": "Language"},
	"headline": {
		"fi": "Alueellisen järjestöyhteistyön avoin tietopalvelu", "sv": "Öppen datatjänst för regionalt föreningssamarbete", "en": "The open data service of regional association cooperation",
	},
	"lead": {
		"fi": "Yhdistykset, seurakunnat, kunnat ja muut julkisyhteisöt tekevät yhdessä työtä joka maakunnassa. Seutu kertoo tietona, mitä järjestöjä on, missä verkostoissa ja neuvottelukunnissa ne toimivat, milloin kokoonnutaan ja kuka puhuu kenenkin puolesta.",
		"sv": "Föreningar, församlingar, kommuner och andra offentliga samfund arbetar tillsammans i varje landskap. Seutu berättar som data vilka organisationer som finns, i vilka nätverk och delegationer de verkar, när man möts och vem som för vems talan.",
		"en": "Associations, parishes, municipalities and public bodies work together in every region of Finland. Seutu tells as data which organisations there are, which networks and councils they work in, when these meet, and who speaks for whom.",
	},
	"open": {
		"fi": "Julkaistua saa lukea kuka tahansa ilman tunnuksia. Kirjoittaminen vaatii käyttöoikeuden. Henkilöistä näkyy vain se, mihin he ovat suostuneet.",
		"sv": "Det som är publicerat får läsas av alla utan inloggning. Att skriva kräver behörighet. Om personer visas bara det som de samtyckt till.",
		"en": "What is published may be read by everyone, without signing in. Writing needs a grant. Of people only what they consented to is shown.",
	},
	"reference":  {"fi": "Rajapinnan kuvaus, jossa voi kokeilla", "sv": "Gränssnittets beskrivning, med provkörning", "en": "Reference, with “try it”"},
	"contract":   {"fi": "Sopimus (OpenAPI)", "sv": "Kontrakt (OpenAPI)", "en": "Contract (OpenAPI)"},
	"problems":   {"fi": "Virheet", "sv": "Fel", "en": "Problems"},
	"docs":       {"fi": "Kuvaus", "sv": "Beskrivning", "en": "Reference"},
	"here":       {"fi": "Täällä on nyt", "sv": "Här finns nu", "en": "What is here now"},
	"noDatabase": {"fi": "Lukumääriä ei saada juuri nyt.", "sv": "Antalen kan inte visas just nu.", "en": "The numbers cannot be had just now."},
	"start":      {"fi": "Alkuun komentoriviltä", "sv": "Kom igång på kommandoraden", "en": "Start on the command line"},
	"startNote": {
		"fi": "Luettelot tulevat sivuina: seuraa kenttää next, kunnes se on null.", "sv": "Listor kommer sidvis: följ fältet next tills det är null.", "en": "Lists are pages: follow next until it is null.",
	},
	"follow": {"fi": "Seuraa", "sv": "Följ", "en": "Follow"},
	"calendar": {
		"fi": "Kokouskalenteri", "sv": "Möteskalender", "en": "Calendar of meetings",
	},
	"calendarNote": {
		"fi": "Tilaa osoite kalenteriohjelmaasi. Rajaa halutessasi kunnalla, neuvottelukunnalla tai verkostolla.",
		"sv": "Prenumerera på adressen i ditt kalenderprogram. Avgränsa vid behov med kommun, delegation eller nätverk.",
		"en": "Subscribe to the address with a calendar program. Narrow it by municipality, council or network if you like.",
	},
	"places":  {"fi": "Alueet ja kunnat", "sv": "Områden och kommuner", "en": "Regions and municipalities"},
	"health":  {"fi": "Palvelun tila", "sv": "Tjänstens tillstånd", "en": "State of the service"},
	"alive":   {"fi": "Käynnissä?", "sv": "I gång?", "en": "Alive?"},
	"ready":   {"fi": "Valmis vastaamaan?", "sv": "Redo att svara?", "en": "Ready to answer?"},
	"version": {"fi": "Versio", "sv": "Version", "en": "Version"},
	"machine": {"fi": "Sama ohjelmille", "sv": "Samma för program", "en": "The same for programs"},
	"terms":   {"fi": "Käyttöehdot", "sv": "Villkor", "en": "Terms"},
	"licence": {
		"fi": "Tiedot saa käyttää lisenssillä CC BY 4.0, ellei palvelun ylläpitäjä kerro muuta.", "sv": "Uppgifterna får användas under licensen CC BY 4.0, om inte tjänstens ägare säger annat.", "en": "The data may be used under CC BY 4.0 unless the operator of the service says otherwise.",
	},
	"sources": {
		"fi": "Lähteet: Tilastokeskus (luokitukset) ja Maanmittauslaitos (keskipisteet), CC BY 4.0; Patentti- ja rekisterihallitus (rekisterinumerot).",
		"sv": "Källor: Statistikcentralen (klassificeringar) och Lantmäteriverket (mittpunkter), CC BY 4.0; Patent- och registerstyrelsen (registernummer).",
		"en": "Sources: Statistics Finland (classifications) and National Land Survey of Finland (centre points), CC BY 4.0; Finnish Patent and Registration Office (register numbers).",
	},
}
