// Package year plays a region's year: residents, curators and bodies with their habits, holidays, restarts and a week in
// which the program did not run, all before the real engine over a real store. Whatever the program says of it is held
// against what the test itself has noted and counted, the slow way.
//
//	go test ./flows/year                                          # eight weeks, the holidays of May among them
//	OTKLIK_LONG=1 go test ./flows/year -run Year -v -timeout 3h   # 66,468 incidents, a year; a larger number: so many
//	OTKLIK_YEAR_DIR=/var/tmp …                                    # over the embedded store, in a file there
//	OTKLIK_YEAR_SEED=7 …                                          # other people
package year

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"otklik/bot"
	"otklik/storage"
)

func day(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return t
}

// weeks is the short play; the whole year ends in a year whose calendar is known.
func weeks() plan {
	return plan{incidents: 250, from: day("2026-04-06 00:00"), to: day("2026-06-01 00:00"), end: day("2026-07-06 00:00"), restarts: 12, seed: 1,
		downtimes: []span{{day("2026-04-14 22:10"), day("2026-04-15 03:40")}, {day("2026-04-28 09:30"), day("2026-05-05 02:20")}, {day("2026-05-20 11:00"), day("2026-05-20 11:25")}}}
}

func whole() plan {
	return plan{incidents: 66_468, from: day("2025-11-01 00:00"), to: day("2026-11-01 00:00"), end: day("2026-12-20 00:00"), restarts: 60, seed: 2,
		downtimes: []span{{day("2025-12-14 22:10"), day("2025-12-15 03:40")}, {day("2026-02-03 10:00"), day("2026-02-10 01:30")},
			{day("2026-05-20 11:00"), day("2026-05-20 11:25")}, {day("2026-08-08 12:00"), day("2026-08-09 12:00")}}}
}

// chosen is the play that the environment asks for.
func chosen() plan {
	p := weeks()
	if long := os.Getenv("OTKLIK_LONG"); long != "" {
		p = whole()
		if n, err := strconv.Atoi(long); err == nil && n > 1 {
			p.incidents = n
		}
	}
	if seed, err := strconv.ParseUint(os.Getenv("OTKLIK_YEAR_SEED"), 10, 64); err == nil {
		p.seed = seed
	}
	return p
}

// TestYear holds, for every incident: every deadline whenever it changes; every event, what the desk does by itself at its
// time and once; nobody is told in the quiet hours, and of the ladder in lists; every figure.
func TestYear(t *testing.T) {
	p := chosen()
	began := time.Now()
	w := newWorld(t, p)
	w.run()
	played := time.Since(began)
	t.Logf("%d incidents, %d updates, %d messages, at most %d timers: %s", len(w.lives), w.desk.updates, w.desk.sent, w.desk.peak, played.Round(time.Second))
	t.Log(w.deeds)
	events := w.history()
	lists := w.lists()
	figures := w.figures()
	spans := w.medians()
	began = time.Now()
	w.verify()
	t.Logf("%d events, %d lists of the ladder, %d figures, %d medians and the like compared; verified in %s", events, lists, figures, spans, time.Since(began).Round(time.Millisecond))
	if w.desk.file != "" {
		if f, err := os.Stat(w.desk.file); err == nil {
			t.Logf("the store has %d MB", f.Size()>>20)
		}
	}
	w.queries(t)
	for _, deed := range []string{"merge", "unmerge", "ask", "tell", "resume", "retopic", "replace", "urgent", "postpone", "extend", "grant", "deny", "promise", "dispute",
		"mark", "return", "decline", "withdraw", "reject", "take", "pass", "when", "restart", "given twice"} {
		if w.deeds[deed] == 0 {
			t.Errorf("nobody ever did %q: the play is too tame", deed)
		}
	}
}

// queries times the questions of a year.
func (w *world) queries(t *testing.T) {
	from, to := w.dayOf(w.plan.from), w.dayOf(w.plan.end)+1
	w.desk.view(func(tx *storage.Tx) error {
		for _, by := range dimensions {
			began := time.Now()
			all, err := tx.SumsBy(by, from, to)
			if err != nil {
				return err
			}
			t.Logf("SumsBy %q of the whole time, %d values: %s", by, len(all), time.Since(began).Round(10*time.Microsecond))
		}
		return nil
	})
}

// verify holds that the store agrees with itself.
func (w *world) verify() {
	_, err := w.desk.store.Verify(context.Background(), storage.Check{States: storage.States, Found: func(f storage.Fault) error {
		w.tb.Error(f)
		return nil
	}})
	if err != nil {
		w.tb.Error(err)
	}
}

