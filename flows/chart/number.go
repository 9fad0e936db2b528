package chart

import (
	"math"
	"strconv"
	"strings"
)

// thin stands between thousands: a narrow space that no line is broken at.
const thin = "\u202f"

// Number writes a value as Russian does: 1 234 567; 12,5; 0,04; −3. Two figures are kept of a fraction, and none from a
// hundred up.
func Number(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	places := 0
	switch size := math.Abs(v); {
	case size < 1:
		places = 2
	case size < 100:
		places = 1
	}
	s := strconv.FormatFloat(math.Abs(v), 'f', places, 64)
	whole, part, _ := strings.Cut(s, ".")
	part = strings.TrimRight(part, "0")

	var b strings.Builder
	if v < 0 && strings.Trim(whole+part, "0") != "" {
		b.WriteString("−")
	}
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(thin)
		}
		b.WriteRune(digit)
	}
	if part != "" {
		b.WriteString("," + part)
	}
	return b.String()
}
