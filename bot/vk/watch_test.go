package vk

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otklik/bot"
	"otklik/bot/bottest"
)

// reading is a channel that reads other communities, in synctest's time.
type reading struct {
	t    *testing.T
	vk   *bottest.VK
	keep *drawer
	list []bot.Source
	came []bot.Update
	fail int
}

func readsPages(t *testing.T, fn func(s *reading)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { fn(&reading{t: t, vk: bottest.NewVK(t), keep: &drawer{}}) })
}

// run lets a program read for a while, and gives what it found.
func (s *reading) run(d time.Duration) (said []string) {
	s.t.Helper()
	c, err := New(Options{Token: s.vk.Token, Service: s.vk.Service, Keeper: s.keep, API: bottest.NearVK, Client: s.vk.Client(), Now: time.Now,
		Log: slog.New(slog.DiscardHandler), Sources: func(context.Context) ([]bot.Source, error) { return slices.Clone(s.list), nil }})
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), d)
	defer cancel()
	s.came = nil
	err = c.Run(ctx, func(_ context.Context, u bot.Update) error {
		if s.fail > 0 {
			s.fail--
			return fmt.Errorf("not kept")
		}
		if u.MovedTo != "" { // as the core does
			for i := range s.list {
				if s.list[i].Peer == u.Source {
					s.list[i].Peer.Chat = u.MovedTo
				}
			}
		}
		s.came = append(s.came, u)
		said = append(said, string(u.Kind)+" "+u.Text)
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return said
}

// counted gives how many calls read walls so far.
func (s *reading) counted() int {
	return len(s.vk.Calls("wall.get")) + len(s.vk.Calls("wall.getComments"))
}

func (s *reading) watches(chat string) {
	s.list = append(s.list, bot.Source{Peer: bot.Peer{Channel: Name, Chat: chat}, Address: "https://vk.com/" + chat, Since: time.Now()})
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "; ") != strings.Join(want, "; ") {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnotherCommunityIsRead(t *testing.T) {
	readsPages(t, func(s *reading) {
		page := s.vk.Page("kirov_online", "Киров онлайн")
		page.Posts("Старая новость")
		time.Sleep(time.Hour)
		s.watches("kirov_online")
		time.Sleep(time.Minute)
		first := page.Posts("Опять яма на Ленина")
		anna, ivan := s.vk.User("Анна Ветрова"), s.vk.User("Иван")
		first.Comment(anna, "", "И у нас на Мира")
		got := s.run(5 * time.Minute)
		same(t, got, "found ", "written Опять яма на Ленина", "written И у нас на Мира")
		id := strconv.FormatInt(-page.ID(), 10)
		u := s.came[2]
		if s.came[0].Title != "Киров онлайн" || s.came[0].MovedTo != id || u.Source.Chat != id || u.Title != "Киров онлайн" || u.From.Name != "Анна Ветрова" || !u.ReadOnly ||
			u.ReplyTo != postRef || !strings.HasPrefix(u.Link, "https://vk.com/wall"+id+"_") {
			t.Errorf("%+v\n%+v", s.came[0], u)
		}
		// A day without the program; then answers to a comment, more of them than come with it.
		time.Sleep(24 * time.Hour)
		for i := range 12 {
			first.Comment(ivan, "И у нас", fmt.Sprint("ответ ", i))
		}
		second := page.Posts("Нет воды на Попова")
		for i := range 130 {
			second.Comment(anna, "", fmt.Sprint("комментарий ", i))
		}
		got = s.run(10 * time.Minute)
		if len(got) != 12+1+130 || got[0] != "written ответ 0" || got[12] != "written Нет воды на Попова" || got[13] != "written комментарий 0" || got[142] != "written комментарий 129" {
			t.Errorf("%d: %q", len(got), got)
		}
		same(t, s.run(2*time.Hour))
	})
}

func TestWhatWasNotKeptOfAPageComesAgain(t *testing.T) {
	readsPages(t, func(s *reading) {
		page := s.vk.Page("kirov", "Киров")
		s.watches("-" + strconv.FormatInt(page.ID(), 10))
		same(t, s.run(3*time.Minute), "found ")
		page.Posts("Яма").Comment(s.vk.User("Анна"), "", "Да")
		s.fail = 2
		same(t, s.run(time.Hour), "written Яма", "written Да")
	})
}

func TestAClosedPageIsToldOnce(t *testing.T) {
	readsPages(t, func(s *reading) {
		page := s.vk.Page("kirov", "Киров")
		s.watches("-" + strconv.FormatInt(page.ID(), 10))
		same(t, s.run(3*time.Minute), "found ")
		page.Closes(true)
		got := s.run(3 * time.Hour)
		if len(got) != 1 || !strings.HasPrefix(got[0], "lost VK: Access denied") {
			t.Errorf("%q", got)
		}
		page.Closes(false)
		page.Posts("Снова здесь")
		same(t, s.run(3*time.Hour), "found ", "written Снова здесь")
	})
}

func TestAddressesOfPages(t *testing.T) {
	c, err := New(Options{Token: func() string { return "x" }, Keeper: &drawer{}})
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{"https://vk.com/club77": "-77", "vk.com/public12": "-12", "https://vk.ru/kirov_online": "kirov_online", "https://m.vk.com/Kirov.Online/": "kirov.online",
		"https://vk.com/wall-1_2?x=1": "", "https://example.org/club77": "", "club77": "", "https://vk.com/": ""} {
		s, ok := c.Locate(address)
		if got := s.Peer.Chat; ok != (want != "") || got != want {
			t.Errorf("%s: %q %v, want %q", address, got, ok, want)
		}
	}
}

// TestAChangeOnAnotherWallIsNoticed: of a post, and of a comment within the hour for a day, then once there are others beside it; by the calls that are made
// anyway, once each, also after a restart and where it was not kept at first.
func TestAChangeOnAnotherWallIsNoticed(t *testing.T) {
	readsPages(t, func(s *reading) {
		page := s.vk.Page("kirov", "Киров")
		s.watches("-" + strconv.FormatInt(page.ID(), 10))
		anna, ivan := s.vk.User("Анна"), s.vk.User("Иван")
		same(t, s.run(3*time.Minute), "found ")
		post := page.Posts("Доброе утро")
		post.Comment(anna, "", "И вам")
		post.Comment(ivan, "И вам", "И тебе")
		same(t, s.run(10*time.Minute), "written Доброе утро", "written И вам", "written И тебе")
		before := s.counted()
		same(t, s.run(2*time.Hour))
		quiet := s.counted() - before

		post.Rewrites("Доброе утро, трубу прорвало на Ленина 40")
		before = s.counted()
		s.fail = 1
		same(t, s.run(2*time.Hour), "edited Доброе утро, трубу прорвало на Ленина 40")
		if n := s.counted() - before; n > quiet+1 { // one for what was not kept
			t.Errorf("%d calls, and %d where nothing was changed", n, quiet)
		}
		if u := s.came[0]; u.Ref != postRef || u.Peer.Chat == "" || u.Source.Chat != s.list[0].Peer.Chat || u.From.ID == "" {
			t.Errorf("%+v", u)
		}
		// Changed back and forth: each time is a change.
		ids := map[string]bool{s.came[0].ID: true}
		for _, text := range []string{"Доброе утро", "Доброе утро, трубу прорвало на Ленина 40"} {
			post.Rewrites(text)
			same(t, s.run(2*time.Hour), "edited "+text)
			ids[s.came[0].ID] = true
		}
		if len(ids) != 3 {
			t.Errorf("ids: %v", ids)
		}

		post.Edits("И вам", "И у нас прорвало на Мира")
		post.Edits("И тебе", "Тоже течёт")
		s.fail = 1
		same(t, s.run(2*time.Hour), "edited И у нас прорвало на Мира", "edited Тоже течёт")
		same(t, s.run(2*time.Hour))
		time.Sleep(24 * time.Hour) // from then on comments are read when there are more of them
		post.Edits("Тоже течёт", "Тоже течёт, и сильно")
		same(t, s.run(3*time.Hour))
		post.Comment(anna, "", "Когда починят?")
		s.fail = 1
		same(t, s.run(2*time.Hour), "edited Тоже течёт, и сильно", "written Когда починят?")
		post.Deletes("Когда починят")
		same(t, s.run(2*time.Hour))
	})
}

// TestAnOlderStateOfAPageTellsOfNoChange: before a version that looks for changes nobody noted how a text reads.
func TestAnOlderStateOfAPageTellsOfNoChange(t *testing.T) {
	readsPages(t, func(s *reading) {
		page := s.vk.Page("kirov", "Киров")
		chat := "-" + strconv.FormatInt(page.ID(), 10)
		s.watches(chat)
		post := page.Posts("Доброе утро")
		post.Comment(s.vk.User("Анна"), "", "И вам")
		s.run(5 * time.Minute)
		var st pageState
		if err := json.Unmarshal(s.keep.kept[pagePrefix+chat], &st); err != nil {
			t.Fatal(err)
		}
		for id, p := range st.Posts {
			p.Print = 0
			st.Posts[id] = p
		}
		raw, err := json.Marshal(st)
		if err != nil {
			t.Fatal(err)
		}
		s.keep.kept[pagePrefix+chat] = raw
		delete(s.keep.kept, wordsPrefix+chat)
		post.Comment(s.vk.User("Иван"), "", "Привет")
		same(t, s.run(5*time.Minute), "written Привет")
		post.Rewrites("Добрый вечер")
		same(t, s.run(5*time.Minute), "edited Добрый вечер")
	})
}

// TestOnlySoManyCommentsAreRemembered: the newest.
func TestOnlySoManyCommentsAreRemembered(t *testing.T) {
	w := &watcher{Channel: &Channel{keep: &drawer{}}, comment: map[int64]*wordings{}}
	s, err := w.wordings(t.Context(), -7)
	if err != nil {
		t.Fatal(err)
	}
	for id := range int64(remembers + 10) {
		s.note(id, 1)
	}
	if err := w.keepWordings(t.Context(), -7); err != nil {
		t.Fatal(err)
	}
	clear(w.comment)
	if s, err = w.wordings(t.Context(), -7); err != nil || len(s.prints) != remembers || s.prints[9] != 0 || s.prints[10] != 1 {
		t.Errorf("%d, %v", len(s.prints), err)
	}
}

// TestAPostWithClosedComments hides nothing else of its community, and is no cause to call that lost.
func TestAPostWithClosedComments(t *testing.T) {
	for _, code := range []int{15, 212, 10} {
		readsPages(t, func(s *reading) {
			page := s.vk.Page("kirov", "Киров")
			s.watches("-" + strconv.FormatInt(page.ID(), 10))
			same(t, s.run(3*time.Minute), "found ")
			closed := page.Posts("Для донов")
			closed.Comment(s.vk.User("Анна"), "", "Да")
			s.vk.Fail("wall.getComments", 1_000_000, bottest.VKRefusal(code, "Access to post comments denied"))
			page.Posts("Нет воды на Попова")
			same(t, s.run(3*time.Hour), "written Для донов", "written Нет воды на Попова")
		})
	}
}
