package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	maxCode  = 20 // codes travel in a button's data: 64 bytes for the flow, the verb and its arguments
	maxShort = 40 // characters that a button shows
)

var codeForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// checker looks a decoded pack over; every fault gets the line of its path in the file.
type checker struct {
	*document
	pack *Pack
}

// check finds what is wrong with a pack that was decoded into p.
func check(p *Pack, d *document) {
	c := checker{d, p}
	c.region()
	c.norms()
	c.ladder()
	calendar(c)
	c.municipalities()
	c.organisations()
	c.groups()
	c.templates("rejections", p.Rejections)
	c.templates("answers", p.Answers)
	c.chairs()
}

// wrong notes a fault at a path, unless what stands there could not even be read.
func (c checker) wrong(path, format string, args ...any) {
	if !c.isUnread(path) {
		c.fault(c.at(path), format, args...)
	}
}

// need notes each of a thing's named texts that is empty.
func (c checker) need(path, what string, texts ...string) {
	for i := 0; i+1 < len(texts); i += 2 {
		if strings.TrimSpace(texts[i+1]) == "" {
			c.wrong(path+"."+texts[i], "%s has no %s", what, texts[i])
		}
	}
}

// codes checks codes of one kind.
type codes struct {
	checker
	kind  string
	lines map[string]int
}

func (c checker) codes(kind string) codes { return codes{c, kind, map[string]int{}} }

// take checks the code of the thing at path and gives its name for other faults.
func (c codes) take(path, code string) string {
	line := c.at(path + ".code")
	switch {
	case code == "":
		c.wrong(path+".code", "a %s without a code", c.kind)
		return "the " + c.kind
	case len(code) > maxCode || !codeForm.MatchString(code):
		c.wrong(path+".code", "%s code %q: want at most %d of a-z, 0-9 and single dashes, as buttons carry it", c.kind, code, maxCode)
	case c.lines[code] != 0:
		c.wrong(path+".code", "%s %s stands here a second time; the first is in line %d", c.kind, code, c.lines[code])
	}
	if c.lines[code] == 0 {
		c.lines[code] = line
	}
	return c.kind + " " + code
}

func (c checker) region() {
	r := c.pack.Region
	c.need("region", "the region", "name", r.Name, "english", r.English, "time_zone", r.TimeZone)
	if r.TimeZone == "" {
		return
	}
	if _, err := time.LoadLocation(r.TimeZone); err != nil || r.TimeZone == "Local" {
		c.wrong("region.time_zone", "time zone %q is not known: want a name such as Europe/Moscow", r.TimeZone)
	}
}

func (c checker) norms() {
	n := c.pack.Norms
	if n.Forward <= 0 {
		c.wrong("norms.forward", "norms: forward is missing: within what time curators route, such as 60m")
	}
	for _, norm := range []struct {
		name string
		Norm
	}{{"first", n.First}, {"first_urgent", n.FirstUrgent}, {"final", n.Final}} {
		if norm.IsZero() {
			c.wrong("norms."+norm.name, "norms: %s is missing: it holds for topics that have none of their own", norm.name)
		}
	}
}

func (c checker) ladder() {
	for i, r := range c.pack.Ladder {
		path := fmt.Sprintf("ladder[%d]", i)
		given := 0
		for _, is := range []bool{r.Share != 0, r.Before != 0, r.After != 0} {
			if is {
				given++
			}
		}
		switch {
		case given > 1:
			c.wrong(path, "ladder: rung %d has more than one time: share, before or after", i+1)
		case r.Share < 0 || r.Share >= 1:
			c.wrong(path, "ladder: rung %d: share is a part of the time, such as 0.5", i+1)
		case r.Before < 0 || r.After < 0:
			c.wrong(path, "ladder: rung %d: before and after are working time, such as 60m", i+1)
		case !slices.Contains([]string{Official, Head, Control}, r.Tell):
			c.wrong(path, "ladder: rung %d: tell %q, want official, head or control", i+1, r.Tell)
		}
	}
}

