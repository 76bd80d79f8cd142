package contactpoint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/contactpoint"
	"github.com/seutu/seutu/internal/errs"
)

func TestContactPoints(t *testing.T) {
	t.Parallel()
	phone := func(s string) (string, bool) { return contactpoint.Phone(s, "FI") }
	for _, tt := range []struct {
		parse func(string) (string, bool)
		in    string
		want  string // "" if it is none
	}{
		{phone, "050 555 0101", "+358505550101"}, {phone, "+46 8 123 456", "+468123456"}, {phone, "soita", ""}, {phone, "12", ""},
		{contactpoint.Email, " info@Example.ORG ", "info@example.org"}, {contactpoint.Email, "info@localhost", ""}, {contactpoint.Email, "Info <info@example.org>", ""}, {contactpoint.Email, "a@b@example.org", ""}, {contactpoint.Email, "info@[127.0.0.1]", ""},
		{contactpoint.URL, "example.org", "https://example.org"}, {contactpoint.URL, "HTTP://Example.org/Polku", "http://example.org/Polku"}, {contactpoint.URL, "javascript:alert(1)", ""}, {contactpoint.URL, "https://user:pw@example.org", ""},
		{contactpoint.URL, "ftp://example.org", ""}, {contactpoint.URL, "https://localhost", ""}, {contactpoint.URL, "https://example.org/<script>", ""},
	} {
		got, ok := tt.parse(tt.in)
		assert.Equal(t, tt.want != "", ok, tt.in)
		if ok {
			assert.Equal(t, tt.want, got)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	email, phone, bad := "info@Example.ORG", "050 555 0101", "soita"
	e, p, f := &email, &phone, errs.Faults{}
	contactpoint.Check(&e, &p, &f)
	assert.Empty(t, f)
	assert.Equal(t, "info@example.org", *e)
	assert.Equal(t, "+358505550101", *p)
	none, b := (*string)(nil), &bad
	contactpoint.Check(&none, &b, &f)
	assert.Nil(t, none)
	if assert.Len(t, f, 1) {
		assert.Equal(t, "/phone", f[0].Pointer)
	}
}
