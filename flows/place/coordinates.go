package place

import (
	"math"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"otklik/flows/lazy"
)

const (
	degree = `(-?\d{1,3}[.,]\d+)`
	dotted = `(-?\d{1,3}\.\d+)`
	both   = dotted + `[,/\s]\s*` + dotted
	label  = `[NESW]|[сю]\.?\s?ш\.?|[вз]\.?\s?д\.?|широта|долгота|lat(?:itude)?|lng|long?(?:itude)?`
)

var (
	// 58.6035, 49.6668 · 58,6035 49,6668 · N58.6° E49.6° · 58.6 с. ш. 49.6 в. д. · lat=58.6 lon=49.6
	decimal = lazy.Regexp(`(?i)(?:^|[^\d.,-])` + degree + `((?:[\s,;/°º:=]|` + label + `)+?)` + degree + `(?:[\s°º]*(` + label + `))?(?:$|[^\d.,]|[.,](?:\D|$))`)
	// 58°36'12.9" · 58°36.215'
	angle = lazy.Regexp(`(\d{1,3})\s?[°º]\s?(\d{1,2}(?:[.,]\d+)?)\s?['′’]\s?(?:(\d{1,2}(?:[.,]\d+)?)\s?(?:["″”]|''))?`)
	link  = lazy.Regexp(`(?i)(?:[a-z][a-z0-9+.-]*://|geo:)\S+`)
	// What numbers before it count is no degree.
	amount = lazy.Regexp(`(?i)^\s*(?:руб|р\b|р\.|₽|%|процент|тыс|кг|кв\.? ?м|м²|квт|гкал|куб)`)
)

// links are where the links of maps have a point, best first: what is marked, what was looked for, what is shown.
var links = each(
	`!3d`+dotted+`!4d`+dotted,
	`whatshere\[point\]=`+both, `[?&]pt=`+both, `mlat=`+dotted+`&mlon=`+dotted, `rtext=[^&]*~`+both,
	`[?&](?:q|text|query|destination|daddr)=[^&\d-]{0,8}`+both,
	`/(?:geo|firm|search|place|points)/(?:\d+/)?`+both, `/dir/(?:[^@]*/)?`+both,
	`[?&]lat=`+dotted+`&(?:lon|lng)=`+dotted, `[?&]m=`+both, `[?&]ll=`+both,
	`@`+both, `#map=\d+(?:\.\d+)?/`+both, `^geo:`+both,
)

func each(list ...string) (out []func() *regexp.Regexp) {
	for _, s := range list {
		out = append(out, lazy.Regexp(s))
	}
	return out
}

// Coordinates finds coordinates in what people paste: degrees in either notation, or a map's link. Which of the two
// numbers is the latitude is decided by where the region lies. Coordinates outside the region are given too.
func (f *Finder) Coordinates(text string) (lat, lon float64, ok bool) {
	if len(text) > longest {
		text = text[:longest]
	}
	if digits(text) < fewest {
		return 0, 0, false // as most texts have it, and they are spared the expressions
	}
	for _, l := range link().FindAllString(text, -1) {
		if lat, lon, ok = f.link(l); ok {
			return lat, lon, true
		}
	}
	text = link().ReplaceAllString(text, " ")
	if lat, lon, ok = f.angles(text); ok {
		return lat, lon, true
	}
	for _, m := range decimal().FindAllStringSubmatchIndex(text, -1) {
		part := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return text[m[2*i]:m[2*i+1]]
		}
		if amount().MatchString(text[m[7]:]) {
			continue
		}
		a, b := number(part(1)), number(part(3))
		if isSouthOrWest(part(2)) {
			a = -a
		}
		if isSouthOrWest(part(4)) {
			b = -b
		}
		if lat, lon, ok = f.order(a, b, len(part(1))+len(part(3))); ok {
			return lat, lon, true
		}
	}
	return 0, 0, false
}

// fewest is how many digits two numbers have, each with a fraction or minutes.
const fewest = 4

func digits(text string) (n int) {
	for i := range len(text) {
		if '0' <= text[i] && text[i] <= '9' {
			n++
		}
	}
	return n
}

// link reads a map's link.
func (f *Finder) link(l string) (lat, lon float64, ok bool) {
	if plain, err := url.QueryUnescape(l); err == nil {
		l = plain
	}
	if lat, lon, ok = f.angles(l); ok {
		return lat, lon, true
	}
	for _, rule := range links {
		if m := rule().FindStringSubmatch(l); m != nil {
			if lat, lon, ok = f.order(number(m[1]), number(m[2]), len(m[1])+len(m[2])); ok {
				return lat, lon, true
			}
		}
	}
	return 0, 0, false
}

// apart is how much may stand between two angles, in bytes.
const apart = 30

// angles finds degrees with minutes, and seconds perhaps.
func (f *Finder) angles(text string) (lat, lon float64, ok bool) {
	all := angle().FindAllStringSubmatchIndex(text, 3)
	for i := 1; i < len(all); i++ {
		a, b := all[i-1], all[i]
		if b[0]-a[1] > apart {
			continue
		}
		x, y := turn(text, a), turn(text, b)
		if isSouthOrWest(text[a[1]:b[0]]) {
			x = -x
		}
		if lat, lon, ok = f.order(x, y, exact); ok {
			return lat, lon, true
		}
	}
	return 0, 0, false
}

// turn reads the angle of a match.
func turn(text string, m []int) float64 {
	x := number(text[m[2]:m[3]]) + number(text[m[4]:m[5]])/60
	if m[6] >= 0 {
		x += number(text[m[6]:m[7]]) / 3600
	}
	return x
}

func isSouthOrWest(label string) bool { return strings.ContainsAny(label, "SsWwЮюЗз") }

func number(s string) float64 {
	x, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	if err != nil {
		return math.NaN()
	}
	return x
}

// exact is the length of two numbers, in characters, from which on they are coordinates wherever they lie: «1.5, 2.5»
// is something else.
const exact = 14

// order tells latitude from longitude: as written if that lies in the region, the other way round if only that does.
func (f *Finder) order(a, b float64, length int) (lat, lon float64, ok bool) {
	if _, in := f.At(a, b); in {
		return a, b, true
	}
	if _, in := f.At(b, a); in {
		return b, a, true
	}
	if math.IsNaN(a) || math.IsNaN(b) || math.Abs(a) > 90 || math.Abs(b) > 180 || length < exact {
		return 0, 0, false
	}
	return a, b, true
}
