package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otklik/bot/bottest"
)

// TestAWallIsWatched: a comment under a stranger's post becomes an incident and is answered in its thread, once, whatever
// the program went through meanwhile; its author sees it among their own.
func TestAWallIsWatched(t *testing.T) {
	m := listen(t)
	t.Setenv("OTKLIK_WATCH", "https://vk.com/club77001 Киров")
	t.Setenv("OTKLIK_SAY_REGISTERED", "true")
	data := filepath.Join(t.TempDir(), "otklik.db")
	r := start(t, data)
	olga, petr := m.seat("telegram", "Ольга"), m.seat("vk", "Пётр")
	olga.Starts(code(t, []string{"invite", "--data", data, "--role", "curator"}))
	olga.Awaits("вы куратор")
	petr.Starts(code(t, []string{"invite", "--data", data, "--role", "official", "--org", "adm-kirov"}))
	petr.Awaits("вы отвечаете за")

	stranger, sveta, oleg := m.VK.User("Незнакомец"), m.VK.User("Света Зимина"), m.VK.User("Олег")
	wall := stranger.Posts("Доброе утро, Киров! Какая погода у вас?")
	wall.Comment(oleg, "", "Отличная, гулять пойдём")
	wall.Comment(sveta, "", "Светофор на перекрёстке Ленина и Мира не работает третий день, опасно, когда почините?")
	olga.Awaits("🔎 № 1", "Светофоры", "Света Зимина", "https://vk.com/wall-77001_", "?reply=")
	wall.Comment(oleg, "Светофор", "Да, тоже стоим, не работает до сих пор")
	olga.Awaits("🔎 № 1", "И ещё 1", "Олег")
	m.VK.Fail("wall.createComment", 1, bottest.Fault{Drop: true, Heard: true})
	olga.Presses("→ Администрация города Кирова")
	wall.Awaits("обращение № 1")
	petr.Presses("✓ Принять")
	petr.Says("/close 1 Светофор починили, работает с обеда.")
	olga.Awaits("Светофор починили")
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	start(t, data)
	olga.Presses("✓ Одобрить")
	wall.Awaits("№ 1", "Светофор починили, работает с обеда.")
	olga.Awaits("↪ ответ: https://vk.com/wall-77001_")
	texts, over := wall.Ours()
	if len(texts) != 2 || !strings.Contains(over[1], "Светофор на перекрёстке") {
		t.Errorf("under the post we wrote %q, over %q", texts, over)
	}
	sveta.Says("/my")
	sveta.Awaits("№ 1 · Светофоры")
	wall.Deletes("работает с обеда")
	olga.Awaits("№ 1: наш ответ удалили")
	if n := m.TooFast(); n > 0 {
		t.Errorf("%d calls came too fast", n)
	}
}

// TestAGroupIsWatched: the same in a Telegram group, which an administrator adds with a word.
func TestAGroupIsWatched(t *testing.T) {
	m := listen(t)
	zoya, olga := m.Telegram.User("Зоя").Opens(), m.Telegram.User("Ольга").Opens()
	t.Setenv("OTKLIK_ADMINS", fmt.Sprint("telegram:", zoya.ID()))
	data := filepath.Join(t.TempDir(), "otklik.db")
	start(t, data)
	olga.Starts(code(t, []string{"invite", "--data", data, "--role", "curator"}))
	olga.Awaits("вы куратор")
	group := m.Group("Слободской. Подслушано")
	zoya.Says("/watch")
	zoya.Awaits("Пока ни за чем не слежу")
	group.Seat(zoya).Says("/watch Слободской")
	zoya.Awaits("Слежу", "Подслушано", "Слободской")
	sveta := m.Telegram.User("Света")
	group.Seat(sveta).Says("Всем доброе утро")
	group.Seat(sveta).Says("Мусор на Советской не вывозят вторую неделю, сколько можно, контейнеры завалены")
	olga.Awaits("🔎 № 1", "Слободской", "Света", "Подслушано")
	olga.Presses("Поблагодарить")
	group.Seat(sveta).Awaits("Спасибо за добрые слова")
	group.Seat(sveta).Says("Мусор на Грина не вывозят вторую неделю, двор завален, примите меры")
	olga.Awaits("🔎 № 2")
}

