package vk

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"otklik/bot"
	"otklik/bot/bottest"
)

// soon is how long a person waits at most behind whatever the channel has to do.
const soon = 300 * time.Millisecond

// behind begins n pieces of work, and measures how long somebody waits who comes just then.
func (s *stage) behind(n int, work func(i int), wait func()) time.Duration {
	s.Helper()
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { work(i) })
	}
	time.Sleep(time.Millisecond)
	begin := time.Now()
	wait()
	took := time.Since(begin)
	wg.Wait()
	return took
}

func TestWhoWaitsDoesNotStandBehindWhatCanWait(t *testing.T) {
	const crowd = 60
	for name, work := range map[string]func(s *stage, to bot.Peer, ref bot.Ref) error{
		"edits": func(s *stage, to bot.Peer, ref bot.Ref) error {
			_, err := s.ch.Edit(s.Context(), to, ref, bot.Message{Text: "стало", Keyboard: yes()}, "e"+to.Chat, nil)
			return err
		},
		"sends": func(s *stage, to bot.Peer, _ bot.Ref) error {
			_, err := s.ch.Send(s.Context(), to, bot.Message{Text: "ещё", Keyboard: yes()}, "s"+to.Chat, nil)
			return err
		},
		"answers to presses": func(s *stage, to bot.Peer, _ bot.Ref) error {
			return s.ch.Answer(s.Context(), pressOf("e", to.Chat, to.Chat), "", false)
		},
		"photos": func(s *stage, to bot.Peer, _ bot.Ref) error {
			_, err := s.ch.Send(s.Context(), to, bot.Message{Photos: []bot.Media{{ID: to.Chat}}}, "p"+to.Chat, jpegs)
			return err
		},
		"conversations": func(s *stage, to bot.Peer, _ bot.Ref) error {
			k := &catchUp{Channel: s.ch, since: time.Now(), visits: map[string]*visit{}}
			_, _, err := k.page(s.Context(), "77", 0)
			if reason(err) == bot.NoPeer {
				err = nil
			}
			return err
		},
	} {
		for who, wait := range map[string]func(s *stage){
			"an answer to a press": func(s *stage) {
				if err := s.ch.Answer(s.Context(), pressOf("x", "5", "5"), "", false); err != nil {
					s.Error(err)
				}
			},
			"a reply": func(s *stage) { s.send(s.anna.Peer(), bot.Message{Text: "слово"}) },
			"a name":  func(s *stage) { s.ch.askNames(s.Context(), []int64{s.anna.ID()}) },
		} {
			t.Run(who+" behind "+name, func(t *testing.T) {
				play(t, func(s *stage) {
					s.anna.Opens()
					var people []*bottest.VKUser
					var refs []bot.Ref
					for i := range crowd {
						people = append(people, s.User(fmt.Sprint("П", i)).Opens())
						refs = append(refs, s.send(people[i].Peer(), bot.Message{Text: "было", Keyboard: yes()}).Ref)
					}
					s.quiet()
					took := s.behind(crowd, func(i int) {
						if err := work(s, people[i].Peer(), refs[i]); err != nil {
							t.Error(err)
						}
					}, func() { wait(s) })
					if took > soon || s.TooFast() > 0 {
						t.Errorf("waited %v, %d calls too fast", took, s.TooFast())
					}
				})
			})
		}
	}
}

func TestManyEditsLeaveInFewCalls(t *testing.T) {
	play(t, func(s *stage) {
		const crowd = 60
		var people []*bottest.VKUser
		var refs []bot.Ref
		for i := range crowd {
			people = append(people, s.User(fmt.Sprint("П", i)).Opens())
			refs = append(refs, s.send(people[i].Peer(), bot.Message{Text: "было"}).Ref)
		}
		s.quiet()
		people[7].Blocks()
		before := len(s.outer())
		for i, err := range s.crowd(crowd, func(i int) error {
			_, err := s.ch.Edit(s.Context(), people[i].Peer(), refs[i], bot.Message{Text: fmt.Sprint("стало ", i)}, fmt.Sprint(i), nil)
			return err
		}) {
			want, text := bot.Reason(""), fmt.Sprint("стало ", i)
			if i == 7 {
				want, text = bot.NoPeer, "было"
			}
			if got := people[i].Sees()[0].Text; reason(err) != want || got != text {
				t.Errorf("%d: %v, reads %q", i, err, got)
			}
		}
		if n := len(s.outer()) - before; n > 12 {
			t.Errorf("%d calls", n)
		}
	})
}

func TestAnEditThatHangsHoldsUpNobodyElse(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		petr := s.User("Пётр").Opens()
		r := s.send(s.anna.Peer(), bot.Message{Text: "было"})
		others := s.send(petr.Peer(), bot.Message{Text: "было"})
		s.Fail("messages.edit", 1, bottest.Hang())
		long, cancel := context.WithTimeout(s.Context(), 6*time.Second)
		defer cancel()
		took := s.behind(1, func(int) {
			if _, err := s.ch.Edit(long, s.anna.Peer(), r.Ref, bot.Message{Text: "стало"}, "k", nil); reason(err) != bot.Later {
				t.Errorf("the one that hangs: %v", err)
			}
		}, func() {
			if _, err := s.ch.Edit(s.Context(), petr.Peer(), others.Ref, bot.Message{Text: "стало"}, "k", nil); err != nil {
				t.Errorf("another chat's: %v", err)
			}
			brief, cancel := context.WithTimeout(s.Context(), time.Second)
			defer cancel()
			begin := time.Now()
			_, err := s.ch.Edit(brief, s.anna.Peer(), r.Ref, bot.Message{Text: "иначе"}, "k2", nil)
			if reason(err) != bot.Later || time.Since(begin) > time.Second {
				t.Errorf("the same message's: %v after %v", err, time.Since(begin))
			}
		})
		if took > 2*time.Second {
			t.Errorf("took %v", took)
		}
	})
}
