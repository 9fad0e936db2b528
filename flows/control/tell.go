package control

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// listener is somebody of a body, or a group.
type listener struct {
	Person uint64
	Org    string
	Group  string
}

// item is one deadline of which somebody is to hear.
type item struct {
	Number uint64    `json:"number"`
	What   string    `json:"what"`          // first or final, a task's, or the action of the residents that counts
	Key    string    `json:"key,omitempty"` // of a task: which one
	Due    time.Time `json:"due"`
	Org    string    `json:"org"`
}

const (
	// gathering is how long more is waited for before a list leaves: deadlines stand at the quarters of an hour.
	gathering = 2 * time.Minute
	// longest is how many a message names.
	longest = 10
)

func (l listener) setting() string {
	if l.Group != "" {
		return name + "/group/" + l.Group
	}
	return fmt.Sprintf("%s/person/%d/%s", name, l.Person, l.Org)
}

// expect has somebody told of a deadline, in one list with others, and outside the quiet hours.
func (l listener) expect(t *flows.Turn, one item) error {
	list, err := l.expected(t)
	if err != nil {
		return err
	}
	if list == nil {
		data := l.Group
		if l.Person != 0 {
			data = strconv.FormatUint(l.Person, 10) + "|" + l.Org
		}
		err := t.Tx.AddTimer(&storage.Timer{Due: t.Polite(t.Now.Add(gathering)), Kind: tellTimer, Data: data})
		if err != nil {
			return err
		}
	}
	raw, err := json.Marshal(append(list, one))
	if err != nil {
		return err
	}
	return t.Tx.SetSetting(l.setting(), raw)
}

func (l listener) expected(t *flows.Turn) (list []item, err error) {
	raw, err := t.Tx.Setting(l.setting())
	if err != nil || len(raw) == 0 {
		return nil, err
	}
	return list, json.Unmarshal(raw, &list)
}

// tell tells somebody of all deadlines that were gathered for them and still count.
func tell(t *flows.Turn, timer *storage.Timer) error {
	l := listener{Group: timer.Data}
	if id, org, ok := strings.Cut(timer.Data, "|"); ok {
		n, err := strconv.ParseUint(id, 10, 64)
		if err != nil {
			return fmt.Errorf("timer %d: data %q", timer.ID, timer.Data)
		}
		l = listener{Person: n, Org: org}
	}
	list, err := l.expected(t)
	if err != nil {
		return err
	}
	if err := t.Tx.DropSetting(l.setting()); err != nil {
		return err
	}
	if l.Group != "" {
		peer, err := bot.ParsePeer(l.Group)
		if err != nil {
			return err
		}
		m, number, err := words(t, t.VoiceTo(nil), l, list)
		if err != nil || m.Text == "" {
			return err
		}
		return t.Announce(storage.Slot{Peer: peer.String(), Group: true}, m, number)
	}
	p, err := t.Tx.Person(l.Person)
	if err != nil || p == nil || !p.Is(storage.Official, l.Org) {
		return err
	}
	m, number, err := words(t, t.VoiceTo(p), l, list)
	if err != nil || m.Text == "" {
		return err
	}
	return t.TellAs(p, storage.Role{Kind: storage.Official, Org: l.Org}, m, number)
}

// counts tells whether what somebody is to hear of still is so, and gives a task's words.
func (one *item) counts(inc *storage.Incident) (text string, ok bool) {
	switch {
	case inc == nil:
		return "", false
	case one.What == inspection || one.What == measure:
		job, ok := find(inc, one.What, one.Key)
		return job.text, ok && job.org == one.Org && job.due.Equal(one.Due)
	}
	return "", inc.Assignment != nil && inc.Assignment.Org == one.Org && due(inc, one.What).Equal(one.Due) && flows.Possible(flows.Escalate, inc.State)
}

// words gives the list as a message; number is that of the incident if there is one alone. It is empty where nothing of
// it counts any more.
func words(t *flows.Turn, v *flows.Voice, l listener, list []item) (m bot.Message, number uint64, err error) {
	var near, past, heads []string
	said := map[string]bool{}
	for _, one := range slices.SortedStableFunc(slices.Values(list), func(a, b item) int { return a.Due.Compare(b.Due) }) {
		inc, err := t.Tx.Incident(one.Number)
		if err != nil {
			return m, 0, err
		}
		text, counts := one.counts(inc)
		if !counts {
			continue
		}
		key := fmt.Sprint(one.Number, one.What, one.Key)
		if said[key] { // two rungs of one deadline, or somebody who is told of it twice
			continue
		}
		said[key] = true
		passed := !one.Due.After(t.Now)
		id := "control.near_" + one.What
		switch {
		case one.Due.IsZero():
			id = "control.said_" + one.What
		case passed:
			id = "control.past_" + one.What
		}
		left := time.Duration(0)
		if !passed {
			left = t.Work().Between(t.Now, one.Due)
		}
		line := v.T(id, "Number", inc.Number, "Topic", v.Topic(inc.Topic), "Place", v.Place(inc.Place), "Due", v.Due(one.Due),
			"Org", v.Org(one.Org), "Group", l.Group != "", "Left", v.Span(left), "Text", flows.Short(text, 100))
		switch number = inc.Number; {
		case one.Due.IsZero():
			heads = append(heads, line)
		case passed:
			past = append(past, line)
		default:
			near = append(near, line)
		}
	}
	var lines []string
	for _, part := range []struct {
		head string
		list []string
	}{{"control.said", heads}, {"control.past", past}, {"control.near", near}} {
		if len(part.list) == 0 {
			continue
		}
		lines = append(lines, v.T(part.head, "Group", l.Group != "", "N", len(part.list)))
		shown := min(len(part.list), longest)
		lines = append(lines, part.list[:shown]...)
		if rest := len(part.list) - shown; rest > 0 {
			lines = append(lines, v.T("control.more", "N", rest, "Group", l.Group != ""))
		}
	}
	if len(past)+len(near)+len(heads) > 1 {
		number = 0
	}
	return flows.Words(strings.Join(lines, "\n")), number, nil
}
