package vk

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	vkapi "github.com/SevereCloud/vksdk/v2/api"

	"otklik/bot"
)

const public = "https://desk.example.org/vk"

// hooked plays with a callback server.
func hooked(t *testing.T, do func(s *stage, mux *http.ServeMux)) {
	playOn(t, Options{Webhook: public}, func(s *stage) {
		mux := http.NewServeMux()
		s.ch.Routes(mux)
		s.Brings(mux)
		do(s, mux)
	})
}

func post1(mux http.Handler, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/vk", strings.NewReader(body)))
	return w
}

func TestVKBringsEventsAndIsConfirmed(t *testing.T) {
	hooked(t, func(s *stage, mux *http.ServeMux) {
		s.run()
		if s.Callback() != public {
			t.Fatalf("VK sends to %q\n%s", s.Callback(), s.log)
		}
		s.anna.Says("яма")
		if u := s.one(); u.Text != "яма" || u.From.Name != "Анна" {
			t.Errorf("%+v", u)
		}
		s.Again()
		if list := s.taken(); len(list) > 0 {
			t.Errorf("brought again, it was taken again: %+v", list)
		}
		if n := len(s.Calls("groups.getLongPollServer")); n > 0 {
			t.Errorf("it polls besides, %d times", n)
		}
	})
}

func TestOkOnlyAfterTheCommit(t *testing.T) {
	hooked(t, func(s *stage, mux *http.ServeMux) {
		s.run()
		fails := 3
		s.mu.Lock()
		s.fail = func(bot.Update) error {
			if fails--; fails >= 0 {
				return errors.New("the disk is full")
			}
			return nil
		}
		s.mu.Unlock()
		s.anna.Says("яма")
		s.anna.Says("и вторая")
		list := s.taken()
		if len(list) != 2 || list[0].Text != "яма" || list[1].Text != "и вторая" || fails >= 0 {
			t.Errorf("%+v, %d failures left\n%s", list, fails, s.log)
		}
	})
}

func TestWhoDoesNotKnowTheSecretIsRefused(t *testing.T) {
	hooked(t, func(s *stage, mux *http.ServeMux) {
		event := `{"type":"message_new","group_id":77001,"event_id":"f1","secret":"%","object":{"message":{"id":1,"date":1,"peer_id":5,"from_id":5,"conversation_message_id":1,"text":"ложь"}}}`
		if w := post1(mux, strings.Replace(event, "%", s.ch.hook.secret, 1)); w.Code != http.StatusServiceUnavailable {
			t.Errorf("before it runs: %d", w.Code)
		}
		s.run()
		for _, secret := range []string{"", "x", s.ch.hook.secret + "x", strings.ToUpper(s.ch.hook.secret)} {
			if w := post1(mux, strings.Replace(event, "%", secret, 1)); w.Code != http.StatusForbidden || w.Body.String() == "ok" {
				t.Errorf("%q: %d %s", secret, w.Code, w.Body)
			}
		}
		if w := post1(mux, strings.Replace(event, `"secret":"%",`, "", 1)); w.Code != http.StatusForbidden {
			t.Errorf("without a secret: %d", w.Code)
		}
		if w := post1(mux, `{"type":"confirmation","group_id":1}`); w.Code == http.StatusOK {
			t.Errorf("another community's confirmation: %s", w.Body)
		}
		if w := post1(mux, "no event"); w.Code != http.StatusBadRequest {
			t.Errorf("rubbish: %d", w.Code)
		}
		if list := s.taken(); len(list) > 0 {
			t.Errorf("taken: %+v", list)
		}
		if w := post1(mux, strings.Replace(event, "%", s.ch.hook.secret, 1)); w.Body.String() != "ok" || len(s.taken()) != 1 {
			t.Errorf("the true one: %d %s", w.Code, w.Body)
		}
		s.halt()
		if w := post1(mux, strings.Replace(event, "%", s.ch.hook.secret, 1)); w.Code != http.StatusServiceUnavailable {
			t.Errorf("after its end: %d", w.Code)
		}
	})
}

func TestWhatWasMissedIsFetchedWhenTheServerIsBack(t *testing.T) {
	hooked(t, func(s *stage, mux *http.ServeMux) {
		s.run()
		s.anna.Says("до")
		s.one()
		s.halt()
		s.Brings(http.NotFoundHandler())
		time.Sleep(time.Minute)
		s.anna.Says("между")
		s.GivesUp()
		time.Sleep(10 * time.Minute)
		s.anew()
		again := http.NewServeMux()
		s.ch.Routes(again)
		s.Brings(again)
		s.run()
		said := map[string]int{}
		for _, u := range s.taken() {
			said[u.Text]++
		}
		if said["между"] != 1 { // what was taken before may come again: the store knows it by its ID
			t.Errorf("taken: %v\n%s", said, s.log)
		}
	})
}

