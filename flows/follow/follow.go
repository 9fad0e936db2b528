// Package follow is what residents hear of their incidents, and what they say to the answer: the card with its
// timeline, /my, solved and not solved.
package follow

import (
	"embed"
	"fmt"
	"strconv"
	"strings"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

//go:embed texts/*.yaml
var texts embed.FS

const name = "follow"

// Flow tells residents, lists their reports and takes their last word.
func Flow() flows.Flow {
	return flows.Flow{
		Name:  name,
		Texts: texts,
		Table: []flows.Transition{
			{Event: "dispute", From: []string{""}, To: "reason"},
			{Event: "told", From: []string{"", "reason"}, To: "photo"},
			{Event: "sent", From: []string{"reason", "photo"}, To: flows.Done},
			{Event: "add", From: []string{""}, To: "more"},
			{Event: "added", From: []string{"more"}, To: flows.Done},
			{Event: "leave", From: []string{""}, To: "leave"},
			{Event: "left", From: []string{"leave"}, To: flows.Done},
			{Event: "cancel", From: []string{"reason", "photo", "more", "leave"}, To: flows.Done},
		},
		Ask:  map[string]flows.Ask{"reason": askReason, "photo": askPhoto, "more": askMore, "leave": askLeave},
		Step: map[string]flows.Step{"reason": takeReason, "photo": takePhoto, "more": takeMore, "leave": takeLeave},
		Any:  anyStep,
		Commands: []flows.Command{
			{Name: "my", Run: func(t *flows.Turn, _ string) error { return list(t, 0) }},
		},
		Presses: map[string]flows.Press{
			"show": func(t *flows.Turn, inc *storage.Incident, _ []string) error { return show(t, inc) },
			"my":   page,
			"yes":  solved,
			"no":   unsolved,
			"add":  begins("add", flows.Add),
			"when": when,
			"out":  begins("leave", flows.Withdraw),
			"mark": mark,
		},
		Replied: replied,
		Heard:   heard,
		Cards:   map[storage.RoleKind]flows.Render{storage.Resident: card, answer: answerCard},
	}
}

// PageSize is how many reports /my shows at once.
const PageSize = 5

func page(t *flows.Turn, _ *storage.Incident, args []string) error {
	if len(args) != 1 {
		return flows.Refuse("desk.old_button")
	}
	n, err := strconv.Atoi(args[0])
	if err != nil || n < 0 || n > 10_000 {
		return flows.Refuse("desk.old_button")
	}
	return list(t, n)
}

func list(t *flows.Turn, page int) error {
	numbers, err := t.Tx.ByPerson(t.Me.ID, page*PageSize, PageSize+1)
	if err != nil {
		return err
	}
	v := t.Voice()
	if len(numbers) == 0 {
		return t.Reply(v.Say("follow.none"))
	}
	more := len(numbers) > PageSize
	if more {
		numbers = numbers[:PageSize]
	}
	m := v.Say("follow.list")
	var lines []string
	for _, n := range numbers {
		inc, err := t.Tx.Incident(n)
		if err != nil {
			return err
		}
		if inc == nil {
			continue
		}
		lines = append(lines, v.T("follow.line", "Number", n, "Topic", v.Topic(inc.Topic), "State", v.Standing(inc)))
		m.Keyboard = append(m.Keyboard, []bot.Button{{
			Text: fmt.Sprintf("№ %d · %s", n, flows.Short(v.Topic(inc.Topic), 30)), Data: flows.CardKey(name, "show", n)}})
	}
	m.Text += "\n" + strings.Join(lines, "\n")
	var nav []bot.Button
	if page > 0 {
		nav = append(nav, v.Button("follow.newer", fmt.Sprintf("%s:my:%d", name, page-1)))
	}
	if more {
		nav = append(nav, v.Button("follow.older", fmt.Sprintf("%s:my:%d", name, page+1)))
	}
	if nav != nil {
		m.Keyboard = append(m.Keyboard, nav)
	}
	return t.Reply(m)
}

func show(t *flows.Turn, inc *storage.Incident) error {
	if inc == nil {
		return flows.Refuse("desk.old_button")
	}
	return t.ShowCard(inc)
}

// card is the resident's: what was reported, how it stands, what happened so far.
func card(v *flows.Voice, tx *storage.Tx, inc *storage.Incident, s *storage.Slot) (bot.Message, error) {
	lines := []string{
		bot.BoldOn + "№ " + strconv.FormatUint(inc.Number, 10) + bot.BoldOff + " · " + v.Topic(inc.Topic) + " · " + v.Place(inc.Place),
		bot.BoldOn + v.Standing(inc) + bot.BoldOff,
	}
	if inc.Text != "" {
		lines = append(lines, "«"+flows.Short(inc.Text, 200)+"»")
	}
	if n := len(inc.Photos); n > 0 {
		lines = append(lines, v.T("desk.photos", "N", n))
	}
	events, err := tx.Events(inc.Number)
	if err != nil {
		return bot.Message{}, err
	}
	var story []string
	for _, ev := range events {
		if ev.Action == string(flows.Add) && ev.Text == "" {
			ev.Text = v.T("desk.photos", "N", len(ev.Photos))
		}
		if !v.Has("follow.did_" + ev.Action) {
			continue
		}
		line := v.T("follow.did_"+ev.Action, "At", v.Stamp(ev.At), "Org", v.Org(ev.Org), "To", v.OrgTo(ev.Org))
		if ev.Public && ev.Text != "" && ev.Action != string(flows.Create) {
			line += ": " + flows.Short(ev.Text, 120)
		}
		story = append(story, line)
	}
	if len(story) > 8 {
		story = append([]string{story[0], "…"}, story[len(story)-7:]...)
	}
	lines = append(lines, "")
	lines = append(lines, story...)
	switch inc.State {
	case storage.New:
		lines = append(lines, v.T("follow.next_forward", "At", v.Due(inc.Forward)))
	case storage.Assigned:
		lines = append(lines, v.T("follow.next_first", "At", v.Due(inc.First)))
	case storage.Accepted:
		lines = append(lines, v.T("follow.next_final", "At", v.Due(inc.Final)))
	}
	m := flows.Words(strings.Join(lines, "\n"))
	b := func(id string) bot.Button { return v.Button("follow."+id, flows.CardKey(name, id, inc.Number)) }
	switch {
	case flows.Asks(inc, s.Person):
		m.Keyboard = verdict(v, inc)
	case flows.Possible(flows.Withdraw, inc.State):
		m.Keyboard = [][]bot.Button{{b("add"), b("when")}, {b("out")}}
	case flows.Possible(flows.Add, inc.State):
		m.Keyboard = [][]bot.Button{{b("add")}}
	}
	return m, nil
}

func verdict(v *flows.Voice, inc *storage.Incident) [][]bot.Button {
	return [][]bot.Button{{
		v.Button("follow.yes", flows.CardKey(name, "yes", inc.Number)),
		v.Button("follow.no", flows.CardKey(name, "no", inc.Number)),
	}}
}

// heard tells every reporter what they are waiting for.
func heard(t *flows.Turn, inc *storage.Incident, ev *storage.Event) error {
	var say func(v *flows.Voice) bot.Message
	number := inc.Number
	switch flows.Action(ev.Action) {
	case flows.Assign:
		say = func(v *flows.Voice) bot.Message {
			return v.Say("follow.assigned", "Number", number, "To", v.OrgTo(ev.Org), "First", v.At(inc.First))
		}
	case flows.Accept:
		say = func(v *flows.Voice) bot.Message {
			return v.Say("follow.accepted", "Number", number, "Org", v.Org(ev.Org), "Final", v.At(inc.Final))
		}
	case flows.Note:
		say = func(v *flows.Voice) bot.Message {
			id := "follow.note"
			if ev.Text == "" {
				id = "follow.note_photos"
			}
			m := v.Say(id, "Number", number, "Org", v.Org(ev.Org), "Text", ev.Text)
			m.Photos = flows.Photos(ev.Photos)
			return m
		}
	case flows.Approve:
		return everyReporter(t, inc, func(p *storage.Person) error { return t.CardTo(inc, p, answer, "") })
	case flows.Dispute:
		return t.Retire(inc, answer)
	case flows.Reject:
		say = func(v *flows.Voice) bot.Message {
			return v.Say("follow.rejected", "Number", number, "Reason", ev.Text)
		}
	default:
		return nil
	}
	return everyReporter(t, inc, func(p *storage.Person) error { return t.Tell(p, say(t.VoiceTo(p)), number) })
}

func everyReporter(t *flows.Turn, inc *storage.Incident, fn func(*storage.Person) error) error {
	for _, r := range inc.Reporters {
		p, err := t.Tx.Person(r.Person)
		if err != nil {
			return err
		}
		if p == nil {
			continue
		}
		if err := fn(p); err != nil {
			return err
		}
	}
	return nil
}

// answer is the view of a published answer: its question goes when it is answered.
const answer storage.RoleKind = "answer"

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
	m.Photos = flows.Photos(inc.Answer.Photos)
	if asks {
		m.Keyboard = verdict(v, inc)
	}
	return m, nil
}
