package watch

import (
	"strconv"
	"strings"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// take makes an incident of what was found: its author is its reporter, and hears of it once they write to us.
func take(t *flows.Turn, inc *storage.Incident) error {
	if err := t.Check(inc, flows.Take); err != nil {
		return err
	}
	if inc.Place.Municipality == "" {
		return flows.Refuse("watch.no_place", "Number", inc.Number)
	}
	return begin(t, inc, flows.Take, 0)
}

// begin is the beginning of an incident, by a curator's word or the desk's own.
func begin(t *flows.Turn, inc *storage.Incident, a flows.Action, filed float64) error {
	reporters, err := authors(t, inc)
	if err != nil {
		return err
	}
	return t.Act(inc, a, storage.Event{}, func() {
		inc.Reporters, inc.Filed = reporters, filed
		t.Clock(inc, t.Now)
	})
}

// authors gives those who wrote of it and can be met in a messenger.
func authors(t *flows.Turn, inc *storage.Incident) (list []storage.Reporter, err error) {
	posts, _, err := t.Tx.Posts(inc.Number, 50)
	if err != nil {
		return nil, err
	}
	return reporters(t, posts)
}

// reporters gives those of the authors of messages who can be met in a messenger, each once.
func reporters(t *flows.Turn, posts []*storage.Post) (list []storage.Reporter, err error) {
	seen := map[uint64]bool{}
	for _, p := range posts {
		channel := channelOf(p)
		if p.Author.User == "" || p.ReadOnly && t.Link(channel, "") == "" || strings.HasPrefix(p.Author.User, "-") { // a group's own voice is nobody
			continue
		}
		who, err := t.Tx.PersonBy(channel, p.Author.User)
		if err != nil {
			return nil, err
		}
		if who == nil {
			who = &storage.Person{Channel: channel, User: p.Author.User, Name: p.Author.Name, Username: p.Author.Username, Created: t.Now}
			if err := t.Tx.PutPerson(who); err != nil {
				return nil, err
			}
		}
		if !seen[who.ID] {
			seen[who.ID] = true
			list = append(list, storage.Reporter{Person: who.ID, Peer: p.Thread})
		}
	}
	return list, nil
}

func pressTake(t *flows.Turn, inc *storage.Incident, _ []string) error {
	if inc == nil {
		return flows.Refuse("desk.old_button")
	}
	return take(t, inc)
}

// pressTo takes it and routes it in one tap.
func pressTo(t *flows.Turn, inc *storage.Incident, args []string) error {
	if inc == nil || len(args) < 3 || t.Pack().Organisation(args[1]) == nil {
		return flows.Refuse("desk.old_button")
	}
	if args[2] != strconv.FormatUint(inc.Version, 10) && inc.State != storage.Found {
		return t.Stale(inc, flows.Take)
	}
	if err := take(t, inc); err != nil {
		return err
	}
	return t.Assign(inc, args[1])
}

func pressPass(t *flows.Turn, inc *storage.Incident, _ []string) error {
	if inc == nil {
		return flows.Refuse("desk.old_button")
	}
	if err := pass(t, inc); err != nil {
		return err
	}
	t.Toast(t.Voice().T("watch.passed", "Number", inc.Number))
	return nil
}

// pressKnown makes it a part of an incident that is open.
func pressKnown(t *flows.Turn, inc *storage.Incident, args []string) error {
	if inc == nil || len(args) < 2 {
		return flows.Refuse("desk.old_button")
	}
	into, _, err := t.Number(args[1])
	if err != nil {
		return err
	}
	if into, err = t.Whole(into); err != nil {
		return err
	}
	return t.Merge(inc, into, "")
}

// pressThanks answers somebody who only had a good word, and passes it.
func pressThanks(t *flows.Turn, inc *storage.Incident, _ []string) error {
	if inc == nil {
		return flows.Refuse("desk.old_button")
	}
	if err := passable(t, inc); err != nil {
		return err
	}
	if err := toPosts(t, inc, thanked); err != nil {
		return err
	}
	t.Toast(t.Voice().T("watch.thanked"))
	return pass(t, inc)
}

// pressHush passes it and looks at nothing of its author any more.
func pressHush(t *flows.Turn, inc *storage.Incident, _ []string) error {
	if inc == nil {
		return flows.Refuse("desk.old_button")
	}
	posts, _, err := t.Tx.Posts(inc.Number, 1)
	if err != nil {
		return err
	}
	if len(posts) == 0 || posts[0].Author.User == "" {
		return flows.Refuse("watch.no_author")
	}
	p := posts[0]
	if err := pass(t, inc); err != nil {
		return err
	}
	if err := t.Tx.SetSetting(hushKey(p), []byte(p.Author.Name+"\x00"+p.Link)); err != nil {
		return err
	}
	if err := t.Tx.Log(&storage.Entry{At: t.Now, Action: "hush", Actor: t.Me.ID, Text: flows.Short(p.Author.Name, 60)}); err != nil {
		return err
	}
	t.Toast(t.Voice().T("watch.hushed", "Name", flows.Short(p.Author.Name, 40)))
	return nil
}

// hushed lists the authors of whom nothing is looked at, each with a button that takes it back.
func hushed(t *flows.Turn) error {
	names, err := t.Tx.SettingNames(hushPrefix)
	if err != nil {
		return err
	}
	v := t.Voice()
	const most = 20
	m := v.Say("watch.hushed_list")
	for _, k := range names[max(len(names)-most, 0):] {
		who, err := t.Tx.Setting(k)
		if err != nil {
			return err
		}
		name, _, _ := strings.Cut(string(who), "\x00")
		if data := "watch:unhush:" + strings.TrimPrefix(k, hushPrefix); len(data) <= 64 {
			m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("watch.unhush", data, "Name", flows.Short(name, 30))})
		}
	}
	if len(m.Keyboard) == 0 {
		m = v.Say("watch.hushed_none")
	}
	return t.Reply(m)
}

func pressUnhush(t *flows.Turn, _ *storage.Incident, args []string) error {
	if !t.May(curators) {
		return flows.Refuse("desk.not_your_command")
	}
	k := hushPrefix + strings.Join(args, ":")
	who, err := t.Tx.Setting(k)
	if err != nil {
		return err
	}
	if who == nil {
		return flows.Refuse("desk.old_button")
	}
	if err := t.Tx.DropSetting(k); err != nil {
		return err
	}
	name, _, _ := strings.Cut(string(who), "\x00")
	if err := t.Tx.Log(&storage.Entry{At: t.Now, Action: "unhush", Actor: t.Me.ID, Text: flows.Short(name, 60)}); err != nil {
		return err
	}
	return t.Reply(t.Voice().Say("watch.unhushed", "Name", flows.Short(name, 40)))
}
