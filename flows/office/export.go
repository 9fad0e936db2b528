package office

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"otklik/flows/export"
)

// Export writes a table of incidents.
type Export struct {
	File   string `arg:"" optional:"" help:"Where to; without it, to standard output (not xlsx)."`
	Format string `placeholder:"csv|jsonl|xlsx" help:"Format; without it, as the file is named, otherwise csv."`
	Since  string `placeholder:"DATE" help:"Incidents created on this day or later, such as 2026-11-23."`
	Until  string `placeholder:"DATE" help:"Incidents created on this day or earlier."`
	Names  bool   `help:"Name the authors, and leave telephone numbers and the like in the texts."`
	Force  bool   `help:"Put it in the place of a file that is there."`
}

// Run writes the table; its rows come from the running program where one runs.
func (e Export) Run(ctx context.Context, p *Program) error {
	if e.Format == "" {
		e.Format = strings.TrimPrefix(filepath.Ext(e.File), ".")
		if !slices.Contains(export.Formats, e.Format) {
			e.Format = "csv"
		}
	}
	if !slices.Contains(export.Formats, e.Format) {
		return fmt.Errorf("--format %q: want %s", e.Format, strings.Join(export.Formats, ", "))
	}
	if e.File == "" {
		if e.Format == "xlsx" {
			return errors.New("xlsx needs a file: otklik export incidents.xlsx")
		}
		out := bufio.NewWriter(p.Out)
		_, err := p.rows(ctx, e, out)
		return errors.Join(err, out.Flush())
	}
	if err := free(e.File, p.Settings.Data, e.Force); err != nil {
		return err
	}
	rows := 0
	_, _, err := writeFile(e.File+unfinished, func(w io.Writer) (uint64, error) {
		out := bufio.NewWriterSize(w, 1<<20)
		var err error
		rows, err = p.rows(ctx, e, out)
		return 0, errors.Join(err, out.Flush())
	})
	if err == nil {
		err = place(e.File+unfinished, e.File)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.Out, "%s: %s\n", e.File, count(rows, "incident"))
	return err
}

// rows writes the rows as they come: nothing, not even a header, where none can be had.
func (p *Program) rows(ctx context.Context, e Export, w io.Writer) (rows int, err error) {
	var table export.Writer
	begin := func() (err error) {
		if table == nil {
			table, err = export.Write(w, e.Format, e.Names)
		}
		return err
	}
	err = p.await(ctx, request{Export: &e}, new(struct{}), func(raw json.RawMessage) error {
		var list []*export.Row
		if err := json.Unmarshal(raw, &list); err != nil {
			return err
		}
		if err := begin(); err != nil {
			return err
		}
		for _, r := range list {
			if err := table.Row(r); err != nil {
				return err
			}
			rows++
		}
		return nil
	})
	if err == nil {
		err = begin()
	}
	if table != nil {
		err = errors.Join(err, table.Close())
	}
	return rows, err
}

// export sends the rows, some at a time.
func (c *Clerk) export(ctx context.Context, e Export, piece func(any) error) error {
	t, err := export.New(c.Pack)
	if err != nil {
		return err
	}
	q := export.Query{Names: e.Names}
	if e.Since != "" {
		if q.From, err = t.Day(e.Since); err != nil {
			return fmt.Errorf("--since: %w", err)
		}
	}
	if e.Until != "" {
		if q.To, err = t.Day(e.Until); err != nil {
			return fmt.Errorf("--until: %w", err)
		}
		q.To = q.To.AddDate(0, 0, 1)
	}
	const atOnce = 100
	var list []*export.Row
	err = t.Rows(ctx, c.Store, q, func(r *export.Row) error {
		if list = append(list, r); len(list) < atOnce {
			return nil
		}
		err := piece(list)
		list = list[:0]
		return err
	})
	if err == nil && len(list) > 0 {
		err = piece(list)
	}
	return err
}
