package vk

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"otklik/bot/bottest"
)

// TestSeveralWallsAreReadByOneCall: what is found is the same, each once, however VK answers the call that reads several.
func TestSeveralWallsAreReadByOneCall(t *testing.T) {
	const pages = 30 // one of them closed
	fails := func(method string, f bottest.Fault) func(*bottest.VK) {
		return func(g *bottest.VK) { g.Fail(method, 1, f) }
	}
	for name, row := range map[string]struct {
		how      func(*bottest.VK)
		together int // calls that read several, at least: of walls two a round, of comments one a page; 0: none
		alone    int // walls and posts that were read by themselves, at most
	}{
		"well":               {func(*bottest.VK) {}, 4 + pages - 1, 2},
		"no such method":     {fails("execute", bottest.VKRefusal(3, "Unknown method passed")), 0, 1000},
		"not with this key":  {func(g *bottest.VK) { g.OneByOne() }, 0, 1000},
		"too large":          {fails("execute", bottest.VKRefusal(13, "Response size is too big")), 3 + pages - 1, pages},
		"cut off":            {fails("execute", bottest.Drop()), 2 + pages - 1, 2 + pages},
		"one inside refused": {fails("wall.get", bottest.VKRefusal(10, "Internal server error")), 4 + pages - 1, 3},
	} {
		t.Run(name, func(t *testing.T) {
			readsPages(t, func(s *reading) {
				row.how(s.vk)
				want := s.wrote(pages)
				got := s.run(110 * time.Second)
				slices.Sort(got)
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Errorf("%d came, want %d: %q", len(got), len(want), got)
				}
				alone := 0
				for _, c := range append(s.vk.Calls("wall.get"), s.vk.Calls("wall.getComments")...) {
					if !c.Inside {
						alone++
					}
				}
				if n := len(s.vk.Calls("execute")); n < row.together || row.together == 0 && n > 0 || alone > row.alone {
					t.Errorf("%d calls read several, want at least %d; %d read one, want at most %d", n, row.together, alone, row.alone)
				}
			})
		})
	}
}

// TestAKeyThatMayNotIsAskedOnce: until the restart.
func TestAKeyThatMayNotIsAskedOnce(t *testing.T) {
	readsPages(t, func(s *reading) {
		asked := s.vk.OneByOne()
		s.wrote(5)
		for i := range 2 {
			s.run(time.Hour)
			if n := asked(); n != i+1 {
				t.Errorf("run %d: it was asked %d times", i, n)
			}
		}
	})
}

// wrote makes communities that are watched, the first of them closed, with posts and comments, and gives what is to come of
// them.
func (s *reading) wrote(pages int) (want []string) {
	var all []*bottest.VKPage
	for i := range pages {
		all = append(all, s.vk.Page(fmt.Sprint("page", i), fmt.Sprint("Страница ", i)))
		s.watches("-" + strconv.FormatInt(all[i].ID(), 10))
	}
	time.Sleep(time.Second)
	anna := s.vk.User("Анна")
	for i, page := range all {
		for j := range 3 {
			text := fmt.Sprintf("яма %d.%d", i, j)
			page.Posts(text).Comment(anna, "", "да, "+text)
			if i > 0 {
				want = append(want, "written "+text, "written да, "+text)
			}
		}
		if i > 0 {
			want = append(want, "found ")
		}
	}
	all[0].Closes(true)
	return append(want, "lost VK: Access denied: group is blocked (15)")
}
