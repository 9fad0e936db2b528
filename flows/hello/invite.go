package hello

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"otklik/config"
	"otklik/flows"
	"otklik/storage"
)

// Lasts is how long an invitation can be used.
const Lasts = 72 * time.Hour

// Code makes an invitation's code: "i" and 22 characters that a deep link can carry.
func Code() string {
	var raw [16]byte
	rand.Read(raw[:])
	return "i" + base64.RawURLEncoding.EncodeToString(raw[:])
}

// Invite keeps a one-time invitation, by the hash of its code.
func Invite(tx *storage.Tx, code string, role storage.Role, by uint64, now time.Time) error {
	return tx.PutInvitation(hash(code), &storage.Invitation{Role: role, Expires: now.Add(Lasts), By: by})
}

func hash(code string) string {
	h := sha256.Sum256([]byte(code))
	return hex.EncodeToString(h[:])
}

// Placeholder stands for the code in a link that KeepLink keeps.
const Placeholder = "CODE"

const linkSetting = "link/"

// KeepLink keeps how a channel's links look, so that invitations can be made while the channel does not run.
func KeepLink(ctx context.Context, store *storage.Store, channel, link string) error {
	return store.Update(ctx, func(tx *storage.Tx) error { return tx.SetSetting(linkSetting+channel, []byte(link)) })
}

// Links makes an invitation and gives a link for every channel that is known; the first use takes it.
func Links(ctx context.Context, store *storage.Store, pack *config.Pack, role storage.Role, now time.Time) (links []string, err error) {
	switch {
	case role.Kind == storage.Official && role.Org == "":
		return nil, errors.New("an official needs --org: the code of an organisation in the region pack")
	case role.Kind == storage.Curator && role.Org != "":
		return nil, errors.New("a curator serves the whole region: leave out --org")
	case role.Kind != storage.Official && role.Kind != storage.Curator:
		return nil, fmt.Errorf("no role %q: want curator or official", role.Kind)
	case role.Org != "" && pack.Organisation(role.Org) == nil:
		return nil, fmt.Errorf("no organisation %q in the region pack", role.Org)
	}
	code := Code()
	err = store.Update(ctx, func(tx *storage.Tx) error {
		links = nil
		kept, err := tx.Settings(linkSetting)
		if err != nil {
			return err
		}
		for _, link := range kept {
			links = append(links, strings.ReplaceAll(string(link), Placeholder, code))
		}
		if len(links) == 0 {
			return errors.New("no messenger is known yet: start otklik once, then invite")
		}
		return Invite(tx, code, role, 0, now)
	})
	return links, err
}

// join takes an invitation. It is taken in a private chat only: in a group somebody else could be quicker.
func join(t *flows.Turn, code string) error {
	inv, err := t.Tx.Invitation(hash(code))
	if err != nil {
		return err
	}
	switch {
	case inv == nil:
		return t.Reply(t.Voice().Say("hello.welcome"))
	case t.In.Group:
		return flows.Refuse("hello.join_privately")
	case inv.UsedBy == t.Me.ID:
		return t.Reply(t.Voice().Say("hello.already_in"))
	case inv.UsedBy != 0:
		return flows.Refuse("hello.invitation_used")
	case t.Now.After(inv.Expires):
		return flows.Refuse("hello.invitation_old")
	}
	inv.UsedBy, inv.UsedAt = t.Me.ID, t.Now
	if err := t.Tx.PutInvitation(hash(code), inv); err != nil {
		return err
	}
	if !t.Me.Is(inv.Role.Kind, inv.Role.Org) {
		t.Me.Roles = append(t.Me.Roles, inv.Role)
		if err := t.Tx.PutPerson(t.Me); err != nil {
			return err
		}
	}
	v := t.Voice()
	if err := t.Reply(v.Say("hello.joined_"+string(inv.Role.Kind), "Org", v.Org(inv.Role.Org))); err != nil {
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
