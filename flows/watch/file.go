package watch

import (
	"otklik/flows"
	"otklik/storage"
)

// certain gives how sure the judge is of what it found, where the pack lets the desk file that by itself; 0 where a curator
// decides. One does whatever the pack says: where the place is not known, where it may be a problem that is known already, and
// where words sound like danger in a topic that is not urgent.
func certain(t *flows.Turn, inc *storage.Incident) float64 {
	topic := t.Pack().Topic(inc.Topic)
	if topic == nil || topic.FileAbove == 0 || inc.Place.Municipality == "" || inc.Sure.Known != 0 || inc.Raised && !topic.Urgent {
		return 0
	}
	sure := min(inc.Sure.Problem, inc.Sure.Topic)
	if sure <= topic.FileAbove {
		return 0
	}
	return sure
}

// files tells whether the pack lets the desk file a topic by itself.
func files(t *flows.Turn, topic string) bool {
	p := t.Pack().Topic(topic)
	return p != nil && p.FileAbove > 0
}

// alreadyFiled gives what the desk itself has filed of the same problem nearby and no curator has taken up: a burst stays one.
func alreadyFiled(t *flows.Turn, inc *storage.Incident) (*storage.Incident, error) {
	if !files(t, inc.Topic) {
		return nil, nil
	}
	list, err := t.Similar(inc.Topic, inc.Place, 0, 5)
	if err != nil {
		return nil, err
	}
	for _, l := range list {
		if flows.Undoable(l.Incident) {
			return l.Incident, nil
		}
	}
	return nil, nil
}

// brought shows what was found to the curators, with its post, or files it.
func brought(t *flows.Turn, inc *storage.Incident) error {
	if inc.Filed > 0 {
		return begin(t, inc, flows.File, inc.Filed)
	}
	return t.Refresh(inc)
}

// passable refuses to hold for no problem what a curator or a resident has brought in already, or others have joined: that is
// rejected with a reason, which they hear.
func passable(t *flows.Turn, inc *storage.Incident) error {
	if err := t.Check(inc, flows.Pass); err != nil {
		return err
	}
	if inc.State == storage.New && !flows.Undoable(inc) {
		return t.Stale(inc, flows.Pass)
	}
	return nil
}

// pass holds what was found for no problem: it is nobody's report then.
func pass(t *flows.Turn, inc *storage.Incident) error {
	if err := passable(t, inc); err != nil {
		return err
	}
	return t.Act(inc, flows.Pass, storage.Event{}, func() { inc.Reporters = nil })
}

// back makes the cards of an incident that was none cards of something found again.
func back(t *flows.Turn, inc *storage.Incident) error {
	cards, err := t.Tx.Cards(inc.Number)
	if err != nil {
		return err
	}
	for _, s := range cards {
		if s.View != storage.Curator {
			continue
		}
		s.View = flows.Triage
		if err := t.Tx.PutSlot(s); err != nil { // it is drawn with the others
			return err
		}
	}
	return nil
}
