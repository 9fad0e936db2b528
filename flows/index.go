package flows

import (
	"slices"

	"otklik/flows/words"
	"otklik/storage"
)

// told are the actions whose words find an incident: what residents, bodies and curators wrote of it.
var told = []Action{Create, Find, Echo, Add, Tell, Inquire, Note, Promise, Answer, Revise, Dispute, Remark, Replace, Reject, Withdraw, Finding, Amend, Measures}

// Violated finds the incidents in which a supervisory body found a violation, among the stems: no word has such a one.
const Violated = "#violation"

// violated tells whether a finding says now that there is a violation.
func violated(inc *storage.Incident) bool {
	return slices.ContainsFunc(inc.Inspections, func(in storage.Inspection) bool { return in.Finding != nil && in.Finding.Violation })
}

// index has an incident found by the words of an event, by its topic and by its place.
func (t *Turn) index(inc *storage.Incident, ev *storage.Event) error {
	text := ""
	if slices.Contains(told, Action(ev.Action)) {
		text = ev.Text
	}
	switch Action(ev.Action) {
	case Create, Find, Retopic, Replace:
		v := t.Voice()
		v.Lang = Languages[0]
		text += " " + v.Topic(inc.Topic) + " " + v.Place(inc.Place) + " " + v.Municipality(inc.Place.Municipality)
	}
	if text == "" {
		return nil
	}
	stems := words.Stems(text)
	if a := Action(ev.Action); (a == Finding || a == Amend) && violated(inc) {
		stems = append(stems, Violated)
	}
	return t.Tx.Index(inc.Number, stems)
}

// reindex has an incident found by its words as they are now.
func (t *Turn) reindex(inc *storage.Incident) error {
	if err := t.Tx.Unindex(inc.Number); err != nil {
		return err
	}
	events, err := t.Tx.Events(inc.Number)
	if err != nil {
		return err
	}
	for i := range events {
		if err := t.index(inc, &events[i]); err != nil {
			return err
		}
	}
	return nil
}

// SameName tells whether two words in lower case, without «ё», are one name in any case: «киров» and «кирова», not «мостки».
func SameName(a, b string) bool { return words.Same(a, b) }
