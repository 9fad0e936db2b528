// Package figures tells how the desk does: the figures of a period against the one before and the year before, for the
// region, a district, a topic, a body, a source; and each morning what waits.
package figures

import (
	"cmp"
	"embed"
	"maps"
	"slices"
	"strconv"
	"strings"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/days"
	"otklik/storage"
)

//go:embed texts/*.yaml
var texts embed.FS

const name = "figures"

const (
	sheet  = "sheet"  // the figures of one
	cut    = "cut"    // the values of a dimension, to choose from
	rating = "rating" // the bodies by how they do
	which  = "which"  // the words name several
)

// pageSize is how many values a page shows.
const pageSize = 8

// readers are those who may see figures; an official only as a head, and then only those of the own body.
var readers = []storage.RoleKind{storage.Curator, storage.Official, storage.Leader}

// view is what is looked at.
type view struct {
	Period string
	D      storage.Dimension `json:",omitempty"`
	Value  string            `json:",omitempty"`
	By     storage.Dimension `json:",omitempty"` // of a cut
	Page   int               `json:",omitempty"`
	Which  []meant           `json:",omitempty"` // what words name, one of which is meant
	Also   []meant           `json:",omitempty"` // what is called like the value
	Table  bool              `json:",omitempty"` // of the one meant the table of incidents is wanted
}

// Flow tells figures.
func Flow() flows.Flow {
	all := []string{sheet, cut, rating, which}
	return flows.Flow{
		Name:     name,
		Texts:    texts,
		Standing: true,
		Table: []flows.Transition{
			{Event: "open", From: append([]string{""}, all...), To: sheet},
			{Event: "cut", From: all, To: cut},
			{Event: "rating", From: append([]string{""}, all...), To: rating},
			{Event: "which", From: []string{""}, To: which},
			{Event: "done", From: all, To: flows.Done},
		},
		Ask:  map[string]flows.Ask{sheet: askSheet, cut: askCut, rating: askRating, which: askWhich},
		Step: map[string]flows.Step{sheet: take, cut: take, rating: take, which: take},
		Commands: []flows.Command{
			{Name: "stats", Roles: readers, If: reads, Run: open},
			{Name: "rating", Roles: []storage.RoleKind{storage.Curator, storage.Leader}, Rare: true, Run: openRating},
			{Name: "export", Roles: readers, If: reads, Rare: true, Run: exportNow},
			{Name: "digest", Roles: readers, If: reads, Rare: true, Run: digestNow},
		},
		Starts: starts,
		Timers: map[string]func(*flows.Turn, *storage.Timer) error{morningTimer: morning},
	}
}

// reads tells whether a person may see any figures.
func reads(p *storage.Person) bool {
	return p.Is(storage.Curator, "") || p.Is(storage.Admin, "") || p.Is(storage.Leader, "") ||
		slices.ContainsFunc(p.Roles, func(r storage.Role) bool { return r.Head })
}

// own gives the body whose figures alone whoever acts may see from their seat; "" lets them see all.
func own(t *flows.Turn) (string, error) {
	if slices.Contains(t.Me.Seats(), t.Seat()) && t.Seat().Kind != storage.Official { // who is a guest in the curators' group is none
		return "", nil
	}
	for _, org := range append(slices.Clone(t.Orgs()), t.Me.Orgs()...) {
		if t.Me.Heads(org) {
			t.Sit(storage.Role{Kind: storage.Official, Org: org})
			return org, nil
		}
	}
	for _, seat := range []storage.Role{{Kind: storage.Leader}, {Kind: storage.Curator}} {
		if slices.Contains(t.Me.Seats(), seat) {
			t.Sit(seat)
			return "", nil
		}
	}
	return "", flows.Refuse("desk.not_your_command")
}

