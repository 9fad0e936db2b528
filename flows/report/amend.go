package report

import (
	"slices"
	"strings"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/place"
	"otklik/storage"
)

// shortest is in how many words a town alone is meant for the place: «это в Уржуме». «Живу в Кирове, заметил, когда
// приехал» tells of it in passing.
const shortest = 3

// more takes what is written when nothing was asked: it belongs to the report, and another address in it mends the place.
func (d *draft) more(t *flows.Turn) error {
	u, before := t.In, *d
	about := d.read(t)
	if err := d.add(t); err != nil {
		return err
	}
	if u.Kind != bot.Written || u.Text == "" || u.Location != nil {
		return nil
	}
	found := d.named(t, u.Text)
	if !d.differs(found) {
		return nil
	}
	v := t.Voice()
	if own := t.Topics(u.Text, storage.Place{}, 1); about != "" && len(own) > 0 && own[0].Code != about {
		if found.Street == "" { // a town that is told of in passing
			return nil
		}
		// Another problem somewhere else: what was read already is sent as it was read.
		d.Topic, d.Guessed = about, d.Guessed || before.Topic == ""
		return t.Reply(v.Say("report.place_stays_other", "Place", v.Place(d.Place)))
	} else if len(own) > 0 && found.Street == "" {
		return nil
	}
	passing := found.Street == "" && len(strings.Fields(u.Text)) > shortest || found.Street != "" && found.House == "" && d.Place.House != ""
	if !begins(v, "report.mistake_words", u.Text) && (passing || holdsWord(v, "report.beside_words", u.Text)) {
		return t.Reply(v.Say("report.place_stays", "Place", v.Place(d.Place)))
	}
	return d.move(t, found)
}

// named finds the place in words that were not asked for; «ленина 63» or «дом 63» alone is one, too.
func (d *draft) named(t *flows.Turn, text string) place.Result {
	found := t.Finder().Find(text)
	if found.Street != "" || found.Municipality != "" || len(found.Candidates) > 0 || len(strings.Fields(text)) > 4 || len(t.Topics(text, storage.Place{}, 1)) > 0 {
		return found
	}
	list := strings.Fields(text)
	for i, w := range list { // «нет, дом 63»: in the street that is known
		if d.Place.Street != "" && begins(t.Voice(), "report.house_words", w) {
			if answer := t.Finder().Answer(d.Place.Street + ", " + strings.Join(list[i:], " ")); answer.Street == d.Place.Street && answer.House != "" {
				return place.Result{Street: answer.Street, House: answer.House}
			}
		}
	}
	if answer := t.Finder().Answer(text); answer.Street != "" && answer.House != "" {
		return answer
	}
	return found
}

// differs tells whether words name a place, and another one than the report has.
func (d *draft) differs(found place.Result) bool {
	if found.Street != "" && (found.Street != d.Place.Street || found.House != "" && found.House != d.Place.House) {
		return true
	}
	if len(found.Candidates) > 1 || len(found.Candidates) == 1 && d.Place.Settlement != "" {
		return !slices.ContainsFunc(found.Candidates, func(c place.Candidate) bool { return c.Settlement.OKTMO == d.Place.Settlement })
	}
	return found.Municipality != "" && found.Municipality != d.Place.Municipality
}

// move takes another place: what the words leave out is as it was. A point belonged to the old place; what its name had
// that is not on the map is kept among the words.
func (d *draft) move(t *flows.Turn, found place.Result) error {
	old := d.Place
	if noted := d.Noted; noted != "" {
		d.Noted = ""
		if err := d.say(t, "", noted); err != nil {
			return err
		}
	}
	if found.Street == "" && found.House == "" {
		found.Street, found.House = old.Street, old.House
	}
	if found.Municipality == "" && len(found.Candidates) == 0 && old.Municipality != "" {
		d.Place.Street, d.Place.House = found.Street, found.House
		if old.Street != "" { // a point alone is only told by its address
			d.Place.Lat, d.Place.Lon, d.Place.Point = 0, 0, false
		}
		d.Place.Label = t.Label(d.Place)
		return nil
	}
	d.Near, d.Said, d.Page = "", "", 0
	d.take(t, found)
	return nil
}

// reread reads the place anew where words were changed that name another one now.
func (d *draft) reread(t *flows.Turn, old, text string) error {
	was, is := t.Finder().Find(old), t.Finder().Find(text)
	switch {
	case is.Street == "" && is.Municipality == "" && len(is.Candidates) == 0,
		is.Street == was.Street && is.House == was.House && is.Municipality == was.Municipality && slices.Equal(is.Candidates, was.Candidates):
	case d.Place.Municipality == "" && len(d.Choices) == 0, d.differs(is):
		return d.move(t, is)
	}
	return nil
}

// begins tells whether words begin with one of a list; holdsWord, whether one stands anywhere in them.
func begins(v *flows.Voice, id, said string) bool { return listedAt(v, id, strings.Fields(said)) }

func holdsWord(v *flows.Voice, id, said string) bool {
	for list := strings.Fields(said); len(list) > 0; list = list[1:] {
		if listedAt(v, id, list) {
			return true
		}
	}
	return false
}

func listedAt(v *flows.Voice, id string, list []string) bool {
	for n := range min(len(list), 3) {
		if v.Listed(id, strings.Join(list[:n+1], " ")) {
			return true
		}
	}
	return false
}
