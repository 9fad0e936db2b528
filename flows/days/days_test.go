package days

import (
	"testing"
	"time"
)

var (
	zone = time.FixedZone("", 3*60*60)
	now  = time.Date(2026, 11, 23, 10, 0, 0, 0, zone) // a Monday
)

func TestParse(t *testing.T) {
	for said, want := range map[string]string{
		"завтра": "2026-11-24", "Послезавтра": "2026-11-25", "сегодня": "2026-11-23",
		"в пятницу": "2026-11-27", "к понедельнику": "2026-11-30", "во вторник": "2026-11-24", "к среде": "2026-11-25", "в воскресенье": "2026-11-29",
		"25.11": "2026-11-25", "25.11.2026": "2026-11-25", "5.12.26": "2026-12-05", "2026-12-10": "2026-12-10",
		"1 декабря": "2026-12-01", "до 1 декабря 2027": "2027-12-01", "15 января": "2027-01-15", "29.02": "", "29.02.2028": "2028-02-29",
		"через 3 дня": "2026-11-26", "через неделю": "2026-11-30", "через две недели": "2026-12-07", "через месяц": "2026-12-23",
		"Сделаем до 25 ноября, не позже.": "2026-11-25", "к 1-му декабря": "", "20 мая": "2027-05-20",
		"20.11": "", "10 ноября": "", "31.11": "", "когда-нибудь": "", "": "", "99.99": "", "в среднем 5 машин": "", "дом 12": "",
		"tomorrow": "2026-11-24", "on Friday": "2026-11-27", "in 3 days": "2026-11-26", "in a week": "2026-11-30", "December 1": "2026-12-01", "1st December": "2026-12-01",
	} {
		day, ok := Parse(said, now)
		got := ""
		if ok {
			got = day.Format("2006-01-02")
		}
		if got != want {
			t.Errorf("%q is %q, want %q", said, got, want)
		}
	}
}

func TestChoices(t *testing.T) {
	weekdays := func(d time.Time) bool { return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday }
	friday := time.Date(2026, 11, 27, 10, 0, 0, 0, zone)
	var got []string
	for _, d := range Choices(friday, weekdays) {
		got = append(got, d.Format("01-02"))
	}
	want := []string{"11-30", "12-04", "12-11"} // tomorrow and in three days are both the Monday
	if len(got) != len(want) {
		t.Fatalf("%v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%v, want %v", got, want)
		}
	}
	if n := len(Choices(friday, func(time.Time) bool { return false })); n == 0 || n > 4 {
		t.Errorf("%d choices where nobody ever works", n)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"завтра", "25.11", "1 декабря", "через 3 дня", "in a week", "İ.0-", "99999999999 мая", "через 999999999 дней"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, said string) {
		if day, ok := Parse(said, now); ok && day.Before(midnight(now)) {
			t.Errorf("%q is %s", said, day)
		}
	})
}
