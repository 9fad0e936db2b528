package report

import (
	"time"

	"otklik/flows"
	"otklik/storage"
)

// A draft is kept for a week; its author is reminded of it once.
const (
	Remind = 24 * time.Hour
	Keep   = 7 * 24 * time.Hour
)

const (
	remindTimer = name + ".remind"
	expireTimer = name + ".expire"
)

// start begins a draft and sets the timer that looks after it.
func start(t *flows.Turn, d *draft) error {
	event, err := d.next(t)
	if err != nil {
		return err
	}
	if err := t.Begin(name, event, d); err != nil {
		return err
	}
	return t.Later(remindTimer, Remind)
}

// remind tells the author of a draft that nothing was added to for a day, once, and asks again what was asked.
func remind(t *flows.Turn, timer *storage.Timer) error {
	if there, err := t.Visit(timer); err != nil || !there {
		return err
	}
	if idle := t.Idle(); idle < Remind {
		return t.Later(remindTimer, Remind-idle)
	}
	if t.Me.Unreachable { // nobody reads it; the draft does not stay for that
		return t.Later(expireTimer, Keep-t.Idle())
	}
	if err := t.Tell(t.Me, t.Voice().Say("report.remind"), 0); err != nil {
		return err
	}
	if err := t.AskAgain(); err != nil {
		return err
	}
	return t.Later(expireTimer, Keep-t.Idle())
}

// expire puts away a draft that nothing was added to for a week.
func expire(t *flows.Turn, timer *storage.Timer) error {
	if there, err := t.Visit(timer); err != nil || !there {
		return err
	}
	if idle := t.Idle(); idle < Keep {
		return t.Later(expireTimer, Keep-idle)
	}
	if _, err := t.Drop(); err != nil {
		return err
	}
	return t.Tell(t.Me, t.Voice().Say("report.expired"), 0)
}
