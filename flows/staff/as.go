package staff

import (
	"slices"
	"strings"

	"otklik/bot"
	"otklik/config"
	"otklik/flows"
	"otklik/storage"
)

// seats gives as whom whoever acts may speak: their roles, and a resident.
func seats(t *flows.Turn) []storage.Role {
	return append(t.Me.Seats(), storage.Role{Kind: storage.Resident})
}

// as is /as: it lists the seats, or sits down in the one that the words name.
func as(t *flows.Turn, words string) error {
	if t.In.Group {
		return flows.Refuse("staff.privately")
	}
	v := t.Voice()
	if len(t.Me.Roles) == 0 {
		return t.Reply(v.Say("staff.one_seat"))
	}
	list, id := seats(t), "staff.which_seat"
	if words = strings.TrimSpace(words); words != "" {
		switch found := meant(t, list, words); len(found) {
		case 0:
			id = "staff.no_seat"
		case 1:
			return sit(t, found[0])
		default:
			list = found
		}
	}
	m := v.Say(id)
	for _, s := range list {
		name := v.SeatName(s)
		if s == t.Me.Seat() {
			name += " ✓"
		}
		m.Keyboard = append(m.Keyboard, []bot.Button{{Text: name, Data: "staff:as:" + string(s.Kind) + ":" + s.Org}})
	}
	return t.Reply(m)
}

// meant gives the seats that words name: by their name, or as an organisation is found anywhere else.
func meant(t *flows.Turn, list []storage.Role, words string) (found []storage.Role) {
	v, said := t.Voice(), strings.ToLower(words)
	orgs := t.Organisations(words)
	for _, s := range list {
		if strings.Contains(strings.ToLower(v.SeatName(s)), said) ||
			slices.ContainsFunc(orgs, func(o *config.Organisation) bool { return s.Org == o.Code }) {
			found = append(found, s)
		}
	}
	return found
}

func pressAs(t *flows.Turn, _ *storage.Incident, args []string) error {
	if len(args) != 2 || t.In.Group || len(t.Me.Roles) == 0 {
		return flows.Refuse("desk.old_button")
	}
	seat := storage.Role{Kind: storage.RoleKind(args[0]), Org: args[1]}
	if !slices.Contains(seats(t), seat) { // theirs no longer
		return flows.Refuse("desk.old_button")
	}
	return sit(t, seat)
}

// sit has whoever acts speak from a seat from now on.
func sit(t *flows.Turn, seat storage.Role) error {
	t.Me.Chair = seat
	if err := t.Tx.PutPerson(t.Me); err != nil {
		return err
	}
	t.Sit(seat)
	t.Menu()
	v := t.Voice()
	return t.Reply(v.Say("staff.sits_"+string(seat.Kind), "Org", v.Org(seat.Org)))
}
