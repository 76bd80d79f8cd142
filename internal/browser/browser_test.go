//go:build browser

package browser

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// pictures is where the tests put pictures of what they see, for people; nowhere if empty.
var pictures = os.Getenv("SEUTU_PICTURES")

// serve starts the service with the demo on a real listener, and returns its address.
func serve(t *testing.T) (address string) {
	t.Helper()
	s := testkit.New(t)
	_, _, err := s.LoadDemo(authz.With(t.Context(), authz.SystemActor()))
	require.NoError(t, err)
	s.ShowDemo()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Server.Serve(ctx, l, 0) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
	})
	return "http://" + l.Addr().String()
}

// size is the width and height of a window.
type size struct {
	name          string
	width, height int64
	phone         bool
}

var (
	desk  = size{"desk", 1280, 900, false}
	phone = size{"phone", 390, 844, true}
)

// tab is a page of the browser. What goes wrong in it fails the test.
type tab struct {
	*testing.T
	ctx     context.Context
	address string
	name    string // of its pictures

	expected string // what a fault says that is none

	mu     sync.Mutex
	faults []string
}

// open starts a browser with one page of the size.
func open(t *testing.T, address string, s size) *tab {
	t.Helper()
	p := &tab{T: t, address: address, name: s.name}
	options := []chromedp.ExecAllocatorOption{chromedp.Flag("lang", "en-GB")}
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := chromedp.NewContext(context.Background(), chromedp.WithAllocatorOptions(options...), chromedp.WithListener(p.hear))
	t.Cleanup(cancel)
	p.ctx = ctx
	size := []chromedp.EmulateViewportOption{}
	if s.phone {
		size = append(size, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(s.width, s.height, size...)); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	t.Cleanup(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, f := range p.faults {
			t.Error(f)
		}
	})
	return p
}

// hear notes faults: errors and warnings of the console, exceptions, requests that fail or go elsewhere.
func (p *tab) hear(event any) {
	fault := ""
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeAssert {
			for _, a := range e.Args {
				fault += fmt.Sprintf(" %s%s", a.Value, a.Description)
			}
			fault = "console: " + string(e.Type) + fault
		}
	case *runtime.EventExceptionThrown:
		fault = fmt.Sprintf("exception: %s %+v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			fault = fmt.Sprintf("log: %s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *network.EventLoadingFailed:
		fault = fmt.Sprintf("a request failed: %s %s", e.ErrorText, e.BlockedReason)
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err != nil || u.Scheme != "data" && u.Scheme != "blob" && !strings.HasPrefix(e.Request.URL, p.address+"/") {
			fault = "a request to elsewhere: " + e.Request.URL
		}
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 {
			fault = fmt.Sprintf("%d (%s): %s", e.Response.Status, e.Response.StatusText, e.Response.URL)
		}
	}
	if fault != "" && (p.expected == "" || !strings.Contains(fault, p.expected)) {
		p.mu.Lock()
		p.faults = append(p.faults, p.name+": "+fault)
		p.mu.Unlock()
	}
}

// longest is how long one step may take.
const longest = 30 * time.Second

// do runs the actions of a step.
func (p *tab) do(step string, actions ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	ask(p, step, chromedp.Steps(actions...))
}

// ask runs an action that answers something.
func ask[T any](p *tab, step string, action chromedp.Action[T]) T {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, longest)
	defer cancel()
	v, err := chromedp.Run(ctx, action)
	if err != nil {
		p.picture("failed")
		p.Fatalf("%s: %s: %v", p.name, step, err)
	}
	return v
}

// visit opens a page of the service.
func (p *tab) visit(path string) {
	p.Helper()
	p.do("open "+path, chromedp.Navigate(p.address+path))
}

// text is the visible text of an element.
func (p *tab) text(selector chromedp.CSS) string {
	p.Helper()
	return ask(p, "read "+string(selector), chromedp.Text(selector))
}

// narrow fails if the page is wider than the window.
func (p *tab) narrow(page string) {
	p.Helper()
	over := ask(p, "measure", chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
	if over > 0 {
		p.Errorf("%s: %s is wider than the window by %d", p.name, page, over)
	}
}

// picture saves how the page looks.
func (p *tab) picture(name string) {
	if pictures == "" {
		return
	}
	if png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot()); err == nil {
		_ = os.WriteFile(filepath.Join(pictures, p.name+"-"+name+".png"), png, 0o600)
	}
}
