package main

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// person talks with the bot, one conversation after the other.
type person struct {
	crowd *crowd
	line  line
	id    int64
	ours  bool // the bot's words and buttons are known: it is Otklik, or Telegraf's, which says the like
	think time.Duration
	era   int64         // of their streets
	steps func() []step // nil: a report

	mu      sync.Mutex
	step    int
	turn    int       // of the conversations
	asked   time.Time // zero while they wait for nothing
	touched bool
	said    string // what they read last
	ref     int64
	data    map[string]string // the buttons that they see
	seen    map[string]bool   // what was sent to them in this conversation
	numbers []uint64          // of their incidents, as they were told
}

// step is what a person does, and the words that they wait for.
type step struct {
	says, presses string
	awaits        string
}

// stepsOf is how many steps a report has.
const stepsOf = 6

// report is a conversation with Otklik: six steps of a person.
func (p *person) report() []step {
	return []step{
		{says: "/new", awaits: "случилось"},
		{says: "Яма на дороге, уже третья машина колесо оставила", awaits: "Где это"},
		{says: "Киров, ул. " + p.street() + ", 12", awaits: "Понял"},
		{presses: "Другая тема", awaits: "О чём это"},
		{presses: "Ямы на дорогах", awaits: "Понял"},
		{presses: "✓ Отправить", awaits: "записано"},
	}
}

func (p *person) script() []step {
	if p.steps != nil {
		return p.steps()
	}
	return p.report()
}

// street gives each report a street of its own: what is known already is asked about first, and that is not measured here.
func (p *person) street() string {
	return "Вер" + syllables(p.era) + syllables(p.id*1_000_000+int64(p.turn)) + "нская"
}

func syllables(n int64) (name string) {
	for ; n > 0; n /= 20 {
		name += string([]rune("бвгджзклмнпрстфхцчшщ")[n%20]) + "а"
	}
	return name
}

// next does the next step.
func (p *person) next() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.act()
}

func (p *person) act() {
	if p.step == 0 {
		p.asked = time.Time{}
		if p.crowd.resting.Load() {
			return
		}
		p.seen = map[string]bool{}
	}
	s := p.script()[p.step]
	p.asked, p.touched = time.Now(), false
	if s.says != "" {
		p.line.write(p, s.says)
		return
	}
	data := p.data[s.presses]
	if !p.ours {
		data = s.presses
	}
	p.line.press(p, p.ref, data)
}

// touch notes that the messenger refused or lost something of theirs.
func (p *person) touch() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.touched = true
}

// message is what a person reads.
type message struct {
	ref     int64
	text    string
	buttons map[string]string // what each brings back
	board   string            // the same as the messenger has it
	anew    bool              // it stands below the others, and is no change of one
}

// reads takes what the bot says. What they do not wait for changes nothing.
func (p *person) reads(m message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.crowd.heard()
	p.said = m.text
	if m.anew && p.ours && p.repeated(m) {
		p.crowd.repeats.Add(1)
	}
	if p.asked.IsZero() || !p.awaited(m) {
		return
	}
	p.ref, p.data = m.ref, m.buttons
	p.crowd.waited(wait{p.id, p.asked, time.Since(p.asked), p.touched})
	p.asked = time.Time{}
	if p.step++; p.step == len(p.script()) {
		p.step = 0
		p.turn++
		p.note(m.text)
		p.crowd.done.Add(1)
	}
	if p.think > 0 {
		time.AfterFunc(p.think, p.next)
		return
	}
	p.act()
}

// repeated tells whether the same was sent in this conversation already: words and the buttons, whose data name the
// conversation.
func (p *person) repeated(m message) bool {
	all := m.text + m.board
	if p.seen[all] {
		return true
	}
	if p.seen != nil {
		p.seen[all] = true
	}
	return false
}

// awaited tells whether a message is the reply to the step, with the button that the next step needs.
func (p *person) awaited(m message) bool {
	if !p.ours {
		return true
	}
	steps := p.script()
	if !strings.Contains(m.text, steps[p.step].awaits) {
		return false
	}
	if p.step+1 < len(steps) {
		if want := steps[p.step+1].presses; want != "" && m.buttons[want] == "" {
			return false
		}
	}
	return true
}

var numbered = regexp.MustCompile(`№\s*(\d+)`)

// note keeps the number of an incident.
func (p *person) note(text string) {
	if !p.ours {
		return
	}
	if found := numbered.FindStringSubmatch(text); found != nil {
		n, _ := strconv.ParseUint(found[1], 10, 64) // they are digits
		p.numbers = append(p.numbers, n)
	}
}
