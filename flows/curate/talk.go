package curate

import (
	"slices"
	"strings"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// choice is what a curator is choosing.
type choice struct {
	Incident uint64
	State    storage.State // when the choice began: if it has changed since, somebody else was first
	Version  uint64
	Org      string    `json:",omitempty"`
	Words    string    `json:",omitempty"` // an organisation in words
	Page     int       `json:",omitempty"`
	Group    string    `json:",omitempty"` // the group of topics that is open
	Places   []string  `json:",omitempty"` // OKTMO of homonyms
	Street   string    `json:",omitempty"`
	House    string    `json:",omitempty"`
	List     bool      `json:",omitempty"` // the list of municipalities is open
	Said     string    `json:",omitempty"` // what could not be found
	Day      time.Time `json:",omitzero"`  // the new deadline's
	Person   uint64    `json:",omitempty"` // whom to mute
}

func asked(fn func(*flows.Turn, *choice, *storage.Incident) error) flows.Ask {
	return func(t *flows.Turn) error {
		c, inc, err := load(t)
		if err != nil {
			return err
		}
		return fn(t, c, inc)
	}
}

func taken(fn func(*flows.Turn, *choice, *storage.Incident) (string, error)) flows.Step {
	return func(t *flows.Turn) (string, error) {
		c, inc, err := load(t)
		if err != nil {
			return "", err
		}
		if (c.State != inc.State || c.Org != body(inc)) && !slices.Contains(calm, t.State()) {
			return "", t.Stale(inc, flows.Assign)
		}
		if err := c.overtaken(t, inc); err != nil {
			return "", err
		}
		event, err := fn(t, c, inc)
		if err != nil {
			return "", err
		}
		return event, t.Save(c)
	}
}

func load(t *flows.Turn) (*choice, *storage.Incident, error) {
	c := &choice{}
	if err := t.Load(c); err != nil {
		return nil, nil, err
	}
	inc, err := t.Tx.Incident(c.Incident)
	if err == nil && inc == nil {
		err = flows.Refuse("desk.no_incident", "Number", c.Incident)
	}
	return c, inc, err
}

// starts makes the press that begins a conversation about an incident.
func starts(event string, a flows.Action) flows.Press {
	return func(t *flows.Turn, inc *storage.Incident, _ []string) error {
		if inc == nil {
			return flows.Refuse("desk.old_button")
		}
		if err := t.Check(inc, a); err != nil {
			return err
		}
		return begin(t, event, inc)
	}
}

// begin holds the incident for whoever acts and asks what to do with it.
func begin(t *flows.Turn, event string, inc *storage.Incident) error {
	if err := t.Claim(inc); err != nil {
		return err
	}
	return t.Begin(name, event, about(inc))
}

// opens makes the press that asks something about an incident which need not be held for it.
func opens(event string) flows.Press {
	return func(t *flows.Turn, inc *storage.Incident, _ []string) error {
		if inc == nil {
			return flows.Refuse("desk.old_button")
		}
		if err := t.Check(inc, flows.Remark); err != nil {
			return err
		}
		return t.Begin(name, event, about(inc))
	}
}

func about(inc *storage.Incident) choice {
	return choice{Incident: inc.Number, State: inc.State, Version: inc.Version, Org: body(inc)}
}

// overtaken refuses a choice where another curator has decided something since it began: they were not stopped any more,
// and what was read is not what is so.
func (c *choice) overtaken(t *flows.Turn, inc *storage.Incident) error {
	if inc.Version == c.Version || c.Version == 0 || slices.Contains(calm, t.State()) {
		return nil
	}
	events, err := t.Tx.Events(inc.Number)
	if err != nil {
		return err
	}
	for _, ev := range events[min(int(c.Version), len(events)):] {
		if ev.As != storage.Curator || ev.Actor == t.Me.ID || ev.Action == string(flows.Remark) {
			continue
		}
		who, err := t.Name(&ev)
		if err != nil {
			return err
		}
		return &flows.Refusal{ID: "curate.overtaken", Args: []any{"Number", inc.Number, "Who", who, "At", t.Voice().Clock(ev.At)}, Show: inc.Number,
			Ends: true, Cause: flows.Cause(ev.Action)}
	}
	return nil
}

func body(inc *storage.Incident) string {
	if inc.Assignment == nil {
		return ""
	}
	return inc.Assignment.Org
}

func anyStep(t *flows.Turn) (string, error) {
	if t.Verb == "x" || (t.In.Kind == bot.Written && len(t.In.Media) == 0 && t.Voice().Listed("desk.cancel_words", t.In.Text)) {
		c, inc, err := load(t)
		if err != nil {
			return "", err
		}
		if err := t.Unclaim(inc); err != nil {
			return "", err
		}
		return "cancel", t.Finish(t.Voice().Say("curate.cancelled", "Number", c.Incident), c.Incident)
	}
	if t.In.Kind == bot.Edited {
		return flows.Quiet, nil
	}
	return "", nil
}

// done says the last word of a conversation.
func done(t *flows.Turn, inc *storage.Incident, id string, args ...any) (string, error) {
	if err := t.Unclaim(inc); err != nil {
		return "", err
	}
	return "done", t.Finish(t.Voice().Say(id, append(args, "Number", inc.Number)...), inc.Number)
}

func cancelRow(t *flows.Turn) []bot.Button {
	return []bot.Button{t.Voice().Button("curate.cancel", t.Key("x"))}
}

const orgsPage = 8

// askOrg shows organisations: the likely ones first, or those that fit the words.
func askOrg(t *flows.Turn, c *choice, inc *storage.Incident) error {
	v := t.Voice()
	list := orgs(t, c, inc)
	id := "curate.ask_org"
	if c.Words != "" {
		id = "curate.ask_org_found"
		if len(list) == 0 {
			id, c.Words, c.Page = "curate.org_not_found", "", 0
			list = orgs(t, c, inc)
		}
	}
	m := v.Say(id, "Number", inc.Number, "N", len(list))
	size := t.Room(orgsPage, 1, 1, 1)
	from, to := flows.Page(c.Page, size, len(list))
	for _, code := range list[from:to] {
		m.Keyboard = append(m.Keyboard, []bot.Button{{Text: v.Org(code), Data: t.Key("o", code)}})
	}
	m.Keyboard = v.PageRow(m.Keyboard, c.Page, size, len(list), func(p string) string { return t.Key("p", p) })
	m.Keyboard = append(m.Keyboard, cancelRow(t))
	return t.Prompt(m)
}

func orgs(t *flows.Turn, c *choice, inc *storage.Incident) (codes []string) {
	first := []string{inc.Likely}
	if o := t.Pack().Administration(inc.Place.Municipality); o != nil {
		first = append(first, o.Code)
	}
	if topic := t.Pack().Topic(inc.Topic); topic != nil {
		first = append(first, topic.Supervisor)
		for _, r := range topic.Route {
			first = append(first, r.To)
		}
	}
	for _, o := range t.Organisations(c.Words, first...) {
		if inc.Assignment == nil || inc.Assignment.Org != o.Code {
			codes = append(codes, o.Code)
		}
	}
	return codes
}

func takeOrg(t *flows.Turn, c *choice, inc *storage.Incident) (string, error) {
	switch {
	case t.Verb == "o":
		return give(t, inc, t.Arg(0))
	case t.Verb == "p":
		c.Page = t.PageArg()
	case t.In.Kind == bot.Written && t.In.Text != "":
		c.Words, c.Page = flows.Short(t.In.Text, 100), 0
		if list := orgs(t, c, inc); len(list) == 1 {
			return give(t, inc, list[0])
		}
	}
	return flows.Stay, nil
}

func give(t *flows.Turn, inc *storage.Incident, code string) (string, error) {
	if err := assign(t, inc, code); err != nil {
		return "", err
	}
	return done(t, inc, "curate.assigned", "To", t.Voice().OrgTo(code))
}

func askTopic(t *flows.Turn, c *choice, inc *storage.Incident) error {
	v := t.Voice()
	m := v.Say("curate.ask_topic", "Number", inc.Number)
	if g := t.Pack().Group(c.Group); g != nil {
		for i := range g.Topics {
			m.Keyboard = append(m.Keyboard, []bot.Button{{Text: v.Topic(g.Topics[i].Code), Data: t.Key("t", g.Topics[i].Code)}})
		}
		m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("curate.back", t.Key("g")), v.Button("curate.cancel", t.Key("x"))})
		return t.Prompt(m)
	}
	text := c.Words
	if text == "" {
		text = inc.Text
	}
	for _, g := range t.Topics(text, inc.Place, 3) {
		if g.Code != inc.Topic {
			m.Keyboard = append(m.Keyboard, []bot.Button{{Text: v.Topic(g.Code), Data: t.Key("t", g.Code)}})
		}
	}
	var row []bot.Button
	for i := range t.Pack().Groups {
		g := &t.Pack().Groups[i]
		row = append(row, bot.Button{Text: strings.TrimSpace(g.Icon + " " + v.Group(g)), Data: t.Key("g", g.Code)})
		if len(row) == 2 || i == len(t.Pack().Groups)-1 {
			m.Keyboard, row = append(m.Keyboard, row), nil
		}
	}
	m.Keyboard = append(m.Keyboard, cancelRow(t))
	return t.Prompt(m)
}

