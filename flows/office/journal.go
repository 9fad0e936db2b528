package office

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"otklik/flows/journal"
	"otklik/storage"
)

// Journal prints what happened.
type Journal struct {
	Number *uint64 `arg:"" optional:"" help:"The incident's number."`
	Names  bool    `help:"Print the names of residents, too."`
	JSON   bool    `name:"json" help:"Print records as JSON, one a line."`
	All    bool    `help:"Without a number: everything, not the last hundred entries."`
}

// Run prints.
func (j Journal) Run(ctx context.Context, p *Program) error {
	if j.All && j.Number != nil {
		return errors.New("--all is for what the staff did: an incident is always printed whole")
	}
	var text string
	if err := p.ask(ctx, request{Journal: &j}, &text); err != nil {
		return err
	}
	_, err := fmt.Fprint(p.Out, text)
	return err
}

func (c *Clerk) journal(ctx context.Context, j Journal) (string, error) {
	zone, err := time.LoadLocation(c.Pack.Region.TimeZone)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	err = c.Store.View(ctx, func(tx *storage.Tx) error {
		out.Reset()
		p := &journal.Printer{Out: &out, Zone: zone, Names: j.Names, JSON: j.JSON}
		switch {
		case j.Number != nil:
			return p.Incident(tx, *j.Number)
		case j.All:
			return p.Staff(tx, 0)
		}
		return p.Staff(tx, 100)
	})
	return out.String(), err
}
