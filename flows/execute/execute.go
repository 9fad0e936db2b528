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

	more      = "more"       // what else?
	question  = "question"   // what do we ask the resident?
	longer    = "longer"     // until when do we need?
	longerWhy = "longer_why" // … and why?
	promising = "promising"  // what will be done?
	promiseBy = "promise_by" // … and by when?
	promised  = "promised"   // the interim answer as the resident will read it
	colleague = "colleague"  // to whom?
)

var staff = []storage.RoleKind{storage.Official}

// Flow lets officials work.
func Flow() flows.Flow {
	asking := []string{which, why, whose, note, answer, preview, more, question, longer, longerWhy, promising, promiseBy, promised, colleague}
	begin := []string{"", more}
	return flows.Flow{
		Name:  name,
		Texts: texts,
		Table: []flows.Transition{
			{Event: "decline", From: begin, To: why},
			{Event: "told", From: []string{"", why}, To: whose},
			{Event: "said", From: []string{""}, To: which},
			{Event: "report", From: []string{"", which}, To: note},
			{Event: "answer", From: []string{"", preview}, To: answer},
			{Event: "written", From: []string{"", answer}, To: preview},
			{Event: "open_more", From: []string{""}, To: more},
			{Event: "ask_question", From: begin, To: question},
			{Event: "ask_longer", From: begin, To: longer},
			{Event: "longer_day", From: []string{"", longer}, To: longerWhy},
			{Event: "ask_promise", From: begin, To: promising},
			{Event: "promise_words", From: []string{"", promising, promised}, To: promiseBy},
			{Event: "promise_ready", From: []string{"", promising, promiseBy}, To: promised},
			{Event: "choose_colleague", From: begin, To: colleague},
			{Event: "done", From: []string{whose, note, preview, question, longerWhy, promised, colleague}, To: flows.Done},
			{Event: "cancel", From: asking, To: flows.Done},
		},
		Ask: map[string]flows.Ask{
			which: asked(askWhich), why: asked(askWhy), whose: asked(askWhose), note: asked(askNote), answer: asked(askAnswer), preview: asked(askPreview),
			more: asked(askMore), question: asked(askQuestion), longer: asked(askDay("execute.ask_longer")), longerWhy: asked(askLongerWhy),
			promising: asked(askPromise), promiseBy: asked(askDay("execute.ask_promise_day")), promised: asked(askPromised), colleague: asked(askHand),
		},
		Step: map[string]flows.Step{
			which: taken(takeWhich), why: taken(takeWhy), whose: taken(takeWhose), note: taken(takeNote), answer: taken(takeAnswer), preview: taken(takePreview),
			more: taken(takeMore), question: taken(takeQuestion), longer: taken(takeLonger), longerWhy: taken(takeLongerWhy),
			promising: taken(takePromise), promiseBy: taken(takePromiseDay), promised: taken(takePromised), colleague: taken(takeHand),
		},
		Any:   anyStep,
		Holds: holds,
		Commands: []flows.Command{
			{Name: "accept", Roles: staff, Run: acceptCommand},
			{Name: "decline", Roles: staff, Run: declineCommand},
			{Name: "status", Roles: staff, Run: statusCommand},
			{Name: "close", Roles: staff, Run: closeCommand},
			{Name: "mine", Roles: staff, Run: mineCommand},
			{Name: "ask", Roles: []storage.RoleKind{storage.Official, storage.Curator}, Run: questionCommand},
			{Name: "extend", Roles: staff, Run: extendCommand},
			{Name: "promise", Roles: staff, Run: promiseCommand},
			{Name: "hand", Roles: staff, Run: handCommand},
		},
		Presses: map[string]flows.Press{
			"accept":  pressAccept,
			"decline": starts("decline", flows.Decline),
			"answer":  starts("answer", flows.Answer),
			"show":    pressShow,
			"more":    starts("open_more", flows.Note),
			"promise": starts("ask_promise", flows.Promise),
			"resume":  pressResume,
			"revise":  pressRevise,
		},
		Replied: replied,
		Opened:  opened,
		Heard:   heard,
		Joined:  joined,
		Cards:   map[storage.RoleKind]flows.Render{storage.Official: card},
		Timers:  map[string]func(*flows.Turn, *storage.Timer) error{promiseAsk: promiseDay, promiseEnd: promiseOver},
	}
}

