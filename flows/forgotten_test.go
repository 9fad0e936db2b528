package flows_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"otklik/bot"
	"otklik/flows/flowtest"
	"otklik/storage"
)

// A program that was down for longer than updates are remembered is given once more what it took last: it knows it still,
// and forgets it later.
func TestWhatWasTakenBeforeAWeekOfDowntimeIsKnownStill(t *testing.T) {
	ground := flowtest.Region(t)
	synctest.Test(t, func(t *testing.T) {
		s := flowtest.Quick(t, ground)
		began := time.Now()
		at := s.Now
		s.Engine.Now = func() time.Time { return at.Add(time.Since(began)) }
		a := s.Cast["Анна"]
		u := s.Update(a, a.Peer, false, bot.Update{Kind: bot.Written, Text: "Яма на дороге, Киров, Ленина 12"})
		s.Give(u)
		time.Sleep(8 * 24 * time.Hour)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); s.Engine.Run(ctx) }()
		time.Sleep(10 * time.Minute) // what was missed is looked for
		waiting := len(s.Notified)
		if err := s.Engine.Handle(ctx, u); err != nil {
			t.Fatal(err)
		}
		if len(s.Notified) != waiting {
			t.Error("it was worked off twice")
		}
		time.Sleep(24 * time.Hour)
		cancel()
		<-done
		err := s.Store.Update(t.Context(), func(tx *storage.Tx) error {
			before, err := tx.See(u.Channel, u.ID, s.Now)
			if before {
				t.Error("it is remembered for ever")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
