package flows

import (
	"fmt"
	"time"

	"otklik/storage"
)

// AnswerWithin is how long a question to the residents waits for an answer.
const AnswerWithin = 5 * 24 * time.Hour

// Inquire asks the residents something about their incident: its clock stands until one of them answers, or until the
// time to answer is over.
func (t *Turn) Inquire(inc *storage.Incident, text string) error {
	until := t.e.polite(t.Now.Add(AnswerWithin))
	if t.Can(inc, Inquire) {
		if reached, err := t.reached(inc); err != nil {
			return err
		} else if !reached {
			return &Refusal{ID: "desk.nobody_to_ask", Args: []any{"Number", inc.Number}, Ends: true, Cause: "nobody to ask",
				Detail: fmt.Sprintf("incident %d", inc.Number)}
		}
	}
	w := &storage.Wait{Text: text, By: t.Me.ID, At: t.Now, Until: until}
	if w.As, _ = t.allowed(Inquire, inc); w.As == storage.Official {
		w.Org = inc.Assignment.Org
	}
	return t.Act(inc, Inquire, storage.Event{Text: text, Public: true, Due: until}, func() { inc.Wait = w })
}

// reached tells whether any of those who reported an incident or follow it can be written to.
func (t *Turn) reached(inc *storage.Incident) (bool, error) {
	for _, r := range inc.Reporters {
		p, err := t.Tx.Person(r.Person)
		if err != nil {
			return false, err
		}
		if p != nil && p.Chat != "" && !p.Unreachable {
			return true, nil
		}
	}
	return false, nil
}