// TestOtherSystemsPost: what another monitoring system posts is judged like everything else.
func TestOtherSystemsPost(t *testing.T) {
	m := listen(t)
	t.Setenv("OTKLIK_INGEST_KEY", "a-key-of-the-tests")
	data := filepath.Join(t.TempDir(), "otklik.db")
	r := start(t, data)
	olga := m.seat("telegram", "Ольга")
	olga.Starts(code(t, []string{"invite", "--data", data, "--role", "curator"}))
	olga.Awaits("вы куратор")
	post := func() int {
		body := `{"id":"7","source":"ok","title":"Одноклассники","author":"Нина","text":"Снег в Куменах не чистят, тротуар у больницы как каток","link":"https://ok.ru/1"}`
		req, err := http.NewRequest(http.MethodPost, strings.TrimSuffix(r.URL, "/")+"/ingest", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer a-key-of-the-tests")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		return resp.StatusCode
	}
	for range 2 { // it is sent again, and nothing follows
		if code := post(); code != http.StatusAccepted {
			t.Fatalf("answered %d", code)
		}
	}
	olga.Awaits("🔎 № 1", "Кумен", "Одноклассники", "Нина")
	time.Sleep(300 * time.Millisecond)
	if strings.Contains(olga.Screen(), "И ещё") || strings.Contains(olga.Screen(), "№ 2") {
		t.Errorf("it was taken twice:\n%s", olga.Screen())
	}
}

// TestAChannelIsWatched: what a channel posts and what people say to it in its discussion group is found once, also where the
// group itself is not watched, and answered there; the channel's own post under its copy.
func TestAChannelIsWatched(t *testing.T) {
	for name, late := range map[string]bool{"the post first": false, "the copy first": true} {
		t.Run(name, func(t *testing.T) { channelIsWatched(t, late) })
	}
}

func channelIsWatched(t *testing.T, late bool) {
	m := listen(t)
	zoya, olga := m.Telegram.User("Зоя").Opens(), m.Telegram.User("Ольга").Opens()
	t.Setenv("OTKLIK_ADMINS", fmt.Sprint("telegram:", zoya.ID()))
	data := filepath.Join(t.TempDir(), "otklik.db")
	start(t, data)
	olga.Starts(code(t, []string{"invite", "--data", data, "--role", "curator"}))
	olga.Awaits("вы куратор")
	zoya.Says("/watch")
	zoya.Awaits("Пока ни за чем не слежу")
	talk := m.Forum("Новости Кирова: обсуждение")
	news := m.Broadcast("Новости Кирова", "kirovnews", talk)
	news.Late = late
	news.Adds(zoya)
	zoya.Presses("Следить")
	zoya.Awaits("Слежу", "Новости Кирова", "Киров")

	sveta, oleg := m.Telegram.User("Света"), m.Telegram.User("Олег")
	news.Posts("Доброе утро, Киров! Хорошего дня")
	talk.Seat(oleg).RepliesTo("Доброе утро", "И вам хорошего дня")
	talk.Seat(sveta).RepliesTo("Доброе утро", "Мусор на Советской 5 не вывозят вторую неделю, сколько можно, контейнеры завалены")
	olga.Awaits("🔎 № 1", "Киров", "«Новости Кирова» · Света")
	talk.Seat(oleg).RepliesTo("Мусор на Советской", "Да, и у нас мусор не вывозят, безобразие")
	olga.Awaits("🔎 № 1", "И ещё 1", "«Новости Кирова» · Олег")
	news.Posts("Светофор на перекрёстке Ленина и Мира не работает третий день, опасно, сообщают читатели")
	olga.Awaits("🔎 № 2", "Светофоры", "https://t.me/kirovnews/2")
	if s := olga.Screen(); strings.Contains(s, "№ 3") || strings.Contains(s[strings.Index(s, "🔎 № 2"):], "И ещё") {
		t.Fatalf("the copy counts twice:\n%s", s)
	}
	news.Edits("Светофор на перекрёстке", "Светофор на перекрёстке Ленина и Мира не работает уже пятый день, опасно")
	olga.Awaits("🔎 № 2", "уже пятый день")
	news.Edits("Доброе утро", "Прорвало трубу на Ленина 40 в Кирове, вода заливает двор, авария")
	olga.Awaits("🔎 № 3", "Прорвало трубу")
	m.Telegram.Settled()
	if s := olga.Screen(); strings.Contains(s, "№ 4") {
		t.Fatalf("an edit counts twice:\n%s", s)
	}
	talk.Seat(sveta).Edits("Мусор на Советской", "Мусор на Советской 5 в Кирове не вывозят третью неделю")
	olga.Awaits("🔎 № 1", "третью неделю")

	olga.Forges("watch:thanks:2") // the button of that card, wherever it stands on the screen
	talk.Seat(sveta).Awaits("Спасибо за добрые слова")
	if over := talk.Over("Спасибо за добрые слова"); !strings.Contains(over, "Светофор") {
		t.Errorf("it was said in reply to %q", over)
	}
	olga.Forges("watch:thanks:1") // the button of that card, wherever it stands on the screen
	talk.Awaits("Мусор на Советской", "Спасибо за добрые слова")
}

// TestAForumIsWatched: what is said in a topic is answered in that topic.
func TestAForumIsWatched(t *testing.T) {
	m := listen(t)
	zoya, olga := m.Telegram.User("Зоя").Opens(), m.Telegram.User("Ольга").Opens()
	t.Setenv("OTKLIK_ADMINS", fmt.Sprint("telegram:", zoya.ID()))
	data := filepath.Join(t.TempDir(), "otklik.db")
	start(t, data)
	olga.Starts(code(t, []string{"invite", "--data", data, "--role", "curator"}))
	olga.Awaits("вы куратор")
	zoya.Says("/watch")
	zoya.Awaits("Пока ни за чем не слежу")
	forum := m.Forum("Слободской. Соседи")
	thread := forum.Topic("Дворы", zoya)
	forum.Seat(zoya).In(thread).Says("/watch Слободской")
	zoya.Awaits("Слежу", "Соседи")
	sveta := m.Telegram.User("Света")
	forum.Seat(sveta).In(thread).Says("Мусор на Советской не вывозят вторую неделю, сколько можно, контейнеры завалены")
	olga.Awaits("🔎 № 1", "Слободской", "Света")
	olga.Presses("Поблагодарить")
	forum.Seat(sveta).In(thread).Awaits("Спасибо за добрые слова")
	forum.Awaits("Мусор на Советской", "Спасибо за добрые слова")
}

// TestAlbumsOfAChannel: what a channel posts as several photos is one card with all of them, in whatever order the photos and
// their copies in the discussion group come, and whichever of them bears the words; also once the words are changed.
func TestAlbumsOfAChannel(t *testing.T) {
	for i, worded := range []int{0, 1, 1, 0} {
		late, mixed := i%2 == 1, i/2 == 1
		t.Run(fmt.Sprintf("late %v, mixed %v, words under photo %d", late, mixed, worded+1), func(t *testing.T) { albumsOfAChannel(t, late, mixed, worded) })
	}
}

func albumsOfAChannel(t *testing.T, late, mixed bool, worded int) {
	m := listen(t)
	zoya, olga := m.Telegram.User("Зоя").Opens(), m.Telegram.User("Ольга").Opens()
	t.Setenv("OTKLIK_ADMINS", fmt.Sprint("telegram:", zoya.ID()))
	data := filepath.Join(t.TempDir(), "otklik.db")
	r := start(t, data)
	olga.Starts(code(t, []string{"invite", "--data", data, "--role", "curator"}))
	olga.Awaits("вы куратор")
	zoya.Says("/watch")
	zoya.Awaits("Пока ни за чем не слежу")
	talk := m.Forum("Новости Кирова: обсуждение")
	news := m.Broadcast("Новости Кирова", "kirovnews", talk)
	news.Late, news.Mixed = late, mixed
	news.Adds(zoya)
	zoya.Presses("Следить")
	zoya.Awaits("Слежу", "Новости Кирова", "Киров")

	photos := func(from byte) [][]byte { return [][]byte{bottest.JPEG(from), bottest.JPEG(from + 1)} }
	news.PostsAlbum("Светофор на перекрёстке Ленина и Мира не работает третий день, опасно, сообщают читатели", worded, photos(1)...)
	olga.Awaits("🔎 № 1", "Светофоры", "2 фото")
	news.Edits("Светофор на перекрёстке", "Светофор на перекрёстке Ленина и Мира не работает уже пятый день, опасно")
	olga.Awaits("🔎 № 1", "уже пятый день", "2 фото")
	news.PostsAlbum("Доброе утро, Киров! Хорошего дня", worded, photos(11)...)
	news.Edits("Доброе утро", "Прорвало трубу на Ленина 40 в Кирове, вода заливает двор, авария")
	olga.Awaits("🔎 № 2", "Прорвало трубу", "2 фото")
	m.Telegram.Settled()
	if s := olga.Screen(); strings.Contains(s, "№ 3") || strings.Contains(s, "И ещё") {
		t.Errorf("something counts twice:\n%s", s)
	}
	talk.Seat(m.Telegram.User("Света")).RepliesTo("Прорвало", "И у нас в доме 42 воды нет, трубу прорвало")
	olga.Awaits("🔎 № 2", "И ещё 1", "Света")
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if out, err := command(t, "verify", "--data", data); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
