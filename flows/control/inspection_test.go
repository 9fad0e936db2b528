package control_test

import (
	"fmt"
	"strings"
	"testing"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/flowtest"
	"otklik/storage"
)

const drawn = "@ роль Иван official traffic-police\n" + road + "Ольга: /inspect 1 traffic-police\n"

// hurried gives what the ladder did about the inspections of incident 1, in order, and what became late.
func hurried(t *testing.T, s *flowtest.Stage) string {
	t.Helper()
	var list []string
	err := s.Store.View(t.Context(), func(tx *storage.Tx) error {
		list = nil
		events, err := tx.Events(1)
		for _, ev := range events {
			switch a := flows.Action(ev.Action); a {
			case flows.Hurry:
				list = append(list, strings.TrimSpace(ev.Text+" "+ev.Why))
			case flows.Unchecked, flows.Unmet:
				list = append(list, ev.Action)
			}
			if ev.Action == string(flows.Hurry) && (ev.Org != "traffic-police" || ev.Actor != 0 || ev.Public) {
				t.Errorf("the event is %+v", ev)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(list, ", ")
}

// TestTheLadderOfAnInspection: each rung is taken once, in order, also when the program did not run for weeks, and told to
// those for whom it is.
func TestTheLadderOfAnInspection(t *testing.T) {
	const want = "official, official, unchecked, official, head, control"
	for name, wait := range map[string]string{"running": strings.Repeat("@ +3h\n", 8*16), "down": "@ простой 2026-12-21 12:00\n@ +1h\n"} {
		s := flowtest.New(t)
		s.Engine.Control = []bot.Peer{{Channel: "desk", Chat: "control"}}
		s.Play("@ роль Марина official traffic-police head\n" + drawn + "Пётр: /close 1 Заделали\n")
		played := s.Play(wait)
		if got := hurried(t, s); got != want {
			t.Errorf("%s: %s", name, got)
		}
		if n := strings.Count(played, "Иван: ⏰ Срок прошёл"); n != 1 {
			t.Errorf("%s: who inspects was told %d times\n%s", name, n, played)
		}
		if n := strings.Count(played, "Марина: 👤 Госавтоинспекция\n      ⏰"); n != 1 {
			t.Errorf("%s: the head was told %d times\n%s", name, n, played)
		}
		if n := strings.Count(played, "проверка не закончена, срок был 18:00 пн 07.12 · Госавтоинспекция"); n != 1 {
			t.Errorf("%s: the control group was told %d times\n%s", name, n, played)
		}
	}
}

// TestWhatIsInspectedIsNotHurried: a finding, and a curator who takes the inspection back, end its rungs; so does whoever
// finds a measure done. Who took it hears alone.
func TestWhatIsInspectedIsNotHurried(t *testing.T) {
	const found = "Иван: /finding 1 нарушение Яма\nИван ▸ ✓ Записать, житель прочитает\nИван: /measures 1 Заделать 1.12\nИван ▸ ✓ Назначить\n"
	for name, test := range map[string]struct{ play, want string }{
		"concluded":      {"Иван: /finding 1 нет Смотрели\nИван ▸ ✓ Записать, житель прочитает\n", ""},
		"after half":     {"@ 2026-12-01 12:00\nИван: /finding 1 нет Смотрели\nИван ▸ ✓ Записать, житель прочитает\n", "official"},
		"taken back":     {"Ольга: /relieve 1\n", ""},
		"drawn in anew":  {"@ +48h\nОльга: /relieve 1\nОльга: /inspect 1 traffic-police\n@ 2026-12-09 12:00\nОльга: /relieve 1\n", "official"},
		"a measure":      {found, "official 0.0, unmet"},
		"… done":         {found + "Иван ▸▸ inspect:done:1:traffic-police:0.0\n", ""},
		"… done at last": {found + "@ 2026-12-01 17:30\nИван ▸▸ inspect:done:1:traffic-police:0.0\n", "official 0.0"},
		"two at once":    {found + "Иван: /measures 1 Оградить 1.12\nИван ▸ ✓ Назначить\n", "official 0.0, official 0.1, unmet, unmet"},
	} {
		s := flowtest.New(t)
		s.Play(drawn + "Пётр: /close 1 Заделали\n" + test.play + "@ 2027-01-20 12:00\n")
		if got := hurried(t, s); got != test.want {
			t.Errorf("%s: %q", name, got)
		}
	}
	s := flowtest.New(t)
	s.Play("@ роль Марина official traffic-police\n" + drawn + "Иван ▸ ✓ Беру проверку\n")
	played := s.Play("@ 2026-12-01 12:00\n")
	if !strings.Contains(played, "Иван: ⏳") || strings.Contains(played, "Марина") {
		t.Errorf("who took it does not hear alone:\n%s", played)
	}
	s.Play("@ убрать Иван official traffic-police\n")
	if played := s.Play("@ 2026-12-08 12:00\n"); strings.Contains(played, "Иван:") || strings.Count(played, "Марина: 👤 Госавтоинспекция\n      ⏰") != 1 {
		t.Errorf("who took it is gone, and the others do not hear:\n%s", played)
	}
}

// TestTenInspectionsAreOneList, with the deadlines of what the body has in hand itself, and outside the quiet hours.
func TestTenInspectionsAreOneList(t *testing.T) {
	s := flowtest.New(t)
	s.Play("@ роль Иван official traffic-police\n")
	for i, street := range []string{"Ленина", "Попова", "Мира", "Сурикова", "Труда", "Некрасова", "Воровского", "Московская", "Щорса", "Пушкина"} {
		s.Play(fmt.Sprintf("Анна: Яма на дороге, Киров, %s 2\nАнна ▸ ✓ Отправить\nОльга: /assign %d adm-kirov\nПётр: /close %d Заделали\nОльга: /inspect %d traffic-police\n",
			street, i+1, i+1, i+1))
	}
	s.Play("Анна: Яма на дороге, Киров, Чапаева 15\nАнна ▸ ✓ Отправить\nОльга: /assign 11 traffic-police\n")
	if played := s.Play("@ простой 2026-12-08 02:00\n@ +3h\n"); strings.Contains(played, "Иван") && strings.Contains(played, "⏰ Сроки") {
		t.Errorf("at night:\n%s", played)
	}
	played := s.Play("@ 2026-12-08 09:00\n")
	if strings.Count(played, "→ Иван") != 1 || strings.Count(played, "Иван: ⏰ Сроки прошли") != 1 || strings.Count(played, "проверка не закончена, срок был") != 8 ||
		strings.Count(played, "№ 11 · Ямы на дорогах, Киров, ул. Чапаева, 15 — нет") != 2 || strings.Count(played, "И ещё 2") != 1 {
		t.Errorf("in the morning:\n%s", played)
	}
}

// TestAnInspectionOfAnOlderVersion has no timers of rungs; when its deadline passes the ladder goes on from there.
func TestAnInspectionOfAnOlderVersion(t *testing.T) {
	s := flowtest.New(t)
	s.Play(drawn + "Пётр: /close 1 Заделали\n")
	err := s.Store.Update(t.Context(), func(tx *storage.Tx) error {
		list, err := tx.DueTimers(s.Now.AddDate(1, 0, 0), 1000)
		for _, timer := range list {
			if err == nil && timer.Kind == "control.hurry" {
				_, err = tx.TakeTimer(timer)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Play("@ 2026-12-09 12:00\n")
	if got := hurried(t, s); got != "unchecked, official" {
		t.Errorf("the ladder did: %s", got)
	}
}

// TestAnotherLadder: where nothing of it tells of a passed deadline, the heads of the body are told at once.
func TestAnotherLadder(t *testing.T) {
	for name, c := range map[string]struct{ head, want string }{
		"people": {"", "Иван: ⏰ № 1: проверка не закончена, срок был"},
		"heads":  {"@ роль Марина official traffic-police head\n", "Марина: 👤 Госавтоинспекция\n      ⏰ № 1: проверка не закончена, срок был"},
	} {
		s := flowtest.New(t)
		s.Engine.Pack.Ladder = nil
		s.Play(c.head + drawn)
		if played := s.Play("@ 2026-12-08 12:00\n"); strings.Count(played, c.want) != 1 {
			t.Errorf("%s:\n%s", name, played)
		}
		if got := hurried(t, s); got != "unchecked" {
			t.Errorf("%s: %s", name, got)
		}
	}
}
