package learn

import (
	"math"
	"testing"
)

func TestWhatIsSharedOutAddsUp(t *testing.T) {
	for _, others := range []float64{0, 1e-300, 1e-17, 1e-13, 1e-9, 1e-3, 0.3} {
		p := []float64{others / 3, 1 - others, others / 3, others / 3}
		newTrust().apply(p)
		sum := 0.0
		for _, q := range p {
			sum += q
		}
		if others > 0 && math.Abs(sum-1) > 1e-12 || sum > 1+1e-12 || !(p[1] >= p[0]) {
			t.Errorf("others %g: %v add up to %v", others, p, sum)
		}
	}
}
