package disktest

import "math/rand/v2"

// past is what something was, from what is sure to be on the disk to what it is now.
type past[T any] []state[T]

type state[T any] struct {
	at   int // the moment from which on it was so
	v    T
	lost bool // a sync of it failed: no later one brings it to the disk
}

func (p past[T]) now() (v T) {
	if len(p) > 0 {
		v = p[len(p)-1].v
	}
	return v
}

// set adds a state. What nothing is known of was the zero value.
func (p past[T]) set(at int, v T) past[T] {
	if len(p) == 0 {
		p = append(p, state[T]{})
	}
	return append(p, state[T]{at: at, v: v})
}

// undo takes back what came at a moment.
func (p past[T]) undo(at int) past[T] {
	for i := len(p) - 1; i > 0; i-- {
		if p[i].at == at {
			p = append(p[:i:i], p[i+1:]...)
		}
	}
	return p
}

// settle has what was there at a moment on the disk.
func (p past[T]) settle(at int) past[T] {
	i := p.index(at)
	if i <= 0 || p[i].lost {
		return p
	}
	return p[i:]
}

// lose has a sync of what was there at a moment fail.
func (p past[T]) lose(at int) {
	for i := 1; i <= p.index(at); i++ {
		p[i].lost = true
	}
}

// index gives which state was at a moment, the first if all are later; -1 if there is none.
func (p past[T]) index(at int) int {
	i := len(p) - 1
	for i > 0 && p[i].at > at {
		i--
	}
	return i
}

// sure tells whether there is one state only.
func (p past[T]) sure() bool { return len(p) < 2 }

// moments adds the moments of the states.
func (p past[T]) moments(to []int) []int {
	for _, s := range p {
		to = append(to, s.at)
	}
	return to
}

// luck picks what of the unsure came to the disk.
type luck struct {
	*rand.Rand
	way int
}

// The ways of picking; the first two leave nothing to luck.
const (
	nothing = iota // of what is not sure came
	all
	mostly
	hardly
	mixed // any of the states that there were
	ways
)

// pick picks one of some moments.
func (l luck) pick(moments []int) int {
	first, last := moments[0], moments[0]
	for _, m := range moments {
		first, last = min(first, m), max(last, m)
	}
	way := l.way
	if one := l.IntN(8) == 0; way == mostly && !one || way == hardly && one {
		way = all
	} else if way == mostly || way == hardly {
		way = nothing
	}
	switch way {
	case nothing:
		return first
	case all:
		return last
	}
	return moments[l.IntN(len(moments))]
}
