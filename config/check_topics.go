package config

import (
	"fmt"
	"strings"
)

func (c checker) groups() {
	if len(c.pack.Groups) == 0 {
		c.wrong("groups", "there are no groups of topics")
	}
	groups, topics := c.codes("group"), c.codes("topic")
	for i := range c.pack.Groups {
		g := &c.pack.Groups[i]
		path := fmt.Sprintf("groups[%d]", i)
		what := groups.take(path, g.Code)
		c.need(path, what, "name", g.Name, "english", g.English, "icon", g.Icon)
		if len(g.Topics) == 0 {
			c.wrong(path, "%s has no topics", what)
		}
		for j := range g.Topics {
			path := fmt.Sprintf("%s.topics[%d]", path, j)
			c.topic(path, topics.take(path, g.Topics[j].Code), &g.Topics[j])
		}
	}
}

func (c checker) topic(path, what string, t *Topic) {
	c.need(path, what, "name", t.Name, "english", t.English)
	c.keywords(path+".keywords", what, t.Keywords)
	if a := t.FileAbove; a != 0 && !(a >= 0.5 && a < 1) { // false for NaN, too
		c.wrong(path+".file_above", "%s: without a curator is filed what is surer than 0.5 to 0.99, not %v", what, a)
	}
	if t.Supervisor != "" {
		if o := c.pack.Organisation(t.Supervisor); o == nil {
			c.wrong(path+".supervisor", "%s: no organisation %q in the pack", what, t.Supervisor)
		} else if !o.Supervises() {
			c.wrong(path+".supervisor", "%s: %s is no supervisory body", what, t.Supervisor)
		} else if len(t.Route) == 1 && t.Route[0].To == t.Supervisor {
			c.wrong(path+".supervisor", "%s: %s would inspect itself, as the topic goes there", what, t.Supervisor)
		}
	}
	c.route(path+".route", what, t.Route)
}

func (c checker) keywords(path, what string, words []string) {
	if len(words) == 0 {
		c.wrong(path, "%s has no keywords: nothing a resident writes would lead to it", what)
	}
	seen := map[string]bool{}
	for i, w := range words {
		plain := strings.ToLower(strings.TrimSpace(strings.TrimPrefix(w, "!")))
		switch {
		case plain == "":
			c.wrong(fmt.Sprintf("%s[%d]", path, i), "%s: an empty keyword", what)
		case seen[plain]:
			c.wrong(fmt.Sprintf("%s[%d]", path, i), "%s: keyword %q stands twice", what, plain)
		}
		seen[plain] = true
	}
}

// route checks that every municipality has somebody to go to, and that no rule is dead.
func (c checker) route(path, what string, rules []Rule) {
	if len(rules) == 0 {
		c.wrong(path, "%s has no route: nobody would get it", what)
		return
	}
	taken, all := map[string]bool{}, false
	for i, r := range rules {
		path := fmt.Sprintf("%s[%d]", path, i)
		if r.To == "" {
			c.wrong(path+".to", "%s: rule %d names no organisation (to)", what, i+1)
		} else if r.To != AdministrationOf && c.pack.Organisation(r.To) == nil {
			c.wrong(path+".to", "%s: no organisation %q in the pack", what, r.To)
		}
		news := len(r.In) == 0 && !all
		for j, m := range r.In {
			if c.pack.Municipality(m) == nil {
				c.wrong(fmt.Sprintf("%s.in[%d]", path, j), "%s: no municipality %q in the pack", what, m)
			}
			news = news || (!all && !taken[m])
			taken[m] = true
		}
		if !news {
			c.wrong(path, "%s: rule %d never applies, as those before it match first", what, i+1)
		}
		all = all || len(r.In) == 0
	}
	if all {
		return
	}
	var holes []string
	for _, m := range c.pack.Municipalities {
		if m.Code != "" && !taken[m.Code] {
			holes = append(holes, m.Code)
		}
	}
	if len(holes) > 0 {
		c.wrong(path, "%s has no route in %s", what, some(holes))
	}
}

// some gives the first of many words.
func some(words []string) string {
	const shown = 5
	if len(words) <= shown {
		return strings.Join(words, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(words[:shown], ", "), len(words)-shown)
}
