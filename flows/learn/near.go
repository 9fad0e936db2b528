package learn

import (
	"cmp"
	"math"
	"slices"
)

// How neighbours are found.
const (
	keptBits   = 17   // 131,072 lessons are kept; then the oldest give way
	cycleBits  = 7    // of which round of lessons a posting is, as the lessons' places are used again
	headBits   = 18   // of the table of words
	mostOfText = 256  // words of a lesson by which it is found
	mostOfWord = 2048 // lessons remembered by one word; then the older half of them gives way
	patience   = 8000 // lessons looked at for one verdict, once for each word
	neighbours = 40   // who vote
	prior      = 0.05 // votes that are given out beforehand, to labels as they are frequent
)

// near are the lessons kept, and which words stand in which.
type near struct {
	count   uint32 // lessons that came, all told
	kept    []lesson
	marks   []mark            // of the lessons kept; apart, as they are looked at most
	byWord  [][]posting       // by a word's hash
	byPrint map[uint64]uint32 // the text's hash → lesson's place
}

type lesson struct {
	print uint64
	truth truth
}

// mark is a lesson's length and of which cycle it is.
type mark struct {
	norm  float32
	cycle uint8
}

// posting is a lesson in which a word stands: its cycle and place, and in the lower eight bits how much of the word.
type posting uint32

func (p posting) place() uint32   { return uint32(p>>8) & (1<<keptBits - 1) }
func (p posting) cycle() uint8    { return uint8(p >> (8 + keptBits)) }
func (p posting) amount() float32 { return float32(uint8(p)) / scale }

// neighbour is a lesson kept and how similar its text is, 0..1.
type neighbour struct {
	place      uint32
	similarity float32
}

func newNear() near {
	return near{byWord: make([][]posting, 1<<headBits), byPrint: map[uint64]uint32{}}
}

func head(f feature) uint32 { return f.hash >> (32 - headBits) }

// known tells whether the text was taught before.
func (n *near) known(t text) bool {
	_, ok := n.byPrint[t.print]
	return ok
}

// decision gives what was taught of the same text before.
func (n *near) decision(t text) truth {
	if i, ok := n.byPrint[t.print]; ok {
		return n.kept[i].truth
	}
	return none
}

// keep keeps a lesson. A text that is kept already takes the new labels.
func (n *near) keep(idf func(feature) float32, t text, truth truth) {
	if i, ok := n.byPrint[t.print]; ok {
		n.kept[i].truth = merged(n.kept[i].truth, truth)
		return
	}
	place := n.count & (1<<keptBits - 1)
	now := lesson{print: t.print, truth: truth}
	mark := mark{cycle: uint8(n.count>>keptBits) & (1<<cycleBits - 1)}
	n.count++
	sum, words := 0.0, 0
	for _, f := range t.features {
		if !f.alone() {
			continue
		}
		if words++; words > mostOfText {
			break
		}
		w := float64(f.amount() * idf(f))
		sum += float64(w * w)
		n.post(head(f), posting(uint32(mark.cycle)<<(8+keptBits)|place<<8|uint32(f.q)))
	}
	mark.norm = float32(math.Sqrt(sum))
	if int(place) < len(n.kept) {
		delete(n.byPrint, n.kept[place].print)
		n.kept[place], n.marks[place] = now, mark
	} else {
		n.kept, n.marks = append(n.kept, now), append(n.marks, mark)
	}
	n.byPrint[t.print] = place
}

func (n *near) post(head uint32, p posting) {
	list := n.byWord[head]
	if len(list) == mostOfWord {
		list = list[:copy(list, list[mostOfWord/2:])]
	}
	n.byWord[head] = append(list, p)
}

// vote lets the nearest lessons vote for their labels, each with the square of its similarity. The votes of a
// dimension's labels add up to 1.
func (n *near) vote(b *bench, features []weighed, idf func(feature) float32, s *subjects) {
	n.nearest(b, features, idf)
	b.votes = zeros(b.votes, len(s.labels))
	var cast [maxDimensions]float32
	for _, k := range b.nearest {
		weight := float32(k.similarity * k.similarity)
		for d, y := range n.kept[k.place].truth {
			if y != 0 {
				b.votes[y-1] += weight
				cast[d] += weight
			}
		}
	}
	for i, y := range s.labels {
		common := float32(y.lessons) / float32(max(1, s.dims[y.dim].lessons))
		b.votes[i] = (b.votes[i] + float32(prior*common)) / (cast[y.dim] + prior)
	}
}

// nearest finds the lessons whose words are most like a text's, by the cosine between them.
func (n *near) nearest(b *bench, features []weighed, idf func(feature) float32) {
	length := n.overlap(b, features, idf)
	b.nearest = b.nearest[:0]
	worst := neighbour{}
	for _, i := range b.touched {
		k := neighbour{i, min(1, b.sims[i]/(n.marks[i].norm*length))} // words grow common: a norm of long ago may be short
		b.sims[i] = 0
		if len(b.nearest) == 2*neighbours { // sorted seldom: most lessons are far
			b.nearest = best(b.nearest)
			worst = b.nearest[neighbours-1]
		}
		if closer(k, worst) < 0 {
			b.nearest = append(b.nearest, k)
		}
	}
	b.nearest = best(b.nearest)
}

// found is a word of a text: the lessons in which it stands, and what it counts in each.
type found struct {
	lessons []posting
	weight  float32
}

// overlap adds up what the lessons kept have in common with a text, and gives the text's length. Rare words go first:
// when so many lessons were looked at as there is time for, what is left are words that stand everywhere.
func (n *near) overlap(b *bench, features []weighed, idf func(feature) float32) (length float32) {
	if len(b.sims) < len(n.kept) {
		b.sims = make([]float32, len(n.kept)+len(n.kept)/4)
	}
	b.touched, b.rarest = b.touched[:0], b.rarest[:0]
	sum := 0.0
	for _, f := range features {
		if !f.alone() {
			continue
		}
		rare := idf(f.feature)
		w := f.amount() * rare
		sum += float64(w * w)
		b.rarest = append(b.rarest, found{n.byWord[head(f.feature)], w * rare})
	}
	slices.SortStableFunc(b.rarest, func(a, b found) int { return cmp.Compare(len(a.lessons), len(b.lessons)) })
	looked := 0
	for _, f := range b.rarest {
		if looked += len(f.lessons); looked > patience {
			break
		}
		n.look(b, f)
	}
	return float32(math.Sqrt(sum))
}

func (n *near) look(b *bench, f found) {
	for _, p := range f.lessons {
		i := p.place()
		if n.marks[i].cycle != p.cycle() { // of a lesson that gave way
			continue
		}
		if b.sims[i] == 0 {
			b.touched = append(b.touched, i)
		}
		b.sims[i] += float32(f.weight * p.amount())
	}
}

// closer orders neighbours: the more similar first, of equals the one in a later place.
func closer(a, b neighbour) int {
	return cmp.Or(cmp.Compare(b.similarity, a.similarity), cmp.Compare(b.place, a.place))
}

func best(list []neighbour) []neighbour {
	slices.SortFunc(list, closer)
	return list[:min(len(list), neighbours)]
}
