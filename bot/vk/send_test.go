package vk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
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

// crowd sends at once and gives what became of each.
func (s *stage) crowd(n int, one func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = one(i) })
	}
	wg.Wait()
	return errs
}

// outer are the calls on the wire.
func (s *stage) outer() (list []bottest.Call) {
	for _, c := range s.Calls("") {
		if !c.Inside {
			list = append(list, c)
		}
	}
	return list
}

func TestManyMessagesLeaveInFewCalls(t *testing.T) {
	play(t, func(s *stage) {
		var people []*bottest.VKUser
		for i := range 50 {
			people = append(people, s.User(fmt.Sprint("П", i)).Opens())
		}
		begin := time.Now()
		for i, err := range s.crowd(200, func(i int) error {
			_, err := s.ch.Send(s.Context(), people[i%50].Peer(), bot.Message{Text: fmt.Sprint("№ ", i), Keyboard: yes()}, fmt.Sprint("k", i), nil)
			return err
		}) {
			if err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}
		seen := map[string]int{}
		for _, p := range people {
			for _, m := range p.Sees() {
				seen[m.Text]++
			}
		}
		for i := range 200 {
			if n := seen[fmt.Sprint("№ ", i)]; n != 1 {
				t.Errorf("№ %d stands %d times", i, n)
			}
		}
		if n, took := len(s.outer()), time.Since(begin); n > 15 || s.TooFast() > 0 || took > 2*time.Second {
			t.Errorf("%d calls, %d too fast, %v", n, s.TooFast(), took)
		}
		for _, c := range s.Calls("execute") {
			if n := strings.Count(c.Params["code"], "API.messages.send("); n < 2 || n > maxExecute {
				t.Errorf("%d in one call", n)
			}
		}
	})
}

func TestTheCallsKeepVKsPace(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		s.run()
		begin := time.Now()
		s.crowd(150, func(i int) error {
			if i%2 == 0 {
				return s.ch.Answer(s.Context(), pressOf("x", "5", "5"), "", false)
			}
			_, err := s.ch.Send(s.Context(), s.anna.Peer(), bot.Message{Text: fmt.Sprint(i)}, fmt.Sprint(i), nil)
			return err
		})
		if took := time.Since(begin); s.TooFast() > 0 || took > 10*time.Second {
			t.Errorf("%d calls too fast, %v", s.TooFast(), took)
		}
	})
}

// busy keeps the carriers at work, so that what is sent meanwhile gathers.
func (s *stage) busy(do func()) {
	for range callBurst {
		_ = s.ch.api.pace.Wait(s.Context())
	}
	do()
}

func TestAMessageWithoutCompanyLeavesAloneAndAtOnce(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		begin := time.Now()
		s.send(s.anna.Peer(), bot.Message{Text: "яма"})
		if got, took := s.methods(), time.Since(begin); got != "send" || took > 0 {
			t.Errorf("%s, %v", got, took)
		}
	})
}

func TestOneThatIsRefusedFailsAlone(t *testing.T) {
	for name, set := range map[string]func(s *stage, u *bottest.VKUser) bot.Reason{
		"who denied messages": func(_ *stage, u *bottest.VKUser) bot.Reason { u.Blocks(); return bot.NoPeer },
		"flood": func(s *stage, _ *bottest.VKUser) bot.Reason {
			s.Fail("messages.send", 1, bottest.VKRefusal(9, "Flood control"))
			return bot.Later
		},
		"too long for VK": func(s *stage, _ *bottest.VKUser) bot.Reason {
			s.Fail("messages.send", 1, bottest.VKRefusal(911, "Keyboard format is invalid"))
			return bot.Never
		},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				var people []*bottest.VKUser
				for range 10 {
					people = append(people, s.User("П").Opens())
				}
				want := set(s, people[4])
				var errs []error
				s.busy(func() {
					errs = s.crowd(10, func(i int) error {
						_, err := s.ch.Send(s.Context(), people[i].Peer(), bot.Message{Text: "яма"}, "k", nil)
						return err
					})
				})
				failed := 0
				for i, err := range errs {
					switch {
					case err != nil:
						if failed++; reason(err) != want || len(people[i].Sees()) > 0 {
							t.Errorf("%d: %v, want %s", i, err, want)
						}
					case len(people[i].Sees()) != 1:
						t.Errorf("%d sees\n%s", i, people[i].Screen())
					}
				}
				if failed != 1 || len(s.Calls("execute")) != 1 {
					t.Errorf("%d failed, %d programs", failed, len(s.Calls("execute")))
				}
				if want == bot.NoPeer && errs[4] == nil {
					t.Error("another one failed")
				}
			})
		})
	}
}

