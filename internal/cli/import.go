package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/seutu/seutu/internal/app"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/config"
	"github.com/seutu/seutu/internal/domain/organisation"
	"github.com/seutu/seutu/internal/importfile"
	"github.com/seutu/seutu/internal/store"
)

type importCmd struct {
	Organisations importOrganisationsCmd `cmd:"" help:"Create and update organisations from a register file (CSV, JSON, NDJSON)."`
}

type importOrganisationsCmd struct {
	config.Database

	File     string `arg:"" help:"The file; - for standard input."`
	Mapping  string `help:"A mapping file, or the name of a preset: ${presets}." default:"seutu" placeholder:"FILE|PRESET"`
	DryRun   bool   `help:"Tell what would happen; write nothing."`
	As       string `help:"Act as this user, with the user's rights; else as the system." placeholder:"EMAIL"`
	Rejected string `help:"Where to write rejected rows, to be corrected and imported again; FILE.rejected by default." placeholder:"FILE"`
	Verbose  bool   `help:"Print every row's result." short:"v"`
}

const (
	importBatch   = 5000
	importTimeout = 2 * time.Minute // for one batch
)

// Run imports the file. The exit code is 3 when rows were rejected.
func (c *importOrganisationsCmd) Run(ctx context.Context, t *terminal) error {
	mapping, err := c.mapping()
	if err != nil {
		return err
	}
	file, size := t.in, int64(-1)
	switch {
	case c.Rejected != "":
	case c.File == "-":
		c.Rejected = "stdin.rejected"
	default:
		c.Rejected = c.File + ".rejected"
	}
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer f.Close()
		if st, err := f.Stat(); err == nil {
			size = st.Size()
			if out, err := os.Stat(c.Rejected); err == nil && os.SameFile(st, out) {
				return errors.New("--rejected names the file itself, which would be overwritten while it is read")
			}
		}
		file = f
	}
	bar := progress(t, size)
	reader, err := importfile.Open(io.TeeReader(file, bar), mapping.Options(c.File))
	if err != nil {
		return err
	}
	return onDatabase(ctx, c.Database, func(ctx context.Context, a *app.App) error {
		ctx, err := c.actor(store.WithTimeout(ctx, importTimeout), a)
		if err != nil {
			return err
		}
		rows, err := importfile.NewRows(reader, mapping, app.MunicipalityCode)
		if err != nil {
			return err
		}
		i := &importer{cmd: c, app: a, terminal: t, reader: reader, sync: a.Organisations.NewSync(), counts: map[organisation.Outcome]int{}}
		i.sync.DryRun = c.DryRun
		err = i.run(ctx, rows)
		_ = bar.Finish()
		if closed := i.close(); err == nil {
			err = closed
		}
		return err // before all, what broke the import off: rejected rows are the lesser news
	})
}

func (c *importOrganisationsCmd) mapping() (*importfile.Mapping, error) {
	if slices.Contains(importfile.Presets(), c.Mapping) {
		return importfile.Preset(c.Mapping)
	}
	doc, err := os.ReadFile(c.Mapping)
	if err != nil {
		return nil, fmt.Errorf("mapping: %w (presets: %s)", err, strings.Join(importfile.Presets(), ", "))
	}
	return importfile.ParseMapping(doc)
}

// actor lets the import act as a user, whose rights decide row by row.
func (c *importOrganisationsCmd) actor(ctx context.Context, a *app.App) (context.Context, error) {
	if c.As == "" {
		return ctx, nil
	}
	actor, err := a.ActorByEmail(ctx, c.As)
	if err != nil {
		return ctx, err
	}
	if err := actor.Gate(authz.SyncOrganisation); err != nil {
		return ctx, err
	}
	return store.WithOrigin(authz.With(ctx, actor), store.Origin{ActorType: string(actor.Type), ActorID: &actor.ID, Operation: "import"}), nil
}

