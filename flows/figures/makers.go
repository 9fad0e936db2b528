package figures

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/paulmach/orb"

	"otklik/bot"
	"otklik/config"
	"otklik/flows"
	"otklik/flows/chart"
	"otklik/flows/export"
	"otklik/storage"
)

// Studio makes the pictures and the spreadsheets that figures are sent with.
type Studio struct {
	Pack *config.Pack
	// Voice speaks a language.
	Voice func(lang string) *flows.Voice
	// Shape gives a municipality's outline; nil draws dots.
	Shape func(code string) orb.MultiPolygon
}

// The makers, by what stands in a message.
const (
	makesTrend  = "figures/trend"
	makesPlaces = "figures/places"
	makesTopics = "figures/topics"
	makesMap    = "figures/map"
	makesSheet  = "figures/sheet"
)

// Makers gives who makes what.
func (s *Studio) Makers() map[string]flows.Maker {
	return map[string]flows.Maker{makesTrend: s.picture(trend), makesPlaces: s.picture(places), makesTopics: s.picture(topics),
		makesMap: s.picture(s.region), makesSheet: s.sheet}
}

// order is what is to be made: of which value of a dimension, of which days.
type order struct {
	lang  string
	d     storage.Dimension
	value string
	period
}

// of puts an order into words, as a maker's arguments.
func (o order) of(maker string) string {
	q := url.Values{"lang": {o.lang}, "from": {strconv.FormatUint(uint64(o.From), 10)}, "to": {strconv.FormatUint(uint64(o.To), 10)}}
	if o.d != "" {
		q.Set("d", string(o.d))
		q.Set("v", o.value)
	}
	return maker + "?" + q.Encode()
}

func read(args string) (o order, err error) {
	q, err := url.ParseQuery(args)
	if err != nil {
		return o, fmt.Errorf("%w: %w", flows.ErrCannotMake, err)
	}
	from, err := strconv.ParseUint(q.Get("from"), 10, 32)
	if err != nil {
		return o, fmt.Errorf("%w: %w", flows.ErrCannotMake, err)
	}
	to, err := strconv.ParseUint(q.Get("to"), 10, 32)
	if err != nil || to <= from || to-from > 10*364 {
		return o, fmt.Errorf("%w: days %q to %q", flows.ErrCannotMake, q.Get("from"), q.Get("to"))
	}
	return order{q.Get("lang"), storage.Dimension(q.Get("d")), q.Get("v"), period{storage.Day(from), storage.Day(to)}}, nil
}

// drawn is a chart.
type drawn interface{ PNG() ([]byte, error) }

func (s *Studio) picture(draw func(v teller, tx *storage.Tx, o order) (drawn, error)) flows.Maker {
	return func(ctx context.Context, store *storage.Store, args string) (io.ReadCloser, error) {
		o, err := read(args)
		if err != nil {
			return nil, err
		}
		var c drawn
		err = store.View(ctx, func(tx *storage.Tx) (err error) {
			c, err = draw(teller{s.Voice(o.lang)}, tx, o)
			return err
		})
		if err != nil {
			return nil, err
		}
		png, err := c.PNG()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", flows.ErrCannotMake, err)
		}
		return io.NopCloser(bytes.NewReader(png)), nil
	}
}

// sheet makes the spreadsheet of the incidents of some days.
func (s *Studio) sheet(ctx context.Context, store *storage.Store, args string) (io.ReadCloser, error) {
	o, err := read(args)
	if err != nil {
		return nil, err
	}
	table, err := export.New(s.Pack)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", flows.ErrCannotMake, err)
	}
	v := s.Voice(o.lang)
	q := export.Query{From: o.From.In(v.Zone()), To: o.To.In(v.Zone()), Now: v.Now}
	switch o.d {
	case storage.ByBody:
		q.Org = o.value
	case storage.ByMunicipality:
		q.Municipality = o.value
	}
	return flows.Written(func(w io.Writer) error {
		_, err := export.Workbook(ctx, w, table, store, q)
		return err
	}), nil
}

func (v teller) chartHead(id string, o order, p period) chart.Head {
	from, to := p.dates(v.Zone())
	h := chart.Head{Title: v.T("figures.chart_" + id), Subtitle: v.T("figures.chart_days", "What", called(v.Voice, o.d, o.value), "From", v.dated(from), "To", v.dated(to)),
		Empty: v.T("figures.chart_empty")}
	if v.Lang == "en" {
		h.Number = func(x float64) string { return v.decimal(x) }
	}
	return h
}

func (v teller) dated(t time.Time) string { return t.Format("02.01.2006") }

func (v teller) month(t time.Time) string {
	return v.T("figures.month_" + strconv.Itoa(int(t.Month())))
}

