package flows

import (
	"time"

	"otklik/storage"
)

// muted tells whether what a person writes is not taken now. They are told once, and may still use their buttons and
// every command but the one that begins a report.
func (t *Turn) muted(command string) (bool, error) {
	p := t.Me
	if !t.ignored() || (command != "" && command != "new") {
		return false, nil
	}
	if p.Hushed || t.In.Group {
		return true, nil
	}
	p.Hushed = true
	if err := t.Tx.PutPerson(p); err != nil {
		return true, err
	}
	return true, t.Reply(t.Voice().Say("desk.muted", "At", t.Voice().At(p.Muted)))
}

// ignored tells whether whoever acts is muted now.
func (t *Turn) ignored() bool { return t.Me != nil && t.Now.Before(t.Me.Muted) && len(t.Me.Roles) == 0 }

// Mute takes nothing that a resident writes until a time; the zero time takes everything again. It is logged.
func (t *Turn) Mute(p *storage.Person, until time.Time, why string) error {
	action := "mute"
	if until.IsZero() {
		action = "unmute"
	}
	p.Muted, p.Hushed = until, false
	if err := t.Tx.PutPerson(p); err != nil {
		return err
	}
	return t.Tx.Log(&storage.Entry{At: t.Now, Action: action, Actor: t.Me.ID, Person: p.ID, Text: why, Until: until})
}