func progress(t *terminal, size int64) *progressbar.ProgressBar {
	if !isTerminal(t.err) {
		return progressbar.DefaultBytesSilent(size)
	}
	return progressbar.NewOptions64(size, progressbar.OptionSetWriter(t.err), progressbar.OptionShowBytes(true), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
}

// importer takes one file through a sync, batch by batch.
type importer struct {
	cmd      *importOrganisationsCmd
	app      *app.App
	terminal *terminal
	reader   *importfile.Reader
	sync     *organisation.Sync
	total    int
	counts   map[organisation.Outcome]int
	file     *os.File
	rejects  *importfile.Rejects
}

func (i *importer) run(ctx context.Context, rows *importfile.Rows) error {
	schema := i.app.RowSchema()
	for done := false; !done; {
		read, batch := make([]importfile.Row, 0, importBatch), make([]organisation.SyncRow, 0, importBatch)
		for len(read) < importBatch {
			row, err := rows.Next()
			if errors.Is(err, io.EOF) {
				done = true
				break
			}
			if err != nil {
				return err
			}
			s, err := syncRow(row, schema)
			if err != nil {
				return err
			}
			read, batch = append(read, row), append(batch, s)
		}
		if len(batch) == 0 {
			break
		}
		results, err := i.sync.Batch(ctx, batch)
		if err != nil {
			return err
		}
		for n, r := range results {
			if err := i.report(read[n], r); err != nil {
				return err
			}
		}
	}
	return nil
}

// syncRow makes a row of the sync of a row of the file.
func syncRow(row importfile.Row, schema organisation.RowSchema) (organisation.SyncRow, error) {
	if row.Key != nil {
		row.Members["key"] = map[string]any{"system": row.Key.System, "id": row.Key.ID}
		if ids, ok := row.Members["externalIds"].([]any); ok && len(ids) == 1 {
			delete(row.Members, "externalIds") // it is the key, which the sync adds; a list would drop the keys of other registers
		}
	}
	raw, err := json.Marshal(row.Members)
	if err != nil {
		return organisation.SyncRow{}, err
	}
	if len(row.Faults) == 0 {
		return organisation.ReadRow(raw, schema), nil
	}
	s := organisation.SyncRow{}
	for _, f := range row.Faults {
		s.Faults.Add("/"+strings.ReplaceAll(f.Member, ".", "/"), f.Code, "%s", f.Detail)
	}
	return s, nil
}

func (i *importer) report(row importfile.Row, r organisation.SyncResult) error {
	i.total++
	i.counts[r.Outcome]++
	notable := r.Outcome == organisation.RowRejected || r.Outcome == organisation.RowRepeated && r.Differs
	if i.cmd.Verbose || notable {
		fmt.Fprintf(i.terminal.out, "line %d: %s", row.Line, r.Outcome)
		if r.Differs {
			fmt.Fprint(i.terminal.out, ", and differs from the first row with its key")
		}
		for _, f := range r.Faults {
			fmt.Fprintf(i.terminal.out, "; %s: %s", f.Pointer, f.Detail)
		}
		fmt.Fprintln(i.terminal.out)
	}
	if r.Outcome != organisation.RowRejected || i.cmd.DryRun {
		return nil
	}
	if i.rejects == nil {
		var err error
		if i.file, err = os.Create(i.cmd.Rejected); err != nil {
			return err
		}
		i.rejects = importfile.NewRejects(i.file, i.reader)
	}
	reasons := make([]string, len(r.Faults))
	for n, f := range r.Faults {
		reasons[n] = f.Pointer + " " + f.Detail.String()
	}
	return i.rejects.Write(row.Record, strings.Join(reasons, "; "))
}

// close prints the summary and finishes the file of rejected rows.
func (i *importer) close() error {
	verb := ""
	if i.cmd.DryRun {
		verb = " (dry run: nothing was written)"
	}
	fmt.Fprintf(i.terminal.out, "%d rows: %d created, %d updated, %d unchanged, %d repeated, %d rejected%s\n", i.total, i.counts[organisation.RowCreated],
		i.counts[organisation.RowUpdated], i.counts[organisation.RowUnchanged], i.counts[organisation.RowRepeated], i.counts[organisation.RowRejected], verb)
	if i.rejects != nil {
		if err := errors.Join(i.rejects.Close(), i.file.Close()); err != nil {
			return err
		}
		fmt.Fprintln(i.terminal.out, "rejected rows, to be corrected and imported again:", i.file.Name())
	}
	if i.counts[organisation.RowRejected] > 0 {
		return errPartial
	}
	return nil
}
