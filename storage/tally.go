package storage

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// count is so many of a measure.
type count struct {
	m Measure
	n int64
}

// simple gives what an action counts for whatever else its event says; 0 for nothing.
func simple(action string) Measure {
	switch action {
	case "create", "take", "file":
		return Received
	case "find":
		return Seen
	case "pass":
		return Ignored
	case "echo":
		return Echoed
	case "assign":
		return Routed
	case "dispute":
		return Contested
	case "confirm":
		return Praised
	case "reject":
		return Refused
	case "merge":
		return Joined
	case "unmerge":
		return Parted
	case "withdraw":
		return Recalled
	case "return":
		return Returned
	case "decline":
		return Declined
	case "lapse":
		return Broken
	case "when":
		return Wondered
	case "escalate":
		return Escalated
	case "control":
		return Controlled
	case "inspect":
		return Inspected
	case "measures":
		return Ordered
	}
	return 0
}

// counts gives what an event counts for.
func (ev *Event) counts() (list []count) {
	if m := simple(ev.Action); m != 0 {
		list = append(list, count{m, 1})
	}
	switch ev.Action {
	case "assign":
		if ev.First {
			return ev.kept(list, Forwarded, ForwardedLate)
		}
	case "approve":
		return append(ev.kept(list, Resolved, ResolvedLate), ev.spent(finalSpans))
	case "pass":
		if ev.From == New { // the desk had filed it
			return append(list, count{Received, -1})
		}
	case "mark":
		return ev.marked(list)
	case "overdue":
		switch ev.Text {
		case "forward":
			return append(list, count{MissedForward, 1})
		case "first":
			return append(list, count{MissedFirst, 1})
		case "final":
			return append(list, count{MissedFinal, 1})
		}
	case "finding":
		if ev.Why == "violation" {
			return append(list, count{Violations, 1})
		}
		return append(list, count{Clean, 1})
	case "amend":
		return ev.amended(list)
	default:
		if ev.First {
			return append(ev.kept(list, Responded, RespondedLate), ev.spent(firstSpans))
		}
	}
	return list
}

// kept counts something that had a deadline.
func (ev *Event) kept(list []count, all, late Measure) []count {
	list = append(list, count{all, 1})
	if ev.Late {
		list = append(list, count{late, 1})
	}
	return list
}

// spent counts how long something took.
func (ev *Event) spent(spans Measure) count {
	return count{spans + Measure(class(uint64(max(ev.Took, 0)))), 1} //nolint:gosec // class has a bound
}

// marked counts a mark, or by how much another mark of the same person differs from it.
func (ev *Event) marked(list []count) []count {
	if len(ev.Text) != 1 || ev.Text[0] < '1' || ev.Text[0] > '5' {
		return list
	}
	n := int64(ev.Text[0] - '0')
	if ev.Was != 0 {
		return append(list, count{MarkSum, n - int64(ev.Was)})
	}
	return append(list, count{Marks, 1}, count{MarkSum, n})
}

// What an amended finding was, as Event.Was has it.
const (
	WasViolation = iota + 1
	WasClean
)

// Turned tells whether an amended finding ends otherwise than the one in whose place it stands.
func (ev *Event) Turned() bool {
	return ev.Was != 0 && (ev.Was == WasViolation) != (ev.Why == "violation")
}

// amended counts what a finding is instead of what it was.
func (ev *Event) amended(list []count) []count {
	switch {
	case !ev.Turned():
		return list
	case ev.Was == WasViolation:
		return append(list, count{Violations, -1}, count{Clean, 1})
	}
	return append(list, count{Violations, 1}, count{Clean, -1})
}

// day gives the date on which the event counts: what is amended counts for when it was found. Versions before the figures
// kept none.
func (ev *Event) day() Day {
	if ev.Since != 0 {
		return ev.Since
	}
	if ev.Day == 0 {
		return DayOf(ev.At.UTC())
	}
	return ev.Day
}

// standing gives what an incident counts for now.
func (inc *Incident) standing() []count {
	if !inc.State.Open() {
		return nil
	}
	list := []count{{NowOpen, 1}}
	switch inc.State {
	case New:
		list = append(list, count{NowNew, 1})
	case Answered:
		list = append(list, count{NowControl, 1})
	case Waiting:
		list = append(list, count{NowWaiting, 1})
	}
	if inc.Late != "" {
		list = append(list, count{NowOverdue, 1})
	}
	if inc.Disputes > 0 && inc.State != Answered {
		list = append(list, count{NowDisputed, 1})
	}
	return list
}

