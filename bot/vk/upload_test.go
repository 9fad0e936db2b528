package vk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"otklik/bot"
	"otklik/bot/bottest"
)

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