func TestSeveralRefusalsInOneCallFindTheirMessages(t *testing.T) {
	p := &post{api: newAPI(func() string { return "t" }, PublicAPI, nil)}
	p.api.lib.Handler = func(string, ...vkapi.Params) (vkapi.Response, error) {
		return vkapi.Response{
			Response:      []byte(`[[{"peer_id":1,"message_id":7,"conversation_message_id":1}],false,[{"peer_id":3,"message_id":0,"error":{"code":901,"description":"no"}}],false,[{"peer_id":5,"message_id":8,"cmid":4}],[],7]`),
			ExecuteErrors: []vkapi.ExecuteError{{Method: "messages.send", Code: 9, Msg: "Flood control"}, {Method: "messages.send", Code: 914, Msg: "Message is too long"}},
		}, nil
	}
	var batch []*letter
	for range 7 {
		batch = append(batch, &letter{ctx: t.Context(), method: sending, done: make(chan struct{})})
	}
	p.deliver(t.Context(), batch)
	var got []string
	for _, l := range batch {
		<-l.done
		got = append(got, fmt.Sprintf("%d %s %d", l.at.CMID, reason(l.err), codeOf(l.err)))
	}
	if got, want := strings.Join(got, "|"), "1  0|0 later 9|0 no_peer 901|0 never 914|4  0|0 later 0|0 later 0"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestAProgramThatVKDoesNotRunIsMadeOfSingleCalls(t *testing.T) {
	for name, f := range map[string]bottest.Fault{"does not compile": bottest.VKRefusal(12, "Unable to compile code"), "breaks off": bottest.VKRefusal(13, "Runtime error occurred during code invocation"),
		"answers too little": {Status: 200, JSON: true, Body: `{"response":[]}`}} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				s.anna.Opens()
				s.Fail("execute", 1, f)
				s.busy(func() {
					for i, err := range s.crowd(10, func(i int) error {
						_, err := s.ch.Send(s.Context(), s.anna.Peer(), bot.Message{Text: fmt.Sprint(i)}, fmt.Sprint(i), nil)
						return err
					}) {
						if err != nil {
							t.Errorf("%d: %v", i, err)
						}
					}
				})
				if n := len(s.Calls("messages.send")); len(s.anna.Sees()) != 10 || n != 10 || s.TooFast() > 0 || s.Failing() > 0 {
					t.Errorf("%d single calls, %d too fast\n%s", n, s.TooFast(), s.anna.Screen())
				}
			})
		})
	}
}

func TestAProgramThatIsNotHeardFailsAllOfIt(t *testing.T) {
	for name, f := range faults {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				s.anna.Opens()
				try := func() []error {
					return s.crowd(10, func(i int) error {
						_, err := s.ch.Send(s.Context(), s.anna.Peer(), bot.Message{Text: fmt.Sprint(i)}, fmt.Sprint(i), nil)
						return err
					})
				}
				s.Fail("execute", 1, f)
				s.busy(func() {
					for i, err := range try() {
						if reason(err) != bot.Later {
							t.Errorf("%d: %v", i, err)
						}
					}
				})
				for i, err := range try() {
					if err != nil {
						t.Errorf("%d: %v", i, err)
					}
				}
				if n := len(s.anna.Sees()); n != 10 {
					t.Errorf("%d messages\n%s", n, s.anna.Screen())
				}
			})
		})
	}
}

func TestAMessageThatNobodyWaitsForIsNotSentLater(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		s.busy(func() {
			errs := s.crowd(9, func(i int) error {
				ctx := s.Context()
				if i%3 == 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, time.Millisecond)
					defer cancel()
				}
				_, err := s.ch.Send(ctx, s.anna.Peer(), bot.Message{Text: fmt.Sprint("№ ", i)}, fmt.Sprint(i), nil)
				return err
			})
			for i, err := range errs {
				if (err != nil) != (i%3 == 0) || err != nil && !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%d: %v", i, err)
				}
			}
		})
		s.quiet()
		for _, m := range s.anna.Sees() {
			for _, n := range []int{0, 3, 6} {
				if m.Text == fmt.Sprint("№ ", n) {
					t.Errorf("%s was sent", m.Text)
				}
			}
		}
		if n := len(s.anna.Sees()); n != 6 {
			t.Errorf("%d messages", n)
		}
	})
}

