package flows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"otklik/storage"
)

// The timers of an inspection: its deadline, and the date of measures.
const (
	InspectTimer = "inspect.due"
	MeasureTimer = "inspect.measure"
)

// The outcomes of an inspection, as the event of a finding has them in Why.
const (
	Violation = "violation"
	None      = "none"
)

// Inspects tells whether a person acts for a body that inspects an incident, or has inspected it.
func Inspects(p *storage.Person, inc *storage.Incident, org string) bool {
	return p != nil && org != "" && p.Is(storage.Official, org) && inc.Inspection(org) != nil
}

// Inspecting gives a body's inspection if whoever acts may do this to it now, whatever buttons a client shows.
func (t *Turn) Inspecting(inc *storage.Incident, a Action, org string) (*storage.Inspection, error) {
	if !Inspects(t.Me, inc, org) {
		if org != "" && t.Me.Is(storage.Official, org) && slices.ContainsFunc(inc.Inspections, func(in storage.Inspection) bool { return in.Org == org }) {
			return nil, &Refusal{ID: "desk.inspection_relieved", Args: []any{"Number", inc.Number}, Ends: true, Cause: Cause(a) + " after it was taken back"}
		}
		return nil, t.denied(inc, a)
	}
	if err := t.Check(inc, a); err != nil {
		return nil, err
	}
	in := inc.Inspection(org)
	no := &Refusal{Args: []any{"Number", inc.Number}, Show: inc.Number, Ends: true, Cause: Cause(a) + " as the inspection stands"}
	switch {
	case (a == Finding || a == Undertake) && !in.Open():
		no.ID = "desk.inspection_over"
	case a == Amend && in.Finding == nil:
		no.ID = "desk.no_finding"
	case a == Undertake && in.TakenBy != 0:
		no.ID = "desk.inspection_taken"
	case a == Measures && (in.Finding == nil || !in.Finding.Violation):
		no.ID = "desk.no_violation"
	default:
		return in, nil
	}
	return nil, no
}

// Inspect draws a supervisory body in, with a deadline of its own, and says so where nobody there will see it.
func (t *Turn) Inspect(inc *storage.Incident, code string) error {
	o := t.Pack().Organisation(code)
	switch {
	case o == nil || !o.Supervises():
		return Refuse("desk.no_supervisor", "Code", Short(code, 40))
	case inc.Assignment != nil && inc.Assignment.Org == code:
		return Refuse("desk.inspects_itself", "Number", inc.Number, "Org", t.Voice().Org(code))
	}
	if in := inc.Inspection(code); in != nil && in.Open() {
		return &Refusal{ID: "desk.inspects_already", Args: []any{"Number", inc.Number, "Org", t.Voice().Org(code)}, Show: inc.Number}
	}
	in := storage.Inspection{Org: code, By: t.Me.ID, At: t.Now, Due: round(t.e.work.Add(t.Now, t.Pack().Norms.Inspecting()))}
	err := t.Act(inc, Inspect, storage.Event{Org: code, Due: in.Due, Public: true}, func() {
		inc.Inspections = append(inc.Inspections, in)
	})
	if err != nil {
		return err
	}
	if err := t.After(InspectTimer, inc, in.Due, strconv.Itoa(len(inc.Inspections)-1)); err != nil {
		return err
	}
	if people, err := t.Tx.Staff(storage.Official, code); err != nil || len(people) > 0 {
		return err
	}
	v := t.Voice()
	return t.ReplyAbout(v.Say("desk.nobody_there", "Number", inc.Number, "Org", v.Org(code), "Code", code), inc.Number)
}

// Relieve takes an inspection back that has no finding yet.
func (t *Turn) Relieve(inc *storage.Incident, code string) error {
	in := inc.Inspection(code)
	if in == nil || !in.Open() {
		if err := t.Check(inc, Relieve); err != nil {
			return err
		}
		return Refuse("desk.not_inspected", "Number", inc.Number)
	}
	return t.Act(inc, Relieve, storage.Event{Org: code, Public: true}, func() { in.Relieved = t.Now })
}

// Undertake takes an inspection for whoever acts, of its body.
func (t *Turn) Undertake(inc *storage.Incident, org string) error {
	in, err := t.Inspecting(inc, Undertake, org)
	if err != nil {
		return err
	}
	return t.Act(inc, Undertake, storage.Event{Org: org}, func() { in.TakenBy, in.TakenAt = t.Me.ID, t.Now })
}

