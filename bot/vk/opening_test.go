package vk

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"otklik/bot"
	"otklik/bot/bottest"
	"otklik/bot/kit"
)

// atStart are the calls of a start.
var atStart = []string{"groups.getById", "groups.getTokenPermissions", "groups.getLongPollSettings", "groups.getLongPollServer"}

// unopened takes away how the stream was opened last.
func (s *stage) unopened() {
	s.Helper()
	at, err := s.ch.position(s.Context())
	if err != nil || at.Open == nil {
		s.Fatalf("%+v, %v", at, err)
	}
	at.Open = nil
	s.ch.savePosition(s.Context(), at)
}

func TestAProgramThatIsBackAsksForEventsAtOnce(t *testing.T) {
	installed(t, func(s *stage) {
		s.anna.Says("яма")
		at, err := s.ch.position(s.Context())
		if err != nil {
			t.Fatal(err)
		}
		before := len(s.Polled())
		for _, method := range atStart {
			s.Fail(method, 1000, bottest.Hang())
		}
		s.run()
		if u := s.one(); u.Text != "яма" || u.From.Name != "Анна" {
			t.Errorf("%+v", u)
		}
		s.send(s.anna.Peer(), bot.Message{Text: "принято"})
		if polled := s.Polled()[before:]; polled[0] != at.TS {
			t.Errorf("asked from %v, kept is %s", polled, at.TS)
		}
		if s.ch.Link("x") == "" {
			t.Error("the community's name is not known")
		}
	})
}

func TestTheCallsOfAStartGoOnBesideTheStream(t *testing.T) {
	installed(t, func(s *stage) {
		before := map[string]int{}
		for _, method := range atStart {
			before[method] = len(s.Calls(method))
		}
		s.run()
		for _, method := range atStart {
			if n := len(s.Calls(method)) - before[method]; n != 1 {
				t.Errorf("%s: %d times", method, n)
			}
		}
		polls := len(s.Polled())
		time.Sleep(10 * pollTime)
		if n := len(s.Polled()) - polls; n > 11 {
			t.Errorf("%d polls: they stay short", n)
		}
	})
}

func TestAnOpeningThatIsNotTakenIsAskedForAnew(t *testing.T) {
	answer := func(body string) func(s *stage) {
		return func(s *stage) { s.Fail("poll", 1, bottest.Fault{Status: 200, JSON: true, Body: body}) }
	}
	for name, stale := range map[string]func(s *stage){
		"the key is worn out":      func(s *stage) { s.ExpireKey() },
		"VK says that":             answer(`{"failed":2}`),
		"VK has forgotten it":      answer(`{"failed":3}`),
		"VK does not know it":      answer(`{"failed":4}`),
		"it is no long poll":       func(s *stage) { s.Fail("poll", 1, bottest.HTML()) },
		"nobody is there":          func(s *stage) { s.Fail("poll", 1, bottest.Drop()) },
		"nobody there says a word": func(s *stage) { s.Fail("poll", 1, bottest.Hang()) },
	} {
		t.Run(name, func(t *testing.T) {
			installed(t, func(s *stage) {
				old, err := s.ch.position(s.Context())
				if err != nil {
					t.Fatal(err)
				}
				s.anna.Says("яма")
				stale(s)
				asked := len(s.Calls("groups.getLongPollServer"))
				s.run()
				if u := s.one(); u.Text != "яма" {
					t.Errorf("%+v", u)
				}
				if len(s.Calls("groups.getLongPollServer")) == asked || s.log.count("WARN", "") > 0 {
					t.Errorf("asked %d times\n%s", len(s.Calls("groups.getLongPollServer"))-asked, s.log)
				}
				if n := len(s.Calls("messages.getConversations")); n > 1 { // of the first time ever
					t.Error("it looks for what was missed, and the place was good")
				}
				at, err := s.ch.position(s.Context())
				if err != nil || at.Open == nil || name == "the key is worn out" && at.Open.Key == old.Open.Key {
					t.Errorf("kept is %+v, %v", at.Open, err)
				}
			})
		})
	}
}

func TestANewKeyIsKeptAtOnce(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.ExpireKey()
		time.Sleep(2 * pollTime)
		kept, err := s.ch.position(s.Context())
		if err != nil || kept.Open == nil {
			t.Fatalf("%+v, %v", kept, err)
		}
		s.restart()
		asked := len(s.Calls("groups.getLongPollServer"))
		s.Fail("groups.getById", 1000, bottest.Hang())
		s.anna.Says("яма")
		s.run()
		if s.one(); len(s.Calls("groups.getLongPollServer")) != asked {
			t.Error("the new key was not kept")
		}
	})
}

