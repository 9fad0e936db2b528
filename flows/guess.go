package flows

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"otklik/flows/learn"
	"otklik/flows/understand"
	"otklik/storage"
)

// Learner guesses what curators would decide, by what they decided before. It waits for nothing; in a dimension in which it
// was taught too little it has no opinion.
type Learner interface {
	Guess(text string, p storage.Place) map[learn.Dimension]learn.Opinion
}

// Likely is a code and how likely it is the right one, 0 to 1.
type Likely struct {
	Code       string
	Confidence float64
}

// The learner and the keywords are blended by one rule, for topics, bodies and whether something is a problem:
//
//	confidence = (1-w) · keywords + w · learner,   w = n/(n+20)
//
// where n is how many lessons had the label that the learner guesses first. So what it has seldom seen is left to the
// keywords, after 20 lessons its word counts as much as theirs, and after 1,000 they hardly count. The keywords' part is
// their share of the three likeliest topics; for a body it is all the pack's route. Where keywords find nothing the
// learner's word counts w all the same: confidences add up to less than 1 then. Without an opinion of the learner
// everything is as the keywords say.

const (
	// considered is how many topics are weighed against each other.
	considered = 3
	// bar is from when on a message is brought to a curator. It is low: what is passed over is gone, what is judged
	// needlessly costs one tap.
	bar = 0.35
	// silencing is how many times curators must have said «no problem» before the learner may keep from them what the
	// words alone would bring: nobody teaches it of what nobody sees.
	silencing = 100
)

// asked is what the learner said while an update was worked off. A transaction may run more than once: then it hears the
// same, although the learner may have been taught meanwhile.
type asked map[question]map[learn.Dimension]learn.Opinion

type question struct{ text, municipality, settlement string }

// opinion gives what the learner says of a text at a place; nil for nothing.
func (t *Turn) opinion(text string, p storage.Place) map[learn.Dimension]learn.Opinion {
	if t.e.Learner == nil || text == "" {
		return nil
	}
	q := question{text, p.Municipality, p.Settlement}
	said, ok := t.asked[q]
	if !ok {
		said = t.e.Learner.Guess(text, p)
		t.asked[q] = said
	}
	return said
}

// doubt is the weight of what keywords do not know, beside their scores: a strong one alone, of about 25, is three quarters sure,
// a word in passing, of about 7, a half.
const doubt = 8.0

// Topics gives the topics that a text at a place may be about, the likeliest first, at most n.
func (t *Turn) Topics(text string, p storage.Place, n int) []Likely {
	words := t.Judge().Topics(text, max(n, considered))
	sum := doubt
	for _, g := range words[:min(len(words), considered)] {
		sum += g.Score
	}
	list := make([]Likely, 0, len(words))
	for _, g := range words {
		list = append(list, Likely{g.Topic, g.Score / sum})
	}
	list = blend(list, t.opinion(text, p)[learn.Theme], func(code string) bool { return t.Pack().Topic(code) != nil })
	return list[:min(n, len(list))]
}

// blend adds the learner's opinion to what keywords say, by the rule above. What the pack does not know any more is left
// out. Equals stay as they were.
func blend(list []Likely, o learn.Opinion, known func(code string) bool) []Likely {
	w := o.Weight()
	if w == 0 {
		return list
	}
	for i := range list {
		list[i].Confidence *= 1 - w
	}
	for _, g := range o.Guesses {
		i := slices.IndexFunc(list, func(l Likely) bool { return l.Code == g.Label })
		switch {
		case i >= 0:
			list[i].Confidence += w * g.Confidence
		case known(g.Label):
			list = append(list, Likely{g.Label, w * g.Confidence})
		}
	}
	slices.SortStableFunc(list, func(a, b Likely) int { return cmp.Compare(b.Confidence, a.Confidence) })
	return list
}

// Problem gives how likely a message is a problem, by its words and by what curators decided; learned tells that these had
// a say. The learner alone keeps nothing from the curators while it is inexperienced, and never what may be dangerous.
func (t *Turn) Problem(text string, p storage.Place, v understand.Verdict) (likely float64, learned bool) {
	o := t.opinion(text, p)[learn.Problem]
	w := o.Weight()
	if w == 0 {
		return v.Problem, false
	}
	yes, no := 0.0, 0.0
	for _, g := range o.Guesses {
		switch g.Label {
		case "yes":
			yes = g.Confidence
		case "no":
			no = g.Confidence
		}
	}
	likely = (1-w)*v.Problem + w*yes/max(yes+no, 1e-9)
	if v.Problem >= bar && (v.Danger || o.Seen < silencing) {
		likely = max(likely, bar)
	}
	return likely, true
}

// Brought tells whether something so likely a problem is brought to a curator.
func Brought(problem float64) bool { return problem >= bar }

// Percent writes a confidence for people.
func Percent(p float64) string { return fmt.Sprintf("%.0f %%", math.Round(100*min(max(p, 0), 1))) }

// Sure gives how sure the likely body is, to stand behind its name; "" where that is the pack's route alone.
func Sure(inc *storage.Incident) string {
	if inc.Sure == nil || inc.Sure.Org == 0 {
		return ""
	}
	return " " + Percent(inc.Sure.Org)
}

// body gives the likely body of an incident: the pack's route, and what curators decided of such words. A body goes with a
// topic: where the learner would have chosen another one than the incident has, the route alone counts, with confidence 0. Those
// that have refused it are left out.
func (t *Turn) body(inc *storage.Incident, refused ...string) (l Likely) {
	var list []Likely
	if o := t.e.Pack.Route(inc.Topic, inc.Place.Municipality); o != nil && !slices.Contains(refused, o.Code) {
		list = append(list, Likely{o.Code, 1})
		l.Code = o.Code
	}
	if l.Code == "" && t.Pack().Organisation(inc.Source.Org) != nil && !slices.Contains(refused, inc.Source.Org) {
		l.Code = inc.Source.Org // on whose page it stood
	}
	said := t.opinion(inc.Text, inc.Place)
	about := said[learn.Theme].Guesses
	if len(about) == 0 || about[0].Label != inc.Topic || said[learn.Executor].Weight() == 0 {
		return l
	}
	list = blend(list, said[learn.Executor], func(code string) bool {
		return t.Pack().Organisation(code) != nil && !slices.Contains(refused, code)
	})
	if len(list) == 0 {
		return l
	}
	return list[0]
}
