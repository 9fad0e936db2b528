package vk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otklik/bot"
	"otklik/bot/bottest"
	"otklik/bot/kit"
)

// restart ends the program, if it runs, and begins another.
func (s *stage) restart() {
	s.Helper()
	s.halt()
	s.anew()
}

// installed is a stage whose program has run before, and does not now.
func installed(t *testing.T, do func(s *stage)) {
	t.Helper()
	play(t, func(s *stage) {
		s.run()
		s.restart()
		do(s)
	})
}

// waits notes how long the channel waits after failures.
func (s *stage) waits() *[]time.Duration {
	var list []time.Duration
	s.ch.pause = func(ctx context.Context, d time.Duration) bool {
		list = append(list, d)
		return kit.Sleep(ctx, d)
	}
	return &list
}

// said gives the texts of updates, in their order.
func said(list []bot.Update) string {
	var texts []string
	for _, u := range list {
		texts = append(texts, u.Text)
	}
	return strings.Join(texts, ", ")
}

var faults = map[string]bottest.Fault{
	"connection": bottest.Drop(), "page": bottest.HTML(), "empty 502": bottest.Empty502(), "garbage": bottest.Garbage(), "lost": bottest.Lost(),
	"hang": bottest.Hang(), "error 1": bottest.VKRefusal(1, "Unknown error occurred"), "error 6": bottest.VKRefusal(6, "Too many requests per second"),
	"error 10": bottest.VKRefusal(10, "Internal server error"),
}

func TestANetworkThatIsDownIsSaidOnceAndWaitedFor(t *testing.T) {
	for _, method := range []string{"groups.getById", "groups.getLongPollSettings", "groups.getLongPollServer", "poll"} {
		for name, fault := range faults {
			if method == "poll" && strings.HasPrefix(name, "error") {
				continue // it has failures of its own
			}
			t.Run(method+" "+name, func(t *testing.T) {
				installed(t, func(s *stage) {
					s.anna.Says("яма")
					waits, times := s.waits(), 20
					switch method {
					case "groups.getLongPollServer":
						s.unopened()
					case "poll":
						times++ // the kept server is not there: where is it now?
					}
					s.Fail(method, times, fault)
					s.run()
					s.settle()
					time.Sleep(2 * kit.LongestPause) // the last may hang
					if u := s.one(); u.Text != "яма" {
						t.Errorf("%+v", u)
					}
					if warned, well := s.log.count("WARN", ""), s.log.count("INFO", "again"); warned != 1 || well != 1 {
						t.Errorf("%d warnings, %d times well\n%s", warned, well, s.log)
					}
					list := *waits
					if len(list) != 20 || list[0] > 2*time.Second || list[19] < 40*time.Second || slices.Max(list) > time.Minute || !slices.IsSorted(list[:6]) {
						t.Errorf("waited %v", list)
					}
				})
			})
		}
	}
}

func TestAServerThatSaysNothingIsNotAskedAllTheTime(t *testing.T) {
	installed(t, func(s *stage) {
		s.Fail("poll", 10_000, bottest.Empty502())
		s.run()
		before := s.Failing()
		time.Sleep(time.Minute)
		if n := before - s.Failing(); n < 1 || n > 8 {
			t.Errorf("%d polls in a minute", n)
		}
	})
}

func TestWhatIsNoAnswerIsNotAskedAllTheTime(t *testing.T) {
	for name, body := range map[string]string{"nothing": `{}`, "no place": `{"ts":null,"updates":[]}`, "an unknown failure": `{"failed":4}`, "an empty page": ``, "a list": `[]`} {
		t.Run(name, func(t *testing.T) {
			installed(t, func(s *stage) {
				s.Fail("poll", 10_000, bottest.Fault{Status: 200, JSON: true, Body: body})
				s.run()
				before := s.Failing()
				time.Sleep(time.Minute)
				if n := before - s.Failing(); n < 1 || n > 8 {
					t.Errorf("%d polls in a minute", n)
				}
			})
		})
	}
}

