package inspect

import (
	"slices"
	"strings"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// bodies gives the codes of the supervisory bodies that could be drawn in, the likely one first: those that fit the words,
// or all. Who only inspects comes before who inspects as well.
func bodies(t *flows.Turn, inc *storage.Incident, words string) (codes []string) {
	likely := ""
	if topic := t.Pack().Topic(inc.Topic); topic != nil {
		likely = topic.Supervisor
	}
	for _, o := range t.Organisations(words, likely) {
		if in := inc.Inspection(o.Code); !o.Supervises() || in != nil && in.Open() || inc.Assignment != nil && inc.Assignment.Org == o.Code {
			continue
		}
		codes = append(codes, o.Code)
	}
	rank := func(code string) int {
		switch {
		case code == likely:
			return 0
		case t.Pack().Organisation(code).Inspects:
			return 2
		}
		return 1
	}
	slices.SortStableFunc(codes, func(a, b string) int { return rank(a) - rank(b) })
	return codes
}

// open gives the bodies whose inspections have no finding yet.
func open(inc *storage.Incident) (codes []string) {
	for i := range inc.Inspections {
		if in := &inc.Inspections[i]; in.Open() {
			codes = append(codes, in.Org)
		}
	}
	return codes
}

// pressOpen asks a curator which body is drawn in, and offers to take back what is open.
func pressOpen(t *flows.Turn, inc *storage.Incident, _ []string) error {
	if inc == nil {
		return flows.Refuse("desk.old_button")
	}
	return begins(t, inc, "")
}

// begins asks which body is drawn in; where none can be any more, which inspection is taken back.
func begins(t *flows.Turn, inc *storage.Incident, words string) error {
	a := flows.Inspect
	if len(open(inc)) > 0 {
		a = flows.Relieve
	}
	if err := t.Check(inc, a); err != nil {
		return err
	}
	return t.Begin(name, "open", work{Incident: inc.Number, Words: words})
}

const bodiesPage = 6

func askBody(t *flows.Turn, w *work, inc *storage.Incident) error {
	v := t.Voice()
	id := "inspect.ask_body"
	var list []string
	if !w.Relieves && t.Can(inc, flows.Inspect) {
		if list = bodies(t, inc, w.Words); len(list) == 0 && w.Words != "" {
			id, w.Words, w.Page = "inspect.no_body", "", 0
			list = bodies(t, inc, "")
		}
	}
	if len(list) == 0 {
		id = "inspect.ask_relieve"
	}
	m := v.Say(id, "Number", inc.Number)
	now := open(inc)
	size := t.Room(bodiesPage, 1, 1+len(now), 1+len(now))
	from, to := flows.Page(w.Page, size, len(list))
	topic := t.Pack().Topic(inc.Topic)
	for _, code := range list[from:to] {
		text := v.Org(code)
		if topic != nil && topic.Supervisor == code {
			text = "→ " + text
		}
		m.Keyboard = append(m.Keyboard, []bot.Button{{Text: text, Data: t.Key("o", code)}})
	}
	m.Keyboard = v.PageRow(m.Keyboard, w.Page, size, len(list), func(p string) string { return t.Key("p", p) })
	for _, code := range now {
		m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("inspect.relieve", t.Key("r", code), "Org", v.Org(code))})
	}
	return prompt(t, m)
}

func takeBody(t *flows.Turn, w *work, inc *storage.Incident) (string, error) {
	switch {
	case t.Verb == "o":
		return drawn(t, inc, t.Arg(0))
	case t.Verb == "r":
		if err := t.Relieve(inc, t.Arg(0)); err != nil {
			return "", err
		}
		return "done", t.Finish(t.Voice().Say("inspect.was_relieved", "Number", inc.Number, "Org", t.Voice().Org(t.Arg(0))), inc.Number)
	case t.Verb == "p":
		w.Page = t.PageArg()
	case t.In.Kind == bot.Written && t.In.Text != "" && !w.Relieves:
		w.Words, w.Page = flows.Short(t.In.Text, 100), 0
		if list := bodies(t, inc, w.Words); len(list) == 1 {
			return drawn(t, inc, list[0])
		}
	}
	return flows.Stay, nil
}

func drawn(t *flows.Turn, inc *storage.Incident, code string) (string, error) {
	if err := t.Inspect(inc, code); err != nil {
		return "", err
	}
	return "done", t.Finish(inspects(t, inc, code), inc.Number)
}

func inspects(t *flows.Turn, inc *storage.Incident, code string) bot.Message {
	v := t.Voice()
	return v.Say("inspect.drawn", "Number", inc.Number, "Org", v.Org(code), "Due", v.Due(inc.Inspection(code).Due))
}

// inspectCommand is /inspect: a curator's with a number and a body, or the word for violations found; an official's list of what their bodies inspect.
func inspectCommand(t *flows.Turn, said string) error {
	if t.Seat().Kind != storage.Curator {
		return listed(t, said)
	}
	if said == "" {
		numbers, err := t.InStates(storage.Assigned, storage.Accepted, storage.Answered)
		if err != nil {
			return err
		}
		return t.List("inspect.list_curator", numbers, "curate")
	}
	if t.Voice().Listed("inspect.words_violations", said) {
		numbers, _, err := t.Tx.Find(storage.Query{Stems: []string{flows.Violated}}, 0, flows.Most)
		if err != nil {
			return err
		}
		return t.List("inspect.list_violations", numbers, "curate")
	}
	inc, rest, err := t.Number(said)
	if err != nil {
		return err
	}
	if rest == "" {
		return begins(t, inc, "")
	}
	if err := t.Check(inc, flows.Inspect); err != nil {
		return err
	}
	code := strings.ToLower(rest)
	if t.Pack().Organisation(code) == nil {
		list := bodies(t, inc, flows.Short(rest, 100))
		if len(list) != 1 {
			return begins(t, inc, flows.Short(rest, 100))
		}
		code = list[0]
	}
	if err := t.Inspect(inc, code); err != nil {
		return err
	}
	return t.ReplyAbout(inspects(t, inc, code), inc.Number)
}

// listed shows an official's card of one inspection, or lists all that are due.
func listed(t *flows.Turn, said string) error {
	if said != "" {
		inc, _, err := t.Number(said)
		if err != nil {
			return err
		}
		return pressShow(t, inc, nil)
	}
	var numbers []uint64
	for _, org := range t.Orgs() {
		more, err := queue(t, org)
		if err != nil {
			return err
		}
		numbers = append(numbers, more...)
	}
	return t.List("inspect.list", numbers, name)
}

// relieveCommand is /relieve N, with a body where several inspect.
func relieveCommand(t *flows.Turn, said string) error {
	inc, rest, err := t.Number(said)
	if err != nil {
		return err
	}
	now := open(inc)
	if rest != "" {
		named := t.Organisations(rest)
		now = slices.DeleteFunc(now, func(code string) bool {
			for _, o := range named {
				if o.Code == code {
					return false
				}
			}
			return true
		})
	}
	if len(now) > 1 {
		if err := t.Check(inc, flows.Relieve); err != nil {
			return err
		}
		return t.Begin(name, "open", work{Incident: inc.Number, Relieves: true})
	}
	code := ""
	if len(now) == 1 {
		code = now[0]
	}
	if err := t.Relieve(inc, code); err != nil {
		return err
	}
	return t.ReplyAbout(t.Voice().Say("inspect.was_relieved", "Number", inc.Number, "Org", t.Voice().Org(code)), inc.Number)
}
