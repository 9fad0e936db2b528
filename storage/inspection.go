package storage

import (
	"slices"
	"time"
)

// Inspector, as who did something or may, is an official of a body that inspects the incident: no seat of its own, and not
// the body that has the incident in hand. As a view it is the card of the inspection.
const Inspector RoleKind = "inspector"

// Inspection is a supervisory body drawn in, with its finding and what it ordered. It has a deadline of its own beside the
// incident's, and runs on whatever becomes of that. A body has at most one that is open; one that is over may be followed
// by another.
type Inspection struct {
	Org      string    `json:"org"`
	By       uint64    `json:"by"` // the curator
	At       time.Time `json:"at"`
	Due      time.Time `json:"due"`
	TakenBy  uint64    `json:"taken_by,omitempty"` // of the body's people
	TakenAt  time.Time `json:"taken_at,omitzero"`
	Late     bool      `json:"late,omitempty"` // its deadline passed without a finding
	Finding  *Finding  `json:"finding,omitempty"`
	Measures []Remedy  `json:"measures,omitempty"`
	Relieved time.Time `json:"relieved,omitzero"` // a curator took it back
}

// Finding is what an inspection comes to.
type Finding struct {
	Violation bool      `json:"violation"`
	Text      string    `json:"text,omitempty"`
	Document  string    `json:"document,omitempty"` // its kind, number and date, as the text names it
	Photos    []string  `json:"photos,omitempty"`
	Public    bool      `json:"public,omitempty"`  // residents may read the text and see the photos
	Amended   bool      `json:"amended,omitempty"` // it takes the place of another, which the events tell
	By        uint64    `json:"by"`
	At        time.Time `json:"at"`
}

// Remedy is what a body ordered to be done, and by when.
type Remedy struct {
	Text string    `json:"text"`
	Due  time.Time `json:"due"`
	By   uint64    `json:"by"`
	At   time.Time `json:"at"`
	Late bool      `json:"late,omitempty"` // Due passed, and nobody had found it done
	Done time.Time `json:"done,omitzero"`  // the body found it done

	Waived time.Time `json:"waived,omitzero"` // the body took it back
}

// Open tells whether it is still to be done.
func (m *Remedy) Open() bool { return m.Done.IsZero() && m.Waived.IsZero() }

// Demands tells whether something that the body ordered is still to be done.
func (i *Inspection) Demands() bool {
	return slices.ContainsFunc(i.Measures, func(m Remedy) bool { return m.Open() })
}

// Open tells whether a finding is still due.
func (i *Inspection) Open() bool { return i.Finding == nil && i.Relieved.IsZero() }

// Next gives what is due next: the finding, then the first measure that is open; zero where nothing is.
func (i *Inspection) Next() (due time.Time) {
	if i.Open() {
		return i.Due
	}
	for _, m := range i.Measures {
		if m.Open() && (due.IsZero() || m.Due.Before(due)) {
			due = m.Due
		}
	}
	return due
}

// Inspection gives a body's last inspection of the incident that no curator took back, nil if there is none.
func (inc *Incident) Inspection(org string) *Inspection {
	for i := range slices.Backward(inc.Inspections) {
		if in := &inc.Inspections[i]; in.Org == org && in.Relieved.IsZero() {
			return in
		}
	}
	return nil
}

// InspectionDue gives what is due next of all inspections of a body, zero where nothing is.
func (inc *Incident) InspectionDue(org string) (due time.Time) {
	for i := range inc.Inspections {
		in := &inc.Inspections[i]
		if next := in.Next(); in.Org == org && in.Relieved.IsZero() && !next.IsZero() && (due.IsZero() || next.Before(due)) {
			due = next
		}
	}
	return due
}

// QueueInspect names the queue of what a body has to inspect: findings and measures that are due, whatever state the
// incident is in.
func QueueInspect(org string) string { return "inspect:" + org }

// inspected gives the entries that find what is due of the inspections.
func (inc *Incident) inspected() (list []entry) {
	for _, in := range inc.Inspections {
		if due := inc.InspectionDue(in.Org); !due.IsZero() { // one entry a body: the same twice is the same key
			list = append(list, entry{key: key(spaceQueue, QueueInspect(in.Org), due, inc.Place.Municipality, in.Org, inc.Topic, inc.Number)})
		}
	}
	return list
}

// inspectionTexts gives the texts of an incident's inspections.
func (inc *Incident) inspectionTexts() (list []*string) {
	for i := range inc.Inspections {
		in := &inc.Inspections[i]
		if in.Finding != nil {
			list = append(list, &in.Finding.Text, &in.Finding.Document)
		}
		for j := range in.Measures {
			list = append(list, &in.Measures[j].Text)
		}
	}
	return list
}