func TestAPauseThatVKAsksForIsKept(t *testing.T) {
	installed(t, func(s *stage) {
		waits := s.waits()
		s.ExpireKey()
		s.Fail("groups.getLongPollServer", 1, bottest.VKRefusal(29, "Rate limit reached"))
		s.run()
		s.settle()
		if list := *waits; len(list) != 1 || list[0] < dailyWait {
			t.Errorf("waited %v", list)
		}
	})
}

func TestAnEventThatCannotBeReadLosesOnlyItself(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.Says("раз")
		for _, event := range []any{
			7, "text", []any{}, nil, map[string]any{}, map[string]any{"type": 7}, map[string]any{"type": "message_new"},
			map[string]any{"type": "message_new", "object": "text"}, map[string]any{"type": "message_new", "object": map[string]any{"message": map[string]any{"id": "x"}}},
			map[string]any{"type": "message_new", "object": map[string]any{"message": map[string]any{"from_id": 5}}},
			map[string]any{"type": "message_event", "object": map[string]any{}}, map[string]any{"type": "message_allow", "object": map[string]any{}},
			map[string]any{"type": "message_edit", "object": []any{}}, map[string]any{"type": "something_new", "object": map[string]any{"x": 1}},
		} {
			s.Raw(event)
		}
		s.anna.Says("два")
		if got := said(s.taken()); got != "раз, два" {
			t.Error(got)
		}
		if n := s.log.count("ERROR", "could not be read"); n < 8 {
			t.Errorf("said %d times\n%s", n, s.log)
		}
		if s.log.count("WARN", "") != 0 {
			t.Error(s.log)
		}
	})
}

func TestNothingIsLostAndNothingTakenTwiceWhenTheStreamBreaks(t *testing.T) {
	for name, breaks := range map[string]func(s *stage){
		"events are forgotten":      func(s *stage) { s.Outdate() },
		"the key is worn out":       func(s *stage) { s.ExpireKey() },
		"the history is lost":       func(s *stage) { s.LoseHistory() },
		"both":                      func(s *stage) { s.Outdate(); s.ExpireKey() },
		"and the conversations are": func(s *stage) { s.LoseHistory(); s.Fail("messages.getConversations", 3, bottest.HTML()) },
		"and one of them is":        func(s *stage) { s.LoseHistory(); s.Fail("messages.getHistory", 3, bottest.Drop()) },
		"twice": func(s *stage) {
			s.Outdate()
			s.Fail("poll", 1, bottest.Fault{Status: 200, JSON: true, Body: `{"failed":3}`})
		},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				petr := s.User("Пётр")
				s.run()
				s.anna.Says("раз")
				petr.Says("два")
				s.settle()
				s.Fail("poll", 2, bottest.Drop()) // the poll under way has them, but the answer is lost
				s.anna.Says("три")
				breaks(s)
				synctest.Wait()
				petr.Says("четыре")
				time.Sleep(time.Second)
				s.anna.Says("пять")
				for s.Failing() > 0 {
					s.quiet()
				}
				time.Sleep(kit.LongestPause)
				texts := strings.Split(said(s.taken()), ", ")
				slices.Sort(texts)
				if got := fmt.Sprint(texts); got != "[два пять раз три четыре]" {
					t.Errorf("%s\n%s", got, s.log)
				}
			})
		})
	}
}

