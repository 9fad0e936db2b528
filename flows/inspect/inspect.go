// Package inspect is the supervisory bodies' part: a curator draws one in or takes that back, its people find a violation or
// none, order what must be done and by when, and find it done. What they found may be amended, what they ordered taken back.
package inspect

import (
	"embed"
	"slices"

	"otklik/bot"
	"otklik/config"
	"otklik/flows"
	"otklik/storage"
)

//go:embed texts/*.yaml
var texts embed.FS

const name = "inspect"

// The states of a conversation.
const (
	choose = "choose" // a curator: which body?

	outcome = "outcome" // a violation or none?
	words   = "words"   // what was found?
	preview = "preview" // the finding, and whether the resident may read it
	order   = "order"   // what must be done?
	until   = "until"   // … by when?
	ordered = "ordered" // the measures as they will be told
	waive   = "waive"   // is one of them taken back?
)

var (
	curators  = []storage.RoleKind{storage.Curator}
	officials = []storage.RoleKind{storage.Official}
)

// Flow lets supervisory bodies be drawn in and work.
func Flow() flows.Flow {
	all := []string{choose, outcome, words, preview, order, until, ordered, waive}
	return flows.Flow{
		Name:  name,
		Texts: texts,
		Table: []flows.Transition{
			{Event: "open", From: []string{""}, To: choose},
			{Event: "said", From: []string{""}, To: outcome},
			{Event: "judged", From: []string{"", outcome, preview}, To: words},
			{Event: "written", From: []string{"", outcome, words}, To: preview},
			{Event: "order", From: []string{"", ordered}, To: order},
			{Event: "order_words", From: []string{"", order, ordered}, To: until},
			{Event: "order_ready", From: []string{"", order, until}, To: ordered},
			{Event: "waive", From: []string{""}, To: waive},
			{Event: "done", From: []string{choose, preview, ordered, waive}, To: flows.Done},
			{Event: "cancel", From: all, To: flows.Done},
		},
		Ask: map[string]flows.Ask{
			choose: asked(askBody), outcome: asked(askOutcome), words: asked(askWords), preview: asked(askPreview),
			order: asked(askOrder), until: asked(askUntil), ordered: asked(askOrdered), waive: asked(askWaive),
		},
		Step: map[string]flows.Step{
			choose: taken(takeBody), outcome: taken(takeOutcome), words: taken(takeFound), preview: taken(takePreview),
			order: taken(takeOrder), until: taken(takeUntil), ordered: taken(takeOrdered), waive: taken(takeWaive),
		},
		Any:   anyStep,
		Holds: holds,
		Commands: []flows.Command{
			{Name: "inspect", Roles: []storage.RoleKind{storage.Curator, storage.Official}, Rare: true, Run: inspectCommand},
			{Name: "relieve", Roles: curators, Rare: true, Run: relieveCommand},
			{Name: "finding", Roles: officials, Rare: true, Run: findingCommand},
			{Name: "measures", Roles: officials, Rare: true, Run: measuresCommand},
		},
		Presses: map[string]flows.Press{
			"open":  pressOpen,
			"show":  pressShow,
			"take":  pressTake,
			"yes":   judges(true),
			"no":    judges(false),
			"order": pressOrder,
			"done":  pressDone,
			"waive": pressWaive,
			"amend": pressAmend,
		},
		Replied: replied,
		Heard:   heard,
		Joined:  joined,
		Cards:   map[storage.RoleKind]flows.Render{storage.Inspector: card},
		Timers: map[string]func(*flows.Turn, *storage.Timer) error{
			flows.InspectTimer: flows.InspectionDue, flows.MeasureTimer: flows.MeasureDue,
		},
	}
}

// about are the inspections of an incident of which whatever becomes of it is told to the bodies, by what happened.
var about = map[flows.Action]string{
	flows.Withdraw: "inspect.goes_on", flows.Reject: "inspect.goes_on", flows.Merge: "inspect.goes_on", flows.Approve: "inspect.goes_on",
	flows.Dispute: "inspect.goes_on", flows.Add: "inspect.added",
}