// history holds every event of every incident against the notes.
func (w *world) history() (compared int) {
	for _, l := range w.lives {
		var want, have []string
		for i := range l.notes {
			n := &l.notes[i]
			want = append(want, line(n))
		}
		w.desk.view(func(tx *storage.Tx) error {
			events, err := tx.Events(l.number)
			for i := range events {
				ev := &events[i]
				n := note{at: ev.At, action: ev.Action, to: ev.To, org: ev.Org, text: ev.Text, due: ev.Due, first: ev.First, late: ev.Late, took: ev.Took, was: ev.Was}
				switch ev.Action {
				case "remind", "escalate", "control":
					n.rung = int(ev.Other)
				}
				have = append(have, line(&n))
				if ev.Day != w.dayOf(ev.At) {
					w.tb.Errorf("№ %d: %s counts on %d", l.number, ev.Action, ev.Day)
				}
			}
			return err
		})
		slices.Sort(want)
		slices.Sort(have)
		if !slices.Equal(want, have) {
			w.tb.Errorf("№ %d: what happened:\n%s\nwhat was to happen:\n%s", l.number, strings.Join(have, "\n"), strings.Join(want, "\n"))
		}
		compared += len(have)
	}
	return compared
}

func line(n *note) string {
	s := fmt.Sprintf("%s %s → %s %q first %t late %t took %d was %d", n.at.UTC().Format("06-01-02 15:04:05"), n.action, n.to, n.org, n.first, n.late, n.took, n.was)
	switch n.action {
	case "remind", "escalate", "control":
		s += fmt.Sprint(" ", n.text, " ", n.rung, " ", n.due.Unix())
	case "overdue", "mark":
		s += " " + n.text
	}
	return s
}

// rung is something of the ladder that somebody is to hear of.
type rung struct {
	at, planned, made time.Time
	life              *life
	org, what         string
	due               time.Time
}

// rung notes who is to hear of a rung.
func (w *world) rung(l *life, n *note, made time.Time) {
	planned := n.planned
	if planned.IsZero() {
		planned = n.at
	}
	one := rung{n.at, planned, made, l, l.org, n.text, n.due}
	tell := func(peer string) { w.rungs[peer] = append(w.rungs[peer], one) }
	both := w.officials[l.org]
	switch {
	case n.action == "control":
		tell(controlGroup.String())
	case n.action == "escalate":
		tell(both[0].peer.String())
	case l.lead != nil:
		tell(l.lead.peer.String())
	default:
		tell(both[0].peer.String())
		tell(both[1].peer.String())
	}
}

// hears is called with everything that is sent.
func (w *world) hears(e bot.Entry, byTimer bool) {
	if byTimer && e.Edit == "" && w.slow.sleeps(w.desk.now) {
		w.tb.Errorf("somebody is told at %s: %s", w.desk.now.In(w.slow.zone), e.Message.Text)
	}
	if ladder(e.Message.Text) {
		peer := e.Peer.String()
		w.told[peer] = append(w.told[peer], w.desk.now)
	}
}

// gathering is how long the ladder waits for more before somebody is told.
const gathering = 2 * time.Minute

// lists holds that whoever is to hear of rungs does so in one list for all that come together, and at no other time. It gives
// how many lists there were.
func (w *world) lists() (compared int) {
	for peer, told := range w.told {
		if len(w.rungs[peer]) == 0 {
			w.tb.Errorf("%s was told at %s, of what nobody knows", peer, told)
		}
	}
	for peer, list := range w.rungs {
		told := w.told[peer]
		compared += len(told)
		slices.SortStableFunc(list, func(a, b rung) int {
			return cmp.Or(a.at.Compare(b.at), a.planned.Compare(b.planned), a.made.Compare(b.made))
		})
		for len(list) > 0 {
			planned := w.slow.polite(list[0].at.Add(gathering))
			at := planned
			if down := w.downtime(planned); down != nil {
				at = down.to
			}
			must, n := false, 0
			joins := func(r rung) bool { // of what comes at one moment, what was planned first comes first
				return r.at.Before(at) || r.at.Equal(at) && (r.planned.Before(planned) || r.planned.Equal(planned) && !r.made.After(list[0].at))
			}
			for n < len(list) && joins(list[n]) {
				counts, certain := list[n].life.counted(at, list[n].org, list[n].what, list[n].due)
				must = must || counts && certain
				n++
			}
			if at.After(w.plan.end) {
				break
			}
			list = list[n:]
			heard := at
			if w.slow.sleeps(at) {
				heard = w.slow.polite(at)
			}
			i := slices.IndexFunc(told, func(t time.Time) bool { return t.Equal(heard) })
			if i >= 0 {
				told = slices.Delete(told, i, i+1)
			} else if must {
				w.tb.Errorf("%s was to be told of %d deadlines at %s and was not", peer, n, heard)
			}
		}
		for _, at := range told {
			w.tb.Errorf("%s was told at %s, when nothing was to be told", peer, at)
		}
	}
	return compared
}
