package vk

import (
	"context"
	"testing"
	"time"

	"otklik/bot"
	"otklik/bot/bottest"
)

func TestWithoutTheRightToBringPhotosTheWordsArriveAndItIsSaidOnce(t *testing.T) {
	play(t, func(s *stage) {
		s.Permit("messages", "manage")
		s.run()
		s.anna.Opens()
		petr := s.User("Пётр").Opens()
		before := s.log.count("ERROR", "")
		s.send(s.anna.Peer(), bot.Message{Text: "№ 7", Photos: photos("a", "b")})
		r := s.send(petr.Peer(), bot.Message{Text: "№ 8", Photos: photos("b")})
		s.shows(s.anna, "Отклик: № 7\n")
		s.shows(petr, "Отклик: № 8\n")
		if n := s.log.count("ERROR", "") - before; n != 1 || s.log.count("WARN", "photo") > 0 {
			t.Errorf("said %d times\n%s", n, s.log)
		}
		if _, err := s.ch.Send(s.Context(), petr.Peer(), bot.Message{Photos: photos("c")}, "k", jpegs); reason(err) != bot.Never {
			t.Errorf("nothing but a photo: %v", err)
		}
		s.Permit("messages", "manage", "photos")
		s.edit(petr.Peer(), r.Ref, bot.Message{Text: "№ 8: готово", Photos: photos("b")})
		s.shows(petr, "Отклик: [фото] № 8: готово\n")
		s.Permit("messages", "manage")
		s.send(petr.Peer(), bot.Message{Text: "№ 9", Photos: photos("d")})
		if n := s.log.count("ERROR", "") - before; n != 2 {
			t.Errorf("when it is lost again, it is said again: %d\n%s", n, s.log)
		}
	})
}

func TestWhatVKSaysOfAPhotoIsHeldAgainstNobodyElse(t *testing.T) {
	for _, method := range []string{"photos.getMessagesUploadServer", "photos.saveMessagesPhoto"} {
		for _, c := range []struct {
			code  int
			text  string
			want  bot.Reason // "": the words arrive
			whole bool
		}{
			{5, "User authorization failed", bot.NoRights, false},
			{6, "Too many requests per second", bot.Later, true},
			{7, "Permission to perform this action is denied", "", false},
			{9, "Flood control", bot.Later, false},
			{14, "Captcha needed", bot.Later, false},
			{15, "Access denied: no access to call this method. It cannot be called with current scopes.", "", false},
			{15, "Access denied", "", false},
			{27, "Group authorization failed", "", false},
			{29, "Rate limit reached", bot.Later, false},
			{100, "One of the parameters specified was missing or invalid: peer_id", "", false},
			{901, "Can't send messages for users without permission", bot.NoPeer, false},
		} {
			play(t, func(s *stage) {
				s.anna.Opens()
				s.Fail(method, 1, bottest.VKRefusal(c.code, c.text))
				_, err := s.ch.Send(s.Context(), s.anna.Peer(), bot.Message{Text: "№ 7", Photos: photos("a")}, "k", jpegs)
				if reason(err) != c.want || err != nil && bot.FailureOf(err).Whole != c.whole {
					t.Errorf("%s: %d %s: %v", method, c.code, c.text, err)
				}
				if err == nil {
					s.shows(s.anna, "Отклик: № 7\n")
				}
			})
		}
	}
}

func TestAPhotoThatManySendAtOnceIsUploadedOnce(t *testing.T) {
	for name, known := range map[string]string{"unknown": "", "by a name that VK has forgotten": "photo-77001_1_x https://vk.test/x"} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				var people []*bottest.VKUser
				for range 10 {
					people = append(people, s.User("П").Opens())
				}
				m := bot.Message{Text: "№ 7", Photos: photos("a")}
				if known != "" {
					m.Photos[0].Refs = map[string]string{Name: known}
				}
				var errs []error
				s.busy(func() {
					errs = s.crowd(10, func(i int) error {
						_, err := s.ch.Send(s.Context(), people[i].Peer(), m, "k", jpegs)
						return err
					})
				})
				for i, err := range errs {
					if err != nil {
						t.Error(err)
					}
					s.shows(people[i], "Отклик: [фото] № 7\n")
				}
				if n := len(s.Calls("photos.saveMessagesPhoto")); n != 1 {
					t.Errorf("%d uploads", n)
				}
			})
		})
	}
}

func TestWhoWaitsForAnothersUploadIsNotCutOffWithIt(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		petr := s.User("Пётр").Opens()
		s.Fail("upload", 1, bottest.Hang())
		m := bot.Message{Text: "№ 7", Photos: photos("a")}
		s.behind(1, func(int) {
			brief, cancel := context.WithTimeout(s.Context(), time.Second)
			defer cancel()
			if _, err := s.ch.Send(brief, s.anna.Peer(), m, "k", jpegs); reason(err) != bot.Later {
				t.Error(err)
			}
		}, func() { s.send(petr.Peer(), m) })
		s.shows(petr, "Отклик: [фото] № 7\n")
	})
}
