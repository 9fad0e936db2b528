package report

import (
	"encoding/json"
	"slices"
	"strings"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// draft is a report that is not sent yet.
type draft struct {
	Parts   []part        `json:",omitempty"`
	Photos  []string      `json:",omitempty"` // media ids
	Album   string        `json:",omitempty"` // the album that is coming in
	NoWords bool          `json:",omitempty"` // photos say enough
	Topic   string        `json:",omitempty"` // chosen
	Guessed bool          `json:",omitempty"` // … by words, not by hand: other words may choose another
	NoTopic bool          `json:",omitempty"` // the curator may decide
	Shown   string        `json:",omitempty"` // the likely topic that its author has read
	Browse  string        `json:",omitempty"` // the topic question shows: "" the likely, "*" groups, or a group
	Place   storage.Place `json:",omitzero"`
	Sure    bool          `json:",omitempty"` // Place needs no more asking
	Near    string        `json:",omitempty"` // what stands nearest to the point
	Said    string        `json:",omitempty"` // a place in words that could not be found
	Noted   string        `json:",omitempty"` // … that stands in the name of the place
	Heard   string        `json:",omitempty"` // what has just been noted, although something else was asked
	Choices []string      `json:",omitempty"` // OKTMO of the places with one name
	Page    int           `json:",omitempty"`
	Others  []uint64      `json:",omitempty"` // known problems that this one is not
	Rewrite bool          `json:",omitempty"` // the next words replace the old ones
	Full    bool          `json:",omitempty"` // the author was told that there is no room for more words
	Crowded bool          `json:",omitempty"` // nor for more photos
	Warned  bool          `json:",omitempty"` // the author was told whom to call where there is danger
	Forward bot.Forward   `json:",omitzero"`
}

// part is one message's words: when that message is edited, they change.
type part struct {
	Ref  bot.Ref
	Text string
}

func (d *draft) text() string { return textOf(d.Parts) }

func textOf(parts []part) string {
	list := make([]string, 0, len(parts))
	for _, p := range parts {
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
		if err := d.say(t, u.Ref, u.Text); err != nil {
			return err
		}
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
func (d *draft) say(t *flows.Turn, ref bot.Ref, text string) error {
	if d.Rewrite {
		d.Parts, d.Rewrite, d.Full = nil, false, false
		if d.Guessed {
			d.Topic, d.Guessed = "", false
		}
	}
	text, err := d.fit(t, text, d.text())
	if err != nil || text == "" {
		return err
	}
	d.Parts, d.NoWords = append(d.Parts, part{ref, text}), false
	return nil
}

// fit cuts words to what is left beside others. Whoever wrote them is told so once.
func (d *draft) fit(t *flows.Turn, words, beside string) (string, error) {
	fits, over := t.Fit(words, beside)
	if !over || d.Full {
		return fits, nil
	}
	d.Full = true
	return fits, t.Reply(t.Voice().Say("report.too_long", "N", t.LongestText()))
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
	room := max(t.MostPhotos()-len(d.Photos), 0)
	if len(u.Media) > room {
		u.Media = u.Media[:room]
		if !d.Crowded { // an album brings its photos one by one
			d.Crowded = true
			if err := t.Reply(t.Voice().Say("report.too_many_photos", "N", t.MostPhotos())); err != nil {
				return err
			}
		}
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
		text, err := d.fit(t, t.In.Text, textOf(slices.Delete(slices.Clone(d.Parts), i, i+1)))
		if err != nil {
			return err
		}
		if old := d.Parts[i].Text; text != "" {
			d.Parts[i].Text = text
			d.guess(t, old, text)
			if t.In.Location == nil {
				if err := d.reread(t, old, text); err != nil {
					return err
				}
			}
		}
	case i < 0 && t.In.Text != "" && len(t.In.Media) > 0: // a caption that came later
		if err := d.say(t, t.In.Ref, t.In.Text); err != nil {
			return err
		}
	}
	if t.In.Location != nil {
		return d.point(t, t.In.Location.Lat, t.In.Location.Lon)
	}
	return nil
}

// holds tells whether a draft has anything in it.
func holds(data json.RawMessage) bool {
	var d draft
	return storage.Decode(data, &d) == nil && !d.empty()
}

func (d *draft) empty() bool {
	return len(d.Parts) == 0 && len(d.Photos) == 0 && d.Place.Municipality == ""
}
