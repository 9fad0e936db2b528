package bot

import "time"

// pace keeps a Rate. Two rules hold together: the bucket (an event each Per/Events, Burst at once), and that no window
// of Per has more than Events, or than one burst if that is more. Calls reach the messenger later than they leave here,
// and not equally late, so both keep a margin.
type pace struct {
	every  time.Duration // an event's share of time; 0 is no limit
	slack  time.Duration // how far a burst may run ahead of its shares
	due    time.Time     // when all that was spent is paid for
	window time.Duration
	last   []time.Time // a ring of the last events, oldest at head; nil where the bucket alone keeps the window
	head   int
}

// withMargin stretches a time that a messenger asks for by a twentieth.
func withMargin(d time.Duration) time.Duration { return d + d/20 }

func newPace(r Rate) pace {
	if r.Events <= 0 || r.Per <= 0 {
		return pace{}
	}
	burst := max(r.Burst, 1)
	p := pace{window: withMargin(r.Per)}
	p.every = p.window / time.Duration(r.Events)
	p.slack = time.Duration(burst-1) * p.every
	if burst > 1 && r.Events > 1 {
		p.last = make([]time.Time, max(r.Events, burst))
	}
	return p
}

// ready gives the first time from now on when an event may happen.
func (p *pace) ready(now time.Time) time.Time {
	at := now
	if t := p.due.Add(-p.slack); t.After(at) {
		at = t
	}
	if p.last != nil {
		if oldest := p.last[p.head]; !oldest.IsZero() && oldest.Add(p.window).After(at) {
			at = oldest.Add(p.window)
		}
	}
	return at
}

// spend notes n events now, whether they were due or not: what is too much is paid for by those that follow.
func (p *pace) spend(now time.Time, n int) {
	if p.every == 0 {
		return
	}
	if p.due.Before(now) {
		p.due = now
	}
	p.due = p.due.Add(time.Duration(n) * p.every)
	for range min(n, len(p.last)) {
		p.last[p.head] = now
		p.head = (p.head + 1) % len(p.last)
	}
}

// rested gives the time from which this pace is no different from a new one.
func (p *pace) rested() time.Time {
	at := p.due
	if p.last != nil {
		newest := p.last[(p.head+len(p.last)-1)%len(p.last)]
		if t := newest.Add(p.window); !newest.IsZero() && t.After(at) {
			at = t
		}
	}
	return at
}
