package follow

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// shown is how many incidents to choose from a page shows.
const shown = 5

// choices gives those of a person's incidents that something they write may belong to: those that wait for their
// answer; if none does, their own that are being worked on, or whose answer they have said nothing to yet.
func choices(t *flows.Turn) (list []*storage.Incident, err error) {
	if list, err = waiting(t); err != nil || len(list) > 0 {
		return list, err
	}
	return mine(t, func(inc *storage.Incident, r *storage.Reporter) bool {
		return flows.Asks(inc, t.Me.ID) || (!r.Follows && flows.Possible(flows.Add, inc.State))
	})
}

// askable gives those of a person's incidents of which they may ask «when?», those that they follow, too.
func askable(t *flows.Turn) ([]*storage.Incident, error) {
	return mine(t, func(inc *storage.Incident, _ *storage.Reporter) bool { return flows.Possible(flows.Add, inc.State) })
}

// offered gives what is to choose from for what was written.
func (c *complaint) offered(t *flows.Turn) ([]*storage.Incident, error) {
	if len(c.Said.Media) == 0 && asksWhen(t.Voice(), c.Said.Text) {
		if list, err := askable(t); err != nil || len(list) > 0 {
			return list, err
		}
	}
	list, err := choices(t)
	return slices.DeleteFunc(list, func(inc *storage.Incident) bool { return inc.Number == c.But }), err
}

// verdictOf gives the one incident whose answer words without a reply are about: where others are open, too, only a bare
// yes or no is surely about it. nil where that is not clear.
func verdictOf(t *flows.Turn) (*storage.Incident, error) {
	v, u := t.Voice(), t.In
	said := verdictIn(v, u.Text)
	if said == unclear || len(u.Media) > 0 || u.Location != nil {
		return nil, nil
	}
	list, err := choices(t)
	if err != nil {
		return nil, err
	}
	all := len(list)
	list = slices.DeleteFunc(list, func(inc *storage.Incident) bool { return !flows.Asks(inc, t.Me.ID) })
	if len(list) != 1 || (!bare(v, u.Text) && (all > 1 || placed(t, u.Text) || !concerns(t, u.Text, list[0]))) {
		return nil, nil
	}
	return list[0], nil
}

// concerns tells whether a verdict in words may be about an incident: they name nothing, or nothing of another topic.
func concerns(t *flows.Turn, text string, inc *storage.Incident) bool {
	likely := t.Topics(text, inc.Place, 1)
	return len(likely) == 0 || likely[0].Code == inc.Topic || nameless(t.Voice(), text)
}

// sure is from when on the topic of words is known: a strong word of one topic reaches it, a word in passing does not.
const sure = 0.62

// otherTopic tells whether words surely speak of another topic than an incident, and than what is asked of it.
func otherTopic(t *flows.Turn, text string, inc *storage.Incident) bool {
	likely := t.Topics(text, inc.Place, 3)
	if len(likely) == 0 || likely[0].Confidence < sure || slices.ContainsFunc(likely, func(l flows.Likely) bool { return l.Code == inc.Topic }) {
		return false
	}
	about := inc.Text
	if inc.Wait != nil {
		about += "\n" + inc.Wait.Text
	}
	return !slices.ContainsFunc(t.Topics(about, inc.Place, 3), func(l flows.Likely) bool { return l.Code == likely[0].Code })
}

// opened takes what a resident writes without replying to anything: the answer to a question, if one of theirs was
// asked; otherwise they are asked which it belongs to. What names a place of its own begins a report.
func opened(t *flows.Turn) (bool, error) {
	u, v := t.In, t.Voice()
	bare := len(u.Media) == 0 && u.Location == nil
	if u.Group || u.Forward != nil || t.Passed() || (bare && (u.Text == "" || v.Listed("desk.greetings", u.Text) || v.Listed("desk.help_words", u.Text))) {
		return false, nil
	}
	wait, err := waiting(t)
	if err != nil {
		return false, err
	}
	if bare && asksWhen(v, u.Text) {
		if list, err := askable(t); err != nil || len(list) == 1 {
			if err == nil {
				err = take(t, list[0])
			}
			return true, err
		} else if len(list) > 1 {
			return true, t.Begin(name, "said", complaint{Said: &u})
		}
	}
	if len(wait) == 0 {
		if inc, err := verdictOf(t); err != nil || inc != nil {
			if err == nil {
				err = take(t, inc)
			}
			return inc != nil, err
		}
	}
	switch {
	case bare && v.Listed("desk.thanks", u.Text) && !(len(wait) > 0 && v.Listed("follow.agree_words", u.Text)):
		return false, nil
	case len(wait) == 1 && belongs(t, wait[0]):
		return true, take(t, wait[0])
	case len(wait) == 0 && (u.Location != nil || placed(t, u.Text)):
		return false, nil
	}
	if list, err := choices(t); err != nil || len(list) == 0 {
		return false, err
	}
	if bare && len(wait) == 0 && thanked(v, u.Text) {
		return true, t.Reply(v.Say("follow.welcome"))
	}
	return true, t.Begin(name, "said", complaint{Said: &u, Album: u.Album})
}

