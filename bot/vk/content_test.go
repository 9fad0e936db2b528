package vk

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"otklik/bot"
	"otklik/bot/bottest"
)

func TestWhatCannotBeUsedIsNamed(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		for want, does := range map[string]func(){
			"sticker": s.anna.SendsSticker,
			"voice":   s.anna.SendsVoice,
			"file":    func() { s.anna.SendsFile("акт.pdf", []byte("%PDF")) },
			"other":   func() { s.anna.Sends("poll", map[string]any{"id": 1}, "") },
		} {
			does()
			if u := s.one(); u.Other != want || u.Text != "" || u.Media != nil {
				t.Errorf("%s: %+v", want, u)
			}
		}
		s.anna.Sends("poll", map[string]any{"id": 1}, "яма")
		if u := s.one(); u.Other != "" || u.Text != "яма" {
			t.Errorf("words beside what cannot be used: %+v", u)
		}
	})
}

// bytesOf fetches an update's photos.
func (s *stage) bytesOf(u bot.Update) (list [][]byte) {
	s.Helper()
	for _, m := range u.Media {
		body, err := s.ch.Fetch(s.Context(), m.Refs[Name])
		if err != nil {
			s.Fatal(err)
		}
		raw, err := io.ReadAll(body)
		body.Close()
		if err != nil {
			s.Fatal(err)
		}
		list = append(list, raw)
	}
	return list
}

func TestPhotosComeTogetherAndInTheirLargestSize(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		want := [][]byte{bottest.JPEG(1), bottest.JPEG(2), bottest.JPEG(3)}
		s.anna.SendsAlbum("три ямы", want...)
		u := s.one()
		got := s.bytesOf(u)
		if len(got) != 3 || u.Text != "три ямы" {
			t.Fatalf("%+v", u)
		}
		for i := range want {
			if !bytes.Equal(got[i], want[i]) {
				t.Errorf("photo %d is another one, or a small one", i)
			}
		}
		s.anna.SendsFile("yama.JPG", want[0])
		if u := s.one(); len(u.Media) != 1 || !bytes.Equal(s.bytesOf(u)[0], want[0]) {
			t.Errorf("a picture sent as a file: %+v", u)
		}
	})
}

func TestTheLargestSizeIsToldByItsMeasuresOrItsLetter(t *testing.T) {
	for want, p := range map[string]photo{
		"big":    {Sizes: []size{{Type: "z", URL: "big", Width: 800, Height: 600}, {Type: "s", URL: "small", Width: 75, Height: 56}}},
		"w":      {Sizes: []size{{Type: "s", URL: "s"}, {Type: "w", URL: "w"}, {Type: "x", URL: "x"}}},
		"orig":   {Orig: &size{URL: "orig"}, Sizes: []size{{Type: "w", URL: "w", Width: 9, Height: 9}}},
		"source": {Sizes: []size{{Type: "x", Src: "source", Width: 5, Height: 5}}},
		"":       {Sizes: []size{{Type: "x"}}},
	} {
		if got := p.largest(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAPlaceHasItsName(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.SendsPlace(58.6, 49.66, "Театральная площадь")
		if u := s.one(); u.Location == nil || u.Location.Title != "Театральная площадь" || u.Location.Lat != 58.6 {
			t.Errorf("%+v", u)
		}
	})
}

func TestAForwardedPostIsAReportWithItsAddress(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.ForwardsPost(-77001, 12, "Прорвало трубу на Мира", bottest.JPEG(4))
		u := s.one()
		if u.Text != "Прорвало трубу на Мира" || len(s.bytesOf(u)) != 1 || u.Forward == nil || u.Forward.Link != "https://vk.com/wall-77001_12" || u.Forward.Name != "Отклик" {
			t.Errorf("%+v %+v", u, u.Forward)
		}
		boris := s.User("Борис Котов")
		s.anna.Forwards(boris, "у нас нет света")
		if u := s.one(); u.Text != "у нас нет света" || u.Forward == nil || u.Forward.Name != "Борис Котов" || u.From.Name != "Анна" {
			t.Errorf("%+v %+v", u, u.Forward)
		}
	})
}

