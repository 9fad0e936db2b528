package control_test

import (
	"strings"
	"testing"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/flowtest"
	"otklik/storage"
)

func TestTranscripts(t *testing.T) { flowtest.Transcripts(t) }

const road = "Анна: Яма на дороге, Киров, Ленина 12\nАнна ▸ ✓ Отправить\nОльга ▸ → Администрация города Кирова\n"

// actions gives the ladder's events of incident 1, in order.
func actions(t *testing.T, s *flowtest.Stage) string {
	t.Helper()
	var list []string
	err := s.Store.View(t.Context(), func(tx *storage.Tx) error {
		events, err := tx.Events(1)
		for _, ev := range events {
			switch flows.Action(ev.Action) {
			case flows.Remind, flows.Escalate, flows.Control, flows.Overdue:
				list = append(list, ev.Action+" "+ev.Text)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(list, ", ")
}

// TestTheWholeLadder: each rung of both deadlines is taken once, in order, also when the program did not run for a week.
func TestTheWholeLadder(t *testing.T) {
	const want = "remind first, remind first, overdue first, remind first, escalate first, control first, remind final, remind final, overdue final, remind final, escalate final, control final"
	for name, wait := range map[string]string{"running": strings.Repeat("@ +1h\n", 24*11), "down": "@ простой 2026-12-04 12:00\n@ +1h\n"} {
		s := flowtest.New(t)
		s.Engine.Control = []bot.Peer{{Channel: "desk", Chat: "control"}}
		s.Play("@ роль Марина official adm-kirov head\n" + road)
		played := s.Play(wait)
		if got := actions(t, s); got != want {
			t.Errorf("%s: %s", name, got)
		}
		if n := strings.Count(played, "Сроки прошли") + strings.Count(played, "Срок прошёл\n"); n == 0 || n > 6 {
			t.Errorf("%s: told %d times\n%s", name, n, played)
		}
		if !strings.Contains(played, "нет ответа, срок был 18:00 ср 02.12 · Администрация города Кирова") {
			t.Errorf("%s: the control group heard nothing\n%s", name, played)
		}
	}
}

// TestWhatIsAnsweredIsNotHurried: an answer, a question to the resident and another deadline end the rungs that were set.
func TestWhatIsAnsweredIsNotHurried(t *testing.T) {
	for name, test := range map[string]struct{ play, want string }{
		"a note":   {"Пётр ↩ «№ 1»: Бригада выехала.\n@ 2026-11-25 12:00\n", ""},
		"answered": {"Пётр: /close 1 Сделали.\nОльга ▸ ✓ Одобрить\n@ 2026-12-09 12:00\n", ""},
		"waiting":  {"@ +3h\nОльга: /ask 1 Где точно?\n@ 2026-11-25 12:00\n", ""},
	} {
		s := flowtest.New(t)
		s.Play(road + test.play)
		if got := actions(t, s); got != test.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestNobodyIsWoken: what became due while the program did not run is told in the morning, in one list.
func TestNobodyIsWoken(t *testing.T) {
	s := flowtest.New(t)
	s.Play(road)
	const word = "нет первого ответа, срок был"
	if got := s.Play("@ простой 2026-11-25 02:00\n@ +3h\n"); strings.Contains(got, word) {
		t.Errorf("at night: %s", got)
	}
	if got := s.Play("@ 2026-11-25 09:00\n"); strings.Count(got, word) != 1 {
		t.Errorf("in the morning: %s", got)
	}
	s = flowtest.New(t)
	s.Play(road)
	s.Play("@ простой 2026-11-25 02:00\n@ +3h\nПётр: /close 1 Сделали.\n") // somebody who works early
	if got := s.Play("@ 2026-11-25 09:00\n"); strings.Contains(got, word) {
		t.Errorf("answered by the morning, and told: %s", got)
	}
}

// TestADeadlineThatMovedTakesItsRungsAlong, and one that was set twice has them once.
func TestADeadlineThatMovedTakesItsRungsAlong(t *testing.T) {
	s := flowtest.New(t)
	s.Play(road)
	move := func(days int) {
		s.Do("Ольга", func(t *flows.Turn) error {
			inc, err := t.Tx.Incident(1)
			if err != nil {
				return err
			}
			return t.Act(inc, flows.Postpone, storage.Event{Due: inc.Final}, func() {
				inc.Final, inc.Moved = inc.Final.AddDate(0, 0, days), true
				inc.Answering = s.Now // the first answer is there
			})
		})
	}
	move(7)
	s.Play("@ 2026-12-02 19:00\n") // half of it was to come on 26 November, and the rest by now
	if got := actions(t, s); got != "remind final" {
		t.Errorf("half of a week more: %q", got)
	}
	move(0)
	move(1)
	move(-1)
	s.Play(strings.Repeat("@ +12h\n", 40))
	if got := actions(t, s); got != "remind final, remind final, overdue final, remind final" {
		t.Errorf("set again and again: %q", got)
	}
}

// TestWhoAsksAgainAndAgainIsHeardAbove: the third «когда?» of a resident is the head's business, once.
func TestWhoAsksAgainAndAgainIsHeardAbove(t *testing.T) {
	s := flowtest.New(t)
	s.Play("@ роль Марина official adm-kirov head\n" + road + "Пётр: /accept 1\nПётр ↩ «№ 1»: Скоро.\n")
	const word = "не первый раз спрашивают"
	for i, want := range []int{0, 0, 1, 0} {
		got := s.Play("Анна ▸▸ follow:when:1\n@ +25h\n")
		if n := strings.Count(got, word); n != want {
			t.Errorf("asked %d times: told %d times\n%s", i+1, n, got)
		}
	}
}
