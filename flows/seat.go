package flows

import (
	"slices"

	"otklik/bot"
	"otklik/storage"
)

// Seat is as whom whoever acts speaks in this turn: as the button's or the card's role, otherwise as they chose with /as.
func (t *Turn) Seat() storage.Role {
	switch {
	case t.seat.Kind != "":
		return t.seat
	case t.In.Group && t.Staffed():
		return storage.Role{Kind: storage.Curator}
	case t.Me == nil:
		return storage.Role{Kind: storage.Resident}
	}
	return t.Me.Seat()
}

// Orgs gives the organisations for which whoever acts speaks: the one of their seat, all of theirs from any other.
func (t *Turn) Orgs() []string {
	if s := t.Seat(); s.Kind == storage.Official && s.Org != "" {
		return []string{s.Org}
	}
	return t.Me.Orgs()
}

// seatOf gives whose view a card is.
func seatOf(s *storage.Slot) storage.Role {
	switch s.View {
	case storage.Official, storage.Inspector:
		return storage.Role{Kind: storage.Official, Org: s.Org}
	case storage.Curator, "control":
		return storage.Role{Kind: storage.Curator}
	case "":
		return storage.Role{}
	}
	return storage.Role{Kind: storage.Resident}
}

// Several tells whether a person speaks from more than one seat, so that every message must say from which.
func Several(p *storage.Person) bool {
	seats := p.Seats()
	return len(seats) > 1 || (len(seats) > 0 && p.Chair.Kind != "")
}

// titled says on top of a message in which of their seats a person reads it, if they have several.
func (t *Turn) titled(m bot.Message, p *storage.Person, as storage.Role) bot.Message {
	if p == nil || !Several(p) || as.Kind == "" {
		return m
	}
	title := "👤 " + t.VoiceTo(p).SeatName(as) + "\n"
	m.Text = title + m.Text
	m.Bold = slices.Clone(m.Bold)
	for i := range m.Bold {
		m.Bold[i].Start += len(title)
		m.Bold[i].End += len(title)
	}
	return m
}

// SeatName names a seat.
func (v *Voice) SeatName(r storage.Role) string {
	if r.Kind == storage.Official && r.Org != "" {
		return v.Org(r.Org)
	}
	return v.T("desk.seat_" + string(r.Kind))
}

// left tells whether a card's reader is not of the staff any more whose card it is.
func left(s *storage.Slot, reader *storage.Person) bool {
	if s.Group || s.Person == 0 {
		return false
	}
	switch seat := seatOf(s); seat.Kind {
	case storage.Curator:
		return reader == nil || (!reader.Is(storage.Curator, "") && !reader.Is(storage.Admin, ""))
	case storage.Official:
		return reader == nil || !reader.Is(storage.Official, seat.Org)
	}
	return false
}

// Sit has whoever acts speak from a seat in what is left of this turn.
func (t *Turn) Sit(seat storage.Role) { t.seat = seat }
