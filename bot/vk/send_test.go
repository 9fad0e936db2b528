package vk

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	vkapi "github.com/SevereCloud/vksdk/v2/api"
	"pgregory.net/rapid"

	"otklik/bot"
	"otklik/bot/bottest"
)

// methods gives the calls so far, in short.
func (s *stage) methods() string {
	short := map[string]string{"photos.getMessagesUploadServer": "where", "photos.saveMessagesPhoto": "save"}
	var list []string
	for _, c := range s.Calls("") {
		name := short[c.Method]
		if name == "" {
			name = strings.TrimPrefix(c.Method, "messages.")
		}
		list = append(list, name)
	}
	return strings.Join(list, " ")
}

func row(n int) (list []bot.Button) {
	for i := range n {
		list = append(list, bot.Button{Text: fmt.Sprint(i + 1), Data: fmt.Sprint(i + 1)})
	}
	return list
}

func TestWhatAMessageBecomes(t *testing.T) {
	eleven := photos("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k")
	up := func(n int) string { return strings.TrimSpace(strings.Repeat("where save ", n)) }
	long := strings.TrimSpace(strings.Repeat("слово ", 1000)) // 5999 units
	for name, c := range map[string]struct {
		m     bot.Message
		calls string
		shows string
		ref   bot.Ref
		more  int
	}{
		"a text": {bot.Message{Text: " раз\nдва\n"}, "send", "Отклик: раз\n  два\n", "1", 0},
		"a text with buttons": {bot.Message{Text: "верно?", Keyboard: [][]bot.Button{{{Text: "Да", Data: "y"}, {Text: "Сайт", URL: "https://example.org/"}}, {{Text: "Нет", Data: "n"}}}},
			"send", "Отклик: верно?\n  [Да] [Сайт]\n  [Нет]\n", "1", 0},
		"a wide row is broken": {bot.Message{Text: "выбор", Keyboard: [][]bot.Button{row(7)}},
			"send", "Отклик: выбор\n  [1] [2] [3] [4] [5]\n  [6] [7]\n", "1", 0},
		"a long label is cut": {bot.Message{Text: "где?", Keyboard: [][]bot.Button{{{Text: strings.Repeat("улица ", 10), Data: "y"}}}},
			"send", "Отклик: где?\n  [улица улица улица улица улица улица…]\n", "1", 0},
		"a photo with words and buttons": {bot.Message{Text: "№ 7", Photos: photos("a"), Keyboard: yes()}, up(1) + " send", "Отклик: [фото] № 7\n  [Да]\n", "1", 0},
		"a photo alone":                  {bot.Message{Photos: photos("a")}, up(1) + " send", "Отклик: [фото]\n", "1", 0},
		"a text of two": {bot.Message{Text: long, Keyboard: yes()}, "send send",
			"Отклик: " + strings.TrimSpace(strings.Repeat("слово ", 682)) + "\nОтклик: " + strings.TrimSpace(strings.Repeat("слово ", 318)) + "\n  [Да]\n", "2", 1},
		"a long text with a photo": {bot.Message{Text: long, Photos: photos("a"), Keyboard: yes()}, up(1) + " send send",
			"Отклик: " + strings.TrimSpace(strings.Repeat("слово ", 682)) + "\nОтклик: [фото] " + strings.TrimSpace(strings.Repeat("слово ", 318)) + "\n  [Да]\n", "2", 1},
		"eleven photos": {bot.Message{Text: "много", Photos: eleven, Keyboard: yes()}, up(11) + " send send",
			"Отклик: " + strings.TrimSpace(strings.Repeat("[фото] ", 10)) + "\nОтклик: [фото] много\n  [Да]\n", "2", 1},
		"a photo that is gone leaves the words": {bot.Message{Text: "№ 7", Photos: photos("gone"), Keyboard: yes()}, "send", "Отклик: № 7\n  [Да]\n", "1", 0},
		"eleven of which the first ten are gone": {bot.Message{Text: "много", Photos: photos("gone", "gone", "gone", "gone", "gone", "gone", "gone", "gone", "gone", "gone", "k"), Keyboard: yes()},
			up(1) + " send", "Отклик: [фото] много\n  [Да]\n", "1", 0},
		"eleven of which the last is gone": {bot.Message{Photos: append(eleven[:10:10], photos("gone")...), Keyboard: yes()},
			up(10) + " send", "Отклик: " + strings.TrimSpace(strings.Repeat("[фото] ", 10)) + "\n  [Да]\n", "1", 0},
		"several of which one is gone":   {bot.Message{Text: "два", Photos: photos("a", "gone", "b")}, up(2) + " send", "Отклик: [фото] [фото] два\n", "1", 0},
		"what is no picture is left out": {bot.Message{Text: "акт", Photos: photos("broken", "a")}, "where " + up(1) + " send", "Отклик: [фото] акт\n", "1", 0},
		"another messenger's photo": {bot.Message{Text: "№ 7", Photos: []bot.Media{{ID: "a", Refs: map[string]string{"telegram": "AgAC"}}}},
			up(1) + " send", "Отклик: [фото] № 7\n", "1", 0},
		"a person's own photo on VK": {bot.Message{Text: "№ 7", Photos: []bot.Media{{ID: "a", Refs: map[string]string{Name: " https://vk.test/photo/5_1_w.jpg"}}}},
			up(1) + " send", "Отклик: [фото] № 7\n", "1", 0},
		"a name that VK does not know": {bot.Message{Text: "№ 7", Photos: []bot.Media{{ID: "a", Refs: map[string]string{Name: "photo-5_1_x https://vk.test/x"}}}},
			"send " + up(1) + " send", "Отклик: [фото] № 7\n", "1", 0},
		"a reply to what is not there": {bot.Message{Text: "слово", ReplyTo: "77"}, "send send", "Отклик: слово\n", "1", 0},
		"a reply to another channel's": {bot.Message{Text: "слово", ReplyTo: "x-7"}, "send", "Отклик: слово\n", "1", 0},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				s.anna.Opens()
				r := s.send(s.anna.Peer(), c.m)
				if got := s.methods(); got != c.calls {
					t.Errorf("calls %s, want %s", got, c.calls)
				}
				s.shows(s.anna, c.shows)
				if r.Ref != c.ref || len(r.More) != c.more || len(r.Media) != len(c.m.Photos) {
					t.Errorf("receipt %+v", r)
				}
				for i, ref := range r.Media {
					at, address := splitRef(ref)
					gone := c.m.Photos[i].ID == "gone" || c.m.Photos[i].ID == "broken"
					if gone != (ref == "") || !gone && (!strings.HasPrefix(at, "photo-77001_") || !strings.HasSuffix(address, "_w.jpg")) {
						t.Errorf("photo %d is known as %q", i, ref)
					}
				}
			})
		})
	}
}

