package inspect

import (
	"slices"
	"strings"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/lazy"
	"otklik/flows/personal"
	"otklik/storage"
)

// of makes the press of a button on a body's card. What the button names is checked again: anybody can make one up.
func of(a flows.Action, fn func(t *flows.Turn, inc *storage.Incident, org string, rest []string) error) flows.Press {
	return func(t *flows.Turn, inc *storage.Incident, args []string) error {
		if inc == nil || len(args) < 2 {
			return flows.Refuse("desk.old_button")
		}
		if _, err := t.Inspecting(inc, a, args[1]); err != nil {
			return err
		}
		t.Sit(storage.Role{Kind: storage.Official, Org: args[1]})
		return fn(t, inc, args[1], args[2:])
	}
}

// pressShow shows the card; with a body, that of its inspection.
func pressShow(t *flows.Turn, inc *storage.Incident, args []string) error {
	if inc == nil {
		return flows.Refuse("desk.old_button")
	}
	if len(args) > 1 && flows.Inspects(t.Me, inc, args[1]) {
		t.Sit(storage.Role{Kind: storage.Official, Org: args[1]})
	}
	return t.ShowCard(inc)
}

func pressTake(t *flows.Turn, inc *storage.Incident, args []string) error {
	return of(flows.Undertake, func(t *flows.Turn, inc *storage.Incident, org string, _ []string) error {
		if err := t.Undertake(inc, org); err != nil {
			return err
		}
		t.Toast(t.Voice().T("inspect.taken", "Number", inc.Number))
		return nil
	})(t, inc, args)
}

// judges makes the press that says whether there is a violation, and asks what was found.
func judges(violation bool) flows.Press {
	return of(flows.Finding, func(t *flows.Turn, inc *storage.Incident, org string, _ []string) error {
		return t.Begin(name, "judged", work{Incident: inc.Number, Org: org, Violation: violation})
	})
}

// replied takes a reply to a body's card: the words of a finding, of which is asked what they come to.
func replied(t *flows.Turn, c *flows.Case) (bool, error) {
	inc, org := c.Incident, c.Seat.Org
	if c.Seat.Kind != storage.Official || !flows.Inspects(t.Me, inc, org) || inc.Assignment != nil && inc.Assignment.Org == org {
		return false, nil
	}
	if t.In.Other != "" {
		return true, t.Reply(t.Voice().Say("inspect.words_please"))
	}
	if !inc.Inspection(org).Open() {
		return true, t.ReplyAbout(t.Voice().Say("inspect.use_buttons", "Number", inc.Number), inc.Number)
	}
	if _, err := t.Inspecting(inc, flows.Finding, org); err != nil {
		return true, err
	}
	w := work{Incident: inc.Number, Org: org}
	if err := w.add(t); err != nil {
		return true, err
	}
	return true, t.Begin(name, "said", w)
}

// pressAmend asks what a finding should say instead.
func pressAmend(t *flows.Turn, inc *storage.Incident, args []string) error {
	return of(flows.Amend, func(t *flows.Turn, inc *storage.Incident, org string, _ []string) error {
		return t.Begin(name, "said", work{Incident: inc.Number, Org: org, Amend: true, Was: inc.Inspection(org).Finding.At})
	})(t, inc, args)
}

// seen tells whether whoever amends a finding has read it as it is now; if a colleague amended it meanwhile, they read it
// first.
func (w *work) seen(t *flows.Turn, inc *storage.Incident) (bool, error) {
	f := inc.Inspection(w.Org).Finding
	if !w.Amend || f.At.Equal(w.Was) {
		return true, nil
	}
	w.Was = f.At
	v := t.Voice()
	return false, t.ReplyAbout(v.Say("inspect.amended_by", "Number", inc.Number, "Violation", f.Violation, "Text", flows.Cut(f.Text, 2500)), inc.Number)
}

func askOutcome(t *flows.Turn, w *work, inc *storage.Incident) error {
	v := t.Voice()
	m := v.Say("inspect.ask_outcome", "Number", inc.Number)
	if w.Amend {
		f := inc.Inspection(w.Org).Finding
		m = v.Say("inspect.ask_amend", "Number", inc.Number, "Violation", f.Violation, "Text", flows.Short(f.Text, 500))
	}
	return prompt(t, m, []bot.Button{v.Button("inspect.yes", t.Key("yes")), v.Button("inspect.no", t.Key("no"))})
}

func takeOutcome(t *flows.Turn, w *work, inc *storage.Incident) (string, error) {
	switch t.Verb {
	case "yes", "no":
		w.Violation = t.Verb == "yes"
		if w.Amend {
			if err := t.Amends(inc, w.Org, w.Violation); err != nil {
				return "", err
			}
		}
		if w.Text == "" {
			return "judged", nil
		}
		return "written", nil
	}
	return flows.Stay, w.add(t)
}

func askWords(t *flows.Turn, w *work, inc *storage.Incident) error {
	id := "inspect.ask_none"
	switch {
	case len(w.Photos) > 0:
		id = "inspect.ask_words"
	case w.Violation:
		id = "inspect.ask_violation"
	}
	m := t.Voice().Say(id, "Number", inc.Number)
	m.WantReply = t.In.Group
	return prompt(t, m)
}

