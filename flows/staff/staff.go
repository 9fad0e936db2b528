// Package staff is who works at the desk: /invite, /staff and /dismiss for administrators and heads, /as for everybody
// who speaks from more than one seat.
package staff

import (
	"embed"
	"slices"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

//go:embed texts/*.yaml
var texts embed.FS

const name = "staff"

// The states of the conversation.
const (
	role   = "role"   // as whom is somebody invited?
	org    = "org"    // … of which organisation?
	people = "people" // who works here
	person = "person" // somebody's roles
	sure   = "sure"   // really?
)

// leaders may invite and dismiss: administrators, and heads within their organisation. The commands are checked anew
// when they run.
var leaders = []storage.RoleKind{storage.Admin, storage.Official}

// Flow invites, lists and dismisses.
func Flow() flows.Flow {
	return flows.Flow{
		Name:   name,
		Texts:  texts,
		Stands: []string{people, person},
		Table: []flows.Transition{
			{Event: "ask_role", From: []string{""}, To: role},
			{Event: "ask_org", From: []string{"", role}, To: org},
			{Event: "list", From: []string{"", person, sure}, To: people},
			{Event: "chosen", From: []string{people, sure}, To: person},
			{Event: "ask_sure", From: []string{person}, To: sure},
			{Event: "done", From: []string{role, org, people, person, sure}, To: flows.Done},
		},
		Ask:  map[string]flows.Ask{role: askRole, org: askOrg, people: askPeople, person: askPerson, sure: askSure},
		Step: map[string]flows.Step{role: takeRole, org: takeOrg, people: takePeople, person: takePerson, sure: takeSure},
		Any:  anyStep,
		Commands: []flows.Command{
			{Name: "invite", Roles: leaders, If: leads, Run: invite},
			{Name: "staff", Roles: leaders, If: leads, Run: list},
			{Name: "dismiss", Roles: leaders, If: leads, Rare: true, Run: list},
			{Name: "as", Roles: []storage.RoleKind{storage.Resident}, Shown: func(p *storage.Person) bool { return len(p.Roles) > 0 }, Run: as},
		},
		Presses: map[string]flows.Press{"as": pressAs},
	}
}

// desk is what is being chosen.
type desk struct {
	Head   bool   `json:",omitempty"` // who is invited heads the organisation
	Words  string `json:",omitempty"` // an organisation, or a person, in words
	Page   int    `json:",omitempty"`
	Group  string `json:",omitempty"` // of people: see group
	Person uint64 `json:",omitempty"`
	Kind   storage.RoleKind
	Org    string
}

// leads tells whether a person leads anybody.
func leads(p *storage.Person) bool {
	return p.Is(storage.Admin, "") || slices.ContainsFunc(p.Roles, func(r storage.Role) bool { return r.Head })
}

// headed gives the organisations that whoever acts heads.
func headed(t *flows.Turn) (orgs []string) {
	for _, o := range t.Me.Orgs() {
		if t.Me.Heads(o) {
			orgs = append(orgs, o)
		}
	}
	return orgs
}

// may refuses whoever leads nobody, and groups: an invitation is for one person.
func may(t *flows.Turn) error {
	if t.In.Group {
		return flows.Refuse("staff.privately")
	}
	admin, orgs, seat := t.Me.Is(storage.Admin, ""), headed(t), t.Seat()
	switch {
	case !admin && len(orgs) == 0:
		return flows.Refuse("desk.not_your_command")
	case admin && seat.Kind == storage.Curator, seat.Kind == storage.Official && slices.Contains(orgs, seat.Org):
	case admin: // none of it is said to a resident
		t.Sit(storage.Role{Kind: storage.Curator})
	default:
		t.Sit(storage.Role{Kind: storage.Official, Org: orgs[0]})
	}
	return nil
}

func anyStep(t *flows.Turn) (string, error) {
	if err := may(t); err != nil { // whoever was dismissed meanwhile does nothing more
		no := &flows.Refusal{ID: "desk.not_your_command", Ends: true}
		return "", no
	}
	if t.Verb == "x" {
		return "done", t.Finish(t.Voice().Say("staff.closed"), 0)
	}
	return "", nil
}

func load(t *flows.Turn) (d desk, err error) { return d, t.Load(&d) }

func closeRow(t *flows.Turn) []bot.Button {
	return []bot.Button{t.Voice().Button("staff.close", t.Key("x"))}
}

// invite is /invite. A head of one organisation is not asked anything.
func invite(t *flows.Turn, _ string) error {
	if err := may(t); err != nil {
		return err
	}
	if t.Me.Is(storage.Admin, "") {
		return t.Begin(name, "ask_role", desk{})
	}
	orgs := headed(t)
	if len(orgs) == 1 {
		return link(t, storage.Role{Kind: storage.Official, Org: orgs[0]}, t.ReplyAbout)
	}
	return t.Begin(name, "ask_org", desk{})
}

func askRole(t *flows.Turn) error {
	v := t.Voice()
	m := v.Say("staff.ask_role")
	for _, r := range []string{"curator", "official", "head", "leader"} {
		m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("staff.role_"+r, t.Key("r", r))})
	}
	m.Keyboard = append(m.Keyboard, closeRow(t))
	return t.Prompt(m)
}

