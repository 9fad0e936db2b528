package bot

import "time"

// Watcher hears of what passes, for figures. Its methods return at once and are called from many goroutines.
type Watcher interface {
	// Took tells of an update that was worked off, or was not (err), and how long that took.
	Took(channel string, kind Kind, took time.Duration, err error)
	// Tried tells of a message that was taken, or was not (f), and how long the call took.
	Tried(channel string, p Priority, took time.Duration, f *Failure)
}

// deaf hears nothing.
type deaf struct{}

func (deaf) Took(string, Kind, time.Duration, error)         {}
func (deaf) Tried(string, Priority, time.Duration, *Failure) {}
