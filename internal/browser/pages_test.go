//go:build browser

package browser

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
)

// TestPages opens the reference, signs in, tries operations that read and write, and opens the other pages: on a desk's and a
// phone's width, by day and by night.
func TestPages(t *testing.T) {
	t.Parallel()
	address := serve(t)
	for _, s := range []size{desk, phone} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			p := open(t, address, s)
			p.front()
			p.problems()
			p.docs()
			p.night()
		})
	}
	t.Run("wrong password", func(t *testing.T) {
		t.Parallel()
		p := open(t, address, phone)
		p.expected = "400 (Bad Request)"
		p.visit("/docs")
		p.signIn("yhdyshenkilo@demo.example", "wrong")
		p.do("wait for the refusal", chromedp.WaitVisible(chromedp.CSS("#sign-in-error")))
		assert.Contains(p, p.text("#sign-in-error"), "the password is wrong")
		p.picture("refused")
	})
}

func (p *tab) front() {
	p.visit("/")
	assert.Contains(p, p.text("h1"), "open data service")
	assert.Contains(p, p.text(".tiles"), "3,2")
	p.narrow("/")
	p.picture("front")
	p.visit("/?lang=fi")
	assert.Contains(p, p.text("h1"), "avoin tietopalvelu")
	p.picture("front-fi")
}

func (p *tab) problems() {
	p.visit("/problems")
	assert.Contains(p, p.text("table"), "Pyyntö rikkoo rajapinnan sopimusta")
	p.narrow("/problems")
	p.picture("problems")
	p.do("open a problem type", chromedp.Click(chromedp.CSS(`a[href="/problems/validation"]`)), chromedp.WaitVisible(chromedp.CSS(".problem")))
	assert.Contains(p, p.text("main"), "The request breaks the contract")
	p.narrow("/problems/validation")
	p.picture("problem")
}

func (p *tab) docs() {
	p.visit("/docs")
	p.do("wait for the operations", chromedp.WaitVisible(chromedp.CSS("#operations-tag-organisations")), chromedp.WaitVisible(chromedp.CSS("#sign-in")))
	p.narrow("/docs")
	p.picture("docs")

	p.signIn("yhdyshenkilo@demo.example", "seutu-demo-2026")
	p.do("wait to be signed in", chromedp.WaitVisible(chromedp.CSS("#signed-in")))

	me := p.try("access", "getMe", nil)
	assert.Contains(p, me, "200")
	assert.Contains(p, me, "yhdyshenkilo@demo.example")
	p.picture("docs-me")

	made := p.try("organisations", "createOrganisation", map[string]string{"Idempotency-Key": "browser-" + p.name})
	assert.Contains(p, made, "201")
	assert.Contains(p, made, "Kokeilijoiden Ystävät ry")
	p.narrow("/docs, an operation open")
	p.picture("docs-create")

	location := regexp.MustCompile(`location: /v1/organisations/(\S+)`).FindStringSubmatch(made)
	etag := regexp.MustCompile(`etag: (\S+)`).FindStringSubmatch(made)
	if len(location) == 0 || len(etag) == 0 {
		p.Fatalf("no address or no ETag in %s", made)
	}
	changed := p.try("organisations", "updateOrganisation", map[string]string{"id": location[1], "If-Match": etag[1]})
	assert.Contains(p, changed, "200")
	assert.Contains(p, changed, `"version": 2`)

	p.do("sign out", chromedp.Click(chromedp.CSS("#sign-out")), chromedp.WaitVisible(chromedp.CSS("#sign-in")))
	p.do("forget the token", chromedp.WaitNotPresent(chromedp.CSS(".authorization__btn.locked")))
}

// night looks at the pages in dark colours.
func (p *tab) night() {
	p.do("switch to dark", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
		return err
	}))
	p.visit("/")
	p.picture("night-front")
	p.visit("/docs#/organisations/getOrganisation")
	p.do("wait for the operation", chromedp.WaitVisible(chromedp.CSS("#operations-organisations-getOrganisation .execute")))
	p.picture("night-docs")
}

// signIn fills in the form and sends it.
func (p *tab) signIn(email, password string) {
	p.Helper()
	p.do("sign in", chromedp.WaitVisible(chromedp.CSS("#sign-in")), chromedp.SendKeys(chromedp.CSS("#email"), email), chromedp.SendKeys(chromedp.CSS("#password"), password), chromedp.Click(chromedp.CSS("#sign-in button")))
}

// try opens an operation, fills in parameters, executes it, and returns what the page shows of the answer.
func (p *tab) try(tag, operation string, parameters map[string]string) string {
	p.Helper()
	heading, block := chromedp.CSS("#operations-tag-"+tag), chromedp.CSS("#operations-"+tag+"-"+operation)
	if !ask(p, "look at "+tag, chromedp.Evaluate[bool](`document.querySelector("`+string(heading)+`").dataset.isOpen === "true"`)) {
		p.do("open "+tag, chromedp.Click(heading))
	}
	p.do("open "+operation, chromedp.Click(block+" .opblock-summary-control"), chromedp.WaitVisible(block+" .execute"))
	for name, value := range parameters {
		p.do("fill in "+name, chromedp.SendKeys(block+chromedp.CSS(` tr[data-param-name="`+name+`"] input`), value))
	}
	p.do("execute "+operation, chromedp.Click(block+" .execute"), chromedp.WaitVisible(block+" .live-responses-table .response"))
	return strings.TrimSpace(p.text(block + " .live-responses-table"))
}
