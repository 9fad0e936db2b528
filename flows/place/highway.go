package place

import "strings"

var (
	highways  = inEveryCase("трасса автотрасса автодорога дорога")
	roadMarks = set("км километр километре километра")
)

// highway finds «15 км трассы Киров — Советск»: the road and the kilometre are the address, and no town at its ends is
// the place.
func (t *reading) highway() (street, house string) {
	for i := range t.ws {
		if !t.is(i, highways) {
			continue
		}
		ends, to := t.roadEnds(i + 1)
		km := t.kilometre()
		if len(ends) < 2 || km == "" {
			continue
		}
		t.take(i, to)
		return "трасса " + strings.Join(ends, " — ") + ", " + km + " км", ""
	}
	return "", ""
}

// roadEnds gives the settlements that a road joins, named from word i on: «Киров — Советск», «Киров-Советск».
func (t *reading) roadEnds(i int) (ends []string, to int) {
	if i >= len(t.ws) {
		return nil, i
	}
	if a, b, two := strings.Cut(t.ws[i].text, "-"); two && len(t.entries(i)) == 0 && len(t.byName.find(fold(a))) > 0 && len(t.byName.find(fold(b))) > 0 {
		return []string{a, b}, i + 1
	}
	for i < len(t.ws) {
		_, n := t.named(i)
		if n == 0 || !t.ws[i].big {
			return ends, i
		}
		ends = append(ends, join(t.ws[i:i+n]))
		if i += n; !t.ws[i-1].dash {
			break
		}
	}
	return ends, i
}

// kilometre gives the number of «15 км», «на 15-м километре».
func (t *reading) kilometre() string {
	for i := 1; i < len(t.ws); i++ {
		if !roadMarks[t.ws[i].low] || t.ws[i-1].comma {
			continue
		}
		number, rest, _ := strings.Cut(t.ws[i-1].low, "-")
		if number != "" && len(number) < 5 && strings.Trim(number, "0123456789") == "" && (rest == "" || isOrdinal(t.ws[i-1].low)) {
			return number
		}
	}
	return ""
}
