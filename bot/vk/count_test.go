package vk

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
		s.anna.SendsPhoto(bottest.JPEG(1), "яма")
		s.quiet()
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
		answer := func() error { return s.ch.Answer(s.Context(), "1 2 3", "x", false) }
		edit := func() error {
			_, err := s.ch.Edit(s.Context(), to, r.Ref, bot.Message{Text: time.Now().String()}, "e", nil)
			return err
		}
		many := func() error { // so many that they go with one call
			var wg sync.WaitGroup
			for i := range 40 {
				wg.Go(func() { _ = say(strconv.Itoa(i)) })
			}
			wg.Wait()
			return nil
		}
		for _, c := range []struct {
			what    bot.Call
			outcome string
			more    int
			method  string
			fault   bottest.Fault
			do      func() error
		}{
			{bot.CallSend, "ok", 1, "", bottest.Fault{}, func() error { return say("а") }},
			{bot.CallSend, "ok", 40, "", bottest.Fault{}, many},
			{bot.CallSend, "network", 1, "messages.send", bottest.Drop(), func() error { return say("б") }},
			{bot.CallSend, "network", 1, "messages.send", bottest.Empty502(), func() error { return say("в") }},
			{bot.CallSend, "later", 1, "messages.send", bottest.VKRefusal(9, "Flood control"), func() error { return say("г") }},
			{bot.CallSend, "no_peer", 1, "messages.send", bottest.VKRefusal(901, "Can't send messages for users without permission"), func() error { return say("е") }},
			{bot.CallSend, "never", 1, "messages.send", bottest.VKRefusal(914, "Message is too long"), func() error { return say("ж") }},
			{bot.CallUpload, "ok", 3, "", bottest.Fault{}, func() error { return say("з", photos("a")...) }},
			{bot.CallUpload, "network", 1, "upload", bottest.Drop(), func() error { return say("и", photos("b")...) }},
			{bot.CallUpload, "never", 1, "upload", bottest.Fault{Status: 413}, func() error { return say("и", photos("c")...) }},
			{bot.CallEdit, "ok", 1, "", bottest.Fault{}, edit},
			{bot.CallEdit, "no_ref", 1, "messages.edit", bottest.VKRefusal(909, "Can't edit this message, because it's too old"), edit},
			{bot.CallAnswer, "network", 1, "messages.sendMessageEventAnswer", bottest.Drop(), answer},
			{bot.CallFetch, "ok", 1, "", bottest.Fault{}, fetch},
			{bot.CallFetch, "network", 1, "file", bottest.Drop(), fetch},
			{bot.CallFetch, "never", 1, "file", bottest.Fault{Status: 404}, fetch},
			{bot.CallPoll, "ok", 4, "", bottest.Fault{}, poll},
			{bot.CallPoll, "network", 1, "poll", bottest.Drop(), poll},
			{bot.CallOther, "later", 1, "groups.getLongPollServer", bottest.VKRefusal(10, "Internal server error"), func() error { s.ExpireKey(); return poll() }},
		} {
			if c.method != "" {
				s.Fail(c.method, 1, c.fault)
			}
			before := y.of(c.what, c.outcome)
			err := c.do()
			synctest.Wait()
			if y.of(c.what, c.outcome)-before < c.more || s.Failing() != 0 {
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
