package flows

import (
	"fmt"
	"time"

	"otklik/storage"
)

// HeldFor is how long an incident is held for a curator who opened an action.
const HeldFor = 2 * time.Minute

const claimTimer = "desk.claim"

// Claim holds an incident for whoever acts: other curators see who decides, and nobody overwrites.
func (t *Turn) Claim(inc *storage.Incident) error {
	if err := t.free(inc, storage.Curator); err != nil {
		return err
	}
	until := t.Now.Add(HeldFor)
	if err := t.Tx.Claim(inc.Number, storage.Claim{Person: t.Me.ID, Until: until}); err != nil {
		return err
	}
	if err := t.After(claimTimer, inc, until, ""); err != nil {
		return err
	}
	return t.Refresh(inc)
}

// Unclaim lets an incident go, if whoever acts holds it.
func (t *Turn) Unclaim(inc *storage.Incident) error {
	c, err := t.Tx.Claimed(inc.Number, t.Now)
	if err != nil || c == nil || c.Person != t.Me.ID {
		return err
	}
	if err := t.Tx.Unclaim(inc.Number); err != nil {
		return err
	}
	return t.Refresh(inc)
}

// free refuses what another curator is deciding; and lets the incident go that whoever acts holds, as they have decided.
func (t *Turn) free(inc *storage.Incident, as storage.RoleKind) error {
	if as != storage.Curator {
		return nil
	}
	c, err := t.Tx.Claimed(inc.Number, t.Now)
	if err != nil || c == nil {
		return err
	}
	if c.Person == t.Me.ID {
		return t.Tx.Unclaim(inc.Number)
	}
	who, err := t.Tx.Person(c.Person)
	if err != nil || who == nil {
		return err
	}
	return &Refusal{ID: "desk.claimed", Args: []any{"Number", inc.Number, "Who", ShortName(who.Name), "At", t.Voice().Clock(c.Until)},
		Cause: "held by somebody else", Detail: fmt.Sprintf("%d is held by person %d", inc.Number, c.Person)}
}

// Holder gives who decides about an incident now, for a card; "" if nobody does, or whoever reads it.
func Holder(v *Voice, tx *storage.Tx, inc *storage.Incident, reader uint64) (string, error) {
	c, err := tx.Claimed(inc.Number, v.Now)
	if err != nil || c == nil || c.Person == reader {
		return "", err
	}
	p, err := tx.Person(c.Person)
	if err != nil || p == nil {
		return "", err
	}
	return v.T("desk.held", "Who", ShortName(p.Name), "At", v.Clock(c.Until)), nil
}

// claimOver draws the cards anew when a claim has run out.
func claimOver(t *Turn, timer *storage.Timer) error {
	c, err := t.Tx.Claimed(timer.Incident, t.Now)
	if err != nil || c != nil {
		return err
	}
	inc, err := t.Tx.Incident(timer.Incident)
	if err != nil || inc == nil {
		return err
	}
	return t.Refresh(inc)
}
