package storage

import (
	"math/bits"
	"time"
)

// Day is a date: days since 1 January 1970.
type Day uint64

// Today is the day before all others: what is counted under it is what is so now, not what happened on a day.
const Today Day = 0

// DayOf gives the date of a time in its zone.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

// In gives the beginning of the day in a zone.
func (d Day) In(zone *time.Location) time.Time {
	at := time.Unix(int64(d)*24*60*60, 0).UTC()
	return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, zone)
}

// Measure is something that is counted. The numbers stand in every store: add, never change.
type Measure uint16

// What happened on a day, as the events tell it.
const (
	Received      Measure = iota + 1 // became an incident
	Seen                             // was found in public
	Ignored                          // … and is no problem
	Echoed                           // one more message in public on an incident that there is
	Routed                           // put into the hands of a body, each time
	Forwarded                        // … for the first time
	ForwardedLate                    // … later than it was to be
	Responded                        // the first answer, of each clock
	RespondedLate                    // … later than it was to be
	Resolved                         // the final answer is out
	ResolvedLate                     // … and was given later than it was to be
	Contested                        // the resident says that it is not solved
	Praised                          // the resident says that it is solved
	Marks                            // marks given …
	MarkSum                          // … and their sum
	Refused                          // rejected
	Joined                           // merged into another
	Parted                           // … and taken out again
	Recalled                         // withdrawn
	MissedForward                    // deadlines that passed: to forward,
	MissedFirst                      // for the first answer,
	MissedFinal                      // for the answer
	Returned                         // answers that a curator gave back
	Declined                         // «not ours»
	Broken                           // promises that passed
	Wondered                         // residents asked «when?»
	Escalated                        // told to the head of the body
	Controlled                       // told to the region's control group
	Inspected                        // a supervisory body was drawn in
	Violations                       // … and found a violation
	Clean                            // … or none
	Ordered                          // … and ordered measures
)

// What is so now: counted under Today.
const (
	NowOpen     Measure = iota + 64
	NowNew              // nobody has it in hand
	NowControl          // the answer waits for a curator's word
	NowWaiting          // for the resident
	NowOverdue          // a deadline has passed
	NowDisputed         // came back from the resident
)

// Where the spans of time are counted: a measure for each length.
const (
	firstSpans Measure = 256
	finalSpans Measure = 1024
	mostSpans          = 600
)

// Dimension is by what something is counted.
type Dimension string

// The dimensions. What happened to an incident counts for where and what it is now: a topic that is mended is mended in
// the figures of the past, too.
const (
	InAll          Dimension = ""
	ByMunicipality Dimension = "m"
	ByTopic        Dimension = "t"
	ByBody         Dimension = "o"  // the organisation that the event concerns
	BySource       Dimension = "s"  // as SourceKey gives it, and each watched source
	ByPlaceTopic   Dimension = "mt" // municipality and topic, as PlaceTopic gives it
)

// PlaceTopic is the value of ByPlaceTopic.
func PlaceTopic(municipality, topic string) string { return municipality + "/" + topic }

// SourceKey is the value of BySource for all that comes by a kind of source of a channel.
func SourceKey(kind, channel string) string { return kind + "/" + channel }

// Sums are counts by measure.
type Sums map[Measure]int64

// Add adds other sums.
func (s Sums) Add(other Sums) {
	for m, n := range other {
		s[m] += n
	}
}

// First gives how long the first answers took at the share of them, 0.5 for the median: 0 where there are none. The
// spans are counted in classes, so it is within 4 % of the truth.
func (s Sums) First(share float64) time.Duration { return s.span(firstSpans, share) }

// Final is First for the final answers.
func (s Sums) Final(share float64) time.Duration { return s.span(finalSpans, share) }

func (s Sums) span(from Measure, share float64) time.Duration {
	var all int64
	for m, n := range s {
		if m >= from && m < from+mostSpans {
			all += n
		}
	}
	if all == 0 {
		return 0
	}
	rank := max(int64(float64(all)*share+0.9999), 1)
	for m := from; m < from+mostSpans; m++ {
		if rank -= s[m]; rank <= 0 {
			low, high := minutes(uint64(m-from)), minutes(uint64(m-from)+1)
			return time.Duration(low+high-1) * time.Minute / 2
		}
	}
	return 0
}

// class gives the class of a span in minutes: exact up to 15, then 16 classes for each doubling.
func class(m uint64) uint64 {
	if m < 16 {
		return m
	}
	e := uint64(bits.Len64(m)) - 5
	return min(e*16+m>>e, mostSpans-1)
}

// minutes gives the shortest span of a class.
func minutes(class uint64) uint64 {
	if class < 32 {
		return class
	}
	e := class/16 - 1
	return (class - e*16) << e
}

// Sums gives what was counted under one value of a dimension on the days [from, to).
func (tx *Tx) Sums(d Dimension, value string, from, to Day) (Sums, error) {
	all := Sums{}
	return all, tx.Daily(d, value, from, to, func(_ Day, s Sums) { all.Add(s) })
}

// Daily gives what was counted under one value of a dimension, each day of [from, to) on which anything was.
func (tx *Tx) Daily(d Dimension, value string, from, to Day, fn func(Day, Sums)) error {
	for day := from; day < to; day++ {
		k := key(spaceSums, uint64(day), string(d), value)
		v, err := tx.r.Get(k)
		if err != nil {
			return err
		}
		s := Sums{}
		if err := s.read(k, v); err != nil {
			return err
		}
		if len(s) > 0 {
			fn(day, s)
		}
	}
	return nil
}

// SumsBy gives what was counted on the days [from, to), by the values of a dimension.
func (tx *Tx) SumsBy(d Dimension, from, to Day) (map[string]Sums, error) {
	all := map[string]Sums{}
	return all, tx.DailyBy(d, from, to, func(value string, _ Day, more Sums) {
		if have := all[value]; have != nil {
			have.Add(more)
		} else {
			all[value] = more
		}
	})
}

// DailyBy gives what was counted on each day of [from, to), for each value of a dimension.
func (tx *Tx) DailyBy(d Dimension, from, to Day, fn func(value string, day Day, s Sums)) error {
	for day := from; day < to; day++ {
		prefix := key(spaceSums, uint64(day), string(d))
		var fault error
		err := tx.r.Scan(prefix, After(prefix), false, func(k, v []byte) bool {
			s := Sums{}
			if fault = s.read(k, v); fault == nil {
				fn(unplain(string(k[len(prefix):len(k)-1])), day, s)
			}
			return fault == nil
		})
		if err == nil {
			err = fault
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Now gives what is so now, by the values of a dimension.
func (tx *Tx) Now(d Dimension) (map[string]Sums, error) { return tx.SumsBy(d, Today, Today+1) }

func (s Sums) read(k, v []byte) error {
	c, err := unpack(k, v)
	for _, one := range c {
		s[one.m] = one.n
	}
	return err
}
