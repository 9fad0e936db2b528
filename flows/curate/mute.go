package curate

import (
	"fmt"
	"strconv"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// spans are for how long a resident may be muted, in hours.
var spans = []int{1, 24, 3 * 24, 7 * 24, 30 * 24}

// mutable gives those of an incident's reporters and followers who are none of the staff, the author first.
func mutable(t *flows.Turn, inc *storage.Incident) (list []*storage.Person, err error) {
	for _, r := range inc.Reporters {
		p, err := t.Tx.Person(r.Person)
		if err != nil {
			return nil, err
		}
		if p != nil && len(p.Roles) == 0 {
			list = append(list, p)
		}
	}
	return list, nil
}

// whom gives who is to be muted: the one who was chosen, or the only one there is; nil if that has to be asked.
func (c *choice) whom(list []*storage.Person) *storage.Person {
	for _, p := range list {
		if p.ID == c.Person || len(list) == 1 {
			return p
		}
	}
	return nil
}

// askWhom asks whom to mute.
func askWhom(t *flows.Turn, c *choice, inc *storage.Incident, list []*storage.Person) error {
	v := t.Voice()
	m := v.Say("curate.ask_whom", "Number", inc.Number)
	size := t.Room(mutedPage, 1, 1, 1)
	from, to := flows.Page(c.Page, size, len(list))
	for _, p := range list[from:to] {
		m.Keyboard = append(m.Keyboard, []bot.Button{{Text: flows.Short(p.Name, 40), Data: t.Key("w", strconv.FormatUint(p.ID, 10))}})
	}
	m.Keyboard = v.PageRow(m.Keyboard, c.Page, size, len(list), func(p string) string { return t.Key("p", p) })
	m.Keyboard = append(m.Keyboard, cancelRow(t))
	return t.Prompt(m)
}

func askMute(t *flows.Turn, c *choice, inc *storage.Incident) error {
	v := t.Voice()
	list, err := mutable(t, inc)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return flows.Refuse("curate.nobody_to_mute", "Number", inc.Number)
	}
	p := c.whom(list)
	if p == nil {
		return askWhom(t, c, inc, list)
	}
	m := v.Say("curate.ask_mute", "Name", p.Name)
	var row []bot.Button
	for _, h := range spans {
		row = append(row, bot.Button{Text: long(v, h), Data: t.Key("h", strconv.Itoa(h))})
		if len(row) == 3 {
			m.Keyboard, row = append(m.Keyboard, row), nil
		}
	}
	m.Keyboard = append(m.Keyboard, row)
	if t.Now.Before(p.Muted) {
		m.Text += "\n" + v.T("curate.is_muted", "At", v.At(p.Muted))
		m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("curate.unmute", t.Key("h", "0"))})
	}
	m.Keyboard = append(m.Keyboard, cancelRow(t))
	return t.Prompt(m)
}

func long(v *flows.Voice, hours int) string {
	if hours < 24 {
		return v.T("curate.hours", "N", hours)
	}
	return v.T("curate.days", "N", hours/24)
}

func takeMute(t *flows.Turn, c *choice, inc *storage.Incident) (string, error) {
	list, err := mutable(t, inc)
	if err != nil {
		return "", err
	}
	switch t.Verb {
	case "p":
		c.Page = t.PageArg()
	case "w":
		c.Person, err = strconv.ParseUint(t.Arg(0), 10, 64)
		if err != nil {
			return "", flows.Refuse("desk.old_button")
		}
	case "h":
		h, ok := t.Count(0, spans[len(spans)-1]+1)
		if p := c.whom(list); ok && p != nil {
			return muted(t, inc, p, h)
		}
	}
	return flows.Stay, nil
}

func muted(t *flows.Turn, inc *storage.Incident, p *storage.Person, hours int) (string, error) {
	v := t.Voice()
	until := time.Time{}
	if hours > 0 {
		until = t.Now.Add(time.Duration(hours) * time.Hour)
	}
	if err := t.Mute(p, until, fmt.Sprintf("№ %d", inc.Number)); err != nil {
		return "", err
	}
	if hours == 0 {
		return done(t, inc, "curate.unmuted", "Name", p.Name)
	}
	return done(t, inc, "curate.muted", "Name", p.Name, "At", v.At(until))
}

const mutedPage = 8

// mutedCommand is /muted: who is muted now, each a tap from speaking again.
func mutedCommand(t *flows.Turn, _ string) error { return listMuted(t, 0) }

func listMuted(t *flows.Turn, page int) error {
	people, why, err := mutedNow(t)
	if err != nil {
		return err
	}
	v := t.Voice()
	text := v.T("curate.list_muted")
	if len(people) == 0 {
		text += "\n" + v.T("desk.nothing_listed")
	}
	var rows [][]bot.Button
	size := t.Room(mutedPage, 1, 0, 0)
	from, to := flows.Page(page, size, len(people))
	for _, p := range people[from:to] {
		text += "\n" + v.T("curate.muted_line", "Name", p.Name, "At", v.At(p.Muted), "Why", why[p.ID])
		rows = append(rows, []bot.Button{v.Button("curate.unmute_name", name+":unmute:0:"+strconv.FormatUint(p.ID, 10), "Name", flows.Short(p.Name, 30))})
	}
	m := flows.Words(text)
	m.Keyboard = v.PageRow(rows, page, size, len(people), func(p string) string { return name + ":muted:0:" + p })
	return t.Reply(m)
}

// mutedNow gives who is muted, the last first, and why.
func mutedNow(t *flows.Turn) (people []*storage.Person, why map[uint64]string, err error) {
	why = map[uint64]string{}
	seen := map[uint64]bool{}
	oldest := t.Now.Add(-time.Duration(spans[len(spans)-1]) * time.Hour)
	var fault error
	err = t.Tx.Logged(func(e *storage.Entry) bool {
		if e.At.Before(oldest) {
			return false
		}
		if (e.Action != "mute" && e.Action != "unmute") || seen[e.Person] {
			return true
		}
		seen[e.Person] = true
		var p *storage.Person
		if p, fault = t.Tx.Person(e.Person); p != nil && t.Now.Before(p.Muted) {
			people, why[p.ID] = append(people, p), e.Text
		}
		return fault == nil
	})
	if err == nil {
		err = fault
	}
	return people, why, err
}

func pressMuted(t *flows.Turn, _ *storage.Incident, args []string) error {
	if !t.May(staff) {
		return flows.Refuse("desk.not_your_command")
	}
	n := 0
	if len(args) == 2 {
		var err error
		if n, err = strconv.Atoi(args[1]); err != nil || n < 0 || n > 10_000 {
			return flows.Refuse("desk.old_button")
		}
	}
	return listMuted(t, n)
}

func pressUnmute(t *flows.Turn, _ *storage.Incident, args []string) error {
	if !t.May(staff) {
		return flows.Refuse("desk.not_your_command")
	}
	if len(args) != 2 {
		return flows.Refuse("desk.old_button")
	}
	id, err := strconv.ParseUint(args[1], 10, 64)
	if err != nil {
		return flows.Refuse("desk.old_button")
	}
	p, err := t.Tx.Person(id)
	if err != nil {
		return err
	}
	if p == nil || !t.Now.Before(p.Muted) {
		return flows.Refuse("curate.not_muted")
	}
	if err := t.Mute(p, time.Time{}, ""); err != nil {
		return err
	}
	return t.Reply(t.Voice().Say("curate.unmuted", "Name", p.Name))
}
