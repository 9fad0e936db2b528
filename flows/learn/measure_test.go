package learn

import (
	"fmt"
	"math"
	"testing"
)

// TestFiguresByHand has four texts. Label a: wanted 2, guessed 2, both 1: F1 1/2. Label b: wanted 1, guessed 1, both 1: F1 1.
// Label c: never guessed: F1 0. Weighted: (2·½ + 1·1 + 1·0)/4 = 1/2.
func TestFiguresByHand(t *testing.T) {
	var tally Tally
	if f := tally.Figures(); f != (Figures{}) {
		t.Errorf("nothing counted is %v", f)
	}
	tally.Add("a", []Guess{{"a", 0.92}, {"b", 0.05}})
	tally.Add("b", []Guess{{"b", 0.55}, {"a", 0.4}})
	tally.Add("c", []Guess{{"a", 0.98}, {"b", 0.01}, {"c", 0.005}})
	tally.Add("a", nil)
	f := tally.Figures()
	// of the bin 0.9 two are 1.9 sure and 1 is right, of the bin 0.5 one is 0.55 sure and right
	want := Figures{Lessons: 4, Accuracy: 2.0 / 4, Top3: 3.0 / 4, F1: 0.5, ECE: (0.9 + 0.45) / 4}
	for _, d := range []float64{f.Accuracy - want.Accuracy, f.Top3 - want.Top3, f.F1 - want.F1, f.ECE - want.ECE} {
		if math.Abs(d) > 1e-9 || f.Lessons != 4 {
			t.Fatalf("%+v, want %+v", f, want)
		}
	}
}

// TestMeasureJudgesWhatItDidNotTeach has lessons whose words tell the theme and nothing that tells the problem.
func TestMeasureJudgesWhatItDidNotTeach(t *testing.T) {
	var list []Lesson
	for i := range 60 {
		one := themed(fmt.Sprint(word(1000+i%3), " ", word(90_000+i)), fmt.Sprint("theme ", i%3))
		one.Labels[Problem] = map[bool]string{true: "yes", false: "no"}[i/3%2 == 0]
		one.Labels[Group] = ""
		list = append(list, one)
	}
	f := Measure(list, 4, 1)
	if len(f) != 2 || f[Theme].Lessons != 60 || f[Theme].Accuracy < 0.9 || f[Problem].Accuracy > 0.7 {
		t.Errorf("%+v", f)
	}
	if again := Measure(list, 4, 1); again[Theme] != f[Theme] {
		t.Errorf("%+v, then %+v", f[Theme], again[Theme])
	}
}
