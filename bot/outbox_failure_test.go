package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var errDown = errors.New("connection refused")

func TestAChatThatMustWaitHoldsUpNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{}
		begin := time.Now()
		p.answer = func(c call) error {
			if c.chat == "a" && time.Since(begin) < 30*time.Second {
				return &Failure{Reason: Later, After: 30 * time.Second, Err: errors.New("429")}
			}
			return nil
		}
		for _, w := range []string{"1", "2"} {
			s.write("a", Reply, w)
			s.write("b", Digest, w)
		}
		start(t, s, p)
		pass(time.Second)
		if got := fmt.Sprint(p.words("")); got != "[b:1 b:2]" {
			t.Errorf("in the first second: %s", got)
		}
		pass(time.Minute)
		if got := fmt.Sprint(p.words("a")); got != "[1 2]" || len(p.tried()) != 5 {
			t.Errorf("%s in %d calls", got, len(p.tried()))
		}
		if at := p.tried()[3].at.Sub(begin); at < 30*time.Second {
			t.Errorf("tried again after %v", at)
		}
	})
}

func TestAChannelThatMustWaitIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{}
		begin := time.Now()
		p.answer = func(c call) error {
			switch {
			case c.chat == "slow": // began before the refusal, arrives after it
				time.Sleep(5 * time.Second)
			case time.Since(begin) < 30*time.Second:
				return &Failure{Reason: Later, After: 30 * time.Second, Whole: true, Err: errors.New("429")}
			}
			return nil
		}
		s.write("slow", Reply, "0")
		s.write("a", Reply, "1")
		r := start(t, s, p)
		pass(10 * time.Second)
		for chat := range 20 {
			r.Notify([]Ticket{s.write(strconv.Itoa(chat), Reply, "2")})
		}
		pass(19 * time.Second)
		if n := len(p.tried()); n != 2 {
			t.Errorf("%d calls while the channel waits", n)
		}
		pass(time.Minute)
		if n := len(p.taken()); n != 22 {
			t.Errorf("%d messages", n)
		}
		if s.given()[1] != "" || r.log.count("messages wait") != 1 || r.log.count("messages leave again") != 1 {
			t.Errorf("log:\n%s", r.log.String())
		}
	})
}

func TestAFailureFromBeforeTheRecoverySaysNothingNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{}
		begin := time.Now()
		p.answer = func(c call) error {
			if c.text == "slow" && time.Since(begin) < time.Second {
				time.Sleep(20 * time.Second)
				return &Failure{Reason: Later, Whole: true, Err: errDown}
			}
			if time.Since(begin) < time.Second {
				return &Failure{Reason: Later, Whole: true, Err: errDown}
			}
			return nil
		}
		s.write("a", Reply, "slow")
		s.write("b", Reply, "quick")
		r := start(t, s, p)
		pass(5 * time.Second)
		if n := len(p.taken()); n != 1 {
			t.Errorf("%d arrived beside a slow call", n)
		}
		pass(25 * time.Second)
		if n := r.log.count("messages wait"); n != 1 || len(p.taken()) != 2 {
			t.Errorf("%d arrived, log:\n%s", len(p.taken()), r.log.String())
		}
	})
}

func TestAnOutageLosesNothingAndSaysSoOnce(t *testing.T) {
	for name, f := range map[string]error{
		"classified":   &Failure{Reason: Later, Whole: true, Err: errDown},
		"unclassified": errDown,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := newPaper(), &post{limits: telegram, takes: 100 * time.Millisecond}
				var down atomic.Bool
				down.Store(true)
				p.answer = func(call) error {
					if down.Load() {
						return f
					}
					return nil
				}
				var want []string
				for i := range 3 {
					want = append(want, strconv.Itoa(i))
					for chat := range 50 {
						s.write(strconv.Itoa(chat), Priority(chat%3), strconv.Itoa(i))
					}
				}
				r := start(t, s, p)
				pass(6 * time.Hour)
				if n := len(p.tried()); n > 6*70+50 {
					t.Errorf("%d calls in six hours of outage", n)
				}
				down.Store(false)
				pass(longestFall + 20*time.Second)
				for chat := range 50 {
					if got := p.words(strconv.Itoa(chat)); !slices.Equal(got, want) {
						t.Errorf("chat %d: %v", chat, got)
					}
				}
				if n := r.log.count("messages wait"); n != 1 || r.log.count("messages leave again") != 1 {
					t.Errorf("log:\n%s", r.log.String())
				}
			})
		})
	}
}

func TestASingleMessageSurvivesALongOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{}
		begin := time.Now()
		p.answer = func(call) error {
			if time.Since(begin) < 72*time.Hour {
				return errDown
			}
			return nil
		}
		s.write("a", Reply, "patience")
		start(t, s, p)
		pass(72*time.Hour + 2*longestWait)
		if got := fmt.Sprint(p.words("")); got != "[a:patience]" {
			t.Errorf("%s, gone: %v", got, s.given())
		}
		if n := len(p.tried()); n > 72*7+20 {
			t.Errorf("%d calls", n)
		}
	})
}

// A message that the messenger chokes on must not hold up its chat for ever, nor the others at all.
func TestAMessageThatNeverWorksIsGivenUp(t *testing.T) {
	for name, fail := range map[string]func() error{
		"unknown":       func() error { return errDown },
		"whole channel": func() error { return &Failure{Reason: Later, Whole: true, Err: errDown} },
		"panic":         func() error { panic("adapter") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := newPaper(), &post{}
				hiccup := true
				p.answer = func(c call) error {
					if c.text == "poison" {
						return fail()
					}
					if c.text == "next" && hiccup {
						hiccup = false
						return errDown
					}
					return nil
				}
				s.write("a", Reply, "poison")
				s.write("a", Reply, "next")
				r := start(t, s, p)
				for i := range 24 * 60 { // a minute each
					r.Notify([]Ticket{s.write("b", Notice, strconv.Itoa(i))})
					pass(time.Minute)
					if n := len(p.words("b")); n != i+1 {
						t.Fatalf("minute %d: %d messages to others", i, n)
					}
				}
				if got := fmt.Sprint(p.words("a")); got != "[next]" || s.given()[1] != Never {
					t.Errorf("%s, gone: %v", got, s.given())
				}
				if n := len(p.tried()) - 24*60; n > 50 {
					t.Errorf("%d attempts", n)
				}
			})
		})
	}
}

func TestWhoCannotBeReachedHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{}
		p.answer = func(c call) error {
			if c.chat != "anna" {
				return &Failure{Reason: NoPeer, Err: errors.New("bot was blocked by the user")}
			}
			return nil
		}
		for i := range 100 {
			s.write(strconv.Itoa(i), Reply, "")
		}
		s.write("anna", Digest, "hello")
		start(t, s, p)
		synctest.Wait()
		if got := fmt.Sprint(p.words("")); got != "[anna:hello]" || len(s.given()) != 100 || len(p.tried()) != 101 {
			t.Errorf("%s, %d gone, %d calls", got, len(s.given()), len(p.tried()))
		}
	})
}

func TestWhatIsRefusedForGoodIsDroppedWithALine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{takes: time.Second}
		p.answer = func(c call) error {
			if c.text == "too long" || c.text == "old words" {
				return &Failure{Reason: Never, Err: errors.New("message is too long")}
			}
			return nil
		}
		s.write("a", Reply, "too long")
		s.write("a", Reply, "next")
		card := s.write("b", Reply, "old words")
		r := start(t, s, p)
		pass(500 * time.Millisecond)
		s.rewrite(card.ID, "new words") // what was refused is not what it says now
		pass(time.Minute)
		if a, b := fmt.Sprint(p.words("a")), fmt.Sprint(p.words("b")); a != "[next]" || b != "[new words]" || len(s.given()) != 1 {
			t.Errorf("%s %s, gone: %v", a, b, s.given())
		}
		if r.log.count("a message will never arrive") != 1 {
			t.Errorf("log:\n%s", r.log.String())
		}
	})
}

func TestAGroupIsFollowedInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{takes: 10 * time.Millisecond}
		s.slow = 100 * time.Millisecond
		p.answer = func(c call) error {
			if c.text == "0" && c.chat == "new" {
				s.mu.Lock()
				defer s.mu.Unlock()
				if s.entries[1].Peer.Chat != "new" {
					t.Error("sent before the new id is kept")
				}
			}
			if c.chat == "old" {
				return &Failure{Reason: MovedOn, To: "new", Err: errors.New("upgraded to a supergroup")}
			}
			return nil
		}
		for i := range 5 {
			s.write("old", Notice, strconv.Itoa(i), group, func(e *Entry) { e.Edit = "9"; e.Message.ReplyTo = "8" })
		}
		r := start(t, s, p)
		fresh := func([]Ticket) { // what is written just after the commit that keeps the new id
			r.Notify([]Ticket{s.write("new", Reply, "fresh", group)})
		}
		r.spool.hear(func(list []Ticket) { r.Notify(list); fresh(nil) })
		pass(50 * time.Millisecond)
		r.Notify([]Ticket{s.write("other", Notice, "meanwhile")})
		pass(1500 * time.Millisecond)
		r.Notify([]Ticket{s.write("old", Notice, "6", group)}) // by somebody who has not heard yet
		pass(time.Minute)
		if got := fmt.Sprint(p.words("new")); got != "[0 1 2 3 4 fresh 6]" || len(p.tried()) != 9 {
			t.Errorf("%s in %d calls", got, len(p.tried()))
		}
		for _, c := range p.taken() {
			if c.edit != "" {
				t.Errorf("an edit of a message of the old chat: %+v", c)
			}
		}
		if s.len() != 0 || r.Len() != 0 {
			t.Errorf("%d left, Len %d", s.len(), r.Len())
		}
	})
}

func TestARefusedTokenIsSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{}
		begin := time.Now()
		p.answer = func(call) error {
			if time.Since(begin) < time.Hour {
				return &Failure{Reason: NoRights, Err: errors.New("401")}
			}
			return nil
		}
		for i := range 10 {
			s.write(strconv.Itoa(i), Reply, "")
		}
		r := start(t, s, p)
		pass(time.Hour)
		if n := len(p.tried()); n > 10+121 || r.log.count("level=ERROR") != 1 {
			t.Errorf("%d calls, log:\n%s", n, r.log.String())
		}
		pass(2 * time.Minute)
		if len(p.taken()) != 10 {
			t.Errorf("%d arrived", len(p.taken()))
		}
	})
}

func TestAReceiptThatCannotBeKeptIsNoReasonToSendAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{}
		begin := time.Now()
		s.fail = func(op string, _ uint64) error {
			if op == "sent" && time.Since(begin) < time.Hour {
				return errors.New("disk full")
			}
			return nil
		}
		s.write("a", Reply, "1")
		s.write("a", Reply, "2")
		s.write("b", Reply, "1")
		r := start(t, s, p)
		pass(time.Hour)
		if got := fmt.Sprint(len(p.words("a")), len(p.words("b"))); got != "1 1" {
			t.Errorf("sent %s times", got)
		}
		if s.count(&s.records) > 150 {
			t.Errorf("%d attempts at the receipts in an hour", s.count(&s.records))
		}
		pass(2 * longestWait)
		if got := fmt.Sprint(p.words("a"), p.words("b")); got != "[1 2] [1]" || s.len() != 0 {
			t.Errorf("%s, %d left", got, s.len())
		}
		if r.log.count("messages wait") != 1 || r.log.count("messages leave again") != 1 {
			t.Errorf("log:\n%s", r.log.String())
		}
	})
}

