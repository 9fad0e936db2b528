package execute

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// work is what an official is writing.
type work struct {
	Incident uint64
	Text     string    `json:",omitempty"`
	Photos   []string  `json:",omitempty"`
	Album    string    `json:",omitempty"`
	Words    string    `json:",omitempty"` // whose it may be, in words
	Page     int       `json:",omitempty"`
	Day      time.Time `json:",omitzero"` // until when

	Open    bool      `json:",omitempty"` // the texts to begin an answer from are shown
	Revises bool      `json:",omitempty"` // an answer that waits for the curator
	Was     time.Time `json:",omitzero"`  // … the one that was read

	Said *bot.Update `json:",omitempty"` // what was written before it was clear what it belongs to
}

func load(t *flows.Turn) (*work, *storage.Incident, error) {
	w := &work{}
	if err := t.Load(w); err != nil {
		return nil, nil, err
	}
	if w.Incident == 0 { // not known yet
		return w, nil, nil
	}
	inc, err := t.Tx.Incident(w.Incident)
	if err == nil && inc == nil {
		err = flows.Refuse("desk.no_incident", "Number", w.Incident)
	}
	return w, inc, err
}

func asked(fn func(*flows.Turn, *work, *storage.Incident) error) flows.Ask {
	return func(t *flows.Turn) error {
		w, inc, err := load(t)
		if err != nil {
			return err
		}
		return fn(t, w, inc)
	}
}

func taken(fn func(*flows.Turn, *work, *storage.Incident) (string, error)) flows.Step {
	return func(t *flows.Turn) (string, error) {
		w, inc, err := load(t)
		if err != nil {
			return "", err
		}
		event, err := fn(t, w, inc)
		if err != nil || event == flows.Quiet { // quiet: the conversation was passed on
			return event, err
		}
		return event, t.Save(w)
	}
}

func starts(event string, a flows.Action) flows.Press {
	return func(t *flows.Turn, inc *storage.Incident, _ []string) error {
		if inc == nil {
			return flows.Refuse("desk.old_button")
		}
		if err := t.Check(inc, a); err != nil {
			return err
		}
		return t.Begin(name, event, work{Incident: inc.Number})
	}
}

func anyStep(t *flows.Turn) (string, error) {
	if t.In.Other != "" && t.In.Text == "" && len(t.In.Media) == 0 {
		return flows.Quiet, t.Reply(t.Voice().Say("execute.words_please"))
	}
	if t.Verb == "x" || cancels(t) {
		w, inc, err := load(t)
		if err != nil {
			return "", err
		}
		if w.Incident == 0 {
			return "cancel", t.Finish(t.Voice().Say("execute.dropped"), 0)
		}
		if inc != nil {
			if err := t.Unclaim(inc); err != nil { // a curator's question held it
				return "", err
			}
		}
		return "cancel", t.Finish(t.Voice().Say("execute.cancelled", "Number", w.Incident), w.Incident)
	}
	if t.In.Kind == bot.Edited {
		return flows.Quiet, nil
	}
	return "", nil
}

// cancels tells whether somebody says in words that they do not go on.
func cancels(t *flows.Turn) bool {
	return t.In.Kind == bot.Written && len(t.In.Media) == 0 && t.Voice().Listed("desk.cancel_words", t.In.Text)
}

// holds tells whether something was written already.
func holds(data json.RawMessage) bool {
	var w work
	return json.Unmarshal(data, &w) == nil && (w.Text != "" || len(w.Photos) > 0 || w.Said != nil)
}

// add takes words and photos.
func (w *work) add(t *flows.Turn) error {
	if t.In.Kind != bot.Written {
		return nil
	}
	if t.In.Album != "" && t.In.Album == w.Album {
		t.InPlace()
	}
	w.Album = t.In.Album
	if t.In.Text != "" {
		if w.Text != "" {
			w.Text += "\n"
		}
		w.Text += t.In.Text
	}
	ids, err := t.Keep(t.In.Media)
	w.Photos = append(w.Photos, ids...)
	return err
}

func cancelRow(t *flows.Turn) []bot.Button {
	return []bot.Button{t.Voice().Button("execute.cancel", t.Key("x"))}
}

// prompt asks with buttons. In a group it asks for a reply, as the bot hears nothing else there.
func prompt(t *flows.Turn, m bot.Message, rows ...[]bot.Button) error {
	m.Keyboard = append(m.Keyboard, rows...)
	m.Keyboard = append(m.Keyboard, cancelRow(t))
	return t.Prompt(m)
}

