package report

import (
	"encoding/json"
	"slices"
	"strings"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// Bounds of one report.
const (
	MaxPhotos = 10
	MaxText   = 8000 // characters
)

// draft is a report that is not sent yet.
type draft struct {
	Parts   []part        `json:",omitempty"`
	Photos  []string      `json:",omitempty"` // media ids
	Album   string        `json:",omitempty"` // the album that is coming in
	NoWords bool          `json:",omitempty"` // photos say enough
	Topic   string        `json:",omitempty"` // chosen
	NoTopic bool          `json:",omitempty"` // the curator may decide
	Browse  string        `json:",omitempty"` // the topic question shows: "" the likely, "*" groups, or a group
	Place   storage.Place `json:",omitzero"`
	Sure    bool          `json:",omitempty"` // Place needs no more asking
	Near    string        `json:",omitempty"` // what stands nearest to the point
	Said    string        `json:",omitempty"` // a place in words that could not be found
	Choices []string      `json:",omitempty"` // OKTMO of the places with one name
	Page    int           `json:",omitempty"`
	Others  []uint64      `json:",omitempty"` // known problems that this one is not
	Rewrite bool          `json:",omitempty"` // the next words replace the old ones
	Forward bot.Forward   `json:",omitzero"`
}

// part is one message's words: when that message is edited, they change.
type part struct {
	Ref  bot.Ref
	Text string
}

func (d *draft) text() string {
	list := make([]string, 0, len(d.Parts))
	for _, p := range d.Parts {
		list = append(list, p.Text)
	}
	return strings.Join(list, "\n")
}

// missing names the event that leads to the next question: only what is missing is asked.
func (d *draft) missing(t *flows.Turn) string {
	switch {
	case len(d.Parts) == 0 && !d.NoWords:
		return "need_words"
	case len(d.Choices) > 0:
		return "need_choice"
	case d.Place.Municipality == "" && d.Said != "":
		return "need_municipality"
	case d.Place.Municipality == "":
		return "need_place"
	case !d.Sure:
		return "need_confirm"
	case d.Topic == "" && !d.NoTopic && len(d.likely(t)) == 0:
		return "need_topic"
	}
	return "ready"
}

// add takes everything that a message brings: words, photos, a point.
func (d *draft) add(t *flows.Turn) error {
	u := t.In
	if u.Kind == bot.Edited {
		return d.edit(t)
	}
	if u.Text != "" {
		d.say(u.Ref, u.Text)
	}
	if err := d.attach(t); err != nil {
		return err
	}
	if u.Location != nil {
		return d.point(t, u.Location.Lat, u.Location.Lon)
	}
	return nil
}

// say adds words, within bounds.
func (d *draft) say(ref bot.Ref, text string) {
	if d.Rewrite {
		d.Parts, d.Rewrite = nil, false
	}
	if over := len([]rune(d.text())) + len([]rune(text)) - MaxText; over > 0 {
		text = flows.Short(text, max(len([]rune(text))-over, 1))
	}
	d.Parts, d.NoWords = append(d.Parts, part{ref, text}), false
}

// attach keeps the photos of a message. All photos of an album count as one message: the question changes in place.
func (d *draft) attach(t *flows.Turn) error {
	u := t.In
	if len(u.Media) == 0 {
		return nil
	}
	if u.Album != "" && u.Album == d.Album {
		t.InPlace()
	}
	d.Album = u.Album
	room := max(MaxPhotos-len(d.Photos), 0)
	if len(u.Media) > room {
		if err := t.Reply(t.Voice().Say("report.too_many_photos", "N", MaxPhotos)); err != nil {
			return err
		}
		u.Media = u.Media[:room]
	}
	ids, err := t.Keep(u.Media)
	d.Photos = append(d.Photos, ids...)
	return err
}

// edit follows a change of an earlier message.
func (d *draft) edit(t *flows.Turn) error {
	i := slices.IndexFunc(d.Parts, func(p part) bool { return p.Ref == t.In.Ref })
	switch {
	case i >= 0 && t.In.Text != "":
		d.Parts[i].Text = t.In.Text
	case i < 0 && t.In.Text != "" && len(t.In.Media) > 0: // a caption that came later
		d.say(t.In.Ref, t.In.Text)
	}
	if t.In.Location != nil {
		return d.point(t, t.In.Location.Lat, t.In.Location.Lon)
	}
	return nil
}

// holds tells whether a draft has anything in it.
func holds(data json.RawMessage) bool {
	var d draft
	return json.Unmarshal(data, &d) == nil && (len(d.Parts) > 0 || len(d.Photos) > 0 || d.Place.Municipality != "")
}
