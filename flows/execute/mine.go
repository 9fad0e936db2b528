package execute

import (
	"slices"
	"strconv"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// minePage is how many incidents a page of /mine lists.
const minePage = 8

// list is a page of /mine.
type list struct{ Page int }

// mineCommand is /mine: what is in hand, what is due first before the others.
func mineCommand(t *flows.Turn, _ string) error { return t.Begin(mineFlow, "open", list{}) }

// mineFlow is the name of the conversation that pages /mine.
const mineFlow = "mine"

// Mine is /mine, a list that is paged where it stands.
func Mine() flows.Flow {
	return flows.Flow{
		Name:     mineFlow,
		Standing: true,
		Table: []flows.Transition{
			{Event: "open", From: []string{""}, To: "list"},
			{Event: "done", From: []string{"list"}, To: flows.Done},
		},
		Ask: map[string]flows.Ask{"list": askMine},
		Step: map[string]flows.Step{"list": func(t *flows.Turn) (string, error) {
			return flows.Stay, t.Save(list{t.PageArg()})
		}},
	}
}

// job is what somebody has to do: an incident in hand, or to inspect for one of their bodies.
type job struct {
	*storage.Incident
	inspects string
}

// Due gives until when.
func (j job) Due() time.Time {
	if j.inspects != "" {
		return j.InspectionDue(j.inspects)
	}
	return j.Incident.Due()
}

// stands tells whether the clock stands: that of an inspection never does.
func (j job) stands() bool { return j.inspects == "" && j.State.Paused() }

// inspections gives what a body has to inspect.
func inspections(t *flows.Turn, org string) (rows []job, err error) {
	var numbers []uint64
	if err := t.Tx.Queue(storage.QueueInspect(org), func(q storage.Queued) bool {
		numbers = append(numbers, q.Number)
		return true
	}); err != nil {
		return nil, err
	}
	for _, n := range numbers {
		inc, err := t.Tx.Incident(n)
		if err != nil {
			return nil, err
		}
		if inc != nil {
			rows = append(rows, job{inc, org})
		}
	}
	return rows, nil
}

// mine gives what whoever acts has in hand: a head what all people of the organisation have, the others what they lead
// and what nobody does; and what their bodies inspect.
func mine(t *flows.Turn) (rows []job, err error) {
	for _, org := range t.Orgs() {
		var numbers []uint64
		if err := t.Tx.Queue(storage.QueueOf(org), func(q storage.Queued) bool {
			numbers = append(numbers, q.Number)
			return true
		}); err != nil {
			return nil, err
		}
		for _, n := range numbers {
			inc, err := t.Tx.Incident(n)
			if err != nil {
				return nil, err
			}
			if inc == nil || inc.Assignment == nil {
				continue
			}
			lead, err := flows.Lead(t.Tx, inc)
			if err != nil {
				return nil, err
			}
			if lead != nil && lead.ID != t.Me.ID && !t.Me.Heads(org) {
				continue
			}
			rows = append(rows, job{Incident: inc})
		}
		more, err := inspections(t, org)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	slices.SortStableFunc(rows, func(a, b job) int { return a.Due().Compare(b.Due()) }) // of several organisations
	return rows, nil
}

func askMine(t *flows.Turn) error {
	var l list
	if err := t.Load(&l); err != nil {
		return err
	}
	v := t.Voice()
	all, err := mine(t)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return t.Prompt(v.Say("execute.mine_none"))
	}
	late, today := 0, 0
	end := t.EndOfDay(t.Now)
	for _, inc := range all {
		switch due := inc.Due(); {
		case inc.stands():
		case !due.After(t.Now):
			late++
		case !due.After(end):
			today++
		}
	}
	text := v.T("execute.mine", "Late", late, "Today", today, "All", len(all))
	from, to := flows.Page(l.Page, minePage, len(all))
	var rows [][]bot.Button
	var row []bot.Button
	for _, inc := range all[from:to] {
		line, err := mineLine(t, v, inc)
		if err != nil {
			return err
		}
		text += "\n" + line
		row = append(row, bot.Button{Text: "№ " + strconv.FormatUint(inc.Number, 10), Data: shows(inc)})
		if len(row) == 4 {
			rows, row = append(rows, row), nil
		}
	}
	if row != nil {
		rows = append(rows, row)
	}
	m := flows.Words(text)
	m.Keyboard = v.PageRow(rows, l.Page, minePage, len(all), func(p string) string { return t.Key("p", p) })
	return t.Prompt(m)
}

// shows is the data of the button that shows the card of a job.
func shows(j job) string {
	if j.inspects != "" {
		return flows.CardKey("inspect", "show", j.Number, j.inspects)
	}
	return flows.CardKey(name, "show", j.Number)
}

func mineLine(t *flows.Turn, v *flows.Voice, inc job) (string, error) {
	due := inc.Due()
	id := "execute.mine_line"
	switch {
	case inc.inspects != "":
		id = "execute.mine_inspect"
		if !due.After(t.Now) {
			id = "execute.mine_inspect_late"
		}
		return v.T(id, "Number", inc.Number, "Topic", v.Topic(inc.Topic), "Place", flows.Short(v.Place(inc.Place), 50), "Due", v.Due(due)), nil
	case inc.State == storage.Waiting:
		id, due = "execute.mine_waits", inc.Wait.Until
	case !due.After(t.Now):
		id = "execute.mine_late"
	}
	lead := ""
	p, err := flows.Lead(t.Tx, inc.Incident)
	if err != nil {
		return "", err
	}
	if p != nil && p.ID != t.Me.ID {
		lead = " · " + flows.ShortName(p.Name)
	}
	return v.T(id, "Number", inc.Number, "Topic", v.Topic(inc.Topic), "Place", flows.Short(v.Place(inc.Place), 50), "Due", v.Due(due), "Lead", lead), nil
}
