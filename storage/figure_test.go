package storage_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"otklik/storage"
)

// TestSpansAreWithinFourPerCent: what is counted in classes gives the median and the like nearly as exactly as a list of
// all would.
func TestSpansAreWithinFourPerCent(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		minutes := rapid.SliceOfN(rapid.Int64Range(0, 600_000), 1, 50).Draw(rt, "minutes")
		share := rapid.SampledFrom([]float64{0.1, 0.5, 0.9, 1}).Draw(rt, "share")
		s := newStage(t)
		s.update(func(tx *storage.Tx) error {
			for _, m := range minutes {
				inc := &storage.Incident{Number: 1, State: storage.Settled}
				if err := tx.AddEvent(inc, &storage.Event{Incident: 1, Action: "approve", Took: m, Day: 20_000}); err != nil {
					return err
				}
			}
			return nil
		})
		sums := read(s, func(tx *storage.Tx) (storage.Sums, error) { return tx.Sums(storage.InAll, "", 20_000, 20_001) })
		slices.Sort(minutes)
		want := minutes[int(math.Ceil(float64(len(minutes))*share))-1]
		got := sums.Final(share)
		if diff := math.Abs(got.Minutes() - float64(want)); diff > 0.04*float64(want)+0.5 {
			rt.Fatalf("%v of %v: %v, want %d minutes", share, minutes, got, want)
		}
	})
}

// TestFiguresFollowTheIncident: what is counted moves along when its topic, place or body is another one, and what is so
// now is no more when it ends.
func TestFiguresFollowTheIncident(t *testing.T) {
	s := newStage(t)
	day := storage.DayOf(time.Date(2026, 11, 25, 1, 0, 0, 0, time.FixedZone("", 3*60*60)))
	sum := func(d storage.Dimension, value string, m storage.Measure) int64 {
		from := day
		if m >= storage.NowOpen {
			from = storage.Today
		}
		return read(s, func(tx *storage.Tx) (storage.Sums, error) { return tx.Sums(d, value, from, from+1) })[m]
	}
	expect := func(when string, d storage.Dimension, value string, m storage.Measure, want int64) {
		t.Helper()
		if got := sum(d, value, m); got != want {
			t.Errorf("%s: %s %q %d: %d, want %d", when, d, value, m, got, want)
		}
	}
	inc := storage.Incident{Number: 1, State: storage.New, Topic: "holes", Place: storage.Place{Municipality: "kirov"}}
	put := func(change func(), ev *storage.Event) {
		t.Helper()
		change()
		s.update(func(tx *storage.Tx) error {
			copied := inc
			if err := tx.PutIncident(&copied); err != nil || ev == nil {
				return err
			}
			ev.Incident, ev.Day = 1, day
			return tx.AddEvent(&copied, ev)
		})
	}
	put(func() {}, &storage.Event{Action: "create"})
	put(func() { inc.State, inc.Assignment = storage.Assigned, &storage.Assignment{Org: "adm"} }, &storage.Event{Action: "assign", Org: "adm", First: true, Late: true})
	expect("assigned", storage.ByTopic, "holes", storage.Received, 1)
	expect("assigned", storage.ByBody, "adm", storage.ForwardedLate, 1)
	expect("assigned", storage.ByBody, "adm", storage.NowOpen, 1)
	expect("assigned", storage.InAll, "", storage.NowNew, 0)
	put(func() { inc.Topic, inc.Place.Municipality = "light", "slobodskoy" }, &storage.Event{Action: "retopic"})
	for value, want := range map[string]int64{"holes": 0, "light": 1} {
		expect("another topic", storage.ByTopic, value, storage.Received, want)
		expect("another topic", storage.ByTopic, value, storage.NowOpen, want)
	}
	expect("another place", storage.ByPlaceTopic, storage.PlaceTopic("slobodskoy", "light"), storage.Routed, 1)
	expect("another place", storage.ByPlaceTopic, storage.PlaceTopic("kirov", "holes"), storage.Routed, 0)
	put(func() { inc.State = storage.Closed }, &storage.Event{Action: "approve", Org: "adm", Took: 100})
	expect("closed", storage.ByBody, "adm", storage.NowOpen, 0)
	expect("closed", storage.ByBody, "adm", storage.Resolved, 1)
	put(func() {}, &storage.Event{Action: "mark", Text: "2"})
	put(func() {}, &storage.Event{Action: "mark", Text: "5", Was: 2})
	expect("marked", storage.InAll, "", storage.Marks, 1)
	expect("marked", storage.InAll, "", storage.MarkSum, 5)
}
