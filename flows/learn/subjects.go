package learn

import (
	"maps"
	"slices"
)

// subjects are the dimensions and labels met so far, in the order in which they were.
type subjects struct {
	dims   []subject
	labels []label
	ids    map[name]int // label → its place
}

// subject is a dimension.
type subject struct {
	name    Dimension
	labels  []int // places
	lessons uint32
	trust   trust
}

type label struct {
	name
	lessons uint32
}

// name is what makes a label one of its own: «Other» may be in two dimensions.
type name struct {
	dim  int
	text string
}

// truth is a lesson's labels, one for each dimension: a label's place + 1, 0 where there is none.
type truth [maxDimensions]uint16

var none truth

// enroll finds the labels' places, with new ones for new labels, and counts nothing yet.
func (s *subjects) enroll(labels map[Dimension]string) (truth, error) {
	if !s.room(labels) {
		return none, ErrFull
	}
	var t truth
	for _, d := range slices.Sorted(maps.Keys(labels)) { // sorted: places must not hang on a map's order
		if labels[d] != "" {
			dim := s.subject(d)
			t[dim] = uint16(s.place(name{dim, labels[d]}) + 1)
		}
	}
	return t, nil
}

// room tells whether all labels fit.
func (s *subjects) room(labels map[Dimension]string) bool {
	dims, places := len(s.dims), len(s.labels)
	for d, text := range labels {
		if text == "" {
			continue
		}
		if len(text) > longestLabel || len(d) > longestLabel {
			return false
		}
		i := s.find(d)
		if i < 0 {
			dims++
		}
		if _, ok := s.ids[name{i, text}]; !ok {
			places++
		}
	}
	return dims <= maxDimensions && places <= maxLabels
}

func (s *subjects) find(d Dimension) int {
	return slices.IndexFunc(s.dims, func(k subject) bool { return k.name == d })
}

func (s *subjects) subject(d Dimension) int {
	if i := s.find(d); i >= 0 {
		return i
	}
	s.dims = append(s.dims, subject{name: d, trust: newTrust()})
	return len(s.dims) - 1
}

func (s *subjects) place(n name) int {
	if i, ok := s.ids[n]; ok {
		return i
	}
	i := len(s.labels)
	s.ids[n] = i
	s.labels = append(s.labels, label{name: n})
	s.dims[n.dim].labels = append(s.dims[n.dim].labels, i)
	return i
}

// tally counts a lesson's labels.
func (s *subjects) tally(t truth) {
	for d, y := range t {
		if y != 0 {
			s.dims[d].lessons++
			s.labels[y-1].lessons++
		}
	}
}
