package open311

import (
	"context"
	"io"
	"slices"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/personal"
	"otklik/storage"
)

// unseen are the rejections after which an incident is not shown at all: what stood in it is for nobody to read.
var unseen = []string{"rude", "advertising"}

// record gives an incident as everybody may read it; nil if nobody may.
func (d *Desk) record(v *flows.Voice, tx *storage.Tx, inc *storage.Incident) (*bot.Record, error) {
	if !d.public(inc) {
		return nil, nil
	}
	r := &bot.Record{Number: inc.Number, Open: slices.Contains(open, inc.State), Notes: d.notes(v, inc), Service: inc.Topic, Name: v.Topic(inc.Topic),
		Text: shown(inc.Text), Requested: d.at(inc.Created), Updated: d.at(inc.Changed), Expected: d.at(inc.Final), Address: personal.Mask(v.Place(inc.Place))}
	if d.e.Pack.Topic(inc.Topic) == nil { // of a region pack that had it once, or none yet
		r.Service = ""
	}
	if inc.State == storage.Rejected { // curators refuse what is not for the public, too, and do not always say so
		r.Text = ""
	}
	if inc.Place.Point {
		r.Location = &bot.Location{Lat: inc.Place.Lat, Lon: inc.Place.Lon}
	}
	if inc.Assignment != nil {
		r.Agency = d.agency(v, inc.Assignment.Org)
	}
	for _, id := range photos(inc) {
		m, err := tx.Media(id)
		if err != nil {
			return nil, err
		}
		if m != nil && m.Blob != "" { // otherwise it is still with its messenger
			r.Photo = id
			break
		}
	}
	return r, nil
}

// public tells whether everybody may read of an incident.
func (d *Desk) public(inc *storage.Incident) bool {
	return (slices.Contains(open, inc.State) || slices.Contains(closed, inc.State)) && !d.abusive(inc)
}

// photos are those that everybody may see: no curator hid them, and one has seen them and passed the incident on.
func photos(inc *storage.Incident) []string {
	if inc.Assignment == nil || inc.State == storage.Rejected {
		return nil
	}
	return inc.Public(inc.Photos)
}

// Photo gives the bytes of a photo of an incident, drawn anew when it was kept; nil if there is none that everybody may
// see.
func (d *Desk) Photo(ctx context.Context, number uint64, id string) (io.ReadCloser, error) {
	blob := ""
	err := d.e.Store.View(ctx, func(tx *storage.Tx) error {
		blob = ""
		inc, err := tx.Incident(number)
		if err != nil || inc == nil || !d.public(inc) || !slices.Contains(photos(inc), id) {
			return err
		}
		m, err := tx.Media(id)
		if err == nil && m != nil {
			blob = m.Blob
		}
		return err
	})
	if err != nil || blob == "" {
		return nil, err
	}
	return d.blobs.Open(blob)
}

// abusive tells whether a curator rejected an incident as something that is for nobody to read.
func (d *Desk) abusive(inc *storage.Incident) bool {
	if inc.State != storage.Rejected {
		return false
	}
	for _, t := range d.e.Pack.Rejections {
		if slices.Contains(unseen, t.Code) && (inc.Reason == t.Text || inc.Reason == t.English) {
			return true
		}
	}
	return false
}

// notes says how an incident stands: its answer, once that is published, and otherwise its state.
func (d *Desk) notes(v *flows.Voice, inc *storage.Incident) string {
	switch {
	case inc.State == storage.Merged:
		return v.T("open311.merged", "Number", inc.Into)
	case inc.State == storage.Rejected && inc.Reason != "":
		return v.T("open311.rejected", "Text", shown(inc.Reason))
	case (inc.State == storage.Closed || inc.State == storage.Settled) && inc.Answer != nil && inc.Answer.Text != "":
		return shown(inc.Answer.Text)
	}
	return v.Standing(inc)
}

// agency is a body's full name.
func (d *Desk) agency(v *flows.Voice, code string) string {
	o := d.e.Pack.Organisation(code)
	switch {
	case o == nil:
		return ""
	case v.Lang == "en" && o.English != "":
		return o.English
	}
	return o.Name
}

func (d *Desk) at(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(d.zone)
}

// shown hides telephone numbers and the like.
func shown(text string) string { return flows.Cut(personal.Mask(text), longest) }