// heard brings an inspection to the body's people, and what they must know of it.
func heard(t *flows.Turn, inc *storage.Incident, ev *storage.Event) error {
	if inc.State == storage.Merged && inc.Inspection(ev.Org) != nil { // its cards show what becomes of it, too
		whole, err := t.Whole(inc)
		if err != nil {
			return err
		}
		if err := t.Refresh(whole); err != nil {
			return err
		}
	}
	switch a := flows.Action(ev.Action); a {
	case flows.Inspect:
		return t.EveryOfficial(ev.Org, func(p *storage.Person) error { return t.CardTo(inc, p, storage.Inspector, ev.Org) })
	case flows.Relieve:
		return nudge(t, inc, ev, ev.Org, "inspect.relieved")
	case flows.Unchecked:
		return late(t, inc, ev)
	case flows.Unmet:
		if t.Pack().Tells(config.Official) { // the ladder does, with others in one list
			return nil
		}
		return nudge(t, inc, ev, ev.Org, "inspect.unmet")
	default:
		if about[a] == "" {
			return nil
		}
		for i := range inc.Inspections {
			if in := &inc.Inspections[i]; in.Open() {
				if err := nudge(t, inc, ev, in.Org, about[a]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// nudge calls a body's people to their cards.
func nudge(t *flows.Turn, inc *storage.Incident, ev *storage.Event, org, id string) error {
	var staff []storage.Slot
	err := t.EveryOfficial(org, func(p *storage.Person) error {
		if p.Chat != "" && !p.Unreachable {
			staff = append(staff, storage.Slot{Peer: p.Chat, Person: p.ID, View: storage.Inspector, Org: org})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return t.Nudge(inc, storage.Inspector, org, staff, func(v *flows.Voice) bot.Message {
		m := v.Say(id, "Number", inc.Number, "State", v.State(inc.State), "Text", flows.Short(ev.Text, 300), "Due", v.Due(inc.InspectionDue(org)))
		m.Photos = flows.Photos(ev.Photos)
		return m
	})
}

// late tells the heads of a body that nothing was found in time; where it has none, all of its people. Where the ladder
// tells them, that is enough.
func late(t *flows.Turn, inc *storage.Incident, ev *storage.Event) error {
	people, err := t.Tx.Staff(storage.Official, ev.Org)
	if err != nil {
		return err
	}
	whom := config.Official
	if slices.ContainsFunc(people, func(p *storage.Person) bool { return p.Heads(ev.Org) }) {
		whom = config.Head
		people = slices.DeleteFunc(people, func(p *storage.Person) bool { return !p.Heads(ev.Org) })
	}
	if t.Pack().Tells(whom) {
		return nil
	}
	for _, p := range people {
		v := t.VoiceTo(p)
		m := v.Say("inspect.late", "Number", inc.Number, "Topic", v.Topic(inc.Topic), "Place", v.Place(inc.Place), "Due", v.Due(ev.Due))
		m.Keyboard = [][]bot.Button{{v.Button("inspect.show", flows.CardKey(name, "show", inc.Number))}}
		if err := t.TellAs(p, storage.Role{Kind: storage.Official, Org: ev.Org}, m, inc.Number); err != nil {
			return err
		}
	}
	return nil
}

// joined shows a new official of a body what it has to inspect.
func joined(t *flows.Turn, role storage.Role) error {
	if role.Kind != storage.Official {
		return nil
	}
	const most = 10
	numbers, err := queue(t, role.Org)
	if err != nil {
		return err
	}
	for _, n := range numbers[:min(len(numbers), most)] {
		inc, err := t.Tx.Incident(n)
		if err != nil {
			return err
		}
		if inc == nil {
			continue
		}
		if err := t.CardTo(inc, t.Me, storage.Inspector, role.Org); err != nil {
			return err
		}
	}
	return nil
}

// queue gives the numbers of what a body has to inspect, what is due first before the others.
func queue(t *flows.Turn, org string) (numbers []uint64, err error) {
	err = t.Tx.Queue(storage.QueueInspect(org), func(q storage.Queued) bool {
		numbers = append(numbers, q.Number)
		return len(numbers) < flows.Most
	})
	return numbers, err
}
