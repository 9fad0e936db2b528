package place

import (
	"strings"
	"testing"
)

const long = "Добрый день! Во дворе дома по адресу город Киров, Октябрьский проспект, дом 25 второй месяц не горит ни один фонарь, дети идут в школу " +
	"в темноте, а управляющая компания отвечает, что это не её участок. Просим разобраться и включить освещение до конца ноября 2026 года."

func BenchmarkFind(b *testing.B) {
	f := New(builtIn(b), nil)
	for b.Loop() {
		f.Find(long)
	}
}

// BenchmarkFindForTheFirstTime is Find without what it remembers of texts that it has read.
func BenchmarkFindForTheFirstTime(b *testing.B) {
	f := New(builtIn(b), nil)
	for b.Loop() {
		f.look(long, false)
	}
}

// BenchmarkFindByScan is what Find is measured against: every name in every case, looked for in the text.
func BenchmarkFindByScan(b *testing.B) {
	var names []string
	for _, s := range builtIn(b).Settlements {
		names = append(names, forms(fold(s.Name))...)
	}
	found := 0
	for b.Loop() {
		text := fold(long)
		for _, n := range names {
			if strings.Contains(text, n) {
				found++
			}
		}
	}
}

func BenchmarkAnswer(b *testing.B) {
	f := New(builtIn(b), nil)
	for b.Loop() {
		f.Answer("Ключи, Садовая 3")
	}
}

func BenchmarkAnswerForTheFirstTime(b *testing.B) {
	f := New(builtIn(b), nil)
	for b.Loop() {
		f.look("Ключи, Садовая 3", true)
	}
}

// BenchmarkAnswerWithASlip is the slowest answer: many names are compared with it.
func BenchmarkAnswerWithASlip(b *testing.B) {
	f := New(builtIn(b), nil)
	for b.Loop() {
		f.look("Большешишимерьево", true)
	}
}

func BenchmarkCoordinates(b *testing.B) {
	f := New(builtIn(b), nil)
	for b.Loop() {
		f.Coordinates(long)
	}
}

func BenchmarkNew(b *testing.B) {
	pack := builtIn(b)
	for b.Loop() {
		New(pack, nil)
	}
}
