package watch

import (
	"fmt"
	"slices"
	"strconv"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// mostPosts is how many messages of a bundle can be looked through.
const mostPosts = 500

// parting is the question which message of a bundle is about something else.
type parting struct {
	Incident uint64
	Page     int
}

func pressPart(t *flows.Turn, inc *storage.Incident, _ []string) error {
	if inc == nil {
		return flows.Refuse("desk.old_button")
	}
	if err := t.Check(inc, flows.Extract); err != nil {
		return err
	}
	posts, err := bundle(t, inc)
	if err != nil {
		return err
	}
	if len(posts) < 2 {
		return flows.Refuse("watch.part_one", "Number", inc.Number)
	}
	return t.Begin(name, "ask_part", parting{Incident: inc.Number})
}

// bundle gives the messages that speak of an incident, and of those that are merged into it.
func bundle(t *flows.Turn, inc *storage.Incident) (all []*storage.Post, err error) {
	parts, err := t.Parts(inc)
	if err != nil {
		return nil, err
	}
	for _, n := range parts {
		posts, _, err := t.Tx.Posts(n, mostPosts-len(all))
		if err != nil {
			return nil, err
		}
		all = append(all, posts...)
	}
	return all, nil
}

func askPart(t *flows.Turn) error {
	var d parting
	if err := t.Load(&d); err != nil {
		return err
	}
	inc, err := t.Tx.Incident(d.Incident)
	if err != nil || inc == nil {
		return err
	}
	posts, err := bundle(t, inc)
	if err != nil {
		return err
	}
	v := t.Voice()
	size := t.Room(5, 1, 2, 1)
	from, to := flows.Page(d.Page, size, len(posts))
	m := v.Say("watch.ask_part", "Number", inc.Number, "N", len(posts))
	for i, p := range posts[from:to] {
		n := from + i + 1
		line := v.T("watch.part_line", "N", n, "Name", flows.Short(p.Author.Name, 40), "At", v.Stamp(p.At), "Text", flows.Short(p.Text, 200))
		m.Text += "\n" + line
		m.Keyboard = append(m.Keyboard, []bot.Button{{Text: flows.Short(fmt.Sprintf("%d. %s", n, p.Text), 40), Data: t.Key("o", strconv.FormatUint(p.ID, 10))}})
	}
	m.Keyboard = v.PageRow(m.Keyboard, d.Page, size, len(posts), func(p string) string { return t.Key("p", p) })
	m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("watch.part_ready", t.Key("x"))})
	return t.Prompt(m)
}

func takePart(t *flows.Turn) (string, error) {
	var d parting
	if err := t.Load(&d); err != nil {
		return "", err
	}
	inc, err := t.Tx.Incident(d.Incident)
	if err != nil || inc == nil {
		return "", err
	}
	v := t.Voice()
	switch t.Verb {
	case "x":
		return "done", t.Finish(v.Say("watch.part_done", "Number", inc.Number), inc.Number)
	case "p":
		d.Page = t.PageArg()
		return flows.Stay, t.Save(d)
	case "o":
		left, err := extract(t, inc, t.Arg(0))
		if err != nil || left > 1 {
			return flows.Stay, err
		}
		return "done", t.Finish(v.Say("watch.parted_all", "Number", inc.Number), inc.Number)
	}
	return flows.Stay, nil
}

// extract makes something found of its own of a message that was held for a part of an incident, and tells how many are left.
func extract(t *flows.Turn, whole *storage.Incident, arg string) (left int, err error) {
	id, err := strconv.ParseUint(arg, 10, 64)
	if err != nil {
		return 0, flows.Refuse("desk.old_button")
	}
	posts, err := bundle(t, whole)
	if err != nil {
		return 0, err
	}
	at := slices.IndexFunc(posts, func(p *storage.Post) bool { return p.ID == id })
	switch {
	case at < 0:
		return 0, flows.Refuse("watch.part_gone")
	case len(posts) < 2:
		return 0, flows.Refuse("watch.part_one", "Number", whole.Number)
	}
	p := posts[at]
	posts = slices.Delete(posts, at, at+1)
	owner := whole
	if p.Incident != whole.Number {
		if owner, err = t.Tx.Incident(p.Incident); err != nil || owner == nil {
			return 0, err
		}
	}
	if err := t.Check(owner, flows.Extract); err != nil {
		return 0, err
	}
	if owner != whole && !slices.ContainsFunc(posts, func(o *storage.Post) bool { return o.Incident == owner.Number }) {
		return len(posts), t.Unmerge(owner) // it was all that had been merged
	}
	fresh, err := refound(t, p, whole)
	if err != nil {
		return 0, err
	}
	if err := without(t, owner, p, posts, fresh.Number); err != nil {
		return 0, err
	}
	if owner != whole {
		err = without(t, whole, p, posts, fresh.Number)
	}
	t.Toast(t.Voice().T("watch.parted", "Number", fresh.Number))
	return len(posts), err
}

