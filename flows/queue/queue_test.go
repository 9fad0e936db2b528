package queue_test

import (
	"fmt"
	"strings"
	"testing"

	"otklik/flows/flowtest"
	"otklik/flows/queue"
)

func TestTranscripts(t *testing.T) { flowtest.Transcripts(t) }

func TestDiagram(t *testing.T) {
	f := queue.Flow()
	got, err := f.Diagram()
	if err != nil {
		t.Fatal(err)
	}
	flowtest.Golden(t, "diagram.mmd", got)
}

// TestPages: every incident of a queue stands on one of its pages, once, and pages turn where they stand.
func TestPages(t *testing.T) {
	s := flowtest.New(t)
	for n := 1; n <= 19; n++ {
		s.Play(fmt.Sprintf("Анна: Яма на дороге, Киров, Ленина %d\n", n))
		if strings.Contains(s.Screen("Анна"), "[Нет, у меня другое]") {
			s.Play("Анна ▸ Нет, у меня другое\n")
		}
		s.Play("Анна ▸ ✓ Отправить\n")
	}
	s.Play("Ольга: /queue новые\n")
	seen := map[string]int{}
	for page := range 3 {
		if page > 0 {
			s.Play(fmt.Sprintf("Ольга ▸ Ещё %d →\n", 19-8*page))
		}
		for line := range strings.Lines(s.Find("Ольга", "Новые: 19").Text) {
			if number, _, ok := strings.Cut(line, " · до "); ok {
				seen[number]++
			}
		}
	}
	if len(seen) != 19 {
		t.Errorf("%d incidents on the pages: %v", len(seen), seen)
	}
	if n := strings.Count(s.Screen("Ольга"), "Новые: 19"); n != 1 {
		t.Errorf("%d messages hold the list", n)
	}
}
