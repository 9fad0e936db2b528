package hello

import (
	"context"

	"otklik/flows"
	"otklik/storage"
)

// join takes an invitation. It is taken in a private chat only: in a group somebody else could be quicker.
func join(t *flows.Turn, code string) error {
	inv, err := t.Tx.Invitation(flows.Hash(code))
	if err != nil {
		return err
	}
	switch {
	case inv == nil:
		return t.Reply(t.Voice().Say("hello.welcome"))
	case t.In.Group:
		return flows.Refuse("hello.join_privately")
	case inv.UsedBy == t.Me.ID && t.Me.Is(inv.Role.Kind, inv.Role.Org): // not whoever was dismissed since
		return t.Reply(t.Voice().Say("hello.already_in"))
	case inv.UsedBy != 0:
		return flows.Refuse("hello.invitation_used")
	case t.Now.After(inv.Expires):
		return flows.Refuse("hello.invitation_old")
	}
	if still, err := t.Stands(inv); err != nil {
		return err
	} else if !still {
		return flows.Refuse("hello.invitation_void")
	}
	inv.UsedBy, inv.UsedAt = t.Me.ID, t.Now
	if err := t.Tx.PutInvitation(flows.Hash(code), inv); err != nil {
		return err
	}
	if err := t.Take(inv.Role); err != nil {
		return err
	}
	v := t.Voice()
	id := "hello.joined_" + string(inv.Role.Kind)
	if inv.Role.Head {
		id = "hello.joined_head"
	}
	if err := t.Reply(v.Say(id, "Org", v.Org(inv.Role.Org))); err != nil {
		return err
	}
	return t.Join(inv.Role)
}

// Seat makes persons with roles that need no invitation: the demo chairs. Who is known already keeps what they have.
func Seat(ctx context.Context, store *storage.Store, people []storage.Person) error {
	return store.Update(ctx, func(tx *storage.Tx) error {
		for _, p := range people {
			known, err := tx.PersonBy(p.Channel, p.User)
			if err != nil {
				return err
			}
			if known != nil {
				continue
			}
			if err := tx.PutPerson(&p); err != nil {
				return err
			}
		}
		return nil
	})
}
