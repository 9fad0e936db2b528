package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Sink takes one update and returns when everything that follows from it is durable. An error means that nothing was
// kept: the adapter must not confirm the update to its messenger, and gives it again later. Updates of one peer are
// worked off in the order of the calls; calls for different peers may run side by side.
type Sink func(ctx context.Context, u Update) error

// Channel is a messenger, or what behaves like one. Its adapter is the only package that knows the messenger.
type Channel interface {
	// Name is the channel's name in every Peer: short, lower case, for ever the same.
	Name() string
	// Limits says what the messenger bears.
	Limits() Limits
	// Run receives updates until ctx ends, and gives each to sink. It survives every fault of the network and of the
	// messenger; it returns an error only for what a person has to mend (a token that is refused).
	Run(ctx context.Context, sink Sink) error
	// Send posts a message. key is the same for every attempt at the same message: a channel that can makes repeats
	// harmless with it. Photos that the channel does not know come as bytes through open, files always do.
	// Errors are a *Failure wherever the cause is known.
	Send(ctx context.Context, to Peer, m Message, key string, open Opener) (Receipt, error)
	// Edit changes a message that was sent. What it cannot change in place it posts anew, and the receipt says so by
	// another Ref. A message that already reads so is a success. What was made stays as it is, unless the channel knows
	// that something else is to be made, or cannot tell of a picture.
	Edit(ctx context.Context, to Peer, ref Ref, m Message, key string, open Opener) (Receipt, error)
}

// Receipt is what a messenger says of a message that it took.
type Receipt struct {
	Ref   Ref      // the message that carries the text and the buttons
	More  []Ref    // further messages that the same Message became: the other photos of an album
	Media []string // by which name the channel knows each of the message's photos from now on; "" where it told none
	Link  string   // the message's own address, for a browser; "" where it has none
}

// Opener gives the bytes of a photo, wherever they are: in our keeping or at another messenger; what is made, it has made.
// The bytes of what is made may be had again and again while the message leaves, and their reader is an io.Seeker.
// A *Failure with the reason Never means that there are none and will be none: the message goes without them.
type Opener func(ctx context.Context, m Media) (io.ReadCloser, error)

// Limits of a messenger. Lengths are in UTF-16 code units, as messengers count. A zero Rate is no limit.
type Limits struct {
	Text    int  // longest text
	Caption int  // longest text beside a photo
	Photos  int  // most photos in one message
	Rows    int  // most rows of inline buttons
	Columns int  // most buttons in a row
	Buttons int  // most buttons in all
	Data    int  // longest button data, in bytes
	Bold    bool // a text can stand out

	All   Rate // everything that leaves
	Chat  Rate // one private chat
	Group Rate // one group
}

// Rate allows Events in Per, evenly, with Burst at once.
type Rate struct {
	Events int
	Per    time.Duration
	Burst  int
}

// Abilities that not every channel has.
type (
	// Answerer tells a person who pressed a button that the press arrived. note may be empty; alert makes it a window
	// that must be closed. An answer that comes too late is no error.
	Answerer interface {
		Answer(ctx context.Context, press, note string, alert bool) error
	}
	// Fetcher gives the bytes of a photo that the channel knows.
	Fetcher interface {
		Fetch(ctx context.Context, ref string) (io.ReadCloser, error)
	}
	// Linker makes the link that opens a private chat with the bot and gives it a start word. "" while it is not known.
	Linker interface {
		Link(start string) string
	}
	// Locator finds the source that an address of the channel's own network stands for, by its form alone; false for
	// any other. Its peer may go on under a lasting name once the channel has read it (Found).
	Locator interface {
		Locate(address string) (Source, bool)
	}
	// Reporter tells when the messenger was last heard of: it answered a poll, or brought something. Zero is never.
	Reporter interface {
		LastHeard() time.Time
	}
	// Commander shows each role its commands. peer is zero for everybody.
	Commander interface {
		SetCommands(ctx context.Context, peer Peer, language string, list []Command) error
	}
	// Server has pages or webhooks of its own on the listen address.
	Server interface {
		Routes(mux *http.ServeMux)
	}
)

// Source is something public that is watched: a group, a channel, a community's page, a feed. What does not come by
// itself is asked for again and again, by the channel of its peer.
type Source struct {
	Peer    Peer
	Address string    // for a browser
	Since   time.Time // what stood there before is not for us
}

// Command is a line of a messenger's command menu.
type Command struct{ Name, Description string }

// Reason classifies a failed call; the core decides what follows.
type Reason string

// The reasons.
const (
	Later    Reason = "later"    // again after Failure.After, or when the core thinks best
	Never    Reason = "never"    // the messenger will not take this message, whoever asks
	NoPeer   Reason = "no_peer"  // the person blocked the bot or is gone; the group removed it
	MovedOn  Reason = "moved_on" // the group goes on as Failure.To
	NoRef    Reason = "no_ref"   // the message to edit is not there any more, or too old: send it anew
	NoRights Reason = "no_right" // the token is refused: somebody has to mend it
)

// Failure is a call that a messenger refused or that did not reach it. It never holds a token.
type Failure struct {
	Reason Reason
	After  time.Duration // Later: not before
	Whole  bool          // Later: the whole channel waits, not only this chat
	To     string        // MovedOn: the chat's new id
	Err    error
}

func (f *Failure) Error() string { return fmt.Sprintf("%s: %v", f.Reason, f.Err) }

func (f *Failure) Unwrap() error { return f.Err }

// FailureOf finds the failure in err; an error that nobody classified is worth another try.
func FailureOf(err error) *Failure {
	if f, ok := errors.AsType[*Failure](err); ok {
		return f
	}
	return &Failure{Reason: Later, Err: err}
}
