package flows

import (
	"time"

	"otklik/storage"
)

// AnswerWithin is how long a question to the residents waits for an answer.
const AnswerWithin = 5 * 24 * time.Hour

// Inquire asks the residents something about their incident: its clock stands until one of them answers, or until the
// time to answer is over.
func (t *Turn) Inquire(inc *storage.Incident, text string) error {
	until := t.e.polite(t.Now.Add(AnswerWithin))
	w := &storage.Wait{Text: text, By: t.Me.ID, At: t.Now, Until: until}
	if w.As, _ = t.allowed(Inquire, inc); w.As == storage.Official {
		w.Org = inc.Assignment.Org
	}
	return t.Act(inc, Inquire, storage.Event{Text: text, Public: true, Due: until}, func() { inc.Wait = w })
}
