package year

import (
	"slices"
	"time"

	"otklik/storage"
)

// note is what the test itself notes of something that happened to an incident, beside the program's own events.
type note struct {
	at      time.Time
	planned time.Time // of what the desk does by itself: when it was to
	action  string
	to      storage.State
	org     string
	text    string // of a deadline or a rung: which; of a mark: the mark
	due     time.Time
	rung    int
	first   bool
	late    bool
	took    int64
	was     int
}

// phase is what counted from a moment on, as the ladder sees it.
type phase struct {
	at           time.Time
	org          string
	first, final time.Time // zero where they do not count
}

// passed is a deadline that was recorded as missed, or a rung of one.
type passed struct {
	what string
	rung int // -1: the deadline itself
	due  int64
}

// life is an incident as the test itself keeps it: what people did to it, and what has to follow by the pack's rules.
type life struct {
	w      *world
	number uint64
	state  storage.State
	held   storage.State
	topic  string
	place  string // municipality
	org    string
	likely string
	source storage.Source
	author *person
	curer  *person
	lead   *person

	raised, moved         bool
	started               time.Time
	stood                 time.Duration
	forward, first, final time.Time
	answering, answered   time.Time
	paused, waits         time.Time
	approved              time.Time
	promise               time.Time
	extension             time.Time
	asked                 time.Time
	disputes, whens, mark int
	solved                bool
	into                  *life
	parts                 int // merged into it, ever

	cursor    time.Time // what the desk does by itself is done until then
	done      map[passed]bool
	missed    map[string]time.Time // when a deadline was last recorded as missed
	rungs     map[rungKey]time.Time
	made      map[timer]time.Time // since when a rung has its time
	forwarded bool
	overdues  map[string]bool // the missed deadlines that still count
	told      map[string]bool // «when» and «dispute», by body
	notes     []note
	phases    []phase
	plans     int  // the last plan that counts
	dropped   bool // nobody will ever take it up
}

func (l *life) open() bool {
	switch l.state {
	case storage.New, storage.Assigned, storage.Accepted, storage.Waiting, storage.Answered:
		return true
	}
	return false
}

func (l *life) atBody() bool { return l.state == storage.Assigned || l.state == storage.Accepted }

func (l *life) before() bool { return l.state == storage.New || l.atBody() }

// clock sets the deadlines by the norms.
func (l *life) clock(from time.Time) {
	s, pack := l.w.slow, l.w.pack
	if !from.Equal(l.started) {
		l.started, l.stood, l.moved = from, 0, false
	}
	first, final := pack.Norms.First, pack.Norms.Final
	t := pack.Topic(l.topic)
	switch {
	case l.raised: // a curator's word is stronger than the topic's norm
		first = pack.Norms.FirstUrgent
	case !t.First.IsZero():
		first = t.First
	case t.Urgent:
		first = pack.Norms.FirstUrgent
	}
	if !t.Final.IsZero() {
		final = t.Final
	}
	l.forward = s.later(s.add(from, pack.Norms.Forward), l.stood)
	l.first = s.later(s.norm(from, first), l.stood)
	if !l.moved {
		l.final = s.later(s.norm(from, final), l.stood)
	}
}

// goes brings it into another state, at a time, and notes that.
func (l *life) goes(at time.Time, action string, to storage.State, more note) *note {
	was := l.state
	l.state = to
	pausedNow, pausedBefore := to == storage.Waiting || to == storage.Merged, was == storage.Waiting || was == storage.Merged
	switch {
	case pausedNow && !pausedBefore:
		l.held, l.paused = was, at
	case pausedBefore && !pausedNow:
		l.resumes(at)
	}
	more.at, more.action, more.to = at, action, to
	if more.org == "" {
		more.org = l.org
	}
	l.notes = append(l.notes, more)
	return &l.notes[len(l.notes)-1]
}

// resumes lets the clock run on: what was left of each deadline is left of it still.
func (l *life) resumes(at time.Time) {
	d := l.w.slow.between(l.paused, at)
	for _, due := range []*time.Time{&l.forward, &l.first, &l.final} {
		if due.After(l.paused) {
			*due = l.w.slow.later(*due, d)
		}
	}
	if l.promise.After(l.paused) && d > 0 {
		l.promise = l.w.slow.endOfDay(l.w.slow.later(l.promise, d))
	}
	l.stood += d
	l.paused, l.waits = time.Time{}, time.Time{}
}

// counting gives the deadlines that count now.
func (l *life) counting() map[string]time.Time {
	all := map[string]time.Time{}
	if l.state == storage.New {
		all["forward"] = l.forward
	}
	if l.before() && l.answering.IsZero() {
		all["first"] = l.first
	}
	if l.before() {
		all["final"] = l.final
	}
	return all
}

// late tells whether a deadline that was missed still counts.
func (l *life) late() bool { return l.open() && len(l.overdues) > 0 }

// forgets lets go of missed deadlines that were moved, or need not be kept any more.
func (l *life) forgets(now time.Time) {
	state := l.state
	if state == storage.Waiting || state == storage.Merged {
		state, now = l.held, l.paused
	}
	open := slices.Contains([]storage.State{storage.New, storage.Assigned, storage.Accepted, storage.Answered}, state)
	keep := map[string]bool{
		"forward": state == storage.New && !l.forward.After(now),
		"first":   open && l.answering.IsZero() && !l.first.After(now),
		"final":   open && !l.final.After(now),
	}
	for what := range l.overdues {
		if !keep[what] {
			delete(l.overdues, what)
		}
	}
}

// answers notes a first answer, if it is one.
func (l *life) answers(n *note) {
	if l.answering.IsZero() {
		l.answering = n.at
		n.first, n.took, n.late = true, int64(n.at.Sub(l.started)/time.Minute), n.at.After(l.first)
		l.w.span(l, spanFirst, n.took)
	}
}

// stands remembers what counts from now on.
func (l *life) stands(now time.Time) {
	p := phase{at: now, org: l.org}
	if l.atBody() {
		p.final = l.final
		if l.answering.IsZero() {
			p.first = l.first
		}
	}
	l.phases = append(l.phases, p)
	for _, a := range l.autos(now, l.w.plan.end) {
		if key := a.timer(); a.kind == "rung" && l.made[key].IsZero() {
			l.made[key] = now
		}
	}
}

// counted tells whether the ladder's deadline counts at a time for a body; certain is false where something happened at that
// very time.
func (l *life) counted(at time.Time, org, what string, due time.Time) (counts, certain bool) {
	certain = true
	for _, p := range l.phases {
		if p.at.After(at) {
			break
		}
		certain = !p.at.Equal(at)
		have := p.final
		if what == "first" {
			have = p.first
		}
		switch what {
		case "first", "final":
			counts = p.org == org && have.Equal(due) && !due.IsZero()
		default: // what residents said
			counts = p.org == org && !p.final.IsZero()
		}
	}
	return counts, certain
}
