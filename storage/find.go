package storage

import (
	"slices"
	"sort"
	"time"
)

// Query asks for incidents. What is left empty asks for nothing.
type Query struct {
	Stems    []string  // all of them, as Index was given them
	From, To time.Time // created in [From, To)
	Persons  []uint64  // reported or followed by any of them
}

// disorder is how far incidents may be created out of the order of their numbers: the clock of a machine is put right now
// and then. Bounds of dates are widened by it, and what was found is looked at.
const disorder = time.Hour

// Find gives the numbers of the incidents that a query asks for, newest first, at most limit of those below before (0:
// from the newest), and tells whether there are more. Incidents have the numbers that the counter "incident" gave.
func (tx *Tx) Find(q Query, before uint64, limit int) (numbers []uint64, more bool, err error) {
	if limit <= 0 {
		return nil, false, nil
	}
	f := &finder{tx: tx, q: q, most: limit + 1}
	for _, s := range q.Stems {
		if s = plainStem(s); s != "" {
			f.stems = append(f.stems, s)
		}
	}
	if err := f.bound(before); err != nil {
		return nil, false, err
	}
	switch {
	case len(q.Persons) > 0:
		err = f.byPersons()
	case len(f.stems) > 0:
		err = f.byStems()
	default:
		err = f.all()
	}
	if err != nil {
		return nil, false, err
	}
	more = len(f.found) > limit
	return f.found[:min(limit, len(f.found))], more, nil
}

// finder is one search.
type finder struct {
	tx       *Tx
	q        Query
	stems    []string
	from, to uint64 // numbers in [from, to)
	most     int
	found    []uint64
}

// bound sets the numbers between which to look.
func (f *finder) bound(before uint64) error {
	given, err := f.tx.Last("incident")
	if err != nil {
		return err
	}
	f.from, f.to = 1, given+1
	if before > 0 {
		f.to = min(f.to, before)
	}
	if !f.q.From.IsZero() {
		if f.from, err = f.since(f.q.From.Add(-disorder)); err != nil {
			return err
		}
	}
	if !f.q.To.IsZero() {
		f.to, err = f.since(f.q.To.Add(disorder))
	}
	return err
}

// since gives the first number in [from, to) whose incident was created at a time or later, to if there is none.
func (f *finder) since(at time.Time) (uint64, error) {
	var fault error
	n := sort.Search(int(f.to-min(f.from, f.to)), func(i int) bool {
		if fault != nil {
			return true
		}
		inc, err := f.next(f.from + uint64(i))
		fault = err
		return inc == nil || !inc.Created.Before(at)
	})
	return f.from + uint64(n), fault
}

// next gives the first incident in [number, to), nil if there is none.
func (f *finder) next(number uint64) (*Incident, error) {
	found := uint64(0)
	err := f.tx.r.Scan(key(spaceIncident, number), key(spaceIncident, f.to), false, func(k, _ []byte) bool {
		found = last(k)
		return false
	})
	if err != nil || found == 0 {
		return nil, err
	}
	return f.tx.Incident(found)
}

// take adds an incident if its dates fit, and tells whether there are enough.
func (f *finder) take(number uint64) (enough bool, err error) {
	if !f.q.From.IsZero() || !f.q.To.IsZero() {
		inc, err := f.tx.Incident(number)
		if err != nil || inc == nil {
			return false, err
		}
		if inc.Created.Before(f.q.From) || !f.q.To.IsZero() && !inc.Created.Before(f.q.To) {
			return false, nil
		}
	}
	f.found = append(f.found, number)
	return len(f.found) == f.most, nil
}

// all takes every incident between the bounds.
func (f *finder) all() error {
	var fault error
	err := f.tx.r.Scan(key(spaceIncident, f.from), key(spaceIncident, f.to), true, func(k, _ []byte) bool {
		var enough bool
		enough, fault = f.take(last(k))
		return fault == nil && !enough
	})
	if err != nil {
		return err
	}
	return fault
}

// byPersons takes the persons' incidents that have the stems: a person has few.
func (f *finder) byPersons() error {
	var numbers []uint64
	for _, p := range f.q.Persons {
		err := f.tx.r.Scan(key(spaceByPerson, p, f.from), key(spaceByPerson, p, f.to), false, func(k, _ []byte) bool {
			numbers = append(numbers, last(k))
			return true
		})
		if err != nil {
			return err
		}
	}
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	var match postings
	read := ^uint64(0) // the block that match is of
	for _, n := range slices.Backward(numbers) {
		if block := n >> blockBits; len(f.stems) > 0 && block != read {
			var err error
			if match, err = f.match(block); err != nil {
				return err
			}
			read = block
		}
		if _, there := match.find(n); len(f.stems) > 0 && !there {
			continue
		}
		if enough, err := f.take(n); enough || err != nil {
			return err
		}
	}
	return nil
}

// byStems takes the incidents that have all stems, block by block.
func (f *finder) byStems() error {
	if f.from >= f.to {
		return nil
	}
	first := f.from >> blockBits
	for block := (f.to - 1) >> blockBits; ; block-- {
		match, err := f.match(block)
		if err != nil {
			return err
		}
		for i := match.len() - 1; i >= 0; i-- {
			n := block<<blockBits | uint64(match.at(i))
			if n < f.from || n >= f.to {
				continue
			}
			if enough, err := f.take(n); enough || err != nil {
				return err
			}
		}
		if block == first {
			return nil
		}
	}
}

// match gives the incidents of a block that have all stems. A stem that a block does not have is asked for first in the
// next one: it is rare, and one look is enough to pass a block by.
func (f *finder) match(block uint64) (match postings, err error) {
	for i, s := range f.stems {
		v, err := f.tx.r.Get(key(spaceWord, block, s))
		if err != nil {
			return nil, err
		}
		if i == 0 {
			match = v
		} else {
			match = match.and(v)
		}
		if match.len() == 0 {
			if v == nil {
				f.stems[0], f.stems[i] = f.stems[i], f.stems[0]
			}
			return nil, nil
		}
	}
	return match, nil
}

// Created gives the numbers between which the incidents created in [from, to) are, those in [first, past), and maybe
// some others; a zero time is no bound.
func (tx *Tx) Created(from, to time.Time) (first, past uint64, err error) {
	f := &finder{tx: tx, q: Query{From: from, To: to}}
	err = f.bound(0)
	return f.from, f.to, err
}
