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
	"time"

	"otklik/flows/export"
)

// Export writes a table of incidents.
type Export struct {
	File         string `arg:"" optional:"" help:"Where to; without it, to standard output (not xlsx)."`
	Format       string `placeholder:"csv|jsonl|xlsx" help:"Format; without it, as the file is named, otherwise csv. xlsx has a summary, too."`
	Since        string `placeholder:"DATE" help:"Incidents created on this day or later, such as 2026-11-23."`
	Until        string `placeholder:"DATE" help:"Incidents created on this day or earlier."`
	Org          string `placeholder:"CODE" help:"Incidents in the hands of this organisation, such as adm-kirov."`
	Municipality string `placeholder:"CODE" help:"Incidents of this municipality, such as kirov."`
	Names        bool   `help:"Name the authors, and leave telephone numbers and the like in the texts."`
	Force        bool   `help:"Put it in the place of a file that is there."`
}

// Run writes the table; its rows come from the running program where one runs.
func (e Export) Run(ctx context.Context, p *Program) error {
	if e.Format == "" {
		e.Format = strings.ToLower(strings.TrimPrefix(filepath.Ext(e.File), "."))
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
	_, err := writeFile(e.File+unfinished, func(w io.Writer) (uint64, error) {
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

// exported is the answer to a request for a table.
type exported struct {
	Incidents int `json:"incidents"`
}

// rows writes the table as it comes: nothing, not even a header, where none can be had.
func (p *Program) rows(ctx context.Context, e Export, w io.Writer) (rows int, err error) {
	var done exported
	if e.Format == "xlsx" {
		err := p.await(ctx, request{Export: &e}, &done, func(raw json.RawMessage) error {
			var part []byte
			if err := json.Unmarshal(raw, &part); err != nil {
				return err
			}
			_, err := w.Write(part)
			return err
		})
		return done.Incidents, err
	}
	var table export.Writer
	begin := func() (err error) {
		if table == nil {
			table, err = export.Write(w, e.Format, e.Names)
		}
		return err
	}
	err = p.await(ctx, request{Export: &e}, &done, func(raw json.RawMessage) error {
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
		}
		return nil
	})
	if err == nil {
		err = begin()
	}
	if table != nil {
		err = errors.Join(err, table.Close())
	}
	return done.Incidents, err
}

// export sends the table: a workbook's bytes, or rows, some at a time.
func (c *Clerk) export(ctx context.Context, e Export, piece func(any) error) (exported, error) {
	t, err := export.New(c.Pack)
	if err != nil {
		return exported{}, err
	}
	q, err := e.query(t, c.Now())
	if err != nil {
		return exported{}, err
	}
	if e.Format == "xlsx" {
		out := bufio.NewWriterSize(pieces(piece), 64<<10)
		n, err := export.Workbook(ctx, out, t, c.Store, q)
		if err == nil {
			err = out.Flush()
		}
		return exported{n}, err
	}
	const atOnce = 100
	var list []*export.Row
	var done exported
	err = t.Rows(ctx, c.Store, q, func(r *export.Row) error {
		done.Incidents++
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
	return done, err
}

// pieces sends what is written to it.
type pieces func(any) error

func (p pieces) Write(part []byte) (int, error) { return len(part), p(part) }

// query says which incidents are asked for.
func (e Export) query(t *export.Table, now time.Time) (q export.Query, err error) {
	q = export.Query{Names: e.Names, Org: e.Org, Municipality: e.Municipality, Now: now}
	if e.Since != "" {
		if q.From, err = t.Day(e.Since); err != nil {
			return q, fmt.Errorf("--since: %w", err)
		}
	}
	if e.Until != "" {
		if q.To, err = t.Day(e.Until); err != nil {
			return q, fmt.Errorf("--until: %w", err)
		}
		q.To = q.To.AddDate(0, 0, 1)
	}
	return q, nil
}
