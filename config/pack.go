package config

import (
	"slices"
	"time"
)

// Pack is a region: its municipalities, organisations, topics, norms, calendar and settlements.
type Pack struct {
	Region         Region         `yaml:"region"`
	Calendar       Calendar       `yaml:"calendar"`
	Norms          Norms          `yaml:"norms"`
	Ladder         []Rung         `yaml:"ladder"`
	Municipalities []Municipality `yaml:"municipalities"`
	Organisations  []Organisation `yaml:"organisations"`
	Groups         []Group        `yaml:"groups"`
	Settlements    []Settlement   `yaml:"-" json:"-"` // from the list that `settlements` names
	Rejections     []Template     `yaml:"rejections"`
	Demo           []Chair        `yaml:"demo"`
	Answers        []Template     `yaml:"answers"`
	index          *index
}

// Region names the region and its time.
type Region struct {
	Name     string `yaml:"name"`    // «Кировская область»
	English  string `yaml:"english"` // "Kirov Oblast"
	TimeZone string `yaml:"time_zone"`
}

// Norms hold for all topics that name none of their own.
type Norms struct {
	Forward     time.Duration `yaml:"forward"`      // the curator routes within (working time)
	First       Norm          `yaml:"first"`        // first answer
	FirstUrgent Norm          `yaml:"first_urgent"` // first answer to an urgent incident
	Final       Norm          `yaml:"final"`
	Inspection  Norm          `yaml:"inspection" json:",omitzero"` // a supervisory body's finding; without it ten working days
}

// Rung is a step of the ladder that stands at each deadline of a body: when it comes, and whom it is told. Without Share,
// Before and After it comes with the deadline.
type Rung struct {
	Share  float64       `yaml:"share"`  // of the working time from the clock's start to the deadline, between 0 and 1
	Before time.Duration `yaml:"before"` // working time before the deadline
	After  time.Duration `yaml:"after"`  // working time after it
	Tell   string        `yaml:"tell"`   // Official, Head or Control
}

// Whom a rung is told.
const (
	Official = "official" // who has the incident in hand
	Head     = "head"     // of the body
	Control  = "control"  // the region's control group
)

// Tells tells whether the ladder has somebody told of a deadline in the moment in which it passes.
func (p *Pack) Tells(whom string) bool {
	return slices.ContainsFunc(p.Ladder, func(r Rung) bool { return r.Tell == whom && !r.Ahead() && r.After == 0 })
}

// Ahead tells whether a rung comes before the deadline.
func (r *Rung) Ahead() bool { return r.Share > 0 || r.Before > 0 }

// Norm is a span of working time: "9h" is working hours, "7d" working days.
type Norm struct {
	Hours int
	Days  int
}

// Municipality is a district or an urban okrug.
type Municipality struct {
	Code       string  `yaml:"code"`  // short, ASCII, used in callbacks and routes: "kirov", "kumensky"
	OKTMO      string  `yaml:"oktmo"` // eight digits
	Name       string  `yaml:"name"`  // full, Russian: «Куменский муниципальный район»
	Short      string  `yaml:"short"` // «Куменский район»
	English    string  `yaml:"english"`
	Centre     string  `yaml:"centre"` // «пгт Кумены»
	Lat        float64 `yaml:"lat"`    // of the centre, WGS 84
	Lon        float64 `yaml:"lon"`
	Population int     `yaml:"population,omitempty"` // of the centre; 0 unknown
	Residents  int     `yaml:"residents,omitempty"`  // of the whole municipality; 0 unknown

	// Parts of the centre that people name without it, as an address has them: «мкр Лянгасово», «Нововятск».
	Parts []string `yaml:"parts,omitempty" json:",omitempty"`
}

// OrgKind says what an organisation is.
type OrgKind string

// The kinds of organisations.
const (
	Administration OrgKind = "administration" // of the municipality that it names
	Ministry       OrgKind = "ministry"
	Service        OrgKind = "service"     // a utility, an operator, an institution
	Supervision    OrgKind = "supervision" // a supervisory body
)

