package execute

import (
	"fmt"
	"strconv"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// active lists what an official's organisations have in hand, up to some hundred of each state.
func active(t *flows.Turn) (numbers []uint64, err error) {
	const most = 300
	for _, org := range t.Orgs() {
		for _, s := range []storage.State{storage.Accepted, storage.Assigned} {
			more, err := t.Tx.ByOrg(org, s, 0, most)
			if err != nil {
				return nil, err
			}
			numbers = append(numbers, more...)
		}
	}
	return numbers, nil
}

// opened takes what an official writes without replying to a card: most often it belongs to an incident in hand, so it
// is asked which. Nobody's words begin a report by mistake.
func opened(t *flows.Turn) (bool, error) {
	u := t.In
	v := t.Voice()
	if u.Group || t.Seat().Kind != storage.Official || (u.Text == "" && len(u.Media) == 0) || v.Listed("desk.greetings", u.Text) || v.Listed("desk.thanks", u.Text) {
		return false, nil
	}
	numbers, err := active(t)
	if err != nil || len(numbers) == 0 {
		return false, err
	}
	return true, t.Begin(name, "said", work{Said: &u, Album: u.Album})
}

func askWhich(t *flows.Turn, w *work, _ *storage.Incident) error {
	numbers, err := active(t)
	if err != nil {
		return err
	}
	v := t.Voice()
	m := v.Say("execute.ask_which", "Text", flows.Short(w.Said.Text, 80))
	size := t.Room(6, 1, 2, 2)
	from, to := flows.Page(w.Page, size, len(numbers))
	for _, n := range numbers[from:to] {
		inc, err := t.Tx.Incident(n)
		if err != nil {
			return err
		}
		if inc != nil {
			m.Keyboard = append(m.Keyboard, []bot.Button{{Text: flows.Short(fmt.Sprintf("№ %d · %s, %s", n, v.Topic(inc.Topic), v.Place(inc.Place)), 60), Data: t.Key("n", strconv.FormatUint(n, 10))}})
		}
	}
	m.Keyboard = v.PageRow(m.Keyboard, w.Page, size, len(numbers), func(p string) string { return t.Key("p", p) })
	return prompt(t, m, []bot.Button{v.Button("execute.new_report", t.Key("new"))})
}

func takeWhich(t *flows.Turn, w *work, _ *storage.Incident) (string, error) {
	switch t.Verb {
	case "p":
		w.Page = t.PageArg()
		return flows.Stay, nil
	case "new":
		return flows.Quiet, t.PassOn(*w.Said)
	case "n":
		inc, _, err := t.Number(t.Arg(0))
		if err != nil {
			return "", err
		}
		if err := t.Check(inc, flows.Note); err != nil {
			return "", err
		}
		w.Incident, w.Text = inc.Number, w.Said.Text
		w.Photos, err = t.Keep(w.Said.Media)
		w.Said = nil
		return "report", err
	}
	if t.In.Kind != bot.Written {
		return flows.Stay, nil
	}
	if t.In.Album != "" && t.In.Album == w.Album {
		t.InPlace()
	}
	w.Said.Media = append(w.Said.Media, t.In.Media...)
	if t.In.Text != "" {
		w.Said.Text += "\n" + t.In.Text
	}
	return flows.Stay, nil
}
