package storage

import (
	"encoding/binary"
	"slices"
	"time"
)

// Person is somebody who writes to the desk, in one messenger. An incident knows persons by ID only.
type Person struct {
	ID          uint64    `json:"id"`
	Channel     string    `json:"channel"`
	User        string    `json:"user"` // the messenger's id
	Name        string    `json:"name,omitempty"`
	Username    string    `json:"username,omitempty"`
	Language    string    `json:"language,omitempty"` // chosen, or the client's; "" is the region's
	Chat        string    `json:"chat,omitempty"`     // the private chat, "channel:chat"; "" before they wrote
	Roles       []Role    `json:"roles,omitempty"`
	Chair       Role      `json:"chair,omitzero"`        // as whom they chose to speak; none chosen: see Seat
	Muted       time.Time `json:"muted,omitzero"`        // nothing they write is taken until then
	Hushed      bool      `json:"hushed,omitempty"`      // they were told that they are muted
	Unreachable bool      `json:"unreachable,omitempty"` // blocked the bot, or does not let the community write
	Away        time.Time `json:"away,omitzero"`         // Unreachable: what happened from then on they do not know
	Created     time.Time `json:"created"`
}

// RoleKind says what a person may do.
type RoleKind string

// The roles. Everybody is a resident.
const (
	Resident RoleKind = "resident"
	Curator  RoleKind = "curator"
	Official RoleKind = "official"
	Admin    RoleKind = "admin"
	Leader   RoleKind = "leader" // reads the figures of the region
)

// Role of a member of staff; Org for officials. A head sees what all of the organisation's people do, and may let
// colleagues in.
type Role struct {
	Kind RoleKind `json:"kind"`
	Org  string   `json:"org,omitempty"`
	Head bool     `json:"head,omitempty"`
}

// Heads tells whether the person is a head of the organisation.
func (p *Person) Heads(org string) bool {
	return slices.ContainsFunc(p.Roles, func(r Role) bool { return r.Kind == Official && r.Org == org && r.Head })
}

// Seats gives as whom the person may speak on the desk's side: as a curator once, as each of their organisations.
func (p *Person) Seats() (list []Role) {
	if p.Is(Curator, "") || p.Is(Admin, "") {
		list = append(list, Role{Kind: Curator})
	}
	for _, r := range p.Roles {
		switch r.Kind {
		case Official:
			list = append(list, Role{Kind: Official, Org: r.Org})
		case Leader:
			list = append(list, Role{Kind: Leader})
		}
	}
	return list
}

// Seat gives as whom the person speaks now: as they chose, otherwise as the first of Seats, otherwise as a resident.
func (p *Person) Seat() Role {
	seats := p.Seats()
	if p.Chair.Kind == Resident || slices.Contains(seats, p.Chair) {
		return p.Chair
	}
	if len(seats) > 0 {
		return seats[0]
	}
	return Role{Kind: Resident}
}

// Is tells whether the person has a role; org "" means in any organisation.
func (p *Person) Is(kind RoleKind, org string) bool {
	return slices.ContainsFunc(p.Roles, func(r Role) bool { return r.Kind == kind && (org == "" || r.Org == org) })
}

// Orgs gives the organisations that the person acts for.
func (p *Person) Orgs() (orgs []string) {
	for _, r := range p.Roles {
		if r.Kind == Official {
			orgs = append(orgs, r.Org)
		}
	}
	return orgs
}

// Person gives a person by ID, nil if there is none.
func (tx *Tx) Person(id uint64) (*Person, error) { return get[Person](tx, key(spacePerson, id)) }

// PersonBy gives a person by messenger and the messenger's id, nil if unknown.
func (tx *Tx) PersonBy(channel, user string) (*Person, error) {
	k := key(spacePersonBy, channel, user)
	v, err := tx.r.Get(k)
	if err != nil || v == nil {
		return nil, err
	}
	id, err := counted(k, v)
	if err != nil {
		return nil, err
	}
	return tx.Person(id)
}

// PutPerson keeps a person, and the indexes that find them; one without ID gets one.
func (tx *Tx) PutPerson(p *Person) error {
	var old *Person
	if p.ID == 0 {
		id, err := tx.Next("person")
		if err != nil {
			return err
		}
		p.ID = id
		if err := tx.w.Put(key(spacePersonBy, p.Channel, p.User), binary.BigEndian.AppendUint64(nil, id)); err != nil {
			return err
		}
	} else {
		var err error
		if old, err = tx.Person(p.ID); err != nil {
			return err
		}
		if old != nil {
			for _, r := range old.Roles {
				if err := tx.w.Delete(key(spaceStaff, string(r.Kind), r.Org, p.ID)); err != nil {
					return err
				}
			}
		}
	}
	tx.hired = tx.hired || len(p.Roles) > 0 && (old == nil || len(old.Roles) == 0)
	for _, r := range p.Roles {
		if err := tx.w.Put(key(spaceStaff, string(r.Kind), r.Org, p.ID), nil); err != nil {
			return err
		}
	}
	if err := tx.putName(old, p); err != nil {
		return err
	}
	return put(tx, key(spacePerson, p.ID), p)
}

// Hired tells whether somebody who had no role got one in this transaction.
func (tx *Tx) Hired() bool { return tx.hired }

// Staff gives all persons with a role; org "" for roles that have none.
func (tx *Tx) Staff(kind RoleKind, org string) (list []*Person, err error) {
	ids, err := tx.numbers(key(spaceStaff, string(kind), org), 0, 1<<20, false)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		p, err := tx.Person(id)
		if err != nil {
			return nil, err
		}
		if p != nil {
			list = append(list, p)
		}
	}
	return list, nil
}

// Everybody gives all persons with a role, each once.
func (tx *Tx) Everybody() (list []*Person, err error) {
	prefix := key(spaceStaff)
	seen := map[uint64]bool{}
	var ids []uint64
	err = tx.r.Scan(prefix, After(prefix), false, func(k, _ []byte) bool {
		if id := last(k); !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		p, err := tx.Person(id)
		if err != nil {
			return nil, err
		}
		if p != nil {
			list = append(list, p)
		}
	}
	return list, nil
}

// Invitation lets one person take a role, once. It is kept by the hash of its code.
type Invitation struct {
	Role    Role      `json:"role"`
	Expires time.Time `json:"expires"`
	By      uint64    `json:"by,omitempty"` // person; 0 from the command line
	UsedBy  uint64    `json:"used_by,omitempty"`
	UsedAt  time.Time `json:"used_at,omitzero"`
}

// Invitation gives the invitation with this hash, nil if there is none.
func (tx *Tx) Invitation(hash string) (*Invitation, error) {
	return get[Invitation](tx, key(spaceInvitation, hash))
}

// PutInvitation keeps an invitation.
func (tx *Tx) PutInvitation(hash string, inv *Invitation) error {
	return put(tx, key(spaceInvitation, hash), inv)
}
