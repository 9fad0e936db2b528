package flows

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"otklik/config"
	"otklik/storage"
)

// InvitationLasts is how long an invitation can be used.
const InvitationLasts = 72 * time.Hour

// NewCode makes an invitation's code: "i" and 22 characters that a deep link can carry.
func NewCode() string {
	var raw [16]byte
	rand.Read(raw[:])
	return codeOf(raw)
}

func codeOf(raw [16]byte) string { return "i" + base64.RawURLEncoding.EncodeToString(raw[:]) }

// Invite keeps a one-time invitation, by the hash of its code.
func Invite(tx *storage.Tx, code string, role storage.Role, by uint64, now time.Time) error {
	if err := tx.PutInvitation(Hash(code), &storage.Invitation{Role: role, Expires: now.Add(InvitationLasts), By: by}); err != nil {
		return err
	}
	return tx.Log(&storage.Entry{At: now, Action: "invite", Actor: by, Role: role, Until: now.Add(InvitationLasts)})
}

// Hash is what is kept of an invitation's code.
func Hash(code string) string {
	h := sha256.Sum256([]byte(code))
	return hex.EncodeToString(h[:])
}

// Placeholder stands for the code in a link that KeepLink keeps.
const Placeholder = "CODE"

const linkSetting = "link/"

// KeepLink keeps how a channel's links look, so that invitations can be made while the channel does not run.
func KeepLink(ctx context.Context, store *storage.Store, channel, link string) error {
	return store.Update(ctx, func(tx *storage.Tx) error {
		if kept, err := tx.Setting(linkSetting + channel); err != nil || string(kept) == link {
			return err
		}
		return tx.SetSetting(linkSetting+channel, []byte(link))
	})
}

// OnlyLinks forgets the links of all channels but these, those that run: nobody shall get a link that leads nowhere.
func OnlyLinks(ctx context.Context, store *storage.Store, channels []string) error {
	return store.Update(ctx, func(tx *storage.Tx) error {
		names, err := tx.SettingNames(linkSetting)
		if err != nil {
			return err
		}
		for _, name := range names {
			if !slices.Contains(channels, strings.TrimPrefix(name, linkSetting)) {
				if err := tx.DropSetting(name); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Links makes an invitation and gives a link for every channel that is known; the first use takes it.
func Links(ctx context.Context, store *storage.Store, pack *config.Pack, role storage.Role, now time.Time) (links []string, err error) {
	switch {
	case role.Kind == storage.Official && role.Org == "":
		return nil, errors.New("an official needs --org: the code of an organisation in the region pack")
	case role.Kind != storage.Official && role.Org != "":
		return nil, fmt.Errorf("a %s serves the whole region: leave out --org", role.Kind)
	case role.Head && role.Kind != storage.Official:
		return nil, errors.New("only an organisation has a head: --head goes with --role official")
	case role.Kind != storage.Official && role.Kind != storage.Curator && role.Kind != storage.Leader:
		return nil, fmt.Errorf("no role %q: want curator, official or leader", role.Kind)
	case role.Org != "" && pack.Organisation(role.Org) == nil:
		return nil, fmt.Errorf("no organisation %q in the region pack", role.Org)
	}
	code := NewCode()
	err = store.Update(ctx, func(tx *storage.Tx) error {
		links = nil
		if links, err = linksOf(tx, code); err != nil {
			return err
		}
		if len(links) == 0 {
			return errors.New("no messenger is known yet: start otklik, give it a moment to reach the messenger, then invite")
		}
		return Invite(tx, code, role, 0, now)
	})
	return links, err
}

// linksOf gives the links that take an invitation, one for each channel that is known.
func linksOf(tx *storage.Tx, code string) (links []string, err error) {
	kept, err := tx.Settings(linkSetting)
	for _, link := range kept {
		links = append(links, strings.ReplaceAll(string(link), Placeholder, code))
	}
	return links, err
}

// Invite makes an invitation by whoever acts and gives its links.
func (t *Turn) Invite(role storage.Role) (links []string, err error) {
	code := codeOf(t.random)
	if links, err = linksOf(t.Tx, code); err != nil {
		return nil, err
	}
	if link := t.Link(t.In.Channel, code); link != "" && len(links) == 0 {
		links = append(links, link)
	}
	return links, Invite(t.Tx, code, role, t.Me.ID, t.Now)
}

// Stands tells whether whoever made an invitation may invite so still: what a dismissed head left lets nobody in. The
// command line always may.
func (t *Turn) Stands(inv *storage.Invitation) (bool, error) {
	if inv.By == 0 {
		return true, nil
	}
	p, err := t.Tx.Person(inv.By)
	if err != nil || p == nil {
		return false, err
	}
	return t.e.admin[p.Channel+":"+p.User] || (inv.Role.Kind == storage.Official && !inv.Role.Head && p.Heads(inv.Role.Org)), nil
}
