package flows

import (
	"slices"
	"strconv"

	"otklik/storage"
)

// Merge makes one incident a part of another: its reporters move along, and one answer reaches all.
func (t *Turn) Merge(inc, into *storage.Incident, why string) error {
	if err := t.Check(into, Gather); err != nil {
		return err
	}
	if into.Number == inc.Number {
		return Refuse("desk.merge_itself", "Number", inc.Number)
	}
	err := t.Act(inc, Merge, storage.Event{Other: into.Number, Text: why, Public: true}, func() { inc.Into = into.Number })
	if err != nil {
		return err
	}
	return t.Act(into, Gather, storage.Event{Other: inc.Number}, func() {
		into.Merged = append(into.Merged, inc.Number)
		into.Reporters = join(into.Reporters, inc)
	})
}

// join adds the reporters of a merged incident to those of the other.
func join(list []storage.Reporter, inc *storage.Incident) []storage.Reporter {
	for _, r := range inc.Reporters {
		if !slices.ContainsFunc(list, func(o storage.Reporter) bool { return o.Person == r.Person }) {
			list = append(list, storage.Reporter{Person: r.Person, Peer: r.Peer, Follows: r.Follows, From: inc.Number})
		}
	}
	return list
}

// Unmerge brings a merged incident back to where it was, with its own reporters and its own clock, which stood meanwhile.
func (t *Turn) Unmerge(inc *storage.Incident) error {
	if err := t.Check(inc, Unmerge); err != nil {
		return err
	}
	into, err := t.Tx.Incident(inc.Into)
	if err != nil {
		return err
	}
	if err := t.Act(inc, Unmerge, storage.Event{Other: inc.Into, Public: true}, func() { inc.Into = 0 }); err != nil || into == nil {
		return err
	}
	// Somebody may have come with more than one of them: the others are gathered again.
	var rest []*storage.Incident
	for _, n := range into.Merged {
		if n == inc.Number {
			continue
		}
		other, err := t.Tx.Incident(n)
		if err != nil {
			return err
		}
		if other != nil {
			rest = append(rest, other)
		}
	}
	return t.Act(into, Scatter, storage.Event{Other: inc.Number}, func() {
		into.Merged = slices.DeleteFunc(into.Merged, func(n uint64) bool { return n == inc.Number })
		gone := map[uint64]storage.Reporter{}
		into.Reporters = slices.DeleteFunc(into.Reporters, func(r storage.Reporter) bool {
			if r.From == inc.Number {
				gone[r.Person] = r
			}
			return r.From == inc.Number
		})
		for _, other := range rest {
			into.Reporters = join(into.Reporters, other)
		}
		for i, r := range into.Reporters { // who stays keeps what they said
			if was, ok := gone[r.Person]; ok {
				into.Reporters[i].Solved, into.Reporters[i].Mark, into.Reporters[i].Asked = was.Solved, was.Mark, was.Asked
			}
		}
	})
}

// Parts gives the numbers of an incident and of all that are merged into it, and into those.
func (t *Turn) Parts(inc *storage.Incident) (numbers []uint64, err error) {
	numbers = []uint64{inc.Number}
	for i := 0; i < len(numbers); i++ {
		part := inc
		if i > 0 {
			if part, err = t.Tx.Incident(numbers[i]); err != nil {
				return nil, err
			}
		}
		if part == nil {
			continue
		}
		for _, n := range part.Merged {
			if !slices.Contains(numbers, n) {
				numbers = append(numbers, n)
			}
		}
	}
	return numbers, nil
}

// Whole gives the incident that another is a part of now: itself, unless it is merged.
func (t *Turn) Whole(inc *storage.Incident) (*storage.Incident, error) {
	for range 100 { // a chain this long is not made by people
		if inc.State != storage.Merged {
			return inc, nil
		}
		next, err := t.Tx.Incident(inc.Into)
		if err != nil || next == nil {
			return inc, err
		}
		inc = next
	}
	return inc, nil
}

// Split makes an incident of its own from a part of another, for the same reporters and the same place.
func (t *Turn) Split(inc *storage.Incident, text, topic string, photos []string) (*storage.Incident, error) {
	if err := t.Check(inc, Split); err != nil {
		return nil, err
	}
	part := &storage.Incident{Topic: topic, Text: text, Photos: photos, Place: inc.Place, Source: inc.Source, Origin: inc.Number}
	for _, r := range inc.Reporters {
		if r.From == 0 && !r.Follows {
			part.Reporters = append(part.Reporters, storage.Reporter{Person: r.Person, Peer: r.Peer})
		}
	}
	n, err := t.Tx.Next("incident")
	if err != nil {
		return nil, err
	}
	if err := t.Act(inc, Split, storage.Event{Other: n, Text: text, Public: true}, nil); err != nil {
		return nil, err
	}
	return part, t.open(part, n, storage.Event{As: storage.Curator, Other: inc.Number})
}

// Others names incidents for people: «№ 5, № 8».
func Others(numbers []uint64) string {
	s := ""
	for i, n := range numbers {
		if i > 0 {
			s += ", "
		}
		s += "№ " + strconv.FormatUint(n, 10)
	}
	return s
}
