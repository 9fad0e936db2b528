package chart

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

// FuzzCharts draws whatever a caller may pass in by mistake: each is a picture of a messenger's size, never a panic.
func FuzzCharts(f *testing.F) {
	for seed := range uint64(12) {
		f.Add(seed, "Киров", 5)
		f.Add(seed, "\xff\u202f\n😀 и\u0306", 2)
	}
	f.Add(uint64(3), "", 0)
	f.Add(uint64(3), "Ооооооооооооооооооооооооооооооооооооооооооооооооооооооооооооооооооочень длинное", 45)
	f.Fuzz(func(t *testing.T, seed uint64, word string, n int) {
		n = min(max(n, 0), 45)
		w := wild{rand.New(rand.NewPCG(seed, 7)), word}
		var c drawn
		switch seed % 4 {
		case 0:
			c = w.trend(n)
		case 1:
			c = w.bars(n)
		case 2:
			c = w.grid(min(n, 13))
		case 3:
			c = w.atlas(n)
		}
		size := decoded(t, draws(t, c)).Bounds().Size()
		if size.X < width || size.X+size.Y > 10_000 || size.Y > 20*size.X || size.X > 20*size.Y {
			t.Fatalf("%T is %v", c, size)
		}
	})
}

type wild struct {
	*rand.Rand
	word string
}

func (w wild) head() Head { return Head{Title: w.word, Subtitle: w.word, Note: w.word, Empty: w.word} }

func (w wild) value() float64 {
	odd := []float64{0, 1, math.NaN(), math.Inf(1), math.Inf(-1), -5, 1e300, 5e-324, math.MaxFloat64, 1e15, math.Copysign(0, -1)}
	if i := w.IntN(3 * len(odd)); i < len(odd) {
		return odd[i]
	}
	return w.Float64() * math.Pow(10, float64(w.IntN(6)))
}

func (w wild) values(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = w.value()
	}
	return out
}

func (w wild) trend(n int) Trend {
	t := Trend{Head: w.head(), Before: Series{w.word, w.values(w.IntN(n + 1))}}
	for range w.IntN(5) {
		t.Series = append(t.Series, Series{w.word, w.values(w.IntN(n + 1))})
		t.Ticks = append(t.Ticks, Tick{w.IntN(70) - 5, w.word})
	}
	return t
}

func (w wild) bars(n int) Bars {
	b := Bars{Head: w.head(), Pale: w.word, Part: w.word}
	for range n {
		b.Rows = append(b.Rows, Row{w.word, w.value(), w.word, w.value(), w.IntN(3) == 0})
	}
	return b
}

func (w wild) grid(n int) Grid {
	g := Grid{Head: w.head()}
	for range n {
		g.Columns = append(g.Columns, w.word)
		g.Rows = append(g.Rows, Line{w.word, w.values(w.IntN(15))})
	}
	return g
}

func (w wild) atlas(n int) Map {
	m := Map{Head: w.head(), Labels: w.IntN(12) - 1}
	if w.IntN(2) == 0 {
		m.Edges = w.values(w.IntN(9))
	}
	for range n {
		p := Place{Name: w.word, Value: w.value(), Weight: w.value(), Centre: orb.Point{w.value(), w.value()}}
		if w.IntN(2) == 0 {
			ring := orb.Ring{}
			for range w.IntN(6) {
				ring = append(ring, orb.Point{w.Float64()*400 - 200, w.Float64() * 95})
			}
			p.Shape = orb.MultiPolygon{{ring, {}}, {}}
		}
		m.Places = append(m.Places, p)
	}
	return m
}