func TestWhatVKGaveUpIsFoundWithoutARestart(t *testing.T) {
	hooked(t, func(s *stage, mux *http.ServeMux) {
		s.run()
		s.Brings(http.NotFoundHandler()) // the proxy is down, and VK has not noticed
		time.Sleep(17 * time.Minute)
		s.anna.Says("между")
		time.Sleep(1050 * time.Millisecond) // between two attempts
		s.GivesUp()
		s.Brings(mux)
		s.anna.Says("после")
		s.quiet()
		time.Sleep(watch)
		if got := said(s.taken()); got != "после, между" {
			t.Errorf("%s\n%s", got, s.log)
		}
		time.Sleep(24 * time.Hour)
		if list := s.taken(); len(list) > 0 {
			t.Errorf("once more: %s", said(list))
		}
	})
}

func TestThePlaceStandsStillWhileNothingIsKept(t *testing.T) {
	hooked(t, func(s *stage, mux *http.ServeMux) {
		s.run()
		s.mu.Lock()
		s.fail = func(bot.Update) error { return errors.New("the disk is full") }
		s.mu.Unlock()
		time.Sleep(10 * time.Minute)
		began := time.Now()
		s.anna.Says("яма")
		time.Sleep(2*watch + time.Minute)
		s.GivesUp()
		if at, err := s.ch.position(s.Context()); err != nil || at.Missed.IsZero() || at.Missed.After(began) {
			t.Errorf("it is missing since %v, and %v is not kept: %v", at.Missed, began, err)
		}
		s.halt()
		s.fail = nil
		s.anew()
		again := http.NewServeMux()
		s.ch.Routes(again)
		s.Brings(again)
		s.run()
		if got := said(s.taken()); got != "яма" {
			t.Errorf("%q", got)
		}
	})
}

func TestAServerThatVKDoesNotBringToIsConfirmedAgain(t *testing.T) {
	for _, status := range []string{"wait", "unconfigured", "failed"} {
		t.Run(status, func(t *testing.T) {
			hooked(t, func(s *stage, mux *http.ServeMux) {
				s.run()
				s.Doubts(status)
				heard := s.ch.LastHeard()
				time.Sleep(watch)
				s.quiet()
				if s.Callback() != public || s.log.count("WARN", "confirming it again") != 1 {
					t.Errorf("VK sends to %q\n%s", s.Callback(), s.log)
				}
				if s.ch.LastHeard() != heard {
					t.Error("what VK does not bring counts as heard")
				}
				s.anna.Says("яма")
				s.one()
			})
		})
	}
}

func TestEventsThatWereSwitchedOffOnTheServerAreSwitchedOnAgain(t *testing.T) {
	hooked(t, func(s *stage, mux *http.ServeMux) {
		s.run()
		server, err := s.ch.callbackServer(s.Context())
		if err != nil {
			t.Fatal(err)
		}
		p := vkapi.Params{"group_id": 77001, "server_id": server.ID, "message_new": 0}
		if err := s.ch.api.call(s.Context(), "groups.setCallbackSettings", p, nil); err != nil {
			t.Fatal(err)
		}
		s.anna.Says("раз")
		if list := s.taken(); len(list) > 0 {
			t.Fatalf("%s", said(list))
		}
		time.Sleep(watch)
		s.anna.Says("два")
		if got := said(s.taken()); got != "раз, два" {
			t.Errorf("%q\n%s", got, s.log)
		}
	})
}

func TestTheSecretOutlastsARestart(t *testing.T) {
	one, err := newHook(public, "token")
	if err != nil {
		t.Fatal(err)
	}
	two, _ := newHook(public, "token")
	other, _ := newHook(public, "another")
	if one.secret != two.secret || one.secret == other.secret || len(one.secret) > 50 || len(one.secret) < 32 {
		t.Errorf("%q %q %q", one.secret, two.secret, other.secret)
	}
	if h, _ := newHook("https://desk.example.org", "token"); h.path != "/vk" {
		t.Errorf("the path is %q", h.path)
	}
	if _, err := newHook("desk.example.org", "token"); err == nil {
		t.Error("no address is one")
	}
}

func TestADeliveryUnderWayEndsBeforeRunDoes(t *testing.T) {
	hooked(t, func(s *stage, mux *http.ServeMux) {
		s.run()
		under, let := make(chan bool), make(chan bool)
		s.mu.Lock()
		s.fail = func(bot.Update) error { close(under); <-let; return nil }
		s.mu.Unlock()
		s.anna.Says("яма")
		<-under
		ctx, cancel := context.WithTimeout(s.Context(), time.Minute)
		defer cancel()
		s.stop()
		select {
		case err := <-s.end:
			t.Errorf("Run ended first: %v", err)
		case <-ctx.Done():
		}
		close(let)
		if err := <-s.end; err != nil {
			t.Error(err)
		}
		s.stop = nil
	})
}
