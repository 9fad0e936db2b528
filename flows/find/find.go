// Package find is how curators find incidents: /find with a number, words in any form, an author, a place, dates.
package find

import (
	"embed"
	"strconv"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/words"
	"otklik/storage"
)

//go:embed texts/*.yaml
var texts embed.FS

const name = "find"

// found is the state in which a list of what was found is paged.
const found = "found"

// pageSize is how many incidents a page lists.
const pageSize = 8

// search is what was asked for, and where its pages begin.
type search struct {
	Said    string
	Pages   []uint64 // page i has the incidents below Pages[i]; 0 the newest
	Page    int
	Authors []uint64 `json:",omitempty"` // the words named people, not incidents
}

// Flow finds.
func Flow() flows.Flow {
	return flows.Flow{
		Name:     name,
		Texts:    texts,
		Standing: true,
		Table: []flows.Transition{
			{Event: "found", From: []string{""}, To: found},
			{Event: "done", From: []string{found}, To: flows.Done},
		},
		Ask:      map[string]flows.Ask{found: list},
		Step:     map[string]flows.Step{found: turn},
		Commands: []flows.Command{{Name: "find", Roles: []storage.RoleKind{storage.Curator}, Run: find}},
	}
}

func find(t *flows.Turn, said string) error {
	if said == "" {
		return t.Reply(t.Voice().Say("find.how"))
	}
	if n, ok := number(said); ok {
		inc, err := t.Tx.Incident(n)
		if err != nil {
			return err
		}
		if inc != nil {
			return t.ShowCard(inc)
		}
	}
	return t.Begin(name, "found", search{Said: flows.Short(said, 200), Pages: []uint64{0}})
}

// number reads a number alone: «№ 1042», «1042».
func number(said string) (uint64, bool) {
	for _, sign := range []string{"№", "#"} {
		if rest, ok := cutPrefix(said, sign); ok {
			said = rest
		}
	}
	n, err := strconv.ParseUint(said, 10, 64)
	return n, err == nil
}

// list shows a page of what was found.
func list(t *flows.Turn) error {
	var s search
	if err := t.Load(&s); err != nil {
		return err
	}
	v := t.Voice()
	q, who, err := ask(t, &s)
	if err != nil {
		return err
	}
	numbers, more, err := look(t, q, s.Pages[s.Page], pageSize)
	if err != nil {
		return err
	}
	if len(numbers) == 0 {
		return t.Prompt(v.Say("find.nothing", "Said", s.Said))
	}
	text := v.T("find.head", "Said", s.Said)
	if who != "" {
		text += "\n" + v.T("find.by", "Who", who)
	}
	var rows [][]bot.Button
	var row []bot.Button
	for _, n := range numbers {
		inc, err := t.Tx.Incident(n)
		if err != nil {
			return err
		}
		if inc == nil {
			continue
		}
		text += "\n" + v.T("find.line", "Number", n, "State", v.Standing(inc), "Topic", v.Topic(inc.Topic),
			"Place", flows.Short(v.Place(inc.Place), 50), "At", v.Stamp(inc.Created), "Text", flows.Short(inc.Text, 60))
		row = append(row, bot.Button{Text: "№ " + strconv.FormatUint(n, 10), Data: flows.CardKey("curate", "show", n)})
		if len(row) == 4 {
			rows, row = append(rows, row), nil
		}
	}
	if row != nil {
		rows = append(rows, row)
	}
	var nav []bot.Button
	if s.Page > 0 {
		nav = append(nav, v.Button("find.newer", t.Key("p", strconv.Itoa(s.Page-1))))
	}
	if more {
		if len(s.Pages) == s.Page+1 {
			s.Pages = append(s.Pages, numbers[len(numbers)-1])
			if err := t.Save(s); err != nil {
				return err
			}
		}
		nav = append(nav, v.Button("find.older", t.Key("p", strconv.Itoa(s.Page+1))))
	}
	if nav != nil {
		rows = append(rows, nav)
	}
	m := flows.Words(text)
	m.Keyboard = rows
	return t.Prompt(m)
}

// turn turns pages.
func turn(t *flows.Turn) (string, error) {
	var s search
	if err := t.Load(&s); err != nil {
		return "", err
	}
	if t.Verb == "p" {
		if n := t.PageArg(); n < len(s.Pages) {
			s.Page = n
		}
		return flows.Stay, t.Save(s)
	}
	return flows.Quiet, nil
}

// ask makes queries of what was said: what any of them finds is meant. who names the people meant, if any are.
func ask(t *flows.Turn, s *search) (list []storage.Query, who string, err error) {
	p := parse(s.Said, t.Local())
	q := storage.Query{From: p.from, To: p.to, Stems: words.Stems(p.rest)}
	if p.author != "" {
		people, err := t.Tx.Named([]string{p.author}, 50)
		if err != nil {
			return nil, "", err
		}
		q.Persons, who = those(people)
		if len(people) == 0 {
			q.Persons = []uint64{0} // nobody's
		}
	}
	list = forms(t, q, p.rest, false)
	if len(q.Stems) == 0 {
		return list, who, nil
	}
	if some, _, err := look(t, list, 0, 1); err != nil || len(some) > 0 {
		return list, who, err
	}
	list = forms(t, q, p.rest, true)
	if some, _, err := look(t, list, 0, 1); err != nil || len(some) > 0 || p.author != "" {
		return list, who, err
	}
	// Words that no incident has may be a person's name.
	people, err := t.Tx.Named([]string{p.rest}, 50)
	if err != nil || len(people) == 0 {
		return list, "", err
	}
	q.Stems = nil
	q.Persons, who = those(people)
	return []storage.Query{q}, who, nil
}

func those(people []*storage.Person) (ids []uint64, who string) {
	for i, p := range people {
		ids = append(ids, p.ID)
		if i < 3 {
			if i > 0 {
				who += ", "
			}
			who += p.Name
		}
	}
	if len(people) > 3 {
		who += "…"
	}
	return ids, who
}
