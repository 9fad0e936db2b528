// Package export makes a table of incidents, a row each, as regions exchange them: for spreadsheets in Russian, for
// programs in English.
package export

import (
	"context"
	"fmt"
	"strings"
	"time"

	"otklik/config"
	"otklik/flows"
	"otklik/flows/personal"
	"otklik/storage"
)

// Row is an incident in a table. Times are in the region's zone, zero where there is none. The JSON is that of the jsonl
// format.
type Row struct {
	Number       uint64    `json:"number"`
	Created      time.Time `json:"created"`
	State        string    `json:"state"`  // the lifecycle's word: "closed"
	Status       string    `json:"status"` // the same for people: «есть ответ»
	Group        string    `json:"topic_group,omitempty"`
	Topic        string    `json:"topic,omitempty"`
	Text         string    `json:"text,omitempty"`
	Municipality string    `json:"municipality,omitempty"`
	Settlement   string    `json:"settlement,omitempty"`
	Address      string    `json:"address,omitempty"`
	Lat          *float64  `json:"latitude,omitempty"` // WGS 84
	Lon          *float64  `json:"longitude,omitempty"`
	Org          string    `json:"executor,omitempty"`
	Due          time.Time `json:"due,omitzero"`          // the final deadline
	First        time.Time `json:"first_answer,omitzero"` // when the first of all was given
	Answered     time.Time `json:"answered,omitzero"`
	Answer       string    `json:"answer,omitempty"`
	Source       string    `json:"source,omitempty"`
	Mark         float64   `json:"mark,omitempty"` // the residents' mean, 1 to 5
	Photos       int       `json:"photos"`
	Into         uint64    `json:"merged_into,omitempty"`
	Author       string    `json:"author,omitempty"`

	Inspections []Inspection `json:"inspections,omitempty"`

	// Of the workbook only.
	Area    string  `json:"-"` // the municipality's short name
	Outcome Outcome `json:"-"` // "" for what is no incident yet, or none at all
}

// Query says which incidents, and what of them.
type Query struct {
	From, To time.Time // created in [From, To); zero is no bound
	// Org and Municipality are codes; "" is no bound. Org's are the incidents that are, or were last, in its hands.
	Org, Municipality string
	Now               time.Time // by which deadlines are judged
	// Names has the authors named and the texts left as they are; otherwise telephone numbers and the like in them are
	// hidden, as they are from strangers.
	Names bool
}

// atOnce is how many numbers one transaction looks at: nothing is held up by whoever reads the rows slowly.
const atOnce = 200

// Table makes rows.
type Table struct {
	Pack  *config.Pack
	zone  *time.Location
	says  *flows.Voice
	towns map[string]string // by OKTMO
}

// New makes a table of a region. The error is that of its time zone.
func New(pack *config.Pack) (*Table, error) {
	zone, err := time.LoadLocation(pack.Region.TimeZone)
	if err != nil {
		return nil, err
	}
	says, err := flows.Narrator(pack)
	if err != nil {
		return nil, err
	}
	t := &Table{Pack: pack, zone: zone, says: says, towns: make(map[string]string, len(pack.Settlements))}
	for _, s := range pack.Settlements {
		t.towns[s.OKTMO] = strings.TrimSpace(s.Type + " " + s.Name)
	}
	return t, nil
}

// Day gives the beginning of a date, 2026-11-23, in the region.
func (t *Table) Day(date string) (time.Time, error) {
	day, err := time.ParseInLocation(time.DateOnly, date, t.zone)
	if err != nil {
		return day, fmt.Errorf("%q is no date: want one such as 2026-11-23", date)
	}
	return day, nil
}

// Check names a code that the region does not have.
func (t *Table) Check(q Query) error {
	if q.Org != "" && t.Pack.Organisation(q.Org) == nil {
		return fmt.Errorf("no organisation has the code %q: the region pack lists them (organisations), such as %s", q.Org, t.Pack.Organisations[0].Code)
	}
	if q.Municipality != "" && t.Pack.Municipality(q.Municipality) == nil {
		return fmt.Errorf("no municipality has the code %q: the region pack lists them (municipalities), such as %s", q.Municipality, t.Pack.Municipalities[0].Code)
	}
	return nil
}

