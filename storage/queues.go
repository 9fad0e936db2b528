package storage

import (
	"bytes"
	"encoding/binary"
	"time"
)

// The queues of open incidents. An incident may stand in several.
const (
	QueueFound    = "found" // in public, and nobody has judged it yet
	QueueNew      = "new"
	QueueWork     = "work"     // in the hands of a body, or of a resident who was asked
	QueueOverdue  = "overdue"  // a deadline has passed
	QueueControl  = "control"  // the answer waits for a curator's word
	QueueDisputed = "disputed" // came back from the resident
)

// Queues lists the queues in the order in which curators look at them.
var Queues = []string{QueueFound, QueueNew, QueueWork, QueueOverdue, QueueControl, QueueDisputed}

// QueueOf names the queue of what an organisation has in hand.
func QueueOf(org string) string { return "org:" + org }

// Queued is an incident in a queue.
type Queued struct {
	Number       uint64
	Due          time.Time // what is due next
	Municipality string
	Org          string
	Topic        string
}

// Due gives what is due next of an open incident.
func (inc *Incident) Due() time.Time {
	switch {
	case inc.State == New:
		return inc.Forward
	case inc.Answering.IsZero():
		return inc.First
	}
	return inc.Final
}

func (inc *Incident) queues() (list []entry) {
	var names []string
	org := ""
	if inc.Assignment != nil {
		org = inc.Assignment.Org
	}
	switch inc.State {
	case New:
		names = append(names, QueueNew)
	case Assigned, Accepted, Waiting:
		if org != "" {
			names = append(names, QueueWork, QueueOf(org))
		} else { // a curator asked before anybody had it
			names = append(names, QueueNew)
		}
	case Answered:
		names = append(names, QueueControl)
	}
	if inc.Late != "" {
		names = append(names, QueueOverdue)
	}
	if inc.Disputes > 0 && inc.State != Answered {
		names = append(names, QueueDisputed)
	}
	for _, name := range names {
		list = append(list, entry{key: key(spaceQueue, name, inc.Due(), inc.Place.Municipality, org, inc.Topic, inc.Number)})
	}
	return list
}

// Queue gives the incidents of a queue, what is due first before the others.
func (tx *Tx) Queue(name string, fn func(Queued) bool) error {
	prefix := key(spaceQueue, name)
	return tx.r.Scan(prefix, After(prefix), false, func(k, _ []byte) bool {
		if len(k) < len(prefix)+16 {
			return true
		}
		rest := k[len(prefix) : len(k)-8]
		q := Queued{Number: last(k), Due: moment(binary.BigEndian.Uint64(rest))}
		parts := bytes.SplitN(rest[8:], []byte{0}, 4)
		if len(parts) == 4 {
			q.Municipality, q.Org, q.Topic = unplain(string(parts[0])), unplain(string(parts[1])), unplain(string(parts[2]))
		}
		return fn(q)
	})
}

// moment is the time that stamp made a number of.
func moment(n uint64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(n^1<<63))
}