func TestAMessageThatVKDoesNotTakeIsRefusedBeforeTheCall(t *testing.T) {
	for name, m := range map[string]bot.Message{
		"nothing":               {},
		"space":                 {Text: " \n "},
		"all photos are gone":   {Photos: photos("gone", "gone")},
		"a button without text": {Text: "x", Keyboard: [][]bot.Button{{{Data: "y"}}}},
		"a button without data": {Text: "x", Keyboard: [][]bot.Button{{{Text: "y"}}}},
		"data too long":         {Text: "x", Keyboard: [][]bot.Button{{{Text: "y", Data: strings.Repeat("y", 65)}}}},
	} {
		play(t, func(s *stage) {
			s.anna.Opens()
			if _, err := s.ch.Send(s.Context(), s.anna.Peer(), m, "k", jpegs); reason(err) != bot.Never || len(s.Calls("")) > 0 {
				t.Errorf("%s: %v, %s", name, err, s.methods())
			}
		})
	}
}

func TestWhoIsNoChatOfVKs(t *testing.T) {
	play(t, func(s *stage) {
		for _, to := range []bot.Peer{{}, {Channel: Name}, {Channel: Name, Chat: "x"}, {Channel: Name, Chat: "-5"}, {Channel: Name, Chat: "0"}, {Channel: "telegram", Chat: "5"}, {Channel: Name, Chat: "77"}} {
			if _, err := s.ch.Send(s.Context(), to, bot.Message{Text: "x"}, "k", nil); reason(err) != bot.NoPeer {
				t.Errorf("%s: %v", to, err)
			}
		}
	})
}

