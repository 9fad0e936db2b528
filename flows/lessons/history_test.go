package lessons_test

import (
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"otklik/config"
	"otklik/flows/learn"
	"otklik/flows/lessons"
	"otklik/flows/understand"
	"otklik/storage"
	"otklik/storage/storagetest"
)

// TestATableTeachesWhatItsThemesAreCalled: a theme that one row has, in other words, is known by its name; the names are no
// rows.
func TestATableTeachesWhatItsThemesAreCalled(t *testing.T) {
	pack, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	topics := understand.New(pack)
	often, once := &pack.Groups[0].Topics[0], &pack.Groups[len(pack.Groups)-1].Topics[0]
	var table strings.Builder
	fmt.Fprintln(&table, "text,theme")
	for i := range 60 {
		fmt.Fprintf(&table, "Соседи рассказали номер %d и просят помочь,%s\n", i, often.Name)
	}
	fmt.Fprintf(&table, "Совсем иное слово,%s\n", once.Name)
	k := lessons.New(lessons.Options{Store: storage.Over(storagetest.NewMemory()), Topics: func() *understand.Judge { return topics },
		File: filepath.Join(t.TempDir(), "learned"), Log: slog.New(slog.DiscardHandler)})
	k.Open(t.Context())
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(table.String())), nil }
	done, err := k.History(t.Context(), lessons.NewNames(pack, topics), open, func(lessons.Progress) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if done.Rows != 61 || done.Taught != 61 || done.Matches[0].Rows+done.Matches[1].Rows != 61 {
		t.Errorf("%+v", done)
	}
	got := k.Guess(once.Name, storage.Place{})[learn.Theme]
	if len(got.Guesses) == 0 || got.Guesses[0].Label != once.Code {
		t.Errorf("%q is taken for %+v", once.Name, got)
	}
}
