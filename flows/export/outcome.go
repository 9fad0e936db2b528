package export

import (
	"time"

	"otklik/storage"
)

// Outcome is what became of an incident, measured by its final deadline: the column «Итог» of the workbook, by which its
// summary counts.
type Outcome string

// The outcomes. The first four make up what came in and was to be answered.
const (
	InTime    Outcome = "ответ в срок"
	TooLate   Outcome = "ответ с опозданием"
	Working   Outcome = "в работе"
	Overdue   Outcome = "просрочено" // nobody answered, and the deadline has passed
	Rejected  Outcome = "отклонено"
	Merged    Outcome = "объединено"
	Withdrawn Outcome = "отозвано"
)

// outcome judges an incident at a moment; "" for what is no incident yet, or none at all. What the residents disputed is in
// work again, with a clock of its own.
func outcome(inc *storage.Incident, now time.Time) Outcome {
	switch inc.State {
	case storage.Found, storage.Passed:
		return ""
	case storage.Rejected:
		return Rejected
	case storage.Merged:
		return Merged
	case storage.Withdrawn:
		return Withdrawn
	case storage.Answered, storage.Closed, storage.Settled:
		if inc.Answer != nil && late(inc, inc.Answer.At) {
			return TooLate
		}
		return InTime
	}
	if inc.State.Paused() && !inc.Paused.IsZero() {
		now = inc.Paused // the deadline stands with the clock
	}
	if late(inc, now) {
		return Overdue
	}
	return Working
}

func late(inc *storage.Incident, at time.Time) bool {
	return !inc.Final.IsZero() && at.After(inc.Final)
}
