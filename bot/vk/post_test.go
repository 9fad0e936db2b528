package vk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	vkapi "github.com/SevereCloud/vksdk/v2/api"
	"pgregory.net/rapid"

	"otklik/bot"
	"otklik/bot/bottest"
)

// crowd sends at once and gives what became of each.
func (s *stage) crowd(n int, one func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = one(i) })
	}
	wg.Wait()
	return errs
}

// outer are the calls on the wire.
func (s *stage) outer() (list []bottest.Call) {
	for _, c := range s.Calls("") {
		if !c.Inside {
			list = append(list, c)
		}
	}
	return list
}

func TestManyMessagesLeaveInFewCalls(t *testing.T) {
	play(t, func(s *stage) {
		var people []*bottest.VKUser
		for i := range 50 {
			people = append(people, s.User(fmt.Sprint("П", i)).Opens())
		}
		begin := time.Now()
		for i, err := range s.crowd(200, func(i int) error {
			_, err := s.ch.Send(s.Context(), people[i%50].Peer(), bot.Message{Text: fmt.Sprint("№ ", i), Keyboard: yes()}, fmt.Sprint("k", i), nil)
			return err
		}) {
			if err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}
		seen := map[string]int{}
		for _, p := range people {
			for _, m := range p.Sees() {
				seen[m.Text]++
			}
		}
		for i := range 200 {
			if n := seen[fmt.Sprint("№ ", i)]; n != 1 {
				t.Errorf("№ %d stands %d times", i, n)
			}
		}
		if n, took := len(s.outer()), time.Since(begin); n > 15 || s.TooFast() > 0 || took > 2*time.Second {
			t.Errorf("%d calls, %d too fast, %v", n, s.TooFast(), took)
		}
		for _, c := range s.Calls("execute") {
			if n := strings.Count(c.Params["code"], "API.messages.send("); n < 2 || n > maxExecute {
				t.Errorf("%d in one call", n)
			}
		}
	})
}

func TestTheCallsKeepVKsPace(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		s.run()
		begin := time.Now()
		s.crowd(150, func(i int) error {
			if i%2 == 0 {
				return s.ch.Answer(s.Context(), pressOf("x", "5", "5"), "", false)
			}
			_, err := s.ch.Send(s.Context(), s.anna.Peer(), bot.Message{Text: fmt.Sprint(i)}, fmt.Sprint(i), nil)
			return err
		})
		if took := time.Since(begin); s.TooFast() > 0 || took > 10*time.Second {
			t.Errorf("%d calls too fast, %v", s.TooFast(), took)
		}
	})
}

// busy keeps the carriers at work, so that what is sent meanwhile gathers.
func (s *stage) busy(do func()) {
	for range callBurst {
		_ = s.ch.api.pace.Wait(s.Context())
	}
	do()
}

func TestAMessageWithoutCompanyLeavesAloneAndAtOnce(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		begin := time.Now()
		s.send(s.anna.Peer(), bot.Message{Text: "яма"})
		if got, took := s.methods(), time.Since(begin); got != "send" || took > 0 {
			t.Errorf("%s, %v", got, took)
		}
	})
}

func TestOneThatIsRefusedFailsAlone(t *testing.T) {
	for name, set := range map[string]func(s *stage, u *bottest.VKUser) bot.Reason{
		"who denied messages": func(_ *stage, u *bottest.VKUser) bot.Reason { u.Blocks(); return bot.NoPeer },
		"flood": func(s *stage, _ *bottest.VKUser) bot.Reason {
			s.Fail("messages.send", 1, bottest.VKRefusal(9, "Flood control"))
			return bot.Later
		},
		"too long for VK": func(s *stage, _ *bottest.VKUser) bot.Reason {
			s.Fail("messages.send", 1, bottest.VKRefusal(911, "Keyboard format is invalid"))
			return bot.Never
		},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				var people []*bottest.VKUser
				for range 10 {
					people = append(people, s.User("П").Opens())
				}
				want := set(s, people[4])
				var errs []error
				s.busy(func() {
					errs = s.crowd(10, func(i int) error {
						_, err := s.ch.Send(s.Context(), people[i].Peer(), bot.Message{Text: "яма"}, "k", nil)
						return err
					})
				})
				failed := 0
				for i, err := range errs {
					switch {
					case err != nil:
						if failed++; reason(err) != want || len(people[i].Sees()) > 0 {
							t.Errorf("%d: %v, want %s", i, err, want)
						}
					case len(people[i].Sees()) != 1:
						t.Errorf("%d sees\n%s", i, people[i].Screen())
					}
				}
				if failed != 1 || len(s.Calls("execute")) != 1 {
					t.Errorf("%d failed, %d programs", failed, len(s.Calls("execute")))
				}
				if want == bot.NoPeer && errs[4] == nil {
					t.Error("another one failed")
				}
			})
		})
	}
}

