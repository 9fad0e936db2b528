package find

import (
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	zone := time.FixedZone("", 3*60*60)
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, zone)
	at := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, zone) }
	never := time.Time{}
	for _, tc := range []struct {
		said         string
		rest, author string
		from, to     time.Time
	}{
		{"яма у аптеки", "яма у аптеки", "", never, never},
		{"12.11", "", "", at(2026, 11, 12), at(2026, 11, 13)},
		{"яма 12.11 Киров", "яма Киров", "", at(2026, 11, 12), at(2026, 11, 13)},
		{"12.12", "", "", at(2025, 12, 12), at(2025, 12, 13)},
		{"1.11–15.11 фонарь", "фонарь", "", at(2026, 11, 1), at(2026, 11, 16)},
		{"15.11.2025 - 1.11.25", "", "", at(2025, 11, 1), at(2025, 11, 16)},
		{"1.11–30.11 яма", "яма", "", at(2026, 11, 1), at(2026, 12, 1)}, // it ends after today
		{"20.11-5.12", "", "", at(2026, 11, 20), at(2026, 12, 6)},
		{"1.12–30.12", "", "", at(2025, 12, 1), at(2025, 12, 31)},
		{"15.12–10.01", "", "", at(2025, 12, 15), at(2026, 1, 11)},
		{"15.11–1.11", "", "", at(2026, 11, 1), at(2026, 11, 16)},
		{"1.03–15.04.2025", "", "", at(2025, 3, 1), at(2025, 4, 16)},
		{"15.12–10.01.2025", "", "", at(2024, 12, 15), at(2025, 1, 11)},
		{"1.03.2025–15.04", "", "", at(2025, 3, 1), at(2025, 4, 16)},
		{"1.12.2024–15.01", "", "", at(2024, 12, 1), at(2025, 1, 16)},
		{"1.11–31.11 яма", "1.11–31.11 яма", "", never, never},
		{"31.02 яма", "31.02 яма", "", never, never},
		{"мусор за неделю", "мусор", "", at(2026, 11, 17), at(2026, 11, 24)},
		{"Вчера", "", "", at(2026, 11, 22), at(2026, 11, 23)},
		{"автор Ветрова", "", "Ветрова", never, never},
		{"Автор: Ветрова Анна яма", "яма", "Ветрова Анна", never, never},
	} {
		got := parse(tc.said, now)
		if want := (parts{tc.rest, tc.author, tc.from, tc.to}); got != want {
			t.Errorf("%q: %+v, want %+v", tc.said, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"12.11", "1.11–15.11 фонарь", "автор Ветрова", "за неделю", "İ за год", ""} {
		f.Add(s)
	}
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, said string) {
		if p := parse(said, now); p.to.Before(p.from) {
			t.Errorf("%q: from %s to %s", said, p.from, p.to)
		}
	})
}
