package account

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/seutu/seutu/internal/errs"
)

func TestPasswordRules(t *testing.T) {
	const email = "matti.meikalainen@forssa.example"
	for password, want := range map[string]string{
		"neljä sanaa riittää":      "",
		"äöäöäöäöäöäö":             "", // twelve characters, not bytes
		"äöäöäöäöäöä":              "too-short",
		"":                         "too-short",
		"Salasana1234":             "too-common", // in any case
		"zzzzzzzzzzzzz":            "too-common",
		"ääääääääääää":             "too-common",
		"x-Matti.Meikalainen-2026": "contains-email",
	} {
		f := errs.Faults{}
		checkPassword(&f, "/newPassword", password, email)
		got := ""
		if len(f) > 0 {
			got = f[0].Code
		}
		if got != want || len(f) > 0 && f[0].Pointer != "/newPassword" {
			t.Errorf("%q: %v, want %q", password, f, want)
		}
	}
	f := errs.Faults{}
	if checkPassword(&f, "/password", "a good long one", "a@forssa.example"); len(f) > 0 {
		t.Errorf("one letter of an address is in most passwords: %v", f)
	}
}

func TestCommonPasswordsWouldPassOtherwise(t *testing.T) {
	if len(common) < 30 {
		t.Errorf("only %d", len(common))
	}
	for _, p := range common {
		if utf8.RuneCountInString(p) < minPassword || p != strings.ToLower(p) {
			t.Errorf("%q is never reached", p)
		}
	}
}

func TestParseEmail(t *testing.T) {
	for in, want := range map[string]string{
		" Matti.Meikäläinen@Forssa.FI":    "",
		" Matti.Meikalainen@Forssa.FI":    "matti.meikalainen@forssa.fi",
		"a+b@x.example":                   "a+b@x.example",
		"a@xn--jrvenp-5wacf.fi":           "a@xn--jrvenp-5wacf.fi",
		"a@localhost":                     "",
		"a@@x.fi":                         "",
		"a b@x.fi":                        "",
		"a@x..fi":                         "",
		".a@x.fi":                         "",
		"a@-x.fi":                         "",
		"Matti <a@x.fi>":                  "",
		"a@x.fi\n":                        "a@x.fi",
		"a\n@x.fi":                        "",
		"":                                "",
		strings.Repeat("a", 65) + "@x.fi": "",
		"a@" + strings.Repeat(strings.Repeat("b", 60)+".", 5) + "fi": "",
	} {
		got, ok := parseEmail(in)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %v", in, got, ok)
		}
	}
}