// exportNow is /export, or /export with the name of a district or a body, and of a period.
func exportNow(t *flows.Turn, words string) error {
	s, err := asked(t, words)
	if err != nil {
		return err
	}
	if len(s.Which) > 0 && s.Which[0].D == storage.ByTopic {
		return flows.Refuse("figures.export_what")
	}
	if len(s.Which) > 0 {
		s.Table = true
		return t.Begin(name, "which", s)
	}
	return table(t, &s)
}

func table(t *flows.Turn, s *view) error {
	if s.D != "" && s.D != storage.ByBody && s.D != storage.ByMunicipality {
		return flows.Refuse("figures.export_what")
	}
	v := teller{t.Voice()}
	o := order{v.Lang, s.D, s.Value, last(s.Period, storage.DayOf(t.Local()))}
	m := flows.Words(strings.Join(append([]string{v.head(called(v.Voice, s.D, s.Value), o.period), v.T("figures.exported")}, v.also(s)...), "\n"))
	m.Files = []bot.File{v.spreadsheet(o)}
	return t.Reply(m)
}

// open is /stats, or /stats with the name of a district, a body or a topic.
func open(t *flows.Turn, words string) error {
	s, err := asked(t, words)
	if err != nil {
		return err
	}
	if len(s.Which) > 0 {
		return t.Begin(name, "which", s)
	}
	return t.Begin(name, "open", s)
}

// askWhich asks which of several is meant.
func askWhich(t *flows.Turn) error {
	var s view
	if err := t.Load(&s); err != nil {
		return err
	}
	v := t.Voice()
	size := t.Room(pageSize, 1, 1, 0)
	from, to := flows.Page(s.Page, size, len(s.Which))
	var rows [][]bot.Button
	for _, one := range s.Which[from:to] {
		rows = append(rows, []bot.Button{{Text: flows.Short(called(v, one.D, one.Value), 60), Data: t.Key("only", string(one.D), one.Value)}})
	}
	m := v.Say("figures.which")
	m.Keyboard = v.PageRow(rows, s.Page, size, len(s.Which), func(p string) string { return t.Key("p", p) })
	return t.Prompt(m)
}

// also names what is called like the one whose figures are told.
func (v teller) also(s *view) []string {
	var names []string
	for _, one := range s.Also {
		names = append(names, called(v.Voice, one.D, one.Value))
	}
	if names == nil {
		return nil
	}
	return []string{v.T("figures.also", "Names", strings.Join(names, ", "))}
}

// asked finds out of which figures words are: of a district, a body, a topic; of a period.
func asked(t *flows.Turn, words string) (s view, err error) {
	org, err := own(t)
	if err != nil {
		return s, err
	}
	s = view{Period: periods[0]}
	var rest string
	s.Period, rest = lasting(t.Voice(), words)
	if from, to, other, ok := days.Span(rest, t.Local()); ok {
		s.Period, rest = spelled(from, to), other
	} else if other != rest {
		return s, flows.Refuse("figures.no_time", "Words", flows.Short(words, 60))
	}
	switch {
	case org != "":
		s.D, s.Value = storage.ByBody, org
	case rest != "":
		list, town := named(t, rest)
		switch {
		case len(list) == 0:
			return s, flows.Refuse("figures.unknown", "Words", flows.Short(rest, 60))
		case len(list) > 1 && !town:
			s.Which = list
		default:
			s.D, s.Value, s.Also = list[0].D, list[0].Value, list[1:]
		}
	}
	return s, nil
}

// lasting finds a period to choose from in words, «за месяц», and gives the rest of them; without one it is the first.
func lasting(v *flows.Voice, words string) (p, rest string) {
	list := strings.Fields(words)
	for n := 2; n > 0; n-- {
		for i := range len(list) + 1 - n {
			for _, p := range periods {
				if !v.Listed("figures.words_"+p, strings.Join(list[i:i+n], " ")) {
					continue
				}
				from := i
				for from > 0 && v.Listed("figures.words_for", list[from-1]) {
					from--
				}
				return p, strings.Join(slices.Delete(list, from, i+n), " ")
			}
		}
	}
	return periods[0], words
}

