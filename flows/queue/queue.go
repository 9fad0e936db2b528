// Package queue is how curators see what waits: counts first, then by district, body or topic, then page by page, what is
// due first before the others. It is one message that changes where it stands.
package queue

import (
	"cmp"
	"embed"
	"slices"
	"strconv"
	"strings"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

//go:embed texts/*.yaml
var texts embed.FS

const name = "queue"

const (
	counts = "counts" // all queues
	list   = "list"   // the incidents of one
	cut    = "cut"    // … counted by district, body or topic
)

// pageSize is how many incidents, or counts, a page shows.
const pageSize = 8

// view is what is looked at.
type view struct {
	Queue string
	By    string // what it is cut by: "m", "o" or "t"
	Page  int

	Municipality, Org, Topic string // only these; "" all

	Unknown string `json:",omitempty"` // words that name no queue
}

// Flow shows the queues.
func Flow() flows.Flow {
	all := []string{counts, list, cut}
	return flows.Flow{
		Name:     name,
		Texts:    texts,
		Standing: true,
		Table: []flows.Transition{
			{Event: "open", From: []string{"", list, cut}, To: counts},
			{Event: "list", From: append([]string{""}, all...), To: list},
			{Event: "cut", From: []string{list, cut}, To: cut},
			{Event: "done", From: all, To: flows.Done},
		},
		Ask:      map[string]flows.Ask{counts: askCounts, list: askList, cut: askCut},
		Step:     map[string]flows.Step{counts: take, list: take, cut: take},
		Commands: []flows.Command{{Name: "queue", Roles: []storage.RoleKind{storage.Curator}, Run: open}},
	}
}

// open is /queue, or /queue overdue.
func open(t *flows.Turn, words string) error {
	for _, q := range storage.Queues {
		if words != "" && (q == words || t.Voice().Listed("queue.words_"+q, words)) {
			return t.Begin(name, "list", view{Queue: q})
		}
	}
	return t.Begin(name, "open", view{Unknown: flows.Short(words, 60)})
}

func askCounts(t *flows.Turn) error {
	var s view
	if err := t.Load(&s); err != nil {
		return err
	}
	v := t.Voice()
	text := v.T("queue.head")
	if s.Unknown != "" {
		text = v.T("queue.unknown", "Words", s.Unknown) + "\n" + text
	}
	var rows [][]bot.Button
	for _, q := range storage.Queues {
		n := 0
		if err := t.Tx.Queue(q, func(storage.Queued) bool { n++; return true }); err != nil {
			return err
		}
		if q == storage.QueueFound && n == 0 { // where nothing is watched nothing is found
			continue
		}
		text += "\n" + v.T("queue.count", "Name", v.T("queue.name_"+q), "N", n)
		if n > 0 {
			rows = append(rows, []bot.Button{{Text: v.T("queue.count_button", "Name", v.T("queue.name_"+q), "N", n), Data: t.Key("q", q)}})
		}
	}
	m := flows.Words(text)
	m.Keyboard = rows
	return t.Prompt(m)
}

// take goes where a button leads.
func take(t *flows.Turn) (string, error) {
	var s view
	if err := t.Load(&s); err != nil {
		return "", err
	}
	event := flows.Stay
	switch t.Verb {
	case "q":
		if slices.Contains(storage.Queues, t.Arg(0)) {
			s, event = view{Queue: t.Arg(0)}, "list"
		}
	case "all":
		s, event = view{}, "open"
	case "p":
		s.Page = t.PageArg()
	case "by":
		if slices.Contains([]string{"m", "o", "t"}, t.Arg(0)) {
			s.By, s.Page, event = t.Arg(0), 0, "cut"
		}
	case "only":
		s.only(t.Arg(0), t.Arg(1))
		s.Page, event = 0, "list"
	case "list":
		s.Page, event = 0, "list"
	case "clear":
		s, event = view{Queue: s.Queue}, "list"
	}
	return event, t.Save(s)
}

func (s *view) only(by, code string) {
	switch by {
	case "m":
		s.Municipality = code
	case "o":
		s.Org = code
	case "t":
		s.Topic = code
	}
}

// fits tells whether an incident is among those looked at.
func (s *view) fits(q storage.Queued) bool {
	return (s.Municipality == "" || s.Municipality == q.Municipality) && (s.Org == "" || s.Org == q.Org) && (s.Topic == "" || s.Topic == q.Topic)
}

// filtered says what the queue is narrowed to; "" if it is not.
func (s *view) filtered(v *flows.Voice) string {
	var list []string
	if s.Municipality != "" {
		list = append(list, v.Municipality(s.Municipality))
	}
	if s.Org != "" {
		list = append(list, v.Org(s.Org))
	}
	if s.Topic != "" {
		list = append(list, v.Topic(s.Topic))
	}
	return strings.Join(list, " · ")
}

func (s *view) head(v *flows.Voice, n int) string {
	text := v.T("queue.list", "Name", v.T("queue.name_"+s.Queue), "N", n)
	if f := s.filtered(v); f != "" {
		text += " · " + f
	}
	return text
}

func askList(t *flows.Turn) error {
	var s view
	if err := t.Load(&s); err != nil {
		return err
	}
	v := t.Voice()
	var all []storage.Queued
	if err := t.Tx.Queue(s.Queue, func(q storage.Queued) bool {
		if s.fits(q) {
			all = append(all, q)
		}
		return true
	}); err != nil {
		return err
	}
	text := s.head(v, len(all))
	if len(all) == 0 {
		text += "\n" + v.T("desk.nothing_listed")
	}
	from, to := flows.Page(s.Page, pageSize, len(all))
	var rows [][]bot.Button
	var row []bot.Button
	for _, q := range all[from:to] {
		inc, err := t.Tx.Incident(q.Number)
		if err != nil {
			return err
		}
		if inc == nil {
			continue
		}
		text += "\n" + line(t, v, inc, q, s.Queue)
		row = append(row, bot.Button{Text: "№ " + strconv.FormatUint(q.Number, 10), Data: flows.CardKey("curate", "show", q.Number)})
		if len(row) == 4 {
			rows, row = append(rows, row), nil
		}
	}
	if row != nil {
		rows = append(rows, row)
	}
	rows = v.PageRow(rows, s.Page, pageSize, len(all), func(p string) string { return t.Key("p", p) })
	if len(all) > 1 {
		rows = append(rows, []bot.Button{v.Button("queue.by_m", t.Key("by", "m")), v.Button("queue.by_o", t.Key("by", "o")), v.Button("queue.by_t", t.Key("by", "t"))})
	}
	last := []bot.Button{v.Button("queue.all", t.Key("all"))}
	if s.filtered(v) != "" {
		last = append([]bot.Button{v.Button("queue.clear", t.Key("clear"))}, last...)
	}
	m := flows.Words(text)
	m.Keyboard = append(rows, last)
	return t.Prompt(m)
}

func line(t *flows.Turn, v *flows.Voice, inc *storage.Incident, q storage.Queued, queue string) string {
	id, due := "queue.line", q.Due
	switch missed := passed(inc, q, t.Now); {
	case queue == storage.QueueFound: // it stands there by when it was found
		id = "queue.line_found"
	case inc.State == storage.Waiting:
		id = "queue.line_waits"
	case !missed.IsZero():
		id, due = "queue.line_late", missed
	}
	org := ""
	if q.Org != "" {
		org = " · " + v.Org(q.Org)
	}
	return v.T(id, "Number", inc.Number, "Due", v.Due(due), "Topic", v.Topic(inc.Topic), "Place", flows.Short(v.Place(inc.Place), 40), "Org", org)
}

// passed gives the deadline that has passed: what is due next, or else the one that was missed before it; zero if none has.
func passed(inc *storage.Incident, q storage.Queued, now time.Time) time.Time {
	due := q.Due
	if due.After(now) {
		due = map[string]time.Time{"forward": inc.Forward, "first": inc.First, "final": inc.Final}[inc.Late]
	}
	if due.After(now) {
		return time.Time{}
	}
	return due
}

// askCut counts a queue by district, body or topic, the most first.
func askCut(t *flows.Turn) error {
	var s view
	if err := t.Load(&s); err != nil {
		return err
	}
	v := t.Voice()
	number, all := map[string]int{}, 0
	if err := t.Tx.Queue(s.Queue, func(q storage.Queued) bool {
		if s.fits(q) {
			number[map[string]string{"m": q.Municipality, "o": q.Org, "t": q.Topic}[s.By]]++
			all++
		}
		return true
	}); err != nil {
		return err
	}
	codes := make([]string, 0, len(number))
	for code := range number {
		codes = append(codes, code)
	}
	slices.SortFunc(codes, func(a, b string) int { return cmp.Or(cmp.Compare(number[b], number[a]), cmp.Compare(a, b)) })
	text := s.head(v, all)
	var rows [][]bot.Button
	size := t.Room(pageSize, 1, 1, 2)
	from, to := flows.Page(s.Page, size, len(codes))
	for _, code := range codes[from:to] {
		label := v.T("queue.count_button", "Name", named(v, s.By, code), "N", number[code])
		if code == "" {
			text += "\n" + label
		} else {
			rows = append(rows, []bot.Button{{Text: flows.Short(label, 60), Data: t.Key("only", s.By, code)}})
		}
	}
	rows = v.PageRow(rows, s.Page, size, len(codes), func(p string) string { return t.Key("p", p) })
	m := flows.Words(text)
	m.Keyboard = append(rows, []bot.Button{v.Button("queue.back", t.Key("list")), v.Button("queue.all", t.Key("all"))})
	return t.Prompt(m)
}

func named(v *flows.Voice, by, code string) string {
	switch {
	case code == "":
		return v.T("queue.none")
	case by == "m":
		return v.Municipality(code)
	case by == "o":
		return v.Org(code)
	}
	return v.Topic(code)
}
