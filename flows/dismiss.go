package flows

import (
	"slices"

	"otklik/bot"
	"otklik/storage"
)

// Take gives whoever acts a role, and sits them there. It is logged.
func (t *Turn) Take(role storage.Role) error {
	t.Me.Roles = slices.DeleteFunc(slices.Clone(t.Me.Roles), func(r storage.Role) bool {
		return r.Kind == role.Kind && r.Org == role.Org && !r.Head // a head stays one
	})
	if !t.Me.Is(role.Kind, role.Org) {
		t.Me.Roles = append(t.Me.Roles, role)
	}
	if len(t.Me.Roles) > 1 {
		t.Me.Chair = storage.Role{Kind: role.Kind, Org: role.Org}
	}
	if err := t.Tx.PutPerson(t.Me); err != nil {
		return err
	}
	return t.Tx.Log(&storage.Entry{At: t.Now, Action: "join", Actor: t.Me.ID, Person: t.Me.ID, Role: role})
}

// Dismissible tells whether whoever acts may take a role from somebody: administrators any but an administrator's, a head
// that of their own organisation's people who are no heads. Nobody takes their own.
func (t *Turn) Dismissible(p *storage.Person, role storage.Role) bool {
	switch {
	case p.ID == t.Me.ID || role.Kind == storage.Admin:
		return false
	case t.Me.Is(storage.Admin, ""):
		return true
	}
	return role.Kind == storage.Official && !role.Head && t.Me.Heads(role.Org)
}

// Dismiss takes a role from somebody, at once: their conversations in it end, their cards of open incidents close.
func (t *Turn) Dismiss(p *storage.Person, role storage.Role) error {
	if !t.Dismissible(p, role) {
		return &Refusal{ID: "desk.not_your_command", Cause: "dismissing"}
	}
	seat := storage.Role{Kind: role.Kind, Org: role.Org}
	p.Roles = slices.DeleteFunc(slices.Clone(p.Roles), func(r storage.Role) bool { return r.Kind == role.Kind && r.Org == role.Org })
	if p.Chair == seat {
		p.Chair = storage.Role{}
	}
	if err := t.Tx.PutPerson(p); err != nil {
		return err
	}
	if err := t.Tx.Log(&storage.Entry{At: t.Now, Action: "dismiss", Actor: t.Me.ID, Person: p.ID, Role: role}); err != nil {
		return err
	}
	sess, err := t.Tx.Session(p.Chat, p.ID)
	if err != nil {
		return err
	}
	sess.Talks = slices.DeleteFunc(sess.Talks, func(k storage.Talk) bool {
		return k.Seat == seat && !slices.Contains(p.Seats(), seat)
	})
	if err := t.Tx.PutSession(p.Chat, p.ID, sess); err != nil {
		return err
	}
	if !slices.Contains(p.Seats(), seat) { // an administrator reads what a curator does
		if err := t.closeCards(p, seat); err != nil {
			return err
		}
	}
	t.MenuOf(p)
	v := t.VoiceTo(p)
	rest := "desk.dismissed_resident"
	if len(p.Roles) > 0 {
		rest = "desk.dismissed_still"
	}
	return t.Tell(p, Words(v.T("desk.dismissed_"+string(role.Kind), "Org", v.Org(role.Org))+" "+v.T(rest)), 0)
}

// closeCards closes the cards that somebody has of open incidents in a seat. Their colleagues hear of what they led.
func (t *Turn) closeCards(p *storage.Person, seat storage.Role) error {
	numbers, err := t.inHand(seat)
	if err != nil {
		return err
	}
	led := 0
	for _, n := range numbers {
		cards, err := t.Tx.Cards(n)
		if err != nil {
			return err
		}
		for _, s := range cards {
			if s.Person == p.ID && !s.Group && seatOf(s) == seat {
				if err := t.Close(s); err != nil {
					return err
				}
			}
		}
		if seat.Kind != storage.Official {
			continue
		}
		inc, err := t.Tx.Incident(n)
		if err != nil {
			return err
		}
		if inc != nil && inc.Assignment != nil && inc.Assignment.Lead == p.ID {
			if err := t.Refresh(inc); err != nil { // the others' cards name them
				return err
			}
			led++
		}
	}
	if led == 0 {
		return nil
	}
	return t.leaderless(p, seat, led)
}

// leaderless tells the people of an organisation what nobody leads any more; whoever did it knows.
func (t *Turn) leaderless(p *storage.Person, seat storage.Role, n int) error {
	people, err := t.Tx.Staff(storage.Official, seat.Org)
	if err != nil {
		return err
	}
	for _, o := range people {
		if o.ID == t.Me.ID {
			continue
		}
		if err := t.TellAs(o, seat, t.VoiceTo(o).Say("desk.leaderless", "N", n, "Name", ShortName(p.Name)), 0); err != nil {
			return err
		}
	}
	return nil
}

// inHand gives the open incidents that a seat works on.
func (t *Turn) inHand(seat storage.Role) (numbers []uint64, err error) {
	queues := []string{storage.QueueNew, storage.QueueWork, storage.QueueControl}
	if seat.Kind == storage.Official {
		queues = []string{storage.QueueOf(seat.Org), storage.QueueInspect(seat.Org)}
		if numbers, err = t.Tx.ByOrg(seat.Org, storage.Answered, 0, 1<<20); err != nil {
			return nil, err
		}
	}
	for _, q := range queues {
		if err := t.Tx.Queue(q, func(q storage.Queued) bool { numbers = append(numbers, q.Number); return true }); err != nil {
			return nil, err
		}
	}
	return numbers, nil
}

// Orphans gives how many open incidents an organisation would have without anybody to work on them if somebody left it;
// 0 while it has other people.
func (t *Turn) Orphans(p *storage.Person, org string) (int, error) {
	people, err := t.Tx.Staff(storage.Official, org)
	if err != nil || slices.ContainsFunc(people, func(o *storage.Person) bool { return o.ID != p.ID }) {
		return 0, err
	}
	numbers, err := t.inHand(storage.Role{Kind: storage.Official, Org: org})
	return len(numbers), err
}

// Lead gives who works on an incident; nil if nobody does, or whoever did is not with the body any more.
func Lead(tx *storage.Tx, inc *storage.Incident) (*storage.Person, error) {
	if inc.Assignment == nil || inc.Assignment.Lead == 0 {
		return nil, nil
	}
	p, err := tx.Person(inc.Assignment.Lead)
	if err != nil || p == nil || !p.Is(storage.Official, inc.Assignment.Org) {
		return nil, err
	}
	return p, nil
}

// MenuOf shows somebody their commands anew, after the commit.
func (t *Turn) MenuOf(p *storage.Person) {
	if peer, err := bot.ParsePeer(p.Chat); err == nil && !p.Unreachable {
		t.menus = append(t.menus, menuOf{peer, (&Turn{e: t.e, Me: p}).Commands()})
	}
}

type menuOf struct {
	peer bot.Peer
	list []bot.Command
}
