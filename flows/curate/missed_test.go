package curate_test

import (
	"strings"
	"testing"

	"otklik/flows"
	"otklik/flows/flowtest"
	"otklik/storage"
)

const pothole = "Анна: Яма на дороге, Киров, Ленина 12\nАнна ▸ ✓ Отправить\n"

// missed gives which deadlines of incident 1 were recorded as missed, and the one that it stands among the overdue for.
func missed(t *testing.T, s *flowtest.Stage) string {
	t.Helper()
	var list []string
	err := s.Store.View(t.Context(), func(tx *storage.Tx) error {
		events, err := tx.Events(1)
		if err != nil {
			return err
		}
		for _, ev := range events {
			if ev.Action == string(flows.Overdue) {
				list = append(list, ev.Text)
			}
		}
		inc, err := tx.Incident(1)
		if err != nil {
			return err
		}
		list = append(list, "late "+inc.Late)
		stands := false
		err = tx.Queue(storage.QueueOverdue, func(q storage.Queued) bool { stands = stands || q.Number == 1; return true })
		if stands != (inc.Late != "") {
			t.Errorf("late %q, and among the overdue: %t", inc.Late, stands)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(list, ", ")
}

// TestEveryDeadlineThatPassesIsMissedOnce: also one that was moved and passes again, one that had passed when it was set,
// and one that passed while the curators had an answer that they give back.
func TestEveryDeadlineThatPassesIsMissedOnce(t *testing.T) {
	const assigned = pothole + "Ольга ▸ → Администрация города Кирова\n"
	for name, test := range map[string]struct{ play, want string }{
		"moved":           {assigned + "Пётр: /status 1 Едем\n@ 2026-12-02 19:00\nОльга ▸▸ curate:more:1\nОльга ▸ Сменить срок\nОльга: 09.12\nОльга: Ждём\n@ 2026-12-09 19:00\n", "final, final, late final"},
		"moved, not yet":  {assigned + "Пётр: /status 1 Едем\n@ 2026-12-02 19:00\nОльга ▸▸ curate:more:1\nОльга ▸ Сменить срок\nОльга: 09.12\nОльга: Ждём\n@ 2026-12-08 19:00\n", "final, late "},
		"set in the past": {assigned + "@ +6h\nОльга ▸▸ curate:urgent:1\n@ +1m\n", "first, late first"},
		"… missed before": {assigned + "@ 2026-11-25 12:00\nОльга ▸▸ curate:urgent:1\n@ +1m\n", "first, late first"},
		"given back":      {assigned + "Пётр: /close 1 Сделали\n@ 2026-12-03 12:00\nОльга: /return 1 Где фото?\n@ +1m\n", "final, late final"},
		"moved, then given back": {assigned + "Пётр: /status 1 Едем\n@ 2026-12-02 19:00\nОльга ▸▸ curate:more:1\nОльга ▸ Сменить срок\nОльга: 09.12\nОльга: Ждём\n" +
			"Пётр: /close 1 Сделали\n@ 2026-12-10 12:00\nОльга: /return 1 Где фото?\n@ +1m\n", "final, final, late final"},
		"given back early": {assigned + "Пётр: /close 1 Сделали\nОльга: /return 1 Где фото?\n@ +1m\n", "late "},
	} {
		s := flowtest.New(t)
		s.Play(test.play)
		if got := missed(t, s); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// TestWhatIsMissedStaysSo while another deadline of it moves, while it waits, and after it was taken out of another.
func TestWhatIsMissedStaysSo(t *testing.T) {
	const two = "Иван: Не горит фонарь, Киров, Попова 1\nИван ▸ ✓ Отправить\n"
	for name, test := range map[string]struct{ play, want string }{
		"another moves": {pothole + "Ольга ▸ → Администрация города Кирова\n@ 2026-12-02 19:00\nОльга ▸▸ curate:more:1\nОльга ▸ Сменить срок\nОльга: 09.12\nОльга: Ждём\n", "first, final, late first"},
		"another topic": {"Анна: Не работает светофор, Киров, Ленина 12\nАнна ▸ ✓ Отправить\nОльга: /assign 1 adm-kirov\nПётр: /decline 1 Не наше\n@ +6h\n" +
			"Ольга ▸▸ curate:topic:1\nОльга: яма на дороге\nОльга ▸ Ямы на дорогах\n", "forward, first, late forward"},
		"it waits":  {pothole + "@ +2h\nОльга: /ask 1 Где?\n@ +1h\nОльга ▸▸ curate:resume:1\n", "forward, late forward"},
		"taken out": {pothole + two + "@ +2h\nОльга: /merge 1 2\n@ +1h\nОльга: /unmerge 1\n", "forward, late forward"},
	} {
		s := flowtest.New(t)
		s.Play(test.play)
		if got := missed(t, s); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
