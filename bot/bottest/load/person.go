package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"
)

// person talks with the bot, one conversation after the other.
type person struct {
	w    *world
	id   int64
	ours bool // the bot is Otklik: its words and buttons are known

	mu    sync.Mutex
	step  int
	turn  int // of the conversations
	asked time.Time
	said  string // what they read last
	ref   int64
	data  map[string]string // the buttons that they see
}

// step is what a person does, and the words that they wait for.
type step struct {
	says, presses string
	awaits        string
}

// steps are a conversation with Otklik: six steps of a person.
func (p *person) steps() []step {
	street := street(p.id*1_000_000 + int64(p.turn))
	return []step{
		{says: "/new", awaits: "случилось"},
		{says: "Яма на дороге, уже третья машина колесо оставила", awaits: "Где это"},
		{says: "Киров, ул. " + street + ", 12", awaits: "Понял"},
		{presses: "Другая тема", awaits: "О чём это"},
		{presses: "Ямы на дорогах", awaits: "Понял"},
		{presses: "✓ Отправить", awaits: "записано"},
	}
}

// street gives each report a street of its own: what is known already is asked about first, and that is not measured here.
func street(n int64) string {
	name := "Вер"
	for ; n > 0; n /= 20 {
		name += string([]rune("бвгджзклмнпрстфхцчшщ")[n%20]) + "а"
	}
	return name + "нская"
}

// next does the next step.
func (p *person) next() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.act()
}

func (p *person) act() {
	s := p.steps()[p.step]
	p.asked = time.Now()
	from := map[string]any{"id": p.id, "is_bot": false, "first_name": "Житель", "language_code": "ru"}
	chat := map[string]any{"id": p.id, "type": "private", "first_name": "Житель"}
	if s.says != "" {
		p.w.tell("message", map[string]any{"message_id": p.w.number(), "date": p.asked.Unix(), "chat": chat, "from": from, "text": s.says})
		return
	}
	data := p.data[s.presses]
	if !p.ours {
		data = s.presses
	}
	p.w.tell("callback_query", map[string]any{"id": fmt.Sprint(p.w.number()), "from": from, "chat_instance": "1", "data": data,
		"message": map[string]any{"message_id": p.ref, "date": p.asked.Unix(), "chat": chat, "text": "x"}})
}

// reads takes what the bot says. What they do not wait for changes nothing.
func (p *person) reads(ref int64, text, markup string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.said = text
	if p.ours && !strings.Contains(text, p.steps()[p.step].awaits) {
		return
	}
	p.ref = ref
	p.data = map[string]string{}
	var keyboard struct {
		Rows [][]struct {
			Text string `json:"text"`
			Data string `json:"callback_data"`
		} `json:"inline_keyboard"`
	}
	if json.Unmarshal([]byte(markup), &keyboard) == nil {
		for _, row := range keyboard.Rows {
			for _, b := range row {
				p.data[b.Text] = b.Data
			}
		}
	}
	if next := p.step + 1; p.ours && next < len(p.steps()) {
		if want := p.steps()[next].presses; want != "" && p.data[want] == "" {
			return // not the message with the button
		}
	}
	wait := time.Since(p.asked)
	p.w.mu.Lock()
	p.w.waits = append(p.w.waits, wait)
	p.w.mu.Unlock()
	if p.step++; p.step == len(p.steps()) {
		p.step = 0
		p.turn++
		p.w.done.Add(1)
	}
	p.act()
}
