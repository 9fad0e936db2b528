package vk

import (
	"fmt"
	"testing"
	"time"

	"otklik/bot"
	"otklik/bot/bottest"
)

// TestABrokenCallTakesNoAnswersWithIt: the fake finds whoever presses and is never answered.
func TestABrokenCallTakesNoAnswersWithIt(t *testing.T) {
	play(t, func(s *stage) {
		const crowd = 30
		s.run()
		var people []*bottest.VKUser
		for i := range crowd {
			people = append(people, s.User(fmt.Sprint("П", i)).Opens())
			s.send(people[i].Peer(), bot.Message{Text: "верно?", Keyboard: yes()})
		}
		s.taken()
		for _, p := range people {
			p.Presses("Да")
		}
		list := s.taken()
		if len(list) != crowd {
			t.Fatalf("%d presses", len(list))
		}
		s.Fail(answering, 1, bottest.Empty502())
		took := s.behind(crowd, func(i int) {
			if err := s.ch.Answer(s.Context(), list[i].Press, "", false); err != nil {
				t.Error(err)
			}
		}, func() { s.send(s.anna.Opens().Peer(), bot.Message{Text: "слово"}) })
		if took > time.Second || s.Failing() > 0 {
			t.Errorf("a reply waited %v, %d faults left", took, s.Failing())
		}
	})
}
