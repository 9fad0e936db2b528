//go:build !race

package learn

import "testing"

// frequent leaves the appeals whose theme at least so many have: a theme that one or two have can hardly be learned.
func frequent(all []Lesson, least int) (list []Lesson) {
	count := map[string]int{}
	for _, one := range all {
		count[one.Labels[Theme]]++
	}
	for _, one := range all {
		if count[one.Labels[Theme]] >= least {
			list = append(list, one)
		}
	}
	return list
}

// TestRealAppealsAreJudged teaches four fifths of the appeals, one after another, and judges the last fifth. For comparison:
// a linear SVM on words, pairs of words and parts of words, trained in twelve passes over the same folds of all appeals,
// reaches group 0.77, theme 0.51 (top three 0.68), executor 0.44 (top three 0.68).
func TestRealAppealsAreJudged(t *testing.T) {
	all := appeals(t)
	for _, row := range []struct {
		name    string
		lessons []Lesson
		floors  map[Dimension]Figures // a little below what was measured; of ECE a little above
	}{
		{"all", all, map[Dimension]Figures{
			Group: {Accuracy: 0.785, Top3: 0.955, F1: 0.77, ECE: 0.08}, Theme: {Accuracy: 0.535, Top3: 0.725, F1: 0.485, ECE: 0.05},
			Executor: {Accuracy: 0.42, Top3: 0.72, F1: 0.395, ECE: 0.06},
		}},
		{"themes of five appeals and more", frequent(all, 5), map[Dimension]Figures{
			Group: {Accuracy: 0.80, Top3: 0.985, F1: 0.795, ECE: 0.04}, Theme: {Accuracy: 0.61, Top3: 0.815, F1: 0.575, ECE: 0.07},
			Executor: {Accuracy: 0.435, Top3: 0.725, F1: 0.415, ECE: 0.06},
		}},
	} {
		measured := Measure(row.lessons, 5, 1)
		for d, floor := range row.floors {
			f := measured[d]
			t.Logf("%s: %s of %d: accuracy %.3f, top three %.3f, F1 %.3f, confidence off by %.3f", row.name, d, f.Lessons, f.Accuracy, f.Top3, f.F1, f.ECE)
			if f.Accuracy < floor.Accuracy || f.Top3 < floor.Top3 || f.F1 < floor.F1 || f.ECE > floor.ECE {
				t.Errorf("%s: %s is judged worse than it was", row.name, d)
			}
		}
	}
}