func askWhy(t *flows.Turn, _ *work, inc *storage.Incident) error {
	v := t.Voice()
	m := v.Say("execute.ask_why", "Number", inc.Number)
	for _, id := range []string{"why_other_body", "why_private", "why_other_place", "why_done"} {
		m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("execute."+id, t.Key("w", id))})
	}
	return prompt(t, m)
}

func takeWhy(t *flows.Turn, w *work, _ *storage.Incident) (string, error) {
	if id := "execute." + t.Arg(0); t.Verb == "w" && t.Voice().Has(id) {
		v := t.Voice()
		v.Lang = flows.Languages[0] // curators read it
		w.Text = v.T(id)
		return "told", nil
	}
	if t.In.Kind != bot.Written || t.In.Text == "" {
		return flows.Stay, nil
	}
	w.Text = t.In.Text
	return "told", nil
}

const orgsPage = 8

func others(t *flows.Turn, w *work, inc *storage.Incident) (codes []string) {
	var first []string
	if topic := t.Pack().Topic(inc.Topic); topic != nil {
		for _, r := range topic.Route {
			first = append(first, r.To)
		}
		first = append(first, topic.Supervisor)
	}
	if o := t.Pack().Administration(inc.Place.Municipality); o != nil {
		first = append(first, o.Code)
	}
	for _, o := range t.Organisations(w.Words, first...) {
		if inc.Assignment == nil || inc.Assignment.Org != o.Code {
			codes = append(codes, o.Code)
		}
	}
	return codes
}

func askWhose(t *flows.Turn, w *work, inc *storage.Incident) error {
	v := t.Voice()
	m := v.Say("execute.ask_whose", "Number", inc.Number)
	list := others(t, w, inc)
	if len(list) == 0 {
		m = v.Say("execute.org_not_found", "Text", w.Words)
		w.Words, w.Page = "", 0
		list = others(t, w, inc)
	}
	m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("execute.unknown", t.Key("o", "-"))})
	size := t.Room(orgsPage, 1, 2, 2)
	from, to := flows.Page(w.Page, size, len(list))
	for _, code := range list[from:to] {
		m.Keyboard = append(m.Keyboard, []bot.Button{{Text: v.Org(code), Data: t.Key("o", code)}})
	}
	m.Keyboard = v.PageRow(m.Keyboard, w.Page, size, len(list), func(p string) string { return t.Key("p", p) })
	return prompt(t, m)
}

func takeWhose(t *flows.Turn, w *work, inc *storage.Incident) (string, error) {
	switch {
	case t.Verb == "p":
		w.Page = t.PageArg()
		return flows.Stay, nil
	case t.Verb == "o":
		return w.giveBack(t, inc, t.Arg(0))
	case t.In.Kind == bot.Written && t.In.Text != "":
		w.Words, w.Page = flows.Short(t.In.Text, 100), 0
		if list := others(t, w, inc); len(list) == 1 {
			return w.giveBack(t, inc, list[0])
		}
	}
	return flows.Stay, nil
}

func (w *work) giveBack(t *flows.Turn, inc *storage.Incident, org string) (string, error) {
	if err := t.Check(inc, flows.Decline); err != nil {
		return "", err
	}
	if err := decline(t, inc, w.Text, org); err != nil {
		return "", err
	}
	return "done", t.Finish(t.Voice().Say("execute.declined", "Number", inc.Number), inc.Number)
}

func askNote(t *flows.Turn, w *work, inc *storage.Incident) error {
	v := t.Voice()
	if w.Text == "" && len(w.Photos) == 0 {
		return prompt(t, v.Say("execute.ask_note", "Number", inc.Number))
	}
	m := shown(v, "execute.note_preview", w, inc)
	return prompt(t, m, []bot.Button{v.Button("execute.send_note", t.Key("s"))})
}

// shown shows words as the resident will read them; the photos are counted, not repeated.
func shown(v *flows.Voice, id string, w *work, inc *storage.Incident) bot.Message {
	text := v.T(id, "Number", inc.Number)
	if w.Text != "" {
		text += "\n«" + flows.Cut(w.Text, 2500) + "»"
	}
	if n := len(w.Photos); n > 0 {
		text += "\n" + v.T("desk.photos", "N", n)
	}
	return flows.Words(text)
}

func takeNote(t *flows.Turn, w *work, inc *storage.Incident) (string, error) {
	if t.Verb == "s" && (w.Text != "" || len(w.Photos) > 0) {
		if err := progress(t, inc, w.Text, w.Photos); err != nil {
			return "", err
		}
		return "done", t.Finish(t.Voice().Say("execute.noted", "Number", inc.Number), inc.Number)
	}
	return flows.Stay, w.add(t)
}

