package follow

import (
	"time"

	"otklik/flows"
	"otklik/storage"
)

// Whoever says nothing to an answer is reminded once; then it stands.
const (
	RemindAfter = 12 * 24 * time.Hour
	SettleAfter = 15 * 24 * time.Hour
)

const (
	silentTimer = name + ".silent"
	remindTimer = name + ".remind"
	settleTimer = name + ".settle"
)

// stamp marks in a timer which question, or which answer, it belongs to.
func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }

// published sets the timers of an answer.
func published(t *flows.Turn, inc *storage.Incident) error {
	at := inc.Answer.ApprovedAt
	if err := t.After(remindTimer, inc, t.Polite(at.Add(RemindAfter)), stamp(at)); err != nil {
		return err
	}
	return t.After(settleTimer, inc, at.Add(SettleAfter), stamp(at))
}

// silent lets an incident go on when nobody answered its question in time.
func silent(t *flows.Turn, timer *storage.Timer) error {
	inc, err := t.Tx.Incident(timer.Incident)
	if err != nil || inc == nil || inc.State != storage.Waiting || inc.Wait == nil || stamp(inc.Wait.At) != timer.Data {
		return err
	}
	return t.Act(inc, flows.Silent, storage.Event{}, nil)
}

// standsStill gives the timer's incident, if its answer still is the one that the timer was set for; otherwise nil.
func standsStill(t *flows.Turn, timer *storage.Timer) (*storage.Incident, error) {
	inc, err := t.Tx.Incident(timer.Incident)
	if err != nil || inc == nil || inc.State != storage.Closed || inc.Answer == nil || stamp(inc.Answer.ApprovedAt) != timer.Data {
		return nil, err
	}
	return inc, nil
}

func remind(t *flows.Turn, timer *storage.Timer) error {
	inc, err := standsStill(t, timer)
	if err != nil || inc == nil {
		return err
	}
	return everyReporter(t, inc, func(p *storage.Person) error {
		if !flows.Asks(inc, p.ID) {
			return nil
		}
		return t.CardTo(inc, p, reminder, "")
	})
}

func settle(t *flows.Turn, timer *storage.Timer) error {
	inc, err := standsStill(t, timer)
	if err != nil || inc == nil {
		return err
	}
	return t.Act(inc, flows.Settle, storage.Event{}, nil)
}
