// Package watch finds problems before anybody complains: it reads what stands in public groups, on official pages and in
// feeds, has a curator judge what may be a problem, and answers where the message stands.
package watch

import (
	"embed"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

//go:embed texts/*.yaml
var texts embed.FS

const name = "watch"

// The states of the conversations: about an answer that a person posts by hand, and about a bundle of messages.
const (
	link = "link" // where does it stand?
	part = "part" // which message is about something else?
)

// The timers.
const (
	saidTimer = name + ".said" // what became of something that was posted
	lookTimer = name + ".look" // once an hour: which sources are silent, which posts are old
)

var curators = []storage.RoleKind{storage.Curator}

// Flow watches.
func Flow() flows.Flow {
	return flows.Flow{
		Name:  name,
		Texts: texts,
		Table: []flows.Transition{
			{Event: "ask_link", From: []string{""}, To: link},
			{Event: "ask_part", From: []string{""}, To: part},
			{Event: "done", From: []string{link, part}, To: flows.Done},
			{Event: "cancel", From: []string{link}, To: flows.Done},
		},
		Ask:       map[string]flows.Ask{link: askLink, part: askPart},
		Step:      map[string]flows.Step{link: takeLink, part: takePart},
		Overheard: overheard,
		Commands: []flows.Command{
			{Name: "watch", Roles: []storage.RoleKind{storage.Admin, storage.Curator}, Rare: true, Run: command},
		},
		Presses: map[string]flows.Press{
			"take":   pressTake,
			"to":     pressTo,
			"pass":   pressPass,
			"known":  pressKnown,
			"thanks": pressThanks,
			"hush":   pressHush,
			"on":     pressOn,
			"off":    pressOff,
			"list":   pressList,
			"posted": pressPosted,
			"unhush": pressUnhush,
			"part":   pressPart,
		},
		Heard:  heard,
		Cards:  map[storage.RoleKind]flows.Render{flows.Triage: card},
		Timers: map[string]func(*flows.Turn, *storage.Timer) error{saidTimer: said, lookTimer: look},
	}
}

// overheard takes what stands in a watched source, and what becomes of sources.
func overheard(t *flows.Turn, w *storage.Watched) error {
	switch t.In.Kind {
	case bot.Written:
		if w != nil {
			return found(t, w)
		}
	case bot.Edited:
		if w != nil {
			return edited(t, w)
		}
	case bot.Deleted:
		return deleted(t)
	case bot.Lost:
		return lost(t, w)
	case bot.Found:
		return regained(t, w)
	case bot.Back:
		return joined(t, w)
	case bot.Gone:
		return lost(t, w)
	}
	return nil
}

// heard follows what becomes of an incident that was found.
func heard(t *flows.Turn, inc *storage.Incident, ev *storage.Event) error {
	switch flows.Action(ev.Action) {
	case flows.Find:
		if inc.Filed > 0 { // it is an incident in a moment
			return nil
		}
		slots, err := t.Judges()
		if err != nil {
			return err
		}
		for _, s := range slots {
			if err := t.Card(inc, s, bot.Notice); err != nil {
				return err
			}
		}
	case flows.Take:
		return register(t, inc)
	case flows.Merge: // by whatever button: its authors move along
		if ev.From != storage.Found {
			return nil
		}
		var err error
		if inc.Reporters, err = authors(t, inc); err != nil {
			return err
		}
		return t.Tx.PutIncident(inc)
	case flows.Assign:
		if inc.Filed > 0 { // what the desk took by itself is said in public once a curator has seen it
			return register(t, inc)
		}
	case flows.Pass:
		if ev.From == storage.New {
			return back(t, inc)
		}
	case flows.Approve:
		return toPosts(t, inc, answered)
	}
	return nil
}
