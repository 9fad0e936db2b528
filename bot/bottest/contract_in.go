package bottest

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"sync"
	"unicode/utf8"

	"otklik/bot"
)

type readCloser = io.ReadCloser

var rulesIn = []rule{
	{"a text comes in as it was written", textComes},
	{"a broken or enormous text comes in as a text, and what follows comes in", brokenComes},
	{"a photo comes in with its caption, and can be fetched", photoComes},
	{"a location comes in", locationComes},
	{"a reply names its message", replyComes},
	{"a press names its message and its data, and is answered", pressComes},
	{"what the sink refused comes again, and nothing overtakes it", comesAgain},
	{"what was not taken comes to the next program, what was taken does not", restart},
	{"an update has an ID of its own", ownIDs},
	{"a channel that does not run can be left alone", neverRun},
}

func textComes(c *contract) {
	r, p := c.run(nil), c.world.Person(c)
	for i, text := range Hostile() {
		p.Says(text)
		u := r.next(i + 1)
		if u.Kind != bot.Written || u.Text != text || u.Peer != p.Peer() || u.Channel != r.Name() || u.Group || u.Ref == "" ||
			u.From.ID == "" || u.From.Name == "" || u.Time.IsZero() || u.ID == "" {
			c.Errorf("%q came as %+v", text, u)
		}
	}
}

func brokenComes(c *contract) {
	r, p := c.run(nil), c.world.Person(c)
	n := 0
	for _, text := range append(Torn(), Enormous()) {
		p.Says("слово " + text)
		p.Says("дальше")
		for {
			n++
			u := r.next(n)
			if u.Kind != bot.Written || !utf8.ValidString(u.Text) || u.From.ID == "" || len(u.Text) > 3*len("слово "+text) {
				c.Fatalf("%.80q came as %.300v", text, u)
			}
			if u.Text == "дальше" {
				break
			}
		}
	}
}

func photoComes(c *contract) {
	r, p := c.run(nil), c.world.Person(c)
	for i, caption := range []string{"яма", ""} {
		picture := JPEG(byte(40 + i))
		p.SendsPhoto(picture, caption)
		u := r.next(i + 1)
		if u.Kind != bot.Written || u.Text != caption || len(u.Media) != 1 || u.Other != "" {
			c.Fatalf("%+v", u)
		}
		fetcher, ok := r.Channel.(bot.Fetcher)
		if !ok {
			continue
		}
		body, err := fetcher.Fetch(c.Context(), u.Media[0].Refs[r.Name()])
		if err != nil {
			c.Fatal(err)
		}
		got, err := io.ReadAll(body)
		body.Close()
		if err != nil || !bytes.Equal(got, picture) {
			c.Errorf("%d bytes of %d, %v", len(got), len(picture), err)
		}
	}
}

func locationComes(c *contract) {
	r, p := c.run(nil), c.world.Person(c)
	p.SendsLocation(58.603591, 49.668014)
	u := r.next(1)
	if u.Kind != bot.Written || u.Location == nil || int(u.Location.Lat*1e4) != 586035 || int(u.Location.Lon*1e4) != 496680 {
		c.Errorf("%+v", u)
	}
}

func replyComes(c *contract) {
	r, p := c.run(nil), c.world.Person(c)
	one := r.send(p.Peer(), bot.Message{Text: "карточка один"}, "a", nil)
	r.send(p.Peer(), bot.Message{Text: "карточка два"}, "b", nil)
	p.RepliesTo("один", "сделано")
	if u := r.next(1); u.ReplyTo != one.Ref || u.Text != "сделано" {
		c.Errorf("%+v, want a reply to %s", u, one.Ref)
	}
	p.Says("просто так")
	if u := r.next(2); u.ReplyTo != "" {
		c.Errorf("%+v", u)
	}
}

func pressComes(c *contract) {
	r, p := c.run(nil), c.world.Person(c)
	rows := [][]bot.Button{{{Text: "Да", Data: "yes:1042"}, {Text: "Нет", Data: "no:1042"}}, {{Text: "Отмена", Data: "x"}}}
	sent := r.send(p.Peer(), bot.Message{Text: "верно?", Keyboard: rows}, "a", nil)
	for i, want := range []struct{ label, data, note string }{{"Нет", "no:1042", "Записано"}, {"Отмена", "x", ""}} {
		p.Presses(want.label)
		u := r.next(i + 1)
		if u.Kind != bot.Pressed || u.Data != want.data || u.Ref != sent.Ref || u.Peer != p.Peer() || u.Press == "" || u.From.ID == "" {
			c.Errorf("%+v", u)
		}
		answerer, ok := r.Channel.(bot.Answerer)
		if !ok {
			continue
		}
		for range 2 { // an answer that comes too late is no error
			if err := answerer.Answer(c.Context(), u.Press, want.note, false); err != nil {
				c.Error(err)
			}
		}
		if notes := p.Noted(); len(notes) != i+1 || notes[i] != want.note {
			c.Errorf("noted %q", notes)
		}
	}
}

func comesAgain(c *contract) {
	var mu sync.Mutex
	refused := map[string]string{} // text → ID
	r := c.run(func(u bot.Update) error {
		mu.Lock()
		defer mu.Unlock()
		if id, again := refused[u.Text]; again && id != u.ID {
			c.Errorf("%q came again as %s, it was %s", u.Text, u.ID, id)
		} else if again || u.Text == "один" {
			return nil
		}
		refused[u.Text] = u.ID
		return errors.New("the disk is full")
	})
	p := c.world.Person(c)
	p.Says("один")
	p.Says("два")
	p.Says("три")
	for i, u := range r.await(3)[:3] {
		if want := []string{"один", "два", "три"}[i]; u.Text != want {
			c.Errorf("%d: %q, want %q", i, u.Text, want)
		}
	}
}

func restart(c *contract) {
	full := errors.New("the disk is full")
	tried := make(chan struct{}, 100)
	first := c.run(func(u bot.Update) error {
		if u.Text == "два" {
			tried <- struct{}{}
			return full
		}
		return nil
	})
	p := c.world.Person(c)
	p.Says("один")
	first.await(1)
	p.Says("два")
	<-tried
	first.stop()
	p.Says("три")
	second := c.run(nil)
	for i, u := range second.await(2)[:2] {
		if want := []string{"два", "три"}[i]; u.Text != want {
			c.Errorf("%d: %q, want %q", i, u.Text, want)
		}
	}
	second.stop()
	third := c.run(nil)
	p.Says("четыре")
	if u := third.next(1); u.Text != "четыре" {
		c.Errorf("%+v", u)
	}
}

func ownIDs(c *contract) {
	r := c.run(nil)
	a, b := c.world.Person(c), c.world.Person(c)
	for i := range 5 {
		a.Says("а" + strconv.Itoa(i))
		b.Says("б" + strconv.Itoa(i))
	}
	ids := map[string]bool{}
	for _, u := range r.await(10) {
		ids[u.ID] = true
	}
	if len(ids) != 10 {
		c.Errorf("%d IDs", len(ids))
	}
}

func neverRun(c *contract) {
	ch := c.world.Channel(c)
	if ch.Name() == "" {
		c.Error("no name")
	}
	if l, ok := ch.(bot.Linker); ok {
		_ = l.Link("x")
	}
}