// heard brings an assignment to the organisation's people, and what they must know of it.
func heard(t *flows.Turn, inc *storage.Incident, ev *storage.Event) error {
	if ev.From.Paused() && !ev.To.Paused() {
		if err := promiseTimers(t, inc); err != nil {
			return err
		}
	}
	var id string
	switch flows.Action(ev.Action) {
	case flows.Assign:
		if err := cards(t, inc); err != nil {
			return err
		}
		return objected(t, inc)
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
	case flows.Tell:
		id = "execute.told"
	case flows.Silent:
		id = "execute.silent"
	case flows.Unmerge:
		id = "execute.unmerged"
	case flows.Inquire:
		if ev.As == storage.Curator {
			id = "execute.curator_asks"
		}
	case flows.Postpone, flows.Grant:
		id = "execute.postponed"
	case flows.Deny:
		id = "execute.denied"
	case flows.Lapse:
		id = "execute.lapsed"
	case flows.Urgent:
		if ev.Text == "on" {
			id = "execute.made_urgent"
		}
	case flows.Merge:
		id = "execute.merged"
	case flows.Finding:
		id = "execute.finding_" + ev.Why
	case flows.Amend:
		id = "execute.amend_" + ev.Why
	case flows.Measures, flows.Fulfil, flows.Waive, flows.Unmet:
		id = "execute." + ev.Action
	default:
		return nil
	}
	if id == "" || inc.Assignment == nil {
		return nil
	}
	return nudge(t, inc, func(v *flows.Voice) bot.Message {
		m := v.Say(id, "Number", inc.Number, "Text", ev.Text, "First", v.At(inc.First), "Due", v.At(inc.Due()), "Final", v.At(inc.Final), "Into", inc.Into,
			"Org", v.Org(ev.Org), "By", v.Due(ev.Due), "Turned", ev.Turned())
		m.Photos = flows.Photos(ev.Photos)
		return m
	})
}

