package internal_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	tour     = regexp.MustCompile(`(?s)## A tour of five minutes.*?\n## `)
	commands = regexp.MustCompile("(?s)```sh\n(.*?)```")
	inGo     = regexp.MustCompile("(?s)```go\n(package main\n.*?)```")
	address  = regexp.MustCompile(`"address":"([^"]+)"`)
)

// TestTour pastes the README's own tour into a shell, against the demo that the README starts.
func TestTour(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	var script strings.Builder
	for _, block := range commands.FindAllStringSubmatch(string(tour.Find(readme)), -1) {
		script.WriteString(block[1])
	}
	require.Greater(t, strings.Count(script.String(), "curl"), 10)

	dir, err := os.MkdirTemp("", "seutu-tour-")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	require.NoError(t, os.Chmod(dir, 0o755)) // PostgreSQL may run as another user
	url := serve(t, dir)
	shell := exec.CommandContext(t.Context(), "bash", "-eu")
	shell.Dir = dir
	shell.Stdin = strings.NewReader(strings.ReplaceAll(script.String(), "http://127.0.0.1:8080", url))
	out, err := shell.CombinedOutput()
	text := string(out)
	require.NoError(t, err, text)
	for _, want := range []string{
		`"total":3263`, `{"value":"051","count":1747}`, `"distance":`, `"highlights":[{"member":"name"`, `"corrected":[{"word":"nuorisosera"`, `"FeatureCollection"`, `"role":"municipal_officer"`, `Kierroksen Ystävät ry`, `"phone":"+358505550101"`,
		`"website":"https://example.org"`, `"version":2`, `"code":"enum"`, `"/nope"`, `Ei oikeutta`, `"created":1`, `"rejected":1`, `"code":"out-of-scope"`, `"operation":"syncOrganisations"`,
		`"chains":[{`, `"councilName":`, `BEGIN:VCALENDAR`, `"kind":"liaison_officer"`, `"uncovered":["981"]`, `"status":"applied"`, `/problems/duplicate`, `"status":"active"`,
		`"pendingReview":{`, `"type":"pending_change"`, `"status":"approved"`, `"fi": "Kierroksen Uusi Nimi ry"`, `"token":"seutu_invite_`, `"grantId":"`,
	} {
		assert.Contains(t, text, want)
	}
	assert.NotContains(t, text, "/problems/internal")
	fromGo(t, dir, url, string(readme))
}

// fromGo runs the README's Go program against the demo.
func fromGo(t *testing.T, dir, url, readme string) {
	t.Helper()
	match := inGo.FindStringSubmatch(readme)
	require.NotNil(t, match)
	file := filepath.Join(dir, "main.go")
	require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(match[1], "http://127.0.0.1:8080", url)), 0o600))
	out, err := exec.CommandContext(t.Context(), "go", "run", file).CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Contains(t, string(out), "Go-kuoro ry")
	assert.Contains(t, string(out), "https://example.org")
}

// serve starts the demo as the README says, on a free port, and returns its address.
func serve(t *testing.T, dir string) string {
	t.Helper()
	program := filepath.Join(dir, "seutu")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../cmd/seutu").CombinedOutput()
	require.NoError(t, err, string(out))
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), program, "serve", "--demo", "--data", filepath.Join(dir, "data"), "--listen", "127.0.0.1:0", "--log", "json")
	stderr, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		assert.NoError(t, cmd.Wait())
	})
	found := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			if m := address.FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
			}
		}
	}()
	select {
	case a := <-found:
		return "http://" + a
	case <-time.After(2 * time.Minute):
		t.Fatal("the demo does not answer")
		return ""
	}
}
