// Package browser holds the tests that need a browser: they open the pages of the service in a headless Chromium. They stand
// behind the build tag `browser`: `go test -tags browser ./internal/browser`.
package browser
