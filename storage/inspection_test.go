package storage_test

import (
	"testing"

	"otklik/storage"
)

// TestABodyFindsWhatItHasToInspect: until the finding, then until its measures are done, whatever state the incident is in;
// not what was taken back.
func TestABodyFindsWhatItHasToInspect(t *testing.T) {
	s := newStage(t)
	inc := &storage.Incident{Number: 1, State: storage.Closed, Topic: "hole", Inspections: []storage.Inspection{
		{Org: "a", Due: at(50)}, {Org: "b", Due: at(20)}, {Org: "b", Due: at(20), Relieved: at(1)},
	}}
	put := func() { s.update(func(tx *storage.Tx) error { return tx.PutIncident(inc) }) }
	due := func(org string) (minutes []int) {
		s.view(func(tx *storage.Tx) error {
			minutes = nil
			return tx.Queue(storage.QueueInspect(org), func(q storage.Queued) bool {
				if q.Number != 1 || q.Org != org || q.Topic != "hole" {
					t.Errorf("queued: %+v", q)
				}
				minutes = append(minutes, int(q.Due.Sub(at(0)).Minutes()))
				return true
			})
		})
		return minutes
	}
	put()
	s.same("both", [][]int{due("a"), due("b"), due("c")}, [][]int{{50}, {20}, nil})
	a, b := &inc.Inspections[0], &inc.Inspections[1]
	a.Finding = &storage.Finding{Violation: true}
	a.Measures = []storage.Remedy{{Due: at(90)}, {Due: at(70)}}
	b.Relieved = at(2)
	put()
	s.same("measures", [][]int{due("a"), due("b")}, [][]int{{70}, nil})
	a.Measures[1].Done = at(3)
	put()
	s.same("one is done", due("a"), []int{90})
	inc.Inspections = append(inc.Inspections, storage.Inspection{Org: "a", Due: at(60)}) // again, while measures are open
	put()
	s.same("drawn in again", due("a"), []int{60})
	inc.Inspections[3].Finding = &storage.Finding{}
	put()
	s.same("the older measure", due("a"), []int{90})
	inc.Inspections[0].Measures[0].Done = at(4)
	put()
	s.same("nothing", due("a"), []int(nil))
	if left := s.raw("iq\x00"); len(left) > 0 {
		t.Errorf("left in the queues: %q", left)
	}
	if in := inc.Inspection("b"); in != nil {
		t.Errorf("taken back, and still there: %+v", in)
	}
}

// TestEraseReachesInspections: the numbers that somebody gave are hidden in findings and measures as well.
func TestEraseReachesInspections(t *testing.T) {
	s := newStage(t)
	anna := &storage.Person{Channel: "c", User: "anna", Name: "anna", Chat: "c:anna"}
	s.update(func(tx *storage.Tx) error { anna.ID = 0; return tx.PutPerson(anna) })
	s.update(func(tx *storage.Tx) error {
		inc := &storage.Incident{Number: 1, State: storage.Closed, Reporters: []storage.Reporter{{Person: anna.ID}},
			Inspections: []storage.Inspection{{Org: "a", Finding: &storage.Finding{Text: "called tel", Document: "tel"}, Measures: []storage.Remedy{{Text: "call tel"}}}}}
		if err := tx.PutIncident(inc); err != nil {
			return err
		}
		return tx.AddEvent(inc, &storage.Event{Incident: 1, Action: "create", Actor: anna.ID, As: storage.Resident, Text: "tel"})
	})
	s.update(func(tx *storage.Tx) error { return tx.Erase(anna, hush) })
	in := read(s, func(tx *storage.Tx) (*storage.Incident, error) { return tx.Incident(1) }).Inspections[0]
	s.same("texts", []string{in.Finding.Text, in.Finding.Document, in.Measures[0].Text}, []string{"called ***", "***", "call ***"})
}
