// Package control hurries. Who has an incident in hand hears of its deadline before it passes; when it has, the head of
// the body, and later the region's control group. What for is in the pack: see config.Rung.
package control

import (
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"otklik/config"
	"otklik/flows"
	"otklik/storage"
)

//go:embed texts/*.yaml
var texts embed.FS

const name = "control"

// The timers: a rung that is due, and people who are to be told of some.
const (
	rungTimer = name + ".rung"
	tellTimer = name + ".tell"
	saidTimer = name + ".said" // a resident has asked, or is not content
)

// Flow is the ladder of deadlines.
func Flow() flows.Flow {
	return flows.Flow{
		Name:   name,
		Texts:  texts,
		Heard:  heard,
		Timers: map[string]func(*flows.Turn, *storage.Timer) error{rungTimer: climb, tellTimer: tell, saidTimer: said, hurryTimer: hurry},
	}
}

// The deadlines of a body that the ladder stands at.
const (
	first = "first"
	final = "final"
)

// due gives a deadline; zero where it does not count: there has been a first answer, nobody has it in hand, or its clock
// stands.
func due(inc *storage.Incident, what string) time.Time {
	switch {
	case inc.Assignment == nil || !flows.Possible(flows.Remind, inc.State):
	case what == first && inc.Answering.IsZero():
		return inc.First
	case what == final:
		return inc.Final
	}
	return time.Time{}
}

// at gives when a rung of a deadline comes, to the minute. A share counts from when the clock was started, without the time
// that it stood.
func at(t *flows.Turn, inc *storage.Incident, due time.Time, r *config.Rung) time.Time {
	return between(t, t.Work().AddDuration(inc.Started, inc.Stood), due, r)
}

// between gives when a rung comes of a deadline whose time began to run at a moment.
func between(t *flows.Turn, begun, due time.Time, r *config.Rung) time.Time {
	work := t.Work()
	all := work.Between(begun, due)
	when := due
	switch {
	case r.Share > 0:
		when = work.AddDuration(begun, time.Duration(float64(all)*r.Share))
	case r.Before > 0:
		when = work.AddDuration(begun, max(all-r.Before, 0))
	case r.After > 0:
		when = work.AddDuration(due, r.After)
	}
	return when.Truncate(time.Minute)
}

