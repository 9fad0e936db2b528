package lessons

import (
	"cmp"
	"slices"
	"strings"

	"otklik/config"
	"otklik/flows/learn"
	"otklik/flows/understand"
)

// lead is how much more a topic's keywords must find in a theme's name than the next one's: otherwise it may be either.
const lead = 1.3

// Names tells which codes of a region pack the labels of somebody else's history stand for.
type Names struct {
	pack   *config.Pack
	topics *understand.Judge
	themes map[string]string // name → code
	groups map[string]string
	bodies map[string]string
	found  map[name]*Match
}

type name struct {
	dim  learn.Dimension
	text string
}

// Match is a label of the history and what it was taken for.
type Match struct {
	Dimension learn.Dimension `json:"dimension"`
	Label     string          `json:"label"`
	Code      string          `json:"code,omitempty"`  // "": nothing of the pack
	Words     bool            `json:"words,omitempty"` // by the keywords in it, not by its name
	Rows      int             `json:"rows"`
}

// NewNames knows a pack's names: codes, names, short and official ones, in any case.
func NewNames(pack *config.Pack, topics *understand.Judge) *Names {
	n := &Names{pack: pack, topics: topics, themes: map[string]string{}, groups: map[string]string{}, bodies: map[string]string{}, found: map[name]*Match{}}
	for i := range pack.Groups {
		g := &pack.Groups[i]
		enter(n.groups, g.Code, g.Code, g.Name, g.English)
		for _, t := range g.Topics {
			enter(n.themes, t.Code, t.Code, t.Name, t.English)
		}
	}
	for _, o := range pack.Organisations {
		enter(n.bodies, o.Code, o.Code, o.Name, o.Short, o.To, o.English)
	}
	return n
}

// enter notes names of a code; where two codes have one name the first keeps it.
func enter(names map[string]string, code string, list ...string) {
	for _, text := range list {
		if k := plain(text); k != "" && names[k] == "" {
			names[k] = code
		}
	}
}

var signs = strings.NewReplacer("ё", "е", "«", "", "»", "", `"`, "", ".", " ", ",", " ")

func plain(s string) string {
	return strings.Join(strings.Fields(signs.Replace(strings.ToLower(s))), " ")
}

// Coded gives a row of the history with the pack's codes in place of its names. A label that stands for nothing is left
// out, and a row without any teaches nothing. Whether a row is a problem is taught only where the history says so: that
// all of it are would teach that everything is.
func (n *Names) Coded(row learn.Lesson) learn.Lesson {
	labels := map[learn.Dimension]string{}
	if p := row.Labels[learn.Problem]; p != "" {
		labels[learn.Problem] = p
	}
	if g := n.match(learn.Group, row.Labels[learn.Group]); g != "" {
		labels[learn.Group] = g
	}
	if code := n.match(learn.Theme, row.Labels[learn.Theme]); code != "" {
		labels[learn.Theme] = code
		labels[learn.Group] = n.pack.Topic(code).Group
	}
	if code := n.match(learn.Executor, row.Labels[learn.Executor]); code != "" {
		labels[learn.Executor] = code
	}
	row.Labels = labels
	return row
}

func (n *Names) match(d learn.Dimension, label string) string {
	if label == "" {
		return ""
	}
	m := n.found[name{d, label}]
	if m == nil {
		m = &Match{Dimension: d, Label: label}
		m.Code, m.Words = n.code(d, label)
		n.found[name{d, label}] = m
	}
	m.Rows++
	return m.Code
}

func (n *Names) code(d learn.Dimension, label string) (code string, words bool) {
	switch d {
	case learn.Group:
		return n.groups[plain(label)], false
	case learn.Executor:
		return n.bodies[plain(label)], false
	}
	if code = n.themes[plain(label)]; code != "" {
		return code, false
	}
	switch list := n.topics.Topics(label, 2); {
	case len(list) == 1, len(list) == 2 && list[0].Score >= lead*list[1].Score:
		return list[0].Topic, true
	}
	return "", false
}

// Matches gives every label met, those of most rows first.
func (n *Names) Matches() (list []Match) {
	for _, m := range n.found {
		list = append(list, *m)
	}
	slices.SortFunc(list, func(a, b Match) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Dimension, b.Dimension), cmp.Compare(a.Label, b.Label))
	})
	return list
}
