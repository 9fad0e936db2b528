package inspect

import (
	"strconv"
	"strings"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// card is the card of a body's inspection: what is wrong, where, what the executor did, and until when to look.
func card(v *flows.Voice, tx *storage.Tx, inc *storage.Incident, s *storage.Slot) (bot.Message, error) {
	in := inc.Inspection(s.Org)
	if in == nil {
		return flows.Words(v.T("inspect.relieved", "Number", inc.Number)), nil
	}
	lines := []string{
		bot.BoldOn + "🔍 № " + strconv.FormatUint(inc.Number, 10) + bot.BoldOff + " · " + v.Topic(inc.Topic) + " · " + v.Place(inc.Place),
	}
	if inc.Text != "" {
		lines = append(lines, "«"+flows.Cut(inc.Text, 2000)+"»")
	}
	if n := len(inc.Photos); n > 0 {
		lines = append(lines, v.T("desk.photos", "N", n))
	}
	if point := v.Coordinates(inc.Place); point != "" {
		lines = append(lines, point)
	}
	events, err := tx.Events(inc.Number)
	if err != nil {
		return bot.Message{}, err
	}
	lines = append(lines, v.Additions(events)...)
	executor := v.T("inspect.nobody")
	if inc.Assignment != nil {
		executor = v.Org(inc.Assignment.Org)
	}
	lines = append(lines, v.T("inspect.executor", "Org", executor, "State", v.State(inc.State)))
	if inc.Answer != nil {
		lines = append(lines, v.T("inspect.answer", "Text", flows.Short(inc.Answer.Text, 400)))
	}
	if in.Open() {
		id := "inspect.until"
		if in.Late {
			id = "inspect.until_late"
		}
		lines = append(lines, v.T(id, "Due", v.Due(in.Due)))
	}
	who, err := taker(v, tx, in, s.Person)
	if err != nil {
		return bot.Message{}, err
	}
	if who != "" {
		lines = append(lines, who)
	}
	all, err := flows.Inspections(v, tx, inc)
	if err != nil {
		return bot.Message{}, err
	}
	if !in.Open() || len(all) > 1 {
		lines = append(lines, all...)
	}
	if f := in.Finding; f != nil && f.Document != "" {
		lines = append(lines, v.T("inspect.document", "Text", flows.Short(f.Document, 100)))
	}
	m := flows.Words(strings.Join(lines, "\n"))
	m.Photos = flows.Photos(inc.Photos)
	m.Keyboard = buttons(v, inc, in)
	return m, nil
}

// taker says which of the body's people looks, to the others.
func taker(v *flows.Voice, tx *storage.Tx, in *storage.Inspection, reader uint64) (string, error) {
	if in.TakenBy == 0 || in.TakenBy == reader || !in.Open() {
		return "", nil
	}
	p, err := tx.Person(in.TakenBy)
	if err != nil || p == nil || !p.Is(storage.Official, in.Org) {
		return "", err
	}
	return v.T("inspect.taken_by", "Name", flows.ShortName(p.Name)), nil
}

func buttons(v *flows.Voice, inc *storage.Incident, in *storage.Inspection) (rows [][]bot.Button) {
	b := func(verb string) bot.Button {
		return v.Button("inspect."+verb, flows.CardKey(name, verb, inc.Number, in.Org))
	}
	if in.Open() {
		rows = append(rows, []bot.Button{b("yes"), b("no")})
		if in.TakenBy == 0 {
			rows = append(rows, []bot.Button{b("take")})
		}
	} else if in.Finding != nil {
		if in.Finding.Violation {
			rows = append(rows, []bot.Button{b("order")})
		}
		rows = append(rows, []bot.Button{b("amend")})
	}
	const most = 3 // of the measures that are open, the first: VK takes ten buttons
	shown := 0
	for i := range inc.Inspections {
		for j, m := range inc.Inspections[i].Measures {
			if inc.Inspections[i].Org != in.Org || !m.Open() || shown == most {
				continue
			}
			shown++
			key := func(verb string) string { return flows.CardKey(name, verb, inc.Number, in.Org, flows.MeasureKey(i, j)) }
			rows = append(rows, []bot.Button{v.Button("inspect.done", key("done"), "Text", flows.Short(m.Text, 40)), v.Button("inspect.waive", key("waive"))})
		}
	}
	return rows
}
