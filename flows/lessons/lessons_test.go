package lessons_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otklik/flows/flowtest"
	"otklik/flows/lessons"
	"otklik/storage"
)

const opening = "@ группа Подслушано kirov\n"

// others are decisions that have nothing to do with the ones that follow.
const others = `Света в Подслушано: Яма на дороге у дома 3 на Труда, уже третья машина колесо оставила
Ольга ▸ ✓ В работу
Света в Подслушано: Не работает фонарь у дома 8 на Карла Маркса, темно
Ольга ▸ Не проблема
`

// smells is a message that keywords hold for something else than the curator does.
func smells(i int) string {
	return fmt.Sprintf(`Света в Подслушано: На Ленина %d опять пахнет газетой, дышать нечем
Ольга ▸ Тема
Ольга ▸ 💡 Вода, свет, газ
Ольга ▸ Газ: запах, нет газа
Ольга ▸ ✓ В работу
`, i)
}

type stage struct {
	*flowtest.Stage
	t    *testing.T
	file string
}

func newStage(t *testing.T) *stage {
	s := &stage{flowtest.New(t), t, filepath.Join(t.TempDir(), "learned")}
	s.Learns(s.file)
	s.Play(opening + others)
	return s
}

// reads gives what the curator reads of one more message.
func (s *stage) reads(text string) string {
	s.t.Helper()
	return s.Play("Света в Подслушано: " + text + "\n")
}

// kept gives the lessons that wait in the store.
func (s *stage) kept() (list []*storage.Lesson) {
	s.t.Helper()
	err := s.Store.View(context.Background(), func(tx *storage.Tx) (err error) {
		list, err = tx.Lessons(0, 1000)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

// model gives what the learner is made of, byte for byte.
func (s *stage) model() string {
	s.t.Helper()
	file := filepath.Join(s.t.TempDir(), "model")
	if err := s.Keeper.SaveAs(file); err != nil {
		s.t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(raw)
}

// TestDecisionsTeach: what curators decided is proposed, and how sure that is, from the twentieth decision on; until then
// everything is as the keywords have it.
func TestDecisionsTeach(t *testing.T) {
	s := newStage(t)
	const ask = "На Ленина %d опять пахнет газетой, дышать нечем"
	for i := range 25 {
		card, _, _ := strings.Cut(s.Play(smells(10+2*i)), "Ольга ▸")
		if learnt := strings.Contains(card, "· Газ"); learnt != (i >= lessons.Least-1) {
			t.Fatalf("after %d decisions:\n%s", i, card)
		}
		if spoke := strings.Contains(card, "Проблема:"); spoke != (i >= lessons.Least-2) {
			t.Fatalf("after %d decisions:\n%s", i, card)
		}
	}
	t.Log(s.reads(fmt.Sprintf(ask, 99)))
}

// TestPassedMessagesTeach: the figure of what curators pass falls, and after many of them such messages are not brought.
func TestPassedMessagesTeach(t *testing.T) {
	s := newStage(t)
	last := ""
	for i := range 130 {
		card := s.reads(fmt.Sprintf("Третий день не работает пылесос номер %d, воняет и не включается", i))
		if i < 99 != strings.Contains(card, "🔎") {
			t.Fatalf("after %d: %s\nbefore it %s", i, card, last)
		}
		if i < 99 {
			last = card
			s.Play("Ольга ▸ Не проблема\n")
		}
	}
	t.Log(last)
}

// TestNothingIsLostBetweenCommitAndTeaching: what was committed and not taught when the program ended is taught at the next
// start, once, whether a checkpoint holds a part of it or there is none.
func TestNothingIsLostBetweenCommitAndTeaching(t *testing.T) {
	whole := newStage(t)
	for i := range 25 {
		whole.Play(smells(10 + 2*i))
	}
	want := whole.model()
	for name, end := range map[string]func(s *stage, i int){
		"no checkpoint": func(*stage, int) {},
		"a checkpoint":  func(s *stage, i int) { s.save(i == 14) },
		"a checkpoint that leaves its lessons": func(s *stage, i int) {
			if i == 14 {
				if err := s.Keeper.SaveAs(s.file); err != nil {
					s.t.Fatal(err)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			for i := range 25 {
				if i == 20 {
					s.Engine.Taught = func() {} // the program ends before the last five are taught
				}
				s.Play(smells(10 + 2*i))
				end(s, i)
			}
			s.Reopen()
			s.Learns(s.file)
			if s.model() != want {
				t.Error("the learner is another one than without the crash")
			}
		})
	}
}

func (s *stage) save(do bool) {
	s.t.Helper()
	if !do {
		return
	}
	if err := s.Keeper.Save(context.Background()); err != nil {
		s.t.Fatal(err)
	}
	if left := s.kept(); len(left) > 0 {
		s.t.Errorf("the checkpoint has them, and they are kept: %d", len(left))
	}
}

// TestALessonIsTaughtOnce: a press that comes twice, and a decision that says nothing new, teach nothing.
func TestALessonIsTaughtOnce(t *testing.T) {
	s := newStage(t)
	s.Repeat = true
	s.Play(smells(10) + "Ольга ▸ → Газпром газораспределение Киров\n")
	list := s.kept()
	if len(list) != 5 || list[2].Labels != (storage.Labels{Theme: "gas-leak", Group: list[2].Group}) ||
		list[3].Labels != (storage.Labels{Problem: "yes"}) || list[4].Theme != "" || list[4].Executor == "" {
		for _, l := range list {
			t.Errorf("%+v", l)
		}
	}
	if err := s.Keeper.Learn(context.Background()); err != nil {
		t.Fatal(err)
	}
	once := s.model()
	if err := s.Keeper.Learn(context.Background()); err != nil {
		t.Fatal(err)
	}
	if s.model() != once {
		t.Error("it was taught again")
	}
}

// TestADamagedCheckpointIsLearntAgain: the program goes on, says so, and knows what the incidents tell.
func TestADamagedCheckpointIsLearntAgain(t *testing.T) {
	for name, damage := range map[string]func(file string) error{
		"missing": os.Remove,
		"cut":     func(file string) error { return os.Truncate(file, 1000) },
		"spoilt": func(file string) error {
			raw, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			return os.WriteFile(file, bytes.ReplaceAll(raw, []byte("theme"), []byte("thema")), 0o600)
		},
		"none": func(file string) error { return os.WriteFile(file, []byte("hello"), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			for i := range 25 {
				s.Play(smells(10 + 2*i))
			}
			s.save(true)
			if err := damage(s.file); err != nil {
				t.Fatal(err)
			}
			s.Reopen()
			s.Learns(s.file)
			if !strings.Contains(s.Log.String(), "learnt again") {
				t.Error(s.Log.String())
			}
			if card := s.reads("На Ленина 99 опять пахнет газетой, дышать нечем"); !strings.Contains(card, "· Газ") {
				t.Error(card)
			}
		})
	}
}

// TestARestoredStoreGoesOnTeaching: a store from a backup gives numbers again that the checkpoint has had.
func TestARestoredStoreGoesOnTeaching(t *testing.T) {
	s := newStage(t)
	for i := range 12 {
		s.Play(smells(10 + 2*i))
	}
	s.save(true)
	restored := &stage{flowtest.New(t), t, s.file}
	restored.Learns(s.file)
	restored.Play(opening + others)
	for i := range 12 {
		restored.Play(smells(110 + 2*i))
	}
	if card := restored.reads("На Ленина 9 опять пахнет газетой, дышать нечем"); !strings.Contains(card, "· Газ") {
		t.Error(card)
	}
}