// between asks which it belongs to, if one of theirs was asked something since they spoke last: an answer is not glued to
// what they were writing, and nothing of that to the answer.
func between(t *flows.Turn, since time.Time) (bool, error) {
	u := t.In
	if (u.Text == "" && len(u.Media) == 0) || u.Forward != nil || t.Voice().Listed("desk.cancel_words", u.Text) {
		return false, nil
	}
	var c complaint
	if t.Talking() == name {
		if err := t.Load(&c); err != nil {
			return false, err
		}
	}
	list, err := waiting(t)
	if err != nil || !slices.ContainsFunc(list, func(inc *storage.Incident) bool {
		return !inc.Reporter(t.Me.ID).Follows && inc.Wait.At.After(since) && inc.Number != c.Incident
	}) {
		return false, err
	}
	return true, t.Begin(name, "said", complaint{Said: &u, Album: u.Album, Under: true})
}

// belongs tells whether a message is the answer to the one question that waits: not what a follower writes, and not
// what is about another place, or about something else that is wrong.
func belongs(t *flows.Turn, inc *storage.Incident) bool {
	return !inc.Reporter(t.Me.ID).Follows && t.In.Location == nil && !elsewhere(t, inc)
}

// elsewhere tells whether a message is surely about another place than an incident, or about something else that is wrong.
func elsewhere(t *flows.Turn, inc *storage.Incident) bool {
	found, p := t.Finder().Find(t.In.Text), inc.Place
	return (found.Street != "" && p.Street != "" && !strings.EqualFold(found.Street, p.Street)) ||
		(found.Municipality != "" && found.Municipality != p.Municipality) ||
		(troubled(t.Voice(), t.In.Text) && otherTopic(t, t.In.Text, inc))
}

// placed tells whether words name a place.
func placed(t *flows.Turn, text string) bool {
	if _, _, ok := t.Finder().Coordinates(text); ok {
		return true
	}
	found := t.Finder().Find(text)
	return found.Municipality != "" || len(found.Candidates) > 0 || found.Street != ""
}

// words gives what a message says; a point, too, is something said.
func words(v *flows.Voice, u bot.Update) string {
	parts := []string{u.Text}
	if l := u.Location; l != nil {
		parts = append(parts, l.Title, l.Address, v.Coordinates(storage.Place{Lat: l.Lat, Lon: l.Lon, Point: true}))
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return strings.TrimSpace(s) == "" }), "\n")
}

// take gives a message to an incident: as the answer to its question, as an addition, or as a complaint about its
// answer. An album is gathered first.
func take(t *flows.Turn, inc *storage.Incident) error {
	if m, ok, err := asides(t, inc); err != nil || ok {
		if err == nil {
			err = t.ReplyAbout(m, inc.Number)
		}
		return err
	}
	c := complaint{Incident: inc.Number, Text: words(t.Voice(), t.In), Album: t.In.Album}
	var err error
	if c.Photos, err = t.Keep(t.In.Media); err != nil {
		return err
	}
	switch {
	case flows.Asks(inc, t.Me.ID):
		event := c.judged(t)
		if event == "solved" {
			return solved(t, inc)
		}
		if verdictIn(t.Voice(), c.Text) == thanking {
			c.Text = ""
		}
		return t.Begin(name, event, c)
	case c.Album != "", tells(inc, c.Text):
		return t.Begin(name, "add", c)
	}
	m, err := give(t, inc, c.Text, c.Photos)
	if err != nil {
		return err
	}
	return t.ReplyAbout(m, inc.Number)
}

// give answers the incident's question, or adds to it, and says so.
func give(t *flows.Turn, inc *storage.Incident, text string, photos []string) (bot.Message, error) {
	a, id := flows.Add, "follow.added"
	if inc.State == storage.Waiting {
		a, id = flows.Tell, "follow.told"
	}
	if err := t.Act(inc, a, storage.Event{Text: text, Photos: photos, Public: true}, nil); err != nil {
		return bot.Message{}, err
	}
	v := t.Voice()
	return v.Say(id, "Number", inc.Number, "Next", ahead(v, inc)), nil
}

