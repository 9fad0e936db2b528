package flows_test

import (
	"testing"
	"time"

	"otklik/flows/flowtest"
)

// TestAYearIsSaidWhereItIsNotClear: a date of another year has its year with it, unless that is less than half a year away.
func TestAYearIsSaidWhereItIsNotClear(t *testing.T) {
	s := flowtest.New(t)
	v := s.Engine.Voice("ru")
	for _, c := range []struct{ now, then, due, date, day, at string }{
		{"2026-11-27", "2026-12-15", "18:00 вт 15.12", "15 декабря", "вт 15.12", "18:00 15 декабря"},
		{"2026-11-27", "2099-12-15", "18:00 вт 15.12.2099", "15 декабря 2099 года", "вт 15.12.2099", "18:00 15 декабря 2099 года"},
		{"2026-11-27", "2027-12-03", "18:00 пт 03.12.2027", "3 декабря 2027 года", "пт 03.12.2027", "18:00 3 декабря 2027 года"},
		{"2026-12-27", "2027-01-10", "18:00 вс 10.01", "10 января", "вс 10.01", "18:00 10 января"},
		{"2026-12-31", "2027-01-01", "18:00 пт 01.01", "1 января", "пт 01.01", "18:00 завтра"},
		{"2026-01-15", "2026-10-10", "18:00 сб 10.10", "10 октября", "сб 10.10", "18:00 10 октября"},
		{"2027-01-10", "2026-12-20", "18:00 вс 20.12", "20 декабря", "вс 20.12", "18:00 20 декабря"},
		{"2027-11-27", "2026-11-27", "18:00 пт 27.11.2026", "27 ноября 2026 года", "пт 27.11.2026", "18:00 27 ноября 2026 года"},
	} {
		at := func(day string) time.Time {
			d, err := time.ParseInLocation("2006-01-02 15:04", day, v.Zone())
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		v.Now = at(c.now + " 10:00")
		then := at(c.then + " 18:00")
		for _, row := range [][2]string{{v.Due(then), c.due}, {v.Date(then), c.date}, {v.Day(then), c.day}, {v.At(then), c.at}} {
			if row[0] != row[1] {
				t.Errorf("on %s: %q, want %q", c.now, row[0], row[1])
			}
		}
	}
	v = s.Engine.Voice("en")
	if got := v.Date(v.Now.AddDate(2, 0, 0)); got != "23 November 2028" {
		t.Errorf("in English: %q", got)
	}
}
