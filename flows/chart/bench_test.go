package chart

import "testing"

// BenchmarkCharts draws each sample; «empty» is what a picture costs before there is anything in it.
func BenchmarkCharts(b *testing.B) {
	all := samples(b)
	if m, ok := withShapes(b); ok {
		all["map"] = m
	}
	for _, name := range []string{"empty", "trend", "shares", "bars", "grid", "dots", "map"} {
		c, ok := all[name]
		if !ok {
			continue
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				size = len(draws(b, c))
			}
			b.ReportMetric(float64(size), "png-bytes")
		})
	}
}
