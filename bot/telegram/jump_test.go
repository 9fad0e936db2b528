package telegram

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"otklik/bot"
)

// Telegram's numbers go on at random when there was nothing new for a week: what comes then is taken once, in order, also
// when the sink fails or the program begins anew just then. What the sink took twice has one ID, by which it is known.
func TestNumbersThatJumpAfterAWeekLoseAndDoubleNothing(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			chance := rand.New(rand.NewPCG(seed, 7))
			play(t, func(s *stage) {
				s.Jump(1_900_000_000 + chance.Int64N(1000))
				s.run()
				var want []string
				ids := map[string]string{} // by text
				says := func(n int) {
					for range n {
						text := fmt.Sprint(len(want))
						want = append(want, text)
						s.anna.Says(text)
					}
				}
				var got []string
				takes := func() {
					s.settle()
					for _, u := range s.taken() {
						if id, again := ids[u.Text]; again && id != u.ID {
							t.Errorf("%s came as update %s and as %s", u.Text, id, u.ID)
						} else if !again {
							got = append(got, u.Text)
						}
						ids[u.Text] = u.ID
					}
				}
				says(3)
				takes()
				for round := range 3 {
					silence := idle + time.Hour // sooner than Telegram says
					if seed+uint64(round) == 0 && !testing.Short() {
						silence = 7*24*time.Hour + time.Hour
					}
					time.Sleep(silence)
					s.Jump(1 + chance.Int64N(1_800_000_000))
					fails := chance.IntN(4)
					s.mu.Lock()
					s.fail = func(bot.Update) error {
						if fails--; fails >= 0 {
							return errors.New("the disk is full")
						}
						return nil
					}
					s.mu.Unlock()
					says(1 + chance.IntN(5))
					if round == 1 {
						synctest.Wait()
						s.halt() // amid it
						c, err := New(Options{Token: s.Token, API: s.ch.api.base, Client: s.Client(), Log: s.ch.log})
						if err != nil {
							t.Fatal(err)
						}
						s.ch = c
						s.run()
					}
					says(2)
					takes()
				}
				if !slices.Equal(got, want) {
					t.Errorf("took %v, want %v\n%.2000s", got, want, s.log)
				}
			})
		})
	}
}
