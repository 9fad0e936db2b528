// Package curate is the curators' desk: the card of every incident with its buttons, routing it, controlling the
// answer, and the alarm when a deadline passes.
package curate

import (
	"embed"
	"maps"
	"slices"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

//go:embed texts/*.yaml
var texts embed.FS

const name = "curate"

// Control is the view of an answer that waits for a curator's word.
const Control storage.RoleKind = "control"

// The states of a curator's conversation: what is being chosen or told.
const (
	org       = "org"
	topic     = "topic"
	where     = "where"
	reason    = "reason" // of a rejection
	returning = "returning"

	more      = "more"      // what else?
	merging   = "merging"   // into which?
	splitting = "splitting" // what is the other problem?
	asking    = "asking"    // what do we ask the resident?
	noting    = "noting"    // for the curators
	day       = "day"       // until when?
	dayWhy    = "day_why"
	denying   = "denying" // why no more time?
	photos    = "photos"  // which are hidden?
	muting    = "muting"  // for how long?
)

// calm are the states in which it does not matter that the incident has gone on meanwhile.
var calm = []string{more, noting, photos, muting}

var staff = []storage.RoleKind{storage.Curator}

// Flow routes and controls.
func Flow() flows.Flow {
	all := []string{org, topic, where, reason, returning, more, merging, splitting, asking, noting, day, dayWhy, denying, photos, muting}
	begin := []string{"", more}
	return flows.Flow{
		Name:  name,
		Texts: texts,
		Table: []flows.Transition{
			{Event: "choose_org", From: []string{""}, To: org},
			{Event: "choose_topic", From: []string{""}, To: topic},
			{Event: "choose_place", From: []string{""}, To: where},
			{Event: "ask_reason", From: []string{""}, To: reason},
			{Event: "ask_return", From: []string{""}, To: returning},
			{Event: "open_more", From: []string{""}, To: more},
			{Event: "choose_merge", From: begin, To: merging},
			{Event: "ask_split", From: begin, To: splitting},
			{Event: "ask_question", From: begin, To: asking},
			{Event: "ask_remark", From: begin, To: noting},
			{Event: "choose_day", From: begin, To: day},
			{Event: "ask_day_why", From: []string{day}, To: dayWhy},
			{Event: "ask_deny", From: []string{""}, To: denying},
			{Event: "choose_photos", From: begin, To: photos},
			{Event: "choose_mute", From: begin, To: muting},
			{Event: "done", From: all, To: flows.Done},
			{Event: "cancel", From: all, To: flows.Done},
		},
		Ask: map[string]flows.Ask{
			org: asked(askOrg), topic: asked(askTopic), where: asked(askPlace), reason: asked(askReason), returning: asked(askReturn),
			more: asked(askMore), merging: asked(askMerge), splitting: asked(askWords("curate.ask_split_words")),
			asking: asked(askWords("curate.ask_question_words")), noting: asked(askWords("curate.ask_remark_words")),
			day: asked(askDay), dayWhy: asked(askDayWhy), denying: asked(askDeny), photos: asked(askPhotos), muting: asked(askMute),
		},
		Step: map[string]flows.Step{
			org: taken(takeOrg), topic: taken(takeTopic), where: taken(takePlace), reason: taken(takeReason), returning: taken(takeReturn),
			more: taken(takeMore), merging: taken(takeMerge), splitting: taken(takeWords("curate.was_split", split)),
			asking: taken(takeWords("curate.was_asked", inquire)), noting: taken(takeWords("curate.remarked", remark)),
			day: taken(takeDay), dayWhy: taken(takeDayWhy), denying: taken(takeDeny), photos: taken(takePhotos), muting: taken(takeMute),
		},
		Any: anyStep,
		Commands: []flows.Command{
			{Name: "incident", Roles: []storage.RoleKind{storage.Curator, storage.Official}, Run: incidentCommand},
			{Name: "assign", Roles: staff, Run: assignCommand},
			{Name: "approve", Roles: staff, Run: approveCommand},
			{Name: "return", Roles: staff, Run: returnCommand},
			{Name: "reject", Roles: staff, Run: rejectCommand},
			{Name: "merge", Roles: staff, Run: mergeCommand},
			{Name: "unmerge", Roles: staff, Rare: true, Run: unmergeCommand},
			{Name: "note", Roles: staff, Run: remarkCommand},
			{Name: "muted", Roles: staff, Rare: true, Run: mutedCommand},
			{Name: "here", Roles: staff, Rare: true, Run: here},
		},
		Presses: map[string]flows.Press{
			"to":      pressAssign,
			"org":     starts("choose_org", flows.Assign),
			"topic":   starts("choose_topic", flows.Retopic),
			"place":   starts("choose_place", flows.Replace),
			"reject":  starts("ask_reason", flows.Reject),
			"return":  starts("ask_return", flows.Return),
			"approve": pressApprove,
			"show":    pressShow,
			"list":    pressList,
			"more":    opens("open_more"),
			"alike":   starts("choose_merge", flows.Merge),
			"urgent":  pressUrgent,
			"resume":  pressResume,
			"unmerge": pressUnmerge,
			"grant":   pressGrant,
			"deny":    starts("ask_deny", flows.Deny),
			"unmute":  pressUnmute,
			"muted":   pressMuted,
		},
		Replied: replied,
		Heard:   heard,
		Joined:  joined,
		Cards:   map[storage.RoleKind]flows.Render{storage.Curator: card, Control: controlCard},
		Timers: map[string]func(*flows.Turn, *storage.Timer) error{
			name + ".forward": overdue, name + ".first": overdue, name + ".final": overdue,
		},
	}
}

// heard brings the curators what they must know of, and sets the timers of the deadlines.
func heard(t *flows.Turn, inc *storage.Incident, ev *storage.Event) error {
	number := inc.Number
	switch flows.Action(ev.Action) {
	case flows.Create:
		if err := timers(t, inc); err != nil {
			return err
		}
		return everyCurator(t, inc, func(s storage.Slot) error { return t.Card(inc, s, bot.Notice) })
	case flows.Take, flows.File:
		if err := timers(t, inc); err != nil {
			return err
		}
		return everyCurator(t, inc, func(s storage.Slot) error { return t.Turn(inc, flows.Triage, s) })
	case flows.Replace:
		return remove(t, inc)
	case flows.Retopic, flows.Urgent, flows.Postpone, flows.Grant, flows.Resume:
		return timers(t, inc)
	case flows.Tell, flows.Silent:
		if err := timers(t, inc); err != nil || inc.Assignment != nil {
			return err // the body is told; the card shows it
		}
		return nudge(t, inc, ev, "curate.told_"+ev.Action)
	case flows.Unmerge:
		if err := timers(t, inc); err != nil {
			return err
		}
		return nudge(t, inc, ev, "curate.unmerged")
	case flows.Extend:
		return call(t, inc, func(v *flows.Voice) bot.Message {
			return v.Say("curate.extend", "Number", number, "Org", v.Org(ev.Org), "Text", ev.Text, "Due", v.Due(ev.Due))
		})
	case flows.Lapse:
		return nudge(t, inc, ev, "curate.lapse")
	case flows.Finding, flows.Amend, flows.Measures, flows.Fulfil, flows.Waive, flows.Unchecked, flows.Unmet:
		return inspected(t, inc, ev)
	case flows.Answer:
		return everyCurator(t, inc, func(s storage.Slot) error {
			s.View = Control
			return t.Card(inc, s, bot.Notice)
		})
	case flows.Decline:
		return call(t, inc, func(v *flows.Voice) bot.Message {
			return v.Say("curate.declined", "Number", number, "Org", v.Org(ev.Org), "Text", ev.Text)
		})
	case flows.Add:
		if inc.Assignment != nil {
			return nil // the body is told; the card shows it
		}
		return nudge(t, inc, ev, "curate.added")
	case flows.When:
		return nudge(t, inc, ev, "curate.when")
	case flows.Withdraw:
		return nudge(t, inc, ev, "curate.withdrawn")
	case flows.Return: // its deadline may have passed while the curators had the answer: it counts again
		if err := timers(t, inc); err != nil {
			return err
		}
		return t.Retire(inc, Control)
	case flows.Dispute:
		if err := t.Retire(inc, Control); err != nil {
			return err
		}
		if err := timers(t, inc); err != nil {
			return err
		}
		return call(t, inc, func(v *flows.Voice) bot.Message {
			m := v.Say("curate.disputed", "Number", number, "Org", v.Org(ev.Org), "Text", ev.Text)
			m.Photos = flows.Photos(ev.Photos)
			return m
		})
	case flows.Overdue:
		return call(t, inc, func(v *flows.Voice) bot.Message {
			org := v.T("curate.nobody")
			if ev.Org != "" {
				org = v.Org(ev.Org)
			}
			return v.Say("curate.overdue_"+ev.Text, "Number", number, "Org", org, "Topic", v.Topic(inc.Topic), "Place", v.Place(inc.Place))
		})
	}
	return nil
}

// inspected tells the curators what became of an inspection.
func inspected(t *flows.Turn, inc *storage.Incident, ev *storage.Event) error {
	id := "curate." + ev.Action
	if ev.Why != "" {
		id += "_" + ev.Why
	}
	return call(t, inc, func(v *flows.Voice) bot.Message {
		m := v.Say(id, "Number", inc.Number, "Org", v.Org(ev.Org), "Text", flows.Short(ev.Text, 500), "Due", v.Due(ev.Due), "Turned", ev.Turned())
		m.Photos = flows.Photos(ev.Photos)
		return m
	})
}

// nudge tells the curators what the resident did.
func nudge(t *flows.Turn, inc *storage.Incident, ev *storage.Event, id string) error {
	return call(t, inc, func(v *flows.Voice) bot.Message {
		m := v.Say(id, "Number", inc.Number, "Text", ev.Text)
		m.Photos = flows.Photos(ev.Photos)
		return m
	})
}

// call calls the curators.
func call(t *flows.Turn, inc *storage.Incident, say func(*flows.Voice) bot.Message) error {
	var staff []storage.Slot
	err := everyCurator(t, inc, func(s storage.Slot) error { staff = append(staff, s); return nil })
	if err != nil {
		return err
	}
	return t.Nudge(inc, storage.Curator, "", staff, say)
}

// joined shows a new curator what waits for them, and says where all the rest is.
func joined(t *flows.Turn, role storage.Role) error {
	if role.Kind != storage.Curator || (len(t.CuratorGroups()) > 0 && !t.Privately()) {
		return nil
	}
	const most = 10
	numbers, err := t.InStates(storage.New, storage.Answered, storage.Assigned, storage.Accepted)
	if err != nil {
		return err
	}
	shown := 0
	for _, n := range numbers {
		inc, err := t.Tx.Incident(n)
		if err != nil {
			return err
		}
		if inc == nil || inc.State != storage.New {
			break
		}
		if shown++; shown > most {
			break
		}
		if err := t.ShowCard(inc); err != nil {
			return err
		}
	}
	if len(numbers) <= min(shown, most) {
		return nil
	}
	return t.Reply(t.Voice().Say("curate.more_waits"))
}

// everyCurator calls fn with a slot for each place where curators read: the groups, or each privately.
func everyCurator(t *flows.Turn, inc *storage.Incident, fn func(storage.Slot) error) error {
	list, err := t.Desks()
	if err != nil {
		return err
	}
	for _, s := range list {
		if s.Group {
			g, err := bot.ParsePeer(s.Peer)
			if err != nil {
				return err
			}
			if g, err = room(t, g, inc); err != nil {
				return err
			}
			s.Peer = g.String()
		}
		if err := fn(s); err != nil {
			return err
		}
	}
	return nil
}

// timers sets what watches the deadlines as they are now. A timer whose deadline has moved since does nothing.
func timers(t *flows.Turn, inc *storage.Incident) error {
	all := deadlines(inc)
	for _, what := range slices.Sorted(maps.Keys(all)) { // in one order: a transaction may run twice
		due, data := all[what], ""
		if due.IsZero() {
			continue
		}
		if due.Before(t.Now) {
			if !counts(inc, what) || what == "forward" { // who has forwarded it once has kept that
				continue
			}
			data = already
		}
		if err := t.Tx.AddTimer(&storage.Timer{Due: due, Kind: name + "." + what, Incident: inc.Number, Data: data}); err != nil {
			return err
		}
	}
	return nil
}

// already marks the timer of a deadline that had passed when it was set, or when it began to count again.
const already = "already"

// counts tells whether somebody still is to keep a deadline.
func counts(inc *storage.Incident, what string) bool {
	return flows.Possible(flows.Overdue, inc.State) && (what != "forward" || inc.State == storage.New) && (what != "first" || inc.Answering.IsZero())
}

func deadlines(inc *storage.Incident) map[string]time.Time {
	return map[string]time.Time{"forward": inc.Forward, "first": inc.First, "final": inc.Final}
}

// overdue writes a passed deadline into the history, once. One that was moved and passes again is another; one that was
// set when it had passed already is not, if the incident stands among the overdue.
func overdue(t *flows.Turn, timer *storage.Timer) error {
	inc, err := t.Tx.Incident(timer.Incident)
	if err != nil || inc == nil {
		return err
	}
	what := timer.Kind[len(name)+1:]
	if !deadlines(inc)[what].Equal(timer.Due) || !counts(inc, what) {
		return nil
	}
	events, err := t.Tx.Events(inc.Number)
	if err != nil {
		return err
	}
	for _, ev := range events { // a changed topic may have set the same deadline twice; earlier versions did not write which it was
		same := ev.Due.Equal(timer.Due) || ev.Due.IsZero() || timer.Data == already && inc.Late != ""
		if ev.Action == string(flows.Overdue) && ev.Text == what && !ev.At.Before(inc.Started) && same {
			return nil
		}
	}
	return t.Act(inc, flows.Overdue, storage.Event{Text: what, Due: timer.Due}, func() { inc.Late = what })
}