func TestACallThatNobodyWaitsForEnds(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		s.Fail("messages.send", 1, bottest.Hang())
		ctx, cancel := context.WithCancel(s.Context())
		go func() { time.Sleep(time.Second); cancel() }()
		begin := time.Now()
		if _, err := s.ch.Send(ctx, s.anna.Peer(), bot.Message{Text: "яма"}, "k", nil); !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) || time.Since(begin) != time.Second {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
		synctest.Wait() // what is left over would hold the bubble open
		s.send(s.anna.Peer(), bot.Message{Text: "яма"})
	})
}

func TestAPhotoIsUploadedOnce(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		r := s.send(s.anna.Peer(), bot.Message{Text: "№ 7", Photos: photos("a")})
		for _, name := range []string{"Пётр", "Иван"} {
			s.send(s.User(name).Opens().Peer(), bot.Message{Text: "№ 7", Photos: photos("a")})
		}
		if got := s.methods(); got != "where save send send send" {
			t.Error(got)
		}
		s.anew() // the core knows VK's name
		known := []bot.Media{{ID: "a", Refs: map[string]string{Name: r.Media[0]}}}
		again := s.send(s.anna.Peer(), bot.Message{Text: "и ещё", Photos: known})
		if got := s.methods(); got != "where save send send send send" || again.Media[0] != r.Media[0] {
			t.Errorf("%s, known as %q, was %q", got, again.Media[0], r.Media[0])
		}
		if sees := s.anna.Sees(); string(sees[1].Photos[0]) != string(bottest.JPEG('a')) {
			t.Error("another photo")
		}
		body, err := s.ch.Fetch(s.Context(), r.Media[0])
		if err != nil {
			t.Fatal(err)
		}
		defer body.Close()
		if b, err := io.ReadAll(body); err != nil || string(b) != string(bottest.JPEG('a')) {
			t.Errorf("%d bytes, %v", len(b), err)
		}
	})
}

func TestAPhotoOfAPersonGoesRound(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.SendsPhoto(bottest.JPEG('a'), "яма")
		in := s.one()
		open := func(ctx context.Context, m bot.Media) (io.ReadCloser, error) { return s.ch.Fetch(ctx, m.Refs[Name]) }
		petr := s.User("Пётр").Opens()
		for _, text := range []string{"№ 7", "и ещё"} {
			if _, err := s.ch.Send(s.Context(), petr.Peer(), bot.Message{Text: text, Photos: in.Media}, text, open); err != nil {
				t.Fatal(err)
			}
		}
		s.shows(petr, "Отклик: [фото] № 7\nОтклик: [фото] и ещё\n")
		if string(petr.Sees()[0].Photos[0]) != string(bottest.JPEG('a')) || len(s.Calls("photos.saveMessagesPhoto")) != 1 {
			t.Error("another photo, or uploaded twice")
		}
	})
}

func TestWhatAPersonSentIsNeverAttachedByItsOwnName(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		for i, raw := range []string{
			`{"type":"doc","doc":{"id":1,"owner_id":5,"ext":"jpg","url":"https://vk.example/doc","size":10}}`,
			`{"type":"photo","photo":{"id":1,"owner_id":5,"access_key":"k","sizes":[{"type":"z","url":"https://vk.example/photo","width":10,"height":10}]}}`,
		} {
			var u bot.Update
			reader{}.files(&u, []json.RawMessage{json.RawMessage(raw)})
			if len(u.Media) != 1 {
				t.Fatalf("%+v", u)
			}
			u.Media[0].ID = string(rune(97 + i))
			opened := 0
			open := func(ctx context.Context, m bot.Media) (io.ReadCloser, error) { opened++; return jpegs(ctx, m) }
			key := fmt.Sprint(i)
			if _, err := s.ch.Send(s.Context(), s.anna.Peer(), bot.Message{Text: key, Photos: u.Media}, key, open); err != nil {
				t.Fatal(err)
			}
			if opened != 1 {
				t.Errorf("%s: opened %d times", raw, opened)
			}
		}
		if string(s.anna.Sees()[0].Photos[0]) != string(bottest.JPEG('a')) {
			t.Error("it is shown as it came")
		}
	})
}

