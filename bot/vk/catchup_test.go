package vk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"otklik/bot"
	"otklik/bot/bottest"
)

// behind is an installed stage with a backlog: n people who wrote a word, and Anna, who wrote many.
func behind(t *testing.T, n, hers int, do func(s *stage)) {
	t.Helper()
	installed(t, func(s *stage) {
		for i := range hers {
			s.anna.Says(fmt.Sprint(i))
		}
		for i := range n {
			s.User(fmt.Sprint("сосед ", i)).Says("яма")
		}
		time.Sleep(time.Minute)
		s.LoseHistory()
		do(s)
	})
}

// got gives what the sink took until now, without waiting.
func (s *stage) got() []bot.Update {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]bot.Update{}, s.took...)
}

// inOrder holds one person's messages, each of which is a number, against their order.
func inOrder(t *testing.T, list []bot.Update, name string, want int) {
	t.Helper()
	n, ids := 0, map[string]bool{}
	for _, u := range list {
		if u.From.Name != name || ids[u.ID] {
			continue
		}
		ids[u.ID] = true
		if u.Text != strconv.Itoa(n) {
			t.Fatalf("%s where %d is due", u.Text, n)
		}
		n++
	}
	if n != want {
		t.Errorf("%d messages of %s, want %d", n, name, want)
	}
}

func TestWhoWritesNowDoesNotWaitForTheBacklog(t *testing.T) {
	behind(t, 300, 0, func(s *stage) {
		s.slow = func(u bot.Update) time.Duration {
			if u.Text == "яма" {
				return 3 * time.Second // the whole of it takes minutes
			}
			return 0
		}
		s.run()
		s.User("Вера").Says("а я только что")
		time.Sleep(15 * time.Second)
		list := s.got()
		if said := said(list); !strings.Contains(said, "а я только что") || len(list) > 60 {
			t.Errorf("after %d of the backlog: %s", len(list), said)
		}
		for range 600 {
			s.quiet()
		}
		if list := s.got(); len(list) != 301 {
			t.Errorf("%d in all", len(list))
		}
	})
}

func TestNobodysNewestWordsOvertakeThoseThatWereMissed(t *testing.T) {
	const missed = 3*pageOf - 50
	behind(t, 20, missed, func(s *stage) {
		var saying sync.Mutex
		n, next := 0, missed
		s.fail = func(u bot.Update) error {
			if u.From.Name == "Анна" {
				if n++; n%100 == 50 { // she goes on writing while her conversation is being looked through
					go func() {
						saying.Lock()
						defer saying.Unlock()
						s.anna.Says(fmt.Sprint(next))
						next++
					}()
				}
			}
			return nil
		}
		s.run()
		s.settle()
		s.fail = nil
		inOrder(t, s.taken(), "Анна", missed+6)
	})
}

func TestAFailureInTheMiddleDoesNotBeginTheBacklogAnew(t *testing.T) {
	behind(t, 100, 0, func(s *stage) {
		n := 0
		s.fail = func(u bot.Update) error {
			if n++; n == 60 {
				return errors.New("the disk is full")
			}
			if n == 80 {
				s.Fail("messages.getHistory", 2, bottest.Drop())
			}
			return nil
		}
		s.run()
		s.settle()
		for range 30 {
			s.quiet()
		}
		if list := s.taken(); len(list) != 100 {
			t.Errorf("%d were taken", len(list))
		}
		if n := len(s.Calls("messages.getHistory")); n > 100+3*visiting {
			t.Errorf("%d conversations were looked through for 100", n)
		}
	})
}

func TestAnotherProgramTakesTheRestOfTheBacklog(t *testing.T) {
	behind(t, 50, pageOf+50, func(s *stage) {
		s.slow = func(bot.Update) time.Duration { return time.Second }
		s.run() // ten seconds
		s.User("Вера").Says("новое")
		time.Sleep(10 * time.Second)
		if at, err := s.ch.position(s.Context()); err != nil || at.Missed.IsZero() || at.TS == "" {
			t.Fatalf("kept %+v, %v", at, err)
		}
		before := s.got()
		s.restart()
		s.slow = nil
		s.Outdate() // and what came meanwhile is lost as well
		s.User("Глеб").Says("ещё")
		s.run()
		s.settle()
		list := append(before, s.taken()[len(before):]...)
		inOrder(t, list, "Анна", pageOf+50)
		ids := map[string]bool{}
		for _, u := range list {
			ids[u.ID] = true
		}
		if len(ids) != 50+pageOf+50+2 {
			t.Errorf("%d messages", len(ids))
		}
		if at, err := s.ch.position(s.Context()); err != nil || !at.Missed.IsZero() {
			t.Errorf("kept %+v, %v", at, err)
		}
		s.restart()
		s.run()
		if list := s.taken(); len(list) > 0 {
			t.Errorf("%d come once more", len(list))
		}
	})
}

