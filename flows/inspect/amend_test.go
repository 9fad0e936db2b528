package inspect_test

import (
	"strings"
	"testing"

	"otklik/flows"
	"otklik/flows/flowtest"
	"otklik/storage"
)

// TestAnAmendmentCountsForTheFirstDay: the figures of the day of the finding say what it is now, and a recount agrees.
func TestAnAmendmentCountsForTheFirstDay(t *testing.T) {
	s := flowtest.New(t)
	s.Play(road + "Ольга: /inspect 1 traffic-police\nИван: /finding 1 нарушение Яма\nИван ▸ ✓ Записать, житель прочитает\n")
	day := storage.DayOf(s.Now)
	holds := func(when string, violations, clean int64) {
		t.Helper()
		err := s.Store.View(t.Context(), func(tx *storage.Tx) error {
			for from, want := range map[storage.Day][2]int64{day: {violations, clean}, day + 1: {}} {
				sums, err := tx.Sums(storage.ByBody, "traffic-police", from, from+1+100*(from-day))
				if err != nil {
					return err
				}
				if got := [2]int64{sums[storage.Violations], sums[storage.Clean]}; got != want {
					t.Errorf("%s, from day %d: %v, want %v", when, from-day, got, want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Store.Verify(t.Context(), storage.Check{States: storage.States, Found: func(f storage.Fault) error { t.Error(f); return nil }}); err != nil {
			t.Fatal(err)
		}
	}
	holds("found", 1, 0)
	for _, step := range []struct {
		say               string
		violations, clean int64
	}{{"нет Перемерили", 0, 1}, {"нет Перемерили снова", 0, 1}, {"нарушение Всё же глубже", 1, 0}} {
		s.Play("@ +48h\nИван: /finding 1 " + step.say + "\nИван ▸ ✓ Записать, жителю — только итог\n")
		holds(step.say, step.violations, step.clean)
	}
	inc, events := incident(t, s)
	if f := inc.Inspections[0].Finding; !f.Violation || !f.Amended || f.Text != "Всё же глубже" {
		t.Errorf("kept: %+v", f)
	}
	kept := ""
	for _, ev := range events {
		if ev.Action == string(flows.Finding) || ev.Action == string(flows.Amend) {
			kept += ev.Text + "|"
		}
	}
	if kept != "Яма|Перемерили|Перемерили снова|Всё же глубже|" {
		t.Errorf("the history keeps %q", kept)
	}
}

// TestCuratorsListViolations that are found now: an amended finding of none is not among them.
func TestCuratorsListViolations(t *testing.T) {
	s := flowtest.New(t)
	s.Play(road + "Ольга: /inspect 1 traffic-police\n")
	holds := func(want bool) {
		t.Helper()
		if got := s.Play("Ольга: /inspect нарушения\n"); strings.Contains(got, "[№ 1]") != want {
			t.Errorf("listed, want %v:\n%s", want, got)
		}
	}
	holds(false)
	s.Play("Иван: /finding 1 нарушение Яма\nИван ▸ ✓ Записать, житель прочитает\n")
	holds(true)
	s.Play("Иван: /finding 1 нет Ошиблись\nИван ▸ ✓ Записать, житель прочитает\n")
	holds(false)
	if got := s.Play("Ольга: /find ошиблись\n"); !strings.Contains(got, "[№ 1]") {
		t.Errorf("an amended finding is not found by its words:\n%s", got)
	}
}

// TestTwoAmendAtOnce: who writes a finding anew while a colleague has done so reads theirs before it is gone.
func TestTwoAmendAtOnce(t *testing.T) {
	s := flowtest.New(t)
	s.Play("@ роль Марина official traffic-police\n" + road + `
Ольга: /inspect 1 traffic-police
Иван: /finding 1 нарушение Яма
Иван ▸ ✓ Записать, житель прочитает
Иван: /finding 1 нарушение Яма глубже нормы
@ +1h
Марина: /finding 1 нет Перемерили
Марина ▸ ✓ Записать, житель прочитает
Иван ▸ ✓ Записать, житель прочитает
`)
	if inc, _ := incident(t, s); inc.Inspections[0].Finding.Text != "Перемерили" {
		t.Errorf("kept: %+v", inc.Inspections[0].Finding)
	}
	s.Play("Иван ▸ ✓ Записать, житель прочитает\n")
	if inc, _ := incident(t, s); inc.Inspections[0].Finding.Text != "Яма глубже нормы" {
		t.Errorf("kept: %+v", inc.Inspections[0].Finding)
	}
}
