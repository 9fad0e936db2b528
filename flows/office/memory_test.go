package office

import "testing"

// TestPatience: large tables that hold nothing to look through are no reason to keep as much garbage.
func TestPatience(t *testing.T) {
	for _, row := range []struct {
		live, looked uint64
		want         int
	}{
		{0, 0, 200}, {4 << 20, 2 << 20, 200}, {12 << 20, 10 << 20, 200}, {40 << 20, 36 << 20, 90}, {130 << 20, 20 << 20, 20}, {130 << 20, 60 << 20, 40}, {1 << 40, 1 << 20, 10},
	} {
		if got := patience(row.live, row.looked); got != row.want {
			t.Errorf("of %d MB %d MB are looked through: %d %%, want %d %%", row.live>>20, row.looked>>20, got, row.want)
		}
	}
}
