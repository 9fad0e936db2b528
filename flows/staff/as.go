package staff

import (
	"strconv"
	"strings"

	"otklik/bot"
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
	words = strings.ToLower(strings.TrimSpace(words))
	m := v.Say("staff.which_seat")
	for i, s := range seats(t) {
		name := v.SeatName(s)
		if words != "" && strings.Contains(strings.ToLower(name), words) {
			return sit(t, s)
		}
		if s == t.Me.Seat() {
			name += " ✓"
		}
		m.Keyboard = append(m.Keyboard, []bot.Button{{Text: name, Data: "staff:as:" + strconv.Itoa(i)}})
	}
	return t.Reply(m)
}

func pressAs(t *flows.Turn, _ *storage.Incident, args []string) error {
	list := seats(t)
	i := -1
	if len(args) == 1 {
		if n, err := strconv.Atoi(args[0]); err == nil {
			i = n
		}
	}
	if i < 0 || i >= len(list) || len(t.Me.Roles) == 0 || t.In.Group {
		return flows.Refuse("desk.old_button")
	}
	return sit(t, list[i])
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
