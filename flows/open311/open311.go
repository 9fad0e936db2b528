// Package open311 gives other programs the desk's topics and incidents as everybody may read them, and files what they
// bring. The protocol itself is bot/open311's.
package open311

import (
	"context"
	"embed"
	"io"
	"slices"
	"strings"
	"time"

	"otklik/bot"
	"otklik/config"
	"otklik/flows"
	"otklik/storage"
)

//go:embed texts/*.yaml
var texts embed.FS

const name = "open311"

// longest is how many characters of a text are given, as the protocol has it.
const longest = 4000

// Flow has the words, and forgets which reports were brought when nobody will bring them again.
func Flow() flows.Flow {
	return flows.Flow{Name: name, Texts: texts, Timers: map[string]func(*flows.Turn, *storage.Timer) error{forgetTimer: forget}}
}

// Desk is what other programs see of an engine.
type Desk struct {
	e     *flows.Engine
	blobs Blobs
	zone  *time.Location
}

// Blobs gives the bytes of photos that are kept.
type Blobs interface {
	Open(id string) (io.ReadCloser, error)
}

// New makes it. The error is that of the region's time zone.
func New(e *flows.Engine, blobs Blobs) (*Desk, error) {
	zone, err := time.LoadLocation(e.Pack.Region.TimeZone)
	return &Desk{e, blobs, zone}, err
}

// The states that everybody may know of. What a curator has not judged yet, or holds for no problem, and what its author
// took back are nobody's business.
var (
	open   = []storage.State{storage.New, storage.Assigned, storage.Accepted, storage.Waiting, storage.Answered}
	closed = []storage.State{storage.Closed, storage.Settled, storage.Rejected, storage.Merged}
)

// Services gives the topics, in the region pack's order.
func (d *Desk) Services(lang string) (list []bot.Service) {
	v := d.e.Voice(lang)
	for i := range d.e.Pack.Groups {
		g := &d.e.Pack.Groups[i]
		for j := range g.Topics {
			list = append(list, service(v, g, &g.Topics[j]))
		}
	}
	return list
}

func service(v *flows.Voice, g *config.Group, t *config.Topic) bot.Service {
	s := bot.Service{Code: t.Code, Name: v.Topic(t.Code), Group: v.Group(g)}
	for _, k := range t.Keywords {
		s.Keywords = append(s.Keywords, strings.TrimPrefix(k, "!")) // its weight is the judge's
	}
	return s
}

// Record gives an incident by number, nil if there is none that everybody may read.
func (d *Desk) Record(ctx context.Context, number uint64, lang string) (r *bot.Record, err error) {
	v := d.e.Voice(lang)
	err = d.e.Store.View(ctx, func(tx *storage.Tx) error {
		inc, err := tx.Incident(number)
		r = nil
		if err == nil && inc != nil {
			r, err = d.record(v, tx, inc)
		}
		return err
	})
	return r, err
}

// Records gives what a query asks for. Each is as it stands when its turn comes: nothing is held up while they are read.
func (d *Desk) Records(ctx context.Context, q bot.RecordQuery) (list []bot.Record, err error) {
	c := &collection{d: d, v: d.e.Voice(q.Language), q: q}
	err = d.e.Store.View(ctx, c.bound)
	for err == nil && c.past > c.first && len(c.list) < q.Limit {
		if err = ctx.Err(); err == nil {
			err = d.e.Store.View(ctx, c.step)
		}
	}
	return c.list, err
}

// atOnce is how many numbers one transaction looks at.
const atOnce = 1000

// margin is how far from the bounds of the dates no date needs to be looked at: numbers may be out of the order of dates
// by an hour, and storage widens the bounds by one.
const margin = 2 * time.Hour

// collection is the answer to a query while it is made.
type collection struct {
	d           *Desk
	v           *flows.Voice
	q           bot.RecordQuery
	first, past uint64 // numbers still to look at
	from, to    uint64 // those that are surely within the dates
	skipped     int
	list        []bot.Record
}

func (c *collection) bound(tx *storage.Tx) (err error) {
	past := c.q.To.Add(time.Nanosecond) // To itself belongs to it
	if c.first, c.past, err = tx.Created(c.q.From, past); err != nil {
		return err
	}
	c.from, c.to, err = tx.Created(c.q.From.Add(margin), past.Add(-margin))
	return err
}

// step looks at the newest numbers that were not looked at.
func (c *collection) step(tx *storage.Tx) error {
	states := slices.Concat(open, closed)
	switch {
	case c.q.Open && !c.q.Closed:
		states = open
	case c.q.Closed && !c.q.Open:
		states = closed
	}
	from := max(c.first, c.past-min(c.past, atOnce))
	var fault error
	err := tx.Standing(states, from, c.past, func(n uint64, in storage.State) bool {
		fault = c.take(tx, n, in)
		return fault == nil && len(c.list) < c.q.Limit
	})
	if err == nil {
		err = fault
	}
	c.past = from
	return err
}

func (c *collection) take(tx *storage.Tx, n uint64, in storage.State) error {
	if c.skipped < c.q.Skip && len(c.q.Services) == 0 && n >= c.from && n < c.to && in != storage.Rejected {
		// it is shown, whatever it holds: only of those rejected some are not
		c.skipped++
		return nil
	}
	inc, err := tx.Incident(n)
	if err != nil || inc == nil || inc.Created.Before(c.q.From) || inc.Created.After(c.q.To) ||
		len(c.q.Services) > 0 && !slices.Contains(c.q.Services, inc.Topic) {
		return err
	}
	r, err := c.d.record(c.v, tx, inc)
	switch {
	case err != nil || r == nil:
		return err
	case c.skipped < c.q.Skip:
		c.skipped++
	default:
		c.list = append(c.list, *r)
	}
	return nil
}
