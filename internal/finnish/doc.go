// Package finnish reads the words of names and descriptions for a search engine: Finnish ones by Voikko's dictionary and,
// where there is none or it does not know a word, by rule; Swedish and English ones by rule.
//
//	path, ok := finnish.Find()            // or a path from the configuration
//	dictionary, err := finnish.Open(path) // a broken file is an error here, and nowhere later
//	analyser := finnish.New(dictionary)   // New(nil) lives by the rules alone
//
//	// Writing: a tsvector, beside which the row keeps analyser.Version().
//	vector := analyser.Document(
//		finnish.Field{Text: "Kylän mieskuoro ry", Language: "fi", Weight: finnish.A, Name: true},
//		finnish.Field{Text: "Laulamme vanhoja lauluja.", Language: "fi", Weight: finnish.C})
//
//	// Searching: a tsquery; nothing is found when it is empty.
//	query := analyser.Query("kuorot kylis", true)
//	literal := query.Literal() // vector @@ literal::tsquery, ts_rank('{0.05, 0.2, 0.4, 1}', vector, literal::tsquery)
//	spans := query.Highlight("Kylän mieskuoro ry")
//
// # The dictionary
//
// The dictionary is mor.vfst of the Debian package voikko-fi: a transducer that takes a form and puts out base form and
// parts. It is under the GPL and therefore no part of the program: it is read at start from where it was installed. The
// whole file is checked then, so that walks through it need not check anything. A walk is bounded in letters, steps, depth
// and readings; one budget of steps serves all walks for a word.
//
// # Keys
//
// A word gets several keys. They begin with a mark that is in no word, but for the first kind:
//
//	kuoro   base form of a known Finnish word; any other word as it is written
//	~kuor   fold of an unknown Finnish word (two, where its ending may or may not be that of a case)
//	^kuor   fold of the base form of a known one, in names only
//	@kör    fold of a Swedish word
//	+choir  singular of an English word
//
// A query asks for a known word by base form and ~fold, for an unknown one as it is written and by ~fold and ^fold, and
// for both in Swedish and English, since nobody says what language a query is in. So two known words meet by base form
// alone, which is exact, and a known and an unknown form of one word still meet by fold. In texts other than names known
// words have no folds, to keep the index small: there an unknown form in a query does not find a known one.
//
// Words in names get the keys of all languages, unless Finnish knows them: names mix languages. Other texts get those of
// their own. The beginning of a word, as one types, meets the keys without a mark.
//
// # Compounds
//
// The parts of a compound are keys of less weight, and so are several parts together (toimikunta in kylätoimikunta); a
// few compounds whose parts mislead, such as seurakunta, are not divided. Of several readings those with the fewest parts
// count. An unknown word gets the longest known word at its end, and without a dictionary, or in Swedish, what
// associations are often called (yhdistys, kuoro, förening). A query for a compound is also met by all its parts. A word that
// Finnish does not know also meets the Swedish compounds that begin with its stem (ungdomsförening for ungdomar).
//
// Names with hyphens are found without (lammiseura), and names without with them (4-H).
//
// # Versions
//
// The keys of analysers of different versions meet only where words are written alike. Version names the rules and the
// dictionary; rows of another version have to be analysed anew.
//
// # Figures
//
// Public registers and calendars gave 18,188 distinct words without digits. Libvoikko 4.3.1 knows 13,609 of them; all get
// the same base forms here. A word takes some 470 steps, the worst 5,780, of 60,000 allowed. The Finnish fold alone unites
// 75 % of 13,431 pairs of forms of one word, and 90 % of the pairs that it unites are of one word; the rules were made on
// these. On 789 pairs that the rules had not seen it was 90 % and 95 %.
//
// On a core that others use too, opening takes 12 ms and 7.4 MB of heap, a word 17 µs by the dictionary and 2 µs by the
// rules. Those met lately cost nothing, and remembering them up to 6 MB for real words. The vector of a name and a
// description of 30 words has 650 bytes as a literal, and 1,080 by the rules alone, since names then have the keys of all
// languages.
package finnish
