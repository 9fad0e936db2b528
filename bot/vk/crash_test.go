package vk

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"otklik/bot"
	"otklik/bot/bottest"
)

// The place in the stream is kept by a commit of its own, after the updates'. A crash between the two loses and doubles
// nothing: what was taken comes again with the IDs that it had, and so the store knows it.
func TestACrashBetweenACommitAndItsPlaceLosesAndDoublesNothing(t *testing.T) {
	for name, meanwhile := range map[string]func(s *stage){
		"the stream has it":           func(*stage) {},
		"VK has forgotten the events": func(s *stage) { s.Outdate() },
		"VK began the stream anew":    func(s *stage) { s.LoseHistory() },
		"the key is another":          func(s *stage) { s.ExpireKey() },
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				keeper := s.o.Keeper.(*drawer)
				store := map[string]string{} // as the engine's: an ID is worked off once
				times, again := map[string]int{}, 0
				took := func() {
					for _, u := range s.taken() {
						if _, seen := store[u.ID]; seen {
							again++
							continue
						}
						store[u.ID] = u.Text + u.Data
						times[u.Text+u.Data]++
					}
				}
				s.run()
				s.anna.Says("до")
				took()
				s.send(s.anna.Peer(), bot.Message{Text: "верно?", Keyboard: yes()})
				n := 0
				for crash := range 3 {
					keeper.mu.Lock()
					keeper.fail = errors.New("the power went")
					keeper.mu.Unlock()
					for range 2 {
						s.anna.Says(fmt.Sprint(n))
						n++
					}
					s.anna.SendsPhoto(bottest.JPEG(byte(crash)), fmt.Sprint(n))
					n++
					if crash == 0 {
						s.anna.Presses("Да")
					}
					took()
					s.restart()
					keeper.mu.Lock()
					keeper.fail = nil
					keeper.mu.Unlock()
					s.anna.Says(fmt.Sprint(n)) // while nobody runs
					n++
					time.Sleep(time.Minute)
					meanwhile(s)
					s.run()
					s.settle()
					took()
				}
				for i := range n {
					if times[fmt.Sprint(i)] != 1 {
						t.Errorf("%d was worked off %d times", i, times[fmt.Sprint(i)])
					}
				}
				if times["y"] != 1 || times["до"] != 1 {
					t.Errorf("the press was worked off %d times, the first words %d times", times["y"], times["до"])
				}
				if again == 0 {
					t.Error("nothing came again: the crash was none")
				}
				if t.Failed() {
					t.Logf("%v\n%.3000s", store, s.log)
				}
			})
		})
	}
}
