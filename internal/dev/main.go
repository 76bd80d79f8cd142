// Command dev is what the developers of Seutu run: `go tool dev <verb>`.
//
// A verb generates code, checks something, or runs all the checks that the
// pipeline runs. Tools with dependencies of their own stand in modules below
// tools/, each with its version pinned, so that none of them reaches the go.mod
// of the service.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

// verb is one thing that dev can do.
type verb struct {
	name, args, help string
	run              func(ctx context.Context, d *dev, args []string) error
}

// verbs is in the order in which the usage text lists them.
var verbs = []verb{
	{"check", "", "everything below, and the tests with the race detector: what the pipeline runs", check},
	{"generate", "[--check]", "write api/ from openapi.yaml; with --check, fail if that would change a file", generate},
	{"lint", "", "gofmt, go vet, go mod tidy, golangci-lint and the syntax of shell scripts", lint},
	{"contract", "", "lint openapi.yaml, and refuse changes that break clients of the last release", contract},
	{"browser", "", "open the pages of the service in Chromium, and fail on any error or request to elsewhere;\n" +
		"SEUTU_PICTURES=DIR keeps pictures of them", browser},
	{"operations", "[FILE]", "fail if the tests left an operation without a success or without a failure;\n" +
		"FILE is what they observed, by default $" + operationsFile, operations},
	{"bench", "[FLAGS]", "compare the speed of the service with hand-written servers on the same data; flags:\n" +
		"--rows N, --connections N, --seconds N, --pool N, --work get,list,… (a first part\n" +
		"such as search stands for all works that begin with it), and\n" +
		"--data DIR to keep the database for the next time", compareSpeed},
}

// errUsage is a mistake in the command line; dev exits with 2.
var errUsage = errors.New("usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run executes a command line and returns the status to exit with.
func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	if len(args) == 0 {
		usage(errOut)
		return 2
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		usage(out)
		return 0
	}
	for _, v := range verbs {
		if v.name != args[0] {
			continue
		}
		root, err := findRoot()
		if err == nil {
			err = v.run(ctx, &dev{root: root, out: out, err: errOut}, args[1:])
		}
		switch {
		case errors.Is(err, errUsage):
			fmt.Fprintf(errOut, "usage: go tool dev %s %s\n", v.name, v.args)
			return 2
		case err != nil:
			fmt.Fprintf(errOut, "dev %s: %v\n", v.name, err)
			return 1
		}
		return 0
	}
	fmt.Fprintf(errOut, "dev: no verb %q\n\n", args[0])
	usage(errOut)
	return 2
}

func usage(w io.Writer) {
	fmt.Fprint(w, "usage: go tool dev <verb>\n\n")
	for _, v := range verbs {
		help := strings.ReplaceAll(v.help, "\n", "\n"+strings.Repeat(" ", 25))
		fmt.Fprintf(w, "  %-22s %s\n", strings.TrimSpace(v.name+" "+v.args), help)
	}
}

// dev is the checkout that a verb works on, and where it prints.
type dev struct {
	root     string
	out, err io.Writer
}

// path is the file of the checkout with the given slash-separated name.
func (d *dev) path(name string) string { return filepath.Join(d.root, filepath.FromSlash(name)) }

// command prepares a program to run at the top of the checkout; env is added to
// the environment.
func (d *dev) command(ctx context.Context, env []string, program string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, program, args...)
	c.Dir, c.Stdout, c.Stderr = d.root, d.out, d.err
	c.Env = append(os.Environ(), env...)
	return c
}

// exec runs a program at the top of the checkout.
func (d *dev) exec(ctx context.Context, program string, args ...string) error {
	if err := d.command(ctx, nil, program, args...).Run(); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(program), err)
	}
	return nil
}

// output runs a program at the top of the checkout and returns what it prints.
func (d *dev) output(ctx context.Context, program string, args ...string) (string, error) {
	c := d.command(ctx, nil, program, args...)
	c.Stdout = nil
	b, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", filepath.Base(program), err)
	}
	return strings.TrimSpace(string(b)), nil
}

// tool runs a Go program that is pinned in its own module below tools/.
func (d *dev) tool(ctx context.Context, module, program string, args ...string) error {
	all := append([]string{"tool", "-modfile=internal/dev/tools/" + module + "/go.mod", program}, args...)
	if err := d.command(ctx, nil, "go", all...).Run(); err != nil {
		return fmt.Errorf("%s: %w", program, err)
	}
	return nil
}

// findRoot is the top of the checkout: the nearest directory upwards that holds
// both go.mod and openapi.yaml.
func findRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if isFile(filepath.Join(dir, "go.mod")) && isFile(filepath.Join(dir, "openapi.yaml")) {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod with openapi.yaml beside it, here or above")
		}
		dir = parent
	}
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}