func TestAnUpdateIsConfirmedOnlyAfterTheSinkTookIt(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		tries := 0
		s.fail = func(u bot.Update) error {
			if u.Text != "два" {
				return nil
			}
			if tries++; tries < 6 {
				if at, _ := s.ch.position(s.Context()); at.TS != "1" {
					t.Errorf("confirmed up to %s", at.TS)
				}
				return errors.New("the disk is full")
			}
			return nil
		}
		s.anna.Says("один")
		s.quiet()
		waits := s.waits()
		for _, text := range []string{"два", "три"} {
			s.anna.Says(text)
		}
		s.User("Пётр").Says("и я")
		s.settle()
		time.Sleep(time.Minute)
		list := s.taken()
		if said(list[:1]) != "один" || len(list) != 4 || said(list[2:]) != "два, три" {
			t.Errorf("%q", said(list))
		}
		if list := *waits; tries != 6 || len(list) != 5 || !slices.IsSorted(list) {
			t.Errorf("%d tries, waited %v", tries, list)
		}
		if warned, well := s.log.count("WARN", "could not be kept"), s.log.count("INFO", "come in again"); warned != 1 || well != 1 {
			t.Errorf("%d warnings, %d times well\n%s", warned, well, s.log)
		}
		if at, _ := s.ch.position(s.Context()); at.TS != "4" {
			t.Errorf("kept %+v", at)
		}
	})
}

func TestWhatCameWhileTheProgramWasDownComesToTheNextOne(t *testing.T) {
	for name, meanwhile := range map[string]func(s *stage){
		"the stream has it":               func(*stage) {},
		"VK has forgotten the events":     func(s *stage) { s.Outdate() },
		"VK began the stream anew":        func(s *stage) { s.LoseHistory() },
		"the key is another":              func(s *stage) { s.ExpireKey() },
		"a chat has put us out meanwhile": func(s *stage) { s.Outdate() },
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				petr := s.User("Пётр")
				chat := s.Chat("Дом 12")
				s.run()
				petr.Says("до того")
				chat.Seat(petr).Says("и тут")
				time.Sleep(time.Hour)
				s.taken()
				s.restart()
				for i, u := range []*bottest.VKUser{s.anna, petr, s.anna, petr} {
					u.Says(fmt.Sprint(i))
					time.Sleep(20 * time.Minute)
				}
				s.anna.SendsPhoto(bottest.JPEG(1), "4")
				if strings.HasPrefix(name, "a chat") {
					chat.Removes(petr)
				}
				meanwhile(s)
				s.run()
				s.settle()
				list := s.taken()
				list = slices.DeleteFunc(list, func(u bot.Update) bool { return u.Kind != bot.Written })
				slices.SortStableFunc(list, func(a, b bot.Update) int { return a.Time.Compare(b.Time) }) // chats side by side
				if got := said(list); got != "0, 1, 2, 3, 4" {
					t.Errorf("%s\n%s", got, s.log)
				}
				s.restart()
				s.run()
				if list := s.taken(); len(list) > 0 {
					t.Errorf("%d come once more: %s", len(list), said(list))
				}
			})
		})
	}
}

func TestManyMissedMessagesComeFromSeveralPages(t *testing.T) {
	installed(t, func(s *stage) {
		for i := range 3 * pageOf / 2 {
			s.User(fmt.Sprint(i)).Says("яма")
			s.anna.Says(fmt.Sprint(i))
		}
		time.Sleep(time.Minute)
		s.LoseHistory()
		s.run()
		s.settle()
		list := s.taken()
		n := 0
		for _, u := range list {
			if u.From.Name == "Анна" {
				if u.Text != fmt.Sprint(n) {
					t.Fatalf("%s where %d is due", u.Text, n)
				}
				n++
			}
		}
		if len(list) != 3*pageOf || n != 3*pageOf/2 {
			t.Errorf("%d messages, %d of them Anna's", len(list), n)
		}
	})
}

func TestOnlyConversationsWithNewsAreLookedThrough(t *testing.T) {
	play(t, func(s *stage) {
		for range 3 {
			s.User("Пётр").Says("давно")
		}
		s.run()
		time.Sleep(time.Hour)
		s.anna.Says("яма")
		s.settle()
		s.LoseHistory()
		before := len(s.Calls("messages.getHistory"))
		s.quiet()
		if n := len(s.Calls("messages.getHistory")) - before; n != 1 {
			t.Errorf("%d conversations", n)
		}
	})
}

