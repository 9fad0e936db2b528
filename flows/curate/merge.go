package curate

import (
	"fmt"
	"strconv"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// askMerge offers the similar incidents; any other by its number.
func askMerge(t *flows.Turn, c *choice, inc *storage.Incident) error {
	v := t.Voice()
	list, err := t.Similar(inc.Topic, inc.Place, inc.Number, flows.MostAlike)
	if err != nil {
		return err
	}
	id := "curate.ask_merge"
	if len(list) == 0 {
		id = "curate.ask_merge_number"
	}
	text := v.T(id, "Number", inc.Number)
	var rows [][]bot.Button
	for _, s := range list {
		other := s.Incident
		text += "\n" + v.T("curate.alike", "Number", other.Number, "Far", v.Far(s), "State", v.Standing(other),
			"Text", flows.Short(other.Text, 120))
		rows = append(rows, []bot.Button{{Text: fmt.Sprintf("→ № %d", other.Number), Data: t.Key("n", strconv.FormatUint(other.Number, 10))}})
	}
	m := flows.Words(text)
	m.Keyboard = append(rows, cancelRow(t))
	m.WantReply = t.In.Group && len(list) == 0
	return t.Prompt(m)
}

func takeMerge(t *flows.Turn, _ *choice, inc *storage.Incident) (string, error) {
	words := t.In.Text
	if t.Verb == "n" {
		words = t.Arg(0)
	} else if t.In.Kind != bot.Written || words == "" {
		return flows.Stay, nil
	}
	into, why, err := t.Number(words)
	if err != nil {
		return "", err
	}
	if err := t.Merge(inc, into, why); err != nil {
		return "", err
	}
	return done(t, inc, "curate.merged", "Into", into.Number)
}

// mergeCommand is /merge 5 3: the first becomes a part of the second.
func mergeCommand(t *flows.Turn, words string) error {
	if words == "" {
		return applies(t, "curate.list_merge", storage.New, storage.Assigned, storage.Accepted)
	}
	inc, rest, err := t.Number(words)
	if err != nil {
		return err
	}
	if err := t.Check(inc, flows.Merge); err != nil {
		return err
	}
	if rest == "" {
		return begin(t, "choose_merge", inc)
	}
	into, why, err := t.Number(rest)
	if err != nil {
		return err
	}
	if err := t.Merge(inc, into, why); err != nil {
		return err
	}
	return t.ReplyAbout(t.Voice().Say("curate.merged", "Number", inc.Number, "Into", into.Number), into.Number)
}

func pressUnmerge(t *flows.Turn, inc *storage.Incident, _ []string) error {
	if inc == nil {
		return flows.Refuse("desk.old_button")
	}
	return t.Unmerge(inc)
}

func unmergeCommand(t *flows.Turn, words string) error {
	if words == "" {
		return applies(t, "curate.list_unmerge", storage.Merged)
	}
	inc, _, err := t.Number(words)
	if err != nil {
		return err
	}
	if err := t.Unmerge(inc); err != nil {
		return err
	}
	return t.ReplyAbout(t.Voice().Say("curate.unmerged", "Number", inc.Number), inc.Number)
}

// together lists what is merged with an incident and who hears of it.
func together(v *flows.Voice, inc *storage.Incident) (lines []string) {
	if inc.Origin != 0 {
		lines = append(lines, v.T("curate.origin", "Number", inc.Origin))
	}
	if len(inc.Merged) > 0 {
		lines = append(lines, v.T("curate.with", "List", flows.Others(inc.Merged)))
	}
	reported, follow := 0, 0
	for _, r := range inc.Reporters {
		if r.Follows {
			follow++
		} else {
			reported++
		}
	}
	switch {
	case follow > 0:
		lines = append(lines, v.T("curate.people", "Reported", reported, "Follow", follow))
	case reported > 1:
		lines = append(lines, v.T("curate.reported", "N", reported))
	case reported == 0:
		lines = append(lines, v.T("curate.no_reporter"))
	}
	return lines
}
