package duplicate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/domain/duplicate"
	"github.com/seutu/seutu/internal/i18n"
)

func named(name string) duplicate.Body {
	return duplicate.Body{Kind: "association", Name: i18n.Text{"fi": name}}
}

// with gives a body more to tell it by.
func with(b duplicate.Body, more func(*duplicate.Body)) duplicate.Body {
	more(&b)
	return b
}

func TestNames(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		a, b   string
		likely bool
	}{
		{"Turengin Nuorisoseura ry", "Turengin nuorisoseura r.y.", true},
		{"Turengin Nuorisoseura ry", "Turengin Nuoriso-seura", true},
		{"Turengin Nuorisoseura ry", "Nuorisoseura Turengin", true},
		{"Turengin Nuorisoseura ry", "Turengin Nuorisosuera ry", true}, // a slip
		{"Janakkalan Eläkkeensaajat ry", "Janakkalan Eläkeläiset ry", false},
		{"Janakkalan Eläkkeensaajat ry", "Lopen Eläkkeensaajat ry", false},
		{"Hämeenlinnan Martat ry", "Hämeenlinnan Invalidit ry", false},
		{"Suomen Punainen Risti Janakkalan osasto", "Suomen Punainen Risti Turengin osasto", false},
		{"1st Altrincham Scout Group", "2nd Altrincham Scout Group", false},
		{"St. John's Centre", "St Johns Centre", true},
		{"The Friends of Walkden Gardens", "Friends Of Walkden Gardens", true},
		{"Friends of Davyhulme Park", "Friends of Ashton Park", false},
		{"Gorse Hill Studios", "Gorsehill Studios", true},
		{"Collaborative Women UK", "Collaborative Women UK CIC", true},
		{"Friends of Stretford Public Hall", "Friends of Stretford Public Hall Limited (Stretford Hub)", true},
		{"Trafford African & Caribbean Over 50's Club", "Trafford African and caribbean over 50s club", true},
		{"ry", "ry", true},
		{"Ry", "The Association", false},
	} {
		score, reasons := duplicate.Score(named(x.a), named(x.b), duplicate.Same)
		back, _ := duplicate.Score(named(x.b), named(x.a), duplicate.Same)
		assert.InDelta(t, score, back, 0.0005, "%s and %s: either way", x.a, x.b)
		assert.Equal(t, x.likely, score >= duplicate.Likely, "%s and %s: %.3f %v", x.a, x.b, score, reasons)
		assert.LessOrEqual(t, score, 1.0)
		elsewhere, _ := duplicate.Score(named(x.a), named(x.b), duplicate.Elsewhere)
		assert.Less(t, elsewhere, duplicate.Likely, "a name alone tells nothing of another part of the country")
	}
}

func TestReasons(t *testing.T) {
	t.Parallel()
	seura, kerho := named("Turengin Nuorisoseura ry"), named("Keskustan Hiihtokerho ry")
	type body = duplicate.Body
	for _, x := range []struct {
		name   string
		a, b   body
		at     duplicate.Place
		codes  []string
		likely bool
	}{
		{"nothing", seura, kerho, duplicate.Same, nil, false},
		{"one e-mail is a secretary of two", with(seura, func(b *body) { b.Email = "x@example.org" }), with(kerho, func(b *body) { b.Email = "X@example.org" }), duplicate.Same, []string{"same-email"}, false},
		{"e-mail and telephone", with(seura, func(b *body) { b.Email, b.Phone = "x@example.org", "+358505550101" }), with(kerho, func(b *body) { b.Email, b.Phone = "x@example.org", "+358505550101" }), duplicate.Elsewhere,
			[]string{"same-email", "same-phone"}, true},
		{"one domain", with(seura, func(b *body) { b.Email = "x@seura.example" }), with(kerho, func(b *body) { b.Email = "y@seura.example" }), duplicate.Same, []string{"same-email-domain"}, false},
		{"a domain for all", with(seura, func(b *body) { b.Email = "x@gmail.com" }), with(kerho, func(b *body) { b.Email = "y@gmail.com" }), duplicate.Same, nil, false},
		{"one page", with(seura, func(b *body) { b.Website = "https://www.seura.example/" }), with(kerho, func(b *body) { b.Website = "http://seura.example" }), duplicate.Same, []string{"same-website"}, false},
		{"a host for all", with(seura, func(b *body) { b.Website = "https://facebook.com/a" }), with(kerho, func(b *body) { b.Website = "https://facebook.com/b" }), duplicate.Same, nil, false},
		{"one house", with(seura, func(b *body) { b.Street, b.PostalCode = "Tie 1", "14200" }), with(kerho, func(b *body) { b.Street, b.PostalCode = "tie 1", "14200" }), duplicate.Same, []string{"same-address"}, false},
		{"a number as a key", with(seura, func(b *body) { b.RegisterNumber = "12.345" }), with(kerho, func(b *body) { b.ExternalIDs = []duplicate.ExternalID{{System: "prh", ID: "12.345"}} }), duplicate.Elsewhere, []string{"same-identifier"}, true},
		{"keys of two systems count from one", with(seura, func(b *body) { b.ExternalIDs = []duplicate.ExternalID{{System: "a", ID: "100001"}} }),
			with(kerho, func(b *body) { b.ExternalIDs = []duplicate.ExternalID{{System: "b", ID: "100001"}} }), duplicate.Same, nil, false},
		{"one name, two numbers", with(seura, func(b *body) { b.RegisterNumber = "12.345" }), with(seura, func(b *body) { b.RegisterNumber = "12.346" }), duplicate.Same, []string{"same-name"}, false},
		{"a former name", with(kerho, func(b *body) { b.OtherNames = []i18n.Text{seura.Name} }), seura, duplicate.Same, []string{"former-name"}, true},
		{"a neighbour", seura, seura, duplicate.Near, []string{"same-name"}, true},
		{"elsewhere", seura, seura, duplicate.Elsewhere, []string{"same-name"}, false},
	} {
		score, reasons := duplicate.Score(x.a, x.b, x.at)
		var codes []string
		for _, r := range reasons {
			codes = append(codes, r.Code)
		}
		assert.Equal(t, x.codes, codes, x.name)
		assert.Equal(t, x.likely, score >= duplicate.Likely, "%s: %.3f", x.name, score)
		back, _ := duplicate.Score(x.b, x.a, x.at)
		assert.InDelta(t, score, back, 0.0005, x.name)
	}
}