func TestWhatIsPassedOnKeepsItsWordsAndItsAddress(t *testing.T) {
	photo := func(name string) string {
		return `[{"type":"photo","photo":{"id":1,"owner_id":2,"sizes":[{"type":"x","url":"https://vk.test/` + name + `","width":9,"height":9}]}}]`
	}
	post := func(id, more string) string {
		return `{"type":"wall","wall":{"id":` + id + `,"owner_id":-7` + more + `}}`
	}
	for name, c := range map[string]struct{ message, text, link, from, photos string }{
		"a post in a forwarded message": {`"fwd_messages":[{"from_id":6,"text":"смотри","attachments":[` + post("12", `,"text":"Прорвало трубу"`) + `]}]`,
			"смотри\n\nПрорвало трубу", "https://vk.com/wall-7_12", "6", ""},
		"a repost with words of its own": {`"attachments":[` + post("13", `,"text":"доколе","copy_history":[{"id":4,"owner_id":-9,"text":"Прорвало трубу","attachments":`+photo("a")+`}]`) + `]`,
			"доколе\n\nПрорвало трубу", "https://vk.com/wall-7_13", "-7", "a"},
		"a repost of a repost with words": {`"attachments":[` + post("13", `,"text":"доколе","copy_history":[{"id":4,"owner_id":-9,"text":"и у нас"},{"id":2,"owner_id":-8,"text":"Прорвало трубу"}]`) + `]`,
			"доколе\n\nи у нас\n\nПрорвало трубу", "https://vk.com/wall-7_13", "-7", ""},
		"a repost without": {`"attachments":[` + post("13", `,"copy_history":[{"id":4,"owner_id":-9,"text":"Прорвало трубу"}]`) + `]`,
			"Прорвало трубу", "https://vk.com/wall-9_4", "-9", ""},
		"a comment": {`"text":"вот","attachments":[{"type":"wall_reply","wall_reply":{"id":31,"from_id":6,"post_id":12,"owner_id":-7,"date":1,"text":"[id5|Пётр], и у нас прорвало","attachments":` + photo("b") + `}}]`,
			"вот\n\nПётр, и у нас прорвало", "https://vk.com/wall-7_12?reply=31", "6", "b"},
		"a comment that is gone": {`"text":"вот","attachments":[{"type":"wall_reply","wall_reply":{"id":31,"from_id":0,"post_id":12,"owner_id":-7,"date":1,"text":"","deleted":true}}]`,
			"вот", "https://vk.com/wall-7_12?reply=31", "0", ""},
		"two posts": {`"attachments":[` + post("12", `,"text":"раз"`) + `,` + post("13", `,"text":"два"`) + `]`, "раз\n\nдва", "https://vk.com/wall-7_12", "-7", ""},
	} {
		got, err := (reader{group: 7}).event([]byte(`{"type":"message_new","event_id":"1","object":{"message":{"peer_id":5,"from_id":5,"cmid":3,` + c.message + `}}}`))
		if err != nil || len(got.updates) != 1 || got.updates[0].Forward == nil {
			t.Errorf("%s: %+v, %v", name, got, err)
			continue
		}
		u, shown := got.updates[0], ""
		for _, m := range u.Media {
			shown += strings.TrimPrefix(m.Refs[Name], " https://vk.test/")
		}
		from := ""
		if id, ok := laterOf(u.Forward.Name); ok {
			from = fmt.Sprint(id)
		}
		if u.Text != c.text || u.Forward.Link != c.link || from != c.from || shown != c.photos || u.Other != "" {
			t.Errorf("%s: %q %q from %s, photos %s, %q", name, u.Text, u.Forward.Link, from, shown, u.Other)
		}
	}
}

func TestMentionsAreReadAsPeopleReadThem(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		group := s.Chat("Кураторы")
		there := group.Seat(s.anna)
		there.Mentions("/queue")
		if u := s.one(); u.Text != "/queue" || !u.ToUs || !u.Group {
			t.Errorf("%+v", u)
		}
		there.Says("[id5|Пётр], посмотри")
		if u := s.one(); u.Text != "Пётр, посмотри" || u.ToUs {
			t.Errorf("%+v", u)
		}
		r := s.send(there.Peer(), bot.Message{Text: "карточка"})
		there.RepliesTo("карточка", "моё")
		if u := s.one(); !u.ToUs || u.ReplyTo != r.Ref {
			t.Errorf("%+v", u)
		}
	})
}

