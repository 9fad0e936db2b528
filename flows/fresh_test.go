package flows_test

import (
	"testing"
	"time"

	"otklik/bot"
	"otklik/flows/flowtest"
)

// TestWhoWritesNowDoesNotWaitBehindADaysQueue: a reply to what was written while the program was down stands behind those to
// people who are waiting.
func TestWhoWritesNowDoesNotWaitBehindADaysQueue(t *testing.T) {
	for age, want := range map[time.Duration]bot.Priority{0: bot.Reply, 4 * time.Minute: bot.Reply, time.Hour: bot.Notice} {
		s := flowtest.New(t)
		anna := s.Cast["Анна"]
		u := s.Update(anna, anna.Peer, false, bot.Update{Kind: bot.Written, Text: "/help"})
		u.Time = s.Now.Add(-age)
		s.Give(u)
		if len(s.Notified) == 0 {
			t.Fatal("nobody answers")
		}
		for _, ticket := range s.Notified {
			if ticket.Priority != want {
				t.Errorf("to what was written %v ago: priority %d, want %d", age, ticket.Priority, want)
			}
		}
	}
}
