package watch

import (
	"strconv"
	"strings"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

const (
	maxQuote = 2000 // of a message on a card
	maxLines = 3    // further messages that a card names
)

// card shows what was found: what it seems to be first, then the words, then where they stand.
func card(v *flows.Voice, tx *storage.Tx, inc *storage.Incident, s *storage.Slot) (bot.Message, error) {
	lines := []string{head(v, inc)}
	if inc.Text != "" {
		lines = append(lines, "«"+flows.Cut(inc.Text, maxQuote)+"»")
	}
	if n := len(inc.Photos); n > 0 {
		lines = append(lines, v.T("desk.photos", "N", n))
	}
	if inc.Origin != 0 {
		lines = append(lines, v.T("watch.part_of", "Number", inc.Origin))
	}
	posts, n, err := tx.Posts(inc.Number, maxLines+1)
	if err != nil {
		return bot.Message{}, err
	}
	for i, p := range posts {
		line, err := flows.Stands(v, tx, p)
		if err != nil {
			return bot.Message{}, err
		}
		if i == 1 {
			lines = append(lines, v.T("watch.also", "N", n-1))
		}
		lines = append(lines, line)
	}
	state, err := stand(v, tx, inc)
	if err != nil {
		return bot.Message{}, err
	}
	lines = append(lines, state...)
	holder, err := flows.Holder(v, tx, inc, s.Person)
	if err != nil {
		return bot.Message{}, err
	}
	if holder != "" {
		lines = append(lines, holder)
	}
	m := flows.Words(strings.Join(lines, "\n"))
	m.Photos = flows.Photos(inc.Photos)
	m.Keyboard = buttons(v, inc, posts)
	return m, nil
}

func head(v *flows.Voice, inc *storage.Incident) string {
	s := v.T("watch.found", "Number", inc.Number) + " · "
	switch {
	case inc.Raised:
		s += v.T("watch.danger") + " · "
	case inc.Urgent:
		s += v.T("watch.urgent") + " · "
	}
	s += v.Topic(inc.Topic)
	if inc.Sure != nil && inc.Sure.Topic > 0 {
		s += " " + flows.Percent(inc.Sure.Topic)
	}
	if inc.Place.Municipality == "" {
		return s + " · " + v.T("watch.nowhere")
	}
	return s + " · " + v.Place(inc.Place)
}

// stand says what became of it, and what may be known of it.
func stand(v *flows.Voice, tx *storage.Tx, inc *storage.Incident) (lines []string, err error) {
	switch inc.State {
	case storage.Found:
		if inc.Likely != "" {
			lines = append(lines, v.T("watch.likely", "Org", v.Org(inc.Likely))+flows.Sure(inc))
		}
		if s := inc.Sure; s != nil && s.Learned {
			lines = append(lines, v.T("watch.problem", "Sure", flows.Percent(s.Problem)))
		}
		if inc.Sure == nil || inc.Sure.Known == 0 {
			return lines, nil
		}
		other, err := tx.Incident(inc.Sure.Known)
		if err != nil || other == nil {
			return lines, err
		}
		// Without its state: this card is not drawn anew when that changes.
		return append(lines, v.T("watch.known", "Number", other.Number, "Text", flows.Short(other.Text, 120))), nil
	case storage.Merged:
		return []string{v.T("watch.was_known", "Number", inc.Into)}, nil
	}
	events, err := tx.Events(inc.Number)
	if err != nil {
		return nil, err
	}
	for i := range events {
		ev := &events[i]
		if a := flows.Action(ev.Action); a != flows.Take && a != flows.Pass && a != flows.File {
			continue
		}
		who, err := flows.EventName(v, tx, ev)
		if err != nil {
			return nil, err
		}
		lines = []string{v.T("watch.was_"+ev.Action, "Who", who, "At", v.Stamp(ev.At), "State", v.Standing(inc))}
	}
	return lines, nil
}

func buttons(v *flows.Voice, inc *storage.Incident, posts []*storage.Post) (rows [][]bot.Button) {
	own := func(verb string) bot.Button { return v.Button("watch."+verb, flows.CardKey(name, verb, inc.Number)) }
	switch inc.State {
	case storage.Passed:
		return [][]bot.Button{{v.Button("watch.take_after_all", flows.CardKey(name, "take", inc.Number))}}
	case storage.Found:
	default:
		return [][]bot.Button{{v.Button("watch.show", flows.CardKey("curate", "show", inc.Number), "Number", inc.Number)}}
	}
	version := strconv.FormatUint(inc.Version, 10)
	if inc.Sure != nil && inc.Sure.Known != 0 {
		n := strconv.FormatUint(inc.Sure.Known, 10)
		rows = append(rows, []bot.Button{v.Button("watch.is_known", flows.CardKey(name, "known", inc.Number, n), "Number", n)})
	}
	if inc.Likely != "" {
		rows = append(rows, []bot.Button{{Text: "→ " + v.Org(inc.Likely), Data: flows.CardKey(name, "to", inc.Number, inc.Likely, version)}})
	}
	rows = append(rows, []bot.Button{own("take"), own("pass")},
		[]bot.Button{v.Button("watch.topic", flows.CardKey("curate", "topic", inc.Number)), v.Button("watch.place", flows.CardKey("curate", "place", inc.Number)),
			v.Button("watch.alike", flows.CardKey("curate", "alike", inc.Number))})
	last := []bot.Button{own("thanks")}
	if len(posts) > 0 && posts[0].ReadOnly {
		last = nil
	}
	if len(posts) > 0 && posts[0].Author.User != "" {
		last = append(last, own("hush"))
	}
	if inc.Posts > 1 {
		rows = append(rows, []bot.Button{own("part")})
	}
	if len(last) > 0 {
		rows = append(rows, last)
	}
	return rows
}
