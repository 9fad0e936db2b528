package bottest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"otklik/bot"
)

var rulesMade = []rule{
	{"a file arrives once, with its name, its bytes and the words", fileArrives},
	{"pictures that are made arrive, the text and the buttons once", madeArrive},
	{"a file stands with pictures and a long text, and the buttons below all", filesWithMore},
	{"an edit of a message with files changes its words only", editBesideFiles},
	{"an edit changes a picture that is made of something else", editMade},
	{"what cannot be made is left out, and what fails is tried again", makerFails},
}

// maker is an Opener that makes things and counts.
type maker struct {
	mu    sync.Mutex
	made  map[string][]byte
	fail  error
	times int
}

func (m *maker) open(_ context.Context, one bot.Media) (io.ReadCloser, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.times++
	if m.fail != nil {
		return nil, m.fail
	}
	b := m.made[one.Make]
	if b == nil {
		return nil, &bot.Failure{Reason: bot.Never, Err: fmt.Errorf("nobody makes %q", one.Make)}
	}
	return struct {
		*bytes.Reader
		io.Closer
	}{bytes.NewReader(b), io.NopCloser(nil)}, nil
}

// count gives how often anything was asked for since it was called last.
func (m *maker) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.times
	m.times = 0
	return n
}

// workshop runs a channel to which these things are made.
func (c *contract) workshop(made map[string][]byte) (*running, *maker) {
	m := &maker{made: made}
	if w, ok := c.world.(Workshop); ok {
		w.Makes(m.open)
	}
	return c.run(nil), m
}

// told is all that stands in a chat but who said it.
type told struct {
	photos  [][]byte
	files   []SeenFile
	text    string
	buttons int
	at      bot.Ref // the buttons
}

func read(p Person) (all told) {
	for _, s := range p.Sees() {
		all.photos, all.files = append(all.photos, s.Photos...), append(all.files, s.Files...)
		all.text += s.Text
		if len(s.Buttons) > 0 {
			all.buttons++
			all.at = s.Ref
		}
	}
	return all
}

// holds compares what stands in a chat.
func (c *contract) holds(got, want told) {
	c.Helper()
	if !slices.EqualFunc(got.photos, want.photos, bytes.Equal) {
		c.Errorf("%d photos, not the %d that were due", len(got.photos), len(want.photos))
	}
	same := func(a, b SeenFile) bool { return a.Name == b.Name && bytes.Equal(a.Bytes, b.Bytes) }
	if !slices.EqualFunc(got.files, want.files, same) {
		c.Errorf("files: %.200v, not %.200v", got.files, want.files)
	}
	if got.text != want.text || got.buttons != want.buttons || want.buttons > 0 && want.at != got.at {
		c.Errorf("%q with buttons %d times at %s, not %q with %d at %s", got.text, got.buttons, got.at, want.text, want.buttons, want.at)
	}
}

var (
	sheet = bytes.Repeat([]byte("PK\x03\x04 таблица \x00\xff"), 9000)
	keys  = [][]bot.Button{{{Text: "Дальше", Data: "x"}}}
)

const sheetName = "обращения «Киров» 2026-11.xlsx"

func fileArrives(c *contract) {
	r, made := c.workshop(map[string][]byte{"table:1": sheet})
	for i, m := range []bot.Message{
		{Text: "Таблица за ноябрь", Bold: []bot.Span{{Start: 0, End: 14}}, Keyboard: keys},
		{Text: "Без кнопок"},
		{}, // a file alone
	} {
		p := c.world.Person(c)
		m.Files = []bot.File{{Name: sheetName, Make: "table:1"}}
		got := r.send(p.Peer(), m, fmt.Sprint("k", i), made.open)
		want := told{files: []SeenFile{{sheetName, sheet}}, text: m.Text, buttons: len(m.Keyboard), at: got.Ref}
		c.holds(read(p), want)
		if n := len(p.Sees()); n != 1+len(got.More) || n != 1 {
			c.Errorf("%d messages, receipt %+v", n, got)
		}
	}
}

func madeArrive(c *contract) {
	one, two := JPEG(1), JPEG(2)
	r, m := c.workshop(map[string][]byte{"chart/a?x=1": one, "chart/b": two})
	p := c.world.Person(c)
	got := r.send(p.Peer(), bot.Message{Text: "два графика", Photos: []bot.Media{{Make: "chart/a?x=1"}, {Make: "chart/b"}}, Keyboard: keys}, "a", m.open)
	c.holds(read(p), told{photos: [][]byte{one, two}, text: "два графика", buttons: 1, at: got.Ref})
	p = c.world.Person(c)
	got = r.send(p.Peer(), bot.Message{Text: "один график", Photos: []bot.Media{{Make: "chart/b"}}, Keyboard: keys}, "b", m.open)
	c.holds(read(p), told{photos: [][]byte{two}, text: "один график", buttons: 1, at: got.Ref})
}

