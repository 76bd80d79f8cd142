// Package cli holds the commands of the program, one file each.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"strings"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"github.com/seutu/seutu/internal/app"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/config"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/importfile"
	"github.com/seutu/seutu/internal/pgembed"
	"github.com/seutu/seutu/internal/store"
)

// Exit codes of the program.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2
	exitPartial = 3 // an import that rejected rows
)

type commands struct {
	config.Log

	Serve   serveCmd   `cmd:"" help:"Answer requests."`
	Migrate migrateCmd `cmd:"" help:"Bring the database up to date, or back."`
	User    userCmd    `cmd:"" help:"Users and what they may do."`
	Keys    keysCmd    `cmd:"" help:"The keys that access tokens are signed with."`
	Import  importCmd  `cmd:"" help:"Bring in a register from a file."`
	Export  exportCmd  `cmd:"" help:"Write out published data."`
	Search  searchCmd  `cmd:"" help:"What search finds."`
	Version versionCmd `cmd:"" help:"Tell which version this is."`
}

// terminal is where a command reads and writes.
type terminal struct {
	in       io.Reader
	out, err io.Writer
}

// partial is an import that did what it could.
var errPartial = errors.New("some rows were rejected")

// Run runs the command that args name and returns the exit code: 0 done, 1 failed, 2 wrong usage, 3 done but for rejected rows.
func Run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	var c commands
	exit := -1
	parser, err := kong.New(&c, kong.Name("seutu"), kong.Description("The open data service of regional association cooperation."),
		kong.Writers(out, errOut), kong.Exit(func(code int) { exit = code }), kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.Vars{"presets": strings.Join(importfile.Presets(), ", ")},
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(&terminal{in, out, errOut}))
	if err != nil {
		fmt.Fprintln(errOut, "seutu:", err)
		return exitFailure
	}
	k, err := parser.Parse(args)
	if exit >= 0 { // --help has been answered
		return exit
	}
	if err != nil {
		fmt.Fprintln(errOut, "seutu:", err)
		fmt.Fprintln(errOut, "See: seutu --help")
		return exitUsage
	}
	setLog(c.Log, errOut)
	switch err := k.Run(); {
	case err == nil:
		return exitOK
	case errors.Is(err, errPartial):
		return exitPartial
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		fmt.Fprintln(errOut, "seutu: interrupted")
		return exitFailure
	default:
		explain(errOut, err)
		return exitFailure
	}
}

// explain prints an error with all its faults.
func explain(w io.Writer, err error) {
	var e *errs.Error
	var m *importfile.MappingError
	switch {
	case errors.As(err, &e):
	case errors.As(err, &m):
		fmt.Fprintln(w, "seutu: the mapping is wrong, or is not for this file")
		for _, f := range m.Faults {
			fmt.Fprintln(w, " ", f.Error())
		}
		return
	default:
		fmt.Fprintln(w, "seutu:", err)
		return
	}
	fmt.Fprintln(w, "seutu:", e.Detail)
	for _, f := range e.Faults {
		fmt.Fprintf(w, "  %s: %s\n", f.Pointer, f.Detail)
	}
	if e.Cause != nil {
		fmt.Fprintln(w, "  cause:", e.Cause)
	}
}

func setLog(c config.Log, w io.Writer) {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.Level)) // the flag allows only levels
	opts := &slog.HandlerOptions{Level: level}
	if c.Format == "text" || c.Format == "auto" && isTerminal(w) {
		slog.SetDefault(slog.New(slog.NewTextHandler(w, opts)))
		return
	}
	slog.SetDefault(slog.New(slog.NewJSONHandler(w, opts)))
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// onDatabase runs fn with the program on a migrated database, started if need be.
func onDatabase(ctx context.Context, c config.Database, fn func(ctx context.Context, a *app.App) error) error {
	dsn, stop, err := app.Database(ctx, c, false)
	if err != nil {
		return err
	}
	defer stop()
	if err := app.Migrate(ctx, dsn); err != nil {
		return err
	}
	a, err := app.New(ctx, app.Options{DSN: dsn, Pool: c.PoolSize(), Voikko: c.Voikko, Service: config.Service{Issuer: "seutu"}, Version: version()})
	if err != nil {
		return err
	}
	defer a.Close()
	return fn(asSystem(ctx), a)
}

// onExisting is onDatabase for what makes no sense on a new one: a mistyped folder is an error.
func onExisting(ctx context.Context, c config.Database, fn func(ctx context.Context, a *app.App) error) error {
	if err := existing(c); err != nil {
		return err
	}
	return onDatabase(ctx, c, fn)
}

func existing(c config.Database) error {
	if c.DatabaseURL == "" && !pgembed.Exists(c.DataDir(false)) {
		return fmt.Errorf("there is no database in %s: name another folder with --data", c.DataDir(false))
	}
	return nil
}

// asSystem lets the program itself act.
func asSystem(ctx context.Context) context.Context {
	return store.WithOrigin(authz.With(ctx, authz.SystemActor()), store.Origin{ActorType: string(authz.System), Operation: "command"})
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(t *terminal) error {
	_, err := fmt.Fprintln(t.out, "seutu", version())
	return err
}

// version is what the build knows of itself.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	if v == "" || v == "(devel)" {
		v = "development"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return v + " " + s.Value[:12]
		}
	}
	return v
}