// Conclude writes down what an inspection came to; who and when are filled in.
func (t *Turn) Conclude(inc *storage.Incident, org string, f storage.Finding) error {
	in, err := t.Inspecting(inc, Finding, org)
	if err != nil {
		return err
	}
	f.By, f.At = t.Me.ID, t.Now
	return t.Act(inc, Finding, concluded(org, &f), func() {
		if in.Finding, in.Late = &f, false; in.TakenBy == 0 {
			in.TakenBy, in.TakenAt = t.Me.ID, t.Now
		}
	})
}

// concluded gives the event of a finding.
func concluded(org string, f *storage.Finding) storage.Event {
	why := None
	if f.Violation {
		why = Violation
	}
	return storage.Event{Org: org, Text: f.Text, Photos: f.Photos, Public: f.Public, Why: why}
}

// Amend puts another finding in the place of the first, of which the events keep the words. What was ordered stays.
func (t *Turn) Amend(inc *storage.Incident, org string, f storage.Finding) error {
	if err := t.Amends(inc, org, f.Violation); err != nil {
		return err
	}
	in := inc.Inspection(org)
	ev := concluded(org, &f)
	if ev.Was = storage.WasClean; in.Finding.Violation {
		ev.Was = storage.WasViolation
	}
	f.By, f.At, f.Amended = t.Me.ID, t.Now, true
	if err := t.Act(inc, Amend, ev, func() { in.Finding = &f }); err != nil || f.Violation {
		return err
	}
	return t.reindex(inc) // it is no longer found as one with a violation
}

// Amends is Amend's question without its doing: where there is no violation, nothing that was ordered may be open.
func (t *Turn) Amends(inc *storage.Incident, org string, violation bool) error {
	in, err := t.Inspecting(inc, Amend, org)
	if err != nil {
		return err
	}
	if !violation && in.Demands() {
		return &Refusal{ID: "desk.measures_open", Args: []any{"Number", inc.Number}, Show: inc.Number, Ends: true, Cause: "no violation with open measures"}
	}
	return nil
}

// Order has a body order something to be done until a time. Residents read the words where they may read the finding's.
func (t *Turn) Order(inc *storage.Incident, org, text string, due time.Time) error {
	in, err := t.Inspecting(inc, Measures, org)
	if err != nil {
		return err
	}
	if !due.After(t.Now) {
		return Refuse("desk.date_passed")
	}
	m := storage.Remedy{Text: text, Due: due, By: t.Me.ID, At: t.Now}
	err = t.Act(inc, Measures, storage.Event{Org: org, Text: text, Due: due, Public: in.Finding.Public}, func() {
		in.Measures = append(in.Measures, m)
	})
	if err != nil {
		return err
	}
	at := slices.IndexFunc(inc.Inspections, func(o storage.Inspection) bool {
		return o.Org == org && o.Relieved.IsZero() && o.Finding == in.Finding
	})
	return t.After(MeasureTimer, inc, due, org+"|"+MeasureKey(at, len(in.Measures)-1))
}

// Fulfil writes down that a body found a measure done; key is the measure's, see MeasureKey.
func (t *Turn) Fulfil(inc *storage.Incident, org, key string) error {
	m, err := t.Measure(inc, Fulfil, org, key)
	if err != nil {
		return err
	}
	return t.Act(inc, Fulfil, ordered(inc, org, m), func() { m.Done, m.Late = t.Now, false })
}

// Waive takes a measure back.
func (t *Turn) Waive(inc *storage.Incident, org, key string) error {
	m, err := t.Measure(inc, Waive, org, key)
	if err != nil {
		return err
	}
	return t.Act(inc, Waive, ordered(inc, org, m), func() { m.Waived, m.Late = t.Now, false })
}

// ordered gives the event of something that a body ordered. Residents read its words where they may read the finding's.
func ordered(inc *storage.Incident, org string, m *storage.Remedy) storage.Event {
	f := inc.Inspection(org).Finding
	return storage.Event{Org: org, Text: m.Text, Public: f != nil && f.Public}
}

// Measure gives a measure by its key if whoever acts may do this to it now.
func (t *Turn) Measure(inc *storage.Incident, a Action, org, key string) (*storage.Remedy, error) {
	if _, err := t.Inspecting(inc, a, org); err != nil {
		return nil, err
	}
	m := measure(inc, org, key)
	if m == nil || !m.Open() {
		return nil, &Refusal{ID: "desk.old_button", Ends: true, Cause: "no such measure"}
	}
	return m, nil
}

