// Package execute is the officials' side: the card of what is theirs, accepting it or saying whose it is, progress
// notes that the resident sees, and the final answer.
package execute

import (
	"embed"
	"strconv"
	"strings"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

//go:embed texts/*.yaml
var texts embed.FS

const name = "execute"

// The states of an official's conversation.
const (
	which   = "which"   // which incident does this belong to?
	why     = "why"     // not ours: why?
	whose   = "whose"   // … and whose may it be?
	note    = "note"    // photos of the work, several at once
	answer  = "answer"  // what did you do?
	preview = "preview" // the answer as the resident will read it
)

var staff = []storage.RoleKind{storage.Official}

// Flow lets officials work.
func Flow() flows.Flow {
	asking := []string{which, why, whose, note, answer, preview}
	return flows.Flow{
		Name:  name,
		Texts: texts,
		Table: []flows.Transition{
			{Event: "decline", From: []string{""}, To: why},
			{Event: "told", From: []string{"", why}, To: whose},
			{Event: "said", From: []string{""}, To: which},
			{Event: "report", From: []string{"", which}, To: note},
			{Event: "answer", From: []string{"", preview}, To: answer},
			{Event: "written", From: []string{"", answer}, To: preview},
			{Event: "done", From: []string{whose, note, preview}, To: flows.Done},
			{Event: "cancel", From: asking, To: flows.Done},
		},
		Ask: map[string]flows.Ask{
			which: asked(askWhich), why: asked(askWhy), whose: asked(askWhose), note: asked(askNote), answer: asked(askAnswer), preview: asked(askPreview),
		},
		Step: map[string]flows.Step{
			which: taken(takeWhich), why: taken(takeWhy), whose: taken(takeWhose), note: taken(takeNote), answer: taken(takeAnswer), preview: taken(takePreview),
		},
		Any: anyStep,
		Commands: []flows.Command{
			{Name: "accept", Roles: staff, Run: acceptCommand},
			{Name: "decline", Roles: staff, Run: declineCommand},
			{Name: "status", Roles: staff, Run: statusCommand},
			{Name: "close", Roles: staff, Run: closeCommand},
		},
		Presses: map[string]flows.Press{
			"accept":  pressAccept,
			"decline": starts("decline", flows.Decline),
			"answer":  starts("answer", flows.Answer),
			"show":    pressShow,
		},
		Replied: replied,
		Opened:  opened,
		Heard:   heard,
		Joined:  joined,
		Cards:   map[storage.RoleKind]flows.Render{storage.Official: card},
	}
}

// heard brings an assignment to the organisation's people, and what they must know of it.
func heard(t *flows.Turn, inc *storage.Incident, ev *storage.Event) error {
	var id string
	switch flows.Action(ev.Action) {
	case flows.Assign:
		return cards(t, inc)
	case flows.Return:
		id = "execute.returned"
	case flows.Approve:
		id = "execute.approved"
	case flows.Confirm:
		id = "execute.solved"
	case flows.Dispute:
		id = "execute.disputed"
	case flows.Add:
		id = "execute.added"
	case flows.When:
		id = "execute.when"
	case flows.Withdraw:
		id = "execute.withdrawn"
	case flows.Overdue:
		if ev.Text == "forward" || inc.Assignment == nil {
			return nil
		}
		id = "execute.overdue_" + ev.Text
	default:
		return nil
	}
	org := ""
	if inc.Assignment != nil {
		org = inc.Assignment.Org
	}
	return t.Nudge(inc, storage.Official, org, func(v *flows.Voice) bot.Message {
		m := v.Say(id, "Number", inc.Number, "Text", ev.Text, "First", v.At(inc.First))
		m.Photos = flows.Photos(ev.Photos)
		return m
	})
}

func cards(t *flows.Turn, inc *storage.Incident) error {
	people, err := t.Tx.Staff(storage.Official, inc.Assignment.Org)
	if err != nil {
		return err
	}
	for _, p := range people {
		if err := t.CardTo(inc, p, storage.Official, inc.Assignment.Org); err != nil {
			return err
		}
	}
	return nil
}

// joined shows a new official what waits for the organisation.
func joined(t *flows.Turn, role storage.Role) error {
	if role.Kind != storage.Official {
		return nil
	}
	for _, s := range []storage.State{storage.Assigned, storage.Accepted} {
		numbers, err := t.Tx.ByOrg(role.Org, s, 0, 10)
		if err != nil {
			return err
		}
		for _, n := range numbers {
			inc, err := t.Tx.Incident(n)
			if err != nil {
				return err
			}
			if inc == nil {
				continue
			}
			if err := t.CardTo(inc, t.Me, storage.Official, role.Org); err != nil {
				return err
			}
		}
	}
	return nil
}

// card is the official's: what is wrong, where, by when, and what to do with it.
func card(v *flows.Voice, tx *storage.Tx, inc *storage.Incident, s *storage.Slot) (bot.Message, error) {
	number := bot.BoldOn + "№ " + strconv.FormatUint(inc.Number, 10) + bot.BoldOff
	if inc.Assignment == nil || inc.Assignment.Org != s.Org {
		return flows.Words(v.T("execute.not_yours_any_more", "Number", inc.Number)), nil
	}
	head := number + " · " + v.Topic(inc.Topic) + " · " + v.Place(inc.Place)
	lines := []string{head}
	if inc.Text != "" {
		lines = append(lines, "«"+flows.Cut(inc.Text, 2500)+"»")
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
	who, last, err := lastMove(v, tx, events)
	if err != nil {
		return bot.Message{}, err
	}
	args := []any{"First", v.Due(inc.First), "Final", v.Due(inc.Final), "Who", who, "At", v.Stamp(last.At), "Text", flows.Short(last.Text, 300)}
	if id := "execute.stand_" + string(inc.State); v.Has(id) {
		lines = append(lines, v.T(id, args...))
	}
	switch flows.Action(last.Action) {
	case flows.Dispute:
		lines = append(lines, v.T("execute.not_solved", args...))
	case flows.Return:
		lines = append(lines, v.T("execute.was_returned", args...))
	}
	if inc.State == storage.Closed && inc.Solved() {
		lines = append(lines, v.T("execute.is_solved"))
	}
	if inc.Mark() > 0 {
		lines = append(lines, v.Marked(inc))
	}
	m := bot.Message{}
	b := func(id string) bot.Button { return v.Button("execute."+id, flows.CardKey(name, id, inc.Number)) }
	switch inc.State {
	case storage.Assigned:
		m.Keyboard = [][]bot.Button{{b("accept"), b("decline")}}
		lines = append(lines, v.T("execute.hint"))
	case storage.Accepted:
		m.Keyboard = [][]bot.Button{{b("answer"), b("decline")}}
		lines = append(lines, v.T("execute.hint"))
	}
	w := flows.Words(strings.Join(lines, "\n"))
	m.Text, m.Bold, m.Photos = w.Text, w.Bold, flows.Photos(inc.Photos)
	return m, nil
}

// lastMove gives the last change of state, and by whom.
func lastMove(v *flows.Voice, tx *storage.Tx, events []storage.Event) (who string, last storage.Event, err error) {
	for _, ev := range events {
		if ev.From != ev.To || ev.Action == string(flows.Assign) {
			last = ev
		}
	}
	who, err = flows.EventName(v, tx, &last)
	return who, last, err
}
