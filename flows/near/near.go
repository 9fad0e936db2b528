// Package near is what is open around here: /near with a location or a place in words, paged, each incident a tap from
// being followed.
package near

import (
	"embed"
	"strconv"
	"strings"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/personal"
	"otklik/storage"
)

//go:embed texts/*.yaml
var texts embed.FS

const name = "near"

const (
	where  = "where"  // around what?
	choose = "choose" // which of the places with this name?
	around = "around" // what is there
)

// pageSize is how many incidents a page shows, most how many can be paged through: the head of the list says when there
// are more.
const (
	pageSize = 5
	most     = 500
)

// reaches are how far is looked, in metres.
var reaches = []float64{1000, 3000, 10_000}

// search is where somebody looks, and what they see.
type search struct {
	Place   storage.Place `json:",omitzero"`
	Choices []string      `json:",omitempty"` // OKTMO of the places with one name
	Said    string        `json:",omitempty"` // what could not be found
	Reach   int           `json:",omitempty"` // of reaches
	Page    int           `json:",omitempty"`
}

// Flow shows what is open nearby.
func Flow() flows.Flow {
	return flows.Flow{
		Name:  name,
		Texts: texts,
		As:    storage.Resident,
		Table: []flows.Transition{
			{Event: "ask", From: []string{"", where, choose}, To: where},
			{Event: "which", From: []string{"", where}, To: choose},
			{Event: "found", From: []string{"", where, choose}, To: around},
			{Event: "cancel", From: []string{where, choose, around}, To: flows.Done},
		},
		Ask:      map[string]flows.Ask{where: askWhere, choose: askChoice, around: list},
		Step:     map[string]flows.Step{where: takeWhere, choose: takeChoice, around: turn},
		Any:      anyStep,
		Commands: []flows.Command{{Name: "near", Run: near}},
	}
}

func near(t *flows.Turn, said string) error {
	if t.In.Group {
		return flows.Refuse("near.privately")
	}
	var s search
	event := "ask"
	if said != "" {
		event = s.find(t, said)
	}
	return t.Begin(name, event, s)
}

func anyStep(t *flows.Turn) (string, error) {
	if t.Verb == "x" {
		return "cancel", t.Finish(t.Voice().Say("near.closed"), 0)
	}
	return "", nil
}

// find understands a place in words and names the event that follows.
func (s *search) find(t *flows.Turn, said string) string {
	*s = search{}
	if lat, lon, ok := t.Finder().Coordinates(said); ok {
		return s.point(lat, lon)
	}
	p, choices := t.Found(t.Finder().Answer(said))
	if p.Street == "" && p.Municipality != "" { // a street is known by its house: any will do
		if q, _ := t.Found(t.Finder().Answer(said + ", 1")); q.Municipality == p.Municipality && q.Street != "" {
			q.House = ""
			q.Label = t.Label(q)
			p = q
		}
	}
	s.Place, s.Choices = p, choices
	switch {
	case len(choices) > 0:
		return "which"
	case p.Municipality == "":
		s.Said = flows.Short(said, 60)
		return "ask"
	}
	return "found"
}

func (s *search) point(lat, lon float64) string {
	*s = search{Place: storage.Place{Lat: lat, Lon: lon, Point: true}}
	return "found"
}

func closeRow(t *flows.Turn) []bot.Button {
	return []bot.Button{t.Voice().Button("near.close", t.Key("x"))}
}

func askWhere(t *flows.Turn) error {
	var s search
	if err := t.Load(&s); err != nil {
		return err
	}
	id := "near.ask"
	if s.Said != "" {
		id = "near.not_found"
	}
	m := t.Voice().Say(id, "Text", s.Said)
	m.Keyboard = [][]bot.Button{closeRow(t)}
	return t.Prompt(m)
}

// sure is from when on the topic of words is known: more than the name of a village or a street reaches, that sounds like one.
const sure = 0.62

// reports tells whether a message says what is wrong, and not where to look. A few words that a place is found by are its
// name: «остановочная платформа Ежуры».
func reports(t *flows.Turn) bool {
	u := t.In
	n := len(strings.Fields(u.Text))
	if u.Kind != bot.Written || u.Text == "" || u.Location != nil {
		return false
	}
	if len(u.Media) > 0 {
		return true
	}
	likely := t.Topics(u.Text, storage.Place{}, 1)
	if n < 2 || len(likely) == 0 || likely[0].Confidence < sure {
		return false
	}
	p, choices := t.Found(t.Finder().Answer(u.Text))
	return n > 3 || (p.Municipality == "" && len(choices) == 0)
}

func takeWhere(t *flows.Turn) (string, error) {
	if reports(t) {
		return flows.Quiet, t.PassOn(t.In)
	}
	var s search
	var event string
	switch {
	case t.In.Location != nil:
		event = s.point(t.In.Location.Lat, t.In.Location.Lon)
	case t.In.Kind == bot.Written && t.In.Text != "":
		event = s.find(t, t.In.Text)
	default:
		return flows.Stay, nil
	}
	return event, t.Save(s)
}