func askWhich(t *flows.Turn) error {
	var c complaint
	if err := t.Load(&c); err != nil {
		return err
	}
	list, err := c.offered(t)
	if err != nil {
		return err
	}
	v := t.Voice()
	m := v.Say("follow.ask_which", "What", described(v, words(v, *c.Said), len(c.Said.Media)))
	rest := 2
	if c.Under {
		rest++
	}
	size := t.Room(shown, 1, rest, rest)
	from, to := flows.Page(c.Page, size, len(list))
	for _, inc := range list[from:to] {
		sign := ""
		if inc.State == storage.Waiting {
			sign = "❓ "
		}
		m.Keyboard = append(m.Keyboard, []bot.Button{{
			Text: flows.Short(fmt.Sprintf("%s№ %d · %s, %s", sign, inc.Number, v.Topic(inc.Topic), v.Place(inc.Place)), 60),
			Data: t.Key("n", strconv.FormatUint(inc.Number, 10))}})
	}
	m.Keyboard = v.PageRow(m.Keyboard, c.Page, size, len(list), func(p string) string { return t.Key("p", p) })
	if c.Under {
		m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("follow.to_begun", t.Key("under"))})
	}
	m.Keyboard = append(m.Keyboard, []bot.Button{v.Button("follow.new_report", t.Key("new"))}, cancelRow(t))
	return t.Prompt(m)
}

func takeWhich(t *flows.Turn) (string, error) {
	var c complaint
	if err := t.Load(&c); err != nil {
		return "", err
	}
	n, err := c.numbered(t)
	if err != nil {
		return "", err
	}
	switch u := t.In; {
	case t.Verb == "new", u.Kind == bot.Written && t.Voice().Listed("follow.new_words", u.Text):
		return flows.Quiet, t.PassOn(*c.Said)
	case t.Verb == "under" && c.Under:
		return flows.Quiet, t.PassDown(*c.Said)
	case t.Verb == "p":
		c.Page = t.PageArg()
	case t.Verb == "n":
		return c.choose(t, t.Arg(0))
	case n != "":
		return c.choose(t, n)
	case u.Kind == bot.Edited && u.Ref == c.Said.Ref && u.Text != "":
		c.Said.Text = u.Text
		t.InPlace()
	case u.Kind == bot.Written:
		list, err := choices(t)
		if err != nil {
			return "", err
		}
		asked := len(list) > 0 && list[0].State == storage.Waiting
		if !asked && empty(t) {
			return flows.Stay, nil
		}
		if u.Album != "" && u.Album == c.Album {
			t.InPlace()
		}
		c.Album = u.Album
		c.Said.Media = append(c.Said.Media, u.Media...)
		c.Said.Text = strings.TrimSpace(c.Said.Text + "\n" + u.Text)
		if u.Location != nil {
			c.Said.Location = u.Location
		}
		if c.But == 0 && !asked && (u.Location != nil || placed(t, c.Said.Text)) {
			if c.Under {
				return flows.Quiet, t.PassDown(*c.Said)
			}
			return flows.Quiet, t.PassOn(*c.Said) // a place of its own after all
		}
	}
	return flows.Stay, t.Save(c)
}

// empty tells whether a message adds nothing to what was written before: thanks, or signs without a letter.
func empty(t *flows.Turn) bool {
	return len(t.In.Media) == 0 && t.In.Location == nil &&
		(thanked(t.Voice(), t.In.Text) || !strings.ContainsFunc(t.In.Text, unicode.IsLetter))
}

// numbered gives the number of one of the reports to choose from, if somebody wrote it and nothing else: «№ 5».
func (c *complaint) numbered(t *flows.Turn) (string, error) {
	said := strings.TrimSpace(strings.TrimLeft(t.In.Text, "#№ "))
	if t.In.Kind != bot.Written || said == "" || len(t.In.Media) > 0 {
		return "", nil
	}
	list, err := c.offered(t)
	if err != nil {
		return "", err
	}
	for _, inc := range list {
		if said == strconv.FormatUint(inc.Number, 10) {
			return said, nil
		}
	}
	return "", nil
}

// choose gives what was kept to one of the incidents.
func (c *complaint) choose(t *flows.Turn, which string) (string, error) {
	inc, _, err := t.Number(which)
	if err != nil {
		return "", err
	}
	if inc, err = t.Whole(inc); err != nil {
		return "", err
	}
	c.Incident, c.Text = inc.Number, words(t.Voice(), *c.Said)
	if len(c.Said.Media) == 0 && asksWhen(t.Voice(), c.Said.Text) && t.Can(inc, flows.Add) {
		m, err := whenOf(t, inc)
		if err != nil {
			return "", err
		}
		return "added", t.Finish(m, inc.Number)
	}
	if flows.Asks(inc, t.Me.ID) {
		if c.Photos, err = t.Keep(c.Said.Media); err != nil {
			return "", err
		}
		c.Said = nil
		event := c.judged(t)
		if event == "solved" {
			m, err := confirm(t, inc)
			if err != nil {
				return "", err
			}
			return event, t.Finish(m, inc.Number)
		}
		return event, t.Save(c)
	}
	if err := t.Check(inc, flows.Add); err != nil {
		return "", err
	}
	if c.Photos, err = t.Keep(c.Said.Media); err != nil {
		return "", err
	}
	if tells(inc, c.Text) {
		c.Said = nil
		return "add", t.Save(c)
	}
	m, err := give(t, inc, c.Text, c.Photos)
	if err != nil {
		return "", err
	}
	return "added", t.Finish(m, inc.Number)
}
