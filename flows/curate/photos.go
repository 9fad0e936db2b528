package curate

import (
	"slices"
	"strconv"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// photosPage is how many photos are shown at once, an album of any messenger.
const photosPage = 9

// pictures gives all photos of an incident: the report's, those of additions, notes and answers, each once.
func pictures(t *flows.Turn, inc *storage.Incident) ([]string, error) {
	list := slices.Clone(inc.Photos)
	events, err := t.Tx.Events(inc.Number)
	if err != nil {
		return nil, err
	}
	for _, ev := range events {
		if flows.Action(ev.Action) == flows.Hide {
			continue
		}
		for _, id := range ev.Photos {
			if !slices.Contains(list, id) {
				list = append(list, id)
			}
		}
	}
	return list, nil
}

// askPhotos shows an incident's photos: a tap hides one from the residents, another shows it again.
func askPhotos(t *flows.Turn, c *choice, inc *storage.Incident) error {
	list, err := pictures(t, inc)
	if err != nil {
		return err
	}
	v := t.Voice()
	m := v.Say("curate.ask_photos", "Number", inc.Number)
	from, to := flows.Page(c.Page, photosPage, len(list))
	m.Photos = flows.Photos(list[from:to])
	var row []bot.Button
	for i, id := range list[from:to] {
		word := "curate.photo_shown"
		if slices.Contains(inc.Hidden, id) {
			word = "curate.photo_hidden"
		}
		row = append(row, v.Button(word, t.Key("h", strconv.Itoa(from+i)), "N", i+1))
		if len(row) == 3 || from+i == to-1 {
			m.Keyboard, row = append(m.Keyboard, row), nil
		}
	}
	m.Keyboard = v.PageRow(m.Keyboard, c.Page, photosPage, len(list), func(p string) string { return t.Key("p", p) })
	m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("curate.photos_done", t.Key("done"))})
	return t.Prompt(m)
}

func takePhotos(t *flows.Turn, c *choice, inc *storage.Incident) (string, error) {
	list, err := pictures(t, inc)
	if err != nil {
		return "", err
	}
	switch t.Verb {
	case "done":
		return done(t, inc, "curate.photos_set", "N", len(inc.Hidden))
	case "p":
		c.Page = t.PageArg()
		return flows.Stay, nil
	}
	i, ok := t.Count(0, len(list))
	if t.Verb != "h" || !ok {
		return flows.Stay, nil
	}
	id, word := list[i], "hide"
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