// Organisation is a body that answers incidents or inspects.
type Organisation struct {
	Code         string  `yaml:"code"`  // at most 20 ASCII characters
	Name         string  `yaml:"name"`  // full, Russian, nominative
	Short        string  `yaml:"short"` // for buttons, at most 40 characters
	To           string  `yaml:"to"`    // accusative, for «передаст в …»: «администрацию города Кирова»
	English      string  `yaml:"english"`
	Kind         OrgKind `yaml:"kind"`
	Municipality string  `yaml:"municipality,omitempty"`
	Inspects     bool    `yaml:"inspects,omitempty" json:",omitempty"` // is drawn in to inspect as well, though it is no Supervision
}

// Supervises tells whether an organisation may be drawn in to inspect.
func (o *Organisation) Supervises() bool { return o.Kind == Supervision || o.Inspects }

// Group of topics.
type Group struct {
	Code    string  `yaml:"code"`
	Name    string  `yaml:"name"`
	English string  `yaml:"english"`
	Icon    string  `yaml:"icon"` // one emoji
	Topics  []Topic `yaml:"topics"`
}

// Topic is what an incident is about.
type Topic struct {
	Code       string   `yaml:"code"` // at most 20 ASCII characters, unique in the pack
	Name       string   `yaml:"name"`
	English    string   `yaml:"english"`
	Keywords   []string `yaml:"keywords"`         // words or phrases in any form; "!" before one makes it weigh more
	Urgent     bool     `yaml:"urgent,omitempty"` // incidents of the topic are urgent from the start
	First      Norm     `yaml:"first,omitempty" json:",omitzero"`
	Final      Norm     `yaml:"final,omitempty" json:",omitzero"`
	Route      []Rule   `yaml:"route"`                // first match wins
	Supervisor string   `yaml:"supervisor,omitempty"` // the supervisory body to draw in
	// FileAbove lets what is found in public become an incident without a curator, where it is more likely than this both that
	// it is a problem and that it is this topic: from 0.5 to below 1. 0: never.
	FileAbove float64 `yaml:"file_above,omitempty" json:",omitzero"`
	Group     string  `yaml:"-" json:"-"`
}

// Rule sends a topic to an organisation.
type Rule struct {
	In []string `yaml:"in,omitempty"` // municipalities; empty for all
	To string   `yaml:"to"`           // an organisation's code, or "@administration": that of the municipality
}

// Settlement is a populated place.
type Settlement struct {
	OKTMO        string // eleven digits
	Type         string // "д", "с", "пгт", …; may be ""
	Name         string
	Municipality string // code
}

// Template is a text that staff choose instead of typing.
type Template struct {
	Code    string `yaml:"code"`
	Name    string `yaml:"name"` // on the button
	Text    string `yaml:"text"` // what the resident reads
	English string `yaml:"english"`
	// NoProblem, of a rejection: what was written is no problem at all, and the desk learns so.
	NoProblem bool `yaml:"no_problem,omitempty" json:",omitempty"`
}

// Calendar is working time: hours of a working day with a break, and the days off.
type Calendar struct {
	Start  string       `yaml:"start"`           // "09:00"
	End    string       `yaml:"end"`             // "18:00"
	Breaks [][2]string  `yaml:"breaks"`          // [["13:00", "14:00"]]
	Quiet  [2]string    `yaml:"quiet,omitempty"` // when nobody is reminded of anything: ["21:00", "08:00"]; empty for never
	Fixed  []string     `yaml:"fixed"`           // days off each year: "01-01" … (Labour Code, art. 112)
	Years  map[int]Year `yaml:"years"`           // the swaps decided for each year
}

// Year is a year's own: days off and working days that weekends and Fixed do not give.
type Year struct {
	Off   []string `yaml:"off,omitempty"`   // "12-31"
	Work  []string `yaml:"work,omitempty"`  // working Saturdays
	Short []string `yaml:"short,omitempty"` // an hour less
}

// Chair is somebody who sits in the built-in desk while no messenger is set up: invented people, for trying it out.
type Chair struct {
	Code  string `yaml:"code"`            // a-z, 0-9 and "-"
	Name  string `yaml:"name"`            // «Анна Ветрова»
	Role  string `yaml:"role"`            // "resident", "curator", "official"
	Org   string `yaml:"org,omitempty"`   // an official's organisation
	Head  bool   `yaml:"head,omitempty"`  // an official heads it: may invite colleagues and sees what they do
	Title string `yaml:"title,omitempty"` // where somebody lives, what a curator cares for
}
