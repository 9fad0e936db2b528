package storage

import "time"

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
)

// States lists all states in the order of the lifecycle.
var States = []State{New, Assigned, Accepted, Waiting, Answered, Closed, Rejected, Merged, Withdrawn}

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
	Likely     string      `json:"likely,omitempty"`   // the organisation by the pack's route
	Forward    time.Time   `json:"forward,omitzero"`   // deadlines: route it until
	First      time.Time   `json:"first,omitzero"`     // first answer
	Final      time.Time   `json:"final,omitzero"`     // final answer
	Started    time.Time   `json:"started,omitzero"`   // from when the deadlines count
	Answering  time.Time   `json:"answering,omitzero"` // when the first answer was given
	Assignment *Assignment `json:"assignment,omitempty"`
	Answer     *Answer     `json:"answer,omitempty"` // the last final one: under control, returned or published
	Disputes   int         `json:"disputes,omitempty"`
	Solved     bool        `json:"solved,omitempty"` // the author said so
	Mark       int         `json:"mark,omitempty"`   // the author's, 1 to 5; 0 none
	Asked      time.Time   `json:"asked,omitzero"`   // when the author last asked «when?»
	Reason     string      `json:"reason,omitempty"` // why rejected or withdrawn
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

// Reporter is somebody who hears what becomes of the incident.
type Reporter struct {
	Person uint64 `json:"person"`
	Peer   string `json:"peer"` // where they reported
}

// Source is where the incident came from.
type Source struct {
	Kind    string `json:"kind"` // "chat"; "group", "wall", "feed" follow
	Channel string `json:"channel"`
	Name    string `json:"name,omitempty"`
	Link    string `json:"link,omitempty"` // of what was forwarded
}

// Assignment is an incident in the hands of one organisation.
type Assignment struct {
	Org        string    `json:"org"`
	By         uint64    `json:"by"`
	At         time.Time `json:"at"`
	AcceptedBy uint64    `json:"accepted_by,omitempty"`
	AcceptedAt time.Time `json:"accepted_at,omitzero"`
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
	stale := map[string]bool{}
	if old != nil {
		for _, k := range old.keys() {
			stale[string(k)] = true
		}
	}
	for _, k := range inc.keys() {
		if stale[string(k)] {
			delete(stale, string(k))
			continue
		}
		if err := tx.w.Put(k, nil); err != nil {
			return err
		}
	}
	for k := range stale {
		if err := tx.w.Delete([]byte(k)); err != nil {
			return err
		}
	}
	return put(tx, key(spaceIncident, inc.Number), inc)
}

// keys gives the incident's index entries.
func (inc *Incident) keys() [][]byte {
	ks := [][]byte{key(spaceByState, inc.State, inc.Number)}
	if inc.Assignment != nil {
		ks = append(ks, key(spaceByOrg, inc.Assignment.Org, inc.State, inc.Number))
	}
	for _, r := range inc.Reporters {
		ks = append(ks, key(spaceByPerson, r.Person, inc.Number))
	}
	return ks
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

// AddEvent appends an event to an incident's history and gives it its Seq.
func (tx *Tx) AddEvent(ev *Event) error {
	var seq uint64
	prefix := key(spaceEvent, ev.Incident)
	if err := tx.r.Scan(prefix, After(prefix), true, func(k, _ []byte) bool { seq = last(k); return false }); err != nil {
		return err
	}
	ev.Seq = seq + 1
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
