package learn

import (
	"iter"
	"math"
	"strings"
	"unicode/utf8"

	"otklik/flows/memo"
	"otklik/flows/words"
)

// How a text is read. Chosen on labelled appeals; around these figures little changes.
const (
	longest   = 16_000 // bytes of a text; what is further is not read
	mostHints = 8
	early     = 1.0 // more for a word at the start: people say first what it is about, then the circumstances
	attention = 25  // words after which that has fallen to a third
	pair      = 0.6 // what two neighbouring words count
	start     = 1.0 // what the first letters of a word count
	hint      = 4.0 // what a hint counts, and two hints together
	seenBits  = 20  // of the table in which lessons with a feature are counted
)

// The kinds of features. A pair of words stands seldom in two texts, and how words start in many: neither tells how similar
// they are. Starts bring together what stemming leaves apart, and what was typed with a slip at its end.
const (
	aWord byte = iota
	aPair
	aHint
	aStart
)

// shortStart and longStart are how many letters of a word its starts have.
const shortStart, longStart = 3, 4

// feature is something that stands in a text, by a hash of it, and how much, on a logarithmic scale: q/64.
type feature struct {
	hash uint32
	kind byte
	q    uint8
}

// scale is how many steps of a feature's q make one.
const scale = 64

func (f feature) amount() float32 { return float32(f.q) / scale }
func (f feature) slot() uint32    { return f.hash >> (32 - seenBits) }

// alone tells whether a feature says by itself what a text is about.
func (f feature) alone() bool { return f.kind == aWord || f.kind == aHint }

// text is a text read: its features, each once, in a fixed order, and a hash of all.
type text struct {
	features []feature
	print    uint64
	words    int // and hints
}

// reader takes texts apart. As the same words come again and again, it remembers the stems of the newest.
type reader struct {
	stems *memo.Memo[[]string]
}

const rememberedWords = 8192

func newReader() reader { return reader{memo.New(rememberedWords, words.Stems)} }

func (r reader) read(s string, hints []string) text {
	amounts := make(map[feature]float32, 128)
	var order []feature
	add := func(kind byte, amount float32, parts ...string) {
		f := feature{hash: uint32(hash(kind, parts...) >> 32), kind: kind}
		if _, ok := amounts[f]; !ok {
			order = append(order, f)
		}
		amounts[f] += amount
	}
	at := 0
	for _, sentence := range strings.FieldsFunc(cut(s), ends) {
		last := ""
		for word := range strings.FieldsSeq(sentence) {
			for _, stem := range r.stems.Of(word) {
				weight := float32(1 + early*math.Exp(-float64(at)/attention))
				at++
				add(aWord, weight, stem)
				for s := range starts(stem) {
					add(aStart, weight*start, s)
				}
				if last != "" {
					add(aPair, weight*pair, last, stem)
				}
				last = stem
			}
		}
	}
	hints = hints[:min(len(hints), mostHints)]
	for i, h := range hints {
		add(aHint, hint, h)
		for _, other := range hints[:i] {
			if leads(h, hints) && leads(other, hints) {
				add(aHint, hint, min(h, other), max(h, other)) // what neither tells alone: who mends roads in that place
			}
		}
	}
	return finish(order, amounts)
}

// starts gives the first letters of a stem that has so many.
func starts(stem string) iter.Seq[string] {
	return func(yield func(string) bool) {
		letters := 0
		for i := range stem + " " { // the start ends where the next letter would begin
			if (letters == shortStart || letters == longStart) && !yield(stem[:i]) {
				return
			}
			letters++
		}
	}
}

// leads tells whether a hint is the first of its kind, which is its first word.
func leads(h string, hints []string) bool {
	kind, _, _ := strings.Cut(h, " ")
	for _, other := range hints {
		if k, _, _ := strings.Cut(other, " "); k == kind {
			return other == h
		}
	}
	return false
}

func finish(order []feature, amounts map[feature]float32) (t text) {
	t.print = offset
	for i, f := range order {
		order[i].q = uint8(min(255, math.Round(scale*math.Log1p(float64(amounts[f])))))
		if f.kind != aStart { // they say nothing of a text that its words do not
			t.print = (t.print ^ uint64(f.hash)) * prime
		}
		if f.alone() {
			t.words++
		}
	}
	t.features = order
	return t
}

// cut leaves of a text what is read.
func cut(s string) string {
	if len(s) <= longest {
		return s
	}
	end := longest
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

// ends tells whether a sign parts words that do not belong together.
func ends(r rune) bool { return strings.ContainsRune(".!?\n;:()", r) }

// FNV-1a of 64 bits.
const (
	offset uint64 = 14695981039346656037
	prime  uint64 = 1099511628211
)

func hash(kind byte, parts ...string) uint64 {
	h := (offset ^ uint64(kind)) * prime
	for _, p := range parts {
		for i := range len(p) {
			h = (h ^ uint64(p[i])) * prime
		}
		h = (h ^ 0xff) * prime // a byte that is in no UTF-8
	}
	h ^= h >> 32 // the upper bits of FNV alone are poor for short words
	h *= 0x9e3779b97f4a7c15
	return h
}

// weighed is a feature with its weight in a text; all squares add up to 1.
type weighed struct {
	feature
	weight float32
	fresh  bool // it was in no lesson
}

// idf gives how much rarer than in every lesson a feature is, from almost 0 to 1. As it is relative, what was weighed long ago
// compares with what is weighed now.
func (m *model) idf() func(feature) float32 {
	all := float32(math.Log(float64(m.lessons) + 2))
	return func(f feature) float32 {
		return max(0.01, 1-logarithm(m.seen[f.slot()])/all)
	}
}

// weigh weighs features by what is known now.
func (m *model) weigh(b *bench, features []feature) []weighed {
	idf := m.idf()
	b.weighed = b.weighed[:0]
	sum := float32(0)
	for _, f := range features {
		w := f.amount() * idf(f)
		b.weighed = append(b.weighed, weighed{f, w, m.seen[f.slot()] == 0})
		sum += float32(w * w)
	}
	if sum == 0 {
		return b.weighed
	}
	norm := float32(math.Sqrt(float64(sum)))
	for i := range b.weighed {
		b.weighed[i].weight /= norm
	}
	return b.weighed
}

// logarithm gives that of n + 1/2; most are asked for often.
func logarithm(n uint32) float32 {
	if int(n) < len(logarithms) {
		return logarithms[n]
	}
	return float32(math.Log(float64(n) + 0.5))
}

var logarithms = func() (table [1024]float32) { // read only
	for n := range table {
		table[n] = float32(math.Log(float64(n) + 0.5))
	}
	return table
}()
