package learn

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// noise makes lessons of made-up words: as many words, labels and places as years of a region's messages have. Words are
// drawn as in a language, few of them often; a theme has words of its own, and its group; a body is a theme's in a place.
func noise(lessons int) func() Lesson {
	dice := rand.New(rand.NewPCG(1, 1))
	zipf := rand.NewZipf(dice, 1.1, 8, 60_000)
	left := lessons
	return func() Lesson {
		if left--; left < 0 {
			panic("no lessons are left")
		}
		theme, place := dice.IntN(300), dice.IntN(45)
		parts := make([]string, 55) // some 400 characters
		for i := range parts {
			switch {
			case i%8 == 0:
				parts[i] = word(100_000 + theme*20 + dice.IntN(20))
			case i%20 == 1:
				parts[i] = word(200_000 + place)
			default:
				parts[i] = word(int(zipf.Uint64()))
			}
			if i%12 == 11 {
				parts[i] += "."
			}
		}
		problem := "yes"
		if dice.IntN(4) == 0 {
			problem = "no"
		}
		return Lesson{Text: strings.Join(parts, " "), Hints: []string{fmt.Sprint("place ", place), fmt.Sprint("topic ", theme)}, Labels: map[Dimension]string{
			Group: fmt.Sprint("group ", theme%40), Theme: fmt.Sprint("theme ", theme),
			Executor: fmt.Sprint("executor ", (theme*7+place)%300), Problem: problem,
		}}
	}
}

// word spells a number in syllables.
func word(n int) string {
	var b strings.Builder
	for n += 17 * 85; n > 0; n /= 85 {
		b.WriteRune([]rune("бвгдзклмнпрстфхчш")[n%17])
		b.WriteRune([]rune("аеиоу")[n/17%5])
	}
	return b.String()
}

// years is a learner that was taught 10,000 lessons, made once for all that measure it: TestYearsOfLessons has ten times as many.
var years = sync.OnceValues(func() (*Learner, Lesson) {
	l, next := New(), noise(10_001)
	for range 10_000 {
		_ = l.Teach(next())
	}
	return l, next()
})

func BenchmarkJudgeAll(b *testing.B) {
	l, one := years()
	b.ReportMetric(float64(len([]rune(one.Text))), "letters")
	for b.Loop() {
		l.JudgeAll(one.Text, 3, one.Hints...)
	}
}

func BenchmarkJudge(b *testing.B) {
	l, one := years()
	for b.Loop() {
		l.Judge(one.Text, Theme, 3, one.Hints...)
	}
}

// BenchmarkRead is the share of the others that the reading of a text takes.
func BenchmarkRead(b *testing.B) {
	l, one := years()
	for b.Loop() {
		l.read(one.Text, one.Hints)
	}
}

// BenchmarkTeach teaches lessons that come after 10,000 others.
func BenchmarkTeach(b *testing.B) {
	l, one := years()
	text := one.Text
	for i := 0; b.Loop(); i++ {
		one.Text = text + word(i)
		_ = l.Teach(one)
	}
}

// BenchmarkJudgeByLooking is what judging is measured against: each lesson compared with the text, the most similar one
// is right.
func BenchmarkJudgeByLooking(b *testing.B) {
	next := noise(1001)
	var lessons []map[uint32]bool
	for range 1000 { // not 10,000
		lessons = append(lessons, hashes(next().Text))
	}
	text := next().Text
	best := 0
	for b.Loop() {
		asked := hashes(text)
		for _, l := range lessons {
			same := 0
			for h := range asked {
				if l[h] {
					same++
				}
			}
			best = max(best, same)
		}
	}
}

func hashes(s string) map[uint32]bool {
	set := map[uint32]bool{}
	for _, f := range newReader().read(s, nil).features {
		set[f.hash] = true
	}
	return set
}

// TestYearsOfLessons teaches 100,000 lessons and looks at what that takes.
func TestYearsOfLessons(t *testing.T) {
	if os.Getenv("OTKLIK_LONG") == "" {
		t.Skip("takes minutes: set OTKLIK_LONG to run it")
	}
	lessons := 100_000
	before := heap()
	l, next := New(), noise(lessons+500)
	start := time.Now()
	for range lessons {
		if err := l.Teach(next()); err != nil {
			t.Fatal(err)
		}
	}
	taught := time.Since(start)
	used := heap() - before
	var tally [2]Tally
	start = time.Now()
	for range 500 {
		one := next()
		all := l.JudgeAll(one.Text, 3, one.Hints...)
		tally[0].Add(one.Labels[Theme], all[Theme])
		tally[1].Add(one.Labels[Executor], all[Executor])
	}
	judged := time.Since(start)
	var file bytes.Buffer
	start = time.Now()
	if err := l.Save(&file); err != nil {
		t.Fatal(err)
	}
	saved, size := time.Since(start), file.Len()
	start = time.Now()
	if err := New().Load(&file); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d lessons: %d MB, Teach %v, JudgeAll %v, a file of %d MB saved in %v, loaded in %v; theme %.3v, executor %.3v",
		lessons, used>>20, taught/time.Duration(lessons), judged/500, size>>20, saved, time.Since(start), tally[0].Figures(), tally[1].Figures())
	if used > 200<<20 {
		t.Error("that is too much memory")
	}
	if tally[0].Figures().Accuracy < 0.95 || tally[1].Figures().Accuracy < 0.8 {
		t.Error("what was made to be learned is not")
	}
	runtime.KeepAlive(l)
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
