package learn

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"
)

// TestACorrectionMovesATextToAnotherCentroid: what its label was before has nothing of it any more.
func TestACorrectionMovesATextToAnotherCentroid(t *testing.T) {
	l := taught(t, themed("Люк без крышки у рынка", "snow"), themed("Люк без крышки у рынка", "manholes"))
	b, w := new(bench), l.weigh(new(bench), l.read("Люк без крышки у рынка", nil).features)
	l.compare(b, w, len(l.labels))
	if snow, manholes := b.like[0], b.like[1]; snow > 0.01 || manholes < 0.99 {
		t.Errorf("it is like «snow» by %.3f, like «manholes» by %.3f", snow, manholes)
	}
	if l.lengths[0] > 0.01 || math.Abs(l.lengths[1]-1) > 0.01 {
		t.Errorf("the sums are %.3f and %.3f long", l.lengths[0], l.lengths[1])
	}
}

// TestTheLengthOfACentroidIsThatOfItsSum adds it up from all its numbers.
func TestTheLengthOfACentroidIsThatOfItsSum(t *testing.T) {
	l := taught(t, decisions()...)
	for y := range l.labels {
		slots, square := map[feature]bool{}, 0.0
		for _, old := range l.ring {
			for _, f := range old.features {
				if !slots[feature{hash: f.hash, kind: f.kind}] {
					slots[feature{hash: f.hash, kind: f.kind}] = true
					square += math.Pow(float64(l.sums.row(f, len(l.labels))[y]), 2)
				}
			}
		}
		if want := math.Sqrt(square); math.Abs(l.lengths[y]-want) > 1e-3*want {
			t.Errorf("%s: %.4f long, its numbers make %.4f", l.labels[y].text, l.lengths[y], want)
		}
	}
}

// TestAFileOfVersion1IsRead: its table of weights is smaller, and it has no centroids; they are made of the lessons that are
// in it. What is written of it is read again.
func TestAFileOfVersion1IsRead(t *testing.T) {
	l := New()
	l.weights = newWeights(olderBits)
	for _, one := range decisions() {
		if err := l.Teach(one); err != nil {
			t.Fatal(err)
		}
	}
	old := append(encoder(magic), 1)
	old.number(l.lessons)
	old.subjects(&l.subjects)
	old.table(len(l.seen), func(i int) uint32 { return l.seen[i] })
	old.table(len(l.weights), func(i int) uint32 { return math.Float32bits(l.weights[i]) })
	old.near(&l.near)
	old.recent(&l.recent)
	loaded := New()
	if err := loaded.Load(bytes.NewReader(binary.LittleEndian.AppendUint32(old, checksum(0, old)))); err != nil {
		t.Fatal(err)
	}
	again := New()
	if err := again.Load(strings.NewReader(saved(t, loaded))); err != nil || saved(t, again) != saved(t, loaded) {
		t.Error("it is another one when it was saved and read:", err)
	}
	for _, one := range decisions() {
		want, got := l.Judge(one.Text, Theme, 1), loaded.Judge(one.Text, Theme, 1)
		if len(got) != 1 || got[0].Label != want[0].Label || math.Abs(got[0].Confidence-want[0].Confidence) > 0.05 {
			t.Errorf("%q is %v, and was %v", one.Text, got, want)
		}
	}
	if len(loaded.lengths) != len(l.lengths) {
		t.Fatalf("%d sums, and there were %d", len(loaded.lengths), len(l.lengths))
	}
	for y, length := range loaded.lengths {
		if length == 0 || math.Abs(length/l.lengths[y]-1) > 0.1 {
			t.Errorf("the sum of %s is %.2f long, and was %.2f", l.labels[y].text, length, l.lengths[y])
		}
	}
}

func TestStarts(t *testing.T) {
	for stem, want := range map[string]string{"": "", "ям": "", "лос": "лос", "снег": "сне снег", "светофор": "све свет", "12а": "12а", "wifi5": "wif wifi"} {
		if got := strings.Join(slices.Collect(starts(stem)), " "); got != want {
			t.Errorf("%q starts with %q, want %q", stem, got, want)
		}
	}
}

// TestWordsAreKnownByTheirStarts has a word that stemming does not bring together with the one taught.
func TestWordsAreKnownByTheirStarts(t *testing.T) {
	if got := first(taught(t, decisions()...), "гололедица"); got != "snow" {
		t.Errorf("«гололедица» is %q", got)
	}
}

// TestTheFirstHintOfEachKindIsPaired with the first of the others, and no two of one kind.
func TestTheFirstHintOfEachKindIsPaired(t *testing.T) {
	r := newReader()
	count := func(hints ...string) int { return len(r.read("", hints).features) }
	for _, row := range []struct {
		hints []string
		want  int
	}{
		{[]string{"in kirov"}, 1},
		{[]string{"in kirov", "on holes"}, 3},
		{[]string{"on holes", "on snow", "on light"}, 3},
		{[]string{"in kirov", "on holes", "on snow"}, 4},
		{[]string{"in kirov", "at kirov", "on holes", "on snow"}, 7},
	} {
		if got := count(row.hints...); got != row.want {
			t.Errorf("%q make %d features, want %d", row.hints, got, row.want)
		}
	}
}
