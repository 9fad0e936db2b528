package vk

import (
	"strings"
	"testing"
	"time"

	"otklik/bot"
)

func TestAnEditChangesWordsPhotosAndButtonsInPlace(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.Opens()
		r := s.send(s.anna.Peer(), bot.Message{Text: "было", Keyboard: yes()})
		for _, m := range []bot.Message{{Text: "с фото", Photos: photos("a")}, {Text: "другое фото", Photos: photos("b", "c"), Keyboard: yes()}, {Text: "без всего"}} {
			if got := s.edit(s.anna.Peer(), r.Ref, m); got.Ref != r.Ref {
				t.Errorf("%q went to %s", m.Text, got.Ref)
			}
		}
		s.shows(s.anna, "Отклик: без всего\n")
		calls := len(s.Calls("messages.edit"))
		s.edit(s.anna.Peer(), r.Ref, bot.Message{Text: "без всего"})
		if n := len(s.Calls("messages.edit")); n != calls {
			t.Errorf("an edit that changes nothing made %d calls", n-calls)
		}
	})
}

func TestAnOldCardIsPostedAnewAndPointsBack(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.Opens()
		r := s.send(s.anna.Peer(), bot.Message{Text: "№ 7: новое", Keyboard: yes()})
		time.Sleep(25 * time.Hour)
		got := s.edit(s.anna.Peer(), r.Ref, bot.Message{Text: "№ 7: в работе", Keyboard: yes()})
		list := s.anna.Sees()
		if last := list[len(list)-1]; got.Ref == r.Ref || last.Ref != got.Ref || last.ReplyTo != r.Ref || last.Text != "№ 7: в работе" {
			t.Errorf("%+v at %s, receipt %+v", last, r.Ref, got)
		}
		if again := s.edit(s.anna.Peer(), got.Ref, bot.Message{Text: "№ 7: решено"}); again.Ref != got.Ref {
			t.Errorf("the new one is changed at %s", again.Ref)
		}
	})
}

func TestAnEditKnowsNothingOfWhatWasBeforeTheRestart(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.Opens()
		r := s.send(s.anna.Peer(), bot.Message{Text: "было", Photos: photos("a"), Keyboard: yes()})
		s.halt()
		s.anew()
		s.run()
		if got := s.edit(s.anna.Peer(), r.Ref, bot.Message{Text: "стало", Photos: photos("a")}); got.Ref != r.Ref {
			t.Errorf("%+v", got)
		}
		s.shows(s.anna, "Отклик: [фото] стало\n")
	})
}

func TestATextThatHasGrownIsPostedAnew(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.Opens()
		r := s.send(s.anna.Peer(), bot.Message{Text: "коротко", Keyboard: yes()})
		long := strings.TrimSpace(strings.Repeat("слово ", 1000))
		got := s.edit(s.anna.Peer(), r.Ref, bot.Message{Text: long, Keyboard: yes()})
		if len(got.More) != 1 || got.Ref == r.Ref {
			t.Errorf("%+v", got)
		}
		if list := s.anna.Sees(); len(list) != 2 || list[1].Ref != got.Ref || len(list[1].Buttons) != 1 || len(list[0].Buttons) != 0 {
			t.Errorf("%+v", list)
		}
		short := s.edit(s.anna.Peer(), got.Ref, bot.Message{Text: "снова коротко"})
		if list := s.anna.Sees(); len(list) != 1 || list[0].Text != "снова коротко" || list[0].Ref != short.Ref {
			t.Errorf("%+v", list)
		}
	})
}

func TestAnOldCardThatCannotBeTakenAwayIsPointedBackTo(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("слово ", 1000))
	for name, c := range map[string]struct {
		old  bool // the client
		age  time.Duration
		m    bot.Message
		back bool
	}{
		"one that has grown":              {false, 25 * time.Hour, bot.Message{Text: long, Keyboard: yes()}, true},
		"an old client's":                 {true, 25 * time.Hour, bot.Message{Text: "№ 7: в работе", Keyboard: yes()}, true},
		"one that has grown and is young": {false, time.Hour, bot.Message{Text: long, Keyboard: yes()}, false},
		"an old client's young one":       {true, time.Hour, bot.Message{Text: "№ 7: в работе", Keyboard: yes()}, false},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				s.run()
				if c.old {
					s.anna.OldClient().Says("яма")
					s.one()
				}
				s.anna.Opens()
				r := s.send(s.anna.Peer(), bot.Message{Text: "№ 7: новое", Keyboard: yes()})
				time.Sleep(c.age)
				got := s.edit(s.anna.Peer(), r.Ref, c.m)
				first, there := bot.Ref(""), false
				for _, m := range s.anna.Sees() {
					there = there || m.Ref == r.Ref
					if m.ReplyTo != "" {
						first = m.ReplyTo
					}
				}
				if got.Ref == r.Ref || there != c.back || (first == r.Ref) != c.back {
					t.Errorf("%+v: the old one stands: %v, the new one points to %q\n%s", got, there, first, s.anna.Screen())
				}
			})
		})
	}
}

func TestTheFirstPartsOfALongMessageGoThoughTheProgramStartedAnew(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("слово ", 1000))
	for name, next := range map[string]bot.Message{"it shrinks": {Text: "снова коротко", Keyboard: yes()}, "it stays long": {Text: long + " и ещё"}} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				s.run()
				s.anna.Opens()
				r := s.send(s.anna.Peer(), bot.Message{Text: long, Keyboard: yes()})
				s.restart()
				s.run()
				s.edit(s.anna.Peer(), r.Ref, next)
				var texts []string
				for _, m := range s.anna.Sees() {
					texts = append(texts, m.Text)
				}
				if got := strings.Join(texts, " "); got != next.Text {
					t.Errorf("%d messages read %.200s", len(texts), got)
				}
			})
		})
	}
}

func TestAnEditOfWhatIsGone(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.Opens()
		s.anna.Says("моё")
		u := s.one()
		for _, ref := range []bot.Ref{"987", "x", "", u.Ref} { // theirs cannot be changed either
			if _, err := s.ch.Edit(s.Context(), s.anna.Peer(), ref, bot.Message{Text: "y"}, "k", nil); reason(err) != bot.NoRef {
				t.Errorf("%q: %v", ref, err)
			}
		}
	})
}
