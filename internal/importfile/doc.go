// Package importfile turns a register's file and a mapping into a stream of rows in the shape of the sync API. It knows
// neither the database nor HTTP, and its memory does not grow with the file.
//
//	mapping, err := importfile.Preset("fi-transparency-register") // or ParseMapping(document)
//	reader, err := importfile.Open(file, mapping.Options(file.Name()))
//	rows, err := importfile.NewRows(reader, mapping, resolve)
//	for {
//		row, err := rows.Next() // io.EOF after the last
//	}
//
// # Files
//
// CSV with a header (delimiter , ; tab or |), a JSON array of objects, an object that holds such an array, and NDJSON are
// told apart by their content; the ending of the name is only a hint. The encoding is that of the byte order mark, else
// UTF-8 if the first 64 KiB are, else (CSV only) Windows-1252, which includes Latin-1. Empty lines are skipped. A row that
// cannot be read (a stray quote, too few cells, bytes that are no UTF-8, U+FFFD, NUL, over 1 MiB, nested over 32 deep)
// has a fault and the file goes on; a JSON array that is cut short is an error.
//
// # The mapping document
//
// A mapping is a JSON object. All its members are optional but columns, and unknown members are refused.
//
//	{
//	  "format":    "csv",          // csv, tsv, json or ndjson; found out when absent
//	  "delimiter": ";",            // one character, or "tab"; found out when absent
//	  "encoding":  "utf-8",        // also windows-1252, iso-8859-1, iso-8859-15, utf-16le, utf-16be, macintosh, cp850
//	  "rows":      "data.items",   // JSON: where in the object the array of rows is; the only array when absent
//
//	  "columns": {                 // column (JSON: member, or path as in "location.city.cityCode") → member of the API
//	    "Nimi": "name.fi", "Y-tunnus": "businessId", "Kunta": "municipality", "Perustettu": "founded",
//	    "Kielet": "languages", "Muoto": "kind"
//	  },
//	  "optional":  ["Perustettu"],             // columns that the file may lack; any other is missed at the start
//	  "constants": {"country": "FI"},          // members of rows that have no value of their own
//	  "key":       {"column": "Id", "system": "trafford"},  // the file's own key: an external id of that system
//	  "split":     {"Kielet": ","},            // column → what separates the elements of a list in one cell
//	  "values":    {"kind": {"yhdistys": "association", "-": ""}},  // member → translation; "" makes the cell empty
//	  "kindFromName": true,        // the kind by the name's form (ry, rf, sr, oy, osk, seurakunta …), then the constant
//	  "federations":  false,       // with it, an association called …liitto or …förbund is a federation
//	  "identity":     false        // columns are called as the members of the API, and need no "columns"
//	}
//
// The members that a column can be mapped to:
//
//	name.fi name.sv name.en              text on one line
//	description.fi .sv .en               text
//	kind status                          a value of the API, in any case
//	field registerNumber businessId email phone lastVerifiedAt address.street address.postOffice
//	address.postalCode                   in Finland, digits are filled up to five: 700 is 00700
//	website                              https:// is added where no scheme is given
//	country                              a code of two letters
//	municipality municipalities          code (92 is 092) or name
//	location.lat location.lon            WGS84 degrees, with a point or a comma
//	languages                            codes or names: fi, suomi, finska
//	memberCount.value memberCount.year   whole numbers; "1 234" is one
//	founded dissolved                    2006-01-02, 2.1.2006, 2006-01, 1/2006 or 2006
//	registeredOn                         the same, but a full date
//	otherNames affiliations              lists of plain names
//	externalIds                          a list of system:id; externalIds.SYSTEM takes the id alone
//
// municipalities, languages, otherNames, affiliations and externalIds are lists: several columns may feed one, a JSON array
// gives its elements, and a text is split as "split" says. An empty cell and null leave the member absent. Texts are
// trimmed, normalised to NFC, and non-breaking spaces become spaces.
//
// Presets: "fi-transparency-register" (companies.json of the Finnish Transparency Register), "uk-360giving-grants" (CSV of
// grants; its rows are grants, so an organisation comes once for each of them), and "seutu": JSON rows of the API's own
// shape pass through with their members (without id, version, createdAt and updatedAt), and CSV columns are called as the
// members above, with | between the elements of a list.
//
// # Rejected rows
//
// Rejects writes refused rows in the format of the file, with a column or member "seutu:reason". The file can be corrected
// and imported again with the same mapping: the reason is ignored on reading.
package importfile
