package staff

import (
	"slices"
	"strconv"
	"strings"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// The groups of people that are no organisation; the others go by its code.
const (
	curators = ".curators" // no code of an organisation begins so
	admins   = ".admins"
	bosses   = ".leaders"
)

// group gives the group of a role.
func group(r storage.Role) string {
	switch r.Kind {
	case storage.Admin:
		return admins
	case storage.Curator:
		return curators
	case storage.Leader:
		return bosses
	}
	return r.Org
}

// in tells whether somebody belongs to a group; everybody does to "".
func (s *seen) in(g string) bool {
	return g == "" || slices.ContainsFunc(s.roles, func(r storage.Role) bool { return group(r) == g })
}

// askGroups shows how many people there are, where they are too many for one list.
func askGroups(t *flows.Turn, d *desk, list []seen) error {
	v := t.Voice()
	count := map[string]int{}
	var orgs []string
	officials := 0
	for _, s := range list {
		official := false
		for _, r := range s.roles {
			g := group(r)
			count[g]++
			official = official || r.Kind == storage.Official
			if r.Kind == storage.Official && count[g] == 1 {
				orgs = append(orgs, g)
			}
		}
		if official {
			officials++
		}
	}
	slices.SortFunc(orgs, func(a, b string) int { return strings.Compare(v.Org(a), v.Org(b)) })
	text := v.T("staff.people", "N", len(list))
	for _, c := range []struct {
		id string
		n  int
	}{{"staff.count_leaders", count[bosses]}, {"staff.count_admins", count[admins]}, {"staff.count_curators", count[curators]}, {"staff.count_officials", officials}} {
		if c.n > 0 {
			text += "\n" + v.T(c.id, "N", c.n)
		}
	}
	if len(orgs) > 0 {
		text += " " + v.T("staff.count_orgs", "N", len(orgs))
	}
	m := flows.Words(text + "\n" + v.T("staff.choose"))
	for _, g := range []string{bosses, admins, curators} {
		if n := count[g]; n > 0 {
			m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("staff.group"+strings.ReplaceAll(g, ".", "_"), t.Key("g", g), "N", n)})
		}
	}
	size := t.Room(orgsPage, 1, 1, 1)
	from, to := flows.Page(d.Page, size, len(orgs))
	for _, code := range orgs[from:to] {
		m.Keyboard = append(m.Keyboard, []bot.Button{{Text: flows.Short(v.Org(code), 50) + ": " + strconv.Itoa(count[code]), Data: t.Key("g", code)}})
	}
	m.Keyboard = v.PageRow(m.Keyboard, d.Page, size, len(orgs), func(p string) string { return t.Key("p", p) })
	m.Keyboard = append(m.Keyboard, closeRow(t))
	return t.Prompt(m)
}

// logged is how many entries of the log are looked at for somebody's beginning.
const logged = 5000

// since says from which day somebody has a role, if the log knows it.
func since(t *flows.Turn, p *storage.Person, role storage.Role) (text string, err error) {
	n := 0
	err = t.Tx.Logged(func(e *storage.Entry) bool {
		n++
		if e.Action == "join" && e.Person == p.ID && e.Role.Kind == role.Kind && e.Role.Org == role.Org {
			text = t.Voice().T("staff.since", "Day", t.Voice().Date(e.At), "Year", e.At.Year())
			return false
		}
		return n < logged
	})
	return text, err
}
