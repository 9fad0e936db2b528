package lessons_test

import (
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"otklik/config"
	"otklik/flows/lessons"
	"otklik/flows/understand"
	"otklik/storage"
	"otklik/storage/storagetest"
)

// BenchmarkGuess asks the keeper about texts of some 400 letters that it has not seen, after 5,000 rows of history, or
// 100,000 if OTKLIK_LONG is set; beside it, the baseline, the keyword judge on the same texts. "heap" is what the keeper holds
// then, in MB.
//
//	OTKLIK_LONG=1 go test -run - -bench Guess ./flows/lessons
func BenchmarkGuess(b *testing.B) {
	rows := 5_000
	if os.Getenv("OTKLIK_LONG") != "" {
		rows = 100_000
	}
	pack, err := config.Default()
	if err != nil {
		b.Fatal(err)
	}
	topics := understand.New(pack)
	write := texts(pack)
	before := heap()
	k := lessons.New(lessons.Options{Store: storage.Over(storagetest.NewMemory()), Topics: func() *understand.Judge { return topics },
		File: filepath.Join(b.TempDir(), "learned"), Log: slog.Default()})
	k.Open(b.Context())
	file := filepath.Join(b.TempDir(), "history.csv")
	table, err := os.Create(file)
	if err != nil {
		b.Fatal(err)
	}
	fmt.Fprintln(table, "text,theme,executor")
	for range rows {
		text, theme, body := write()
		fmt.Fprintf(table, "%s,%s,%s\n", text, theme, body)
	}
	if err := table.Close(); err != nil {
		b.Fatal(err)
	}
	open := func() (io.ReadCloser, error) { return os.Open(file) }
	if _, err := k.History(b.Context(), lessons.NewNames(pack, topics), open, func(lessons.Progress) error { return nil }); err != nil {
		b.Fatal(err)
	}
	used := heap() - before
	asked := make([]string, 4096) // more than any of the two remembers
	for i := range asked {
		asked[i], _, _ = write()
	}
	place := storage.Place{Municipality: "kirov"}
	b.Run("keeper", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			k.Guess(asked[i%len(asked)], place)
		}
		b.ReportMetric(float64(used)/(1<<20), "heap-MB")
		b.ReportMetric(float64(rows), "rows")
	})
	b.Run("keywords", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			topics.Topics(asked[i%len(asked)], 3)
		}
	})
	runtime.KeepAlive(k)
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// texts writes of the pack's topics: two keywords of one, and words drawn as in a language around them.
func texts(pack *config.Pack) func() (text, theme, body string) {
	dice := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(dice, 1.1, 8, 60_000)
	var all []config.Topic
	for _, g := range pack.Groups {
		all = append(all, g.Topics...)
	}
	return func() (string, string, string) {
		t := all[dice.IntN(len(all))]
		var parts []string
		for i := range 55 {
			if i%20 == 5 && len(t.Keywords) > 0 {
				parts = append(parts, strings.TrimPrefix(t.Keywords[dice.IntN(len(t.Keywords))], "!"))
			}
			n := int(zipf.Uint64()) + 200
			word := ""
			for ; n > 0; n /= 85 {
				word += string([]rune("бвгдзклмнпрстфхчш")[n%17]) + string([]rune("аеиоу")[n/17%5])
			}
			parts = append(parts, word)
		}
		return strings.Join(parts, " "), t.Code, pack.Organisations[(len(t.Code)*7+dice.IntN(3))%len(pack.Organisations)].Code
	}
}
