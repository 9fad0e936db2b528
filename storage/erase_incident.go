package storage

import (
	"slices"
	"strings"
)

// eraseFromIncidents takes a person out of incidents and hides the numbers that they gave, wherever somebody repeated
// them: a curator's split, an official's answer.
func (tx *Tx) eraseFromIncidents(person uint64, numbers []uint64, mask Mask) error {
	said := []string{}
	for _, n := range numbers {
		events, err := tx.Events(n)
		if err != nil {
			return err
		}
		for i := range events {
			if events[i].by(person) && events[i].Text != "" {
				said = append(said, events[i].Text)
			}
		}
	}
	for _, n := range numbers {
		if err := tx.eraseFromEvents(person, n, said, mask); err != nil {
			return err
		}
		inc, err := tx.Incident(n)
		if err != nil {
			return err
		}
		if inc == nil {
			continue
		}
		inc.erase(person, said, mask)
		if err := tx.PutIncident(inc); err != nil {
			return err
		}
	}
	return tx.clear(key(spaceByActor, person), nil)
}

// by tells whether a person did it as a resident.
func (ev *Event) by(person uint64) bool { return ev.Actor == person && ev.As == Resident }

func (tx *Tx) eraseFromEvents(person, number uint64, said []string, mask Mask) error {
	events, err := tx.Events(number)
	if err != nil {
		return err
	}
	for i := range events {
		ev := &events[i]
		text := mask(ev.Text, said)
		if text == ev.Text && !ev.by(person) {
			continue
		}
		if ev.Text = text; ev.by(person) {
			ev.Actor = 0
		}
		if err := put(tx, key(spaceEvent, number, ev.Seq), ev); err != nil {
			return err
		}
	}
	return nil
}

// erase takes a person out of an incident. Of what the author alone gave nothing needs to have been said elsewhere.
func (inc *Incident) erase(person uint64, said []string, mask Mask) {
	if r := inc.Reporter(person); r != nil && !r.Follows && r.From == 0 {
		inc.Place.Label = mask(inc.Place.Label, nil)
		if inc.Source.Link == "" || strings.Contains(inc.Source.Link, "/c/") { // of a person, or of a private group
			inc.Source.Name, inc.Source.Link = "", ""
		}
	}
	texts := []*string{&inc.Text, &inc.Reason, &inc.Place.Label}
	if inc.Answer != nil {
		texts = append(texts, &inc.Answer.Text)
	}
	if inc.Wait != nil {
		texts = append(texts, &inc.Wait.Text)
	}
	if inc.Extension != nil {
		texts = append(texts, &inc.Extension.Reason)
	}
	if inc.Promise != nil {
		texts = append(texts, &inc.Promise.Text)
	}
	for _, text := range append(texts, inc.inspectionTexts()...) {
		*text = mask(*text, said)
	}
	inc.Reporters = slices.DeleteFunc(inc.Reporters, func(r Reporter) bool { return r.Person == person })
}
