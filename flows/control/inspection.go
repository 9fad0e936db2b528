package control

import (
	"strconv"
	"strings"
	"time"

	"otklik/config"
	"otklik/flows"
	"otklik/storage"
)

// The deadlines of a supervisory body that the ladder stands at. An inspection's has all of the rungs. The date of a measure
// has those that call its people shortly before, and when it passes.
const (
	inspection = "inspect"
	measure    = "measure"
)

// hurryTimer is a rung of such a deadline that is due.
const hurryTimer = name + ".hurry"

// task is what a supervisory body has yet to do; its deadline never moves, and its clock never stands.
type task struct {
	what      string
	key       string // which of the incident's: nothing is ever taken out of its lists
	org       string
	own       uint64 // who of the body took it, 0 for nobody
	text      string // of a measure
	from, due time.Time
}

// tasks gives what supervisory bodies have yet to do for an incident.
func tasks(inc *storage.Incident) (list []task) {
	for i := range inc.Inspections {
		in := &inc.Inspections[i]
		if in.Open() {
			list = append(list, task{what: inspection, key: strconv.Itoa(i), org: in.Org, own: in.TakenBy, from: in.At, due: in.Due})
		}
		for j := range in.Measures {
			if m := &in.Measures[j]; m.Open() {
				list = append(list, task{what: measure, key: flows.MeasureKey(i, j), org: in.Org, own: in.TakenBy, text: m.Text, from: m.At, due: m.Due})
			}
		}
	}
	return list
}

// find gives a task that is yet to be done.
func find(inc *storage.Incident, what, key string) (task, bool) {
	for _, job := range tasks(inc) {
		if job.what == what && job.key == key {
			return job, true
		}
	}
	return task{}, false
}

// has tells whether the ladder has a rung for a task, or not.
func (job *task) has(r *config.Rung) bool {
	return job.what == inspection || r.Before > 0 && r.Tell == config.Official
}

// inspects sets the timers of the rungs: those that come before a deadline when it is set, the others when it has passed.
func inspects(t *flows.Turn, inc *storage.Incident, ev *storage.Event) error {
	for _, job := range tasks(inc) {
		passed := job.due.Equal(ev.Due) && !job.due.After(t.Now)
		if job.org != ev.Org || !passed && !job.from.Equal(t.Now) {
			continue
		}
		if job.what == measure && passed { // of which there is an event already
			if ev.Action == string(flows.Unmet) && t.Pack().Tells(config.Official) {
				if err := job.tell(t, inc, config.Official); err != nil {
					return err
				}
			}
			continue
		}
		for i := range t.Pack().Ladder {
			r := &t.Pack().Ladder[i]
			when := between(t, job.from, job.due, r)
			if !job.has(r) || r.Ahead() == passed || r.Ahead() && !when.After(t.Now) {
				continue
			}
			if err := t.After(hurryTimer, inc, when, job.what+":"+job.key+"|"+strconv.Itoa(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

// hurry takes a rung of a task, once, if that still is to be done.
func hurry(t *flows.Turn, timer *storage.Timer) error {
	which, i, ok := rungOf(timer, len(t.Pack().Ladder))
	if !ok { // of another pack
		return nil
	}
	inc, err := t.Tx.Incident(timer.Incident)
	if err != nil || inc == nil {
		return err
	}
	what, key, _ := strings.Cut(which, ":")
	job, ok := find(inc, what, key)
	r := &t.Pack().Ladder[i]
	if !ok || !job.has(r) || !between(t, job.from, job.due, r).Equal(timer.Due) {
		return nil
	}
	to, err := listeners(t, job.org, job.own, r.Tell)
	if err != nil || len(to) == 0 {
		return err
	}
	ev := storage.Event{Text: r.Tell, Due: job.due, Other: uint64(i), Org: job.org}
	if job.what == measure {
		ev.Why = job.key
	}
	events, err := t.Tx.Events(inc.Number)
	if err != nil {
		return err
	}
	for _, old := range events { // two that were ordered in one moment set the same timers
		if old.Action == string(flows.Hurry) && old.Text == ev.Text && old.Org == ev.Org && old.Why == ev.Why && old.Due.Equal(ev.Due) && old.Other == ev.Other {
			return nil
		}
	}
	if err := t.Act(inc, flows.Hurry, ev, nil); err != nil {
		return err
	}
	return job.tell(t, inc, r.Tell)
}

// tell has whom a rung is for told of a task.
func (job *task) tell(t *flows.Turn, inc *storage.Incident, whom string) error {
	to, err := listeners(t, job.org, job.own, whom)
	if err != nil {
		return err
	}
	for _, l := range to {
		if err := l.expect(t, item{Number: inc.Number, What: job.what, Key: job.key, Due: job.due, Org: job.org}); err != nil {
			return err
		}
	}
	return nil
}
