package place

import (
	"slices"
	"strings"
)

// district finds «Куменский район» in any case, also «Куменский муниципальный округ» and «район: Куменский».
func (t *reading) district() string {
	for i := range t.ws {
		if !t.is(i, districtWords) {
			continue
		}
		from := i - 1
		for from > 0 && (strings.HasPrefix(t.ws[from].low, "муниципальн") || strings.HasPrefix(t.ws[from].low, "городск")) {
			from--
		}
		if code, n := t.districtEndingAt(from); n > 0 && !t.ws[from].comma {
			t.take(from-n+1, i+1)
			if t.ofTown(i + 1) {
				continue
			}
			return code
		}
		// «район Куменский»; but «в районе Советского тракта» is about a street.
		if w := t.ws[i].low; i+1 < len(t.ws) && (w == "район" || w == "р-н" || w == "округ") {
			code, n := t.districtEndingAt(i + 1)
			if _, street := streets[t.low(i+2)]; n == 1 && !street {
				t.take(i, i+2)
				return code
			}
		}
	}
	return ""
}

// ofTown tells whether what stands before word i is a town's: «Первомайский район Кирова» is none of the region.
func (t *reading) ofTown(i int) bool {
	if t.ws[i-1].comma {
		return false
	}
	if slices.Contains(kinds[t.low(i)], "г") {
		i++
	}
	return i < len(t.ws) && t.isTownsForm(i) && !t.isTown(i, i+1)
}

// elsewhere tells whether another region is named: «в Советском районе Курской области».
func (t *reading) elsewhere() bool {
	own := words(t.pack.Region.Name)
	for i, w := range t.ws {
		switch w.low {
		case "область", "области", "областью", "обл", "край", "края", "крае", "республика", "республики", "республике":
		default:
			continue
		}
		if i == 0 || !t.ws[i-1].big || t.ws[i-1].comma || !endsWithAny(t.ws[i-1].low, "ская", "ской", "скую", "цкая", "цкой", "ский", "ского", "ском") {
			continue
		}
		if len(own) == 0 || !isForm(t.ws[i-1].low, own[0].low) {
			return true
		}
	}
	return false
}

// districtEndingAt gives the district whose name ends at word i, and how many words it has: «Кирово Чепецкий» is two.
func (t *reading) districtEndingAt(i int) (code string, length int) {
	if i < 0 || i >= len(t.ws) || t.used[i] {
		return "", 0
	}
	if i > 0 {
		if code = t.districts[t.ws[i-1].low+"-"+t.ws[i].low]; code != "" {
			return code, 2
		}
	}
	if code = t.districts[t.ws[i].low]; code != "" {
		return code, 1
	}
	return "", 0
}

// bareDistrict finds a municipality without the word «район»: «Куменский».
func (t *reading) bareDistrict() string {
	for i := range t.ws {
		if code, n := t.districtEndingAt(i); n > 0 {
			return code
		}
	}
	return ""
}

func (t *reading) low(i int) string {
	if i < 0 || i >= len(t.ws) {
		return ""
	}
	return t.ws[i].low
}
