package learn

import (
	"cmp"
	"math"
	"slices"
)

// How the opinions are blended, and how fast it is learned what that is worth. Chosen on labelled appeals; around
// these figures little changes.
const (
	ofVotes  = 0.6  // of the logarithm of a label's votes
	ofScores = 6.0  // of its linear score
	ofFew    = 2.0  // less of it where there are few lessons
	ofLike   = 13.0 // of the likeness to its centroid, where there are few
	settled  = 5000 // lessons of a dimension: by then what parts labels is known better than what the texts of each share
	pace     = 0.02
	surest   = 0.995 // that a first guess may be
)

// trust turns how probable the first guess looks into how often such a guess is right: a shift and a slope on the
// logistic scale, one for each dimension.
type trust struct {
	shift, slope float64
}

func newTrust() trust { return trust{0, 0.7} }

func (t trust) of(p float64) float64 {
	return 1 / (1 + math.Exp(-t.shift-float64(t.slope*logit(p))))
}

// logit is the logistic scale, without its ends.
func logit(p float64) float64 {
	p = max(1-surest, min(surest, p))
	return math.Log(p / (1 - p))
}

// learn moves trust by one first guess, which was right or was not.
func (t *trust) learn(p float64, right bool) {
	missing := -t.of(p)
	if right {
		missing++
	}
	t.shift += float64(pace * missing)
	t.slope += float64(pace * missing * logit(p))
}

// blended says how probable a dimension's labels look, in the order of the labels; they add up to 1.
func (s subject) blended(b *bench) []float64 {
	p := make([]float64, len(s.labels))
	few := 1 / (1 + float64(s.lessons)/settled)
	for i, y := range s.labels {
		p[i] = float64(ofVotes*math.Log(float64(b.votes[y])+1e-6)) + float64((ofScores-float64(ofFew*few))*float64(b.scores[y])) + float64(ofLike*few*float64(b.like[y]))
	}
	top, sum := slices.Max(p), 0.0
	for i := range p {
		p[i] = math.Exp(p[i] - top)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

// adjust judges a text not taught yet and learns what the verdict was worth. That a new label could not be guessed
// counts too: new ones come.
func (l *Learner) adjust(b *bench, t text, truth truth) {
	l.opinions(b, t)
	for d := range l.dims {
		s := &l.dims[d]
		if truth[d] == 0 || len(s.labels) < 2 {
			continue
		}
		p := s.blended(b)
		top := slices.Max(p)
		first := s.labels[slices.Index(p, top)]
		s.trust.learn(top, first == int(truth[d])-1)
	}
}

// verdict gives the likeliest labels of a text of which the opinions are known.
func (l *Learner) verdict(b *bench, t text, d, n int) []Guess {
	s := l.dims[d]
	p := s.blended(b)
	s.trust.apply(p)
	decided, share := l.decided(t, d)
	var guesses []Guess
	for i, y := range s.labels {
		p[i] *= 1 - share
		if y == decided {
			p[i] += share
		}
		if len(guesses) < n || p[i] >= guesses[n-1].Confidence {
			guesses = insert(guesses, Guess{l.labels[y].text, p[i]}, n)
		}
	}
	return guesses
}

// insert puts a guess where it belongs among the best n.
func insert(guesses []Guess, g Guess, n int) []Guess {
	at, _ := slices.BinarySearchFunc(guesses, g, func(a, b Guess) int {
		return cmp.Or(cmp.Compare(b.Confidence, a.Confidence), cmp.Compare(a.Label, b.Label))
	})
	guesses = slices.Insert(guesses, at, g)
	return guesses[:min(n, len(guesses))]
}

// apply gives the first of probabilities its due and shares out the rest as it was. The first stays first.
func (t trust) apply(p []float64) {
	first := slices.Index(p, slices.Max(p))
	second, rest := 0.0, 0.0 // 1 - p[first] is nothing but rounding where the first is all but sure
	for i, q := range p {
		if i != first {
			second, rest = max(second, q), rest+q
		}
	}
	due := t.of(p[first])
	if rest > 0 {
		due = max(due, second/(rest+second))
		for i := range p {
			p[i] *= (1 - due) / rest
		}
	}
	p[first] = due
}

// decided gives the label of a text that was taught word for word, and what that is worth: the more words, the less it
// is chance that they are the same.
func (l *Learner) decided(t text, d int) (label int, share float64) {
	y := l.decision(t)[d]
	if y == 0 {
		return -1, 0
	}
	words := float64(t.words)
	return int(y) - 1, (words + 0.5) / (words + 1.5)
}