// refound finds a message anew, by itself: a curator judges it, whatever the pack lets the desk file.
func refound(t *flows.Turn, p *storage.Post, from *storage.Incident) (*storage.Incident, error) {
	inc, err := anew(t, p)
	if err != nil {
		return nil, err
	}
	if inc.Sure.Known, err = open(t, inc, from.Number); err != nil {
		return nil, err
	}
	inc.Posts, inc.Origin = 1, p.Incident
	if inc.Topic != from.Topic || inc.Place.Municipality != from.Place.Municipality { // it was counted there
		if err := t.Tx.Count(inc.Place.Municipality, inc.Topic, t.Now); err != nil {
			return nil, err
		}
	}
	if err := t.Find(inc); err != nil {
		return nil, err
	}
	p.Incident = inc.Number
	if err := t.Tx.PutPost(p); err != nil {
		return nil, err
	}
	return inc, t.Refresh(inc)
}

// anew judges a message that was judged before.
func anew(t *flows.Turn, p *storage.Post) (*storage.Incident, error) {
	w, err := t.Tx.Watched(p.Source)
	if err != nil {
		return nil, err
	}
	if w == nil {
		w = &storage.Watched{}
	}
	return judge(t, w, p), nil
}

// without is an incident without one of the messages that spoke of it: its author is none of its reporters any more, unless
// they wrote another one or came by themselves. rest are the messages left; other is the incident that the message is now.
func without(t *flows.Turn, inc *storage.Incident, p *storage.Post, rest []*storage.Post, other uint64) error {
	gone, err := writer(t, p, rest)
	if err != nil {
		return err
	}
	var next, judged *storage.Incident
	if first := slices.IndexFunc(rest, func(o *storage.Post) bool { return o.Incident == inc.Number }); inc.Text == p.Text && first >= 0 {
		if next, err = anew(t, rest[first]); err != nil {
			return err
		}
		if judged = next; inc.State != storage.Found || inc.Taught != (storage.Labels{}) {
			judged = nil // what somebody decided stands
		}
	}
	return t.Act(inc, flows.Extract, storage.Event{Other: other, Text: p.Text}, func() {
		inc.Posts = len(slices.DeleteFunc(slices.Clone(rest), func(o *storage.Post) bool { return o.Incident != inc.Number }))
		inc.Photos = slices.DeleteFunc(inc.Photos, func(id string) bool { return slices.Contains(p.Photos, id) })
		inc.Reporters = slices.DeleteFunc(inc.Reporters, func(r storage.Reporter) bool {
			return r.Person == gone && r.Peer == p.Thread && !r.Follows
		})
		if next != nil { // the first one left speaks for it
			inc.Text, inc.Photos, inc.Source = next.Text, append(inc.Photos, next.Photos...), next.Source
		}
		if judged != nil {
			inc.Topic, inc.Place, inc.Urgent, inc.Raised, inc.Sure = judged.Topic, judged.Place, judged.Urgent, judged.Raised, judged.Sure
			t.Route(inc)
		}
	})
}

// writer gives the person who wrote a message and none of the rest; 0 for nobody.
func writer(t *flows.Turn, p *storage.Post, rest []*storage.Post) (uint64, error) {
	same := func(o *storage.Post) bool { return o.Author.User == p.Author.User && channelOf(o) == channelOf(p) }
	if p.Author.User == "" || slices.ContainsFunc(rest, same) {
		return 0, nil
	}
	who, err := t.Tx.PersonBy(channelOf(p), p.Author.User)
	if err != nil || who == nil {
		return 0, err
	}
	return who.ID, nil
}
