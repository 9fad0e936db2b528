package staff

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

const peoplePage = 8

// list is /staff, and /dismiss, with words that narrow it.
func list(t *flows.Turn, words string) error {
	if err := may(t); err != nil {
		return err
	}
	return t.Begin(name, "list", desk{Words: flows.Short(words, 60)})
}

// seen are the people whom whoever acts may see, with those of their roles that they may see.
type seen struct {
	*storage.Person
	roles []storage.Role
}

func all(t *flows.Turn, words string) (list []seen, err error) {
	everybody, err := t.Tx.Everybody()
	if err != nil {
		return nil, err
	}
	v := t.Voice()
	for _, p := range everybody {
		s := seen{Person: p}
		for _, r := range p.Roles {
			if t.Me.Is(storage.Admin, "") || (r.Kind == storage.Official && t.Me.Heads(r.Org)) {
				s.roles = append(s.roles, r)
			}
		}
		if len(s.roles) > 0 && fits(v, &s, words) {
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b seen) int {
		return cmp.Or(cmp.Compare(titles(v, &a), titles(v, &b)), cmp.Compare(a.Name, b.Name))
	})
	return list, nil
}

// fits tells whether every word stands in a person's name or roles.
func fits(v *flows.Voice, s *seen, words string) bool {
	has := strings.ToLower(s.Name + " " + s.Username + " " + titles(v, s))
	for _, w := range strings.Fields(strings.ToLower(words)) {
		if !strings.Contains(has, w) {
			return false
		}
	}
	return true
}

func titles(v *flows.Voice, s *seen) string {
	var list []string
	for _, r := range s.roles {
		list = append(list, title(v, r))
	}
	return strings.Join(list, ", ")
}

func title(v *flows.Voice, r storage.Role) string {
	switch {
	case r.Kind == storage.Admin:
		return v.T("staff.admin")
	case r.Head:
		return v.T("staff.head", "Org", v.Org(r.Org))
	}
	return v.SeatName(r)
}

func askPeople(t *flows.Turn) error {
	d, err := load(t)
	if err != nil {
		return err
	}
	list, err := all(t, d.Words)
	if err != nil {
		return err
	}
	if d.Words == "" && d.Group == "" && len(list) > peoplePage {
		return askGroups(t, &d, list)
	}
	list = slices.DeleteFunc(list, func(s seen) bool { return !s.in(d.Group) })
	v := t.Voice()
	id := "staff.people"
	if len(list) == 0 && d.Words != "" {
		id = "staff.nobody_so"
	}
	text := v.T(id, "N", len(list), "Words", d.Words)
	size := t.Room(peoplePage, 1, 2, 2)
	from, to := flows.Page(d.Page, size, len(list))
	var rows [][]bot.Button
	for _, s := range list[from:to] {
		text += "\n" + v.T("staff.line", "Name", s.Name, "Roles", titles(v, &s))
		rows = append(rows, []bot.Button{{Text: flows.Short(s.Name, 40), Data: t.Key("s", strconv.FormatUint(s.ID, 10))}})
	}
	m := flows.Words(text)
	m.Keyboard = v.PageRow(rows, d.Page, size, len(list), func(p string) string { return t.Key("p", p) })
	if d.Words != "" || d.Group != "" {
		m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("staff.everybody", t.Key("g"))})
	}
	m.Keyboard = append(m.Keyboard, closeRow(t))
	return t.Prompt(m)
}

func takePeople(t *flows.Turn) (string, error) {
	d, err := load(t)
	if err != nil {
		return "", err
	}
	switch {
	case t.Verb == "p":
		d.Page = t.PageArg()
	case t.Verb == "g":
		d.Group, d.Words, d.Page = t.Arg(0), "", 0
	case t.Verb == "s":
		if id, err := strconv.ParseUint(t.Arg(0), 10, 64); err == nil {
			d.Person = id
			return "chosen", t.Save(d)
		}
	}
	return flows.Stay, t.Save(d)
}

