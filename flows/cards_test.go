package flows_test

import (
	"context"
	"testing"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/flowtest"
)

// TestOldCardsHaveNoButtons holds that a card which is not kept up to date any more cannot be pressed either.
func TestOldCardsHaveNoButtons(t *testing.T) {
	s := flowtest.New(t)
	s.Play("Анна: Яма на дороге, Киров, Ленина 12\nАнна ▸ ✓ Отправить\n")
	for range 4 {
		s.Play("Ольга: /incident 1\n")
	}
	on := map[bot.Ref]bool{}
	for _, b := range s.Buttons("Ольга") {
		on[b.On] = true
	}
	if len(on) != 3 {
		t.Errorf("%d cards have buttons, want the 3 that are kept up to date:\n%s", len(on), s.Screen("Ольга"))
	}
}

// TestAFailedCardIsDrawnAgain holds that a card whose change could not be sent is not taken for one that reads so.
func TestAFailedCardIsDrawnAgain(t *testing.T) {
	s, ctx := flowtest.New(t), context.Background()
	s.Play("Анна: Яма на дороге, Киров, Ленина 12\nАнна ▸ ✓ Отправить\n")
	refresh := func() {
		t.Helper()
		err := s.Engine.Do(ctx, func(turn *flows.Turn) error {
			inc, err := turn.Tx.Incident(1)
			if err != nil {
				return err
			}
			inc.Topic = "street-lamp"
			return turn.Refresh(inc)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	spool := &flows.Spool{Store: s.Store}
	for range 2 {
		refresh()
		tickets, err := spool.Waiting(ctx)
		if err != nil || len(tickets) == 0 {
			t.Fatalf("%d cards are drawn, %v: the one that failed was taken for drawn", len(tickets), err)
		}
		for _, ticket := range tickets {
			e, _, err := spool.Load(ctx, ticket.ID)
			if err != nil {
				t.Fatal(err)
			}
			if err := spool.Failed(ctx, e, &bot.Failure{Reason: bot.Never}, time.Time{}); err != nil {
				t.Fatal(err)
			}
		}
	}
}
