package report_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"otklik/bot"
	"otklik/flows/flowtest"
	"otklik/storage"
)

// bounded is a stage with small bounds, and what Анна does on it.
func bounded(t *testing.T) (s *flowtest.Stage, write func(kind bot.Kind, ref bot.Ref, text string, photos int), told func(string) int) {
	s = flowtest.New(t)
	s.Engine.LongestText, s.Engine.MostPhotos = 100, 3
	anna := s.Cast["Анна"]
	n := 0
	write = func(kind bot.Kind, ref bot.Ref, text string, photos int) {
		u := bot.Update{Kind: kind, Text: text}
		for range photos {
			n++
			u.Media = append(u.Media, bot.Media{Refs: map[string]string{"desk": fmt.Sprint(n)}})
			u.Album = "a"
		}
		u = s.Update(anna, anna.Peer, false, u)
		u.Ref = ref
		s.Give(u)
	}
	told = func(words string) int { return strings.Count(s.Screen("Анна"), words) }
	return s, write, told
}

func sent(t *testing.T, s *flowtest.Stage) *storage.Incident {
	t.Helper()
	s.Play("Анна ▸ ✓ Отправить\n")
	return stored(t, s)
}

func stored(t *testing.T, s *flowtest.Stage) (inc *storage.Incident) {
	t.Helper()
	err := s.Store.View(context.Background(), func(tx *storage.Tx) (err error) {
		inc, err = tx.Incident(1)
		return err
	})
	if err != nil || inc == nil {
		t.Fatal(inc, err)
	}
	return inc
}

const (
	hole   = "Яма на дороге, Киров, Ленина 12. "
	isLong = "Сообщение длиннее 100 знаков — записал только начало."
	isFull = "В одном обращении — до 100 знаков. Остальное не записал."
)

func TestWhoWritesMoreThanAReportTakesIsToldOnce(t *testing.T) {
	long := hole + strings.Repeat("Очень глубокая. ", 20)
	for name, c := range map[string]struct {
		play       func(write func(bot.Kind, bot.Ref, string, int))
		long, full int
	}{
		"one message": {func(write func(bot.Kind, bot.Ref, string, int)) { write(bot.Written, "m1", long, 0) }, 1, 0},
		"a megabyte": {func(write func(bot.Kind, bot.Ref, string, int)) {
			write(bot.Written, "m1", hole+strings.Repeat("ж", 1<<19), 0)
		}, 1, 0},
		"a command": {func(write func(bot.Kind, bot.Ref, string, int)) { write(bot.Written, "m1", "/new "+long, 0) }, 1, 0},
		"what fits to the end": {func(write func(bot.Kind, bot.Ref, string, int)) {
			write(bot.Written, "m1", string([]rune(long)[:100]), 0)
		}, 0, 0},
		"several messages": {func(write func(bot.Kind, bot.Ref, string, int)) {
			for i := range 20 {
				write(bot.Written, bot.Ref(fmt.Sprint("m", i)), hole, 0)
			}
		}, 0, 1},
		"a long one beside others": {func(write func(bot.Kind, bot.Ref, string, int)) {
			write(bot.Written, "m1", hole, 0)
			write(bot.Written, "m2", long, 0)
		}, 1, 0},
		"an edit": {func(write func(bot.Kind, bot.Ref, string, int)) {
			write(bot.Written, "m1", hole, 0)
			write(bot.Edited, "m1", long, 0)
		}, 1, 0},
		"an edit beside other words": {func(write func(bot.Kind, bot.Ref, string, int)) {
			write(bot.Written, "m1", hole, 0)
			write(bot.Written, "m2", hole, 0)
			write(bot.Edited, "m1", string([]rune(long)[:80]), 0)
			write(bot.Edited, "m1", string([]rune(long)[:90]), 0)
		}, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s, write, told := bounded(t)
			c.play(write)
			if got := [2]int{told(isLong), told(isFull)}; got != [2]int{c.long, c.full} {
				t.Errorf("told %v times, want %d and %d:\n%s", got, c.long, c.full, s.Screen("Анна"))
			}
			if inc := sent(t, s); utf8.RuneCountInString(inc.Text) > 100 || !strings.HasPrefix(inc.Text, strings.TrimSpace(hole)) {
				t.Errorf("%d characters: %q", utf8.RuneCountInString(inc.Text), inc.Text)
			}
		})
	}
}

func TestWhoSendsMorePhotosThanAReportTakesIsToldOnce(t *testing.T) {
	s, write, told := bounded(t)
	write(bot.Written, "m1", hole, 1)
	for i := range 8 {
		write(bot.Written, bot.Ref(fmt.Sprint("p", i)), "", 1)
	}
	if n := told("В одном обращении — до 3 фото."); n != 1 {
		t.Errorf("told %d times:\n%s", n, s.Screen("Анна"))
	}
	if inc := sent(t, s); len(inc.Photos) != 3 {
		t.Errorf("%d photos", len(inc.Photos))
	}
}