func filesWithMore(c *contract) {
	r, m := c.workshop(map[string][]byte{"table:1": sheet, "table:2": []byte("a;b\n1;2\n"), "chart/a": JPEG(1), "chart/b": JPEG(2)})
	files := []bot.File{{Name: sheetName, Make: "table:1"}, {Name: "б.csv", Make: "table:2"}}
	charts := []bot.Media{{Make: "chart/a"}, {Make: "chart/b"}}
	for i, text := range []string{"Итог недели", strings.TrimSpace(strings.Repeat("Итог недели, длинный. ", 100))} {
		p := c.world.Person(c)
		got := r.send(p.Peer(), bot.Message{Text: text, Photos: charts, Files: files, Keyboard: keys}, fmt.Sprint(i), m.open)
		c.holds(read(p), told{photos: [][]byte{JPEG(1), JPEG(2)}, files: []SeenFile{{sheetName, sheet}, {"б.csv", []byte("a;b\n1;2\n")}}, text: text,
			buttons: 1, at: got.Ref})
		if newest(c, p).Ref != got.Ref {
			c.Errorf("the buttons do not stand below all: %+v", p.Sees())
		}
	}
}

func editBesideFiles(c *contract) {
	r, m := c.workshop(map[string][]byte{"table:1": sheet, "chart/a": JPEG(1), "chart/b": JPEG(2)})
	files := []bot.File{{Name: sheetName, Make: "table:1"}}
	long := strings.TrimSpace(strings.Repeat("Стало длиннее. ", 100))
	for i, charts := range [][]bot.Media{nil, {{Make: "chart/a"}}, {{Make: "chart/a"}, {Make: "chart/b"}}} {
		for j, texts := range [][]string{{"было", "стало", "стало ещё раз"}, {long, long + " И ещё.", long}} {
			p := c.world.Person(c)
			first := r.send(p.Peer(), bot.Message{Text: texts[0], Photos: charts, Files: files, Keyboard: keys}, fmt.Sprint("a", i, j), m.open)
			before := read(p)
			for k, next := range []bot.Message{{Text: texts[1], Keyboard: keys}, {Text: texts[2]}} {
				next.Photos, next.Files = charts, files
				m.count()
				got, err := r.tryEdit(p.Peer(), first.Ref, next, fmt.Sprint("e", i, j, k), m.open)
				if n := m.count(); err != nil || got.Ref != first.Ref || n > 0 {
					c.Fatalf("Edit: %+v, %v; it was at %s, and %d things were made", got, err, first.Ref, n)
				}
				c.holds(read(p), told{before.photos, before.files, next.Text, len(next.Keyboard), first.Ref})
			}
		}
	}
}

func editMade(c *contract) {
	r, m := c.workshop(map[string][]byte{"chart/a": JPEG(1), "chart/b": JPEG(2)})
	p := c.world.Person(c)
	first := r.send(p.Peer(), bot.Message{Text: "октябрь", Photos: []bot.Media{{Make: "chart/a"}}, Keyboard: keys}, "a", m.open)
	got, err := r.tryEdit(p.Peer(), first.Ref, bot.Message{Text: "ноябрь", Photos: []bot.Media{{Make: "chart/b"}}, Keyboard: keys}, "b", m.open)
	if err != nil {
		c.Fatal(err)
	}
	c.holds(read(p), told{photos: [][]byte{JPEG(2)}, text: "ноябрь", buttons: 1, at: got.Ref})
}

func makerFails(c *contract) {
	r, m := c.workshop(map[string][]byte{"table:1": sheet, "chart/a": JPEG(1)})
	p := c.world.Person(c)
	whole := bot.Message{Text: "Отчёт", Photos: []bot.Media{{Make: "chart/a"}}, Files: []bot.File{{Name: "б.xlsx", Make: "table:1"}}, Keyboard: keys}
	m.fail = errors.New("the store is busy")
	_, err := r.Send(c.Context(), p.Peer(), whole, "a", m.open)
	if err == nil || bot.FailureOf(err).Reason != bot.Later || len(p.Sees()) > 0 {
		c.Errorf("%v; %+v", err, p.Sees())
	}
	m.fail = nil
	got := r.send(p.Peer(), whole, "a", m.open)
	c.holds(read(p), told{[][]byte{JPEG(1)}, []SeenFile{{"б.xlsx", sheet}}, "Отчёт", 1, got.Ref})

	p = c.world.Person(c)
	got = r.send(p.Peer(), bot.Message{Text: "Отчёт", Photos: []bot.Media{{Make: "gone"}}, Files: []bot.File{{Name: "а.xlsx", Make: "gone:1"}}, Keyboard: keys}, "b", m.open)
	c.holds(read(p), told{text: "Отчёт", buttons: 1, at: got.Ref})
}
