package vk

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"otklik/bot"
	"otklik/bot/bottest"
)

// TestAPinnedConversationHidesNoOther: what stands first in the list need not be the newest.
func TestAPinnedConversationHidesNoOther(t *testing.T) {
	installed(t, func(s *stage) {
		petr := s.User("Пётр")
		petr.Says("давно")
		s.run()
		s.taken()
		time.Sleep(time.Hour)
		s.restart()
		petr.Pinned()
		s.anna.Says("яма")
		time.Sleep(time.Minute)
		s.LoseHistory()
		s.run()
		if got := said(s.taken()); got != "яма" {
			t.Errorf("%q", got)
		}
	})
}

// eve is a network on which something happens just before the nth call of a method.
type eve struct {
	http.RoundTripper
	method string
	left   *int
	do     func()
}

func (e eve) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/"+e.method) {
		if *e.left--; *e.left == 0 {
			e.do()
		}
	}
	return e.RoundTripper.RoundTrip(r)
}

func (s *stage) before(nth int, method string, do func()) {
	s.ch.api.lib.Client.Transport = eve{s.ch.api.lib.Client.Transport, method, &nth, do}
}

// TestAConversationThatMovesWhileTheListIsReadIsNotLost: a new message takes it from a page that was not read to one that was.
func TestAConversationThatMovesWhileTheListIsReadIsNotLost(t *testing.T) {
	installed(t, func(s *stage) {
		s.anna.Says("яма") // the oldest: the last of the second page
		var people []*bottest.VKUser
		for i := range pageOf + 50 {
			people = append(people, s.User(fmt.Sprint("П", i)))
			people[i].Says("и тут")
		}
		time.Sleep(time.Minute)
		s.LoseHistory()
		s.before(2, "messages.getConversations", func() { s.anna.Says("вы тут?") })
		s.run()
		s.settle()
		var hers []string
		for _, u := range s.taken() {
			if u.From.Name == "Анна" {
				hers = append(hers, u.Text)
			}
		}
		if got := strings.Join(hers, ", "); got != "яма, вы тут?" {
			t.Errorf("%q", got)
		}
	})
}

// TestNothingNewOvertakesWhatWasMissed: behind a callback server VK waits until the conversations were looked through.
func TestNothingNewOvertakesWhatWasMissed(t *testing.T) {
	for _, moment := range []string{"groups.getCallbackServers", "messages.getHistory"} {
		hooked(t, func(s *stage, mux *http.ServeMux) {
			s.run()
			s.anna.Says("до")
			s.one()
			s.halt()
			time.Sleep(time.Minute)
			s.Brings(http.NotFoundHandler())
			s.anna.Says("раз")
			time.Sleep(time.Minute)
			s.GivesUp()
			s.anew()
			again := http.NewServeMux()
			s.ch.Routes(again)
			s.before(1, moment, func() {
				s.Brings(again)
				s.anna.Says("два")
				time.Sleep(time.Second)
			})
			s.run()
			time.Sleep(time.Minute)
			var fresh []bot.Update
			for _, u := range s.taken() {
				if u.Text != "до" {
					fresh = append(fresh, u)
				}
			}
			if got := said(fresh); got != "раз, два" && !strings.HasPrefix(got, "раз, два, ") {
				t.Errorf("%q\n%s", got, s.log)
			}
		})
	}
}

// TestAPlaceBeyondVKsOwnMeansThatTheStreamIsAnother: it was kept of a stream that VK has begun anew since.
func TestAPlaceBeyondVKsOwnMeansThatTheStreamIsAnother(t *testing.T) {
	installed(t, func(s *stage) {
		at, err := s.ch.position(s.Context())
		if err != nil {
			t.Fatal(err)
		}
		at.TS, at.Open = "900000", nil
		s.ch.savePosition(s.Context(), at)
		s.anna.Says("яма")
		time.Sleep(time.Minute)
		s.run()
		if u := s.one(); u.Text != "яма" || s.log.count("WARN", "stream") != 1 {
			t.Errorf("%+v\n%s", u, s.log)
		}
		for _, asked := range s.Polled() {
			if asked == "900000" {
				t.Error("it polls from a place that VK does not know")
			}
		}
	})
}