// whom finds the person of the conversation; nil if whoever acts may not see them any more.
func whom(t *flows.Turn, d *desk) (*seen, error) {
	list, err := all(t, "")
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].ID == d.Person {
			return &list[i], nil
		}
	}
	return nil, nil
}

func askPerson(t *flows.Turn) error {
	d, err := load(t)
	if err != nil {
		return err
	}
	s, err := whom(t, &d)
	if err != nil {
		return err
	}
	v := t.Voice()
	if s == nil {
		m := v.Say("staff.left")
		m.Keyboard = [][]bot.Button{{v.Button("staff.back", t.Key("b"))}}
		return t.Prompt(m)
	}
	var rows [][]bot.Button
	text := v.T("staff.person", "Name", s.Name)
	for i, r := range s.roles {
		line, err := since(t, s.Person, r)
		if err != nil {
			return err
		}
		text += "\n" + title(v, r) + line
		if t.Dismissible(s.Person, r) {
			rows = append(rows, []bot.Button{v.Button("staff.remove", t.Key("d", strconv.Itoa(i)), "Role", flows.Short(title(v, r), 40))})
		}
	}
	switch {
	case slices.ContainsFunc(s.roles, func(r storage.Role) bool { return r.Kind == storage.Admin }):
		text += "\n" + v.T("staff.no_admin")
	case s.ID == t.Me.ID:
		text += "\n" + v.T("staff.no_self")
	}
	m := flows.Words(text)
	m.Keyboard = append(rows, append([]bot.Button{v.Button("staff.back", t.Key("b"))}, closeRow(t)...))
	return t.Prompt(m)
}

func takePerson(t *flows.Turn) (string, error) {
	d, err := load(t)
	if err != nil {
		return "", err
	}
	if t.Verb == "b" {
		return "list", nil
	}
	s, err := whom(t, &d)
	if err != nil || s == nil {
		return flows.Stay, err
	}
	i, ok := t.Count(0, len(s.roles))
	if t.Verb != "d" || !ok || !t.Dismissible(s.Person, s.roles[i]) {
		return flows.Stay, nil
	}
	d.Kind, d.Org = s.roles[i].Kind, s.roles[i].Org
	return "ask_sure", t.Save(d)
}

func askSure(t *flows.Turn) error {
	d, err := load(t)
	if err != nil {
		return err
	}
	s, err := whom(t, &d)
	if err != nil || s == nil { // takePerson has seen them a moment ago
		return err
	}
	v := t.Voice()
	text := v.T("staff.ask_sure", "Name", s.Name, "Role", v.SeatName(storage.Role{Kind: d.Kind, Org: d.Org}))
	if d.Kind == storage.Official {
		n, err := t.Orphans(s.Person, d.Org)
		if err != nil {
			return err
		}
		if n > 0 {
			text += "\n" + v.T("staff.orphans", "N", n)
		}
	}
	m := flows.Words(text)
	m.Keyboard = [][]bot.Button{{v.Button("staff.yes", t.Key("y")), v.Button("staff.no", t.Key("n"))}}
	return t.Prompt(m)
}

func takeSure(t *flows.Turn) (string, error) {
	d, err := load(t)
	if err != nil {
		return "", err
	}
	s, err := whom(t, &d)
	if err != nil {
		return "", err
	}
	if t.Verb != "y" || s == nil {
		return "chosen", nil
	}
	for _, r := range s.roles {
		if r.Kind == d.Kind && r.Org == d.Org {
			if err := t.Dismiss(s.Person, r); err != nil {
				return "", err
			}
			v := t.Voice()
			t.Toast(v.T("staff.dismissed", "Name", s.Name, "Role", v.SeatName(storage.Role{Kind: d.Kind, Org: d.Org})))
			d.Words, d.Page = "", 0
			return "list", t.Save(d)
		}
	}
	return "list", nil
}
