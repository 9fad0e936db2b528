package storage

import "time"

// Entry is what somebody of the staff did that concerns people, not an incident: invited, dismissed, muted.
type Entry struct {
	Seq    uint64    `json:"seq"` // from 1
	At     time.Time `json:"at"`
	Action string    `json:"action"`
	Actor  uint64    `json:"actor,omitempty"`  // person; 0 from the command line
	Person uint64    `json:"person,omitempty"` // whom it concerns
	Role   Role      `json:"role,omitzero"`
	Text   string    `json:"text,omitempty"`
	Until  time.Time `json:"until,omitzero"`
}

// Log appends to the staff's log and gives the entry its Seq.
func (tx *Tx) Log(e *Entry) error {
	seq, err := tx.Next("log")
	if err != nil {
		return err
	}
	e.Seq = seq
	return put(tx, key(spaceLog, seq), e)
}

// Logged gives the staff's log, newest first, until fn gives false.
func (tx *Tx) Logged(fn func(*Entry) bool) error {
	return scan(tx, key(spaceLog), true, func(_ []byte, e *Entry) bool { return fn(e) })
}

// Claim holds an incident for one curator while they decide.
type Claim struct {
	Person uint64    `json:"person"`
	Until  time.Time `json:"until"`
}

// Claimed gives who holds an incident, nil if nobody does now.
func (tx *Tx) Claimed(number uint64, now time.Time) (*Claim, error) {
	c, err := get[Claim](tx, key(spaceClaim, number))
	if c != nil && !now.Before(c.Until) {
		c = nil
	}
	return c, err
}

// Claim holds an incident for somebody.
func (tx *Tx) Claim(number uint64, c Claim) error { return put(tx, key(spaceClaim, number), c) }

// Unclaim lets an incident go.
func (tx *Tx) Unclaim(number uint64) error { return tx.w.Delete(key(spaceClaim, number)) }
