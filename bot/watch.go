package bot

import (
	"context"
	"errors"
	"time"
)

// Watcher hears of what passes, for figures. Its methods return at once and are called from many goroutines; what they
// are shown they do not change.
type Watcher interface {
	// Came tells of an update that arrived, before its turn.
	Came(u *Update)
	// Took tells of an update that was worked off, or was not (err), and how long that took.
	Took(channel string, kind Kind, took time.Duration, err error)
	// Tried tells of a message that was taken, or was not (f), and how long the call took.
	Tried(channel string, p Priority, took time.Duration, f *Failure)
	// Left tells of a message that its messenger took, before the receipt is written down.
	Left(e *Entry)
}

// deaf hears nothing.
type deaf struct{}

func (deaf) Came(*Update)                                    {}
func (deaf) Took(string, Kind, time.Duration, error)         {}
func (deaf) Tried(string, Priority, time.Duration, *Failure) {}
func (deaf) Left(*Entry)                                     {}

// Call says what a call at a messenger was for. There are few, as each is a row of figures.
type Call string

// The calls.
const (
	CallPoll   Call = "poll"   // for updates
	CallSend   Call = "send"   // a message
	CallEdit   Call = "edit"   // a message that stands already, to its removal
	CallAnswer Call = "answer" // to a press
	CallUpload Call = "upload" // bytes of a photo, alone or with its message
	CallFetch  Call = "fetch"  // bytes of a photo
	CallOther  Call = "other"  // who we are, names, menus, settings
)

// What becomes of a call besides a Reason.
const (
	OutcomeOK      = "ok"
	OutcomeNetwork = "network" // no word of the messenger's own: cut, late, a page of something on the way
)

// CallOutcome gives what became of a call, for figures: OutcomeOK, OutcomeNetwork, or the reason that the messenger had.
// answered tells whether the messenger itself said «later». It is "" for a call that we gave up ourselves.
func CallOutcome(err error, answered bool) string {
	if err == nil {
		return OutcomeOK
	}
	switch f := FailureOf(err); {
	case f.Reason != Later || answered:
		return string(f.Reason)
	case errors.Is(err, context.Canceled):
		return ""
	}
	return OutcomeNetwork
}