func TestTheSameKeyPostsOnce(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		m := bot.Message{Text: strings.Repeat("слово ", 1000), Keyboard: yes()}
		var refs []bot.Ref
		for i := range 3 {
			if i == 2 {
				s.anew()
			}
			r, err := s.ch.Send(s.Context(), s.anna.Peer(), m, "k", nil)
			if err != nil {
				t.Fatal(err)
			}
			refs = append(refs, r.Ref)
		}
		if n := len(s.anna.Sees()); n != 2 || refs[0] != refs[1] || refs[1] != refs[2] {
			t.Errorf("%d messages, refs %v", n, refs)
		}
		if r, err := s.ch.Send(s.Context(), s.anna.Peer(), m, "another", nil); err != nil || r.Ref == refs[0] {
			t.Errorf("another key: %v, %v", r, err)
		}
	})
}

func TestAMessageWhoseAnswerIsLostArrivesOnce(t *testing.T) {
	for name, f := range map[string]bottest.Fault{"lost": bottest.Lost(), "hangs": bottest.Hang(), "broken": bottest.Garbage(), "page": bottest.HTML(), "empty": bottest.Empty502()} {
		for _, method := range []string{"messages.send", "upload", "photos.saveMessagesPhoto", "photos.getMessagesUploadServer"} {
			t.Run(name+" "+method, func(t *testing.T) {
				play(t, func(s *stage) {
					s.anna.Opens()
					m := bot.Message{Text: "№ 7", Photos: photos("a"), Keyboard: yes()}
					s.Fail(method, 1, f)
					begin := time.Now()
					if _, err := s.ch.Send(s.Context(), s.anna.Peer(), m, "k", jpegs); reason(err) != bot.Later || time.Since(begin) > uploadTime {
						t.Errorf("%v after %v", err, time.Since(begin))
					}
					if _, err := s.ch.Send(s.Context(), s.anna.Peer(), m, "k", jpegs); err != nil {
						t.Error(err)
					}
					s.shows(s.anna, "Отклик: [фото] № 7\n  [Да]\n")
				})
			})
		}
	}
}

func TestARandomIDIsNeverZeroAndAlwaysTheSame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		key, part := rapid.String().Draw(rt, "key"), rapid.IntRange(0, 20).Draw(rt, "part")
		id := randomID(key, part)
		if id <= 0 || id != randomID(key, part) || id == randomID(key, part+1) {
			rt.Errorf("%d", id)
		}
	})
}

func TestWhatLooksLikeAReferenceArrivesToTheLetter(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		for _, text := range []string{"&lt;", "&#33;", "&nbsp;", "&", "AT&T;", "&amp;lt;", "&&lt;", "&lt", "&copy=2", "?a=1&reg=2&lt=3", "&#x41;", "&#65", "Рога&Копыта", "&quot;да&quot;", "[id1|Павел]", "@all"} {
			r := s.send(s.anna.Peer(), bot.Message{Text: "а" + text + "я"})
			sees := s.anna.Sees()
			if got := sees[len(sees)-1].Text; got != "а"+text+"я" {
				t.Errorf("%q became %q", text, got)
			}
			s.edit(s.anna.Peer(), r.Ref, bot.Message{Text: text + "!"})
			if sees := s.anna.Sees(); sees[len(sees)-1].Text != text+"!" {
				t.Errorf("%q became %q", text, sees[len(sees)-1].Text)
			}
		}
		if p := s.Calls("messages.send")[0].Params; p["disable_mentions"] != "1" || p["dont_parse_links"] != "1" {
			t.Errorf("%v", p)
		}
	})
}

func TestATextThatVKCountsAsLongerIsCutShorter(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		s.Fail("messages.send", 1, bottest.VKRefusal(914, "Message is too long"))
		s.send(s.anna.Peer(), bot.Message{Text: strings.Repeat("слово ", 500)})
		if n := len(s.anna.Sees()); n != 2 {
			t.Errorf("%d messages", n)
		}
		s.Fail("messages.send", 5, bottest.VKRefusal(914, "Message is too long"))
		if _, err := s.ch.Send(s.Context(), s.anna.Peer(), bot.Message{Text: "слово"}, "never", nil); reason(err) != bot.Never {
			t.Errorf("%v", err)
		}
	})
}

// odd is a network on which one message is refused, once.
type odd struct {
	http.RoundTripper
	random int32
	code   int
	text   string
	done   *bool
}

