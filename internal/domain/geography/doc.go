// Package geography holds Finland's administrative division and the fields of
// activity: read-only reference data with codes, names and, for municipalities,
// the periods in which they hold.
//
// The data are small CSV files embedded in the program (data/README.md names
// the sources: Statistics Finland, the National Land Survey of Finland, ICNPO and
// the UN's ICNP/TSO) and are read once. Codes are strings with leading zeros. Dates are
// "2006-01-02", the end of a period is exclusive, and a nil start means "since
// before our data". Points are WGS84 degrees.
//
// Everything returned is shared by all callers and must not be changed; all
// functions may be called concurrently.
//
// What the data do not know is left out, never guessed: sub-regions,
// regions and wellbeing services counties are those of today for every day
// (only the municipalities' places in them are dated), and a municipality whose
// region changed has no sub-region before that, as today's lies in another region.
package geography