func TestAnEntryThatCannotBeReadHoldsUpNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{}
		s.fail = func(op string, id uint64) error {
			if op == "load" && id == 1 {
				return errors.New("not JSON")
			}
			return nil
		}
		s.write("a", Reply, "garbled")
		r := start(t, s, p)
		for i := range 100 {
			r.Notify([]Ticket{s.write("b", Notice, strconv.Itoa(i))})
			pass(time.Minute)
			if n := len(p.words("b")); n != i+1 {
				t.Fatalf("minute %d: %d messages to others", i, n)
			}
		}
		if s.count(&s.loads) > 130 {
			t.Errorf("%d loads", s.count(&s.loads))
		}
	})
}

func TestRunSaysThatTheSpoolCannotBeRead(t *testing.T) {
	s := newPaper()
	s.fail = func(string, uint64) error { return errors.New("damaged") }
	o := NewOutbox(OutboxOptions{Spool: s, Channels: []Channel{&post{}}})
	if err := o.Run(t.Context()); err == nil || err.Error() != "what waits to be sent: damaged" {
		t.Error(err)
	}
	if err := o.Run(t.Context()); err == nil {
		t.Error("it runs twice")
	}
}

func TestAStopLetsWhatIsOnItsWayArrive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{takes: 3 * time.Second}
		for _, chat := range []string{"a", "b"} {
			s.write(chat, Reply, "1")
			s.write(chat, Reply, "2")
		}
		r := start(t, s, p)
		pass(time.Second)
		begin := time.Now()
		r.stop()
		if took := time.Since(begin); took != 2*time.Second {
			t.Errorf("stopped after %v", took)
		}
		if len(p.taken()) != 2 || s.len() != 2 {
			t.Errorf("%d arrived, %d left", len(p.taken()), s.len())
		}
	})
}

func TestAStopDoesNotWaitForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{takes: time.Hour}
		s.write("a", Reply, "1")
		r := start(t, s, p, func(o *OutboxOptions) { o.Grace = 5 * time.Second })
		pass(time.Second)
		begin := time.Now()
		r.stop()
		if took := time.Since(begin); took != 5*time.Second || s.len() != 1 || s.attempts(1) != 0 {
			t.Errorf("stopped after %v, %d left", took, s.len())
		}
	})
}

func TestACallThatHangsIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{takes: time.Hour}
		s.write("a", Reply, "1")
		start(t, s, p, func(o *OutboxOptions) { o.Timeout = time.Minute })
		pass(time.Minute + time.Second/2)
		if s.attempts(1) != 1 {
			t.Errorf("%d attempts", s.attempts(1))
		}
	})
}

func TestAFailedMessageHoldsUpItsChatAfterARestartToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{}
		p.answer = func(c call) error {
			if c.chat == "a" && len(p.tried()) < 2 {
				return &Failure{Reason: Later, After: time.Hour, Err: errors.New("429")}
			}
			return nil
		}
		s.write("a", Reply, "1")
		r := start(t, s, p)
		pass(time.Second)
		r.stop()
		s.write("a", Reply, "2")
		s.write("b", Reply, "other")
		start(t, s, p)
		pass(time.Minute)
		if got := fmt.Sprint(p.words("")); got != "[b:other]" {
			t.Error(got)
		}
		pass(2 * time.Hour)
		if got := fmt.Sprint(p.words("a")); got != "[1 2]" {
			t.Error(got)
		}
	})
}

func TestTheOpenerReachesTheChannel(t *testing.T) {
	o := NewOutbox(OutboxOptions{Spool: newPaper(), Channels: []Channel{&post{}}})
	if _, err := o.opt.Open(context.Background(), Media{}); err == nil {
		t.Error("photos out of nothing")
	}
}