func (c checker) municipalities() {
	list := c.pack.Municipalities
	if len(list) == 0 {
		c.wrong("municipalities", "there are no municipalities")
	}
	codes, oktmo, short := c.codes("municipality"), map[string]string{}, map[string]string{}
	offices := map[string]int{}
	for _, o := range c.pack.Organisations {
		if o.Kind == Administration {
			offices[o.Municipality]++
		}
	}
	for i, m := range list {
		path := fmt.Sprintf("municipalities[%d]", i)
		what := codes.take(path, m.Code)
		c.need(path, what, "name", m.Name, "short", m.Short, "english", m.English, "centre", m.Centre)
		c.fits(path, what, m.Short)
		if !digits(m.OKTMO, 8) {
			c.wrong(path+".oktmo", "%s: OKTMO %q: want eight digits", what, m.OKTMO)
		} else if other := oktmo[m.OKTMO]; other != "" {
			c.wrong(path+".oktmo", "%s: OKTMO %s is that of %s", what, m.OKTMO, other)
		} else {
			oktmo[m.OKTMO] = what
		}
		if other := short[m.Short]; other != "" && m.Short != "" {
			c.wrong(path+".short", "%s: short name %q is that of %s: nobody could tell them apart", what, m.Short, other)
		}
		short[m.Short] = what
		if !within(m.Lat, 90) || !within(m.Lon, 180) || (m.Lat == 0 && m.Lon == 0) {
			c.wrong(path+".lat", "%s: %v, %v is no point on the map: want degrees, latitude first", what, m.Lat, m.Lon)
		}
		c.people(path+".population", what, m.Population)
		c.people(path+".residents", what, m.Residents)
		if m.Code != "" && offices[m.Code] == 0 {
			c.wrong(path, "%s has no administration among the organisations", what)
		}
	}
}

func within(x, limit float64) bool { return x >= -limit && x <= limit } // false for NaN

// fits checks a text for a button.
func (c checker) fits(path, what, short string) {
	if n := utf8.RuneCountInString(short); n > maxShort {
		c.wrong(path+".short", "%s: short name of %d characters: a button shows %d", what, n, maxShort)
	}
}

func (c checker) people(path, what string, n int) {
	if n < 0 {
		c.wrong(path, "%s: %d people are fewer than none: leave out what is not known", what, n)
	}
}

func (c checker) organisations() {
	if len(c.pack.Organisations) == 0 {
		c.wrong("organisations", "there are no organisations")
	}
	codes, offices := c.codes("organisation"), map[string]string{}
	for i, o := range c.pack.Organisations {
		path := fmt.Sprintf("organisations[%d]", i)
		what := codes.take(path, o.Code)
		c.need(path, what, "name", o.Name, "short", o.Short, "to", o.To, "english", o.English)
		c.fits(path, what, o.Short)
		if o.Municipality != "" && c.pack.Municipality(o.Municipality) == nil {
			c.wrong(path+".municipality", "%s: no municipality %q in the pack", what, o.Municipality)
		}
		switch o.Kind {
		case Administration:
			if o.Municipality == "" {
				c.wrong(path, "%s is an administration: of which municipality?", what)
			} else if other := offices[o.Municipality]; other != "" {
				c.wrong(path+".municipality", "%s: %s has an administration already, %s", what, o.Municipality, other)
			}
			offices[o.Municipality] = o.Code
		case Ministry, Service:
		case Supervision:
			if o.Inspects {
				c.wrong(path+".inspects", "%s is a supervisory body: it inspects as it is", what)
			}
		default:
			c.wrong(path+".kind", "%s: kind %q: want %s, %s, %s or %s", what, string(o.Kind), Administration, Ministry, Service, Supervision)
		}
	}
}

func (c checker) templates(key string, list []Template) {
	codes := c.codes("template")
	for i, t := range list {
		path := fmt.Sprintf("%s[%d]", key, i)
		what := codes.take(path, t.Code)
		c.need(path, what, "name", t.Name, "text", t.Text, "english", t.English)
	}
}

// chairs checks who sits in the built-in desk.
func (c checker) chairs() {
	codes := c.codes("chair")
	for i, ch := range c.pack.Demo {
		path := fmt.Sprintf("demo[%d]", i)
		what := codes.take(path, ch.Code)
		c.need(path, what, "name", ch.Name)
		if ch.Head && ch.Role != "official" {
			c.wrong(path+".head", "%s: only an official heads an organisation", what)
		}
		switch ch.Role {
		case "resident", "curator", "group":
			if ch.Org != "" {
				c.wrong(path+".org", "%s: only an official acts for an organisation", what)
			}
		case "official":
			if c.pack.Organisation(ch.Org) == nil {
				c.wrong(path+".org", "%s: no organisation %q in the pack", what, ch.Org)
			}
		default:
			c.wrong(path+".role", "%s: role %q: want resident, curator, official or group", what, ch.Role)
		}
	}
}

func digits(s string, n int) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return len(s) == n
}

func quote(s string) string { return strconv.Quote(s) }

func itoa(n int) string { return strconv.Itoa(n) }