func askAnswer(t *flows.Turn, w *work, inc *storage.Incident) error {
	id := "execute.ask_answer"
	before, err := photosBefore(t, inc)
	if err != nil {
		return err
	}
	switch {
	case len(w.Photos) > 0:
		id = "execute.ask_answer_words"
	case len(before) > 0:
		id = "execute.ask_answer_before"
	}
	v := t.Voice()
	m := v.Say(id, "Number", inc.Number)
	if len(w.Photos) == 0 {
		m.Photos = flows.Photos(before) // the same place, from the same side
	}
	var row []bot.Button
	templates := t.Pack().Answers
	if !w.Open && len(templates) > 0 {
		m.Keyboard, templates = [][]bot.Button{{v.Button("execute.templates", t.Key("open"))}}, nil
	}
	for _, a := range templates {
		row = append(row, bot.Button{Text: a.Name, Data: t.Key("a", a.Code)})
		if len(row) == 2 {
			m.Keyboard, row = append(m.Keyboard, row), nil
		}
	}
	if row != nil {
		m.Keyboard = append(m.Keyboard, row)
	}
	return prompt(t, m)
}

// photosBefore gives what residents sent of the place, what they added later or disputed an answer with: the last ten.
func photosBefore(t *flows.Turn, inc *storage.Incident) ([]string, error) {
	events, err := t.Tx.Events(inc.Number)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(inc.Photos)
	for _, ev := range events {
		if a := flows.Action(ev.Action); a == flows.Add || a == flows.Tell || a == flows.Dispute {
			all = append(all, ev.Photos...)
		}
	}
	return all[max(len(all)-10, 0):], nil
}

// template shows a text to begin the answer from, with what is known filled in: it comes back with the person's changes.
func template(t *flows.Turn, inc *storage.Incident, code string) error {
	for _, a := range t.Pack().Answers {
		if a.Code == code {
			return t.Reply(t.Voice().Say("execute.template", "Text", t.Fill(a.Text, inc)))
		}
	}
	return nil
}

func takeAnswer(t *flows.Turn, w *work, inc *storage.Incident) (string, error) {
	if t.Verb == "a" {
		return flows.Quiet, template(t, inc, t.Arg(0))
	}
	if t.Verb == "open" {
		w.Open = true
		return flows.Stay, nil
	}
	if left := flows.Blanks(t.In.Text); len(left) > 0 {
		ids, err := t.Keep(t.In.Media) // the photos under it are good
		if err != nil {
			return "", err
		}
		w.Photos = append(w.Photos, ids...)
		if err := t.Save(w); err != nil {
			return "", err
		}
		return flows.Quiet, t.Reply(unfilled(t.Voice(), left))
	}
	if err := w.add(t); err != nil {
		return "", err
	}
	if w.Text == "" {
		return flows.Stay, nil
	}
	return "written", nil
}

// unfilled names the blanks of a template that would reach the resident as they are.
func unfilled(v *flows.Voice, blanks []string) bot.Message {
	return v.Say("execute.blanks_left", "Blanks", strings.Join(blanks, ", "))
}

func askPreview(t *flows.Turn, w *work, inc *storage.Incident) error {
	v := t.Voice()
	send := "execute.send_answer"
	if inc.State == storage.Answered {
		send = "execute.send_revised"
	}
	return prompt(t, shown(v, "execute.answer_preview", w, inc),
		[]bot.Button{v.Button(send, t.Key("s"))}, []bot.Button{v.Button("execute.rewrite", t.Key("r"))})
}

func takePreview(t *flows.Turn, w *work, inc *storage.Incident) (string, error) {
	switch t.Verb {
	case "s":
		if left := flows.Blanks(w.Text); len(left) > 0 { // written with an album, or added since
			if err := t.Reply(unfilled(t.Voice(), left)); err != nil {
				return "", err
			}
			w.Text = ""
			return "answer", nil
		}
		if w.Revises {
			if seen, err := w.seen(t, inc); err != nil || !seen {
				return flows.Stay, err
			}
			if err := revise(t, inc, w.Text, w.Photos); err != nil {
				return "", err
			}
			return "done", t.Finish(t.Voice().Say("execute.revised", "Number", inc.Number), inc.Number)
		}
		if err := conclude(t, inc, w.Text, w.Photos); err != nil {
			return "", err
		}
		return "done", t.Finish(t.Voice().Say("execute.answered", "Number", inc.Number), inc.Number)
	case "r":
		w.Text, w.Photos, w.Album = "", nil, ""
		return "answer", nil
	}
	return flows.Stay, w.add(t)
}