func takeTopic(t *flows.Turn, c *choice, inc *storage.Incident) (string, error) {
	switch {
	case t.Verb == "t" && t.Pack().Topic(t.Arg(0)) != nil:
		if err := retopic(t, inc, t.Arg(0)); err != nil {
			return "", err
		}
		return done(t, inc, "curate.topic_set", "Topic", t.Voice().Topic(inc.Topic))
	case t.Verb == "g":
		c.Group = t.Arg(0)
	case t.In.Kind == bot.Written && t.In.Text != "":
		c.Words, c.Group = flows.Short(t.In.Text, 100), ""
	}
	return flows.Stay, nil
}

func askReason(t *flows.Turn, _ *choice, inc *storage.Incident) error {
	v := t.Voice()
	m := v.Say("curate.ask_reason", "Number", inc.Number)
	for _, r := range t.Pack().Rejections {
		m.Keyboard = append(m.Keyboard, []bot.Button{{Text: r.Name, Data: t.Key("r", r.Code)}})
	}
	m.Keyboard = append(m.Keyboard, cancelRow(t))
	return t.Prompt(m)
}

func takeReason(t *flows.Turn, _ *choice, inc *storage.Incident) (string, error) {
	why, code := "", ""
	if t.Verb == "r" {
		for _, r := range t.Pack().Rejections {
			if r.Code == t.Arg(0) {
				why, code = t.Fill(r.Text, inc), r.Code
			}
		}
	} else if t.In.Kind == bot.Written {
		why = t.In.Text
	}
	if why == "" {
		return flows.Stay, nil
	}
	if left := flows.Blanks(why); len(left) > 0 && t.Verb == "r" {
		return flows.Quiet, t.Reply(t.Voice().Say("curate.fill_blanks", "Blanks", strings.Join(left, ", "), "Text", why))
	}
	if err := reject(t, inc, why, code); err != nil {
		return "", err
	}
	return done(t, inc, "curate.rejected")
}

func askReturn(t *flows.Turn, _ *choice, inc *storage.Incident) error {
	m := t.Voice().Say("curate.ask_return", "Number", inc.Number)
	m.Keyboard = [][]bot.Button{cancelRow(t)}
	m.WantReply = t.In.Group
	return t.Prompt(m)
}

func takeReturn(t *flows.Turn, _ *choice, inc *storage.Incident) (string, error) {
	if t.In.Kind != bot.Written || t.In.Text == "" {
		return flows.Stay, nil
	}
	if err := sendBack(t, inc, t.In.Text); err != nil {
		return "", err
	}
	return done(t, inc, "curate.returned")
}
