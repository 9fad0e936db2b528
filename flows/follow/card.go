package follow

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/personal"
	"otklik/storage"
)

// card is the resident's: what was reported, how it stands, what happened so far. It says nothing that changes with
// time alone, as nobody would draw it anew then.
func card(v *flows.Voice, tx *storage.Tx, inc *storage.Incident, s *storage.Slot) (bot.Message, error) {
	if gone(inc, s) {
		return v.Say("follow.card_gone", "Number", inc.Number), nil
	}
	lines := []string{
		bot.BoldOn + "№ " + strconv.FormatUint(inc.Number, 10) + bot.BoldOff + " · " + v.Topic(inc.Topic) + " · " + v.Place(inc.Place),
		bot.BoldOn + standing(v, inc, s.Person) + bot.BoldOff,
	}
	if inc.Text != "" {
		text := inc.Text
		if r := inc.Reporter(s.Person); r == nil || r.Follows || r.From != 0 { // somebody else's words
			text = personal.Mask(text)
		}
		lines = append(lines, "«"+flows.Short(text, 200)+"»")
	}
	if n := len(inc.Public(inc.Photos)); n > 0 {
		lines = append(lines, v.T("desk.photos", "N", n))
	}
	events, err := tx.Events(inc.Number)
	if err != nil {
		return bot.Message{}, err
	}
	lines = append(lines, "")
	all := story(v, inc, events, s.Person)
	last := all[max(len(all)-shownOfStory, 0):]
	lines = append(lines, last...)
	lines = append(lines, now(v, inc)...)
	if n := followers(inc); n > 0 {
		lines = append(lines, v.T("follow.followers", "N", n))
	}
	m := flows.Words(strings.Join(lines, "\n"))
	m.Keyboard = keyboard(v, inc, s.Person)
	if len(last) < len(all) {
		m.Keyboard = beside(m.Keyboard, v.Button("follow.history", flows.CardKey(name, "story", inc.Number)))
	}
	return m, nil
}

// shownOfStory is how much of the story a card shows: a message is one thought. mostOfStory is how much is told at all.
const (
	shownOfStory = 3
	mostOfStory  = 25
)

// beside puts a button beside the last one where that stands alone, otherwise below.
func beside(rows [][]bot.Button, b bot.Button) [][]bot.Button {
	if n := len(rows); n > 0 && len(rows[n-1]) == 1 {
		rows[n-1] = append(rows[n-1], b)
		return rows
	}
	return append(rows, []bot.Button{b})
}

// history tells the whole story.
func history(t *flows.Turn, inc *storage.Incident) error {
	if inc.Reporter(t.Me.ID) == nil {
		return flows.Refuse("desk.not_yours", "Number", inc.Number)
	}
	events, err := t.Tx.Events(inc.Number)
	if err != nil {
		return err
	}
	v := t.Voice()
	all := story(v, inc, events, t.Me.ID)
	if n := len(all); n > mostOfStory {
		all = append([]string{all[0], "…"}, all[n-mostOfStory+2:]...)
	}
	return t.ReplyAbout(flows.Words(v.T("follow.history_of", "Number", inc.Number)+"\n"+strings.Join(all, "\n")), inc.Number)
}

// gone tells whether a card's reader has left the incident.
func gone(inc *storage.Incident, s *storage.Slot) bool {
	return s.Person != 0 && inc.Reporter(s.Person) == nil
}

// standing gives where an incident stands for one reader: it is solved when they said so.
func standing(v *flows.Voice, inc *storage.Incident, person uint64) string {
	r := inc.Reporter(person)
	switch {
	case inc.State == storage.Waiting:
		return v.T("follow.state_waiting")
	case r != nil && r.Solved && (inc.State == storage.Closed || inc.State == storage.Settled):
		return v.T("desk.state_solved")
	}
	return v.State(inc.State)
}

// next says what is due next; at says a moment.
func next(v *flows.Voice, inc *storage.Incident, at func(time.Time) string) string {
	switch inc.State {
	case storage.New:
		return v.T("follow.next_forward", "At", at(inc.Forward))
	case storage.Assigned:
		return v.T("follow.next_first", "At", at(inc.First))
	case storage.Accepted:
		return v.T("follow.next_final", "At", at(inc.Final))
	}
	return ""
}

// ahead says in a notice what comes next, and what is promised.
func ahead(v *flows.Voice, inc *storage.Incident) string {
	text := next(v, inc, v.At)
	if inc.Promise != nil {
		text += " " + v.T("follow.promised", "Due", v.Date(inc.Promise.Due))
	}
	return strings.TrimSpace(text)
}

// now says what comes next, or what is asked.
func now(v *flows.Voice, inc *storage.Incident) (lines []string) {
	if inc.Promise != nil && (inc.State == storage.Assigned || inc.State == storage.Accepted) {
		lines = append(lines, v.T("follow.promised", "Due", v.Date(inc.Promise.Due)))
	}
	if org, ok := flows.Checks(inc); ok {
		lines = append(lines, v.T("follow.checks", "Org", v.Org(org)))
	}
	switch inc.State {
	case storage.New, storage.Assigned, storage.Accepted:
		lines = append(lines, next(v, inc, v.Due))
	case storage.Waiting:
		if inc.Wait != nil {
			lines = append(lines, "", v.T("follow.question", "Asker", asker(v, inc.Wait.As, inc.Wait.Org), "Text", flows.Cut(inc.Wait.Text, 600)),
				v.T("follow.answer_until", "At", v.Due(inc.Wait.Until)))
		}
	case storage.Merged:
		lines = append(lines, v.T("follow.answer_there", "Other", inc.Into))
	}
	return lines
}

