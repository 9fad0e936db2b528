package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const (
	somebody = "912345678" // a chat, and so a person
	somewhat = "Анна Ветрова, Ленина 12, 8 912 345-67-89"
)

// witness hears what passes.
type witness struct {
	deaf
	mu   sync.Mutex
	came []string
	left []string
}

func (w *witness) Came(u *Update) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.came = append(w.came, u.Trail())
}

func (w *witness) Left(e *Entry) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.left = append(w.left, e.Updates...)
}

func debugging(log *lines) *slog.Logger {
	return slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// loud gives the lines above debug level.
func (l *lines) loud() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(slices.DeleteFunc(strings.Split(l.String(), "\n"), func(s string) bool { return strings.Contains(s, "level=DEBUG") }), "\n")
}

// TestAMessageThatFailsIsToldWithoutItsPerson: whatever becomes of a message, the log above debug level has its trail and
// its reason, and neither its chat nor its words, even where the messenger quotes them.
func TestAMessageThatFailsIsToldWithoutItsPerson(t *testing.T) {
	quoting := fmt.Errorf("sendMessage: 400 Bad Request: chat %s, text %q", somebody, somewhat)
	for want, fail := range map[string]func() error{
		"a chat cannot be reached any more":                  func() error { return &Failure{Reason: NoPeer, Err: quoting} },
		"a message will never arrive":                        func() error { return &Failure{Reason: Never, Err: quoting} },
		"a message is tried again":                           func() error { return quoting },
		"messages wait":                                      func() error { return &Failure{Reason: NoRights, Err: quoting} },
		"a group goes on under another id":                   func() error { return &Failure{Reason: MovedOn, To: "-100" + somebody, Err: quoting} },
		"a message was too much for its messenger's adapter": func() error { panic(somewhat + somebody) },
	} {
		synctest.Test(t, func(t *testing.T) {
			s, p, log := newPaper(), &post{}, &lines{}
			p.answer = func(c call) error {
				if c.chat == somebody {
					return fail()
				}
				return nil
			}
			s.write(somebody, Reply, somewhat, func(e *Entry) { e.Updates = []string{"a1b2c3d4"} })
			start(t, s, p, func(o *OutboxOptions) { o.Log = debugging(log) })
			pass(time.Minute)
			loud := log.loud()
			if !strings.Contains(loud, want) || want != "messages wait" && !strings.Contains(loud, "update=a1b2c3d4") {
				t.Errorf("%q is not told with its trail:\n%s", want, loud)
			}
			for _, of := range []string{somebody, "Анна", "Ленина", "345-67-89"} {
				if strings.Contains(loud, of) {
					t.Errorf("%s: the log tells %q:\n%s", want, of, loud)
				}
			}
			if whole := log.String(); !strings.Contains(whole, somebody) {
				t.Errorf("%s: at debug level nobody learns whose it was:\n%s", want, whole)
			}
		})
	}
}

// TestAPersonsChatIsNotToldByASpoolThatFails.
func TestAPersonsChatIsNotToldByASpoolThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, log := newPaper(), &lines{}
		s.fail = func(op string, _ uint64) error {
			if op == "waiting" {
				return nil
			}
			return fmt.Errorf("%s: record %q", op, somebody)
		}
		s.write(somebody, Reply, somewhat)
		start(t, s, &post{}, func(o *OutboxOptions) { o.Log = debugging(log) })
		pass(time.Minute)
		if loud := log.loud(); !strings.Contains(loud, "message 1") || strings.Contains(loud, somebody) {
			t.Error(loud)
		}
	})
}

// TestReceiptsCarryTheTrail of every update that a message follows from.
func TestReceiptsCarryTheTrail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, log, w := newPaper(), &lines{}, &witness{}
		s.write("1", Reply, "words", func(e *Entry) { e.Updates = []string{"a1b2c3d4", "0badcafe"} })
		s.write("2", Reply, "of a timer")
		refused := s.write("3", Reply, "refused", func(e *Entry) { e.Updates = []string{"deadbeef"} })
		p := &post{answer: func(c call) error {
			if c.chat == refused.Peer.Chat {
				return &Failure{Reason: Never, Err: errors.New("no")}
			}
			return nil
		}}
		start(t, s, p, func(o *OutboxOptions) { o.Log, o.Watch = debugging(log), w })
		pass(time.Second)
		if n := log.count(`msg="a message has left" channel=fake update=a1b2c3d4,0badcafe id=1`); n != 1 {
			t.Errorf("%d receipts with the trail:\n%s", n, log.String())
		}
		if got := fmt.Sprint(w.left); got != "[a1b2c3d4 0badcafe]" {
			t.Errorf("left: %s", got)
		}
	})
}

// TestAnUpdateIsNotedAsItArrives: before its turn, not when the one before it is done; at debug level only.
func TestAnUpdateIsNotedAsItArrives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, w := &lines{}, &witness{}
		in := NewInbox(func(context.Context, Update) error { time.Sleep(time.Second); return nil }, 1)
		in.Watch, in.Log = w, debugging(log)
		var wg sync.WaitGroup
		for _, id := range []string{"1", "2"} {
			u := Update{Channel: "fake", ID: id, Kind: Written, Peer: Peer{Channel: "fake", Chat: somebody}, Text: somewhat}
			wg.Go(func() {
				if err := in.Handle(t.Context(), u); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
			if n := log.count(`level=DEBUG msg="an update came in" update=` + u.Trail()); n != 1 || !slices.Contains(w.came, u.Trail()) {
				t.Errorf("it came in %d times: %v\n%s", n, w.came, log.String())
			}
		}
		wg.Wait()
		if loud := strings.TrimSpace(log.loud()); loud != "" || strings.Contains(log.String(), "Анна") {
			t.Error(log.String())
		}
	})
}

// TestAFaultNamesTheUpdateByItsTrail: an update's ID may be a person's number.
func TestAFaultNamesTheUpdateByItsTrail(t *testing.T) {
	u := Update{Channel: "vk", ID: "m" + somebody + ".17", Peer: Peer{Channel: "vk", Chat: somebody}}
	_, err := Deliver(t.Context(), func(context.Context, Update) error { return errors.New("full") }, []Update{u})
	if err == nil || strings.Contains(err.Error(), somebody) || !strings.Contains(err.Error(), u.Trail()) {
		t.Error(err)
	}
}

// TestAsideTellsNobodysChat.
func TestAsideTellsNobodysChat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &lines{}
		a := NewAside([]Channel{&slowpoke{}}, debugging(log))
		a.Menu(Peer{Channel: "slow", Chat: somebody}, nil)
		synctest.Wait()
		a.Close()
		if loud := log.loud(); !strings.Contains(loud, "channel=slow") || strings.Contains(loud, somebody) || !strings.Contains(log.String(), somebody) {
			t.Error(log.String())
		}
	})
}
