package telegram

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otklik/bot"
	"otklik/bot/bottest"
)

func TestAProgramThatIsBackAsksForUpdatesAtOnce(t *testing.T) {
	installed(t, func(s *stage) {
		for _, method := range []string{"getMe", "deleteWebhook"} {
			s.Fail(method, 1000, bottest.Hang())
		}
		s.anna.Says("яма")
		s.run()
		if u := s.one(); u.Text != "яма" {
			t.Errorf("%+v", u)
		}
		s.send(s.anna.Peer(), bot.Message{Text: "принято"})
		if link := s.ch.Link("x"); link != "https://t.me/OtklikTestBot?start=x" {
			t.Errorf("%q", link)
		}
	})
}

func TestWhoTheBotIsIsAskedBesideTheUpdates(t *testing.T) {
	installed(t, func(s *stage) {
		asked := len(s.Calls("getMe"))
		s.Fail("getMe", 3, bottest.Drop())
		s.run()
		time.Sleep(time.Minute)
		if n := len(s.Calls("getMe")) - asked; s.Failing() != 0 || n != 1 || s.log.count("WARN", "") > 0 {
			t.Errorf("answered %d times, %d faults left\n%s", n, s.Failing(), s.log)
		}
	})
}

// TestANewNameOfTheBotIsHeard: words to it in a group wait for it, and the program after that knows it.
func TestANewNameOfTheBotIsHeard(t *testing.T) {
	installed(t, func(s *stage) {
		keeper := s.o.Keeper.(*drawer)
		keeper.kept[identityKey] = []byte(strings.ReplaceAll(string(keeper.kept[identityKey]), "OtklikTestBot", "FormerBot"))
		seat := s.Group("Дом 12").Seat(s.anna)
		seat.Says("@OtklikTestBot яма")
		s.run()
		list := s.taken()
		if u := list[len(list)-1]; u.Text != "яма" || !u.ToUs {
			t.Errorf("%+v", u)
		}
		s.restart()
		s.Fail("getMe", 1000, bottest.Hang())
		s.run()
		if link := s.ch.Link("x"); !strings.Contains(link, "OtklikTestBot") {
			t.Error(link)
		}
	})
}

func TestWordsInAGroupDoNotWaitForTheBotsNameForEver(t *testing.T) {
	installed(t, func(s *stage) {
		s.Fail("getMe", 1000, bottest.Hang())
		seat := s.Group("Дом 12").Seat(s.anna)
		seat.Says("@OtklikTestBot яма")
		s.run()
		time.Sleep(nameTime)
		list := s.taken()
		if len(list) == 0 || list[len(list)-1].Text != "яма" {
			t.Errorf("%+v", list)
		}
	})
}

func TestATokenThatWasRevokedWhileTheProgramWasDownEndsRun(t *testing.T) {
	installed(t, func(s *stage) {
		for _, method := range []string{"getMe", "getUpdates"} {
			s.Fail(method, 1000, bottest.Refusal(401, "Unauthorized"))
		}
		s.run()
		if err := <-s.end; !errors.Is(err, errRefused) {
			t.Errorf("%v", err)
		}
		s.end <- nil
	})
}

// TestWhatWasKeptOfAnotherIsNotUsed: then Telegram is asked first, as at a first start.
func TestWhatWasKeptOfAnotherIsNotUsed(t *testing.T) {
	for name, set := range map[string]func(s *stage, k *drawer){
		"another token": func(s *stage, _ *drawer) {
			token := s.o.Token()
			s.o.Token = func() string { return "1" + token }
		},
		"another server": func(_ *stage, k *drawer) {
			k.kept[identityKey] = []byte(`{"me":{"id":5,"username":"x"},"polls":true,"by":"y"}`)
		},
		"it cannot be read":    func(_ *stage, k *drawer) { k.kept[identityKey] = []byte(`{"me":7`) },
		"the store cannot":     func(_ *stage, k *drawer) { k.fail = errors.New("the disk is gone") },
		"it had a webhook":     func(s *stage, _ *drawer) { s.hooked() },
		"nothing was kept yet": func(_ *stage, k *drawer) { k.kept = nil },
	} {
		t.Run(name, func(t *testing.T) {
			installed(t, func(s *stage) {
				set(s, s.o.Keeper.(*drawer))
				s.anew()
				polled, dropped := len(s.Calls("getUpdates")), len(s.Calls("deleteWebhook"))
				s.Fail("getMe", 1, bottest.Drop())
				s.run()
				if n := len(s.Calls("getUpdates")) - polled; n > 0 {
					t.Errorf("%d polls", n)
				}
				time.Sleep(time.Minute)
				if name != "another token" && len(s.Calls("deleteWebhook"))-dropped != 1 {
					t.Error("a webhook may stand")
				}
				if s.log.count("WARN", "a webhook was set") > 0 {
					t.Error(s.log)
				}
				if name == "another token" {
					if err := <-s.end; !errors.Is(err, errRefused) {
						t.Errorf("%v", err)
					}
					s.end <- nil
				}
			})
		})
	}
}

// hooked has a program with a webhook run in between.
func (s *stage) hooked() {
	s.Helper()
	o := s.o
	s.o.Webhook = "https://desk.example/telegram"
	s.anew()
	s.run()
	synctest.Wait()
	s.halt()
	s.o = o
}
