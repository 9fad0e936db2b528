package flows

import (
	"time"

	"otklik/storage"
)

// measure notes on an event what the figures ask of it: whether it is the first answer, how long that took, and whether
// the deadline was kept; of an amended finding, for which day it counts. silent: there was no answer yet. A body's answer is
// in time when the body gave it in time, however long the curators look at it; the resident waits until they have it.
func (t *Turn) measure(inc *storage.Incident, ev *storage.Event, silent bool) error {
	switch a := Action(ev.Action); {
	case a == Assign:
		if ev.From != storage.New {
			return nil
		}
		events, err := t.Tx.Events(inc.Number)
		if err != nil {
			return err
		}
		for i := range events {
			if events[i].Action == string(Assign) {
				return nil
			}
		}
		ev.First, ev.Took, ev.Late = true, t.spent(inc), t.Now.After(inc.Forward)
	case a == Amend:
		events, err := t.Tx.Events(inc.Number)
		if err != nil {
			return err
		}
		for i := range events { // the last one is the first of this inspection: it may be amended again and again
			if old := &events[i]; old.Action == string(Finding) && old.Org == ev.Org {
				ev.Since = old.Day
			}
		}
	case a == Approve && inc.Answer != nil:
		ev.Took, ev.Late = t.spent(inc), inc.Answer.At.After(inc.Final)
	case silent && !inc.Answering.IsZero():
		ev.First, ev.Took, ev.Late = true, t.spent(inc), t.Now.After(inc.First)
	}
	return nil
}

// spent gives for how many minutes a clock has been running.
func (t *Turn) spent(inc *storage.Incident) int64 { return int64(t.Now.Sub(inc.Started) / time.Minute) }
