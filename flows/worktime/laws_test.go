package worktime

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"otklik/config"
)

// Zones with and without changed clocks: at midnight, by half an hour, and one where a whole day was left out.
var zones = []string{
	"UTC", "Europe/Moscow", "Europe/Kaliningrad", "Asia/Vladivostok", "Asia/Kolkata",
	"Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia",
}

// calendars draws calendars: any zone, any hours, up to two breaks, days moved at random.
func calendars(t *rapid.T) *Calendar {
	clock := func(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/hour, minutes%hour) }
	bounds := rapid.SliceOfNDistinct(rapid.IntRange(0, 24*hour-1), 2, 6, rapid.ID[int]).Draw(t, "bounds")
	if len(bounds)%2 == 1 {
		bounds = bounds[1:]
	}
	sorted := slices.Sorted(slices.Values(bounds))
	cal := config.Calendar{Start: clock(sorted[0]), End: clock(sorted[len(sorted)-1]), Fixed: []string{"01-01", "05-09"}}
	for i := 1; i+1 < len(sorted); i += 2 {
		cal.Breaks = append(cal.Breaks, [2]string{clock(sorted[i]), clock(sorted[i+1])})
	}
	day := rapid.Custom(func(t *rapid.T) string {
		return time.Date(2024, 1, rapid.IntRange(1, 365).Draw(t, "day"), 0, 0, 0, 0, time.UTC).Format("01-02")
	})
	cal.Years = map[int]config.Year{}
	for _, y := range []int{2011, 2018, 2026} {
		cal.Years[y] = config.Year{
			Off:   rapid.SliceOfN(day, 0, 9).Draw(t, "off"),
			Work:  rapid.SliceOfN(day, 0, 9).Draw(t, "work"),
			Short: rapid.SliceOfN(day, 0, 9).Draw(t, "short"),
		}
	}
	z, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(cal, z)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func moments(t *rapid.T, name string) time.Time {
	year := rapid.SampledFrom([]int{2011, 2018, 2026}).Draw(t, name+" year")
	return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.Int64Range(0, 365*24*3600).Draw(t, name)) * time.Second)
}

func durations(t *rapid.T, name string) time.Duration {
	return time.Duration(rapid.Int64Range(0, 400*3600).Draw(t, name)) * time.Second
}

func TestWhatIsAddedLiesBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, from, d := calendars(t), moments(t, "from"), durations(t, "d")
		end := c.AddDuration(from, d)
		if got := c.Between(from, end); got != d {
			t.Fatalf("%v + %v = %v, but %v lies between", from, d, end, got)
		}
		if end.Before(from) {
			t.Fatalf("%v + %v = %v", from, d, end)
		}
	})
}

func TestDeadlinesAreInWorkingTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, from := calendars(t), moments(t, "from")
		for _, end := range []time.Time{
			c.AddDuration(from, durations(t, "d")),
			c.Add(from, config.Norm{Days: rapid.IntRange(1, 40).Draw(t, "days")}),
		} {
			// The end of a stretch is its last moment.
			if !c.Working(end) && !c.Working(end.Add(-time.Nanosecond)) {
				t.Fatalf("from %v the deadline is %v, no working time", from, end)
			}
		}
	})
}

func TestMoreOrLaterIsNeverEarlier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, a, b, d, more := calendars(t), moments(t, "a"), moments(t, "b"), durations(t, "d"), durations(t, "more")
		if b.Before(a) {
			a, b = b, a
		}
		if c.AddDuration(b, d).Before(c.AddDuration(a, d)) {
			t.Fatalf("%v later than %v ends earlier", b, a)
		}
		if c.AddDuration(a, d+more).Before(c.AddDuration(a, d)) {
			t.Fatalf("%v more than %v ends earlier", more, d)
		}
		n := config.Norm{Days: rapid.IntRange(1, 40).Draw(t, "days")}
		if c.Add(b, n).Before(c.Add(a, n)) {
			t.Fatalf("%v after %v and %v", n, a, b)
		}
		if !c.Add(a, config.Norm{Days: n.Days + 1}).After(c.Add(a, n)) {
			t.Fatalf("a day more than %v after %v", n, a)
		}
	})
}

func TestWorkingTimeAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, x, y, z := calendars(t), moments(t, "x"), moments(t, "y"), moments(t, "z")
		if got, want := c.Between(x, z), c.Between(x, y)+c.Between(y, z); got != want {
			t.Fatalf("%v to %v is %v; by way of %v it is %v", x, z, got, y, want)
		}
		if n := c.Next(x); !c.Working(n) || c.Between(x, n) != 0 || !c.Next(n).Equal(n) {
			t.Fatalf("after %v the first working moment is %v", x, n)
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	c := kirov(b)
	at := moment(b, c, "2026-11-23 10:00")
	for b.Loop() {
		c.Add(at, config.Norm{Days: 7})
	}
}
