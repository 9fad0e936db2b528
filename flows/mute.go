package flows

import (
	"time"

	"otklik/storage"
)

// muted tells whether what a person writes is not taken now. They are told once, and may still use their buttons and
// every command but the one that begins a report; and they may answer what they are asked.
func (t *Turn) muted(command string) (bool, error) {
	if !t.ignored() || (command != "" && command != "new") {
		return false, nil
	}
	if command == "" && !t.In.Group {
		asked, err := t.Tx.WaitFor(t.Me.ID)
		if err != nil || len(asked) > 0 {
			return false, err
		}
	}
	return true, t.hushed()
}

// hushed tells a muted person that nothing is taken of them, once.
func (t *Turn) hushed() error {
	p := t.Me
	if p.Hushed || t.In.Group {
		return nil
	}
	p.Hushed = true
	if err := t.Tx.PutPerson(p); err != nil {
		return err
	}
	return t.Reply(t.Voice().Say("desk.muted", "At", t.Voice().At(p.Muted)))
}

// heeds tells whether a flow takes what whoever acts writes: of a muted person, only one that takes answers does.
func (t *Turn) heeds(f *Flow) bool { return f == nil || f.Between != nil || !t.ignored() }

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
