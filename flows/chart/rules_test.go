package chart

import (
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

func TestLettersAreReadOnEveryShade(t *testing.T) {
	for i := range shades {
		if got := contrast(over(ramp(i, shades)), ramp(i, shades)); got < 4.5 {
			t.Errorf("letters on shade %d of %d have a contrast of %.2f, want 4.5", i, shades, got)
		}
	}
	for name, c := range map[string]color.RGBA{"muted": muted, "ink": ink, "blue": blue} {
		if got := contrast(c, white); got < 4.5 {
			t.Errorf("%s on white: %.2f", name, got)
		}
	}
	if got := contrast(vermilion, white); got < 3 { // only of large bold figures
		t.Errorf("vermilion on white: %.2f", got)
	}
}

func TestEachShadeIsDarkerThanTheLast(t *testing.T) {
	for n := 2; n <= shades; n++ {
		for i := 1; i < n; i++ {
			if luminance(ramp(i, n)) >= luminance(ramp(i-1, n)) {
				t.Errorf("shade %d of %d is no darker than the one before it", i, n)
			}
		}
	}
}

func TestNumbersAreWrittenAsRussianDoes(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 7: "7", 999: "999", 1000: "1\u202f000", 1234567: "1\u202f234\u202f567", 12.5: "12,5", 12.04: "12", 0.04: "0,04",
		0.001: "0", -0.001: "0", 123.6: "124", -3: "−3", math.Inf(1): "–", 99.96: "100",
	} {
		if got := Number(v); got != want {
			t.Errorf("%v is written %q, want %q", v, got, want)
		}
	}
}

func TestALongTextIsCutWithAnEllipsis(t *testing.T) {
	pens, err := newPens()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		s, room := rapid.String().Draw(t, "s"), rapid.Float64Range(60, 900).Draw(t, "room")
		got := pens.text.fit(s, room)
		if w := pens.text.measure(got); w > room {
			t.Fatalf("%q is %.0f wide, the room is %.0f", got, w, room)
		}
		if got != clean(s) && !strings.HasSuffix(got, "…") {
			t.Fatalf("%q was cut to %q without saying so", s, got)
		}
		for _, l := range pens.text.wrap(s, room, 2) {
			if pens.text.measure(l) > room {
				t.Fatalf("the line %q is wider than %.0f", l, room)
			}
		}
	})
}

func TestNamesOnTheMapLieOnNoOther(t *testing.T) {
	pens, err := newPens()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		m := Map{Labels: rapid.IntRange(1, 45).Draw(t, "labels")}
		in := room{left: 20, top: 100, right: 1260, bottom: 1200}
		var spots []spot
		for range rapid.IntRange(1, 45).Draw(t, "n") {
			spots = append(spots, spot{
				Place:  Place{Name: rapid.StringMatching(`[А-Я][а-я]{2,20}`).Draw(t, "name"), Value: rapid.Float64Range(0, 100).Draw(t, "v")},
				at:     point{rapid.Float64Range(0, 1280).Draw(t, "x"), rapid.Float64Range(100, 1200).Draw(t, "y")},
				radius: rapid.Float64Range(smallestDot, largestDot).Draw(t, "r"),
			})
		}
		tags := m.tags(pens, in, spots)
		for i, a := range tags {
			for _, b := range tags[i+1:] {
				if a.where.left < b.where.right && b.where.left < a.where.right && a.where.top < b.where.bottom && b.where.top < a.where.bottom {
					t.Fatalf("%s lies on %s", a.name, b.name)
				}
			}
			if a.where.left < in.left || a.where.right > in.right || a.where.top < in.top || a.where.bottom > in.bottom {
				t.Fatalf("%s is not on the map", a.name)
			}
		}
	})
}

func TestNamesOfLinesLieOnNoOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(t, "n")
		mids := rapid.SliceOfN(rapid.Float64Range(100, 800), n, n).Draw(t, "middles")
		slices.Sort(mids)
		heights := rapid.SliceOfN(rapid.Float64Range(40, 150), n, n).Draw(t, "heights")
		got := spread(mids, heights, 100, 800)
		edge := 100.0
		for i, y := range got {
			if y-heights[i]/2 < edge-1e-6 || y+heights[i]/2 > 800+1e-6 {
				t.Fatalf("label %d of %v (high %v) is at %v", i, mids, heights, got)
			}
			edge = y + heights[i]/2
		}
	})
}

func TestAxisBeginsAtZeroAndReachesTheLargest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.Float64Range(0, 1e15).Draw(t, "most")
		whole := rapid.Bool().Draw(t, "whole")
		marks := steps(most, whole)
		if marks[0] != 0 || marks[len(marks)-1] < most || len(marks) < 2 || len(marks) > 6 {
			t.Fatalf("marks to %v: %v", most, marks)
		}
		for _, m := range marks {
			if whole && m != math.Trunc(m) {
				t.Fatalf("of whole numbers: %v", marks)
			}
		}
	})
}

func TestClassesRise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOf(rapid.Float64()).Draw(t, "values")
		edges := classes(values, 5)
		if len(edges) > 4 || !slices.IsSorted(edges) || len(slices.Compact(slices.Clone(edges))) != len(edges) {
			t.Fatalf("edges of %v: %v", values, edges)
		}
		most, _ := largest(values)
		for _, e := range edges {
			if e <= 0 || e > most {
				t.Fatalf("no value is in the class from %v: %v", e, values)
			}
		}
	})
}

func TestPaleRowsStandBelow(t *testing.T) {
	b := Bars{Rows: []Row{{Label: "а", Pale: true}, {Label: "б"}, {Label: "в", Pale: true}, {Label: "г"}}}
	rows, pale := b.sorted()
	got := ""
	for _, r := range rows {
		got += r.Label
	}
	if got != "бгав" || pale != 2 {
		t.Errorf("the rows are %s, pale from %d", got, pale)
	}
}

// TestAMapIsNotSquashed a degree of longitude at 60° is half of one of latitude, at the other side of the 180th meridian too.
func TestAMapIsNotSquashed(t *testing.T) {
	for _, lon := range []float64{50, 179.5, -179.5} {
		points := []orb.Point{{lon - 1, 59.5}, {lon + 1, 59.5}, {lon + 1, 60.5}, {lon - 1, 60.5}}
		for i := range points {
			points[i][0] = math.Mod(points[i][0]+540, 360) - 180
		}
		s := fitted(points, 1000, 1000)
		if got := s.high() / ((s.hi.x - s.lo.x) * s.scale); math.Abs(got-1) > 0.03 {
			t.Errorf("about %v: high by wide is %.3f, want 1", lon, got)
		}
		if a, b := s.at(points[0]), s.at(points[3]); a.y <= b.y {
			t.Error("north is not above")
		}
	}
}

func TestATownAndItsDistrictAreBothSeen(t *testing.T) {
	spots := []spot{{at: point{500, 500}, radius: 40}, {at: point{500, 500}, radius: 20}}
	part(spots)
	if far := math.Hypot(spots[0].at.x-spots[1].at.x, spots[0].at.y-spots[1].at.y); far < 55 {
		t.Errorf("dots of 40 and 20 are %.0f apart", far)
	}
}
