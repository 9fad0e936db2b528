package watch

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// What is said where a message stands.
const (
	registered = "registered"
	answered   = "answer"
	thanked    = "thanks"
)

// register says in public that a message is an incident now, once, where the settings want that.
func register(t *flows.Turn, inc *storage.Incident) error {
	if !t.Registers() {
		return nil
	}
	return toPosts(t, inc, registered)
}

// toPosts says something under the messages that speak of an incident, and of those that are merged into it: once in each
// thread, to the first of them.
func toPosts(t *flows.Turn, inc *storage.Incident, what string) error {
	seen := map[string]bool{}
	parts, err := t.Parts(inc)
	if err != nil {
		return err
	}
	for _, n := range parts {
		posts, _, err := t.Tx.Posts(n, 500)
		if err != nil {
			return err
		}
		for _, p := range posts {
			if seen[p.Thread] || !p.Gone.IsZero() {
				continue
			}
			seen[p.Thread] = true
			if what == registered && p.Told(registered, inc.Number) {
				continue
			}
			if err := say(t, inc, p, what); err != nil {
				return err
			}
		}
	}
	return nil
}

// say writes down that something is said to a message, and lets it leave; where nothing can be posted a curator does it.
func say(t *flows.Turn, inc *storage.Incident, p *storage.Post, what string) error {
	m, err := wording(t, inc, p, what)
	if err != nil {
		return err
	}
	i := len(p.Said)
	p.Said = append(p.Said, storage.Statement{What: what, Of: inc.Number, At: t.Now, Failed: p.ReadOnly})
	if err := keep(t, inc, p); err != nil {
		return err
	}
	if p.ReadOnly {
		return byHand(t, inc, p, i, m.Text)
	}
	peer, err := bot.ParsePeer(p.Thread)
	if err != nil {
		return err
	}
	m.ReplyTo = bot.Ref(p.Ref)
	return t.Publish(peer, m, inc.Number, saidTimer, fmt.Sprintf("%d %d", p.ID, i))
}

// keep keeps what is known of a post that was said something for an incident. If it stands with one that is merged into it,
// that one's cards show it.
func keep(t *flows.Turn, inc *storage.Incident, p *storage.Post) error {
	if err := t.Tx.PutPost(p); err != nil || p.Incident == 0 || p.Incident == inc.Number {
		return err
	}
	part, err := t.Tx.Incident(p.Incident)
	if err != nil || part == nil {
		return err
	}
	return t.Refresh(part)
}

// wording is what is said, in the language of the source.
func wording(t *flows.Turn, inc *storage.Incident, p *storage.Post, what string) (bot.Message, error) {
	w, err := t.Tx.Watched(p.Source)
	if err != nil {
		return bot.Message{}, err
	}
	v := t.VoiceTo(nil)
	if w != nil && w.Language != "" {
		v.Lang = w.Language
	}
	text, org := "", ""
	var photos []string
	if a := inc.Answer; a != nil && what == answered {
		text, org, photos = flows.Cut(a.Text, 3000), v.Org(a.Org), inc.Public(a.Photos)
	}
	m := v.Say("watch.say_"+what, "Number", inc.Number, "Text", text, "Org", org, "First", v.At(inc.First))
	m.Photos = flows.Photos(photos)
	return m, nil
}

// said notes what became of something that was posted. Its address is kept: it is the proof.
func said(t *flows.Turn, timer *storage.Timer) error {
	var f storage.Fate
	if err := json.Unmarshal([]byte(timer.Data), &f); err != nil {
		return err
	}
	id, at, _ := strings.Cut(f.About, " ")
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return err
	}
	i, err := strconv.Atoi(at)
	if err != nil {
		return err
	}
	p, err := t.Tx.Post(n)
	if err != nil || p == nil || i < 0 || i >= len(p.Said) {
		return err
	}
	inc, err := whole(t, timer.Incident)
	if err != nil || inc == nil {
		return err
	}
	s := &p.Said[i]
	if f.Failed {
		s.Failed = true
	} else {
		s.Ref, s.Link, s.Stands, s.Failed = f.Ref, f.Link, t.Now, false
	}
	if err := keep(t, inc, p); err != nil {
		return err
	}
	if f.Failed {
		m, err := wording(t, inc, p, s.What)
		if err != nil {
			return err
		}
		if err := t.Refresh(inc); err != nil {
			return err
		}
		return byHand(t, inc, p, i, m.Text)
	}
	return t.Act(inc, flows.Post, storage.Event{Text: f.Link}, nil)
}

