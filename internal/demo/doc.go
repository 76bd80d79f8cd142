// Package demo makes the region that `seutu serve --demo` shows: the 3,253
// associations that Kanta-Häme (region 05) had in 2020, in the published numbers
// by sub-region and by field, and a user for each role.
//
// The associations are invented. The names are put together from place names and
// from words that associations commonly use (data/): a real one may bear the same
// name, but nothing else is its. The rest is drawn from a seeded generator. Register
// numbers from 900.001 up and business ids 99xxxxx-x are not in use, e-mail and web
// addresses are those of example.org, example.com and example.net, and telephone
// numbers are +358 50 555 01xx.
//
// The same program always makes the same region, on every machine: it asks no
// clock, and no floating-point rounding decides anything.
package demo
