package learn

import (
	"math"
	"math/rand/v2"
)

// Figures say how well labels of one dimension are guessed. All but Lessons are shares in 0..1.
type Figures struct {
	Lessons  int     // with a label in the dimension
	Accuracy float64 // the first guess is right
	Top3     float64 // one of the first three is
	F1       float64 // each label's F1 of the first guess, weighted by how many lessons have the label
	ECE      float64 // how far, on average, the first guess's confidence is from how often it is right; 10 equal bins
}

// Measure teaches a new learner all lessons but one part and judges that part, for each of so many parts (at least 2)
// into which the lessons are dealt by the seed. Each lesson is taught once, in the order of the deal, after the names of all themes:
// a region knows its list of them.
func Measure(lessons []Lesson, folds int, seed uint64) map[Dimension]Figures {
	folds = max(2, folds)
	r, texts := newReader(), make([]text, len(lessons))
	for i, one := range lessons {
		texts[i] = r.read(one.Text, one.Hints)
	}
	deal := rand.New(rand.NewPCG(seed, 0)).Perm(len(lessons))
	names, tallies := Names(lessons), map[Dimension]*Tally{}
	for fold := range folds {
		l := New()
		for _, one := range names {
			_ = l.Teach(one)
		}
		for i, k := range deal {
			if i%folds != fold {
				_ = l.teach(texts[k], lessons[k].Labels) // what there is no room for is guessed wrongly, and counted so
			}
		}
		for i := fold; i < len(deal); i += folds {
			verdict := l.judge(texts[deal[i]], 3)
			for d, want := range lessons[deal[i]].Labels {
				if want == "" {
					continue
				}
				if tallies[d] == nil {
					tallies[d] = &Tally{}
				}
				tallies[d].Add(want, verdict[d])
			}
		}
	}
	figures := map[Dimension]Figures{}
	for d, t := range tallies {
		figures[d] = t.Figures()
	}
	return figures
}

// Tally counts guesses of one dimension against what is right. The zero value is ready.
type Tally struct {
	lessons, first, three int
	labels                map[string]*hits
	bins                  [10]struct{ right, confidence float64 }
}

// hits are of one label: how often it was right, was guessed, and both.
type hits struct{ wanted, guessed, both float64 }

// Add counts a text's guesses, the likeliest first. None at all are a wrong guess of confidence 0.
func (t *Tally) Add(want string, guesses []Guess) {
	t.lessons++
	t.of(want).wanted++
	for i, g := range guesses[:min(3, len(guesses))] {
		if g.Label == want {
			t.three++
			if i == 0 {
				t.first++
			}
		}
	}
	if len(guesses) == 0 {
		return
	}
	g := guesses[0]
	bin := &t.bins[min(9, max(0, int(g.Confidence*10)))]
	bin.confidence += g.Confidence
	t.of(g.Label).guessed++
	if g.Label == want {
		bin.right++
		t.of(want).both++
	}
}

func (t *Tally) of(label string) *hits {
	if t.labels == nil {
		t.labels = map[string]*hits{}
	}
	if t.labels[label] == nil {
		t.labels[label] = &hits{}
	}
	return t.labels[label]
}

// Figures gives what was counted; all zero if nothing was.
func (t *Tally) Figures() (f Figures) {
	if t.lessons == 0 {
		return f
	}
	n := float64(t.lessons)
	f = Figures{Lessons: t.lessons, Accuracy: float64(t.first) / n, Top3: float64(t.three) / n}
	for _, h := range t.labels {
		f.F1 += 2 * h.both / (h.guessed + h.wanted) * h.wanted / n
	}
	for _, b := range t.bins {
		f.ECE += math.Abs(b.right-b.confidence) / n
	}
	return f
}
