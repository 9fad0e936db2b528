package figures

import (
	"math"
	"strconv"
	"strings"
	"time"

	"otklik/flows"
	"otklik/storage"
)

// teller makes words of figures.
type teller struct{ *flows.Voice }

// none stands for a share of nothing.
const none = "—"

// count gives a number with its thousands apart.
func (v teller) count(n int64) string {
	s := strconv.FormatInt(max(n, -n), 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	if n < 0 {
		s = "−" + s
	}
	return s
}

// decimal gives a number with one place, without a zero there.
func (v teller) decimal(x float64) string {
	s := strings.TrimSuffix(strconv.FormatFloat(x, 'f', 1, 64), ".0")
	if v.Lang != "en" {
		s = strings.ReplaceAll(s, ".", ",")
	}
	return s
}

func (v teller) share(part, all int64) string {
	if all <= 0 {
		return none
	}
	return strconv.FormatFloat(math.Round(100*float64(part)/float64(all)), 'f', 0, 64) + "\u202f%"
}

// long gives a span of the calendar.
func (v teller) long(d time.Duration) string {
	switch {
	case d == 0:
		return none
	case d < time.Hour:
		return v.T("figures.minutes", "N", int(d/time.Minute))
	case d < 48*time.Hour:
		return v.T("figures.hours", "N", int(math.Round(d.Hours())))
	}
	return v.T("figures.days", "N", v.decimal(d.Hours()/24))
}

// mark gives the mean mark.
func (v teller) mark(s storage.Sums) string {
	if s[storage.Marks] <= 0 {
		return none
	}
	return v.decimal(float64(s[storage.MarkSum]) / float64(s[storage.Marks]))
}

// line says one figure with those that it is compared with. A year before that nothing was counted in is left out.
func (v teller) line(id string, s three, of func(storage.Sums) string, more ...any) string {
	was := of(s[1])
	if len(s[2]) > 0 {
		was = v.T("figures.was_two", "Before", was, "Year", of(s[2]))
	} else {
		was = v.T("figures.was", "Before", was)
	}
	return v.T(id, append([]any{"Now", of(s[0]), "Was", was}, more...)...)
}

// sheet gives the figures of a period, a line each, in the order in which they are always told. body: they are those of
// one, which is not where incidents are rejected or merged.
func (v teller) sheet(s three, body bool) []string {
	one := func(m storage.Measure) func(storage.Sums) string {
		return func(s storage.Sums) string { return v.count(s[m]) }
	}
	kept := func(all, late storage.Measure) func(storage.Sums) string {
		return func(s storage.Sums) string { return v.share(s[all]-s[late], s[all]) }
	}
	in := storage.Received
	if body {
		in = storage.Routed
	}
	ever := func(m storage.Measure) bool { return s[0][m]+s[1][m]+s[2][m] > 0 }
	list := []string{v.line("figures.received", s, one(in), "Body", body)}
	if ever(storage.Responded) {
		list = append(list, v.line("figures.first", s, kept(storage.Responded, storage.RespondedLate), "Half", v.long(s[0].First(0.5)), "Most", v.long(s[0].First(0.9))))
	}
	list = append(list, v.line("figures.resolved", s, one(storage.Resolved)))
	if ever(storage.Resolved) {
		list = append(list,
			v.line("figures.final", s, kept(storage.Resolved, storage.ResolvedLate), "Half", v.long(s[0].Final(0.5)), "Most", v.long(s[0].Final(0.9))),
			v.line("figures.contested", s, func(s storage.Sums) string { return v.share(s[storage.Contested], s[storage.Resolved]) }))
	}
	if ever(storage.Marks) {
		list = append(list, v.line("figures.mark", s, v.mark, "N", s[0][storage.Marks]))
	}
	list = append(list, v.line("figures.missed", s, func(s storage.Sums) string { return v.count(s[storage.MissedFirst] + s[storage.MissedFinal]) }))
	now := s[0]
	if body {
		list = append(list, v.T("figures.gave_back", "Declined", v.count(now[storage.Declined]), "Returned", v.count(now[storage.Returned]), "Broken", v.count(now[storage.Broken])))
	} else {
		list = append(list, v.T("figures.left_out", "Refused", v.count(now[storage.Refused]), "Joined", v.count(now[storage.Joined]-now[storage.Parted]), "Recalled", v.count(now[storage.Recalled])))
	}
	if n := now[storage.Inspected]; n+now[storage.Violations]+now[storage.Clean] > 0 { // a finding may fall into a later period
		list = append(list, v.T("figures.inspected", "All", v.count(n), "Violations", v.count(now[storage.Violations]), "Clean", v.count(now[storage.Clean])))
	}
	return list
}

// standing says what is so now.
func (v teller) standing(now storage.Sums) string {
	return v.T("figures.now", "Open", v.count(now[storage.NowOpen]), "Overdue", v.count(now[storage.NowOverdue]),
		"Control", v.count(now[storage.NowControl]), "Disputed", v.count(now[storage.NowDisputed]))
}