func TestANetworkThatIsWhollyDownIsSaidOnce(t *testing.T) {
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			installed(t, func(s *stage) {
				s.anna.Says("яма")
				s.Fail("", 20, fault)
				s.Fail("poll", 20, fault)
				s.run()
				s.settle()
				time.Sleep(2 * kit.LongestPause) // the last may hang
				if u := s.one(); u.Text != "яма" {
					t.Errorf("%+v", u)
				}
				if warned, well := s.log.count("WARN", ""), s.log.count("INFO", "again"); warned != 1 || well != 1 {
					t.Errorf("%d warnings, %d times well\n%s", warned, well, s.log)
				}
			})
		})
	}
}

func TestATokenThatWasRevokedWhileTheProgramWasDownEndsRun(t *testing.T) {
	for name, c := range map[string]struct {
		set func(s *stage)
		err error
	}{
		"revoked":      {func(s *stage) { s.Revoke() }, errRefused},
		"of no rights": {func(s *stage) { s.Permit("messages", "photos") }, errRights},
	} {
		t.Run(name, func(t *testing.T) {
			installed(t, func(s *stage) {
				c.set(s)
				s.run()
				if err := <-s.end; !errors.Is(err, c.err) || strings.Contains(err.Error(), s.Token()) {
					t.Errorf("%v", err)
				}
				s.end <- nil
			})
		})
	}
}

func TestOneRefusalAtTheStartOfATokenThatWasTakenIsVKsError(t *testing.T) {
	installed(t, func(s *stage) {
		s.Fail("groups.getById", doubts-1, bottest.VKRefusal(5, "User authorization failed: invalid access_token (4)."))
		s.run()
		s.anna.Says("яма")
		if s.settle(); s.one().Text != "яма" {
			t.Error("it did not come")
		}
	})
}

func TestAnotherTokenIsNotThatOfTheKeptOpening(t *testing.T) {
	installed(t, func(s *stage) {
		s.o.Token = func() string { return "vk1.a.another" }
		s.anew()
		before := len(s.Polled())
		s.run()
		if err := <-s.end; !errors.Is(err, errRefused) || len(s.Polled()) != before {
			t.Errorf("%v, %d polls", err, len(s.Polled())-before)
		}
		s.end <- nil
	})
}

// TestWhatWasMissedBeforeTheSettingsWereCheckedIsNotForgotten: until then the program does not say that all before was taken.
func TestWhatWasMissedBeforeTheSettingsWereCheckedIsNotForgotten(t *testing.T) {
	installed(t, func(s *stage) {
		if err := s.ch.insist(s.Context(), s.ch.greet); err != nil {
			t.Fatal(err)
		}
		if err := s.ch.api.call(s.Context(), "groups.setLongPollSettings", map[string]any{"group_id": 77001, "message_new": 0}, nil); err != nil {
			t.Fatal(err)
		}
		s.anna.Says("раз")
		time.Sleep(4 * watch)
		s.Fail("groups.getLongPollSettings", 6, bottest.Drop())
		s.run()
		s.Raw(map[string]any{"type": "something_new", "object": map[string]any{"x": 1}}) // so that the place is kept
		s.quiet()
		if s.Failing() == 0 {
			t.Fatal("the settings were checked")
		}
		s.restart()
		s.run()
		s.settle()
		time.Sleep(time.Minute)
		if got := said(s.taken()); got != "раз" {
			t.Errorf("%q\n%s", got, s.log)
		}
	})
}

// mute answers polls from one place with nothing, ever.
type mute struct {
	http.RoundTripper
	place string
}

func (m mute) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Query().Get("ts") != m.place {
		return m.RoundTripper.RoundTrip(r)
	}
	wait, err := time.ParseDuration(r.URL.Query().Get("wait") + "s")
	if err != nil {
		return nil, err
	}
	select {
	case <-time.After(wait):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(`{"ts":"` + m.place + `","updates":[]}`)), Request: r}, nil
}

// TestAKeptPlaceBeyondVKsOwnIsFoundOut: VK need not say so when it is asked from there.
func TestAKeptPlaceBeyondVKsOwnIsFoundOut(t *testing.T) {
	installed(t, func(s *stage) {
		at, err := s.ch.position(s.Context())
		if err != nil {
			t.Fatal(err)
		}
		at.TS = "900000"
		s.ch.savePosition(s.Context(), at)
		s.o.Client = &http.Client{Transport: mute{s.o.Client.Transport, "900000"}}
		s.anew()
		s.anna.Says("яма")
		time.Sleep(time.Minute)
		s.run()
		if u := s.one(); u.Text != "яма" || s.log.count("WARN", "another stream") != 1 {
			t.Errorf("%+v\n%s", u, s.log)
		}
		if polled := s.Polled(); slices.Contains(polled[1:], "900000") {
			t.Errorf("%v", polled)
		}
	})
}
