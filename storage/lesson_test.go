package storage_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"otklik/storage"
	"otklik/storage/storagetest"
)

// TestLessonsComeInTheirOrder: each once, with a number of its own even after those before were dropped.
func TestLessonsComeInTheirOrder(t *testing.T) {
	s := storage.Over(storagetest.NewMemory())
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	err := s.Update(context.Background(), func(tx *storage.Tx) error {
		for i := range uint64(5) {
			if err := tx.PutLesson(&storage.Lesson{Incident: i, Labels: storage.Labels{Theme: "holes"}}); err != nil {
				return err
			}
		}
		if more, err := tx.DropLessons(3, 2); err != nil || !more {
			t.Error(more, err)
		}
		if more, err := tx.DropLessons(3, 2); err != nil || more {
			t.Error(more, err)
		}
		again := &storage.Lesson{ID: 5, Incident: 4, Labels: storage.Labels{Theme: "lamps"}}
		if err := tx.PutLesson(again); err != nil {
			return err
		}
		return tx.PutLesson(&storage.Lesson{Incident: 5})
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.View(context.Background(), func(tx *storage.Tx) error {
		got, err := tx.Lessons(4, 10)
		want := []*storage.Lesson{{ID: 5, Incident: 4, Labels: storage.Labels{Theme: "lamps"}}, {ID: 6, Incident: 5}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if n, err := tx.LastLesson(); err != nil || n != 6 {
			t.Error(n, err)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	was := storage.Labels{Theme: "holes", Group: "roads", Problem: "yes"}
	if got := was.With(storage.Labels{Theme: "lamps", Executor: "adm"}); got != (storage.Labels{Theme: "lamps", Group: "roads", Executor: "adm", Problem: "yes"}) {
		t.Error(got)
	}
	if got := (storage.Labels{Theme: "holes", Group: "lights", Problem: "yes"}).Beside(was); got != (storage.Labels{Group: "lights"}) {
		t.Error(got)
	}
}
