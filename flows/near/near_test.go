package near_test

import (
	"fmt"
	"strings"
	"testing"

	"otklik/flows/flowtest"
	"otklik/flows/near"
	"otklik/storage"
)

func TestTranscripts(t *testing.T) { flowtest.Transcripts(t) }

func TestDiagram(t *testing.T) {
	f := near.Flow()
	got, err := f.Diagram()
	if err != nil {
		t.Fatal(err)
	}
	flowtest.Golden(t, "diagram.mmd", got)
}

// TestManyAreCountedHonestly: a list that does not hold all that is open says so, and its last page can be reached.
func TestManyAreCountedHonestly(t *testing.T) {
	for n, want := range map[int]string{500: "до 1 км: 500", 501: "больше 500"} {
		s := flowtest.New(t)
		err := s.Store.Update(t.Context(), func(tx *storage.Tx) error {
			for i := range n {
				err := tx.PutIncident(&storage.Incident{Number: uint64(i + 1), State: storage.New, Topic: "roads/potholes", Text: fmt.Sprint("Яма ", i), Created: s.Now, Changed: s.Now,
					Place: storage.Place{Lat: 58.6 + float64(i)*1e-6, Lon: 49.6, Point: true}})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		got := s.Play("Анна: /near 58.6, 49.6\n")
		if !strings.Contains(got, want) {
			t.Errorf("%d: %s", n, got)
		}
		if !strings.Contains(got, "Ещё 495 →") {
			t.Errorf("%d: they cannot be paged through: %s", n, got)
		}
	}
}
