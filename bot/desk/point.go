package desk

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// pair is two decimal numbers and nothing else: «58.6035, 49.6680», «58,6035 49,6680», «N 58.6 E 49.6».
var pair = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[NnСс]?\s*(-?\d{1,2}(?:[.,]\d{1,15})?)°?\s*[NnСс]?\s*[,; ]\s*[EeВв]?\s*(-?\d{1,3}(?:[.,]\d{1,15})?)°?\s*[EeВв]?$`)
})

// Coordinates reads a text that is nothing but a point, latitude first, as maps copy it. Whole numbers are no point:
// «12, 5» is a house and a flat.
func Coordinates(text string) (lat, lon float64, ok bool) {
	m := pair().FindStringSubmatch(strings.TrimSpace(text))
	if m == nil || !strings.ContainsAny(m[1], ".,") || !strings.ContainsAny(m[2], ".,") {
		return 0, 0, false
	}
	lat, err1 := strconv.ParseFloat(strings.ReplaceAll(m[1], ",", "."), 64)
	lon, err2 := strconv.ParseFloat(strings.ReplaceAll(m[2], ",", "."), 64)
	if err1 != nil || err2 != nil || !onEarth(lat, lon) {
		return 0, 0, false
	}
	return lat, lon, true
}

func onEarth(lat, lon float64) bool {
	return math.Abs(lat) <= 90 && math.Abs(lon) <= 180 // false for NaN
}