func takeRole(t *flows.Turn) (string, error) {
	d, err := load(t)
	if err != nil {
		return "", err
	}
	if !t.Me.Is(storage.Admin, "") || t.Verb != "r" {
		return flows.Stay, nil
	}
	switch t.Arg(0) {
	case "curator", "leader":
		return "done", link(t, storage.Role{Kind: storage.RoleKind(t.Arg(0))}, t.Finish)
	case "official", "head":
		d.Head = t.Arg(0) == "head"
		return "ask_org", t.Save(d)
	}
	return flows.Stay, nil
}

const orgsPage = 8

// orgs gives the organisations to invite to.
func orgs(t *flows.Turn, d *desk) (codes []string) {
	if !t.Me.Is(storage.Admin, "") {
		return headed(t)
	}
	for _, o := range t.Organisations(d.Words) {
		codes = append(codes, o.Code)
	}
	return codes
}

func askOrg(t *flows.Turn) error {
	d, err := load(t)
	if err != nil {
		return err
	}
	v := t.Voice()
	list := orgs(t, &d)
	id := "staff.ask_org"
	if len(list) == 0 {
		id, d.Words = "staff.no_org", ""
		list = orgs(t, &d)
	}
	m := v.Say(id)
	size := t.Room(orgsPage, 1, 1, 1)
	from, to := flows.Page(d.Page, size, len(list))
	for _, code := range list[from:to] {
		m.Keyboard = append(m.Keyboard, []bot.Button{{Text: v.Org(code), Data: t.Key("o", code)}})
	}
	m.Keyboard = v.PageRow(m.Keyboard, d.Page, size, len(list), func(p string) string { return t.Key("p", p) })
	m.Keyboard = append(m.Keyboard, closeRow(t))
	return t.Prompt(m)
}

func takeOrg(t *flows.Turn) (string, error) {
	d, err := load(t)
	if err != nil {
		return "", err
	}
	code := ""
	switch {
	case t.Verb == "p":
		d.Page = t.PageArg()
	case t.Verb == "o":
		code = t.Arg(0)
	case t.In.Kind == bot.Written && t.In.Text != "":
		d.Words, d.Page = flows.Short(t.In.Text, 100), 0
		if found := orgs(t, &d); len(found) == 1 {
			code = found[0]
		}
	}
	if code == "" || t.Pack().Organisation(code) == nil || (!t.Me.Is(storage.Admin, "") && !t.Me.Heads(code)) {
		return flows.Stay, t.Save(d)
	}
	return "done", link(t, storage.Role{Kind: storage.Official, Org: code, Head: d.Head && t.Me.Is(storage.Admin, "")}, t.Finish)
}

// link makes an invitation. The link stands in a message of its own, to be passed on as it is.
func link(t *flows.Turn, r storage.Role, say func(bot.Message, uint64) error) error {
	links, err := t.Invite(r)
	if err != nil {
		return err
	}
	if len(links) == 0 {
		return flows.Refuse("staff.no_link")
	}
	v := t.Voice()
	text := v.T("staff.invited_"+kindOf(r), "Org", v.Org(r.Org), "Until", v.At(t.Now.Add(flows.InvitationLasts)))
	if n := len(links); n > 1 {
		text += "\n" + v.T("staff.several", "N", n)
	}
	if err := say(flows.Words(text), 0); err != nil {
		return err
	}
	for _, l := range links {
		if err := t.Bare(bot.Message{Text: l}); err != nil {
			return err
		}
	}
	return nil
}

func kindOf(r storage.Role) string {
	if r.Head {
		return "head"
	}
	return string(r.Kind)
}
