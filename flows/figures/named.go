package figures

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"otklik/config"
	"otklik/flows"
	"otklik/storage"
)

// meant is one value of a dimension that words may mean.
type meant struct {
	D     storage.Dimension
	Value string
}

// How well words name something.
const (
	not     = iota
	begins  // they are how its name begins
	centred // they are its centre's
	whole   // they are its name, in any form
)

// named finds what words name: districts, bodies or topics, those alone that they name best. Several are equally likely;
// but town tells that the first is a town, and the others are called like it.
func named(t *flows.Turn, said string) (list []meant, town bool) {
	if list, town := districts(t, said); len(list) > 0 {
		return list, town
	}
	if list := bodies(t, said); len(list) > 0 {
		return list, false
	}
	v, pack := t.Voice(), t.Pack()
	var best pick
	for i := range pack.Groups {
		for j := range pack.Groups[i].Topics {
			code := pack.Groups[i].Topics[j].Code
			best.add(meant{storage.ByTopic, code}, begun(v.Topic(code), code, said))
		}
	}
	return best.list, false
}

// pick keeps what fits best.
type pick struct {
	score int
	list  []meant
}

func (p *pick) add(m meant, score int) {
	if score > p.score {
		p.score, p.list = score, nil
	}
	if score > not && score == p.score {
		p.list = append(p.list, m)
	}
}

// begun tells how well words name something by its code or by how its name begins.
func begun(name, code, said string) int {
	name, low := fold(name), fold(said)
	switch {
	case code == said || name == low:
		return whole
	case low != "" && strings.HasPrefix(name, low):
		return begins
	}
	return not
}

// districts gives the municipalities that words name best. Where a town and the district around it are called alike the
// town comes first; «город», «округ» or «администрация» tell which is meant.
func districts(t *flows.Turn, said string) (list []meant, town bool) {
	name, kinds := apart(said)
	administration := slices.Contains(kinds, ofBody)
	var best pick
	first := false
	for _, town := range []bool{true, false} { // a town before the district of the same name
		for i := range t.Pack().Municipalities {
			m := &t.Pack().Municipalities[i]
			if isTown(m) != town {
				continue
			}
			value := meant{storage.ByMunicipality, m.Code}
			if administration {
				body := slices.IndexFunc(t.Pack().Organisations, func(o config.Organisation) bool {
					return o.Kind == config.Administration && o.Municipality == m.Code
				})
				if body < 0 {
					continue
				}
				value = meant{storage.ByBody, t.Pack().Organisations[body].Code}
			}
			score := max(fits(m, name), begun(m.Short, m.Code, said))
			if administration && len(name) == 0 {
				score = begins
			}
			if m.Code == strings.TrimSpace(said) {
				score = whole + 1
			}
			if len(kinds) > 0 && score > not && (slices.Contains(kinds, ofTown) && town || slices.Contains(kinds, ofDistrict) && !slices.Contains(kinds, ofTown) && !town) {
				score += whole // of several called alike this one
			}
			if score > best.score {
				first = town
			}
			best.add(value, score)
		}
	}
	return best.list, first && best.score >= whole
}

// bodies gives the organisations that words name best; administrations are found by their districts.
func bodies(t *flows.Turn, said string) []meant {
	var best pick
	for _, o := range t.Organisations(strings.Join(spoken(said), " ")) {
		score := begins
		for _, name := range []string{o.Name, o.Short, o.English} {
			score = max(score, begun(name, o.Code, said))
		}
		if score == whole || o.Kind != config.Administration {
			best.add(meant{storage.ByBody, o.Code}, score)
		}
	}
	return best.list
}

// kind is what a word tells of a name beside it.
type kind int

const (
	plain kind = iota
	ofTown
	ofDistrict
	ofBody
	ofNothing // «зато», «муниципальный», «of»
)

func kindOf(w string) kind {
	switch {
	case slices.Contains([]string{"г", "гор", "город", "города", "городе", "городу", "городом", "town", "city"}, w), strings.HasPrefix(w, "городск"):
		return ofTown
	case flows.SameName(w, "район"), flows.SameName(w, "округ"), w == "district", w == "okrug", w == "raion", w == "рн", w == "мо":
		return ofDistrict
	case strings.HasPrefix(w, "администрац"), strings.HasPrefix(w, "мэри"), w == "administration":
		return ofBody
	case w == "зато", strings.HasPrefix(w, "муниципальн"), slices.Contains([]string{"в", "во", "на", "по", "of", "in", "for", "the"}, w):
		return ofNothing
	}
	return plain
}

// apart gives the words of a name, and what the others tell of it.
func apart(text string) (name []string, kinds []kind) {
	for _, w := range spoken(text) {
		if k := kindOf(w); k != plain {
			kinds = append(kinds, k)
		} else {
			name = append(name, w)
		}
	}
	return name, kinds
}

func spoken(text string) []string {
	return strings.FieldsFunc(fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func fold(text string) string { return strings.ReplaceAll(strings.ToLower(text), "ё", "е") }

func isTown(m *config.Municipality) bool {
	return strings.HasPrefix(strings.ToLower(m.Name), "город")
}

// fits tells how well words name a municipality.
func fits(m *config.Municipality, name []string) (best int) {
	_, centre, _ := strings.Cut(m.Centre, " ")
	for _, one := range []struct {
		name  string
		whole int
	}{{m.Short, whole}, {m.Name, whole}, {m.English, whole}, {centre, centred}} {
		has, _ := apart(one.name)
		switch {
		case len(name) == 0 || len(name) > len(has):
		case len(name) == len(has) && slices.EqualFunc(has, name, flows.SameName):
			best = max(best, one.whole)
		case start(has, name):
			best = max(best, begins)
		}
	}
	return best
}

// start tells whether the words are how a name begins: «вятские пол».
func start(has, name []string) bool {
	last := len(name) - 1
	return slices.EqualFunc(has[:last], name[:last], flows.SameName) &&
		(flows.SameName(has[last], name[last]) || utf8.RuneCountInString(name[last]) >= 3 && strings.HasPrefix(has[last], name[last]))
}
