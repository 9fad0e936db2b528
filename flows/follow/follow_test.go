package follow_test

import (
	"strconv"
	"strings"
	"testing"

	"otklik/flows"
	"otklik/flows/flowtest"
	"otklik/flows/follow"
	"otklik/storage"
)

// numbered is a deed with the incident that the line names first.
func numbered(do func(t *flows.Turn, inc *storage.Incident, rest string) error) func(*flows.Turn, string) error {
	return func(t *flows.Turn, words string) error {
		inc, rest, err := t.Number(words)
		if err != nil {
			return err
		}
		return do(t, inc, rest)
	}
}

// deeds are what curators and officials do in other flows; here only what residents hear of it is to be seen.
var deeds = flowtest.Deeds{
	"спросить": numbered(func(t *flows.Turn, inc *storage.Incident, text string) error { return t.Inquire(inc, text) }),
	"продолжить": numbered(func(t *flows.Turn, inc *storage.Incident, _ string) error {
		return t.Act(inc, flows.Resume, storage.Event{}, nil)
	}),
	"объединить": numbered(func(t *flows.Turn, inc *storage.Incident, rest string) error {
		into, why, err := t.Number(rest)
		if err != nil {
			return err
		}
		return t.Merge(inc, into, why)
	}),
	"разъединить": numbered(func(t *flows.Turn, inc *storage.Incident, _ string) error { return t.Unmerge(inc) }),
	"выделить": numbered(func(t *flows.Turn, inc *storage.Incident, text string) error {
		_, err := t.Split(inc, text, inc.Topic, nil)
		return err
	}),
	"обещать": numbered(func(t *flows.Turn, inc *storage.Incident, rest string) error {
		days, text, _ := strings.Cut(rest, " ")
		n, err := strconv.Atoi(days)
		if err != nil {
			return err
		}
		due := t.EndOfDay(t.Now.AddDate(0, 0, n))
		return t.Act(inc, flows.Promise, storage.Event{Text: text, Due: due, Public: true}, func() {
			inc.Promise = &storage.Promise{Due: due, Text: text, By: t.Me.ID}
			inc.Answering = t.Now
		})
	}),
	"не_сдержать": numbered(func(t *flows.Turn, inc *storage.Incident, _ string) error {
		t.Me = nil // the desk itself sees to it
		return t.Act(inc, flows.Lapse, storage.Event{Due: inc.Promise.Due}, nil)
	}),
	"продлить": numbered(func(t *flows.Turn, inc *storage.Incident, rest string) error {
		days, why, _ := strings.Cut(rest, " ")
		n, err := strconv.Atoi(days)
		if err != nil {
			return err
		}
		due := t.EndOfDay(t.Now.AddDate(0, 0, n))
		return t.Act(inc, flows.Postpone, storage.Event{Text: why, Due: due, Public: true}, func() { inc.Final, inc.Moved = due, true })
	}),
	"скрыть_фото": numbered(func(t *flows.Turn, inc *storage.Incident, _ string) error {
		return t.Act(inc, flows.Hide, storage.Event{}, func() {
			photos := inc.Photos
			if inc.Answer != nil {
				photos = inc.Answer.Photos
			}
			inc.Hidden = append(inc.Hidden, photos[0])
		})
	}),
}

func TestTranscripts(t *testing.T) { flowtest.Transcripts(t, deeds) }

func TestDiagram(t *testing.T) {
	f := follow.Flow()
	got, err := f.Diagram()
	if err != nil {
		t.Fatal(err)
	}
	flowtest.Golden(t, "diagram.mmd", got)
}
