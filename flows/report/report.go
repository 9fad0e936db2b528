// Package report is how a resident's first words become an incident: whatever comes first begins a draft, only what is
// missing is asked, and nothing is sent before the preview.
package report

import (
	"embed"
	"slices"
	"unicode"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

//go:embed texts/*.yaml
var texts embed.FS

const name = "report"

// The states of a draft.
const (
	words        = "words"        // what happened?
	somewhere    = "place"        // where?
	choose       = "choose"       // which of the places with this name?
	municipality = "municipality" // which district?
	confirm      = "confirm"      // is it there?
	topic        = "topic"        // what is it about?
	preview      = "preview"
	change       = "change" // which part?
	photos       = "photos"
	similar      = "similar" // is it known already?
)

// Flow gathers a report.
func Flow() flows.Flow {
	asking := []string{words, somewhere, choose, municipality, confirm, topic, photos}
	all := append([]string{"", preview, change, similar}, asking...)
	return flows.Flow{
		Name:  name,
		Texts: texts,
		As:    storage.Resident,
		Table: []flows.Transition{
			{Event: "need_words", From: []string{"", words, somewhere, topic, change}, To: words},
			{Event: "need_place", From: all, To: somewhere},
			{Event: "need_choice", From: all, To: choose},
			{Event: "need_municipality", From: all, To: municipality},
			{Event: "need_confirm", From: all, To: confirm},
			{Event: "need_topic", From: all, To: topic},
			{Event: "ready", From: all, To: preview},
			{Event: "known", From: all, To: similar},
			{Event: "joined", From: []string{similar}, To: flows.Done},
			{Event: "change", From: []string{preview, photos}, To: change},
			{Event: "other_photos", From: []string{change}, To: photos},
			{Event: "sent", From: []string{preview}, To: flows.Done},
			{Event: "cancel", From: append([]string{preview, change, similar}, asking...), To: flows.Done},
		},
		Ask: map[string]flows.Ask{
			words: asked(askWords), somewhere: asked(askPlace), choose: asked(askChoice), municipality: asked(askMunicipality),
			confirm: asked(askConfirm), topic: asked(askTopic), preview: asked(askPreview), change: asked(askChange),
			photos: asked(askPhotos), similar: asked(askSimilar),
		},
		Step: map[string]flows.Step{
			words: taken(takeWords), somewhere: taken(takePlace), choose: taken(takeChoice), municipality: taken(takeMunicipality),
			confirm: taken(takeConfirm), topic: taken(takeTopic), preview: taken(takePreview), change: taken(takeChange),
			photos: taken(takePhotos), similar: taken(takeSimilar),
		},
		Any:      anyStep,
		Holds:    holds,
		Commands: []flows.Command{{Name: "new", Run: begin}},
		Opened:   opened,
		Timers:   map[string]func(*flows.Turn, *storage.Timer) error{remindTimer: remind, expireTimer: expire},
	}
}

// asked and taken load the draft for a state's question and for what becomes of an input; taken keeps it afterwards.
func asked(fn func(*flows.Turn, *draft) error) flows.Ask {
	return func(t *flows.Turn) error {
		d := &draft{}
		if err := t.Load(d); err != nil {
			return err
		}
		return fn(t, d)
	}
}

func taken(fn func(*flows.Turn, *draft) (string, error)) flows.Step {
	return func(t *flows.Turn) (string, error) {
		d := &draft{}
		if err := t.Load(d); err != nil {
			return "", err
		}
		d.Heard = ""
		event, err := fn(t, d)
		if err != nil {
			return "", err
		}
		return event, t.Save(d)
	}
}

// begin is /new: a draft that is under way goes on, so that no word of it is lost.
func begin(t *flows.Turn, said string) error {
	if t.In.Group {
		return private(t)
	}
	d := &draft{}
	if t.Return(name) {
		if err := t.Load(d); err != nil {
			return err
		}
		if said == "" && !d.empty() {
			if err := t.Reply(t.Voice().Say("report.goes_on", "Text", flows.Short(d.text(), 60))); err != nil {
				return err
			}
		}
		return t.Resume(said)
	}
	if said != "" {
		if err := d.say(t, t.In.Ref, said); err != nil {
			return err
		}
		d.search(t, said)
	}
	return start(t, d)
}

// opened begins a draft with whatever came.
func opened(t *flows.Turn) (bool, error) {
	u := t.In
	if u.Group {
		if !u.ToUs || t.Staffed() {
			return false, nil
		}
		return true, private(t)
	}
	if u.Other != "" && u.Text == "" && len(u.Media) == 0 {
		return true, t.Reply(t.Voice().Say(otherText(t, u.Other)))
	}
	if len(u.Media) == 0 && u.Location == nil && (u.Text == "" || t.Voice().Listed("desk.greetings", u.Text) || t.Voice().Listed("desk.thanks", u.Text)) {
		return false, nil
	}
	if len(u.Media) == 0 && u.Location == nil && u.Forward == nil {
		switch {
		case t.Voice().Listed("desk.help_words", u.Text):
			return false, nil
		case saysNothing(t, u.Text):
			return true, t.Reply(t.Voice().Say("report.ask_words"))
		}
	}
	d := &draft{}
	if u.Forward != nil {
		d.Forward = *u.Forward
	}
	if err := d.add(t); err != nil {
		return true, err
	}
	if u.Location == nil {
		d.search(t, u.Text)
	}
	return true, start(t, d)
}

// fewest is how many letters tell something: «яма», «ДТП».
const fewest = 3

// saysNothing tells whether words tell of no problem: a sign, a number, a bare «да».
func saysNothing(t *flows.Turn, text string) bool {
	n := 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n < fewest || answers(t, text)
}

// answers tells whether words say yes, no or thanks only.
func answers(t *flows.Turn, text string) bool {
	return slices.ContainsFunc([]string{"report.yes_words", "report.no_words", "desk.thanks"}, func(id string) bool {
		return t.Voice().Listed(id, text)
	})
}

// private asks to come to the private chat: where somebody lives and what is wrong there is not for a group.
func private(t *flows.Turn) error {
	v := t.Voice()
	m := v.Say("report.privately")
	if link := t.Link(t.In.Channel, "new"); link != "" {
		b := v.Button("report.open_chat", "")
		b.URL = link
		m.Keyboard = [][]bot.Button{{b}}
	}
	return t.Reply(m)
}

// anyStep is what means the same in every state.
func anyStep(t *flows.Turn) (string, error) {
	u := t.In
	if u.Other != "" && u.Text == "" && len(u.Media) == 0 {
		v := t.Voice()
		return flows.Quiet, t.Reply(flows.Words(v.T(otherText(t, u.Other)) + " " + v.T("report.draft_kept")))
	}
	if t.Verb == "x" || (u.Kind == bot.Written && t.Voice().Listed("desk.cancel_words", u.Text)) {
		return "cancel", t.Finish(t.Voice().Say("report.cancelled"), 0)
	}
	return "", nil
}

func otherText(t *flows.Turn, kind string) string {
	if id := "report.other_" + kind; t.Voice().Has(id) {
		return id
	}
	return "report.other_other"
}
