package learn

import "math"

// sumBits is of the table of the sums: 32 MB, of which what is in use counts.
const sumBits = 23

// centroids are the sums of the texts of each label. Where a label has few texts, what they have in common tells more than
// what parts them from others.
type centroids struct {
	sums    weights
	lengths []float64 // of each label's sum
}

func newCentroids() centroids { return centroids{sums: newWeights(sumBits)} }

// compare says how much a text is like each label's centroid: the cosine between them, 0..1.
func (c *centroids) compare(b *bench, features []weighed, labels int) {
	b.like = c.sums.score(b.like, features, labels)
	for y := range b.like {
		if y >= len(c.lengths) || c.lengths[y] == 0 {
			b.like[y] = 0
			continue
		}
		b.like[y] = min(1, b.like[y]/float32(c.lengths[y])) // of words weighed long ago the sum may be short
	}
}

// gather adds a text to the sums of its labels and takes it from those that were its labels before.
func (c *centroids) gather(b *bench, features []weighed, before, now truth, labels int) {
	for len(c.lengths) < labels {
		c.lengths = append(c.lengths, 0)
	}
	c.compare(b, features, labels)
	for d, y := range now {
		if y == 0 || y == before[d] {
			continue
		}
		c.move(b, features, int(y)-1, 1, labels)
		if before[d] != 0 {
			c.move(b, features, int(before[d])-1, -1, labels)
		}
	}
}

// move adds a text to a label's sum, or takes it away, by ±1.
func (c *centroids) move(b *bench, features []weighed, label int, by float32, labels int) {
	square, long := 0.0, c.lengths[label]
	for _, f := range features {
		c.sums.row(f.feature, labels)[label] += float32(by * f.weight)
		square += float64(f.weight * f.weight)
	}
	both := float64(b.like[label]) * long
	c.lengths[label] = math.Sqrt(max(0, float64(long*long)+float64(float64(2*by)*both)+square))
}
