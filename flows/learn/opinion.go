package learn

// Opinion is what a learner guesses of a text in one dimension.
type Opinion struct {
	Guesses []Guess // the likeliest first; not empty
	Seen    int     // lessons that had the first one's label
}

// half is after how many lessons of a label the learner's word for it counts half.
const half = 20

// Weight gives how much the opinion counts beside another judge's, 0 to 1: n/(n+20) after n lessons of what it guesses
// first. After 20 it counts half, after 180 nine tenths; a zero Opinion counts nothing.
func (o Opinion) Weight() float64 {
	if len(o.Guesses) == 0 {
		return 0
	}
	return float64(o.Seen) / float64(o.Seen+half)
}

// Opinions gives the n likeliest labels of a text in each dimension that has been taught so many lessons at least. Whoever
// has only ever heard one label has no opinion: they would say it of everything.
func (l *Learner) Opinions(text string, n, least int, hints ...string) map[Dimension]Opinion {
	t := l.read(text, hints)
	l.mu.RLock()
	defer l.mu.RUnlock()
	all := make(map[Dimension]Opinion, len(l.dims))
	for d, guesses := range l.judge(t, n) {
		i := l.find(d)
		if len(guesses) == 0 || int(l.dims[i].lessons) < least || len(l.dims[i].labels) < 2 {
			continue
		}
		y := l.ids[name{i, guesses[0].Label}]
		all[d] = Opinion{guesses, int(l.labels[y].lessons)}
	}
	return all
}

// Known tells whether this very text was taught.
func (l *Learner) Known(text string, hints ...string) bool {
	t := l.read(text, hints)
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.known(t)
}

// Again goes once more through a lesson that was taught: years of history are worth more than one look each. It does not
// count as a lesson.
func (l *Learner) Again(one Lesson) { l.repeat(one) }
