package duplicate

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"

	"github.com/seutu/seutu/internal/i18n"
)

// Likely is the score from which two organisations are told to be likely one.
const Likely = 0.6

// Body is what is known of an organisation, as far as it tells one from another.
type Body struct {
	Kind           string
	Name           i18n.Text
	OtherNames     []i18n.Text
	Municipality   string // "" if unknown
	RegisterNumber string
	BusinessID     string
	ExternalIDs    []ExternalID
	Email          string
	Phone          string
	Website        string
	Street         string
	PostalCode     string

	names []name // taken apart already, where it is compared with many
}

// ExternalID is the key that another system has for an organisation.
type ExternalID struct {
	System string `json:"system"`
	ID     string `json:"id"`
}

// Reason is why two may be one. Detail tells no more than everyone who sees the two may know, and nothing of a person.
type Reason struct {
	Code   string  `json:"code"`
	Detail *string `json:"detail"`
}

// Place is how far two homes are from each other.
type Place int

// The places: Elsewhere lowers what a name tells.
const (
	Elsewhere Place = iota
	Near            // a neighbouring municipality, or one of the two has no home
	Same
)

// How much each reason tells, from 0 to 1. They add up as independent ones do: what is left of doubt is multiplied. Of two
// associations with one secretary the e-mail is the same, of those in one house the address.
const (
	weighIdentifier = 0.9
	weighEmail      = 0.45
	weighPhone      = 0.4
	weighPage       = 0.4
	weighHost       = 0.2
	weighDomain     = 0.2
	weighAddress    = 0.2
)

// weighName is how much equal names tell, by place.
var weighName = map[Place]float64{Same: 0.9, Near: 0.78, Elsewhere: 0.5}

// alike is the similarity from which names count.
const alike = 0.6

// How far a score sinks where something speaks against: two numbers of one register are two bodies.
const (
	otherNumber = 0.3
	otherKind   = 0.85
)

// Score tells how likely two organisations are one, from 0 to 1, and why.
func Score(a, b Body, at Place) (score float64, reasons []Reason) {
	doubt := 1.0
	note := func(code, detail string, weight float64) {
		doubt *= 1 - weight
		reasons = append(reasons, Reason{Code: code})
		if detail != "" {
			reasons[len(reasons)-1].Detail = &detail
		}
	}
	code, similarity := compareNames(a, b)
	if similarity >= alike {
		note(code, fmt.Sprintf("%.2f", similarity), weighName[at]*ease(similarity))
	}
	switch {
	case a.RegisterNumber != "" && a.RegisterNumber == b.RegisterNumber:
		note("same-register-number", "", weighIdentifier)
	case sharesIdentifier(a, b):
		note("same-identifier", "", weighIdentifier)
	}
	if a.Email != "" && strings.EqualFold(a.Email, b.Email) {
		note("same-email", "", weighEmail)
	} else if d := domain(a.Email); d != "" && d == domain(b.Email) && !publicHosts[d] {
		note("same-email-domain", d, weighDomain)
	}
	if a.Phone != "" && a.Phone == b.Phone {
		note("same-phone", "", weighPhone)
	}
	if host, same := sameSite(a.Website, b.Website); host != "" {
		note("same-website", host, map[bool]float64{true: weighPage, false: weighHost}[same])
	}
	if street := i18n.Words(a.Street); street != "" && street == i18n.Words(b.Street) && a.PostalCode == b.PostalCode {
		note("same-address", "", weighAddress)
	}
	score = 1 - doubt
	if differ(a.RegisterNumber, b.RegisterNumber) || differ(a.BusinessID, b.BusinessID) {
		score *= otherNumber
	}
	if a.Kind != b.Kind {
		score *= otherKind
	}
	return math.Round(score*1000) / 1000, reasons
}

// ease makes the last differences of names count more than the first.
func ease(similarity float64) float64 { return similarity * math.Sqrt(similarity) }

func differ(a, b string) bool { return a != "" && b != "" && a != b }

// compareNames finds the two names, of all that both have or had, that are most alike.
func compareNames(a, b Body) (code string, best float64) {
	others := namesOf(b)
	for _, x := range namesOf(a) {
		for _, y := range others {
			s := similarity(x, y)
			if x.former || y.former {
				s *= 0.9 // another body may have the name now
				if s > best {
					code, best = "former-name", s
				}
				continue
			}
			if s > best {
				best = s
				if code = "similar-name"; s == 1 {
					code = "same-name"
				}
			}
		}
	}
	return code, best
}

// sharesIdentifier tells whether the two have one key: the number of one is a key of the other in some system, or both have
// the same business id. Equal keys of two systems tell nothing: each counts from one.
func sharesIdentifier(a, b Body) bool {
	if a.BusinessID != "" && a.BusinessID == b.BusinessID {
		return true
	}
	for _, x := range [][2]Body{{a, b}, {b, a}} {
		for _, number := range []string{x[0].RegisterNumber, x[0].BusinessID} {
			if number != "" && slices.ContainsFunc(x[1].ExternalIDs, func(e ExternalID) bool { return i18n.Words(e.ID) == i18n.Words(number) }) {
				return true
			}
		}
	}
	return false
}

// publicHosts are those of which everyone may have an address: one domain tells nothing.
var publicHosts = map[string]bool{
	"gmail.com": true, "googlemail.com": true, "hotmail.com": true, "hotmail.fi": true, "hotmail.co.uk": true, "outlook.com": true, "live.com": true, "live.fi": true, "msn.com": true,
	"icloud.com": true, "me.com": true, "yahoo.com": true, "yahoo.co.uk": true, "luukku.com": true, "suomi24.fi": true, "netti.fi": true, "kolumbus.fi": true, "elisanet.fi": true,
	"pp.inet.fi": true, "inet.fi": true, "saunalahti.fi": true, "phnet.fi": true, "welho.com": true, "dnainternet.net": true, "protonmail.com": true, "proton.me": true, "surffi.fi": true,
	"facebook.com": true, "instagram.com": true, "yhdistysavain.fi": true, "sites.google.com": true, "wordpress.com": true, "blogspot.com": true, "wixsite.com": true,
}

func domain(email string) string {
	_, d, _ := strings.Cut(strings.ToLower(email), "@")
	return d
}

// sameSite is the host that two addresses share, "" if none or one that everyone may use, and whether they are one page.
func sameSite(a, b string) (host string, same bool) {
	x, err := url.Parse(a)
	if err != nil {
		return "", false
	}
	y, err := url.Parse(b)
	if err != nil {
		return "", false
	}
	host = strings.TrimPrefix(strings.ToLower(x.Hostname()), "www.")
	if host == "" || host != strings.TrimPrefix(strings.ToLower(y.Hostname()), "www.") {
		return "", false
	}
	same = strings.Trim(x.Path, "/") == strings.Trim(y.Path, "/") && x.RawQuery == y.RawQuery
	if publicHosts[host] && (!same || strings.Trim(x.Path, "/") == "") {
		return "", false
	}
	return host, same
}