func takeFound(t *flows.Turn, w *work, _ *storage.Incident) (string, error) {
	if err := w.add(t); err != nil {
		return "", err
	}
	if w.Text == "" {
		return flows.Stay, nil
	}
	return "written", nil
}

// askPreview shows the finding as the resident would read it: whether they may read its words is one tap of two.
func askPreview(t *flows.Turn, w *work, inc *storage.Incident) error {
	v := t.Voice()
	id := "inspect.preview_none"
	if w.Violation {
		id = "inspect.preview_violation"
	}
	text := v.T(id, "Number", inc.Number, "Text", flows.Cut(personal.Mask(w.Text), 2500))
	if n := len(w.Photos); n > 0 {
		text += "\n" + v.T("desk.photos", "N", n)
	}
	if w.Amend {
		f := inc.Inspection(w.Org).Finding
		text += "\n" + v.T("inspect.instead", "Violation", f.Violation, "Text", flows.Short(f.Text, 300))
	}
	return prompt(t, flows.Words(text), []bot.Button{v.Button("inspect.send_public", t.Key("s"))},
		[]bot.Button{v.Button("inspect.send_outcome", t.Key("i"))}, []bot.Button{v.Button("inspect.rewrite", t.Key("w"))})
}

func takePreview(t *flows.Turn, w *work, inc *storage.Incident) (string, error) {
	switch t.Verb {
	case "s", "i":
		if ok, err := w.seen(t, inc); !ok || err != nil {
			return flows.Stay, err
		}
		if err := found(t, inc, w, t.Verb == "s"); err != nil {
			return "", err
		}
		return "done", t.Finish(said(t, inc, w), inc.Number)
	case "w":
		w.Text, w.Photos, w.Album = "", nil, ""
		return "judged", nil
	}
	return flows.Stay, w.add(t)
}

func found(t *flows.Turn, inc *storage.Incident, w *work, public bool) error {
	f := storage.Finding{Violation: w.Violation, Text: w.Text, Document: document(w.Text), Photos: w.Photos, Public: public}
	if w.Amend {
		return t.Amend(inc, w.Org, f)
	}
	return t.Conclude(inc, w.Org, f)
}

// said says that a finding was written down, and after a violation what may follow.
func said(t *flows.Turn, inc *storage.Incident, w *work) bot.Message {
	v := t.Voice()
	if !w.Violation {
		return v.Say("inspect.found_none", "Number", inc.Number, "Amended", w.Amend)
	}
	m := v.Say("inspect.found_violation", "Number", inc.Number, "Amended", w.Amend)
	m.Keyboard = [][]bot.Button{{v.Button("inspect.order", flows.CardKey(name, "order", inc.Number, w.Org))}}
	return m
}

// named are the documents of an inspection as people name them: «акт № 12-К от 25.11.2026».
var named = lazy.Regexp(`(?i)(акт|протокол|предписани[ея]|предостережени[ея]|представлени[ея]|постановлени[ея]|act|report)` +
	`\s+((№|N|No\.?)\s*)?[0-9][^\s,;]*(\s+(от|of)\s+[0-9]{1,2}(\.[0-9]{1,2}(\.[0-9]{2,4})?|\s+\pL+(\s+[0-9]{4})?))?`)

// document gives the document that a text names, "" for none.
func document(text string) string { return strings.TrimRight(named().FindString(text), ".") }

// mine gives the body for which whoever acts inspects an incident, that of their seat before the others; "" if there is none.
func mine(t *flows.Turn, inc *storage.Incident) string {
	orgs := append(slices.Clone(t.Orgs()), t.Me.Orgs()...)
	i := slices.IndexFunc(orgs, func(org string) bool { return flows.Inspects(t.Me, inc, org) })
	if i < 0 {
		return ""
	}
	return orgs[i]
}

// findingCommand is /finding N outcome words; where there is a finding already, they take its place.
func findingCommand(t *flows.Turn, words string) error {
	if words == "" {
		return listed(t, "")
	}
	inc, rest, err := t.Number(words)
	if err != nil {
		return err
	}
	org := mine(t, inc)
	w := work{Incident: inc.Number, Org: org, Album: t.In.Album}
	a := flows.Finding
	if in := inc.Inspection(org); in != nil && in.Finding != nil {
		a, w.Amend, w.Was = flows.Amend, true, in.Finding.At
	}
	if _, err := t.Inspecting(inc, a, org); err != nil {
		return err
	}
	t.Sit(storage.Role{Kind: storage.Official, Org: org})
	ids, err := t.Keep(t.In.Media)
	if err != nil {
		return err
	}
	w.Photos = ids
	head, text, _ := strings.Cut(rest, " ")
	v := t.Voice()
	switch word := strings.TrimRight(head, ".,:;—-"); {
	case v.Listed("inspect.words_violation", word):
		w.Violation = true
	case v.Listed("inspect.words_none", word):
	default:
		w.Text = rest
		return t.Begin(name, "said", w)
	}
	if w.Amend {
		if err := t.Amends(inc, org, w.Violation); err != nil {
			return err
		}
	}
	if w.Text = strings.TrimSpace(text); w.Text == "" {
		return t.Begin(name, "judged", w)
	}
	return t.Begin(name, "written", w)
}