// called names a value of a dimension.
func called(v *flows.Voice, d storage.Dimension, value string) string {
	switch d {
	case storage.ByMunicipality:
		return v.Municipality(value)
	case storage.ByBody:
		return v.Org(value)
	case storage.ByTopic:
		return v.Topic(value)
	case storage.BySource:
		kind, rest, _ := strings.Cut(value, "/")
		channel, title, _ := strings.Cut(rest, "/")
		if title != "" {
			return title
		}
		return v.T("figures.source_"+kind, "Channel", v.T("desk.channel_"+channel))
	}
	return v.T("figures.region")
}

// take goes where a button leads.
func take(t *flows.Turn) (string, error) {
	var s view
	if err := t.Load(&s); err != nil {
		return "", err
	}
	org, err := own(t)
	if err != nil { // dismissed meanwhile
		return "", &flows.Refusal{ID: "desk.not_your_command", Ends: true}
	}
	event := flows.Stay
	switch t.Verb {
	case "for":
		if lengths[t.Arg(0)] > 0 {
			s.Period = t.Arg(0)
		}
	case "p":
		s.Page = t.PageArg()
	case "by":
		if d := storage.Dimension(t.Arg(0)); org == "" && slices.Contains(dimensions, d) {
			s.By, s.Page, event = d, 0, "cut"
		}
	case "only":
		if d := storage.Dimension(t.Arg(0)); org == "" && slices.Contains(dimensions, d) {
			s.D, s.Value, s.Also, event = d, t.Arg(1), nil, "open"
			if t.State() == which && s.Table { // the others stay to choose from
				return flows.Quiet, table(t, &s)
			}
		}
	case "nth": // a value that is too long for a button, by its place in the list
		values, err := ranked(t.Tx, s.By, last(s.Period, storage.DayOf(t.Local())))
		if err != nil {
			return "", err
		}
		if n := t.PageArg(); org == "" && n < len(values) {
			s.D, s.Value, s.Also, event = s.By, values[n].code, nil, "open"
		}
	case "all":
		if event = "open"; org == "" {
			s.D, s.Value, s.Also = "", "", nil
		}
	case "back":
		event = "open"
	case "charts":
		v := teller{t.Voice()}
		m := flows.Words(v.T("figures.charts", "What", called(v.Voice, s.D, s.Value)))
		m.Photos = album(order{v.Lang, s.D, s.Value, last(s.Period, storage.DayOf(t.Local()))})
		return flows.Quiet, t.Reply(m)
	case "rating":
		if org == "" {
			s.Page, event = 0, "rating"
		}
	}
	return event, t.Save(s)
}

// dimensions are those to choose a value of.
var dimensions = []storage.Dimension{storage.ByMunicipality, storage.ByBody, storage.ByTopic, storage.BySource}

func askSheet(t *flows.Turn) error {
	var s view
	if err := t.Load(&s); err != nil {
		return err
	}
	p := last(s.Period, storage.DayOf(t.Local()))
	sums, err := compared(t.Tx, s.D, s.Value, p)
	if err != nil {
		return err
	}
	now, err := t.Tx.Sums(s.D, s.Value, storage.Today, storage.Today+1)
	if err != nil {
		return err
	}
	v := teller{t.Voice()}
	lines := []string{v.head(called(v.Voice, s.D, s.Value), p), v.T("figures.compared", "Year", len(sums[2]) > 0)}
	lines = append(append(lines, v.sheet(sums, s.D == storage.ByBody)...), v.standing(now))
	lines = append(lines, v.also(&s)...)
	m := flows.Words(strings.Join(lines, "\n"))
	m.Keyboard = append(m.Keyboard, v.periodRow(t, s.Period))
	if org, err := own(t); err != nil {
		return err
	} else if org != "" {
		m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("figures.to_charts", t.Key("charts"))})
	} else {
		m.Keyboard = append(m.Keyboard, v.byRows(t)...)
		last := []bot.Button{v.Button("figures.to_charts", t.Key("charts"))} // with these a messenger of ten buttons has no room left
		if s.D != "" {
			last = append(last, v.Button("figures.all", t.Key("all")))
		} else {
			last = append(last, v.Button("figures.to_rating", t.Key("rating")))
		}
		m.Keyboard = append(m.Keyboard, last)
	}
	return t.Prompt(m)
}

