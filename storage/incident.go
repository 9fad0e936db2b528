package storage

import (
	"bytes"
	"slices"
	"time"
)

// State of an incident, as the lifecycle has it.
type State string

// The states.
const (
	New       State = "new"
	Assigned  State = "assigned"
	Accepted  State = "accepted"
	Waiting   State = "waiting"
	Answered  State = "answered"
	Closed    State = "closed"
	Rejected  State = "rejected"
	Merged    State = "merged"
	Withdrawn State = "withdrawn"
	Settled   State = "settled" // the time to dispute the answer is over

	// Before it is an incident at all: somebody wrote of it in public, and no curator has judged it yet, or one has and it
	// is no problem.
	Found  State = "found"
	Passed State = "passed"
)

// States lists all states in the order of the lifecycle.
var States = []State{New, Assigned, Accepted, Waiting, Answered, Closed, Settled, Rejected, Merged, Withdrawn, Found, Passed}

// Open tells whether an incident in this state is being worked on.
func (s State) Open() bool {
	switch s {
	case New, Assigned, Accepted, Waiting, Answered:
		return true
	}
	return false
}

// Paused tells whether the clock stands in this state.
func (s State) Paused() bool { return s == Waiting || s == Merged }

// Incident is one problem with everything known of it. Times are instants; show them in the region's zone.
type Incident struct {
	Number     uint64      `json:"number"`
	State      State       `json:"state"`
	Version    uint64      `json:"version"` // grows with every event
	Created    time.Time   `json:"created"`
	Changed    time.Time   `json:"changed"`
	Topic      string      `json:"topic"`
	Urgent     bool        `json:"urgent,omitempty"`
	Text       string      `json:"text,omitempty"`
	Photos     []string    `json:"photos,omitempty"` // media ids
	Place      Place       `json:"place"`
	Reporters  []Reporter  `json:"reporters"` // the author first
	Source     Source      `json:"source"`
	Likely     string      `json:"likely,omitempty"`   // the organisation by the pack's route, or by what curators decided
	Forward    time.Time   `json:"forward,omitzero"`   // deadlines: route it until
	First      time.Time   `json:"first,omitzero"`     // first answer
	Final      time.Time   `json:"final,omitzero"`     // final answer
	Started    time.Time   `json:"started,omitzero"`   // from when the deadlines count
	Answering  time.Time   `json:"answering,omitzero"` // when the first answer was given
	Assignment *Assignment `json:"assignment,omitempty"`
	Answer     *Answer     `json:"answer,omitempty"` // the last final one: under control, returned or published
	Disputes   int         `json:"disputes,omitempty"`
	Reason     string      `json:"reason,omitempty"` // why rejected or withdrawn

	Raised    bool          `json:"raised,omitempty"`    // Urgent is a curator's word, not the topic's
	Late      string        `json:"late,omitempty"`      // the deadline that passed last: "forward", "first" or "final"
	Moved     bool          `json:"moved,omitempty"`     // Final is a curator's word, not the norm's
	Held      State         `json:"held,omitempty"`      // waiting or merged: the state that it returns to
	Paused    time.Time     `json:"paused,omitzero"`     // waiting or merged: since when the clock stands
	Stood     time.Duration `json:"stood,omitempty"`     // working time that the clock has stood since Started
	Wait      *Wait         `json:"wait,omitempty"`      // waiting: for what
	Into      uint64        `json:"into,omitempty"`      // merged: into which incident
	Merged    []uint64      `json:"merged,omitempty"`    // the incidents that are merged into this one
	Alike     int           `json:"alike,omitempty"`     // how many like it were open when its topic and place were set
	Origin    uint64        `json:"origin,omitempty"`    // the incident that this one was split off from
	Extension *Extension    `json:"extension,omitempty"` // the body asks for more time
	Promise   *Promise      `json:"promise,omitempty"`   // of the last interim answer
	Hidden    []string      `json:"hidden,omitempty"`    // photos that residents do not see
	Posts     int           `json:"posts,omitempty"`     // how many messages in public speak of it
	Sure      *Sureness     `json:"sure,omitempty"`      // how sure the judge was of what it proposed
	Taught    Labels        `json:"taught,omitzero"`     // what the curators' decisions on it have taught
	Filed     float64       `json:"filed,omitempty"`     // so sure was the desk itself when it took it for a problem; 0: a curator did

	Inspections []Inspection `json:"inspections,omitempty"` // by supervisory bodies, in the order in which they were drawn in
}

// Sureness is how likely the judge holds what it proposed, each from 0 to 1. Problem and Topic are of found messages.
type Sureness struct {
	Problem float64 `json:"problem"`
	Topic   float64 `json:"topic,omitempty"`
	Org     float64 `json:"org,omitempty"`     // of Likely; 0 where only the pack's route spoke
	Learned bool    `json:"learned,omitempty"` // Problem is also by what curators decided before
	Known   uint64  `json:"known,omitempty"`   // the open incident that it may be about
}

