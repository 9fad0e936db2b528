package desk

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"otklik/bot"
)

func TestTheSameKeyIsTheSameMessage(t *testing.T) {
	s := setUp(t, nil)
	for range 3 {
		r, err := s.desk.Send(t.Context(), peer("anna"), bot.Message{Text: "раз"}, "out-1", nil)
		if err != nil || r.Ref != "1" {
			t.Fatal(r, err)
		}
	}
	s.stop()
	s.start(nil)
	if r, err := s.desk.Send(t.Context(), peer("anna"), bot.Message{Text: "раз"}, "out-1", nil); err != nil || r.Ref != "1" {
		t.Error("after a restart too", r, err)
	}
	if r, err := s.desk.Send(t.Context(), peer("petr"), bot.Message{Text: "раз"}, "out-1", nil); err != nil || r.Ref != "1" {
		t.Error("another chat is another message", r, err)
	}
	if h := s.history("anna"); len(h) != 1 {
		t.Errorf("%+v", h)
	}
}

func TestTwoAttemptsAtOnceAreOneMessage(t *testing.T) {
	s := setUp(t, nil)
	var both, sent sync.WaitGroup
	both.Add(2)
	open := func(context.Context, bot.Media) (io.ReadCloser, error) {
		both.Done()
		both.Wait() // neither knows of the other yet
		return io.NopCloser(bytes.NewReader(picture(30, 20, 1))), nil
	}
	for range 2 {
		sent.Go(func() {
			if r, err := s.desk.Send(t.Context(), peer("anna"), bot.Message{Text: "раз", Photos: []bot.Media{{ID: "f1"}}}, "out-1", open); err != nil || r.Ref != "1" {
				t.Error(r, err)
			}
		})
	}
	sent.Wait()
	if h := s.history("anna"); len(h) != 1 {
		t.Errorf("%d messages", len(h))
	}
}

func TestACardChangesInPlace(t *testing.T) {
	s := setUp(t, nil)
	ref := s.tell("anna", bot.Message{Text: "новое", Keyboard: [][]bot.Button{row("Взять")}})
	s.tell("anna", bot.Message{Text: "другое"})
	h := s.listen("")
	h.next()
	text, bold := bot.Rich("\ue000взято\ue001 Анной")
	for range 2 { // the second time it reads so already, and no page is troubled
		r, err := s.desk.Edit(t.Context(), peer("anna"), ref, bot.Message{Text: text, Bold: bold}, "e", nil)
		if err != nil || r.Ref != ref {
			t.Fatal(r, err)
		}
	}
	s.tell("anna", bot.Message{Text: "конец"})
	if _, _, data := h.next(); !strings.Contains(data, `"runs":[{"t":"взято","b":true},{"t":" Анной"}]`) || strings.Contains(data, "keyboard") {
		t.Error(data)
	}
	if _, _, data := h.next(); !strings.Contains(data, "конец") {
		t.Error(data)
	}
	if diff := cmp.Diff([]string{"взято Анной", "другое", "конец"}, texts(s.history("anna"))); diff != "" {
		t.Error(diff)
	}
	s.say("anna", "key-00001", "моё")
	for _, ref := range []bot.Ref{"4", "99", "x", ""} {
		if _, err := s.desk.Edit(t.Context(), peer("anna"), ref, bot.Message{Text: "?"}, "e", nil); bot.FailureOf(err).Reason != bot.NoRef {
			t.Errorf("%q: %v", ref, err)
		}
	}
}

func TestPhotosFromElsewhereAreKept(t *testing.T) {
	s := setUp(t, nil)
	opened := 0
	open := func(context.Context, bot.Media) (io.ReadCloser, error) {
		opened++
		return io.NopCloser(bytes.NewReader(picture(30, 20, 1))), nil
	}
	r, err := s.desk.Send(t.Context(), peer("anna"), bot.Message{Text: "фото", Photos: []bot.Media{{ID: "f1", Refs: map[string]string{"telegram": "AgAC"}}}}, "k1", open)
	if err != nil || len(r.Media) != 1 || r.Media[0] == "" {
		t.Fatal(r, err)
	}
	known := bot.Media{ID: "f1", Refs: map[string]string{Name: r.Media[0]}}
	if _, err := s.desk.Send(t.Context(), peer("petr"), bot.Message{Photos: []bot.Media{known}}, "k2", open); err != nil || opened != 1 {
		t.Error("a photo that the desk knows is not fetched again", opened, err)
	}
	broken := func(context.Context, bot.Media) (io.ReadCloser, error) { return nil, errors.New("no network") }
	_, err = s.desk.Send(t.Context(), peer("anna"), bot.Message{Photos: []bot.Media{{ID: "f2"}}}, "k3", broken)
	if f := bot.FailureOf(err); f.Reason != bot.Later {
		t.Error(err)
	}
	page := func(context.Context, bot.Media) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("<html>")), nil
	}
	_, err = s.desk.Send(t.Context(), peer("anna"), bot.Message{Photos: []bot.Media{{ID: "f3"}}}, "k4", page)
	if f := bot.FailureOf(err); f.Reason != bot.Never {
		t.Error(err)
	}
}