// MeasureKey tells one measure of an incident from the others: nothing is ever taken out of the lists.
func MeasureKey(inspection, measure int) string { return fmt.Sprintf("%d.%d", inspection, measure) }

// measure gives a body's measure by its key, nil if there is none.
func measure(inc *storage.Incident, org, key string) *storage.Remedy {
	for i := range inc.Inspections {
		in := &inc.Inspections[i]
		for j := range in.Measures {
			if in.Org == org && in.Relieved.IsZero() && MeasureKey(i, j) == key {
				return &in.Measures[j]
			}
		}
	}
	return nil
}

// InspectionDue writes down that an inspection's deadline passed without a finding.
func InspectionDue(t *Turn, timer *storage.Timer) error {
	inc, err := t.Tx.Incident(timer.Incident)
	if err != nil || inc == nil {
		return err
	}
	i, err := strconv.Atoi(timer.Data)
	if err != nil {
		return fmt.Errorf("timer %d: data %q", timer.ID, timer.Data)
	}
	if i < 0 || i >= len(inc.Inspections) {
		return nil
	}
	in := &inc.Inspections[i]
	if !in.Open() || in.Late {
		return nil
	}
	return t.Act(inc, Unchecked, storage.Event{Org: in.Org, Due: in.Due, Public: true}, func() { in.Late = true })
}

// MeasureDue writes down that the date of a measure passed and nobody found it done.
func MeasureDue(t *Turn, timer *storage.Timer) error {
	inc, err := t.Tx.Incident(timer.Incident)
	if err != nil || inc == nil {
		return err
	}
	org, key, _ := strings.Cut(timer.Data, "|")
	m := measure(inc, org, key)
	if m == nil || !m.Open() || m.Late {
		return nil
	}
	return t.Act(inc, Unmet, storage.Event{Org: org, Text: m.Text, Due: m.Due}, func() { m.Late = true })
}

// Inspections says on staff's cards who inspects, until when, and what they found and ordered: of the incident, and of those
// merged into it.
func Inspections(v *Voice, tx *storage.Tx, inc *storage.Incident) (lines []string, err error) {
	for i := range inc.Inspections {
		lines = append(lines, inspection(v, &inc.Inspections[i])...)
	}
	for _, n := range inc.Merged {
		part, err := tx.Incident(n)
		if err != nil {
			return nil, err
		}
		if part == nil {
			continue
		}
		for i := range part.Inspections {
			for _, line := range inspection(v, &part.Inspections[i]) {
				lines = append(lines, fmt.Sprintf("№ %d · %s", n, line))
			}
		}
	}
	const most = 8
	return lines[max(0, len(lines)-most):], nil
}

func inspection(v *Voice, in *storage.Inspection) (lines []string) {
	id, text, amended := "desk.inspect_open", "", in.Finding != nil && in.Finding.Amended
	switch f := in.Finding; {
	case !in.Relieved.IsZero():
		return nil
	case f != nil && f.Violation:
		id, text = "desk.inspect_violation", f.Text
	case f != nil:
		id, text = "desk.inspect_none", f.Text
	case in.Late:
		id = "desk.inspect_late"
	}
	lines = append(lines, v.T(id, "Org", v.Org(in.Org), "Due", v.Due(in.Due), "Text", Short(text, 200), "Amended", amended))
	for _, m := range in.Measures {
		id := "desk.measure"
		switch {
		case !m.Done.IsZero():
			id = "desk.measure_done"
		case !m.Waived.IsZero():
			id = "desk.measure_waived"
		case m.Late:
			id = "desk.measure_late"
		}
		lines = append(lines, v.T(id, "Due", v.Due(m.Due), "Text", Short(m.Text, 150)))
	}
	return lines
}

// Checks tells whether a supervisory body is inspecting an incident, and gives the first that is.
func Checks(inc *storage.Incident) (org string, ok bool) {
	i := slices.IndexFunc(inc.Inspections, func(in storage.Inspection) bool { return in.Open() })
	if i < 0 {
		return "", false
	}
	return inc.Inspections[i].Org, true
}

// EveryOfficial calls fn with everybody who acts for an organisation.
func (t *Turn) EveryOfficial(org string, fn func(*storage.Person) error) error {
	people, err := t.Tx.Staff(storage.Official, org)
	if err != nil {
		return err
	}
	for _, p := range people {
		if err := fn(p); err != nil {
			return err
		}
	}
	return nil
}
