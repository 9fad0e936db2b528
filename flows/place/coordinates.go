package place

import (
	"math"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

var (
	// 58.6035, 49.6668 · 58,6035 49,6668 · N58.6 E49.6
	decimal = regexp.MustCompile(`(?i)(?:^|[^\d.,])([ns]?)\s?(-?\d{1,3}[.,]\d+)\s?°?\s?([ns]?)\s*[,;\s/]\s*([ew]?)\s?(-?\d{1,3}[.,]\d+)\s?°?\s?([ew]?)(?:$|[^\d])`)
	// 58°36'12"N 49°40'0"E, also with Russian letters
	degrees = regexp.MustCompile(`(?i)(\d{1,2})\s?°\s?(\d{1,2})\s?['′’]\s?(?:(\d{1,2}(?:[.,]\d+)?)\s?(?:["″”]|''))?\s?[nсs]?[.,;\s]*(?:ш\.?,?\s*)?(\d{1,3})\s?°\s?(\d{1,2})\s?['′’]\s?(?:(\d{1,2}(?:[.,]\d+)?)\s?(?:["″”]|''))?`)
	link    = regexp.MustCompile(`(?i)(?:https?://|geo:)\S+`)
	pair    = regexp.MustCompile(`(-?\d{1,3}\.\d+)(?:,|%2C|/)(-?\d{1,3}\.\d+)`)
)

// Coordinates finds coordinates in what people paste: degrees in either notation, or a map's link. Which of the two
// numbers is the latitude is decided by where the region lies.
func (f *Finder) Coordinates(text string) (lat, lon float64, ok bool) {
	if l := link.FindString(text); l != "" {
		return f.link(l)
	}
	if m := degrees.FindStringSubmatch(text); m != nil {
		return f.order(dms(m[1], m[2], m[3]), dms(m[4], m[5], m[6]))
	}
	if m := decimal.FindStringSubmatch(text); m != nil {
		a, b := number(m[2]), number(m[5])
		if strings.EqualFold(m[1]+m[3], "s") {
			a = -a
		}
		if strings.EqualFold(m[4]+m[6], "w") {
			b = -b
		}
		lat, lon, ok = f.order(a, b)
		if _, in := f.At(lat, lon); !in && len(m[2])+len(m[5]) < 14 { // «1.5, 2.5» is something else
			return 0, 0, false
		}
		return lat, lon, ok
	}
	return 0, 0, false
}

// link reads a map's link: the point that it marks, else its middle.
func (f *Finder) link(l string) (lat, lon float64, ok bool) {
	if un, err := url.QueryUnescape(l); err == nil {
		l = un
	}
	// What is marked stands before what is merely shown.
	for _, key := range []string{"whatshere[point]=", "pt=", "mlat=", "q=", "query=", "destination=", "/geo/", "m=", "ll=", "@", "#map=", "geo:"} {
		_, rest, found := strings.Cut(l, key)
		if !found {
			continue
		}
		if key == "mlat=" {
			rest = strings.Replace(strings.Replace(rest, "&mlon=", ",", 1), "#", " ", 1)
		}
		if key == "#map=" {
			_, rest, _ = strings.Cut(rest, "/")
		}
		if m := pair.FindStringSubmatchIndex(rest); m != nil && m[0] < 24 {
			if lat, lon, ok = f.order(number(rest[m[2]:m[3]]), number(rest[m[4]:m[5]])); ok {
				return lat, lon, true
			}
		}
	}
	return 0, 0, false
}

func number(s string) float64 {
	x, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	if err != nil {
		return math.NaN()
	}
	return x
}

func dms(d, m, s string) float64 {
	x := number(d) + number(m)/60
	if s != "" {
		x += number(s) / 3600
	}
	return x
}

// order tells latitude from longitude: as written if that is on the earth, the other way round if only that lies in the
// region.
func (f *Finder) order(a, b float64) (lat, lon float64, ok bool) {
	if _, in := f.At(a, b); in {
		return a, b, true
	}
	if _, in := f.At(b, a); in {
		return b, a, true
	}
	if math.IsNaN(a) || math.IsNaN(b) || math.Abs(a) > 90 || math.Abs(b) > 180 {
		return 0, 0, false
	}
	return a, b, true
}
