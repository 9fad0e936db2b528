package inspect

import (
	"encoding/json"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// work is what a curator chooses, or an official writes.
type work struct {
	Incident  uint64
	Org       string    `json:",omitempty"` // the body, of an official
	Violation bool      `json:",omitempty"`
	Amend     bool      `json:",omitempty"` // the finding takes the place of another …
	Was       time.Time `json:",omitzero"`  // … the one that was read
	Key       string    `json:",omitempty"` // a measure to be taken back
	Text      string    `json:",omitempty"`
	Photos    []string  `json:",omitempty"`
	Album     string    `json:",omitempty"`
	Day       time.Time `json:",omitzero"`  // measures: by when
	Words     string    `json:",omitempty"` // a body in words
	Page      int       `json:",omitempty"`
	Relieves  bool      `json:",omitempty"` // a curator only takes one back
}

// needs is what must be allowed in a state, of an official.
var needs = map[string]flows.Action{
	outcome: flows.Finding, words: flows.Finding, preview: flows.Finding,
	order: flows.Measures, until: flows.Measures, ordered: flows.Measures,
	waive: flows.Waive,
}

func load(t *flows.Turn) (*work, *storage.Incident, error) {
	w := &work{}
	if err := t.Load(w); err != nil {
		return nil, nil, err
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
		if a, ok := needs[t.State()]; ok { // it may have been taken back meanwhile, or a colleague was first
			if a == flows.Finding && w.Amend {
				a = flows.Amend
			}
			if _, err := t.Inspecting(inc, a, w.Org); err != nil {
				return "", err
			}
		}
		event, err := fn(t, w, inc)
		if err != nil {
			return "", err
		}
		return event, t.Save(w)
	}
}

func anyStep(t *flows.Turn) (string, error) {
	if t.In.Other != "" && t.In.Text == "" && len(t.In.Media) == 0 {
		return flows.Quiet, t.Reply(t.Voice().Say("inspect.words_please"))
	}
	if t.Verb == "x" || t.In.Kind == bot.Written && len(t.In.Media) == 0 && t.Voice().Listed("desk.cancel_words", t.In.Text) {
		w, _, err := load(t)
		if err != nil {
			return "", err
		}
		return "cancel", t.Finish(t.Voice().Say("inspect.cancelled", "Number", w.Incident), w.Incident)
	}
	if t.In.Kind == bot.Edited {
		return flows.Quiet, nil
	}
	return "", nil
}

// holds tells whether something was written already.
func holds(data json.RawMessage) bool {
	var w work
	return json.Unmarshal(data, &w) == nil && (w.Text != "" || len(w.Photos) > 0)
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

// prompt asks with buttons. In a group it asks for a reply, as the bot hears nothing else there.
func prompt(t *flows.Turn, m bot.Message, rows ...[]bot.Button) error {
	m.Keyboard = append(m.Keyboard, rows...)
	m.Keyboard = append(m.Keyboard, []bot.Button{t.Voice().Button("inspect.cancel", t.Key("x"))})
	return t.Prompt(m)
}
