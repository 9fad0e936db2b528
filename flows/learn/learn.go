// Package learn judges texts as people have judged others before: which topic group, which theme, which body, a problem
// or none. It learns from one lesson after another, each takes effect at once, and there is nothing to train at night.
//
// Three opinions are blended. A linear one weighs words, pairs of neighbouring words and how words start for each label;
// another looks at how much a text is like all those of a label together, their centroid; the third at
// the labels of the most similar texts taught. How far the blend is to be trusted is learned too: every lesson is judged
// before it is taught, and confidences are moved towards how often they were right.
//
// Nothing that is kept is text: of words there are numbers only, from which they are not read back.
package learn

import (
	"errors"
	"slices"
	"sync"
)

// Dimension is what a label answers: any short name.
type Dimension string

// The dimensions that the desk knows. Others may be taught beside them.
const (
	Group    Dimension = "group"
	Theme    Dimension = "theme"
	Executor Dimension = "executor"
	Problem  Dimension = "problem" // labels yes and no
)

// Lesson is a text and what people decided about it.
type Lesson struct {
	Text   string
	Labels map[Dimension]string // a dimension without a label teaches nothing
	// Hints are what is known beside the text: "in kirov", "on holes". A hint's first word is its kind, and the first of
	// each kind tells more together with those of others.
	Hints []string
}

// Guess is a label and how probable it is, in 0..1.
type Guess struct {
	Label      string
	Confidence float64
}

// What a learner has room for. A lesson beyond it is not learned in part: Teach gives an error.
const (
	maxDimensions = 8
	maxLabels     = 4096 // of all dimensions together
	longestLabel  = 1000 // bytes
)

// ErrFull tells that a lesson has labels for which a learner has no room.
var ErrFull = errors.New("learn: no room for more labels: 4,096 of at most 1,000 bytes, in 8 dimensions")

// Learner holds all that was taught. It is safe for use by many at once; those who judge wait for no more than one lesson.
type Learner struct {
	mu sync.RWMutex
	model
	reader
	work sync.Pool // of *bench
}

// model is what lessons change.
type model struct {
	lessons uint64   // taught, corrections among them
	seen    []uint32 // in how many lessons a feature stood, by its hash
	subjects
	linear
	centroids
	near
	recent
}

// New gives a learner that knows nothing. It takes 110 MB at once, of which what is in use counts, some 140 MB after 100,000 messages
// of 400 letters, and under 320 MB whatever is taught.
func New() *Learner {
	l := &Learner{model: newModel(), reader: newReader()}
	l.work.New = func() any { return new(bench) }
	return l
}

func newModel() model {
	return model{seen: make([]uint32, 1<<seenBits), subjects: subjects{ids: map[name]int{}}, linear: linear{newWeights(weightBits)}, centroids: newCentroids(), near: newNear()}
}

// bench is what a verdict is made on; kept, as it is large.
type bench struct {
	weighed []weighed
	scores  []float32 // of all labels, linear
	like    []float32 // of all labels, how much the text is like their centroids
	votes   []float32 // of all labels, neighbours'
	sims    []float32 // of all lessons kept, zero between verdicts
	touched []uint32  // whose similarity is not
	rarest  []found
	nearest []neighbour
}

// Lessons tells how many lessons were taught; a correction counts as one, and so does what a theme is called.
func (l *Learner) Lessons() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return int(l.lessons)
}

// Teach learns a lesson at once. A text taught before takes the new labels: a correction. A lesson without labels, words
// and hints changes nothing; one beyond the learner's room gives ErrFull and changes nothing.
func (l *Learner) Teach(lesson Lesson) error {
	t := l.read(lesson.Text, lesson.Hints)
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.teach(t, lesson.Labels)
}

func (l *Learner) teach(t text, labels map[Dimension]string) error {
	if len(t.features) == 0 {
		return nil
	}
	truth, err := l.enroll(labels)
	if err != nil || truth == none {
		return err
	}
	b := l.work.Get().(*bench)
	defer l.work.Put(b)
	if !l.known(t) {
		if l.young() || l.lessons%8 == 0 {
			l.adjust(b, t, truth)
		}
		for _, f := range t.features {
			l.seen[f.slot()]++
		}
	}
	l.lessons++
	l.tally(truth)
	weighed := l.weigh(b, t.features)
	l.step(b, weighed, truth, &l.subjects)
	l.gather(b, weighed, l.decision(t), truth, len(l.labels))
	l.keep(l.idf(), t, truth)
	l.remember(t, truth)
	replays := 1
	if l.young() {
		replays = 4
	}
	for range replays {
		old := l.some()
		l.step(b, l.weigh(b, old.features), old.truth, &l.subjects)
	}
	return nil
}

// young tells whether each lesson still matters so much that more time is to be spent on it.
func (m *model) young() bool { return m.lessons < 10_000 }

// Judge gives the likeliest labels of a text in one dimension, at most n, the likeliest first: the same for the same text
// and lessons, always. Confidences are over all labels of the dimension and add up to at most 1. A dimension never
// taught and a text without words and hints have none.
func (l *Learner) Judge(text string, d Dimension, n int, hints ...string) []Guess {
	t := l.read(text, hints)
	l.mu.RLock()
	defer l.mu.RUnlock()
	i := slices.IndexFunc(l.dims, func(s subject) bool { return s.name == d })
	if i < 0 || len(t.features) == 0 || n <= 0 {
		return nil
	}
	b := l.work.Get().(*bench)
	defer l.work.Put(b)
	l.opinions(b, t)
	return l.verdict(b, t, i, n)
}

// JudgeAll gives what Judge would for every dimension taught, for little more than the price of one.
func (l *Learner) JudgeAll(text string, n int, hints ...string) map[Dimension][]Guess {
	t := l.read(text, hints)
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.judge(t, n)
}

func (l *Learner) judge(t text, n int) map[Dimension][]Guess {
	all := make(map[Dimension][]Guess, len(l.dims))
	if len(t.features) == 0 || n <= 0 {
		return all
	}
	b := l.work.Get().(*bench)
	defer l.work.Put(b)
	l.opinions(b, t)
	for i, s := range l.dims {
		all[s.name] = l.verdict(b, t, i, n)
	}
	return all
}

// opinions fills in what the linear opinion, the centroids and the neighbours say of a text, for all labels.
func (l *Learner) opinions(b *bench, t text) {
	w := l.weigh(b, t.features)
	b.scores = l.score(b.scores, w, len(l.labels))
	l.compare(b, w, len(l.labels))
	l.vote(b, w, l.idf(), &l.subjects)
}