func TestAPhotoWhoseBytesAreLateWaits(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		for _, m := range []bot.Message{{Photos: photos("later")}, {Photos: photos("a", "later"), Text: "два"}} {
			if _, err := s.ch.Send(s.Context(), s.anna.Peer(), m, "k", jpegs); reason(err) != bot.Later || bot.FailureOf(err).Whole {
				t.Errorf("%v", err)
			}
		}
		if _, err := s.ch.Send(s.Context(), s.anna.Peer(), bot.Message{Text: "x", Photos: photos("b")}, "nobody", nil); err != nil {
			t.Errorf("without an opener the words go alone: %v", err)
		}
		s.shows(s.anna, "Отклик: x\n")
	})
}

func TestAnUploadServerThatIsDownHoldsUpNobodyElse(t *testing.T) {
	for name, f := range map[string]bottest.Fault{"page": bottest.HTML(), "empty 502": bottest.Empty502(), "connection": bottest.Drop(), "garbage": bottest.Garbage()} {
		play(t, func(s *stage) {
			s.anna.Opens()
			s.Fail("upload", 1, f)
			_, err := s.ch.Send(s.Context(), s.anna.Peer(), bot.Message{Text: "№ 7", Photos: photos("a")}, "k", jpegs)
			if got := bot.FailureOf(err); err == nil || got.Reason != bot.Later || got.Whole {
				t.Errorf("%s: %+v", name, got)
			}
		})
	}
	play(t, func(s *stage) {
		s.anna.Opens()
		s.ch.api.client.Transport = deaf{s.ch.api.client.Transport, "/upload/", "/photo/"}
		_, err := s.ch.Send(s.Context(), s.anna.Peer(), bot.Message{Text: "№ 7", Photos: photos("a")}, "k", jpegs)
		if f := bot.FailureOf(err); err == nil || f.Reason != bot.Later || f.Whole {
			t.Errorf("nobody listens: %+v", f)
		}
		_, err = s.ch.Fetch(s.Context(), " http://vk.test/photo/5_1_w.jpg")
		if f := bot.FailureOf(err); err == nil || f.Reason != bot.Later || f.Whole {
			t.Errorf("nobody listens: %+v", f)
		}
	})
}

// deaf is a network in which nobody listens at two places.
type deaf struct {
	http.RoundTripper
	one, other string
}

func (d deaf) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.URL.Path, d.one) || strings.HasPrefix(r.URL.Path, d.other) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	}
	return d.RoundTripper.RoundTrip(r)
}

func TestAPhotoTooLargeForTheUploadServerIsLeftOut(t *testing.T) {
	play(t, func(s *stage) {
		s.anna.Opens()
		s.Fail("upload", 1, bottest.Fault{Status: 413, Body: "<html>413 Request Entity Too Large</html>"})
		s.send(s.anna.Peer(), bot.Message{Text: "№ 7", Photos: photos("a")})
		s.shows(s.anna, "Отклик: № 7\n")
	})
}

func TestAPhotoThatCannotBeFetchedSaysWhetherItIsGone(t *testing.T) {
	play(t, func(s *stage) {
		for name, c := range map[string]struct {
			f    bottest.Fault
			want bot.Reason
		}{"gone": {bottest.Fault{Status: 404}, bot.Never}, "its key is old": {bottest.Fault{Status: 403}, bot.Never}, "down": {bottest.Empty502(), bot.Later}, "cut": {bottest.Drop(), bot.Later}} {
			s.Fail("file", 1, c.f)
			_, err := s.ch.Fetch(s.Context(), " http://vk.test/photo/5_1_w.jpg")
			if f := bot.FailureOf(err); f.Reason != c.want || f.Whole {
				t.Errorf("%s: %+v", name, f)
			}
		}
		for _, ref := range []string{"", "photo-77001_1_key", " "} {
			if _, err := s.ch.Fetch(s.Context(), ref); reason(err) != bot.Never {
				t.Errorf("%q: %v", ref, err)
			}
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

// Whatever a text holds, its call is one that VK's language for programs reads.
func TestAProgramHoldsAnyText(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("ая<>&\"'\\\n\u2028\u2029\u0000{}[]();👷"))).Draw(rt, "text")
		code, err := callCode("messages.send", vkapi.Params{"message": text, "random_id": 7})
		if err != nil {
			rt.Fatal(err)
		}
		inside := strings.TrimSuffix(strings.TrimPrefix(code, "API.messages.send("), ")")
		var p map[string]any
		if err := json.Unmarshal([]byte(inside), &p); err != nil || p["message"] != text || strings.Contains(code, "\n") {
			rt.Fatalf("%s: %v", code, err)
		}
	})
}
