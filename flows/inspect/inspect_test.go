package inspect_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"otklik/flows"
	"otklik/flows/flowtest"
	"otklik/flows/inspect"
	"otklik/storage"
)

func TestTranscripts(t *testing.T) { flowtest.Transcripts(t) }

func TestDiagram(t *testing.T) {
	f := inspect.Flow()
	got, err := f.Diagram()
	if err != nil {
		t.Fatal(err)
	}
	flowtest.Golden(t, "diagram.mmd", got)
}

const road = `
@ роль Иван official traffic-police
Анна: Яма на дороге, Киров, Ленина 12
Анна ▸ ✓ Отправить
Ольга ▸ → Администрация города Кирова
`

func incident(t *testing.T, s *flowtest.Stage) (inc *storage.Incident, events []storage.Event) {
	t.Helper()
	err := s.Store.View(t.Context(), func(tx *storage.Tx) (err error) {
		if inc, err = tx.Incident(1); err != nil {
			return err
		}
		events, err = tx.Events(1)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return inc, events
}

// TestAnInspectionLeavesTheClockAlone: neither its beginning nor its end moves a deadline of the executor or the state.
func TestAnInspectionLeavesTheClockAlone(t *testing.T) {
	s := flowtest.New(t)
	s.Play(road)
	was, _ := incident(t, s)
	for _, step := range []string{
		"Ольга: /inspect 1 traffic-police\n", "Иван: /finding 1 нарушение Яма\nИван ▸ ✓ Записать, житель прочитает\n",
		"Иван: /measures 1 Заделать завтра\nИван ▸ ✓ Назначить\n", "Иван ▸▸ inspect:done:1:traffic-police:0.0\n",
	} {
		s.Play(step)
		inc, _ := incident(t, s)
		if inc.State != was.State || !inc.First.Equal(was.First) || !inc.Final.Equal(was.Final) || !inc.Started.Equal(was.Started) || !inc.Answering.IsZero() {
			t.Errorf("after %q the incident is %s, first %s, final %s", step, inc.State, inc.First, inc.Final)
		}
	}
}

// TestFindingsAreCountedFromEvents: each says which body, and whether there was a violation.
func TestFindingsAreCountedFromEvents(t *testing.T) {
	s := flowtest.New(t)
	s.Play(road + `
Ольга: /inspect 1 traffic-police
Иван: /finding 1 нарушение Акт № 7 от 23.11.2026, яма
Иван ▸ ✓ Записать, жителю — только итог
Ольга: /inspect 1 traffic-police
Иван: /finding 1 нет Всё исправили
Иван ▸ ✓ Записать, житель прочитает
`)
	inc, events := incident(t, s)
	var got []string
	for _, ev := range events {
		if ev.As == storage.Inspector || ev.Action == string(flows.Inspect) {
			got = append(got, fmt.Sprint(ev.Action, " ", ev.As, " ", ev.Org, " ", ev.Why, " ", ev.Public))
		}
	}
	want := []string{"inspect curator traffic-police  true", "finding inspector traffic-police violation false",
		"inspect curator traffic-police  true", "finding inspector traffic-police none true"}
	if !slices.Equal(got, want) {
		t.Errorf("the events are %q", got)
	}
	if f := inc.Inspections[0].Finding; f.Document != "Акт № 7 от 23.11.2026" || f.Public || inc.Inspections[1].Finding.Violation {
		t.Errorf("kept: %+v", inc.Inspections)
	}
}

// TestOnlyTheOutcomeIsTold: words that are not for the resident stand nowhere that they read, nor in the whole story.
func TestOnlyTheOutcomeIsTold(t *testing.T) {
	s := flowtest.New(t)
	s.Play(road + `
Анна: /my
Анна ▸ № 1 · Ямы на дорогах
Ольга: /inspect 1 traffic-police
Иван: [фото] /finding 1 нарушение Секрет: директор Фёдоров
Иван ▸ ✓ Записать, жителю — только итог
Иван: /measures 1 Секрет завтра
Иван ▸ ✓ Назначить
@ +100h
Иван ▸▸ inspect:done:1:traffic-police:0.0
Анна ▸▸ follow:story:1
`)
	if got := s.Screen("Анна"); strings.Contains(got, "Секрет") || strings.Contains(got, "Фёдоров") || !strings.Contains(got, "нарушение найдено") {
		t.Errorf("the resident reads:\n%s", got)
	}
	if got := s.Screen("Пётр"); !strings.Contains(got, "Секрет") {
		t.Errorf("the executor does not read:\n%s", got)
	}
}

// TestTheDeadlineIsToldOnce also after the program did not run for weeks; a finding in time, or an inspection taken back, is
// not late.
func TestTheDeadlineIsToldOnce(t *testing.T) {
	for name, c := range map[string]struct {
		play string
		late int
	}{
		"down":       {"@ простой 2027-01-20 12:00\n@ +1h\n@ +500h\n", 1},
		"in time":    {"Иван: /finding 1 нет Смотрели\nИван ▸ ✓ Записать, житель прочитает\n@ 2027-01-20 12:00\n", 0},
		"taken back": {"Ольга: /relieve 1\n@ 2027-01-20 12:00\n", 0},
		"anew":       {"Ольга: /relieve 1\n@ +48h\nОльга: /inspect 1 traffic-police\n@ 2027-01-20 12:00\n", 1},
	} {
		s := flowtest.New(t)
		s.Play(road + "Ольга: /inspect 1 traffic-police\n" + c.play)
		_, events := incident(t, s)
		n := 0
		for _, ev := range events {
			if ev.Action == string(flows.Unchecked) {
				n++
			}
		}
		if n != c.late {
			t.Errorf("%s: told %d times, want %d", name, n, c.late)
		}
	}
}

// TestWhoLeavesTheBodyReadsNoMore: their card closes, and their buttons are refused.
func TestWhoLeavesTheBodyReadsNoMore(t *testing.T) {
	s := flowtest.New(t)
	s.Play(road + "Ольга: /inspect 1 traffic-police\n@ убрать Иван official traffic-police\n")
	if got := s.Screen("Иван"); strings.Contains(got, "Ленина 12") || strings.Contains(got, "[Нарушение]") {
		t.Errorf("they still read:\n%s", got)
	}
	s.Play("Иван ▸▸ inspect:yes:1:traffic-police\n")
	if inc, _ := incident(t, s); inc.Inspections[0].Finding != nil || !strings.Contains(s.Screen("Иван"), "вам недоступно") {
		t.Errorf("not refused:\n%s", s.Screen("Иван"))
	}
}

// TestANewColleagueSeesWhatIsInspected when they join.
func TestANewColleagueSeesWhatIsInspected(t *testing.T) {
	s := flowtest.New(t)
	s.Play(road + "Ольга: /inspect 1 traffic-police\n")
	code := flows.NewCode()
	err := s.Store.Update(t.Context(), func(tx *storage.Tx) error {
		return flows.Invite(tx, code, storage.Role{Kind: storage.Official, Org: "traffic-police"}, 0, s.Now)
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Play("@ убрать Марина official min-transport\nМарина: /start " + code + "\n")
	if got := s.Screen("Марина"); !strings.Contains(got, "[Нарушение] [Нарушений нет]") {
		t.Errorf("the new colleague sees:\n%s", got)
	}
}

// TestEveryWordInEnglish: the whole road reads in English as well.
func TestEveryWordInEnglish(t *testing.T) {
	s := flowtest.New(t)
	s.Play("Иван ▸▸ hello:lang:en\nАнна ▸▸ hello:lang:en\nОльга ▸▸ hello:lang:en\n" + `
@ роль Иван official traffic-police
Анна: Яма на дороге, Киров, Ленина 12
Анна ▸ ✓ Send
Ольга: /assign 1 adm-kirov
Ольга ▸ 🔍 Inspection
Ольга ▸ → Traffic Police
Иван: /mine
Иван ▸ Violation
Иван: Report No. 5: too deep
Иван ▸ ✓ Note it, the resident reads it
Иван ▸ Measures
Иван: Mend it
Иван: tomorrow
Иван ▸ ✓ Order
@ +80h
`)
	for who, want := range map[string]string{"Анна": "there is a violation", "Ольга": "nobody found it done", "Иван": "the date of the measures is past"} {
		if got := s.Screen(who); !strings.Contains(got, want) {
			t.Errorf("%s reads:\n%s", who, got)
		}
	}
}

// TestTheEngineItselfRefuses whatever a flow would let pass: who inspects for one body does nothing for another, the executor
// finds nothing, and the inspecting body neither accepts nor answers.
func TestTheEngineItselfRefuses(t *testing.T) {
	s := flowtest.New(t)
	s.Play(road + "Ольга: /inspect 1 traffic-police\nОльга: /inspect 1 rospotrebnadzor\n")
	for _, c := range []struct {
		who string
		a   flows.Action
		org string
		ok  bool
	}{
		{"Иван", flows.Finding, "traffic-police", true},
		{"Иван", flows.Finding, "rospotrebnadzor", false},
		{"Иван", flows.Measures, "", false},
		{"Иван", flows.Finding, "adm-kirov", false},
		{"Пётр", flows.Finding, "traffic-police", false},
		{"Пётр", flows.Finding, "adm-kirov", false},
		{"Ольга", flows.Finding, "traffic-police", false},
		{"Анна", flows.Finding, "traffic-police", false},
		{"Иван", flows.Accept, "", false},
		{"Иван", flows.Accept, "adm-kirov", false},
		{"Иван", flows.Answer, "traffic-police", false},
		{"Иван", flows.Inspect, "veterinary", false},
		{"Иван", flows.Relieve, "traffic-police", false},
	} {
		s.Do(c.who, func(turn *flows.Turn) error {
			inc, err := turn.Tx.Incident(1)
			if err != nil {
				return err
			}
			if err := turn.Act(inc, c.a, storage.Event{Org: c.org, Why: flows.None}, nil); (err == nil) != c.ok {
				t.Errorf("%s, %s for %q: %v", c.who, c.a, c.org, err)
			}
			return nil
		})
	}
}
