package curate

import (
	"strconv"
	"strings"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// card is the curators' card: facts first, in the same order always.
func card(v *flows.Voice, tx *storage.Tx, inc *storage.Incident, _ *storage.Slot) (bot.Message, error) {
	events, err := tx.Events(inc.Number)
	if err != nil {
		return bot.Message{}, err
	}
	lines := append([]string{head(v, inc), quote(v, inc)}, v.Additions(events)...)
	status, err := stand(v, tx, inc, events)
	if err != nil {
		return bot.Message{}, err
	}
	lines = append(lines, status...)
	m := flows.Words(strings.Join(lines, "\n"))
	m.Photos = flows.Photos(inc.Photos)
	m.Keyboard = buttons(v, inc)
	return m, nil
}

// head is the first line of staff's cards: number, topic, place.
func head(v *flows.Voice, inc *storage.Incident) string {
	s := bot.BoldOn + "№ " + strconv.FormatUint(inc.Number, 10) + bot.BoldOff + " · "
	if inc.Urgent {
		s += v.T("curate.urgent") + " · "
	}
	return s + v.Topic(inc.Topic) + " · " + v.Place(inc.Place)
}

// MaxQuote is how much of a report a card shows: more than almost anybody writes, less than a message bears.
const MaxQuote = 2500

func quote(v *flows.Voice, inc *storage.Incident) string {
	var parts []string
	if inc.Text != "" {
		parts = append(parts, "«"+flows.Cut(inc.Text, MaxQuote)+"»")
	}
	if n := len(inc.Photos); n > 0 {
		parts = append(parts, v.T("desk.photos", "N", n))
	}
	if point := v.Coordinates(inc.Place); point != "" {
		parts = append(parts, point)
	}
	parts = append(parts, v.T("desk.channel_"+inc.Source.Channel))
	if inc.Source.Name != "" {
		parts = append(parts, v.T("curate.forwarded", "Name", flows.Short(inc.Source.Name, 60)))
	}
	return strings.Join(parts, " · ")
}

// stand says where the incident is, who brought it there, and by when what is due.
func stand(v *flows.Voice, tx *storage.Tx, inc *storage.Incident, events []storage.Event) (lines []string, err error) {
	var last storage.Event
	for _, ev := range events {
		if ev.From != ev.To || ev.Action == string(flows.Create) || ev.Action == string(flows.Assign) {
			last = ev
		}
	}
	who, err := flows.EventName(v, tx, &last)
	if err != nil {
		return nil, err
	}
	at := v.Stamp(last.At)
	orgName := ""
	if inc.Assignment != nil {
		orgName = v.Org(inc.Assignment.Org)
	}
	args := []any{"Org", orgName, "Who", who, "At", at, "Forward", v.Due(inc.Forward), "First", v.Due(inc.First), "Final", v.Due(inc.Final)}
	switch inc.State {
	case storage.New:
		lines = append(lines, v.T("curate.stand_new", args...))
		if last.Action == string(flows.Decline) {
			lines = append(lines, v.T("curate.came_back", "Org", v.Org(last.Org), "Who", who, "At", at, "Text", flows.Short(last.Text, 300)))
		}
		if inc.Likely != "" {
			lines = append(lines, v.T("curate.likely", "Org", v.Org(inc.Likely)))
		}
	case storage.Assigned, storage.Accepted:
		lines = append(lines, v.T("curate.stand_"+string(inc.State), args...))
		switch last.Action {
		case string(flows.Dispute):
			lines = append(lines, v.T("curate.not_solved", "At", at, "Text", flows.Short(last.Text, 300)))
		case string(flows.Return):
			lines = append(lines, v.T("curate.was_returned", "Who", who, "At", at, "Text", flows.Short(last.Text, 300)))
		}
	case storage.Withdrawn:
		lines = append(lines, v.T("curate.stand_withdrawn", "At", at, "Text", flows.Short(inc.Reason, 300)))
	case storage.Rejected:
		lines = append(lines, v.T("curate.stand_rejected", "Who", who, "At", at, "Text", flows.Short(inc.Reason, 300)))
	default:
		if v.Has("curate.stand_" + string(inc.State)) {
			lines = append(lines, v.T("curate.stand_"+string(inc.State), args...))
		}
		if inc.Answer != nil {
			lines = append(lines, "«"+flows.Short(inc.Answer.Text, 600)+"»")
		}
		if inc.Solved() {
			lines = append(lines, v.T("curate.solved"))
		}
		if inc.Mark() > 0 {
			lines = append(lines, v.Marked(inc))
		}
	}
	if inc.Late != "" {
		lines = append(lines, v.T("curate.late_"+inc.Late))
	}
	return lines, nil
}

func buttons(v *flows.Voice, inc *storage.Incident) (rows [][]bot.Button) {
	b := func(id, verb string) bot.Button { return v.Button("curate."+id, flows.CardKey(name, verb, inc.Number)) }
	switch inc.State {
	case storage.New:
		if inc.Likely != "" {
			rows = append(rows, []bot.Button{toOrg(v, inc, inc.Likely)})
		}
		rows = append(rows, []bot.Button{b("other_org", "org")},
			[]bot.Button{b("topic", "topic"), b("place", "place"), b("reject", "reject")})
	case storage.Assigned:
		rows = append(rows, []bot.Button{b("reassign", "org")},
			[]bot.Button{b("topic", "topic"), b("place", "place"), b("reject", "reject")})
	case storage.Accepted:
		rows = append(rows, []bot.Button{b("reassign", "org")}, []bot.Button{b("topic", "topic"), b("place", "place")})
	case storage.Answered:
		rows = append(rows, []bot.Button{b("approve", "approve"), b("return", "return")})
	}
	return rows
}

func toOrg(v *flows.Voice, inc *storage.Incident, code string) bot.Button {
	return bot.Button{Text: "→ " + v.Org(code), Data: flows.CardKey(name, "to", inc.Number, code, strconv.FormatUint(inc.Version, 10))}
}

// controlCard shows an answer for approval, photos and all, and afterwards what became of it.
func controlCard(v *flows.Voice, tx *storage.Tx, inc *storage.Incident, _ *storage.Slot) (bot.Message, error) {
	lines := []string{head(v, inc)}
	if inc.Text != "" {
		lines = append(lines, v.T("curate.asked", "Text", flows.Short(inc.Text, 400)))
	}
	a := inc.Answer
	if a == nil {
		return flows.Words(strings.Join(lines, "\n")), nil
	}
	lines = append(lines, v.T("curate.answered_by", "Org", v.Org(a.Org)), "«"+flows.Cut(a.Text, MaxQuote)+"»")
	m := bot.Message{}
	switch inc.State {
	case storage.Answered:
		m.Keyboard = buttons(v, inc)
	case storage.Closed:
		p, err := tx.Person(a.ApprovedBy)
		if err != nil {
			return m, err
		}
		who := ""
		if p != nil {
			who = flows.ShortName(p.Name)
		}
		lines = append(lines, v.T("curate.approved_by", "Who", who, "At", v.Stamp(a.ApprovedAt)))
	default:
		lines = append(lines, v.T("curate.not_under_control", "State", v.State(inc.State)))
	}
	w := flows.Words(strings.Join(lines, "\n"))
	m.Text, m.Bold, m.Photos = w.Text, w.Bold, flows.Photos(a.Photos)
	return m, nil
}
