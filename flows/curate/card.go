package curate

import (
	"slices"
	"strconv"
	"strings"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// card is the curators' card: facts first, in the same order always.
func card(v *flows.Voice, tx *storage.Tx, inc *storage.Incident, s *storage.Slot) (bot.Message, error) {
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
	inspections, err := flows.Inspections(v, tx, inc)
	if err != nil {
		return bot.Message{}, err
	}
	lines = append(lines, inspections...)
	lines = append(lines, together(v, inc)...)
	public, err := flows.InPublic(v, tx, inc)
	if err != nil {
		return bot.Message{}, err
	}
	lines = append(lines, public...)
	remarks, err := remarks(v, tx, events)
	if err != nil {
		return bot.Message{}, err
	}
	lines = append(lines, remarks...)
	holder, err := flows.Holder(v, tx, inc, s.Person)
	if err != nil {
		return bot.Message{}, err
	}
	if holder != "" {
		lines = append(lines, holder)
	}
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
	switch {
	case inc.Source.Kind == "found":
		parts[len(parts)-1] += " «" + flows.Short(inc.Source.Name, 60) + "»"
	case inc.Source.Name != "":
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
	by := handed(events, inc.State)
	if by == nil {
		by = &last
	}
	who, err := flows.EventName(v, tx, by)
	if err != nil {
		return nil, err
	}
	at := v.Stamp(by.At)
	orgName := ""
	if inc.Assignment != nil {
		orgName = v.Org(inc.Assignment.Org)
	}
	args := []any{"Org", orgName, "Who", who, "At", at, "Forward", v.Due(inc.Forward), "First", v.Due(inc.First), "Final", v.Due(inc.Final)}
	switch inc.State {
	case storage.New:
		if last.Action == string(flows.File) {
			lines = append(lines, v.T("curate.filed", "Sure", flows.Percent(inc.Filed)))
		}
		lines = append(lines, v.T("curate.stand_new", args...))
		back, err := cameBack(v, tx, events)
		if err != nil {
			return nil, err
		}
		lines = append(lines, back...)
		if inc.Likely != "" {
			lines = append(lines, v.T("curate.likely", "Org", v.Org(inc.Likely))+flows.Sure(inc))
		}
	case storage.Assigned, storage.Accepted:
		id := "curate.stand_" + string(inc.State)
		if inc.State == storage.Accepted && inc.Answering.IsZero() {
			id = "curate.stand_accepted_first"
		}
		lines = append(lines, v.T(id, args...))
	case storage.Waiting:
		if w := inc.Wait; w != nil {
			lines = append(lines, v.T("curate.stand_waiting", append(args, "Until", v.Due(w.Until), "Text", flows.Short(w.Text, 300))...))
		}
		if inc.Assignment == nil {
			back, err := cameBack(v, tx, events)
			if err != nil {
				return nil, err
			}
			lines = append(lines, back...)
		}
	case storage.Merged:
		lines = append(lines, v.T("curate.stand_merged", append(args, "Into", inc.Into)...))
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
	if ev := flows.Disputed(inc, events); ev != nil {
		lines = append(lines, v.Objection(inc, ev))
	}
	if ev := flows.Returned(inc, events); ev != nil {
		if who, err = flows.EventName(v, tx, ev); err != nil {
			return nil, err
		}
		lines = append(lines, v.T("curate.was_returned", "Who", who, "At", v.Stamp(ev.At), "Text", flows.Short(ev.Text, 300)))
	}
	if p := inc.Promise; p != nil && inc.State.Open() {
		lines = append(lines, v.T("curate.promised", "Due", v.Due(p.Due), "Text", flows.Short(p.Text, 200)))
	}
	if x := inc.Extension; x != nil && flows.Possible(flows.Grant, inc.State) {
		lines = append(lines, v.T("curate.asks_more", "Due", v.Due(x.Due), "Text", flows.Short(x.Reason, 300)))
	}
	if inc.Late != "" {
		lines = append(lines, v.T("curate.late_"+inc.Late))
	}
	return lines, nil
}

// cameBack says which body gave the incident back last, while it is in no other's hands.
func cameBack(v *flows.Voice, tx *storage.Tx, events []storage.Event) ([]string, error) {
	ev := flows.Still(events, flows.Decline, flows.Assign)
	if ev == nil {
		return nil, nil
	}
	who, err := flows.EventName(v, tx, ev)
	if err != nil {
		return nil, err
	}
	return []string{v.T("curate.came_back", "Org", v.Org(ev.Org), "Who", who, "At", v.Stamp(ev.At), "Text", flows.Short(sentences(ev.Text), 300))}, nil
}

// sentences ends each line of a text with a full stop, so that it can be read in one.
func sentences(text string) string {
	list := strings.Split(text, "\n")
	for i, line := range list[:len(list)-1] {
		if line = strings.TrimSpace(line); line != "" && !strings.ContainsAny(line[len(line)-1:], ".!?:,;") && !strings.HasSuffix(line, "…") {
			list[i] = line + "."
		}
	}
	return strings.Join(list, "\n")
}

// version tells one answer from the one that was there before it.
func version(inc *storage.Incident) string {
	if inc.Answer == nil {
		return ""
	}
	return strconv.FormatInt(inc.Answer.At.UnixMilli(), 36)
}

// handed gives the event that gave the incident to the body, or that the body took it with, for the states in which it
// has it: a resident's word may have come since.
func handed(events []storage.Event, s storage.State) *storage.Event {
	by := map[storage.State][]flows.Action{
		storage.Assigned: {flows.Assign},
		storage.Accepted: {flows.Accept, flows.Note, flows.Promise, flows.Return},
	}[s]
	for i := range slices.Backward(events) {
		if slices.Contains(by, flows.Action(events[i].Action)) {
			return &events[i]
		}
	}
	return nil
}

func buttons(v *flows.Voice, inc *storage.Incident) (rows [][]bot.Button) {
	b := func(id, verb string) bot.Button { return v.Button("curate."+id, flows.CardKey(name, verb, inc.Number)) }
	inspect := v.Button("curate.inspect", flows.CardKey("inspect", "open", inc.Number))
	switch inc.State {
	case storage.New:
		if inc.Likely != "" {
			rows = append(rows, []bot.Button{toOrg(v, inc, inc.Likely)})
		}
		if flows.Undoable(inc) {
			rows = append(rows, []bot.Button{v.Button("curate.no_problem", flows.CardKey("watch", "pass", inc.Number))})
		}
		rows = append(rows, []bot.Button{b("other_org", "org")}, []bot.Button{b("topic", "topic"), b("place", "place"), urgent(v, inc)},
			[]bot.Button{alike(v, inc), b("reject", "reject"), b("more", "more")})
	case storage.Assigned:
		rows = append(rows, []bot.Button{b("reassign", "org")}, []bot.Button{b("topic", "topic"), b("place", "place"), urgent(v, inc)},
			[]bot.Button{inspect, alike(v, inc)}, []bot.Button{b("reject", "reject"), b("more", "more")})
	case storage.Accepted:
		rows = append(rows, []bot.Button{b("reassign", "org")}, []bot.Button{b("topic", "topic"), b("place", "place"), urgent(v, inc)},
			[]bot.Button{inspect, alike(v, inc), b("more", "more")})
	case storage.Waiting:
		rows = append(rows, []bot.Button{b("resume", "resume")}, []bot.Button{b("topic", "topic"), b("place", "place")},
			[]bot.Button{inspect, b("more", "more")})
	case storage.Merged:
		rows = append(rows, []bot.Button{b("unmerge", "unmerge"), v.Button("curate.show_whole", flows.CardKey(name, "show", inc.Into), "Number", inc.Into)})
	case storage.Answered:
		rows = append(rows, []bot.Button{v.Button("curate.approve", flows.CardKey(name, "approve", inc.Number, version(inc))), b("return", "return")}, []bot.Button{inspect})
	case storage.Closed:
		rows = append(rows, []bot.Button{inspect, b("more", "more")})
	default:
		rows = append(rows, []bot.Button{b("more", "more")})
	}
	if inc.State.Open() && (inc.Posts > 1 || inc.Posts == 1 && len(inc.Merged) > 0) { // a bundle of messages in public
		rows = append(rows, []bot.Button{v.Button("curate.part", flows.CardKey("watch", "part", inc.Number))})
	}
	if inc.Extension != nil && flows.Possible(flows.Grant, inc.State) {
		rows = append([][]bot.Button{{b("grant", "grant"), b("deny", "deny")}}, rows...)
	}
	kept := rows[:0]
	for _, row := range rows {
		if row = slices.DeleteFunc(row, func(b bot.Button) bool { return b.Text == "" }); len(row) > 0 {
			kept = append(kept, row)
		}
	}
	return kept
}

// urgent is the button that makes an incident urgent, or takes that back; none where the topic decides.
func urgent(v *flows.Voice, inc *storage.Incident) bot.Button {
	switch key := flows.CardKey(name, "urgent", inc.Number); {
	case inc.Raised:
		return v.Button("curate.not_urgent", key)
	case !inc.Urgent:
		return v.Button("curate.make_urgent", key)
	}
	return bot.Button{}
}

// alike is the button that shows what may be the same problem; none where nothing was.
func alike(v *flows.Voice, inc *storage.Incident) bot.Button {
	if inc.Alike == 0 {
		return bot.Button{}
	}
	return v.Button("curate.alike_button", flows.CardKey(name, "alike", inc.Number), "N", inc.Alike)
}

// remarks gives the last three things that curators told each other.
func remarks(v *flows.Voice, tx *storage.Tx, events []storage.Event) (lines []string, err error) {
	for _, ev := range slices.Backward(events) {
		if ev.Action != string(flows.Remark) {
			continue
		}
		who, err := flows.EventName(v, tx, &ev)
		if err != nil {
			return nil, err
		}
		lines = append(lines, v.T("curate.remark", "Who", who, "At", v.Stamp(ev.At), "Text", flows.Short(ev.Text, 300)))
		if len(lines) == 3 {
			break
		}
	}
	slices.Reverse(lines)
	return lines, nil
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
	if inc.State == storage.Answered { // is what was wrong put right now?
		events, err := tx.Events(inc.Number)
		if err != nil {
			return bot.Message{}, err
		}
		if ev := flows.Disputed(inc, events); ev != nil {
			lines = append(lines, v.Objection(inc, ev))
		}
	}
	lines = append(lines, v.T("curate.answered_by", "Org", v.Org(a.Org)), "«"+flows.Cut(a.Text, MaxQuote)+"»")
	inspections, err := flows.Inspections(v, tx, inc)
	if err != nil {
		return bot.Message{}, err
	}
	lines = append(lines, inspections...)
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