// heard sets the timers of the rungs, whenever deadlines may have changed; and what a resident says counts on the ladder.
func heard(t *flows.Turn, inc *storage.Incident, ev *storage.Event) error {
	switch flows.Action(ev.Action) {
	case flows.Inspect, flows.Measures, flows.Unchecked, flows.Unmet:
		return inspects(t, inc, ev)
	case flows.When:
		return t.After(saidTimer, inc, t.Now, ev.Action)
	case flows.Dispute:
		if err := t.After(saidTimer, inc, t.Now, ev.Action); err != nil {
			return err
		}
	case flows.Assign, flows.Retopic, flows.Urgent, flows.Postpone, flows.Grant, flows.Resume, flows.Tell, flows.Silent, flows.Unmerge:
	default:
		return nil
	}
	for _, what := range []string{first, final} {
		deadline := due(inc, what)
		if deadline.IsZero() {
			continue
		}
		for i := range t.Pack().Ladder {
			when := at(t, inc, deadline, &t.Pack().Ladder[i])
			if !when.After(t.Now) {
				continue
			}
			err := t.Tx.AddTimer(&storage.Timer{Due: when, Kind: rungTimer, Incident: inc.Number, Data: fmt.Sprintf("%s|%d", what, i)})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// often is how many times residents say something before the head of the body hears of it.
var often = map[flows.Action]int{flows.When: 3, flows.Dispute: 2}

// said takes the head's rung out of its turn when residents have said the same often enough, once for each body.
func said(t *flows.Turn, timer *storage.Timer) error {
	a := flows.Action(timer.Data)
	inc, err := t.Tx.Incident(timer.Incident)
	if err != nil || inc == nil || inc.Assignment == nil || !flows.Possible(flows.Escalate, inc.State) {
		return err
	}
	events, err := t.Tx.Events(inc.Number)
	if err != nil {
		return err
	}
	times := 0
	for _, ev := range events {
		switch flows.Action(ev.Action) {
		case a:
			times++
		case flows.Escalate:
			if ev.Text == timer.Data && ev.Org == inc.Assignment.Org {
				return nil
			}
		}
	}
	if often[a] == 0 || times < often[a] {
		return nil
	}
	to, err := listeners(t, inc.Assignment.Org, inc.Assignment.Lead, config.Head)
	if err != nil || len(to) == 0 {
		return err
	}
	if err := t.Act(inc, flows.Escalate, storage.Event{Text: timer.Data, Org: inc.Assignment.Org}, nil); err != nil {
		return err
	}
	for _, l := range to {
		if err := l.expect(t, item{Number: inc.Number, What: timer.Data, Org: inc.Assignment.Org}); err != nil {
			return err
		}
	}
	return nil
}

// climb takes a rung, once for each deadline, if that still is what it was.
func climb(t *flows.Turn, timer *storage.Timer) error {
	what, i, ok := rungOf(timer, len(t.Pack().Ladder))
	if !ok { // of another pack
		return nil
	}
	inc, err := t.Tx.Incident(timer.Incident)
	if err != nil || inc == nil {
		return err
	}
	r := &t.Pack().Ladder[i]
	deadline := due(inc, what)
	if deadline.IsZero() || !at(t, inc, deadline, r).Equal(timer.Due) {
		return nil
	}
	to, err := listeners(t, inc.Assignment.Org, inc.Assignment.Lead, r.Tell)
	if err != nil || len(to) == 0 {
		return err
	}
	a := actions[r.Tell]
	events, err := t.Tx.Events(inc.Number)
	if err != nil {
		return err
	}
	for _, ev := range events { // the same deadline may have been set twice
		if ev.Action == string(a) && ev.Text == what && ev.Due.Equal(deadline) && ev.Other == uint64(i) {
			return nil
		}
	}
	err = t.Act(inc, a, storage.Event{Text: what, Due: deadline, Other: uint64(i), Org: inc.Assignment.Org}, nil)
	if err != nil {
		return err
	}
	for _, l := range to {
		if err := l.expect(t, item{Number: inc.Number, What: what, Due: deadline, Org: inc.Assignment.Org}); err != nil {
			return err
		}
	}
	return nil
}

// rungOf reads a timer's deadline and the number of its rung.
func rungOf(timer *storage.Timer, rungs int) (what string, i int, ok bool) {
	what, number, _ := strings.Cut(timer.Data, "|")
	i, err := strconv.Atoi(number)
	return what, i, err == nil && i >= 0 && i < rungs
}

// actions are what the history says of a rung.
var actions = map[string]flows.Action{config.Official: flows.Remind, config.Head: flows.Escalate, config.Control: flows.Control}

// listeners gives whom a rung is told: those of the body's people who can be reached, its heads, or the control groups.
// Whoever of a body's people has it in hand, own, hears of it alone.
func listeners(t *flows.Turn, org string, own uint64, whom string) (list []listener, err error) {
	if whom == config.Control {
		for _, g := range t.ControlGroups() {
			list = append(list, listener{Group: g.String()})
		}
		return list, nil
	}
	people, err := t.Tx.Staff(storage.Official, org)
	if err != nil {
		return nil, err
	}
	people = slices.DeleteFunc(people, func(p *storage.Person) bool { return p.Chat == "" || p.Unreachable })
	for _, p := range people {
		if whom == config.Head && !p.Heads(org) {
			continue
		}
		list = append(list, listener{Person: p.ID, Org: org})
	}
	if whom == config.Official && slices.Contains(list, listener{Person: own, Org: org}) {
		list = []listener{{Person: own, Org: org}}
	}
	return list, nil
}