// rows gives under what an incident counts on a day; org is the body concerned, "" for none.
func (inc *Incident) rows(day Day, org string) [][]byte {
	list := make([][]byte, 0, 7)
	add := func(d Dimension, value string) { list = append(list, key(spaceSums, uint64(day), string(d), value)) }
	add(InAll, "")
	if m := inc.Place.Municipality; m != "" {
		add(ByMunicipality, m)
		if inc.Topic != "" {
			add(ByPlaceTopic, PlaceTopic(m, inc.Topic))
		}
	}
	if inc.Topic != "" {
		add(ByTopic, inc.Topic)
	}
	if org != "" {
		add(ByBody, org)
	}
	source := SourceKey(inc.Source.Kind, inc.Source.Channel)
	add(BySource, source)
	if inc.Source.Kind == "found" && inc.Source.Name != "" {
		add(BySource, source+"/"+inc.Source.Name)
	}
	return list
}

// body gives the organisation that has the incident in hand, "" for none.
func (inc *Incident) body() string {
	if inc.Assignment == nil {
		return ""
	}
	return inc.Assignment.Org
}

// elsewhere tells whether an incident counts elsewhere than an older version of it.
func (inc *Incident) elsewhere(old *Incident) bool {
	return inc.Place.Municipality != old.Place.Municipality || inc.Topic != old.Topic || inc.Source.Kind != old.Source.Kind ||
		inc.Source.Channel != old.Source.Channel || inc.Source.Name != old.Source.Name
}

// recount moves what an incident counts for from an older version of it, nil for none, to this one.
func (tx *Tx) recount(old, inc *Incident) error {
	if old == nil {
		return tx.count(inc.rows(Today, inc.body()), inc.standing(), 1)
	}
	moved := inc.elsewhere(old)
	if was, is := old.standing(), inc.standing(); moved || old.body() != inc.body() || !slices.Equal(was, is) {
		if err := tx.count(old.rows(Today, old.body()), was, -1); err != nil {
			return err
		}
		if err := tx.count(inc.rows(Today, inc.body()), is, 1); err != nil {
			return err
		}
	}
	if !moved {
		return nil
	}
	events, err := tx.Events(inc.Number)
	if err != nil {
		return err
	}
	for i := range events {
		ev := &events[i]
		list := ev.counts()
		if err := tx.count(old.rows(ev.day(), ev.Org), list, -1); err != nil {
			return err
		}
		if err := tx.count(inc.rows(ev.day(), ev.Org), list, 1); err != nil {
			return err
		}
	}
	return nil
}

// Tally counts an incident of a version that had no figures, with all of its events.
func (tx *Tx) Tally(inc *Incident) error {
	return tx.whole(inc, func(rows [][]byte, list []count) error { return tx.count(rows, list, 1) })
}

// whole gives all that an incident counts for.
func (tx *Tx) whole(inc *Incident, fn func(rows [][]byte, list []count) error) error {
	if err := fn(inc.rows(Today, inc.body()), inc.standing()); err != nil {
		return err
	}
	events, err := tx.Events(inc.Number)
	for i := range events {
		if err != nil {
			return err
		}
		ev := &events[i]
		err = fn(inc.rows(ev.day(), ev.Org), ev.counts())
	}
	return err
}

// count adds to what is counted in rows, or takes it away.
func (tx *Tx) count(rows [][]byte, list []count, sign int64) error {
	if len(list) == 0 {
		return nil
	}
	for _, k := range rows {
		v, err := tx.r.Get(k)
		if err != nil {
			return err
		}
		have, err := unpack(k, v)
		if err != nil {
			return err
		}
		for _, c := range list {
			have = have.plus(c.m, sign*c.n)
		}
		if len(have) == 0 {
			err = tx.w.Delete(k)
		} else {
			err = tx.w.Put(k, have.pack())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ledger is what is counted under one key: in the order of the measures, none of them 0.
type ledger []count

func (c ledger) plus(m Measure, n int64) ledger {
	i, there := slices.BinarySearchFunc(c, m, func(c count, m Measure) int { return int(c.m) - int(m) })
	switch {
	case n == 0:
	case !there:
		c = slices.Insert(c, i, count{m, n})
	case c[i].n+n == 0:
		c = slices.Delete(c, i, i+1)
	default:
		c[i].n += n
	}
	return c
}

// pack gives a ledger as it is kept: pairs of a measure and its count.
func (c ledger) pack() []byte {
	v := make([]byte, 0, 4*len(c))
	for _, one := range c {
		v = binary.AppendVarint(binary.AppendUvarint(v, uint64(one.m)), one.n)
	}
	return v
}

func unpack(k, v []byte) (c ledger, err error) {
	for len(v) > 0 {
		m, a := binary.Uvarint(v)
		if a <= 0 || m == 0 || m > 1<<16-1 {
			return nil, fmt.Errorf("%w: figures %q", ErrDamaged, k)
		}
		n, b := binary.Varint(v[a:])
		if b <= 0 {
			return nil, fmt.Errorf("%w: figures %q", ErrDamaged, k)
		}
		c, v = append(c, count{Measure(m), n}), v[a+b:]
	}
	return c, nil
}
