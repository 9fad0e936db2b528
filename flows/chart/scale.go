package chart

import (
	"math"
	"slices"
)

// steps gives the marks of an axis from zero that reaches most: four or so, at round values, the last not below most. Of
// whole numbers they are whole.
func steps(most float64, whole bool) []float64 {
	if most <= 0 {
		most = 1
	}
	step := round(most / 4)
	if whole {
		step = max(step, 1)
	}
	marks := []float64{0}
	for i := 1; marks[len(marks)-1] < most; i++ {
		marks = append(marks, float64(i)*step)
	}
	return marks
}

// round gives the smallest of 1, 2, 2.5, 5 and 10 times a power of ten that is not below v.
func round(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, k := range []float64{1, 2, 2.5, 5} {
		if v <= k*power*(1+1e-9) && (k != 2.5 || power >= 10) {
			return k * power
		}
	}
	return 10 * power
}

// classes gives the lower edges of up to n classes that hold about as many values each, at values that are read easily.
// The first edge, zero, is left out: with no edges all values are of one class.
func classes(values []float64, n int) []float64 {
	sorted := slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return !known(v) })
	slices.Sort(sorted)
	var edges []float64
	for i := 1; i < n && len(sorted) > 0; i++ {
		edge := tidy(sorted[i*len(sorted)/n])
		if edge > 0 && edge > sorted[0] && edge <= sorted[len(sorted)-1] && (len(edges) == 0 || edge > edges[len(edges)-1]) {
			edges = append(edges, edge)
		}
	}
	return edges
}

// tidy rounds to two figures, the second of them even or five.
func tidy(v float64) float64 {
	if v == 0 {
		return 0
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	k := v / power
	if k < 3 {
		return math.Round(k*5) / 5 * power
	}
	return math.Round(k*2) / 2 * power
}

// class says in which of the classes between edges a value lies, counted from 0.
func class(v float64, edges []float64) int {
	n := 0
	for n < len(edges) && v >= edges[n] {
		n++
	}
	return n
}

// spread moves middles of labels, in order from above, so that each has its height and all lie between top and bottom;
// they stay as near to where they were as that lets them.
func spread(middles, heights []float64, top, bottom float64) []float64 {
	out := slices.Clone(middles)
	edge := top
	for i := range out { // downwards: nobody above its neighbour
		out[i] = max(out[i], edge+heights[i]/2)
		edge = out[i] + heights[i]/2
	}
	edge = bottom
	for i := len(out) - 1; i >= 0; i-- { // and back up, from the bottom
		out[i] = min(out[i], edge-heights[i]/2)
		edge = out[i] - heights[i]/2
	}
	return out
}
