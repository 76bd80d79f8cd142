package finnish

import "testing"

func TestFoldsUniteForms(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fold func(string) string
		rows []string // forms of one word each
	}{
		"Finnish": {fold, []string{
			"yhdistys yhdistyksen yhdistyksille yhdistykset yhdistystä yhdistysten yhdistyksiin yhdistyksessäkin yhdistystensä",
			"kylä kylän kyliä kylien kylillä kylässämme", "kissa kissan kissoja kissojen kissojensa kissojaan", "seura seuralleen seurojansa seurassamme seurastaan", "lapsi lasten lapset lapsille",
			"potilas potilaat potilaiden", "vesi veden vettä", "eläkeläinen eläkeläiset eläkeläisten eläkeläistä", "liitto liiton liittojen",
			"tyttö tytön tyttöjen", "toimikunta toimikunnan toimikunnat toimikunnille", "kuoro kuorot kuoron kuoroja",
			"jäsen jäsenen jäsenten jäsenille", "harrastaminen harrastamisen harrastamista harrastamiseen", "teollisuus teollisuutta teollisuuden teollisuuksien",
			"opetus opetuksen opetusta", "lukio lukion lukiot lukioiden", "xyzzy-seura xyzzy-seuran xyzzy-seurojen", "nuori nuorten nuorille",
		}},
		"Swedish": {foldSwedish, []string{
			"förening föreningen föreningar föreningarna föreningens föreningars föreningarnas", "klubb klubben klubbar klubbarna",
			"kör kören körer körerna", "kyrka kyrkan kyrkor kyrkorna", "förbund förbundet förbunden förbunds", "by byn byar byarna",
			"medlem medlemmen medlemmar medlemmarnas", "verksamhet verksamheten verksamheter", "svensk svenska svenskt", "vän vänner vännerna",
			"stiftelse stiftelsen stiftelser", "pensionär pensionärer pensionärernas", "organisation organisationen organisationer",
			"lärare läraren lärarna", "motor motorn motorer", "hembygdsförening hembygdsföreningen hembygdsföreningar", "sfp sfp:s", "museum museet museer",
		}},
		"English": {foldEnglish, []string{
			"club clubs club's", "society societies", "church churches", "woman women women's", "children child children's", "class classes", "4h", "chess", "status",
		}},
	} {
		keys := map[string]string{}
		for _, row := range c.rows {
			forms := list(row)
			key := c.fold(forms[0])
			if other := keys[key]; other != "" {
				t.Errorf("%s: %s and %s both have the key %s", name, other, forms[0], key)
			}
			keys[key] = forms[0]
			for _, f := range forms {
				if got := c.fold(f); got != key {
					t.Errorf("%s: %s has %s, but %s has %s", name, forms[0], key, f, got)
				}
			}
		}
	}
}

func TestFoldsKeepApart(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{{"kuoro", "kuorma"}, {"kylä", "kylpylä"}, {"seura", "seurakunta"}, {"talo", "talous"}, {"yhdistys", "yhdessä"}, {"liitto", "liike"}} {
		if fold(pair[0]) == fold(pair[1]) {
			t.Errorf("%s and %s: %s", pair[0], pair[1], fold(pair[0]))
		}
	}
	for _, pair := range [][2]string{{"förening", "forening"}, {"kör", "körsbär"}, {"skola", "skog"}} {
		if foldSwedish(pair[0]) == foldSwedish(pair[1]) {
			t.Errorf("%s and %s: %s", pair[0], pair[1], foldSwedish(pair[0]))
		}
	}
}
