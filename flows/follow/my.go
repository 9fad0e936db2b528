package follow

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// PageSize is how many reports /my shows at once.
const PageSize = 5

// recent is how many of a person's newest incidents are looked through for those that something may belong to.
const recent = 500

func page(t *flows.Turn, _ *storage.Incident, args []string) error {
	if len(args) != 1 {
		return flows.Refuse("desk.old_button")
	}
	n, err := strconv.Atoi(args[0])
	if err != nil || n < 0 || n > 10_000 {
		return flows.Refuse("desk.old_button")
	}
	return list(t, n)
}

// list lists a person's reports, what they follow among them. Those that wait for their answer come first: where they are
// many, on pages of their own, of which the last shows the newest of all, too.
func list(t *flows.Turn, page int) error {
	wait, err := waiting(t)
	if err != nil {
		return err
	}
	own := max(len(wait)-1, 0) / PageSize // pages before the last of those that wait
	wait = wait[min(page*PageSize, len(wait)):min((page+1)*PageSize, len(wait))]
	if page < own {
		return t.Reply(listPage(t, page, wait, nil, true))
	}
	numbers, err := t.Tx.ByPerson(t.Me.ID, (page-own)*PageSize, PageSize+1)
	if err != nil {
		return err
	}
	more := len(numbers) > PageSize
	var all []*storage.Incident
	for _, n := range numbers[:min(len(numbers), PageSize)] {
		inc, err := t.Tx.Incident(n)
		if err != nil {
			return err
		}
		if inc != nil {
			all = append(all, inc)
		}
	}
	if len(all) == 0 {
		return t.Reply(t.Voice().Say("follow.none"))
	}
	return t.Reply(listPage(t, page, wait, all, more))
}

func listPage(t *flows.Turn, page int, wait, all []*storage.Incident, more bool) bot.Message {
	v := t.Voice()
	var rows [][]bot.Button
	var lines []string
	if len(wait) > 0 {
		lines = append(lines, v.T("follow.list_waiting"))
		for _, inc := range wait {
			lines = append(lines, v.T("follow.line_waiting", "Number", inc.Number, "Text", flows.Short(inc.Wait.Text, 80)))
			rows = append(rows, listed(v, "❓ ", inc))
		}
	}
	if len(wait) > 0 && len(all) > 0 {
		lines = append(lines, "")
	}
	if len(all) > 0 {
		lines = append(lines, v.T("follow.list"))
	}
	for _, inc := range all {
		lines = append(lines, line(v, inc, t.Me.ID))
		if !slices.ContainsFunc(wait, func(w *storage.Incident) bool { return w.Number == inc.Number }) {
			rows = append(rows, listed(v, "", inc))
		}
	}
	m := flows.Words(strings.Join(lines, "\n"))
	m.Keyboard = rows
	var nav []bot.Button
	if page > 0 {
		nav = append(nav, v.Button("follow.newer", fmt.Sprintf("%s:my:%d", name, page-1)))
	}
	if more {
		nav = append(nav, v.Button("follow.older", fmt.Sprintf("%s:my:%d", name, page+1)))
	}
	if nav != nil {
		m.Keyboard = append(m.Keyboard, nav)
	}
	return m
}

// listed is the button of an incident in a list; of a merged one it shows the whole.
func listed(v *flows.Voice, sign string, inc *storage.Incident) []bot.Button {
	verb := "show"
	if inc.State == storage.Merged {
		verb = "whole"
	}
	return []bot.Button{{Text: flows.Short(fmt.Sprintf("%s№ %d · %s", sign, inc.Number, v.Topic(inc.Topic)), 40), Data: flows.CardKey(name, verb, inc.Number)}}
}

func line(v *flows.Voice, inc *storage.Incident, person uint64) string {
	id := "follow.line"
	if r := inc.Reporter(person); r != nil && r.Follows {
		id = "follow.line_follows"
	}
	state := standing(v, inc, person)
	if inc.State == storage.Merged {
		state = v.T("follow.merged_with", "Other", inc.Into)
	}
	return v.T(id, "Number", inc.Number, "Topic", v.Topic(inc.Topic), "State", state)
}

// mine gives those of a person's incidents that are so, the newest first.
func mine(t *flows.Turn, so func(inc *storage.Incident, r *storage.Reporter) bool) ([]*storage.Incident, error) {
	numbers, err := t.Tx.ByPerson(t.Me.ID, 0, recent)
	if err != nil {
		return nil, err
	}
	return those(t, numbers, so)
}

// waiting gives those of a person's incidents that wait for an answer, the newest first. It is asked with nearly every
// message: it does not read the others.
func waiting(t *flows.Turn) ([]*storage.Incident, error) {
	numbers, err := t.Tx.WaitFor(t.Me.ID)
	if err != nil {
		return nil, err
	}
	return those(t, numbers, waits)
}

func those(t *flows.Turn, numbers []uint64, so func(inc *storage.Incident, r *storage.Reporter) bool) (list []*storage.Incident, err error) {
	for _, n := range numbers {
		inc, err := t.Tx.Incident(n)
		if err != nil {
			return nil, err
		}
		if inc == nil {
			continue
		}
		if r := inc.Reporter(t.Me.ID); r != nil && so(inc, r) {
			list = append(list, inc)
		}
	}
	return list, nil
}

// waits tells whether an incident waits for its reporters' answer.
func waits(inc *storage.Incident, _ *storage.Reporter) bool {
	return inc.State == storage.Waiting && inc.Wait != nil
}

// returned tells a resident who could not be reached what has become of theirs since: one or two by their cards, more by a
// list.
func returned(t *flows.Turn, since time.Time) error {
	v := t.Voice()
	list, err := mine(t, func(inc *storage.Incident, _ *storage.Reporter) bool { return !inc.Changed.Before(since) })
	if err != nil {
		return err
	}
	var news []*storage.Incident
	for _, inc := range list {
		events, err := t.Tx.Events(inc.Number)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(events, func(ev storage.Event) bool {
			return !ev.At.Before(since) && ev.Actor != t.Me.ID && v.Has("follow.did_"+ev.Action)
		}) {
			news = append(news, inc)
		}
	}
	if len(news) == 0 {
		return nil
	}
	if len(news) <= 2 {
		if err := t.Reply(v.Say("follow.while_away")); err != nil {
			return err
		}
		for _, inc := range news {
			if err := t.ShowCard(inc); err != nil {
				return err
			}
		}
		return nil
	}
	m := v.Say("follow.while_away")
	for _, inc := range news[:min(len(news), PageSize)] {
		m.Text += "\n" + line(v, inc, t.Me.ID)
		m.Keyboard = append(m.Keyboard, listed(v, "", inc))
	}
	return t.Reply(m)
}