// Rows gives a row for each incident, in the order of the numbers, up to the last that there is at the beginning. Each is
// as it stands when its turn comes. The error is the store's, fn's own, or Check's.
func (t *Table) Rows(ctx context.Context, store *storage.Store, q Query, fn func(*Row) error) error {
	if err := t.Check(q); err != nil {
		return err
	}
	var next, past uint64
	err := store.View(ctx, func(tx *storage.Tx) (err error) {
		next, past, err = tx.Created(q.From, q.To)
		return err
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	read, batches := make(chan error, 1), make(chan []*Row) // the next are read while these are written
	go func() {
		defer close(batches)
		read <- t.read(ctx, store, q, next, past, batches)
	}()
	for rows := range batches {
		for _, row := range rows {
			if err := fn(row); err != nil {
				cancel()
				<-read //nolint:errcheck // fn failed first
				return err
			}
		}
	}
	return <-read
}

// read sends the rows of the numbers in [next, past).
func (t *Table) read(ctx context.Context, store *storage.Store, q Query, next, past uint64, batches chan<- []*Row) error {
	for ; next < past; next += atOnce {
		var rows []*Row
		err := store.View(ctx, func(tx *storage.Tx) error {
			rows = nil
			for n := next; n < min(next+atOnce, past); n++ {
				row, err := t.row(tx, n, q)
				if err != nil {
					return err
				}
				if row != nil {
					rows = append(rows, row)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		select {
		case batches <- rows:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (q Query) wants(inc *storage.Incident) bool {
	switch {
	case inc.Created.Before(q.From), !q.To.IsZero() && !inc.Created.Before(q.To),
		q.Org != "" && (inc.Assignment == nil || inc.Assignment.Org != q.Org),
		q.Municipality != "" && inc.Place.Municipality != q.Municipality:
		return false
	}
	return true
}

// row gives nil for an incident that is not asked for, or not there.
func (t *Table) row(tx *storage.Tx, number uint64, q Query) (*Row, error) {
	inc, err := tx.Incident(number)
	if err != nil || inc == nil || !q.wants(inc) {
		return nil, err
	}
	shown := personal.Mask
	if q.Names {
		shown = func(text string) string { return text }
	}
	row := &Row{Number: inc.Number, Created: t.at(inc.Created), State: string(inc.State), Status: t.says.Standing(inc),
		Text: shown(inc.Text), Address: shown(inc.Place.Label), Settlement: t.towns[inc.Place.Settlement],
		Due: t.at(inc.Final), First: t.at(inc.Answering), Source: t.source(inc.Source), Mark: inc.Mark(), Photos: len(inc.Photos), Into: inc.Into, Outcome: outcome(inc, q.Now)}
	if topic := t.Pack.Topic(inc.Topic); topic != nil {
		row.Topic = topic.Name
		if g := t.Pack.Group(topic.Group); g != nil {
			row.Group = g.Name
		}
	}
	if m := t.Pack.Municipality(inc.Place.Municipality); m != nil {
		row.Municipality, row.Area = m.Name, area(m)
	}
	if inc.Place.Point {
		row.Lat, row.Lon = &inc.Place.Lat, &inc.Place.Lon
	}
	if inc.Assignment != nil {
		row.Org = t.says.Org(inc.Assignment.Org)
	}
	if inc.Answer != nil {
		row.Answered, row.Answer = t.at(inc.Answer.At), shown(inc.Answer.Text)
	}
	if inc.Disputes > 0 {
		if row.First, err = t.first(tx, inc); err != nil {
			return nil, err
		}
	}
	row.Inspections = t.inspections(inc, shown)
	if q.Names {
		row.Author, err = author(tx, inc)
	}
	return row, err
}

// first gives when the first answer of all was given: a dispute sets the clock anew, and the incident tells of that since then.
func (t *Table) first(tx *storage.Tx, inc *storage.Incident) (time.Time, error) {
	events, err := tx.Events(inc.Number)
	for i := range events {
		if events[i].First && events[i].Action != string(flows.Assign) { // of routing it says that it is the first
			return t.at(events[i].At), err
		}
	}
	return t.at(inc.Answering), err
}

// area gives a municipality's name as there is room for it.
func area(m *config.Municipality) string {
	if m.Short != "" {
		return m.Short
	}
	return m.Name
}

func (t *Table) at(moment time.Time) time.Time {
	if moment.IsZero() {
		return moment
	}
	return moment.In(t.zone)
}

// source names the messenger; what was forwarded and by whom stays in the desk.
func (t *Table) source(s storage.Source) string {
	if id := "desk.channel_" + s.Channel; t.says.Has(id) {
		return t.says.T(id)
	}
	return s.Channel
}

// author names who reported first, "" if they were erased.
func author(tx *storage.Tx, inc *storage.Incident) (string, error) {
	for _, r := range inc.Reporters {
		if r.Follows || r.From != 0 {
			continue
		}
		p, err := tx.Person(r.Person)
		if err != nil || p == nil {
			return "", err
		}
		return p.Name, nil
	}
	return "", nil
}
