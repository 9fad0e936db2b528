package telegram

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otklik/bot"
	"otklik/bot/bottest"
	"otklik/bot/kit"
)

// bound is how long a press waits for the engine.
const bound = 5 * time.Second

func TestEveryPressIsAnswered(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.Opens()
		s.send(s.anna.Peer(), bot.Message{Text: "верно?", Keyboard: yes()})
		answers := func() int { synctest.Wait(); return len(s.anna.Noted()) }

		s.anna.Presses("Да")
		u := s.one()
		if err := s.ch.Answer(s.Context(), u.Press, "Записано", false); err != nil || answers() != 1 {
			t.Errorf("%v", err)
		}
		if err := s.ch.Answer(s.Context(), u.Press, "Записано", false); err != nil {
			t.Errorf("an answer that comes too late: %v", err)
		}

		time.Sleep(2 * bound)
		if n := len(s.Calls("answerCallbackQuery")); n != 2 {
			t.Errorf("%d calls, and two were made: what is answered needs no more", n)
		}

		s.anna.Presses("Да") // and nobody answers
		time.Sleep(bound - time.Second)
		if answers() != 1 {
			t.Error("answered too early: the engine may have words")
		}
		time.Sleep(2 * time.Second)
		if answers() != 2 {
			t.Error("nobody answered")
		}

		s.fail = func(bot.Update) error { return errors.New("the disk is full") }
		s.anna.Presses("Да")
		time.Sleep(bound + time.Second)
		if answers() != 3 {
			t.Error("nobody answered while the update could not be kept")
		}
		s.fail = nil
		s.settle()

		calls := len(s.Calls("answerCallbackQuery"))
		time.Sleep(time.Hour)
		if now := len(s.Calls("answerCallbackQuery")); now != calls {
			t.Errorf("%d answers to nothing", now-calls)
		}

		s.Raw(map[string]any{"callback_query": map[string]any{"id": "77", "from": map[string]any{"id": 5, "is_bot": false, "first_name": "Я"}, "inline_message_id": "x", "data": "y"}})
		synctest.Wait()
		if list := s.Calls("answerCallbackQuery"); list[len(list)-1].Params["callback_query_id"] != "77" {
			t.Error("a press that is no update has no answer")
		}
	})
}

func TestPressesAreAnsweredBeforeTheEnd(t *testing.T) {
	play(t, func(s *stage) { // the fake asks at the end
		s.run()
		s.anna.Opens()
		s.send(s.anna.Peer(), bot.Message{Text: "верно?", Keyboard: yes()})
		for range 5 {
			s.anna.Presses("Да")
		}
		synctest.Wait()
		s.halt()
		if n := len(s.anna.Noted()); n != 5 {
			t.Errorf("%d answers", n)
		}
		if err := s.ch.Answer(s.Context(), "none", "", false); err != nil {
			t.Errorf("after the end: %v", err)
		}
	})
}

func TestNotesAreShortAndAlertsStay(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.Opens()
		s.send(s.anna.Peer(), bot.Message{Text: "верно?", Keyboard: yes()})
		for note, want := range map[string]string{
			"Записано":                   "Записано",
			strings.Repeat("слово ", 50): strings.TrimSpace(strings.Repeat("слово ", 33)) + "…",
			strings.Repeat("👷🏽", 60):     strings.Repeat("👷🏽", 49) + "…",
		} {
			s.anna.Presses("Да")
			if err := s.ch.Answer(s.Context(), s.one().Press, note, true); err != nil {
				t.Error(err)
			}
			notes := s.anna.Noted()
			if got := notes[len(notes)-1]; kit.Units(got) > maxNote || got != want {
				t.Errorf("%q became %q, want %q", note, got, want)
			}
		}
		if c := s.Calls("answerCallbackQuery")[0]; c.Params["show_alert"] != "true" {
			t.Errorf("%v", c.Params)
		}
		s.Fail("answerCallbackQuery", 1, bottest.TooMany(3))
		s.anna.Presses("Да")
		press := s.one().Press
		if err := s.ch.Answer(s.Context(), press, "", false); reason(err) != bot.Later {
			t.Errorf("%v", err)
		}
		if err := s.ch.Answer(s.Context(), press, "", false); err != nil {
			t.Errorf("%v", err)
		}
	})
}