func TestSeveralRefusalsInOneCallFindTheirMessages(t *testing.T) {
	p := &post{api: newAPI(func() string { return "t" }, PublicAPI, nil)}
	p.api.lib.Handler = func(string, ...vkapi.Params) (vkapi.Response, error) {
		return vkapi.Response{
			Response:      []byte(`[[{"peer_id":1,"message_id":7,"conversation_message_id":1}],false,[{"peer_id":3,"message_id":0,"error":{"code":901,"description":"no"}}],false,[{"peer_id":5,"message_id":8,"cmid":4}],[],7]`),
			ExecuteErrors: []vkapi.ExecuteError{{Method: "messages.send", Code: 9, Msg: "Flood control"}, {Method: "messages.send", Code: 914, Msg: "Message is too long"}},
		}, nil
	}
	var batch []*letter
	for range 7 {
		batch = append(batch, &letter{ctx: t.Context(), method: sending, done: make(chan struct{})})
	}
	p.deliver(t.Context(), batch)
	var got []string
	for _, l := range batch {
		<-l.done
		got = append(got, fmt.Sprintf("%d %s %d", l.at.CMID, reason(l.err), codeOf(l.err)))
	}
	if got, want := strings.Join(got, "|"), "1  0|0 later 9|0 no_peer 901|0 never 914|4  0|0 later 0|0 later 0"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestAProgramThatVKDoesNotRunIsMadeOfSingleCalls(t *testing.T) {
	for name, f := range map[string]bottest.Fault{"does not compile": bottest.VKRefusal(12, "Unable to compile code"), "breaks off": bottest.VKRefusal(13, "Runtime error occurred during code invocation"),
		"answers too little": {Status: 200, JSON: true, Body: `{"response":[]}`}} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				s.anna.Opens()
				s.Fail("execute", 1, f)
				s.busy(func() {
					for i, err := range s.crowd(10, func(i int) error {
						_, err := s.ch.Send(s.Context(), s.anna.Peer(), bot.Message{Text: fmt.Sprint(i)}, fmt.Sprint(i), nil)
						return err
					}) {
						if err != nil {
							t.Errorf("%d: %v", i, err)
						}
					}
				})
				if n := len(s.Calls("messages.send")); len(s.anna.Sees()) != 10 || n != 10 || s.TooFast() > 0 || s.Failing() > 0 {
					t.Errorf("%d single calls, %d too fast\n%s", n, s.TooFast(), s.anna.Screen())
				}
			})
		})
	}
}

func TestAProgramThatIsNotHeardFailsAllOfIt(t *testing.T) {
	for name, f := range faults {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				s.anna.Opens()
				try := func() []error {
					return s.crowd(10, func(i int) error {
						_, err := s.ch.Send(s.Context(), s.anna.Peer(), bot.Message{Text: fmt.Sprint(i)}, fmt.Sprint(i), nil)
						return err
					})
				}
				s.Fail("execute", 1, f)
				s.busy(func() {
					for i, err := range try() {
						if reason(err) != bot.Later {
							t.Errorf("%d: %v", i, err)
						}
					}
				})
				for i, err := range try() {
					if err != nil {
						t.Errorf("%d: %v", i, err)
					}
				}
				if n := len(s.anna.Sees()); n != 10 {
					t.Errorf("%d messages\n%s", n, s.anna.Screen())
				}
			})
		})
	}
}

func TestAMessageThatNobodyWaitsForIsNotSentLater(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		s.busy(func() {
			errs := s.crowd(9, func(i int) error {
				ctx := s.Context()
				if i%3 == 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, time.Millisecond)
					defer cancel()
				}
				_, err := s.ch.Send(ctx, s.anna.Peer(), bot.Message{Text: fmt.Sprint("№ ", i)}, fmt.Sprint(i), nil)
				return err
			})
			for i, err := range errs {
				if (err != nil) != (i%3 == 0) || err != nil && !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%d: %v", i, err)
				}
			}
		})
		s.quiet()
		for _, m := range s.anna.Sees() {
			for _, n := range []int{0, 3, 6} {
				if m.Text == fmt.Sprint("№ ", n) {
					t.Errorf("%s was sent", m.Text)
				}
			}
		}
		if n := len(s.anna.Sees()); n != 6 {
			t.Errorf("%d messages", n)
		}
	})
}

func TestACallThatNobodyWaitsForEnds(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		s.Fail("messages.send", 1, bottest.Hang())
		ctx, cancel := context.WithCancel(s.Context())
		go func() { time.Sleep(time.Second); cancel() }()
		begin := time.Now()
		if _, err := s.ch.Send(ctx, s.anna.Peer(), bot.Message{Text: "яма"}, "k", nil); !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) || time.Since(begin) != time.Second {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
		synctest.Wait() // what is left over would hold the bubble open
		s.send(s.anna.Peer(), bot.Message{Text: "яма"})
	})
}

// Whatever a text holds, its call is one that VK's language for programs reads.
func TestAProgramHoldsAnyText(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("ая<>&\"'\\\n\u2028\u2029\u0000{}[]();👷"))).Draw(rt, "text")
		code, err := callCode("messages.send", vkapi.Params{"message": text, "random_id": 7})
		if err != nil {
			rt.Fatal(err)
		}
		inside := strings.TrimSuffix(strings.TrimPrefix(code, "API.messages.send("), ")")
		var p map[string]any
		if err := json.Unmarshal([]byte(inside), &p); err != nil || p["message"] != text || strings.Contains(code, "\n") {
			rt.Fatalf("%s: %v", code, err)
		}
	})
}
