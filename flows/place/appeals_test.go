package place

import (
	"encoding/csv"
	"testing"

	"otklik/flows/flowtest/dataset"
)

// appeals are what people of another region wrote.
func appeals(t testing.TB) (list []string) {
	t.Helper()
	rows, err := csv.NewReader(dataset.Appeals(t)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		list = append(list, row[0])
	}
	return list
}

// In another region's appeals there are streets and houses, and hardly a settlement of this region.
func TestAnotherRegionsAppealsAreNotTakenForThisOnes(t *testing.T) {
	f := New(builtIn(t), nil)
	settled, certain, streets, houses, points := 0, 0, 0, 0, 0
	list := appeals(t)
	for _, text := range list {
		r := f.Find(text)
		if len(r.Candidates) > 0 || r.Municipality != "" {
			settled++
		}
		if r.Certain {
			certain++
		}
		if r.Street != "" {
			streets++
		}
		if r.House != "" {
			houses++
		}
		if _, _, ok := f.Coordinates(text); ok {
			points++
		}
	}
	share := func(n int) float64 { return 100 * float64(n) / float64(len(list)) }
	t.Logf("of %d appeals: places of this region in %.1f %% (beyond doubt %.1f %%), streets in %.1f %%, houses in %.1f %%, points in %.1f %%",
		len(list), share(settled), share(certain), share(streets), share(houses), share(points))
	if share(settled) > 0.7 || share(certain) > 0.2 {
		t.Error("more settlements are found than there were")
	}
	if share(streets) < 38.5 || share(houses) < 19 { // a little below what was measured
		t.Error("fewer streets and houses are found than were")
	}
}
