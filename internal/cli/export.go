package cli

import (
	"bufio"
	"context"
	"errors"
	"os"

	"github.com/seutu/seutu/internal/app"
	"github.com/seutu/seutu/internal/config"
)

type exportCmd struct {
	Organisations exportOrganisationsCmd `cmd:"" help:"Write the published organisations as NDJSON, which imports again unchanged."`
}

type exportOrganisationsCmd struct {
	config.Database

	Output       string   `help:"The file to write; standard output by default." short:"o" placeholder:"FILE"`
	Region       []string `help:"Only these regions."`
	Municipality []string `help:"Only these home municipalities."`
}

// Run exports in constant memory.
func (c *exportOrganisationsCmd) Run(ctx context.Context, t *terminal) (err error) {
	out := t.out
	if c.Output != "" {
		f, oerr := os.Create(c.Output)
		if oerr != nil {
			return oerr
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		out = f
	}
	return onExisting(ctx, c.Database, func(ctx context.Context, a *app.App) error {
		w := bufio.NewWriterSize(out, 256<<10)
		if err := a.Organisations.Export(ctx, c.Region, c.Municipality, func(line []byte) error {
			_, err := w.Write(append(line, '\n'))
			return err
		}); err != nil {
			return err
		}
		return w.Flush()
	})
}