// TestAConversationThatMovesUpIsNotPassedBy: we write to somebody who stands at the end of the list.
func TestAConversationThatMovesUpIsNotPassedBy(t *testing.T) {
	installed(t, func(s *stage) {
		s.anna.Says("первая")
		for i := range pageOf + 20 {
			s.User(fmt.Sprint("сосед ", i)).Says("яма")
		}
		time.Sleep(time.Minute)
		s.LoseHistory()
		wrote := false
		s.slow = func(bot.Update) time.Duration {
			s.mu.Lock()
			defer s.mu.Unlock()
			if !wrote {
				wrote = true
				go func() {
					_, _ = s.ch.Send(context.Background(), s.anna.Peer(), bot.Message{Text: "напоминание"}, "k", jpegs)
				}()
			}
			return 200 * time.Millisecond
		}
		s.run()
		s.settle()
		for range 10 {
			s.quiet()
		}
		synctest.Wait()
		if list := s.taken(); len(list) != pageOf+21 {
			t.Errorf("%d of %d; Anna's: %v", len(list), pageOf+21, strings.Contains(said(list), "первая"))
		}
	})
}

// otherwise is a network that changes what VK answers to one method.
type otherwise struct {
	base   http.RoundTripper
	method string
	with   func(asked, answered string) string
}

func (a otherwise) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, a.method) {
		return a.base.RoundTrip(r)
	}
	asked, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(asked))
	resp, err := a.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	was, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	body := a.with(string(asked), string(was))
	resp.Body, resp.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	return resp, err
}

func (s *stage) answers(method string, with func(asked, answered string) string) {
	s.Helper()
	s.o.Client = &http.Client{Transport: otherwise{s.o.Client.Transport, method, with}}
	s.anew()
}

// TestOneConversationThatVKRefuses holds up its own messages, for a while, and nobody else's presses.
func TestOneConversationThatVKRefuses(t *testing.T) {
	behind(t, 30, 1, func(s *stage) {
		s.answers("messages.getHistory", func(asked, answered string) string {
			if strings.Contains("&"+asked+"&", "&peer_id="+s.anna.Peer().Chat+"&") {
				return `{"error":{"error_code":10,"error_msg":"Internal server error: could not get the history"}}`
			}
			return answered
		})
		s.run()
		gleb := s.User("Глеб")
		gleb.Says("пишу после Анны")
		s.quiet()
		if _, err := s.ch.Send(s.Context(), gleb.Peer(), bot.Message{Text: "верно?", Keyboard: yes()}, "k", jpegs); err != nil {
			t.Fatal(err)
		}
		s.anna.Says("ещё")
		gleb.Presses("Да")
		for range 3 {
			s.quiet()
		}
		if !slices.ContainsFunc(s.got(), func(u bot.Update) bool { return u.Kind == bot.Pressed }) {
			t.Errorf("the press waits: %s", said(s.got()))
		}
		if strings.Contains(said(s.got()), "ещё") {
			t.Error("her newest words have overtaken those that were missed")
		}
		for range 120 {
			s.quiet()
		}
		if !strings.Contains(said(s.got()), "ещё") || s.log.count("ERROR", "a conversation cannot be read") != 1 {
			t.Errorf("%s\n%s", said(s.got()), s.log)
		}
	})
}

// TestAnOutageIsNoRefusalOfOneConversation: what was missed is there when VK gives it again.
func TestAnOutageIsNoRefusalOfOneConversation(t *testing.T) {
	behind(t, 3, 1, func(s *stage) {
		begin := time.Now()
		s.answers("messages.getHistory", func(_, answered string) string {
			if time.Since(begin) < 2*time.Hour {
				return `{"error":{"error_code":10,"error_msg":"Internal server error"}}`
			}
			return answered
		})
		s.run()
		time.Sleep(2 * time.Hour)
		for range 30 {
			s.quiet()
		}
		if n := len(s.got()); n != 4 {
			t.Errorf("%d of 4 are taken: %s", n, said(s.got()))
		}
	})
}

// TestAMissedMessageThatCannotBeRead is left out, and no other.
func TestAMissedMessageThatCannotBeRead(t *testing.T) {
	behind(t, 0, 5, func(s *stage) {
		spoil := func(_, answered string) string { return strings.Replace(answered, `"text":"3"`, `"text":{}`, 1) }
		s.answers("messages.getHistory", spoil)
		s.run()
		for range 6 {
			s.quiet()
		}
		var got []string
		for _, u := range s.got() {
			got = append(got, u.Text)
		}
		if got := strings.Join(got, " "); got != "0 1 2 4" {
			t.Errorf("%q\n%s", got, s.log)
		}
	})
}