func TestTheFirstTimeEverNothingOldIsTaken(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Says("здравствуйте, вы работаете?")
		time.Sleep(24 * time.Hour)
		s.run()
		if list := s.taken(); len(list) > 0 {
			t.Errorf("%+v", list)
		}
	})
}

func TestARefusedTokenEndsRun(t *testing.T) {
	no := bottest.VKRefusal(5, "User authorization failed: invalid access_token (4).")
	for name, set := range map[string]func(s *stage){
		"at the start": func(s *stage) { s.Revoke(); s.run() },
		"a person's": func(s *stage) {
			s.Fail("groups.getById", 1, bottest.Fault{Status: 200, JSON: true, Body: `{"response":{"groups":[]}}`})
			s.run()
		},
		"later, not at the first word": func(s *stage) {
			s.run()
			s.ExpireKey()
			s.Fail("groups.getLongPollServer", 2, no)
			s.anna.Says("это ещё дойдёт")
			if s.settle(); s.one().Text != "это ещё дойдёт" {
				s.Error("it did not")
			}
			s.Fail("groups.getLongPollServer", 3, no)
			s.ExpireKey()
			s.anna.Says("а это нет")
		},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				set(s)
				err := <-s.end
				if !errors.Is(err, errRefused) || strings.Contains(err.Error(), s.Token()) {
					t.Errorf("%v", err)
				}
				s.end <- nil
			})
		})
	}
}

func TestAKeeperThatFailsStopsNothing(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		keeper := s.o.Keeper.(*drawer)
		keeper.fail = errors.New("the disk is full")
		for _, text := range []string{"раз", "два"} {
			s.anna.Says(text)
			if u := s.one(); u.Text != text {
				t.Errorf("%+v", u)
			}
		}
		if s.log.count("WARN", "was not kept") == 0 {
			t.Error("nobody is told")
		}
		keeper.fail = nil
		s.anna.Says("три")
		s.one()
		s.restart()
		s.run()
		if list := s.taken(); len(list) > 0 {
			t.Errorf("%s come once more", said(list))
		}
	})
}

func TestAPlaceThatCannotBeReadIsNone(t *testing.T) {
	installed(t, func(s *stage) {
		if err := s.o.Keeper.Save(s.Context(), positionKey, []byte(`{"ts":7`)); err != nil {
			t.Fatal(err)
		}
		s.run()
		s.anna.Says("яма")
		if u := s.one(); u.Text != "яма" {
			t.Errorf("%+v", u)
		}
	})
}

func TestThePlaceIsKeptNowAndThenWhenNothingHappens(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		time.Sleep(24 * time.Hour)
		at, err := s.ch.position(s.Context())
		if old := time.Since(at.At); err != nil || old > saveEvery+time.Minute {
			t.Errorf("kept %v ago, %v", old, err)
		}
	})
}

func TestRunEndsAtOnce(t *testing.T) {
	for name, set := range map[string]func(s *stage){
		"while it polls":           func(s *stage) { s.run() },
		"while nothing works":      func(s *stage) { s.Fail("groups.getById", 1000, bottest.Drop()); s.run(); time.Sleep(time.Minute) },
		"while VK does not answer": func(s *stage) { s.Fail("groups.getById", 1000, bottest.Hang()); s.run(); time.Sleep(time.Minute) },
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				set(s)
				begin := time.Now()
				s.halt()
				if took := time.Since(begin); took != 0 {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}

func TestWhatTheSinkTookAtTheEndDoesNotComeAgain(t *testing.T) {
	installed(t, func(s *stage) {
		s.anna.Says("яма")
		ctx, cancel := context.WithCancel(s.Context())
		if err := s.ch.Run(ctx, func(context.Context, bot.Update) error { cancel(); return nil }); err != nil {
			t.Error(err)
		}
		s.anew()
		s.run()
		if list := s.taken(); len(list) > 0 {
			t.Errorf("%+v", list)
		}
	})
}
