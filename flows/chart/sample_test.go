package chart

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"otklik/config"
)

// The samples are charts as the office would show them: the places and topics of the built-in region, figures that are
// made up but repeat.

func pack(t testing.TB) *config.Pack {
	t.Helper()
	p, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func dice() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

func sampleTrend() Trend {
	d := dice()
	week := func(base, season float64) []float64 {
		var out []float64
		for i := range 53 {
			out = append(out, math.Round(base+season*math.Cos(float64(i-8)/53*2*math.Pi)+d.NormFloat64()*base*0.08))
		}
		return out
	}
	got := week(1280, 420)
	done := slices.Clone(got)
	for i := range done {
		done[i] = math.Round(got[max(i-1, 0)] * (0.82 + 0.1*d.Float64()))
	}
	late := week(160, 60)
	t := Trend{
		Head:   Head{Title: "Обращения по неделям", Subtitle: "Кировская область, ноябрь 2025 – ноябрь 2026", Note: "Последняя неделя: 16–22 ноября", Empty: "нет данных"},
		Series: []Series{{"Поступило", got}, {"Дан ответ", done}, {"Просрочено", late}},
		Before: Series{"Год назад", week(1050, 330)},
	}
	for i, m := range []string{"дек", "янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя"} {
		t.Ticks = append(t.Ticks, Tick{At: 1 + i*53/12, Label: m})
	}
	return t
}

func sampleBars(t testing.TB) Bars {
	d := dice()
	b := Bars{
		Head:  Head{Title: "Где отвечают дольше всего", Subtitle: "Обращения за 30 дней, на 22 ноября 2026", Note: "Просрочено: ответа нет дольше нормы темы", Empty: "нет данных"},
		Whole: "всего", Part: "просрочено", Pale: "Меньше 10 обращений: место не присвоено",
	}
	for _, m := range pack(t).Municipalities {
		v := math.Round(math.Exp(d.NormFloat64()*0.9+4) + float64(m.Population)/300)
		b.Rows = append(b.Rows, Row{Label: m.Short, Value: v, Part: math.Round(v * d.Float64() * 0.4)})
	}
	slices.SortFunc(b.Rows, func(x, y Row) int { return int(y.Value - x.Value) })
	for i := range b.Rows[len(b.Rows)-6:] {
		r := &b.Rows[len(b.Rows)-6+i]
		r.Value, r.Part, r.Pale = float64(9-i), 0, true
	}
	b.Rows[len(b.Rows)-1].Value = math.NaN()
	return b
}

func sampleShares() Bars {
	return Bars{
		Head: Head{Title: "Ответы в срок", Subtitle: "Доля за октябрь 2026", Empty: "нет данных"},
		Rows: []Row{
			{Label: "Минтранс", Value: 96.4, Text: "96,4 %"}, {Label: "Минздрав", Value: 91, Text: "91 %"},
			{Label: "Государственная жилищная инспекция Кировской области", Value: 84.2, Text: "84,2 %"},
			{Label: "Администрация города Кирова", Value: 71.9, Text: "71,9 %"}, {Label: "Минобразования", Value: 0, Text: "0 %"},
		},
	}
}

func sampleGrid(t testing.TB) Grid {
	d := dice()
	g := Grid{
		Head:    Head{Title: "Темы по месяцам", Subtitle: "Обращения, декабрь 2025 – ноябрь 2026", Note: "Чем темнее, тем больше обращений", Empty: "нет данных"},
		Columns: []string{"дек", "янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя"},
	}
	for i, name := range topics(t, 15) {
		base := 1300 / math.Pow(float64(i+1), 0.9)
		l := Line{Label: name}
		for k := range 12 {
			l.Values = append(l.Values, math.Round(base*(1+0.6*math.Cos(float64(k-i*3)/12*2*math.Pi))*(0.8+0.4*d.Float64())))
		}
		g.Rows = append(g.Rows, l)
	}
	g.Rows[14].Values[0], g.Rows[14].Values[1], g.Rows[13].Values[4] = math.NaN(), math.NaN(), 0
	return g
}

func topics(t testing.TB, n int) []string {
	var names []string
	for _, g := range pack(t).Groups {
		for i, topic := range g.Topics {
			if i < 2 {
				names = append(names, topic.Name)
			}
		}
	}
	return names[:min(n, len(names))]
}

func sampleMap(t testing.TB) Map {
	d := dice()
	m := Map{Head: Head{Title: "Обращения на 1000 жителей", Subtitle: "Октябрь 2026", Empty: "нет данных"}}
	for _, one := range pack(t).Municipalities {
		v := math.Exp(d.NormFloat64()*0.5) * 2.4
		if one.Population == 0 {
			v = math.NaN()
		}
		m.Places = append(m.Places, Place{Name: strings.TrimSuffix(one.Short, " округ"), Value: v, Weight: float64(one.Population), Centre: orb.Point{one.Lon, one.Lat}})
	}
	return m
}

// withShapes gives the sample with the boundaries that may lie beside the project; false where there are none.
func withShapes(t testing.TB) (Map, bool) {
	m := sampleMap(t)
	raw, err := os.ReadFile("../../../shared/data/kirov_boundaries.geojson")
	if err != nil {
		return m, false
	}
	m.Note = "Границы: © участники OpenStreetMap"
	var file struct {
		Features []struct {
			Properties struct {
				OKTMO string `json:"oktmo_2016"`
			}
			Geometry struct {
				Type        string
				Coordinates json.RawMessage
			}
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	for _, f := range file.Features {
		var shape orb.MultiPolygon
		if f.Geometry.Type == "Polygon" {
			shape = make(orb.MultiPolygon, 1)
			err = json.Unmarshal(f.Geometry.Coordinates, &shape[0])
		} else {
			err = json.Unmarshal(f.Geometry.Coordinates, &shape)
		}
		if err != nil {
			t.Fatal(err)
		}
		for i, one := range pack(t).Municipalities {
			if one.OKTMO == f.Properties.OKTMO {
				m.Places[i].Shape = shape
			}
		}
	}
	return m, true
}
