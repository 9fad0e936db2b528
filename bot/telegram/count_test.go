package telegram

import (
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"otklik/bot"
	"otklik/bot/bottest"
)

// tally counts calls by what they are for and what became of them.
type tally struct {
	mu sync.Mutex
	n  map[bot.Call]map[string]int
}

func (y *tally) heed(what bot.Call, outcome string) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.n == nil {
		y.n = map[bot.Call]map[string]int{}
	}
	if y.n[what] == nil {
		y.n[what] = map[string]int{}
	}
	y.n[what][outcome]++
}

func (y *tally) of(what bot.Call, outcome string) int {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.n[what][outcome]
}

// TestEveryCallIsHeeded with what it was for and what became of it: polls, messages, edits, answers, uploads, downloads,
// and the rest.
func TestEveryCallIsHeeded(t *testing.T) {
	var y tally
	playOn(t, Options{Heed: y.heed}, func(s *stage) {
		s.run()
		s.anna.Opens()
		s.anna.SendsPhoto(bottest.JPEG(1), "яма")
		photo := s.taken()
		ref := photo[len(photo)-1].Media[0].Refs[Name]
		to := s.anna.Peer()
		say := func(words string, photos ...bot.Media) error {
			_, err := s.ch.Send(s.Context(), to, bot.Message{Text: words, Photos: photos}, "k"+words, jpegs)
			return err
		}
		fetch := func() error {
			body, err := s.ch.Fetch(s.Context(), ref)
			if err == nil {
				body.Close()
			}
			return err
		}
		r := s.send(to, bot.Message{Text: "верно?", Keyboard: yes()})
		poll := func() error { time.Sleep(2 * time.Minute); return nil }
		answer := func() error { return s.ch.Answer(s.Context(), "1", "", false) }
		edit := func() error {
			_, err := s.ch.Edit(s.Context(), to, r.Ref, bot.Message{Text: time.Now().String()}, "e", nil)
			return err
		}
		menu := func() error {
			return s.ch.SetCommands(s.Context(), bot.Peer{}, "", []bot.Command{{Name: "my", Description: "мои " + strconv.Itoa(y.of(bot.CallOther, "ok"))}})
		}
		for _, c := range []struct {
			what    bot.Call
			outcome string
			method  string
			fault   bottest.Fault
			do      func() error
		}{
			{bot.CallSend, "ok", "", bottest.Fault{}, func() error { return say("а") }},
			{bot.CallSend, "network", "sendMessage", bottest.Drop(), func() error { return say("б") }},
			{bot.CallSend, "network", "sendMessage", bottest.HTML(), func() error { return say("в") }},
			{bot.CallSend, "later", "sendMessage", bottest.TooMany(3), func() error { return say("г") }},
			{bot.CallSend, "later", "sendMessage", bottest.ServerError(), func() error { return say("д") }},
			{bot.CallSend, "no_peer", "sendMessage", bottest.Refusal(403, "Forbidden: bot was blocked by the user"), func() error { return say("е") }},
			{bot.CallSend, "never", "sendMessage", bottest.Refusal(400, "Bad Request: message is too long"), func() error { return say("ж") }},
			{bot.CallUpload, "ok", "", bottest.Fault{}, func() error { return say("з", photos("a")...) }},
			{bot.CallUpload, "later", "sendPhoto", bottest.TooMany(3), func() error { return say("и", photos("b")...) }},
			{bot.CallEdit, "ok", "", bottest.Fault{}, edit},
			{bot.CallEdit, "no_ref", "editMessageText", bottest.Refusal(400, "Bad Request: message to edit not found"), edit},
			{bot.CallAnswer, "network", "answerCallbackQuery", bottest.Drop(), answer},
			{bot.CallFetch, "ok", "", bottest.Fault{}, fetch},
			{bot.CallFetch, "network", "file", bottest.Drop(), fetch},
			{bot.CallFetch, "never", "file", bottest.Fault{Status: 404}, fetch},
			{bot.CallFetch, "never", "getFile", bottest.Refusal(400, "Bad Request: wrong file_id"), fetch},
			{bot.CallOther, "ok", "", bottest.Fault{}, menu},
			{bot.CallOther, "no_right", "setMyCommands", bottest.Refusal(401, "Unauthorized"), menu},
			{bot.CallPoll, "ok", "", bottest.Fault{}, poll},
			{bot.CallPoll, "later", "getUpdates", bottest.Conflict(), poll},
			{bot.CallPoll, "network", "getUpdates", bottest.Garbage(), poll},
		} {
			if c.method != "" {
				s.Fail(c.method, 1, c.fault)
			}
			before := y.of(c.what, c.outcome)
			err := c.do()
			synctest.Wait()
			if y.of(c.what, c.outcome) == before || s.Failing() != 0 {
				t.Errorf("%s %s with %q (%v): %v", c.what, c.outcome, c.method, err, y.n)
			}
		}
		networks := y.of(bot.CallPoll, "network")
		s.halt() // the poll under way is given up by us: that is nobody's fault
		if n := y.of(bot.CallPoll, "network"); n != networks {
			t.Errorf("the end of the program counts as %d faults of the network", n-networks)
		}
	})
}
