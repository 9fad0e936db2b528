package learn

import "math/bits"

// How the linear opinion learns.
const (
	weightBits = 24  // of the table of weights: 64 MB, of which what is in use counts
	olderBits  = 23  // of that in a file of version 1: a learner goes on with the table that it has
	boldest    = 0.3 // how far one lesson moves it
	recentMost = 2048
)

// weights are a number for each feature and label. They lie in one table of a fixed size, a feature's side by side
// from where its hash points; those of two features may fall on each other, which many features to a text outvote.
type weights []float32

func newWeights(bits int) weights { return make(weights, 1<<bits+maxLabels) }

// bits is how many bits choose a row.
func (w weights) bits() uint64 { return uint64(bits.Len(uint(len(w)-maxLabels)) - 1) } //nolint:gosec // small

func (w weights) row(f feature, labels int) []float32 {
	at := uint64(f.hash*0x9e3779b1) * uint64(len(w)-maxLabels) >> 32 // not the bits by which it is counted
	return w[at:][:labels]
}

// score adds up what stands for a text's features, for all labels, in scores.
func (w weights) score(scores []float32, features []weighed, labels int) []float32 {
	scores = zeros(scores, labels)
	for _, f := range features {
		if !f.fresh {
			add(scores, w.row(f.feature, labels), f.weight)
		}
	}
	return scores
}

// linear is the linear opinion.
type linear struct{ weights }

// add adds a row, weighed, to scores: where most of the time of judging and teaching goes. The conversions keep machines
// from rounding in their own ways.
func add(scores, row []float32, w float32) {
	for len(row) >= 8 && len(scores) >= 8 {
		r, s := (*[8]float32)(row), (*[8]float32)(scores)
		s[0] += float32(w * r[0])
		s[1] += float32(w * r[1])
		s[2] += float32(w * r[2])
		s[3] += float32(w * r[3])
		s[4] += float32(w * r[4])
		s[5] += float32(w * r[5])
		s[6] += float32(w * r[6])
		s[7] += float32(w * r[7])
		row, scores = row[8:], scores[8:]
	}
	for i, v := range row {
		scores[i] += float32(w * v)
	}
}

// step is one passive-aggressive step: where the right label does not lead by 1, it and the best wrong one are moved
// apart by as much as is missing, at most boldest.
func (l *linear) step(b *bench, features []weighed, t truth, s *subjects) {
	b.scores = l.score(b.scores, features, len(s.labels))
	for d := range s.dims {
		if t[d] == 0 {
			continue
		}
		right := int(t[d]) - 1
		wrong := rival(b.scores, s.dims[d].labels, right)
		missing := 1 - b.scores[right]
		if wrong >= 0 {
			missing += b.scores[wrong]
		}
		if missing <= 0 {
			continue
		}
		l.move(features, right, wrong, min(boldest, missing/2), len(s.labels))
	}
}

func (l *linear) move(features []weighed, right, wrong int, by float32, labels int) {
	for _, f := range features {
		row := l.row(f.feature, labels)
		row[right] += float32(by * f.weight)
		if wrong >= 0 {
			row[wrong] -= float32(by * f.weight)
		}
	}
}

// rival gives the best label but one; -1 where there is no other.
func rival(scores []float32, labels []int, right int) int {
	best := -1
	for _, y := range labels {
		if y != right && (best < 0 || scores[y] > scores[best]) {
			best = y
		}
	}
	return best
}

// recent are the last lessons, some of which are taught again beside each new one: once is too little to learn by.
type recent struct {
	ring []replay
	next int
	dice uint64
}

type replay struct {
	features []feature
	print    uint64
	truth    truth
}

// remember keeps a lesson, in place of what was taught about the same text.
func (r *recent) remember(t text, truth truth) {
	now := replay{t.features, t.print, truth}
	for i := range r.ring {
		if r.ring[i].print == t.print {
			r.ring[i].truth = merged(r.ring[i].truth, truth)
			return
		}
	}
	if len(r.ring) < recentMost {
		r.ring = append(r.ring, now)
		return
	}
	r.ring[r.next] = now
	r.next = (r.next + 1) % recentMost
}

// some gives one of them. The dice are the learner's own: the same lessons make the same learner.
func (r *recent) some() replay {
	r.dice = r.dice*6364136223846793005 + 1442695040888963407
	return r.ring[(r.dice>>33)%uint64(len(r.ring))]
}

// merged is what is known of a text that was taught twice: the later word in each dimension.
func merged(before, now truth) truth {
	for d, y := range now {
		if y != 0 {
			before[d] = y
		}
	}
	return before
}

func zeros(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n, n+n/4)
	}
	s = s[:n]
	clear(s)
	return s
}
