// Package contactpoint reads telephone numbers, e-mail addresses and web addresses as people write them, and gives the form in
// which they are stored.
package contactpoint

import (
	"net/mail"
	"net/url"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/seutu/seutu/internal/errs"
)

// Phone reads a number as people write it in the country, and gives E.164.
func Phone(s, country string) (string, bool) {
	n, err := phonenumbers.Parse(s, country)
	if err != nil || !phonenumbers.IsPossibleNumber(n) || n.GetExtension() != "" {
		return "", false
	}
	return phonenumbers.Format(n, phonenumbers.E164), true
}

// Email reads a plain address, without a display name; the domain's case does not matter.
func Email(s string) (string, bool) {
	s = strings.TrimSpace(s)
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || a.Name != "" || len(s) > 254 {
		return "", false
	}
	local, domain, _ := strings.Cut(s, "@")
	if !strings.Contains(domain, ".") || strings.ContainsAny(domain, " []") || len(local) > 64 {
		return "", false
	}
	return local + "@" + strings.ToLower(domain), true
}

// URL reads a web address; without a scheme it is taken for https.
func URL(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || !strings.Contains(u.Hostname(), ".") || strings.ContainsAny(s, " \t\n\"<>") {
		return "", false
	}
	u.Host = strings.ToLower(u.Host)
	return u.String(), true
}

// Check brings the contact points of one thing into canonical form, and notes those that have none. A Finnish phone number
// may lack its +358.
func Check(email, phone **string, f *errs.Faults) {
	if !canonical(email, Email) {
		f.Add("/email", "invalid", "it is no e-mail address")
	}
	if !canonical(phone, func(s string) (string, bool) { return Phone(s, "FI") }) {
		f.Add("/phone", "invalid", "it is no phone number")
	}
}

// CheckURL brings a web address into canonical form, and notes it if it has none.
func CheckURL(member **string, pointer string, f *errs.Faults) {
	if !canonical(member, URL) {
		f.Add(pointer, "invalid", "it is no web address")
	}
}

func canonical(member **string, parse func(string) (string, bool)) bool {
	if *member == nil {
		return true
	}
	v, ok := parse(**member)
	if ok {
		*member = &v
	}
	return ok
}
