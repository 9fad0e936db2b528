package place

import "strings"

// crossing finds «перекрёсток Ленина и Воровского».
func (t *reading) crossing() (street, house string) {
	for i, w := range t.ws {
		if !isCrossing(w.low) {
			continue
		}
		a, from, next := t.crossed(i + 1)
		if a == "" || t.low(next) != "и" && t.low(next) != "с" {
			continue
		}
		b, _, end := t.crossed(next + 1)
		if b == "" {
			continue
		}
		t.take(from, end)
		return a + " / " + b, ""
	}
	return "", ""
}

func isCrossing(low string) bool {
	return strings.HasPrefix(low, "перекрест") || strings.HasPrefix(low, "пересечен") || low == "угол" || low == "углу"
}

// crossed reads a street of a crossing from word i on, with or without its mark.
func (t *reading) crossed(i int) (street string, from, next int) {
	m, marked := streets[t.low(i)]
	if marked {
		if next = t.nameAfter(i, m); next > i+1 {
			return m.label + " " + title(t.ws[i+1:next], m.sex, false), i, next
		}
		return "", i, i
	}
	for next = i; next < len(t.ws) && next < i+2 && t.ws[next].big && t.continues(i, next) && looksLikeName(t.ws[next].low); {
		next++
	}
	if next == i {
		return "", i, i
	}
	street = unmarked(t.ws[i:next])
	if m, after := streets[t.low(next)]; after {
		return m.label + " " + title(t.ws[i:next], m.sex, true), i, next + 1
	}
	return street, i, next
}
