package telegram

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otklik/bot"
	"otklik/bot/bottest"
)

func TestAnUpdateIsConfirmedOnlyAfterTheSinkTookIt(t *testing.T) {
	play(t, func(s *stage) {
		tries, last := 0, time.Now()
		s.fail = func(u bot.Update) error {
			if u.Text == "два" {
				last = time.Now()
				if tries++; tries < 6 {
					return errors.New("the disk is full")
				}
			}
			return nil
		}
		s.run()
		begin := time.Now()
		s.anna.Says("один")
		synctest.Wait()
		s.anna.Says("два")
		s.anna.Says("три")
		synctest.Wait()
		if s.Waiting() != 2 {
			t.Errorf("%d updates wait at Telegram", s.Waiting())
		}
		s.settle()
		var said []string
		for _, u := range s.taken() {
			said = append(said, u.Text)
		}
		if got := strings.Join(said, " "); got != "один два три" {
			t.Errorf("took %q", got)
		}
		if took := last.Sub(begin); tries != 6 || took < 20*time.Second || took > 40*time.Second {
			t.Errorf("%d tries in %v: each waits longer than the one before", tries, took)
		}
		if n := s.log.count("WARN", "could not be kept"); n != 1 {
			t.Errorf("said %d times\n%s", n, s.log)
		}
		if n := s.log.count("INFO", "come in again"); n != 1 {
			t.Errorf("said %d times that it works again\n%s", n, s.log)
		}
	})
}

func TestANetworkThatIsDownIsSaidOnceAndWaitedFor(t *testing.T) {
	for _, method := range []string{"getMe", "deleteWebhook", "getUpdates"} {
		for name, fault := range map[string]bottest.Fault{"connection": bottest.Drop(), "page": bottest.HTML(), "broken": bottest.Garbage(), "500": bottest.ServerError()} {
			t.Run(method+" "+name, func(t *testing.T) {
				play(t, func(s *stage) {
					s.Fail(method, 20, fault)
					s.anna.Says("яма")
					s.run()
					s.settle()
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
}

func TestAnotherPollerIsSaidInOnePlainLine(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.Fail("getUpdates", 5, bottest.Conflict())
		s.anna.Says("яма")
		s.settle()
		if n := s.log.count("WARN", "another program polls with the same token"); n != 1 {
			t.Errorf("said %d times\n%s", n, s.log)
		}
	})
}

func TestPollingTakesAWebhookAway(t *testing.T) {
	play(t, func(s *stage) {
		s.SetWebhook("https://elsewhere.example/hook")
		s.run()
		if s.Webhook() != "" {
			t.Error("the webhook stands")
		}
		s.SetWebhook("https://elsewhere.example/hook")
		s.anna.Says("яма")
		s.settle()
		if n := s.log.count("WARN", "a webhook was set"); n != 1 || len(s.Calls("deleteWebhook")) != 2 {
			t.Errorf("said %d times, deleted %d times\n%s", n, len(s.Calls("deleteWebhook")), s.log)
		}
	})
}

func TestARefusedTokenEndsRun(t *testing.T) {
	for name, set := range map[string]func(s *stage){
		"at the start": func(s *stage) {
			s.Fail("getMe", 1, bottest.Refusal(401, "Unauthorized"))
			s.run()
		},
		"later, not at the first word": func(s *stage) {
			s.run()
			s.Fail("getUpdates", 2, bottest.Refusal(401, "Unauthorized"))
			s.anna.Says("это ещё дойдёт")
			s.Settled()
			s.Fail("getUpdates", doubts, bottest.Refusal(401, "Unauthorized"))
			s.anna.Says("а это нет")
		},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				set(s)
				if err := <-s.end; !errors.Is(err, errRefused) {
					t.Errorf("%v", err)
				}
				s.end <- nil
			})
		})
	}
}

func TestAPauseThatTelegramAsksForIsKept(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		begin := time.Now()
		s.Fail("getUpdates", 1, bottest.TooMany(17))
		s.anna.Says("один")
		s.Settled()
		s.anna.Says("два")
		s.Settled()
		if took := time.Since(begin); took < 17*time.Second || took > 18*time.Second {
			t.Errorf("waited %v", took)
		}
	})
}

func TestNumbersMayBeginAnewAfterAQuietTime(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.Says("яма")
		time.Sleep(idle + time.Hour)
		calls := s.Calls("getUpdates")
		if last := calls[len(calls)-1].Params["offset"]; last != "" {
			t.Errorf("still asks from %s", last)
		}
		s.anna.Says("и ещё")
		s.Settled()
		if len(s.taken()) != 2 {
			t.Error("an update came twice, or not")
		}
	})
}

func TestWhatCannotBeReadIsLeftOut(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		for _, body := range []map[string]any{
			{"message": "a text"}, {"message": map[string]any{"message_id": "one"}}, {"message": map[string]any{}}, {"message": nil},
			{"callback_query": map[string]any{}}, {"callback_query": map[string]any{"id": 7}}, {"my_chat_member": map[string]any{}},
			{"edited_message": []int{1}}, {"something_new": map[string]any{"x": 1}}, {},
			{"message": map[string]any{"message_id": 1, "date": 1, "chat": map[string]any{"id": 5, "type": "private"}, "text": "от кого?"}},
			{"message": map[string]any{"message_id": 1, "date": 1, "chat": map[string]any{"id": 5, "type": "channel"}, "text": "канал"}},
		} {
			s.Raw(body)
		}
		s.anna.Says("яма")
		s.Settled()
		if u := s.one(); u.Text != "яма" {
			t.Errorf("%+v", u)
		}
		if s.log.count("ERROR", "could not be read") == 0 {
			t.Error("nobody is told")
		}
	})
}

func TestRunEndsAtOnceAndConfirmsWhatWasTaken(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.Says("яма")
		synctest.Wait()
		time.Sleep(time.Second)
		begin := time.Now()
		s.halt()
		if took := time.Since(begin); took != 0 || s.Waiting() != 0 {
			t.Errorf("took %v, %d updates wait", took, s.Waiting())
		}
	})
	play(t, func(s *stage) { // what is asked to end while the sink works
		s.anna.Says("яма")
		ctx, cancel := context.WithCancel(s.Context())
		err := s.ch.Run(ctx, func(context.Context, bot.Update) error { cancel(); return nil })
		if err != nil || s.Waiting() != 0 {
			t.Errorf("%v, %d updates wait", err, s.Waiting())
		}
	})
	play(t, func(s *stage) { // while nothing works, either
		s.Fail("getMe", 1000, bottest.Drop())
		s.run()
		time.Sleep(time.Minute)
		begin := time.Now()
		s.halt()
		if took := time.Since(begin); took != 0 {
			t.Errorf("took %v", took)
		}
	})
}

func TestATelegramThatHangsIsLeft(t *testing.T) {
	play(t, func(s *stage) {
		s.Fail("getMe", 1, bottest.Hang())
		s.Fail("getUpdates", 1, bottest.Hang())
		s.anna.Says("яма")
		s.run()
		time.Sleep(3 * time.Minute)
		if u := s.one(); u.Text != "яма" {
			t.Errorf("%+v", u)
		}
	})
}