func (v teller) head(what string, p period) string {
	from, to := p.dates(v.Zone())
	say := v.Day
	const recent = 60 // days: of what is longer ago the year is told, too
	if p.To-p.From > lengths["month"] || p.To < storage.DayOf(v.Now.In(v.Zone()))-recent {
		say = v.dated
	}
	return v.T("figures.head", "What", what, "From", say(from), "To", say(to))
}

func (v teller) periodRow(t *flows.Turn, chosen string) (row []bot.Button) {
	for _, p := range periods {
		id := "figures.for_" + p
		b := v.Button(id, t.Key("for", p))
		if p == chosen {
			b.Text = "✓ " + b.Text
		}
		row = append(row, b)
	}
	return row
}

func (v teller) byRows(t *flows.Turn) [][]bot.Button {
	var row []bot.Button
	for _, d := range dimensions {
		row = append(row, v.Button("figures.by_"+string(d), t.Key("by", string(d))))
	}
	return [][]bot.Button{row[:2], row[2:]}
}

// placed is a value with what is counted under it.
type placed struct {
	code string
	storage.Sums
}

// ranked gives the values of a dimension, the most received before the others.
func ranked(tx *storage.Tx, d storage.Dimension, p period) (list []placed, err error) {
	all, err := tx.SumsBy(d, p.From, p.To)
	if err != nil {
		return nil, err
	}
	in := storage.Received
	if d == storage.ByBody {
		in = storage.Routed
	}
	for _, code := range slices.Sorted(maps.Keys(all)) {
		if code != "" && all[code][in] > 0 {
			list = append(list, placed{code, all[code]})
		}
	}
	slices.SortStableFunc(list, func(a, b placed) int { return cmp.Compare(b.Sums[in], a.Sums[in]) })
	return list, nil
}

// askCut lists the values of a dimension.
func askCut(t *flows.Turn) error {
	var s view
	if err := t.Load(&s); err != nil {
		return err
	}
	p := last(s.Period, storage.DayOf(t.Local()))
	list, err := ranked(t.Tx, s.By, p)
	if err != nil {
		return err
	}
	v := teller{t.Voice()}
	text := v.head(v.T("figures.by_"+string(s.By)), p) + "\n" + v.T("figures.cut", "Body", s.By == storage.ByBody)
	if len(list) == 0 {
		text += "\n" + v.T("desk.nothing_listed")
	}
	in := storage.Received
	if s.By == storage.ByBody {
		in = storage.Routed
	}
	size := t.Room(pageSize, 1, 1, 1)
	from, to := flows.Page(s.Page, size, len(list))
	var rows [][]bot.Button
	for i, one := range list[from:to] {
		label := v.T("figures.cut_line", "Name", flows.Short(called(v.Voice, s.By, one.code), 40), "N", v.count(one.Sums[in]),
			"Kept", v.share(one.Sums[storage.Resolved]-one.Sums[storage.ResolvedLate], one.Sums[storage.Resolved]))
		key := t.Key("only", string(s.By), one.code)
		if s.By == storage.BySource {
			key = t.Key("nth", strconv.Itoa(from+i))
		}
		rows = append(rows, []bot.Button{{Text: label, Data: key}})
	}
	rows = v.PageRow(rows, s.Page, size, len(list), func(p string) string { return t.Key("p", p) })
	m := flows.Words(text)
	m.Keyboard = append(rows, []bot.Button{v.Button("figures.back", t.Key("back"))})
	return t.Prompt(m)
}
