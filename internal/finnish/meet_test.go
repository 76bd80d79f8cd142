package finnish

// Meeting is a query, a text, and whether the one finds the other.
type Meeting struct {
	Query, Text, Language string
	Name                  bool
	Known, Ruled          bool // with a dictionary, and without
}

// Meetings are true of the sample dictionary and of the real one.
var Meetings = []Meeting{
	// Forms of a word.
	{"yhdistyksille", "Kylän yhdistys", "fi", true, true, true},
	{"yhdistykset", "Tämä yhdistys auttaa", "fi", false, true, true},
	{"lasten", "Lapset ja nuoret", "fi", false, true, true},
	{"lapsi", "Lasten kuoro", "fi", true, true, true},
	{"kylien", "Kylän kuoro", "fi", true, true, true},
	{"koira", "Koirien ystävät", "fi", false, true, true},
	{"marttojen", "Oulun Martat ry", "fi", true, true, true},
	{"eläkeläisten", "Lahden Eläkeläiset", "fi", true, true, true},
	// Parts of compounds: one of them, several of them, written apart.
	{"kuoro", "Sirkkojen Mieskuoro", "fi", true, true, true},
	{"kuoro", "Harjoittelemme mieskuorona", "fi", false, true, true},
	{"kylien", "Hannukaisen kyläyhdistys", "fi", true, true, false},
	{"toimikunta", "Hannukaisen kylätoimikunta", "fi", true, true, true},
	{"nuorisoseurat", "Kylänuorisoseura", "fi", true, true, false},
	{"seuran", "Karjalan Nuorisoseura", "fi", true, true, true},
	{"nuoriso seura", "Karjalan Nuorisoseurat", "fi", true, true, false},
	{"mieskuoro", "Mies Kuoro", "fi", true, true, false},
	{"kissayhdistys", "Kissa ja yhdistys", "fi", false, true, false},
	{"Itä-Suomi", "Itä-Suomen Kuoro", "fi", true, true, true},
	{"suomi", "Itä-Suomen Kuoro", "fi", true, true, true},
	{"4H-yhdistys", "Oulun 4H yhdistys", "fi", true, true, true},
	{"4h yhdistykset", "Oulun 4H-yhdistys", "fi", true, true, true},
	{"Xyzzy-yhdistyksen", "Xyzzy-yhdistys", "fi", true, true, true},
	{"yhdistys", "Xyzzyläisyhdistys", "fi", true, true, true},
	{"4-H", "Oulun 4H-yhdistys", "fi", true, true, true},
	{"xyzzyseuran", "Xyzzy-Seura", "fi", true, true, true},
	{"kilta", "Oulun A-kilta", "fi", true, true, true},
	// Unknown words, by their folds.
	{"Caverionin", "Caverion", "fi", true, true, true},
	{"Caverion", "Caverionille", "fi", false, true, true},
	{"SAK:n", "SAK ry", "fi", true, true, true},
	// Swedish and English, in names of any language too.
	{"förening", "Kotkanejdens Hembygdsförening rf", "sv", true, true, true},
	{"hembygdsföreningar", "Hembygdsföreningen i Vörå", "sv", true, true, true},
	{"hembygdsföreningens", "Vi är en hembygdsförening", "sv", false, true, true},
	{"föreningarna", "Svenska Föreningen", "fi", true, true, true},
	{"föreningarna", "Oulun 4H-förening", "sv", true, true, true},
	{"ungdomar", "Vörå Ungdomsförening", "sv", true, true, false},
	{"fiskare", "Hangö Fiskarförbund", "sv", true, true, false},
	{"medlemmar", "För varje medlem", "sv", false, true, true},
	{"kylä", "Kylän kuoro", "sv", true, true, true},
	{"club", "Lions Clubs", "en", true, true, true},
	{"societies", "A society of friends", "en", false, true, true},
	{"общество", "Русское общество", "ru", false, true, true},
	// Words that say little.
	{"kuoro ry", "Mieskuoro", "fi", true, true, true},
	{"ry", "Kuoro r.y.", "fi", true, true, true},
	{"ry", "Kuoro", "fi", true, false, false},
	{"kylä ja kuoro", "Kuoro, kylä", "fi", false, true, true},
	// What must not be found.
	{"kuoro", "Kuormaliikenne", "fi", true, false, false},
	{"kissa", "Koirayhdistys", "fi", true, false, false},
	{"kissa kuoro", "Kissayhdistys", "fi", true, false, false},
	{"kyläyhdistys", "Yhdistys", "fi", true, false, false},
	{"mieskuoro", "Naiskuoro", "fi", true, false, false},
	{"seura", "Seurakunta", "fi", true, false, false},
	{"kunta", "Hannukaisen kylätoimikunta", "fi", true, false, false},
	{"byar", "Byggnadslaget", "sv", true, false, false},
	{"lag", "Lahden Kuoro", "fi", true, false, false},
}

// Typed are queries whose last word may be the beginning of one.
var Typed = []Meeting{
	{"mieskuo", "Sirkkojen Mieskuoro", "fi", true, true, true},
	{"kuor", "Sirkkojen Mieskuoro", "fi", true, true, true},
	{"nuor", "Karjalan nuorisoseura", "fi", true, true, true},
	{"yhdistyks", "Kylän yhdistys", "fi", true, true, true},
	{"kylän yhd", "Kylän yhdistys", "fi", true, true, true},
	{"kylän y", "Kylän kuoro", "fi", true, true, true},
	{"kylä ja", "Kylän kuoro", "fi", true, true, true},
	{"j", "J ry", "fi", true, true, true},
	{"hembyg", "Hembygdsföreningen i Vörå", "sv", true, true, true},
	{"Cave", "Caverion", "fi", true, true, true},
	{"yhd kuoro", "Kylän yhdistys, kuoro", "fi", true, false, false},
	{"kylän k", "Yhdistys", "fi", true, false, false},
}

// Crossed are words of which the sample dictionary knows one form and not the other: they meet in names.
var Crossed = []Meeting{
	{"kylistä", "Kylä", "fi", true, true, true},
	{"kylä", "Kylistä", "fi", true, true, true},
	{"yhdistysten", "Yhdistys", "fi", true, true, true},
	{"yhdistys", "Yhdistysten", "fi", true, true, true},
	{"koirille", "Koira", "fi", true, true, true},
	{"koirat", "Koirille", "fi", true, true, true},
	{"kylän", "Kirjoitamme kylistä", "fi", false, true, true},
	{"kylistä", "Kirjoitamme kylän asioista", "fi", false, false, true}, // in names only
}
