package figures

import "testing"

// TestComparedPeriods: whole months are compared with whole months, whole weeks with the same days of the week, anything else with as many
// days, and the same dates a year ago.
func TestComparedPeriods(t *testing.T) {
	for name, want := range map[string][2]string{
		"2026-03-01..2026-03-31": {"2026-02-01..2026-02-28", "2025-03-01..2025-03-31"},
		"2026-01-01..2026-03-31": {"2025-10-01..2025-12-31", "2025-01-01..2025-03-31"},
		"2024-01-01..2024-12-31": {"2023-01-01..2023-12-31", "2023-01-01..2023-12-31"},
		"2026-11-16..2026-11-22": {"2026-11-09..2026-11-15", "2025-11-17..2025-11-23"},
		"2026-03-05..2026-03-14": {"2026-02-23..2026-03-04", "2025-03-05..2025-03-14"},
		"2026-02-01..2026-02-28": {"2026-01-01..2026-01-31", "2025-02-01..2025-02-28"},
	} {
		p, ok := unspelled(name)
		if !ok {
			t.Fatal(name)
		}
		for i, got := range []period{p.before(), p.yearBefore()} {
			if wanted, _ := unspelled(want[i]); got != wanted {
				t.Errorf("%s: %d is %v, want %s", name, i, got, want[i])
			}
		}
	}
	if _, ok := unspelled("week"); ok {
		t.Error("a week has no dates")
	}
}