// trend: what was received and answered in each week of a year, and what was received the year before.
func trend(v teller, tx *storage.Tx, o order) (drawn, error) {
	const weeks = 52
	p := period{o.To - weeks*7, o.To}
	in := storage.Received
	if o.d == storage.ByBody {
		in = storage.Routed
	}
	weekly := func(p period, m storage.Measure) ([]float64, bool, error) {
		list, ever := make([]float64, weeks), false
		err := tx.Daily(o.d, o.value, p.From, p.To, func(day storage.Day, s storage.Sums) {
			list[(day-p.From)/7] += float64(s[m])
			ever = ever || s[m] != 0
		})
		return list, ever, err
	}
	c := chart.Trend{Head: v.chartHead("trend", o, p)}
	for _, one := range []struct {
		id string
		m  storage.Measure
	}{{"figures.series_in", in}, {"figures.series_out", storage.Resolved}} {
		list, _, err := weekly(p, one.m)
		if err != nil {
			return nil, err
		}
		c.Series = append(c.Series, chart.Series{Name: v.T(one.id), Values: list})
	}
	before, ever, err := weekly(p.yearBefore(), in)
	if err != nil {
		return nil, err
	}
	if ever {
		c.Before = chart.Series{Name: v.T("figures.series_before"), Values: before}
	}
	last := time.Month(0)
	for i := range weeks {
		if at := (p.From + storage.Day(7*i)).In(v.Zone()); at.Month() != last {
			if last = at.Month(); i > 0 {
				c.Ticks = append(c.Ticks, chart.Tick{At: i, Label: v.month(at)})
			}
		}
	}
	return c, nil
}

// mostBars is how many districts a picture shows: of more, the letters would be too small where messengers shrink it.
const mostBars = 20

// places: the districts by how much was received there, and for how much of it the deadline of the answer passed.
func places(v teller, tx *storage.Tx, o order) (drawn, error) {
	list, err := ranked(tx, storage.ByMunicipality, o.period)
	if err != nil {
		return nil, err
	}
	c := chart.Bars{Head: v.chartHead("places", order{}, o.period), Whole: v.T("figures.bars_whole"), Part: v.T("figures.bars_part")}
	for _, one := range list[:min(len(list), mostBars)] {
		n := one.Sums[storage.Received]
		c.Rows = append(c.Rows, chart.Row{Label: v.Municipality(one.code), Value: float64(n), Part: float64(min(one.Sums[storage.MissedFinal], n))})
	}
	if rest := len(list) - len(c.Rows); rest > 0 {
		c.Note = v.T("figures.bars_rest", "N", rest)
	}
	return c, nil
}

// topics: the topics that are written of most, by month of a year.
func topics(v teller, tx *storage.Tx, o order) (drawn, error) {
	const months, rows = 12, 12
	y, m, _ := (o.To - 1).In(v.Zone()).Date()
	starts := make([]storage.Day, 0, months+1)
	c := chart.Grid{}
	for i := range months + 1 {
		at := time.Date(y, m-months+1+time.Month(i), 1, 0, 0, 0, 0, v.Zone())
		if starts = append(starts, storage.DayOf(at)); i < months {
			c.Columns = append(c.Columns, v.month(at))
		}
	}
	p := period{starts[0], min(starts[months], o.To)}
	c.Head = v.chartHead("topics", order{}, p)
	by := map[string][]float64{}
	err := tx.DailyBy(storage.ByTopic, p.From, p.To, func(topic string, day storage.Day, s storage.Sums) {
		if s[storage.Received] == 0 {
			return
		}
		if by[topic] == nil {
			by[topic] = make([]float64, months)
		}
		i, exact := slices.BinarySearch(starts, day)
		if !exact {
			i--
		}
		by[topic][i] += float64(s[storage.Received])
	})
	if err != nil {
		return nil, err
	}
	list, err := ranked(tx, storage.ByTopic, p)
	for _, one := range list[:min(len(list), rows)] {
		c.Rows = append(c.Rows, chart.Line{Label: v.Topic(one.code), Values: by[one.code]})
	}
	return c, err
}

// region: how much was received in each district, for 1,000 of those who live there where that is known of all.
func (s *Studio) region(v teller, tx *storage.Tx, o order) (drawn, error) {
	sums, err := tx.SumsBy(storage.ByMunicipality, o.From, o.To)
	if err != nil {
		return nil, err
	}
	each := !slices.ContainsFunc(s.Pack.Municipalities, func(m config.Municipality) bool { return m.Residents == 0 })
	id := "map"
	if each {
		id = "map_each"
	}
	c := chart.Map{Head: v.chartHead(id, order{}, o.period)}
	for i := range s.Pack.Municipalities {
		m := &s.Pack.Municipalities[i]
		n := float64(sums[m.Code][storage.Received])
		p := chart.Place{Name: v.Municipality(m.Code), Value: n, Weight: n, Centre: orb.Point{m.Lon, m.Lat}}
		if each {
			p.Value = 1000 * n / float64(m.Residents)
		}
		if s.Shape != nil {
			p.Shape = s.Shape(m.Code)
		}
		c.Places = append(c.Places, p)
	}
	return c, nil
}

// album gives the pictures of the figures: of one value the trend alone.
func album(o order) (list []bot.Media) {
	makers := []string{makesTrend, makesPlaces, makesTopics, makesMap}
	if o.d != "" {
		makers = makers[:1]
	}
	for _, m := range makers {
		list = append(list, bot.Media{Make: o.of(m)})
	}
	return list
}

// spreadsheet gives the file of the incidents of some days.
func (v teller) spreadsheet(o order) bot.File {
	from, to := o.dates(v.Zone())
	return bot.File{Name: v.T("figures.file", "From", from.Format(time.DateOnly), "To", to.Format(time.DateOnly)), Make: o.of(makesSheet)}
}
