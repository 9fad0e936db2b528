// Package follow is what residents hear of their incidents, and what they say to them: the card with its timeline, /my,
// answers to questions, joining what somebody else reported and leaving it, solved and not solved.
package follow

import (
	"embed"

	"otklik/flows"
	"otklik/storage"
)

//go:embed texts/*.yaml
var texts embed.FS

const name = "follow"

// The states of a resident's conversation.
const (
	which   = "which"  // which of theirs does it belong to?
	reason  = "reason" // not solved: why?
	photo   = "photo"  // … and a photo, if there is one
	judge   = "judge"  // is it solved? what they wrote does not say
	more    = "more"   // what is to be added, or answered
	leaving = "leave"  // does not want to go on: why?
)

// Flow tells residents, lists their reports and takes their last word.
func Flow() flows.Flow {
	return flows.Flow{
		Name:  name,
		Texts: texts,
		As:    storage.Resident,
		Table: []flows.Transition{
			{Event: "said", From: []string{""}, To: which},
			{Event: "dispute", From: []string{"", judge}, To: reason},
			{Event: "judge", From: []string{"", reason, photo, which}, To: judge},
			{Event: "told", From: []string{"", reason, which, judge}, To: photo},
			{Event: "sent", From: []string{reason, photo}, To: flows.Done},
			{Event: "solved", From: []string{which, judge}, To: flows.Done},
			{Event: "add", From: []string{"", which}, To: more},
			{Event: "added", From: []string{more, which}, To: flows.Done},
			{Event: "leave", From: []string{""}, To: leaving},
			{Event: "left", From: []string{leaving}, To: flows.Done},
			{Event: "cancel", From: []string{which, reason, photo, judge, more, leaving}, To: flows.Done},
		},
		Ask:     map[string]flows.Ask{which: askWhich, reason: askReason, photo: askPhoto, judge: askJudge, more: askMore, leaving: askLeave},
		Step:    map[string]flows.Step{which: takeWhich, reason: takeReason, photo: takePhoto, judge: takeJudge, more: takeMore, leaving: takeLeave},
		Any:     anyStep,
		Holds:   holds,
		Between: between,
		Commands: []flows.Command{
			{Name: "my", Run: func(t *flows.Turn, _ string) error { return list(t, 0) }},
		},
		Presses: map[string]flows.Press{
			"show":  known(show),
			"story": known(history),
			"whole": known(whole),
			"my":    page,
			"yes":   known(solved),
			"no":    known(unsolved),
			"add":   known(begins("add", flows.Add)),
			"when":  known(when),
			"out":   known(out),
			"leave": known(out),
			"join":  known(follow),
			"mark":  mark,
		},
		Replied:  replied,
		Opened:   opened,
		Heard:    heard,
		Returned: returned,
		Cards:    map[storage.RoleKind]flows.Render{storage.Resident: card, answer: answerCard, reminder: reminderCard},
		Timers: map[string]func(*flows.Turn, *storage.Timer) error{
			silentTimer: silent, remindTimer: remind, settleTimer: settle,
		},
	}
}

// known makes the press of a button on one incident.
func known(fn func(*flows.Turn, *storage.Incident) error) flows.Press {
	return func(t *flows.Turn, inc *storage.Incident, _ []string) error {
		if inc == nil {
			return flows.Refuse("desk.old_button")
		}
		return fn(t, inc)
	}
}

func show(t *flows.Turn, inc *storage.Incident) error { return t.ShowCard(inc) }

// whole shows what a merged incident is a part of now.
func whole(t *flows.Turn, inc *storage.Incident) error {
	inc, err := t.Whole(inc)
	if err != nil {
		return err
	}
	return t.ShowCard(inc)
}
