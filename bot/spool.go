package bot

import (
	"context"
	"time"
)

// Priority says what leaves first.
type Priority uint8

// The priorities, first to last.
const (
	Reply  Priority = iota // to somebody who is waiting
	Notice                 // something happened
	Digest                 // can wait
)

// Ticket is a message that waits in the spool, without its words.
type Ticket struct {
	ID        uint64 // grows with time
	Peer      Peer
	Group     bool // Peer is a group
	Priority  Priority
	NotBefore time.Time // zero: now
	Since     time.Time // when it was written; zero: now
}

// since gives from when on the message has waited.
func (t Ticket) since(now time.Time) time.Time {
	at := t.Since
	if t.NotBefore.After(at) {
		at = t.NotBefore
	}
	if at.IsZero() || at.After(now) {
		return now
	}
	return at
}

// Entry is a ticket with its words, as they are now: a card that changed since the ticket was given has the new ones.
type Entry struct {
	Ticket
	Rev      uint64  // changes whenever the words change
	Edit     Ref     // the message to change; "" to send a new one
	Key      string  // for Channel.Send and Edit
	Message  Message // its photos with all that is known of them
	Attempts int     // failed ones so far
	Hurry    bool    // with Sent: another message of its chat waits for the receipt
	// Updates are the trails of those that it follows from, the latest last: one edit stands for all before it.
	Updates []string
}

// Spool is the durable queue that the outbox works off. The flows engine fills it in the transaction of the update.
// Each method that changes something returns after the commit.
type Spool interface {
	// Waiting gives every ticket, oldest first: for the start.
	Waiting(ctx context.Context) ([]Ticket, error)
	// Load gives the entry as it is now; ok is false when it is gone (withdrawn, or sent already).
	Load(ctx context.Context, id uint64) (e Entry, ok bool, err error)
	// Sent records the receipt. When the words changed while they were on their way, the entry stays, as an edit of
	// what was sent, and again is true.
	// A receipt may wait for others to be recorded with, unless the entry is in a hurry.
	Sent(ctx context.Context, e Entry, r Receipt) (again bool, err error)
	// Hasten has receipts that wait be recorded at once: another message has come that must not leave before.
	Hasten()
	// Failed records a failure. The entry stays if it is to be tried again (retry is then its time), otherwise it is
	// gone and what must follow (the person is marked as unreachable, the group's new id is kept) is done.
	Failed(ctx context.Context, e Entry, f *Failure, retry time.Time) error
}