func askChoice(t *flows.Turn) error {
	var s search
	if err := t.Load(&s); err != nil {
		return err
	}
	v := t.Voice()
	places := t.Homonyms(s.Choices)
	m := v.Say("near.which", "N", len(places))
	size := t.Room(2*pageSize, 1, 1, 1)
	from, to := flows.Page(s.Page, size, len(places))
	for _, h := range places[from:to] {
		m.Keyboard = append(m.Keyboard, []bot.Button{{Text: h.Label, Data: t.Key("c", h.Code)}})
	}
	m.Keyboard = v.PageRow(m.Keyboard, s.Page, size, len(places), func(p string) string { return t.Key("p", p) })
	m.Keyboard = append(m.Keyboard, closeRow(t))
	return t.Prompt(m)
}

func takeChoice(t *flows.Turn) (string, error) {
	if reports(t) {
		return flows.Quiet, t.PassOn(t.In)
	}
	var s search
	if err := t.Load(&s); err != nil {
		return "", err
	}
	event := flows.Stay
	switch {
	case t.Verb == "p":
		s.Page = t.PageArg()
	case t.Verb == "c":
		if p, ok := t.Chosen(s.Choices, t.Arg(0)); ok {
			p.Street, p.House = s.Place.Street, s.Place.House
			s, event = search{Place: p}, "found"
		}
	case t.In.Location != nil:
		event = s.point(t.In.Location.Lat, t.In.Location.Lon)
	case t.In.Kind == bot.Written:
		s.Said, event = flows.Short(t.In.Text, 60), "ask"
	}
	return event, t.Save(s)
}

// spot is an incident nearby, and how far it is; negative where that is not known.
type spot struct {
	number uint64
	metres float64
}

// spots finds what is there: around a point, in a street, in a settlement.
func (s *search) spots(t *flows.Turn) (found []spot, err error) {
	if s.Place.Point {
		list, err := t.Tx.Near("", s.Place.Lat, s.Place.Lon, reaches[s.Reach], most+1)
		for _, n := range list {
			found = append(found, spot{n.Number, n.Metres})
		}
		return found, err
	}
	list, err := t.Tx.InTown(s.Place, most+1)
	for _, n := range list {
		found = append(found, spot{n, -1})
	}
	return found, err
}

func list(t *flows.Turn) error {
	var s search
	if err := t.Load(&s); err != nil {
		return err
	}
	v := t.Voice()
	found, err := s.spots(t)
	if err != nil {
		return err
	}
	text := s.head(v, len(found))
	found = found[:min(len(found), most)]
	var photos []string
	var rows [][]bot.Button
	size := t.Room(pageSize, 1, 2, 3)
	from, to := flows.Page(s.Page, size, len(found))
	for _, f := range found[from:to] {
		inc, err := t.Tx.Incident(f.number)
		if err != nil {
			return err
		}
		if inc == nil {
			continue
		}
		far := ""
		if f.metres >= 0 {
			far = v.Metres(f.metres) + " · "
		}
		line := v.T("near.line", "Number", inc.Number, "Far", far, "Topic", v.Topic(inc.Topic), "State", v.Standing(inc),
			"Text", flows.Short(personal.Mask(inc.Text), 120))
		if public := inc.Public(inc.Photos); len(public) > 0 {
			photos = append(photos, public[0])
			line += " " + v.T("near.photo", "N", len(photos))
		}
		text += "\n" + line
		button, verb := "near.follow", "join"
		if inc.Reporter(t.Me.ID) != nil {
			button, verb = "near.yours", "show"
		}
		rows = append(rows, []bot.Button{v.Button(button, flows.CardKey("follow", verb, inc.Number), "Number", inc.Number)})
	}
	rows = v.PageRow(rows, s.Page, size, len(found), func(p string) string { return t.Key("p", p) })
	if s.Place.Point {
		var row []bot.Button
		for i, r := range reaches {
			if i != s.Reach {
				row = append(row, bot.Button{Text: v.Metres(r), Data: t.Key("r", strconv.Itoa(i))})
			}
		}
		rows = append(rows, row)
	}
	m := flows.Words(text)
	m.Photos = flows.Photos(photos)
	m.Keyboard = append(rows, closeRow(t))
	return t.Prompt(m)
}

func (s *search) head(v *flows.Voice, n int) string {
	place := s.Place.Label
	id := "near.here"
	switch {
	case s.Place.Point && n > most:
		return v.T("near.more_within", "Reach", v.Metres(reaches[s.Reach]), "N", most)
	case n > most:
		return v.T("near.more_here", "Place", place, "N", most)
	case s.Place.Point && n == 0:
		id = "near.nothing_within"
	case s.Place.Point:
		id = "near.within"
	case n == 0:
		id = "near.nothing_here"
	}
	return v.T(id, "Reach", v.Metres(reaches[s.Reach]), "Place", place, "N", n)
}

// turn turns pages and looks farther. Whatever is written is no part of the list.
func turn(t *flows.Turn) (string, error) {
	if t.In.Kind == bot.Written {
		return flows.Quiet, t.PassOn(t.In)
	}
	var s search
	if err := t.Load(&s); err != nil {
		return "", err
	}
	switch t.Verb {
	case "p":
		s.Page = t.PageArg()
	case "r":
		if i, ok := t.Count(0, len(reaches)); ok {
			s.Reach, s.Page = i, 0
		}
	}
	return flows.Stay, t.Save(s)
}
