package open311_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"otklik/bot"
	"otklik/flows/flowtest"
	"otklik/flows/open311"
	"otklik/storage"
)

// TestPagesAreWhatAScanWouldGive: whatever is asked for, page by page, is what a look at every incident gives.
func TestPagesAreWhatAScanWouldGive(t *testing.T) {
	s := flowtest.New(t)
	desk, err := open311.New(s.Engine, nil)
	if err != nil {
		t.Fatal(err)
	}
	const n = 3500
	topics := []string{"road-potholes", "street-lights", "of-an-older-pack"}
	start := s.Now
	var all []*storage.Incident
	for i := range n {
		inc := &storage.Incident{State: storage.States[i%len(storage.States)], Topic: topics[i%7%3], Created: start.Add(time.Duration(i) * 7 * time.Minute)}
		if i%10 == 0 { // the clock of the machine was wrong for a while
			inc.Created = inc.Created.Add(-40 * time.Minute)
		}
		if inc.State == storage.Rejected && i%5 == 0 {
			inc.Reason = s.Engine.Pack.Rejections[len(s.Engine.Pack.Rejections)-1].Text
		}
		all = append(all, inc)
	}
	err = s.Store.Update(t.Context(), func(tx *storage.Tx) error {
		for _, inc := range all {
			number, err := tx.Next("incident")
			if err != nil {
				return err
			}
			inc.Number = number
			if err := tx.PutIncident(inc); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	at := func(i int) time.Time { return start.Add(time.Duration(i) * 7 * time.Minute) }
	for _, q := range []bot.RecordQuery{
		{From: at(-1), To: at(n), Limit: 1000},
		{From: at(500), To: at(3001), Limit: 333},
		{From: at(500), To: at(501), Limit: 1000},
		{From: at(505), To: at(560), Limit: 1},
		{From: at(0), To: at(n), Limit: 1000, Open: true},
		{From: at(0), To: at(n), Limit: 400, Closed: true, Services: topics[:1]},
		{From: at(0), To: at(n), Limit: 1000, Open: true, Closed: true, Services: topics[1:]},
		{From: at(n + 100), To: at(n + 200), Limit: 5},
	} {
		var want, got []uint64
		for _, inc := range slices.Backward(all) {
			open := inc.State.Open()
			hidden := slices.Contains([]storage.State{storage.Found, storage.Passed, storage.Withdrawn}, inc.State) || inc.State == storage.Rejected && inc.Reason != ""
			if !hidden && !inc.Created.Before(q.From) && !inc.Created.After(q.To) && (q.Open == q.Closed || q.Open == open) &&
				(len(q.Services) == 0 || slices.Contains(q.Services, inc.Topic)) {
				want = append(want, inc.Number)
			}
		}
		for {
			page, err := desk.Records(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page {
				got = append(got, r.Number)
			}
			if q.Skip += q.Limit; len(page) < q.Limit {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %d numbers, want %d", fmt.Sprintf("%+v", q), len(got), len(want))
		}
	}
}