func (o odd) RoundTrip(r *http.Request) (*http.Response, error) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(raw))
	if form, err := url.ParseQuery(string(raw)); err != nil || *o.done || form.Get("random_id") != fmt.Sprint(o.random) {
		return o.RoundTripper.RoundTrip(r)
	}
	*o.done = true
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"error":{"error_code":%d,"error_msg":%q}}`, o.code, o.text)
	return w.Result(), nil
}

// refuses has VK refuse a part of the message with this key, once.
func (s *stage) refuses(key string, part, code int, text string) (done *bool) {
	done = new(bool)
	s.ch.api.lib.Client.Transport = odd{s.ch.api.lib.Client.Transport, randomID(key, part), code, text, done}
	return done
}

func TestWhatWasSentBeforeARefusalIsNotSentAgain(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("слово ", 1000))
	for name, c := range map[string]struct {
		code  int
		text  string
		m     bot.Message
		parts int
	}{
		"too long":       {914, "Message is too long", bot.Message{Text: long, Keyboard: yes()}, 3},
		"an odd photo":   {100, "One of the parameters specified was missing or invalid: attachment", bot.Message{Text: long, Photos: photos("a"), Keyboard: yes()}, 2},
		"photos as well": {914, "Message is too long", bot.Message{Text: long, Photos: photos("a"), Keyboard: yes()}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				s.anna.Opens()
				done := s.refuses("k", 1, c.code, c.text)
				r, err := s.ch.Send(s.Context(), s.anna.Peer(), c.m, "k", jpegs)
				if err != nil || !*done {
					t.Fatalf("%v, refused: %v", err, *done)
				}
				var texts []string
				list := s.anna.Sees()
				for _, m := range list {
					texts = append(texts, m.Text)
				}
				last := list[len(list)-1]
				if got := strings.Join(texts, " "); got != long || len(list) != c.parts || last.Ref != r.Ref || len(last.Buttons) != 1 || len(last.Photos) != len(c.m.Photos) || len(r.More) != c.parts-1 {
					t.Errorf("%d messages of %d signs, receipt %+v", len(list), len(got), r)
				}
				if n := len(s.Calls("messages.send")); n != c.parts {
					t.Errorf("%d calls", n)
				}
				short := s.edit(s.anna.Peer(), r.Ref, bot.Message{Text: "коротко"})
				if list := s.anna.Sees(); c.code == 914 && (len(list) != 1 || list[0].Ref != short.Ref || list[0].Text != "коротко") {
					t.Errorf("after the edit: %d messages", len(list))
				}
			})
		})
	}
}

func TestANumberThatVKDidNotTellIsAskedFor(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Says("яма")
		s.anna.Says("и тут")
		s.anna.Opens()
		s.send(s.anna.Peer(), bot.Message{Text: "слово"})
		id := 0
		for _, m := range s.history() {
			if m.Text == "слово" {
				id = m.ID
			}
		}
		s.Fail("messages.send", 1, bottest.Fault{Status: 200, JSON: true, Body: fmt.Sprintf(`{"response":[{"peer_id":1,"message_id":%d}]}`, id)})
		if r := s.send(s.anna.Peer(), bot.Message{Text: "ещё"}); r.Ref != "3" {
			t.Errorf("%+v", r)
		}
		s.Fail("messages.send", 1, bottest.Fault{Status: 200, JSON: true, Body: `{"response":[{"peer_id":1,"message_id":7}]}`})
		if _, err := s.ch.Send(s.Context(), s.anna.Peer(), bot.Message{Text: "ещё"}, "k2", nil); reason(err) != bot.Later {
			t.Errorf("%v", err)
		}
	})
}

// history gives Anna's conversation, newest first.
func (s *stage) history() []message {
	s.Helper()
	var page struct{ Items []message }
	if err := s.ch.api.call(s.Context(), "messages.getHistory", vkapi.Params{"peer_id": s.anna.ID(), "count": 200}, &page); err != nil {
		s.Fatal(err)
	}
	return page.Items
}

func TestAReplyStandsInGroupsToo(t *testing.T) {
	play(t, func(s *stage) {
		seat := s.Chat("Дом 12").Seat(s.anna)
		seat.Says("яма")
		s.send(seat.Peer(), bot.Message{Text: "где?", ReplyTo: "1"})
		if sees := seat.Sees(); sees[1].ReplyTo != "1" {
			t.Errorf("%+v", sees)
		}
	})
}
