package telegram

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

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
		"at the start, not at the first word": func(s *stage) {
			s.Fail("getMe", doubts-1, bottest.Refusal(401, "Unauthorized"))
			s.run()
			s.anna.Says("это дойдёт")
			s.settle()
			s.one()
			s.restart()
			s.Fail("getMe", doubts, bottest.Refusal(401, "Unauthorized"))
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

func TestADateThatIsNoneIsNow(t *testing.T) {
	now := time.Date(2026, time.November, 23, 7, 0, 0, 0, time.UTC)
	r := reader{now: now}
	for date, want := range map[string]time.Time{
		"99999999999999": now, "9223372036854775807": now, "-5": now, "0": now, "1764000000": time.Unix(1764000000, 0), "1795503600": time.Unix(1795503600, 0), // tomorrow: clocks differ
	} {
		for _, kind := range []string{"message", "edited_message"} {
			raw := `{"update_id":8,"` + kind + `":{"message_id":1,"date":` + date + `,"edit_date":` + date + `,"chat":{"id":5,"type":"private"},"from":{"id":5},"text":"яма"}}`
			if _, u, ok, _, err := r.read([]byte(raw)); !ok || err != nil || !u.Time.Equal(want) {
				t.Errorf("%s of %s is of %v: %v", kind, date, u.Time, err)
			}
		}
	}
}

func TestNobodyWaitsForAnAge(t *testing.T) {
	for _, c := range []struct {
		after int
		want  time.Duration
	}{{5, 5 * time.Second}, {0, time.Second}, {math.MinInt, time.Second}, {math.MaxInt, 24 * time.Hour}} {
		f := judge(&refusal{429, "Too Many Requests"}, tgbotapi.ResponseParameters{RetryAfter: c.after})
		if f.Reason != bot.Later || f.After != c.want {
			t.Errorf("%d: %+v", c.after, f)
		}
	}
}
