package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// browser runs the tests that need Chromium. A developer without it is told so and goes on, the pipeline (CI is set) fails.
func browser(ctx context.Context, d *dev, args []string) error {
	if len(args) > 0 {
		return errUsage
	}
	if !hasBrowser() {
		if os.Getenv("CI") != "" {
			return errors.New("chromium is not installed")
		}
		fmt.Fprintln(d.out, "Chromium is not installed: the pages were NOT tested")
		return nil
	}
	return d.exec(ctx, "go", "test", "-count=1", "-tags", "browser", "./internal/browser")
}

func hasBrowser() bool {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"} {
		if _, err := exec.LookPath(name); err == nil {
			return true
		}
	}
	return false
}
