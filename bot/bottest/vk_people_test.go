package bottest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestPressesInVKAreAnswered(t *testing.T) {
	g, w := witnessedVK(t)
	u := g.User("Анна").Opens()
	server, key, ts := vkListens(t, g)
	me := u.Peer().Chat
	askVK(t, g, "messages.send", "peer_ids="+me, "random_id=1", "message=Где это?",
		`keyboard={"one_time":false,"inline":true,"buttons":[[{"action":{"type":"callback","label":"Район","payload":"{\"d\":\"a\"}"}}],[{"action":{"type":"text","label":"Отмена","payload":"{\"d\":\"b\"}"}}]]}`)
	u.Presses("Район")
	u.Presses("Отмена")
	u.Forges("зло")
	a := vkLook(t, g, server, key, ts, 25)
	if len(a.Updates) != 3 || a.Updates[0].Type != "message_event" || a.Updates[1].Type != "message_new" {
		t.Fatalf("%+v", a)
	}
	g.close()
	if !strings.Contains(w.heard(), "never answered") {
		t.Error("nobody noticed")
	}
	g.over = false
	for _, i := range []int{0, 2} {
		var e struct {
			ID string `json:"event_id"`
		}
		_ = json.Unmarshal(a.Updates[i].Object, &e)
		if a := askVK(t, g, "messages.sendMessageEventAnswer", "event_id="+e.ID, "user_id="+me, "peer_id="+me, `event_data={"type":"show_snackbar","text":"Готово"}`); string(a.Response) != "1" {
			t.Errorf("%+v", a)
		}
	}
	if g.close(); w.heard() != "" || fmt.Sprint(u.Noted()) != "[Готово Готово]" {
		t.Error(u.Noted())
	}
	want := "Отклик: Где это?\n  [Район]\n  [Отмена]\nАнна: Отмена\n"
	if got := u.Screen(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// Whatever people send must be what VK's schema says.
func TestPeopleInVKSendWhatTheSchemaKnows(t *testing.T) {
	g, w := witnessedVK(t)
	u := g.User("Анна Белова")
	server, key, ts := vkListens(t, g)
	u.OldClient()
	u.SendsAlbum("Яма\nу дома", JPEG(1), JPEG(2))
	u.SendsLocation(58.6, 49.66)
	u.SendsPlace(58.6, 49.66, "Театр")
	u.SendsSticker()
	u.SendsVoice()
	u.SendsFile("акт.pdf", []byte("%PDF"))
	u.ForwardsPost(-1, 5, "новость", JPEG(3))
	u.Forwards(g.User("Пётр"), "слова")
	u.RepliesTo("Яма", "да")
	u.RepliesWithPhoto("Яма", JPEG(4), "вот")
	u.Edits("да", "нет")
	u.Blocks()
	u.Unblocks()
	chat := g.Chat("Дежурные")
	chat.Adds(u)
	chat.Seat(u).Mentions("привет")
	chat.Removes(u)
	chat.Seat(u).Says("без бота")
	askVK(t, g, "messages.send", "peer_ids="+u.Peer().Chat, "random_id=1", "message=Меню", `keyboard={"one_time":true,"buttons":[[{"action":{"type":"text","label":"Сообщить"}}]]}`)
	want := "Анна: [фото] [фото] Яма\n  у дома\nАнна: [точка 58.6, 49.66]\nАнна: [место: Театр]\nАнна: [sticker]\nАнна: [audio_message]\nАнна: [файл]\n" +
		"Анна: [запись: новость]\nАнна: [переслано: слова]\nАнна: нет\nАнна: [фото] вот\nОтклик: Меню\n⌨ [Сообщить]\n"
	if got := u.Screen(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if a := vkLook(t, g, server, key, ts, 25); len(a.Updates) != 16 {
		t.Errorf("%d events", len(a.Updates))
	}
	for _, method := range []string{"messages.getConversations", "messages.getHistory", "messages.getById", "messages.getByConversationMessageId",
		"users.get", "groups.getById", "groups.getTokenPermissions", "groups.getLongPollSettings"} {
		params := map[string][]string{"messages.getHistory": {"peer_id=" + u.Peer().Chat, "extended=1"}, "messages.getConversations": {"extended=1"},
			"messages.getById":                    {"peer_id=" + u.Peer().Chat, "cmids=1,2"},
			"messages.getByConversationMessageId": {"peer_id=" + u.Peer().Chat, "conversation_message_ids=1,99"},
			"users.get":                           {"user_ids=" + u.Peer().Chat + ",7", "fields=screen_name"}, "groups.getLongPollSettings": {"group_id=77001"}}[method]
		if a := askVK(t, g, method, params...); a.Error.Code != 0 {
			t.Errorf("%s: %+v", method, a)
		}
	}
	if heard := w.heard(); heard != "" {
		t.Error(heard)
	}
}

func TestPhotosGoUpAndComeDown(t *testing.T) {
	g, w := witnessedVK(t)
	u := g.User("Анна").Opens()
	upload := func(b []byte) (photo, hash string) {
		var s struct {
			URL string `json:"upload_url"`
		}
		_ = json.Unmarshal(askVK(t, g, "photos.getMessagesUploadServer", "peer_id="+u.Peer().Chat).Response, &s)
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		part, _ := form.CreateFormFile("photo", "photo.jpg")
		_, _ = part.Write(b)
		_ = form.Close() // into memory: it cannot fail
		resp, err := g.Client().Post(s.URL, form.FormDataContentType(), &body)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var a struct {
			Server      int
			Photo, Hash string
		}
		if err := json.NewDecoder(resp.Body).Decode(&a); err != nil || a.Server != 1 {
			t.Fatal(a, err)
		}
		return a.Photo, a.Hash
	}
	if photo, _ := upload([]byte("no picture")); photo != "[]" {
		t.Error(photo)
	}
	photo, hash := upload(JPEG(7))
	var saved []struct {
		ID    int64
		Owner int64  `json:"owner_id"`
		Key   string `json:"access_key"`
		Sizes []struct {
			Width int
			URL   string
		}
	}
	if err := json.Unmarshal(askVK(t, g, "photos.saveMessagesPhoto", "server=1", "photo="+photo, "hash="+hash).Response, &saved); err != nil || len(saved) != 1 {
		t.Fatal(err)
	}
	askVK(t, g, "messages.send", "peer_ids="+u.Peer().Chat, "random_id=1", fmt.Sprintf("attachment=photo%d_%d_%s", saved[0].Owner, saved[0].ID, saved[0].Key))
	if seen := u.Sees(); len(seen) != 1 || len(seen[0].Photos) != 1 || !bytes.Equal(seen[0].Photos[0], JPEG(7)) {
		t.Errorf("%+v", seen)
	}
	for _, size := range saved[0].Sizes {
		w := httptest.NewRecorder()
		at, _ := url.Parse(size.URL)
		g.ServeHTTP(w, httptest.NewRequest(http.MethodGet, at.Path, nil))
		if same := bytes.Equal(w.Body.Bytes(), JPEG(7)); same != (size.Width == 2560) {
			t.Errorf("%d: %v", size.Width, same)
		}
	}
	if heard := w.heard(); heard != "" {
		t.Error(heard)
	}
}