// asker names who asks: a body, or the curators.
func asker(v *flows.Voice, as storage.RoleKind, org string) string {
	if as == storage.Official {
		return v.Org(org)
	}
	return v.T("follow.curator")
}

func followers(inc *storage.Incident) (n int) {
	for _, r := range inc.Reporters {
		if r.Follows {
			n++
		}
	}
	return n
}

func keyboard(v *flows.Voice, inc *storage.Incident, person uint64) (rows [][]bot.Button) {
	key := func(verb string) string { return flows.CardKey(name, verb, inc.Number) }
	b := func(verb string) bot.Button { return v.Button("follow."+verb, key(verb)) }
	switch {
	case inc.State == storage.Merged:
		return [][]bot.Button{{v.Button("follow.show_other", key("whole"), "Other", inc.Into)}}
	case flows.Asks(inc, person):
		return verdict(v, inc)
	case inc.State == storage.Waiting:
		rows = append(rows, []bot.Button{v.Button("follow.reply", key("add"))})
	case flows.Possible(flows.When, inc.State):
		rows = append(rows, []bot.Button{b("add"), b("when")})
	case flows.Possible(flows.Add, inc.State):
		rows = append(rows, []bot.Button{b("add")})
	}
	switch r := inc.Reporter(person); {
	case r == nil:
	case guest(r) && flows.Possible(flows.Leave, inc.State):
		rows = append(rows, []bot.Button{b("leave")})
	case !guest(r) && flows.Possible(flows.Withdraw, inc.State):
		rows = append(rows, []bot.Button{b("out")})
	}
	return rows
}

// guest tells whether somebody came to an incident that others had reported: they follow it, or theirs is merged into it.
func guest(r *storage.Reporter) bool { return r.Follows || r.From != 0 }

func verdict(v *flows.Voice, inc *storage.Incident) [][]bot.Button {
	return [][]bot.Button{{
		v.Button("follow.yes", flows.CardKey(name, "yes", inc.Number)),
		v.Button("follow.no", flows.CardKey(name, "no", inc.Number)),
	}}
}

// story tells what happened, one line an event. Of what other residents did it says that
// they did, without their words: these may hold what is not for a stranger.
func story(v *flows.Voice, inc *storage.Incident, events []storage.Event, reader uint64) (lines []string) {
	for _, ev := range events {
		if ev.Action == string(flows.Inquire) && waits(inc, nil) && ev.At.Equal(inc.Wait.At) {
			continue // what is being asked now stands below
		}
		id, own := "follow.did_"+ev.Action, true
		if ev.As == storage.Resident && (ev.Actor != reader || reader == 0) {
			id, own = "follow.other_"+ev.Action, false
		}
		if ev.Action == string(flows.Create) && ev.Other != 0 {
			id = "follow.did_part"
		}
		switch flows.Action(ev.Action) {
		case flows.Finding, flows.Amend:
			id += "_" + ev.Why
		case flows.Hurry:
			id += "_" + ev.Text
		}
		if !v.Has(id) {
			continue
		}
		line := v.T(id, "At", v.Stamp(ev.At), "Org", v.Org(ev.Org), "To", v.OrgTo(ev.Org), "Other", ev.Other, "Due", v.Due(ev.Due),
			"Date", v.Date(ev.Due), "Asker", asker(v, ev.As, ev.Org))
		text := ev.Text
		if ev.As == storage.Inspector { // not an answer that a curator has read before
			text = personal.Mask(text)
		}
		if ev.Action == string(flows.Add) && text == "" {
			text = v.T("desk.photos", "N", len(ev.Photos))
		}
		if own && ev.Public && text != "" && ev.Action != string(flows.Create) {
			line += ": " + flows.Short(text, 120)
		}
		lines = append(lines, line)
	}
	return lines
}

// answer is the view of a published answer: its question goes when it is answered. reminder is the view of the one
// message that reminds of it.
const (
	answer   storage.RoleKind = "answer"
	reminder storage.RoleKind = "reminder"
)

func answerCard(v *flows.Voice, _ *storage.Tx, inc *storage.Incident, s *storage.Slot) (bot.Message, error) {
	if inc.Answer == nil {
		return bot.Message{}, fmt.Errorf("incident %d has no answer to show", inc.Number)
	}
	text := v.T("follow.answer", "Number", inc.Number, "Org", v.Org(inc.Answer.Org), "Text", flows.Cut(inc.Answer.Text, 3500))
	asks := flows.Asks(inc, s.Person)
	if asks {
		text += "\n\n" + v.T("follow.is_it_solved")
	}
	m := flows.Words(text)
	m.Photos = flows.Photos(inc.Public(inc.Answer.Photos))
	if asks {
		m.Keyboard = verdict(v, inc)
	}
	return m, nil
}

func reminderCard(v *flows.Voice, _ *storage.Tx, inc *storage.Incident, s *storage.Slot) (bot.Message, error) {
	if inc.Answer == nil {
		return bot.Message{}, fmt.Errorf("incident %d has no answer to remind of", inc.Number)
	}
	text := v.T("follow.reminder", "Number", inc.Number, "Text", flows.Short(inc.Answer.Text, 200))
	if !flows.Asks(inc, s.Person) {
		return flows.Words(text), nil
	}
	m := flows.Words(text + "\n" + v.T("follow.reminder_asks", "Date", v.Date(inc.Answer.ApprovedAt.Add(SettleAfter))))
	m.Keyboard = verdict(v, inc)
	return m, nil
}