func TestStartsAndLinks(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		texts := func() (list []string) {
			for _, u := range s.taken() {
				list = append(list, u.Text)
			}
			return list
		}
		s.anna.Starts("")
		if got := texts(); len(got) != 1 || got[0] != "/start" {
			t.Errorf("the button: %q", got)
		}
		s.anna.Starts("iABC_-9")
		if got := texts(); len(got) != 1 || got[0] != "/start iABC_-9" {
			t.Errorf("the button behind a link: %q", got)
		}
		s.anna.Says("начать")
		if got := texts(); len(got) != 1 || got[0] != "/start" {
			t.Errorf("the word: %q", got)
		}
	})
	r := reader{group: 7}
	got, err := r.event([]byte(`{"type":"message_new","event_id":"1","object":{"message":{"peer_id":5,"from_id":5,"cmid":3,"date":1,"text":"Яма на Ленина","ref":"poster-1"}}}`))
	if err != nil || len(got.updates) != 2 || got.updates[0].Text != "/start poster-1" || got.updates[1].Text != "Яма на Ленина" || got.updates[0].ID == got.updates[1].ID {
		t.Errorf("words behind a link: %+v, %v", got.updates, err)
	}
	if got, err := r.event([]byte(`{"type":"message_new","event_id":"1","object":{"message":{"peer_id":5,"from_id":5,"cmid":3,"date":1,"text":"яма","ref":"нельзя так"}}}`)); err != nil || len(got.updates) != 1 {
		t.Errorf("a ref that is no word of ours: %+v, %v", got.updates, err)
	}
}

func TestComingAndGoing(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.Says("яма")
		s.one()
		s.anna.Blocks()
		if u := s.one(); u.Kind != bot.Gone || u.Peer != s.anna.Peer() || u.Group {
			t.Errorf("%+v", u)
		}
		s.anna.Unblocks()
		if u := s.one(); u.Kind != bot.Back || u.Peer != s.anna.Peer() {
			t.Errorf("%+v", u)
		}
		group := s.Chat("Кураторы")
		group.Adds(s.anna)
		if u := s.one(); u.Kind != bot.Back || !u.Group || u.From.ID == "" {
			t.Errorf("%+v", u)
		}
		group.Removes(s.anna)
		if u := s.one(); u.Kind != bot.Gone || !u.Group {
			t.Errorf("%+v", u)
		}
	})
}

func TestChangesOfTheirOwnMessagesComeAndOfOursDoNot(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.Says("яма у дома 5")
		first := s.one()
		s.anna.Edits("яма", "яма у дома 7")
		if u := s.one(); u.Kind != bot.Edited || u.Text != "яма у дома 7" || u.Ref != first.Ref {
			t.Errorf("%+v", u)
		}
		r := s.send(s.anna.Peer(), bot.Message{Text: "было"})
		s.edit(s.anna.Peer(), r.Ref, bot.Message{Text: "стало"})
		if list := s.taken(); len(list) > 0 {
			t.Errorf("our own change: %+v", list)
		}
	})
	for _, raw := range []string{
		`{"type":"message_new","event_id":"1","object":{"message":{"peer_id":5,"from_id":-9,"cmid":3,"text":"реклама"}}}`,
		`{"type":"message_new","event_id":"1","object":{"message":{"peer_id":5,"from_id":5,"out":1,"cmid":3,"text":"наше"}}}`,
		`{"type":"group_join","event_id":"1","object":{"user_id":1}}`,
	} {
		if got, err := (reader{group: 7}).event([]byte(raw)); err != nil || len(got.updates) > 0 {
			t.Errorf("%s: %+v, %v", raw, got, err)
		}
	}
}

func TestNamesAreAskedForOnce(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		boris := s.User("Борис")
		for range 3 {
			s.anna.Says("яма")
			boris.Says("и у нас")
		}
		for _, u := range s.taken() {
			if u.From.Name == "" {
				t.Errorf("%+v", u)
			}
		}
		if n := len(s.Calls("users.get")); n > 2 {
			t.Errorf("asked %d times", n)
		}
	})
	play(t, func(s *stage) {
		s.run()
		s.Fail("users.get", 1, bottest.VKRefusal(10, "Internal server error"))
		s.anna.Says("яма")
		if u := s.one(); u.From.Name != "" || u.Text != "яма" {
			t.Errorf("%+v", u)
		}
		s.anna.Says("ещё")
		if u := s.one(); u.From.Name != "Анна" {
			t.Errorf("%+v", u)
		}
	})
}