func TestFailuresAreClassified(t *testing.T) {
	s := setUp(t, nil)
	send := func(to bot.Peer, m bot.Message) error {
		_, err := s.desk.Send(t.Context(), to, m, "k", nil)
		return err
	}
	many := make([][]bot.Button, 41)
	for rule, c := range map[string]struct {
		to   bot.Peer
		m    bot.Message
		want bot.Reason
	}{
		"no such chair":      {peer("mayor"), bot.Message{Text: "?"}, bot.NoPeer},
		"another messenger":  {bot.Peer{Channel: "vk", Chat: "anna"}, bot.Message{Text: "?"}, bot.NoPeer},
		"a topic":            {bot.Peer{Channel: Name, Chat: "anna", Thread: "1"}, bot.Message{Text: "?"}, bot.NoPeer},
		"nothing":            {peer("anna"), bot.Message{}, bot.Never},
		"too long":           {peer("anna"), bot.Message{Text: strings.Repeat("😀", 2049)}, bot.Never},
		"too many rows":      {peer("anna"), bot.Message{Text: "?", Keyboard: many}, bot.Never},
		"data too long":      {peer("anna"), bot.Message{Text: "?", Keyboard: [][]bot.Button{{{Text: "?", Data: strings.Repeat("x", 65)}}}}, bot.Never},
		"a script in a link": {peer("anna"), bot.Message{Text: "?", Keyboard: [][]bot.Button{{{Text: "?", URL: "javascript:alert(1)"}}}}, bot.Never},
		"bold past the end":  {peer("anna"), bot.Message{Text: "?", Bold: []bot.Span{{Start: 0, End: 9}}}, bot.Never},
	} {
		if err := send(c.to, c.m); bot.FailureOf(err).Reason != c.want {
			t.Errorf("%s: %v, want %s", rule, err, c.want)
		}
	}
	s.keeper.fail(errors.New("the disk is full"))
	if err := send(peer("anna"), bot.Message{Text: "?"}); bot.FailureOf(err).Reason != bot.Later {
		t.Error(err)
	}
	s.keeper.fail(nil)
	if err := send(peer("anna"), bot.Message{Text: strings.Repeat("😀", 2048)}); err != nil {
		t.Error("the longest text", err)
	}
}

func TestCommandsOfAChairComeBeforeEverybodys(t *testing.T) {
	s := setUp(t, nil)
	set := func(p bot.Peer, lang string, names ...string) {
		t.Helper()
		var list []bot.Command
		for _, n := range names {
			list = append(list, bot.Command{Name: n, Description: n})
		}
		if err := s.desk.SetCommands(t.Context(), p, lang, list); err != nil {
			t.Fatal(err)
		}
	}
	set(bot.Peer{}, "", "new", "my")
	set(bot.Peer{}, "en", "new")
	set(peer("curator"), "", "assign", "reject")
	for range 2 {
		got := s.desk.menuOf(s.desk.seats["curator"])
		if len(got[""]) != 2 || got[""][0].Name != "assign" || got["en"] != nil {
			t.Errorf("curator: %v", got)
		}
		if got := s.desk.menuOf(s.desk.seats["anna"]); len(got[""]) != 2 || got[""][0].Name != "new" || len(got["en"]) != 1 {
			t.Errorf("anna: %v", got)
		}
		s.stop()
		s.start(nil)
	}
}

func TestLink(t *testing.T) {
	s := setUp(t, nil)
	if got, want := s.desk.Link("iA b"), s.url+"/?start=iA+b"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	s.desk.SetAddress("")
	if got := s.desk.Link("i"); got != "" {
		t.Error(got)
	}
}

func TestNewRefusesWhatCannotBe(t *testing.T) {
	for rule, o := range map[string]Options{
		"no chairs":    {Keeper: &memory{}, Blobs: &album{}},
		"no keeper":    {Chairs: office, Blobs: &album{}},
		"no photos":    {Chairs: office, Keeper: &memory{}},
		"a bad id":     {Chairs: []Chair{{ID: "Анна"}}, Keeper: &memory{}, Blobs: &album{}},
		"twice":        {Chairs: []Chair{{ID: "a"}, {ID: "a"}}, Keeper: &memory{}, Blobs: &album{}},
		"torn records": {Chairs: office, Blobs: &album{}, Keeper: &memory{values: map[string][]byte{"m/anna/001": []byte("{")}}},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%s: no error", rule)
		}
	}
}
