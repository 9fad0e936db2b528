package vk

import (
	"slices"
	"strings"
	"testing"
	"time"

	vkapi "github.com/SevereCloud/vksdk/v2/api"

	"otklik/bot/bottest"
)

func TestTheCommunitysOtherSettingsStay(t *testing.T) {
	play(t, func(s *stage) {
		settings := func() map[string]string {
			c := s.Calls("groups.setLongPollSettings")
			return c[len(c)-1].Params
		}
		if err := s.ch.insist(s.Context(), s.ch.greet); err != nil {
			t.Fatal(err)
		}
		p := map[string]any{"group_id": 77001, "enabled": 1, "api_version": "5.131", "wall_post_new": 1}
		if err := s.ch.api.call(s.Context(), "groups.setLongPollSettings", p, nil); err != nil {
			t.Fatal(err)
		}
		s.run()
		if p := settings(); p["wall_post_new"] != "1" || p["message_new"] != "1" || p["api_version"] != version || p["enabled"] != "1" || p["photo_new"] == "1" {
			t.Errorf("%v", p)
		}
		n := len(s.Calls("groups.setLongPollSettings"))
		s.restart()
		s.run()
		if now := len(s.Calls("groups.setLongPollSettings")); now != n {
			t.Errorf("set again although all stands: %v", settings())
		}
	})
}

func TestEventsThatWereSwitchedOffComeBack(t *testing.T) {
	for name, p := range map[string]vkapi.Params{
		"all of it":     {"enabled": 0},
		"one kind":      {"message_new": 0},
		"the key, too":  {"enabled": 0},
		"while down":    {"message_new": 0},
		"at an old one": {"api_version": "5.81"},
	} {
		t.Run(name, func(t *testing.T) {
			installed(t, func(s *stage) {
				down := name == "while down"
				if !down {
					s.run()
					time.Sleep(time.Hour)
				} else if err := s.ch.insist(s.Context(), s.ch.greet); err != nil {
					t.Fatal(err)
				}
				p["group_id"] = 77001
				if err := s.ch.api.call(s.Context(), "groups.setLongPollSettings", p, nil); err != nil {
					t.Fatal(err)
				}
				if name == "the key, too" {
					s.ExpireKey()
				}
				s.anna.Says("раз")
				time.Sleep(watch / 2)
				s.anna.Says("два")
				if down {
					s.run()
				}
				time.Sleep(watch)
				s.quiet()
				s.anna.Says("три")
				if got := said(s.taken()); got != "раз, два, три" {
					t.Errorf("%q\n%s", got, s.log)
				}
			})
		})
	}
}

func TestASettingThatCannotBeReadStopsNoPoll(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.Fail("groups.getLongPollSettings", 10_000, bottest.VKRefusal(10, "Internal server error"))
		time.Sleep(time.Hour)
		s.anna.Says("яма")
		if u := s.one(); u.Text != "яма" || s.log.count("WARN", "") > 0 {
			t.Errorf("%+v\n%s", u, s.log)
		}
	})
}

func TestATokenWithoutRightsSaysWhichOneIsLacking(t *testing.T) {
	for _, c := range []struct {
		has  string
		ends bool
		says []string
	}{
		{"messages photos", true, []string{"управление сообществом"}},
		{"messages manage", false, []string{"фотографии", "документы"}},
		{"manage photos docs", false, []string{"сообщения сообщества"}},
		{"manage", false, []string{"сообщения сообщества", "фотографии", "документы"}},
		{"messages manage photos", false, []string{"документы"}},
		{"messages manage photos docs", false, nil},
	} {
		t.Run(c.has, func(t *testing.T) {
			play(t, func(s *stage) {
				s.Permit(strings.Fields(c.has)...)
				s.run()
				if c.ends {
					if err := <-s.end; err == nil || !strings.Contains(err.Error(), c.says[0]) {
						t.Errorf("%v", err)
					}
					s.end <- nil
					return
				}
				for _, right := range []string{"сообщения сообщества", "фотографии", "документы", "управление сообществом"} {
					if n := s.log.count("ERROR", "lacks the right «"+right); (n == 1) != slices.Contains(c.says, right) {
						t.Errorf("%s: said %d times\n%s", right, n, s.log)
					}
				}
				s.anna.Says("яма")
				s.one()
			})
		})
	}
}