// Wait is a question to the residents that keeps an incident waiting.
type Wait struct {
	Text  string    `json:"text"`
	By    uint64    `json:"by"`
	As    RoleKind  `json:"as"`
	Org   string    `json:"org,omitempty"` // who asks; "" the curators
	At    time.Time `json:"at"`
	Until time.Time `json:"until"` // then it goes on without an answer
}

// Extension is a body's wish for a later final deadline; a curator decides.
type Extension struct {
	Due    time.Time `json:"due"`
	Reason string    `json:"reason"`
	By     uint64    `json:"by"`
	At     time.Time `json:"at"`
}

// Promise is what an interim answer says will be done, and by when.
type Promise struct {
	Due  time.Time `json:"due"` // the end of the promised day; it stands with the clock
	Text string    `json:"text"`
	By   uint64    `json:"by"`
	At   time.Time `json:"at,omitzero"` // when it was given
}

// Place is where the problem is. Municipality is always known once the incident exists.
type Place struct {
	Municipality string  `json:"municipality,omitempty"` // code
	Settlement   string  `json:"settlement,omitempty"`   // OKTMO
	Label        string  `json:"label,omitempty"`        // for people: «Киров, ул. Ленина, 12»
	Street       string  `json:"street,omitempty"`
	House        string  `json:"house,omitempty"`
	Lat          float64 `json:"lat,omitempty"`
	Lon          float64 `json:"lon,omitempty"`
	Point        bool    `json:"point,omitempty"` // Lat and Lon are set
}

// Reporter is somebody who hears what becomes of the incident and has the last word on its answer.
type Reporter struct {
	Person  uint64    `json:"person"`
	Peer    string    `json:"peer"`              // where they reported
	Follows bool      `json:"follows,omitempty"` // joined what somebody else had reported
	From    uint64    `json:"from,omitempty"`    // came with this incident, which is merged into this one
	Solved  bool      `json:"solved,omitempty"`  // said so of the last answer
	Mark    int       `json:"mark,omitempty"`    // for the last answer, 1 to 5; 0 none
	Asked   time.Time `json:"asked,omitzero"`    // when they last asked «when?»
}

// Reporter gives a person's place among the reporters, nil if they are none of them.
func (inc *Incident) Reporter(person uint64) *Reporter {
	for i := range inc.Reporters {
		if inc.Reporters[i].Person == person {
			return &inc.Reporters[i]
		}
	}
	return nil
}

// Solved tells whether a reporter said that the answer solved it.
func (inc *Incident) Solved() bool {
	return slices.ContainsFunc(inc.Reporters, func(r Reporter) bool { return r.Solved })
}

// Mark gives the mean of the reporters' marks, 0 if there is none.
func (inc *Incident) Mark() float64 {
	sum, n := 0, 0
	for _, r := range inc.Reporters {
		if r.Mark > 0 {
			sum, n = sum+r.Mark, n+1
		}
	}
	return float64(sum) / float64(max(n, 1))
}

// Public gives those of the photos that residents may see.
func (inc *Incident) Public(photos []string) []string {
	return slices.DeleteFunc(slices.Clone(photos), func(id string) bool { return slices.Contains(inc.Hidden, id) })
}

// Source is where the incident came from.
type Source struct {
	Kind    string `json:"kind"` // "chat", or "found" for what stood in public
	Channel string `json:"channel"`
	Name    string `json:"name,omitempty"`
	Link    string `json:"link,omitempty"` // of what was forwarded
	Org     string `json:"org,omitempty"`  // whose page it stood on
}

// Assignment is an incident in the hands of one organisation.
type Assignment struct {
	Org        string    `json:"org"`
	By         uint64    `json:"by"`
	At         time.Time `json:"at"`
	AcceptedBy uint64    `json:"accepted_by,omitempty"`
	AcceptedAt time.Time `json:"accepted_at,omitzero"`
	Lead       uint64    `json:"lead,omitempty"` // who works on it: took it, or had it handed over
}

// Answer is an organisation's final answer.
type Answer struct {
	Org        string    `json:"org"`
	Text       string    `json:"text"`
	Photos     []string  `json:"photos,omitempty"`
	By         uint64    `json:"by"`
	At         time.Time `json:"at"`
	ApprovedBy uint64    `json:"approved_by,omitempty"`
	ApprovedAt time.Time `json:"approved_at,omitzero"`
}

