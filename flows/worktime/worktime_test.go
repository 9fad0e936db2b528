package worktime

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // a fresh machine may have no zones

	"otklik/config"
)

const layout = "2006-01-02 15:04"

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// kirov is the built-in pack's calendar: 9 to 18, a break from 13 to 14, and the days that 2025 and 2026 move.
func kirov(t testing.TB) *Calendar {
	t.Helper()
	pack, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(pack.Calendar, zone(t, pack.Region.TimeZone))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func moment(t testing.TB, c *Calendar, s string) time.Time {
	t.Helper()
	m, err := time.ParseInLocation(layout, s, c.zone)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestDeadlines(t *testing.T) {
	c := kirov(t)
	for _, row := range []struct{ rule, from, norm, want string }{
		{"hours within a morning", "2026-11-23 09:30", "2h", "2026-11-23 11:30"},
		{"the break does not count", "2026-11-23 12:00", "2h", "2026-11-23 15:00"},
		{"what ends with the morning is due before the break", "2026-11-23 09:00", "4h", "2026-11-23 13:00"},
		{"what ends with the day is due in the evening, not the next morning", "2026-11-23 09:00", "8h", "2026-11-23 18:00"},
		{"nine hours are a day and an hour", "2026-11-23 09:00", "9h", "2026-11-24 10:00"},
		{"the first answer to what comes on Monday at ten", "2026-11-23 10:00", "9h", "2026-11-24 11:00"},
		{"the same on the Friday before a holiday's Monday", "2026-02-20 10:00", "9h", "2026-02-24 11:00"},
		{"the night counts from the morning", "2026-11-23 22:15", "4h", "2026-11-24 13:00"},
		{"the break counts from its end", "2026-11-23 13:20", "1h", "2026-11-23 15:00"},
		{"a Saturday counts from Monday", "2026-11-21 12:00", "4h", "2026-11-23 13:00"},
		{"a Friday evening goes on on Monday", "2026-11-20 17:00", "4h", "2026-11-23 12:00"},

		{"a day is the whole next one", "2026-11-23 10:00", "1d", "2026-11-24 18:00"},
		{"seven days step over a weekend", "2026-11-23 10:00", "7d", "2026-12-02 18:00"},
		{"days from a Friday", "2026-11-20 10:00", "1d", "2026-11-23 18:00"},
		{"days from a Saturday: the term begins on the next day", "2026-11-21 10:00", "1d", "2026-11-23 18:00"},
		{"an evening belongs to its own day", "2026-11-23 23:59", "1d", "2026-11-24 18:00"},

		{"the New Year holidays of 2026 last from 31 December to 11 January", "2025-12-30 17:00", "2h", "2026-01-12 10:00"},
		{"days over the New Year", "2025-12-29 10:00", "2d", "2026-01-12 18:00"},
		{"9 January 2026 is off for the Saturday of the 3rd", "2026-01-09 10:00", "1h", "2026-01-12 10:00"},
		{"23 February 2026, a Monday", "2026-02-20 17:30", "1h", "2026-02-24 09:30"},
		{"9 March 2026 is off for the Sunday of the 8th", "2026-03-06 17:00", "2h", "2026-03-10 10:00"},
		{"30 April 2026 is short", "2026-04-30 16:00", "2h", "2026-05-04 10:00"},
		{"8 May 2026 is short, 11 May off", "2026-05-08 16:30", "1h", "2026-05-12 09:30"},
		{"11 and 12 June 2026: a short Thursday, a day off", "2026-06-11 14:00", "4h", "2026-06-15 10:00"},
		{"days end earlier on a short day", "2026-06-10 14:00", "1d", "2026-06-11 17:00"},
		{"3 November 2026 is short, 4 November off", "2026-11-03 10:00", "9h", "2026-11-05 12:00"},
		{"31 December 2026 is off", "2026-12-30 15:00", "3h", "2026-12-30 18:00"},

		{"1 November 2025, a Saturday, is worked and short", "2025-10-31 17:00", "2h", "2025-11-01 10:00"},
		{"the worked Saturday ends at 17", "2025-11-01 16:30", "1h", "2025-11-05 09:30"},
		{"the worked Saturday is a day", "2025-10-31 10:00", "1d", "2025-11-01 17:00"},

		{"of a year unknown the weekends and the fixed days hold", "2031-05-08 17:00", "2h", "2031-05-12 10:00"},
		{"a thousand days, as many as a norm may have", "2027-01-11 10:00", "1000d", "2030-12-30 18:00"},
	} {
		var n config.Norm
		if err := n.UnmarshalText([]byte(row.norm)); err != nil {
			t.Fatal(err)
		}
		if got := c.Add(moment(t, c, row.from), n).Format(layout); got != row.want {
			t.Errorf("%s: %s + %s = %s, want %s", row.rule, row.from, row.norm, got, row.want)
		}
	}
}

// The production calendar gives each year its working days and hours.
func TestYearsHaveTheHoursOfTheProductionCalendar(t *testing.T) {
	c := kirov(t)
	for _, row := range []struct{ year, days, hours int }{
		{2025, 247, 1972},
		{2026, 247, 1972},
	} {
		if !c.Known(row.year) {
			t.Errorf("%d is not known", row.year)
		}
		from := time.Date(row.year, 1, 1, 0, 0, 0, 0, c.zone)
		if got := c.Between(from, from.AddDate(1, 0, 0)); got != time.Duration(row.hours)*time.Hour {
			t.Errorf("%d has %v of working time, want %dh", row.year, got, row.hours)
		}
		days := 0
		for d := range c.workdays(date{time.Date(row.year-1, 12, 31, 0, 0, 0, 0, time.UTC)}) {
			if d.Year() != row.year {
				break
			}
			days++
		}
		if days != row.days {
			t.Errorf("%d has %d working days, want %d", row.year, days, row.days)
		}
	}
	if c.Known(2031) {
		t.Error("2031 is known")
	}
}

func TestWorkingMoments(t *testing.T) {
	c := kirov(t)
	for _, row := range []struct {
		at      string
		working bool
		next    string
	}{
		{"2026-11-23 08:59", false, "2026-11-23 09:00"},
		{"2026-11-23 09:00", true, "2026-11-23 09:00"},
		{"2026-11-23 12:59", true, "2026-11-23 12:59"},
		{"2026-11-23 13:00", false, "2026-11-23 14:00"},
		{"2026-11-23 14:00", true, "2026-11-23 14:00"},
		{"2026-11-23 18:00", false, "2026-11-24 09:00"},
		{"2026-11-21 12:00", false, "2026-11-23 09:00"},
		{"2026-11-03 17:30", false, "2026-11-05 09:00"},
		{"2025-11-01 09:30", true, "2025-11-01 09:30"},
	} {
		m := moment(t, c, row.at)
		if got := c.Working(m); got != row.working {
			t.Errorf("Working(%s) = %v", row.at, got)
		}
		if got := c.Next(m).Format(layout); got != row.next {
			t.Errorf("Next(%s) = %s, want %s", row.at, got, row.next)
		}
	}
}

func TestBetween(t *testing.T) {
	c := kirov(t)
	for _, row := range []struct {
		rule, a, b string
		want       time.Duration
	}{
		{"a day with its break", "2026-11-23 00:00", "2026-11-24 00:00", 8 * time.Hour},
		{"over a weekend", "2026-11-20 17:00", "2026-11-23 10:30", 2*time.Hour + 30*time.Minute},
		{"a weekend alone", "2026-11-21 00:00", "2026-11-22 23:00", 0},
		{"backwards", "2026-11-23 12:00", "2026-11-23 10:00", -2 * time.Hour},
		{"ten years", "2030-01-01 00:00", "2040-01-01 00:00", 2511 * 8 * time.Hour},
	} {
		if got := c.Between(moment(t, c, row.a), moment(t, c, row.b)); got != row.want {
			t.Errorf("%s: %v, want %v", row.rule, got, row.want)
		}
	}
}

func TestTheZoneIsTheRegionsWhateverTheZoneOfTheMoment(t *testing.T) {
	c := kirov(t)
	from := moment(t, c, "2026-11-23 17:00").In(zone(t, "Asia/Vladivostok")) // there it is the 24th
	got := c.Add(from, config.Norm{Days: 1})
	if got.Format(layout) != "2026-11-24 18:00" || got.Location() != c.zone {
		t.Errorf("the deadline is %v", got)
	}
}

func TestCalendarsOfOtherShapes(t *testing.T) {
	monday := "2026-11-23 "
	for _, row := range []struct {
		rule   string
		start  string
		end    string
		breaks [][2]string
		norm   int
		want   string
	}{
		{"no break", "08:00", "16:00", nil, 8, "16:00"},
		{"two breaks", "08:00", "17:00", [][2]string{{"10:00", "10:30"}, {"12:00", "13:00"}}, 4, "13:30"},
		{"a break at the start makes the day later", "09:00", "18:00", [][2]string{{"09:00", "10:00"}}, 1, "11:00"},
		{"a break at the end makes the day shorter", "09:00", "18:00", [][2]string{{"17:00", "18:00"}}, 8, "17:00"},
	} {
		c, err := New(config.Calendar{Start: row.start, End: row.end, Breaks: row.breaks}, zone(t, "Europe/Moscow"))
		if err != nil {
			t.Errorf("%s: %v", row.rule, err)
			continue
		}
		if got := c.Add(moment(t, c, monday+"00:00"), config.Norm{Hours: row.norm}).Format(layout); got != monday+row.want {
			t.Errorf("%s: %s, want %s", row.rule, got, monday+row.want)
		}
	}
}

func TestACalendarWithoutWorkingTimeEndsEverySearch(t *testing.T) {
	var all []string
	for d := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() == 2024; d = d.AddDate(0, 0, 1) {
		all = append(all, d.Format("01-02"))
	}
	c, err := New(config.Calendar{Start: "09:00", End: "18:00", Fixed: all}, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	at := moment(t, c, "2026-11-23 10:00")
	if got := c.Add(at, config.Norm{Days: 3}); !got.Equal(at) {
		t.Errorf("Add gives %v", got)
	}
	if got := c.Add(at, config.Norm{Hours: 3}); !got.Equal(at) {
		t.Errorf("Add gives %v", got)
	}
	if c.Working(at) || c.Between(at, at.AddDate(1, 0, 0)) != 0 {
		t.Error("there is working time")
	}
}

func TestFaultsOfACalendar(t *testing.T) {
	good := config.Calendar{Start: "09:00", End: "18:00", Breaks: [][2]string{{"13:00", "14:00"}}}
	for _, row := range []struct {
		fault string
		spoil func(*config.Calendar)
		words string // of the error, for whoever wrote the calendar
	}{
		{"a start that is no time", func(c *config.Calendar) { c.Start = "nine" }, `"nine" is no time of day: want one such as 09:00`},
		{"an end before the start", func(c *config.Calendar) { c.End = "08:00" }, "working hours end (08:00) before they begin (09:00)"},
		{"a break outside of the day", func(c *config.Calendar) { c.Breaks = [][2]string{{"18:00", "19:00"}} }, "break 18:00–19:00"},
		{"a break that ends before it begins", func(c *config.Calendar) { c.Breaks = [][2]string{{"14:00", "13:00"}} }, "break 14:00–13:00"},
		{"a break that is no time", func(c *config.Calendar) { c.Breaks = [][2]string{{"noon", "13:00"}} }, `break: "noon"`},
		{"breaks out of order", func(c *config.Calendar) { c.Breaks = [][2]string{{"14:00", "15:00"}, {"10:00", "11:00"}} }, "break 10:00–11:00"},
		{"a break of the whole day", func(c *config.Calendar) { c.Breaks = [][2]string{{"09:00", "18:00"}} }, "no working hours"},
		{"a fixed day that is none", func(c *config.Calendar) { c.Fixed = []string{"13-01"} }, `"13-01" is no day of a year: want one such as 12-31`},
		{"a day off that is none", func(c *config.Calendar) { c.Years = map[int]config.Year{2026: {Off: []string{"02-30"}}} }, `2026: "02-30"`},
		{"a working day written otherwise", func(c *config.Calendar) { c.Years = map[int]config.Year{2026: {Work: []string{"2026-01-01"}}} }, `2026: "2026-01-01"`},
		{"a short day without a day", func(c *config.Calendar) { c.Years = map[int]config.Year{2026: {Short: []string{""}}} }, `2026: ""`},
	} {
		c := good
		row.spoil(&c)
		if _, err := New(c, time.UTC); err == nil || !strings.Contains(err.Error(), row.words) {
			t.Errorf("%s: the error is %v, want %q in it", row.fault, err, row.words)
		}
	}
	if _, err := New(good, time.UTC); err != nil {
		t.Error(err)
	}
}
