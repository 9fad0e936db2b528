package open

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"

	"otklik/flows"
	"otklik/storage"
)

// card is a big figure.
type card struct{ Value, Words string }

// choice is a link to another page like this one.
type choice struct {
	Words, Link string
	Chosen      bool
}

// view is what the template shows.
type view struct {
	Lang           string
	Style          template.CSS
	Embed          bool
	Title, Region  string
	Days, Of, All  string // All leads away from a chosen district or topic; "" where none is
	Periods, Langs []choice
	Cards          []card
	Areas          []area
	Legend         []shade
	Height         float64
	Places, Topics []row
	CSV            string
	T              func(id string) string
	N              func(n int64) string
}

// html draws the page.
func (p *Page) html(ctx context.Context, q query) ([]byte, error) {
	f, err := p.count(ctx, q)
	if err != nil {
		return nil, err
	}
	v := p.Voice(q.lang)
	all := view{Lang: q.lang, Style: template.CSS(pageCSS), Embed: q.embed, Places: f.places, Topics: f.topics, //nolint:gosec // it is our own
		Days: v.T("open.days", "From", f.from.Format("02.01.2006"), "To", f.to.Format("02.01.2006")),
		T:    func(id string) string { return v.T("open." + id) }, N: count,
		CSV: q.link(func(q *query) { q.csv = true })}
	all.Region = p.Pack.Region.Name
	if q.lang == "en" {
		all.Region = p.Pack.Region.English
	}
	all.Title = v.T("open.title", "Region", all.Region)
	var of []string
	if q.municipality != "" {
		of = append(of, v.Municipality(q.municipality))
	}
	if q.topic != "" {
		of = append(of, v.Topic(q.topic))
	}
	if all.Of = strings.Join(of, " · "); all.Of != "" {
		all.All = q.link(func(q *query) { q.municipality, q.topic = "", "" })
	}
	for _, one := range periods {
		all.Periods = append(all.Periods, choice{v.T("open.period_" + one.name), q.link(func(q *query) { q.period = one.name }), one.name == q.period})
	}
	for _, lang := range flows.Languages {
		all.Langs = append(all.Langs, choice{v.T("open.lang_" + lang), q.link(func(q *query) { q.lang = lang }), lang == q.lang})
	}
	all.Cards = p.cards(v, f.all)
	p.areas(&all, v, f.places)
	var b bytes.Buffer
	if err := p.draw.Execute(&b, all); err != nil {
		return nil, fmt.Errorf("the public page: %w", err)
	}
	return b.Bytes(), nil
}

// count gives a number with its thousands apart.
func count(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "\u00a0" + s[i:]
	}
	return s
}

// decimal gives a number with one place, without a zero there.
func decimal(v *flows.Voice, x float64) string {
	s := strings.TrimSuffix(strconv.FormatFloat(x, 'f', 1, 64), ".0")
	if v.Lang != "en" {
		s = strings.ReplaceAll(s, ".", ",")
	}
	return s
}

// long gives a span of the calendar as /stats does.
func long(v *flows.Voice, d time.Duration) string {
	switch {
	case d <= 0:
		return "—"
	case d < time.Hour:
		return v.T("open.minutes", "N", max(int(d/time.Minute), 1))
	case d < 48*time.Hour:
		return v.T("open.hours", "N", int(math.Round(d.Hours())))
	}
	return v.T("open.days_long", "N", decimal(v, d.Hours()/24))
}

func (p *Page) cards(v *flows.Voice, all row) []card {
	s := all.Sums
	mark := "—"
	if n := s[storage.Marks]; n > 0 {
		mark = decimal(v, float64(s[storage.MarkSum])/float64(n))
	}
	return []card{
		{count(all.Received()), v.T("open.received")}, {count(all.Resolved()), v.T("open.answered")},
		{all.InTime(), v.T("open.in_time")}, {long(v, s.Final(0.5)), v.T("open.half")},
		{share(s[storage.Contested], s[storage.Resolved]), v.T("open.contested")}, {mark, v.T("open.mark")},
		{count(all.Open()), v.T("open.open_now")}, {count(all.Overdue()), v.T("open.overdue_now")},
	}
}

// areas puts the districts on the map.
func (p *Page) areas(all *view, v *flows.Voice, rows []row) {
	a := p.atlas()
	limits := edges(rows)
	all.Height = a.Height
	for _, r := range rows {
		one := area{row: r, Path: a.paths[r.Code], Step: step(limits, r.Received()),
			Title: v.T("open.area", "Name", r.Name, "Received", count(r.Received()), "Open", count(r.Open()))}
		if at, dot := a.dots[r.Code]; dot {
			one.X, one.Y, one.R = at[0], at[1], 7+2.5*float64(one.Step)
		}
		all.Areas = append(all.Areas, one)
	}
	part(all.Areas)
	all.Legend = []shade{{0, v.T("open.shade_none")}}
	for i, least := range limits {
		words := v.T("open.shade_from", "N", count(least))
		if i+1 < len(limits) && limits[i+1]-1 > least {
			words = count(least) + "–" + count(limits[i+1]-1)
		} else if i+1 < len(limits) {
			words = count(least)
		}
		all.Legend = append(all.Legend, shade{i + 1 + steps - len(limits), words})
	}
}
