package figures_test

import (
	"math"
	"testing"

	"otklik/flows/figures"
	"otklik/flows/flowtest"
	"otklik/storage"
)

func TestTranscripts(t *testing.T) { flowtest.Transcripts(t) }

func TestDiagram(t *testing.T) {
	f := figures.Flow()
	got, err := f.Diagram()
	if err != nil {
		t.Fatal(err)
	}
	flowtest.Golden(t, "diagram.mmd", got)
}

// TestPoints: the formula that is shown is the one that is reckoned with.
func TestPoints(t *testing.T) {
	for name, test := range map[string]struct {
		sums storage.Sums
		want float64
	}{
		"all well":       {storage.Sums{storage.Resolved: 10, storage.Marks: 2, storage.MarkSum: 10}, 100},
		"half late":      {storage.Sums{storage.Resolved: 10, storage.ResolvedLate: 5, storage.Marks: 1, storage.MarkSum: 5}, 75},
		"half disputed":  {storage.Sums{storage.Resolved: 10, storage.Contested: 5, storage.Marks: 1, storage.MarkSum: 5}, 85},
		"marks of three": {storage.Sums{storage.Resolved: 10, storage.Marks: 2, storage.MarkSum: 6}, 90},
		"no marks, late": {storage.Sums{storage.Resolved: 10, storage.ResolvedLate: 8}, 50},
		"nothing well":   {storage.Sums{storage.Resolved: 1, storage.ResolvedLate: 1, storage.Contested: 3, storage.Marks: 1, storage.MarkSum: 1}, 0},
	} {
		if got := figures.Points(test.sums); math.Abs(got-test.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}