// Event is one change of an incident: who, when, what, from which state to which.
type Event struct {
	Incident uint64    `json:"incident"`
	Seq      uint64    `json:"seq"` // from 1
	At       time.Time `json:"at"`
	Action   string    `json:"action"`
	From     State     `json:"from,omitempty"`
	To       State     `json:"to"`
	Actor    uint64    `json:"actor,omitempty"` // person; 0 the desk itself
	As       RoleKind  `json:"as,omitempty"`
	Org      string    `json:"org,omitempty"` // the organisation it concerns
	Text     string    `json:"text,omitempty"`
	Photos   []string  `json:"photos,omitempty"`
	Public   bool      `json:"public,omitempty"` // the resident may read Text
	Due      time.Time `json:"due,omitzero"`     // a deadline or a date that the event sets
	Why      string    `json:"why,omitempty"`    // the code of the reason, where one was chosen
	Other    uint64    `json:"other,omitempty"`  // the other incident: merged, split off
	Person   uint64    `json:"person,omitempty"` // whom it concerns: the colleague that it was handed to

	// For the figures.
	Day   Day   `json:"day,omitempty"`   // At in the region's zone
	First bool  `json:"first,omitempty"` // the first answer since the clock began; of routing, the first
	Took  int64 `json:"took,omitempty"`  // since the clock began, in minutes, where that counts
	Late  bool  `json:"late,omitempty"`  // a deadline was not kept
	Was   int   `json:"was,omitempty"`   // what this takes the place of: a mark of 1 to 5, or how an inspection had ended, see WasViolation
	Since Day   `json:"since,omitempty"` // of an amended finding: the day of the first, for which it counts
}

// Incident gives an incident by number, nil if there is none.
func (tx *Tx) Incident(number uint64) (*Incident, error) {
	return get[Incident](tx, key(spaceIncident, number))
}

// PutIncident keeps an incident and the indexes that find it.
func (tx *Tx) PutIncident(inc *Incident) error {
	old, err := tx.Incident(inc.Number)
	if err != nil {
		return err
	}
	stale := map[string][]byte{}
	if old != nil {
		for _, e := range old.index() {
			stale[string(e.key)] = e.value
		}
	}
	for _, e := range inc.index() {
		was, there := stale[string(e.key)]
		delete(stale, string(e.key))
		if there && bytes.Equal(was, e.value) {
			continue
		}
		if err := tx.w.Put(e.key, e.value); err != nil {
			return err
		}
	}
	for k := range stale {
		if err := tx.w.Delete([]byte(k)); err != nil {
			return err
		}
	}
	if err := tx.recount(old, inc); err != nil {
		return err
	}
	return put(tx, key(spaceIncident, inc.Number), inc)
}

// entry is an entry of an index.
type entry struct{ key, value []byte }

// index gives the entries that find the incident.
func (inc *Incident) index() []entry {
	list := []entry{{key: key(spaceByState, inc.State, inc.Number)}}
	if inc.Assignment != nil {
		list = append(list, entry{key: key(spaceByOrg, inc.Assignment.Org, inc.State, inc.Number)})
	}
	for _, r := range inc.Reporters {
		list = append(list, entry{key: key(spaceByPerson, r.Person, inc.Number)})
		if inc.State == Waiting {
			list = append(list, entry{key: key(spaceWaits, r.Person, inc.Number)})
		}
	}
	list = append(list, inc.inspected()...)
	switch {
	case inc.State.Open():
		list = append(list, inc.places()...)
		list = append(list, inc.queues()...)
	case inc.State == Found:
		list = append(list, inc.found()...)
	}
	return list
}

// ByState gives the numbers of incidents in a state, oldest first.
func (tx *Tx) ByState(s State, skip, limit int) ([]uint64, error) {
	return tx.numbers(key(spaceByState, s), skip, limit, false)
}

// ByOrg gives the numbers of an organisation's incidents in a state, oldest first.
func (tx *Tx) ByOrg(org string, s State, skip, limit int) ([]uint64, error) {
	return tx.numbers(key(spaceByOrg, org, s), skip, limit, false)
}

// ByPerson gives the numbers of the incidents that a person reported or follows, newest first.
func (tx *Tx) ByPerson(person uint64, skip, limit int) ([]uint64, error) {
	return tx.numbers(key(spaceByPerson, person), skip, limit, true)
}

// WaitFor gives the numbers of the incidents that wait for a person's answer or for that of somebody whose report they
// follow, newest first.
func (tx *Tx) WaitFor(person uint64) ([]uint64, error) {
	return tx.numbers(key(spaceWaits, person), 0, 1<<30, true)
}

// AddEvent appends an event to an incident's history, gives it its Seq and counts it.
func (tx *Tx) AddEvent(inc *Incident, ev *Event) error {
	var seq uint64
	prefix := key(spaceEvent, ev.Incident)
	if err := tx.r.Scan(prefix, After(prefix), true, func(k, _ []byte) bool { seq = last(k); return false }); err != nil {
		return err
	}
	ev.Seq = seq + 1
	if err := tx.trace(ev); err != nil {
		return err
	}
	if err := tx.count(inc.rows(ev.day(), ev.Org), ev.counts(), 1); err != nil {
		return err
	}
	return put(tx, key(spaceEvent, ev.Incident, ev.Seq), ev)
}

// Events gives an incident's history, oldest first.
func (tx *Tx) Events(number uint64) (list []Event, err error) {
	err = scan(tx, key(spaceEvent, number), false, func(_ []byte, ev *Event) bool {
		list = append(list, *ev)
		return true
	})
	return list, err
}

// Rebuild writes all entries that find an incident: it was kept by a version that had fewer of them.
func (tx *Tx) Rebuild(inc *Incident) error {
	for _, e := range inc.index() {
		if err := tx.w.Put(e.key, e.value); err != nil {
			return err
		}
	}
	return nil
}
