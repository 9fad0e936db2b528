package queue

import (
	"testing"
	"time"

	"otklik/storage"
)

// TestPassed: the deadline that is told as passed is one that has passed, whatever else the incident missed.
func TestPassed(t *testing.T) {
	now := time.Date(2026, 11, 27, 21, 0, 0, 0, time.UTC)
	before, long, ahead := now.Add(-time.Hour), now.Add(-50*time.Hour), now.Add(61*time.Hour)
	for name, tc := range map[string]struct {
		inc  storage.Incident
		want time.Time
	}{
		"nothing has":                    {storage.Incident{State: storage.New, Forward: ahead}, time.Time{}},
		"what is due next has":           {storage.Incident{State: storage.New, Forward: before, Late: "forward"}, before},
		"it has this minute":             {storage.Incident{State: storage.New, Forward: now}, now},
		"the first answer, not handing":  {storage.Incident{State: storage.New, Forward: ahead, First: before, Late: "first"}, before},
		"the final one, not handing":     {storage.Incident{State: storage.New, Forward: ahead, First: long, Final: before, Late: "final"}, before},
		"both: what is due next is told": {storage.Incident{State: storage.Accepted, First: long, Final: before, Late: "final"}, long},
		"what was late is ahead again":   {storage.Incident{State: storage.New, Forward: ahead, First: ahead, Late: "first"}, time.Time{}},
		"an answer that waits":           {storage.Incident{State: storage.Answered, Answering: before, Final: ahead}, time.Time{}},
	} {
		if got := passed(&tc.inc, storage.Queued{Due: tc.inc.Due()}, now); !got.Equal(tc.want) {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}