// objected brings a new body the photos with which a resident disputed another's answer; the words are on its card.
func objected(t *flows.Turn, inc *storage.Incident) error {
	events, err := t.Tx.Events(inc.Number)
	if err != nil {
		return err
	}
	ev := flows.Disputed(inc, events)
	if ev == nil || len(ev.Photos) == 0 || ev.Org == inc.Assignment.Org {
		return nil
	}
	return nudge(t, inc, func(v *flows.Voice) bot.Message {
		m := v.Say("execute.disputed_before", "Number", inc.Number)
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

// nudge calls the organisation's people.
func nudge(t *flows.Turn, inc *storage.Incident, say func(*flows.Voice) bot.Message) error {
	org := inc.Assignment.Org
	people, err := t.Tx.Staff(storage.Official, org)
	if err != nil {
		return err
	}
	var staff []storage.Slot
	for _, p := range people {
		if p.Chat != "" && !p.Unreachable {
			staff = append(staff, storage.Slot{Peer: p.Chat, Person: p.ID, View: storage.Official, Org: org})
		}
	}
	return t.Nudge(inc, storage.Official, org, staff, say)
}

// shownAtFirst is how many incidents of a state a new member of staff is shown at once.
const shownAtFirst = 10

// joined shows a new official what waits for the organisation, and says where the rest is.
func joined(t *flows.Turn, role storage.Role) error {
	if role.Kind != storage.Official {
		return nil
	}
	more := false
	for _, s := range []storage.State{storage.Assigned, storage.Accepted, storage.Waiting} {
		numbers, err := t.Tx.ByOrg(role.Org, s, 0, shownAtFirst+1)
		if err != nil {
			return err
		}
		more = more || len(numbers) > shownAtFirst
		for _, n := range numbers[:min(len(numbers), shownAtFirst)] {
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
	if !more {
		return nil
	}
	return t.TellAs(t.Me, storage.Role{Kind: role.Kind, Org: role.Org}, t.Voice().Say("execute.more_waits"), 0)
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
	id := "execute.stand_" + string(inc.State)
	if inc.State == storage.Accepted && inc.Answering.IsZero() {
		id = "execute.stand_accepted_first"
	}
	if v.Has(id) {
		lines = append(lines, v.T(id, args...))
	}
	lines = append(lines, terms(v, inc)...)
	inspections, err := flows.Inspections(v, tx, inc)
	if err != nil {
		return bot.Message{}, err
	}
	lines = append(lines, inspections...)
	lead, err := leads(v, tx, inc, s.Person)
	if err != nil {
		return bot.Message{}, err
	}
	if lead != "" {
		lines = append(lines, lead)
	}
	if ev := flows.Disputed(inc, events); ev != nil {
		lines = append(lines, v.Objection(inc, ev))
	}
	if ev := flows.Returned(inc, events); ev != nil {
		if who, err = flows.EventName(v, tx, ev); err != nil {
			return bot.Message{}, err
		}
		lines = append(lines, v.T("execute.was_returned", "Who", who, "At", v.Stamp(ev.At), "Text", flows.Short(ev.Text, 300)))
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
		m.Keyboard = [][]bot.Button{{b("accept"), b("decline")}, {b("answer"), b("more")}}
		lines = append(lines, v.T("execute.hint"))
	case storage.Accepted:
		m.Keyboard = [][]bot.Button{{b("answer"), b("more")}}
		lines = append(lines, v.T("execute.hint"))
	case storage.Waiting:
		m.Keyboard = [][]bot.Button{{b("resume")}}
	case storage.Answered:
		m.Keyboard = [][]bot.Button{{b("revise")}}
	}
	w := flows.Words(strings.Join(lines, "\n"))
	m.Text, m.Bold, m.Photos = w.Text, w.Bold, flows.Photos(inc.Photos)
	return m, nil
}

// terms gives what is being waited for, promised and asked for.
func terms(v *flows.Voice, inc *storage.Incident) (lines []string) {
	if w := inc.Wait; w != nil && inc.State == storage.Waiting {
		lines = append(lines, v.T("execute.waits", "Until", v.Due(w.Until), "Text", flows.Short(w.Text, 300)))
	}
	if inc.State == storage.Merged {
		lines = append(lines, v.T("execute.merged", "Number", inc.Number, "Into", inc.Into))
	}
	if !inc.State.Open() || inc.State == storage.Answered {
		return lines
	}
	if inc.Urgent {
		lines = append(lines, v.T("execute.urgent"))
	}
	if p := inc.Promise; p != nil {
		lines = append(lines, v.T("execute.promises", "Due", v.Due(p.Due), "Text", flows.Short(p.Text, 200)))
	}
	if x := inc.Extension; x != nil {
		lines = append(lines, v.T("execute.asks_longer", "Due", v.Due(x.Due)))
	}
	if n := len(inc.Reporters); n > 1 {
		lines = append(lines, v.T("execute.people", "N", n))
	}
	return lines
}

// leads says who works on it, to the others.
func leads(v *flows.Voice, tx *storage.Tx, inc *storage.Incident, reader uint64) (string, error) {
	if !inc.State.Open() {
		return "", nil
	}
	p, err := flows.Lead(tx, inc)
	if err != nil || p == nil || p.ID == reader {
		return "", err
	}
	return v.T("execute.lead", "Name", flows.ShortName(p.Name)), nil
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