// byHand gives the curators the text to paste where we cannot write, and asks where it stands then.
func byHand(t *flows.Turn, inc *storage.Incident, p *storage.Post, i int, text string) error {
	return toJudges(t, inc.Number, func(v *flows.Voice) (bot.Message, error) {
		m := v.Say("watch.by_hand", "Number", inc.Number, "Link", p.Link, "Text", text)
		m.Keyboard = [][]bot.Button{{v.Button("watch.posted", flows.CardKey(name, "posted", inc.Number, strconv.FormatUint(p.ID, 10), strconv.Itoa(i)))}}
		return m, nil
	})
}

// toJudges says something wherever what was found is judged; number is the incident that it is about, 0 for none.
func toJudges(t *flows.Turn, number uint64, say func(*flows.Voice) (bot.Message, error)) error {
	slots, err := t.Judges()
	if err != nil {
		return err
	}
	for _, s := range slots {
		reader, err := t.Tx.Person(s.Person)
		if err != nil {
			return err
		}
		m, err := say(t.VoiceTo(reader))
		if err != nil {
			return err
		}
		if err := t.Announce(s, m, number); err != nil {
			return err
		}
	}
	return nil
}

// posting is an answer that somebody posted by hand.
type posting struct {
	Incident, Post uint64
	Said           int
}

func pressPosted(t *flows.Turn, inc *storage.Incident, args []string) error {
	if inc == nil || len(args) < 3 {
		return flows.Refuse("desk.old_button")
	}
	if err := t.Check(inc, flows.Proof); err != nil {
		return err
	}
	id, err := strconv.ParseUint(args[1], 10, 64)
	if err != nil {
		return flows.Refuse("desk.old_button")
	}
	i, ok := t.Count(2, 100)
	if !ok {
		return flows.Refuse("desk.old_button")
	}
	return t.Begin(name, "ask_link", posting{inc.Number, id, i})
}

func askLink(t *flows.Turn) error {
	v := t.Voice()
	m := v.Say("watch.ask_link")
	m.Keyboard = [][]bot.Button{{v.Button("watch.no_link", t.Key("none")), v.Button("watch.cancel", t.Key("x"))}}
	return t.Prompt(m)
}

func takeLink(t *flows.Turn) (string, error) {
	var d posting
	if err := t.Load(&d); err != nil {
		return "", err
	}
	address := strings.TrimSpace(t.In.Text)
	switch {
	case t.Verb == "x":
		return "cancel", t.Finish(t.Voice().Say("watch.cancelled"), 0)
	case t.Verb == "none":
		address = ""
	case !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") || strings.ContainsAny(address, " \n"):
		return flows.Stay, nil
	}
	inc, err := t.Tx.Incident(d.Incident)
	if err != nil || inc == nil {
		return "", err
	}
	p, err := t.Tx.Post(d.Post)
	if err != nil {
		return "", err
	}
	if p == nil || d.Said >= len(p.Said) || p.Said[d.Said].By != 0 {
		return "cancel", t.Finish(t.Voice().Say("watch.cancelled"), 0)
	}
	s := &p.Said[d.Said]
	s.Link, s.Stands, s.Failed, s.By = address, t.Now, false, t.Me.ID
	if err := keep(t, inc, p); err != nil {
		return "", err
	}
	if err := t.Act(inc, flows.Proof, storage.Event{Text: address}, nil); err != nil {
		return "", err
	}
	return "done", t.Finish(t.Voice().Say("watch.noted", "Number", inc.Number), inc.Number)
}
