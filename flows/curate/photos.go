package curate

import (
	"slices"
	"strconv"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// askPhotos shows an incident's photos: a tap hides one from the residents, another shows it again.
func askPhotos(t *flows.Turn, _ *choice, inc *storage.Incident) error {
	v := t.Voice()
	m := v.Say("curate.ask_photos", "Number", inc.Number)
	m.Photos = flows.Photos(inc.Photos)
	var row []bot.Button
	for i, id := range inc.Photos {
		word := "curate.photo_shown"
		if slices.Contains(inc.Hidden, id) {
			word = "curate.photo_hidden"
		}
		row = append(row, v.Button(word, t.Key("h", strconv.Itoa(i)), "N", i+1))
		if len(row) == 3 || i == len(inc.Photos)-1 {
			m.Keyboard, row = append(m.Keyboard, row), nil
		}
	}
	m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("curate.photos_done", t.Key("done"))})
	return t.Prompt(m)
}

func takePhotos(t *flows.Turn, _ *choice, inc *storage.Incident) (string, error) {
	if t.Verb == "done" {
		return done(t, inc, "curate.photos_set", "N", len(inc.Hidden))
	}
	i, ok := t.Count(0, len(inc.Photos))
	if t.Verb != "h" || !ok {
		return flows.Stay, nil
	}
	id, word := inc.Photos[i], "hide"
	if slices.Contains(inc.Hidden, id) {
		word = "show"
	}
	return flows.Stay, t.Act(inc, flows.Hide, storage.Event{Text: word, Photos: []string{id}}, func() {
		inc.Hidden = slices.DeleteFunc(inc.Hidden, func(h string) bool { return h == id })
		if word == "hide" {
			inc.Hidden = append(inc.Hidden, id)
		}
	})
}