func TestEscapedTextsAreReadAsWritten(t *testing.T) {
	for in, want := range map[string]string{
		"&lt;b&gt; &amp; &quot;яма&quot;": `<b> & "яма"`,
		"<b> &amp; &lt;":                  "<b> &amp; &lt;", // not escaped: a bare bracket stands in it
		"просто яма":                      "просто яма",
		"&amp;lt;":                        "&lt;",
		"5 &lt; 7":                        "5 < 7",
	} {
		if got := plain(in); got != want {
			t.Errorf("%q is read as %q, want %q", in, got, want)
		}
	}
}

func TestForwardsInForwardsEnd(t *testing.T) {
	deep := `{"from_id":5,"text":"x"}`
	for range 40 {
		deep = `{"from_id":5,"text":"x","fwd_messages":[` + deep + `]}`
	}
	got, err := (reader{group: 7}).event([]byte(`{"type":"message_new","event_id":"1","object":{"message":{"peer_id":5,"from_id":5,"cmid":3,"fwd_messages":[` + deep + `]}}}`))
	if err != nil || len(got.updates) != 1 || strings.Count(got.updates[0].Text, "x") > 10 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAnEventThatBringsTheReaderDownIsLeftOutAlone(t *testing.T) {
	r := reader{group: 77001, shown: func(bot.Peer, int32) bot.Ref { panic("nobody thought of this") }}
	button := `{"type":"message_new","event_id":"1","object":{"message":{"id":5,"date":1,"peer_id":9,"from_id":9,"cmid":3,"text":"Да","payload":"{\"d\":\"y\",\"n\":7}"}}}`
	got, err := r.event([]byte(button))
	if err == nil || !strings.Contains(err.Error(), "nobody thought of this") || len(got.updates) > 0 {
		t.Errorf("%+v, %v", got, err)
	}
	missed := &message{Peer: 9, From: 9, CMID: 3, Payload: []byte(`{"d":"y","n":7}`)}
	if _, err := r.message(missed); err == nil || !strings.Contains(err.Error(), "nobody thought of this") {
		t.Errorf("one that was missed: %v", err)
	}
}

func TestEveryChangeOfAMessageIsAnUpdateOfItsOwn(t *testing.T) {
	ids := map[string]bool{}
	for _, raw := range []string{
		`{"type":"message_edit","object":{"peer_id":5,"from_id":5,"cmid":3,"date":1,"update_time":2,"text":"раз"}}`,
		`{"type":"message_edit","object":{"peer_id":5,"from_id":5,"cmid":3,"date":1,"update_time":3,"text":"два"}}`,
		`{"type":"message_edit","object":{"peer_id":5,"from_id":5,"cmid":4,"date":1,"update_time":2,"text":"раз"}}`,
		`{"type":"message_edit","object":{"peer_id":6,"from_id":6,"cmid":3,"date":1,"update_time":2,"text":"раз"}}`,
		`{"type":"message_edit","event_id":"a","object":{"peer_id":6,"from_id":6,"cmid":3,"date":1,"update_time":2,"text":"раз"}}`,
		`{"type":"message_allow","object":{"user_id":5}}`,
		`{"type":"message_deny","object":{"user_id":5}}`,
		`{"type":"message_allow","object":{"user_id":6}}`,
	} {
		got, err := (reader{group: 7}).event([]byte(raw))
		if err != nil || len(got.updates) != 1 {
			t.Errorf("%s: %+v, %v", raw, got, err)
			continue
		}
		ids[got.updates[0].ID] = true
	}
	if len(ids) != 8 {
		t.Errorf("%d of 8 are told apart: %v", len(ids), ids)
	}
}

// TestALinkThatSaysNothingElse is what was said; under words it adds nothing.
func TestALinkThatSaysNothingElse(t *testing.T) {
	for text, want := range map[string]string{"": "Яма на Ленина\nhttps://vk.com/@kirov-yama", "смотрите vk.com/@kirov-yama": "смотрите vk.com/@kirov-yama"} {
		r := reader{group: 5, now: time.Now()}
		got, err := r.event([]byte(`{"type":"message_new","event_id":"1","object":{"message":{"id":1,"conversation_message_id":3,"date":1764200000,"peer_id":7,
			"from_id":7,"out":0,"text":"` + text + `","attachments":[{"type":"link","link":{"url":"https://vk.com/@kirov-yama","title":"Яма на Ленина"}}]}}}`))
		if err != nil || len(got.updates) != 1 || got.updates[0].Text != want || got.updates[0].Other != "" {
			t.Errorf("%+v, %v", got.updates, err)
		}
	}
}
