package flows

import (
	"slices"
	"time"

	"otklik/storage"
)

// Clock sets the incident's deadlines by its topic's norms, counted from a time. A final deadline that a curator set
// stays as it is while that clock runs.
func (t *Turn) Clock(inc *storage.Incident, from time.Time) {
	if inc.State == storage.Found { // no clock runs yet
		topic := t.e.Pack.Topic(inc.Topic)
		inc.Urgent = inc.Raised || topic != nil && topic.Urgent
		return
	}
	if !from.Equal(inc.Started) {
		inc.Started, inc.Stood, inc.Moved = from, 0, false
	}
	norms := t.e.Pack.Norms
	first, final := norms.First, norms.Final
	topic := t.e.Pack.Topic(inc.Topic)
	inc.Urgent = inc.Raised || topic != nil && topic.Urgent
	if inc.Urgent {
		first = norms.FirstUrgent
	}
	if topic != nil {
		if !topic.First.IsZero() && !inc.Raised {
			first = topic.First
		}
		if !topic.Final.IsZero() {
			final = topic.Final
		}
	}
	inc.Forward = t.on(t.e.work.AddDuration(from, norms.Forward), inc.Stood)
	inc.First = t.on(t.e.work.Add(from, first), inc.Stood)
	if !inc.Moved {
		inc.Final = t.on(t.e.work.Add(from, final), inc.Stood)
	}
}

// on gives a deadline so much working time later.
func (t *Turn) on(due time.Time, d time.Duration) time.Time {
	if d > 0 {
		due = t.e.work.AddDuration(due, d)
	}
	return round(due)
}

// round brings a deadline to the next quarter of an hour: people are told such times, and working hours end at them.
func round(t time.Time) time.Time {
	const quarter = 15 * time.Minute
	if r := t.Truncate(quarter); !r.Equal(t) {
		return r.Add(quarter)
	}
	return t
}

// stand stops the clock of an incident that begins to wait or is merged, and lets it run on when that ends: what was
// left of each deadline in working time is left of it still.
func (t *Turn) stand(inc *storage.Incident, was storage.State) {
	switch stands := inc.State.Paused(); {
	case stands && !was.Paused():
		inc.Held, inc.Paused = was, t.Now
	case !stands && was.Paused():
		d := max(t.e.work.Between(inc.Paused, t.Now), 0)
		for _, due := range []*time.Time{&inc.Forward, &inc.First, &inc.Final} {
			if due.After(inc.Paused) {
				*due = t.on(*due, d)
			}
		}
		if p := inc.Promise; p != nil && p.Due.After(inc.Paused) && d > 0 {
			moved := *p
			moved.Due = t.EndOfDay(t.on(p.Due, d))
			inc.Promise = &moved
		}
		inc.Stood += d
		inc.Held, inc.Paused, inc.Wait = "", time.Time{}, nil
	}
}

// late forgets a passed deadline that does not count any more, and falls back on another that does.
func (t *Turn) late(inc *storage.Incident) error {
	if inc.Late == "" || t.missed(inc, inc.Late) {
		return nil
	}
	inc.Late = ""
	for _, what := range []string{"final", "first"} {
		if t.missed(inc, what) {
			inc.Late = what
			return nil
		}
	}
	if !t.missed(inc, "forward") {
		return nil
	}
	events, err := t.Tx.Events(inc.Number)
	for _, ev := range slices.Backward(events) { // it may have passed while a body had it in hand, which is no miss
		switch {
		case ev.Action == string(Assign):
			return err
		case ev.Action == string(Overdue) && ev.Text == "forward":
			inc.Late = "forward"
			return err
		}
	}
	return err
}

// missed tells whether a deadline has passed and counts, or will again when the clock runs on.
func (t *Turn) missed(inc *storage.Incident, what string) bool {
	state, now := inc.State, t.Now
	if state.Paused() {
		state, now = inc.Held, inc.Paused
	}
	switch what {
	case "forward":
		return state == storage.New && !inc.Forward.After(now)
	case "first":
		return state.Open() && inc.Answering.IsZero() && !inc.First.After(now)
	}
	return state.Open() && !inc.Final.After(now)
}

// EndOfDay gives the hour of a date at which working days end.
func (t *Turn) EndOfDay(day time.Time) time.Time {
	y, m, d := day.In(t.e.zone).Date()
	end, err := time.Parse("15:04", t.e.Pack.Calendar.End)
	if err != nil {
		return time.Date(y, m, d, 18, 0, 0, 0, t.e.zone)
	}
	return time.Date(y, m, d, end.Hour(), end.Minute(), 0, 0, t.e.zone)
}

// Polite moves a time out of the quiet hours, to their end.
func (t *Turn) Polite(at time.Time) time.Time { return t.e.polite(at) }

// After sets a timer about an incident.
func (t *Turn) After(kind string, inc *storage.Incident, due time.Time, data string) error {
	return t.Tx.AddTimer(&storage.Timer{Due: due, Kind: kind, Incident: inc.Number, Data: data})
}

// Local is the present moment in the region's zone.
func (t *Turn) Local() time.Time { return t.Now.In(t.e.zone) }

// Workday tells whether a date has working hours.
func (t *Turn) Workday(day time.Time) bool {
	end := t.EndOfDay(day)
	return t.e.work.Between(end.Add(-12*time.Hour), end) > 0
}

// StartOfDay gives the hour of a date at which working days begin.
func (t *Turn) StartOfDay(day time.Time) time.Time {
	y, m, d := day.In(t.e.zone).Date()
	at, err := time.Parse("15:04", t.e.Pack.Calendar.Start)
	if err != nil {
		return time.Date(y, m, d, 9, 0, 0, 0, t.e.zone)
	}
	return time.Date(y, m, d, at.Hour(), at.Minute(), 0, 0, t.e.zone)
}
