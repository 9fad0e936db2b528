package follow

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

// complaint is what a resident is writing about an incident: what is wrong with the answer, or something to add.
type complaint struct {
	Incident uint64
	Text     string
	Photos   []string
	Album    string

	Said  *bot.Update `json:",omitempty"` // what was written before it was clear what it belongs to
	Under bool        `json:",omitempty"` // … it may belong to the conversation below
	Page  int         `json:",omitempty"` // of what it may belong to
	But   uint64      `json:",omitempty"` // … what it surely is not about: the complaint below is
	Asked bot.Ref     `json:",omitempty"` // of a complaint: of this message it was asked whether it belongs to it
}

// holds tells whether something was written already.
func holds(data json.RawMessage) bool {
	var c complaint
	return json.Unmarshal(data, &c) == nil && (c.Text != "" || len(c.Photos) > 0 || c.Said != nil)
}

func solved(t *flows.Turn, inc *storage.Incident) error {
	m, err := confirm(t, inc)
	if err != nil {
		return err
	}
	return t.ReplyAbout(m, inc.Number)
}

// confirm marks an incident as solved for whoever says so, and gives the thanks.
func confirm(t *flows.Turn, inc *storage.Incident) (bot.Message, error) {
	mine := inc.Reporter(t.Me.ID)
	if mine == nil || !mine.Solved {
		err := t.Act(inc, flows.Confirm, storage.Event{Public: true}, func() { mine.Solved = true })
		if err != nil {
			return bot.Message{}, err
		}
	}
	return thanks(t.Voice(), inc, mine), nil
}

// judged gives the event that words about an answer lead to: a yes or a no that is clear, or the question whether it is
// solved. A photo, too, may show either.
func (c *complaint) judged(t *flows.Turn) string {
	said := verdictIn(t.Voice(), c.Text)
	switch {
	case said == denies:
		return "told"
	case said == agrees && len(c.Photos) == 0:
		return "solved"
	}
	return "judge"
}

// withdraws tells whether what was written to a complaint says that it is none after all.
func (c *complaint) withdraws(t *flows.Turn) bool {
	if t.In.Kind != bot.Written || len(t.In.Media) > 0 {
		return false
	}
	v := t.Voice()
	return verdictIn(v, t.In.Text) == agrees || mistaken(v, t.In.Text)
}

// strays asks what a message belongs to that is surely about another place or another thing than the complaint to which it
// was written.
func (c *complaint) strays(t *flows.Turn, inc *storage.Incident) (bool, error) {
	u := t.In
	if u.Kind != bot.Written || u.Ref == c.Asked || (c.Text == "" && len(c.Photos) == 0) || !elsewhere(t, inc) {
		return false, nil
	}
	c.Asked = u.Ref
	if err := t.Save(c); err != nil {
		return false, err
	}
	return true, t.Begin(name, "said", complaint{Said: &u, Album: u.Album, Under: true, But: inc.Number})
}

// askJudge asks whether it is solved, of what was written about the answer without saying so.
func askJudge(t *flows.Turn) error {
	var c complaint
	if err := t.Load(&c); err != nil {
		return err
	}
	v := t.Voice()
	m := v.Say("follow.ask_judge_bare", "Number", c.Incident)
	if what := described(v, c.Text, len(c.Photos)); what != "" {
		m = v.Say("follow.ask_judge", "Number", c.Incident, "What", what)
	}
	m.Keyboard = [][]bot.Button{{v.Button("follow.yes", t.Key("yes")), v.Button("follow.no", t.Key("no"))}, cancelRow(t)}
	return t.Prompt(m)
}

func takeJudge(t *flows.Turn) (string, error) {
	c, inc, err := load(t)
	if err != nil {
		return "", err
	}
	if strays, err := c.strays(t, inc); err != nil || strays {
		return flows.Quiet, err
	}
	said := verdictIn(t.Voice(), t.In.Text)
	switch {
	case t.Verb == "" && t.In.Kind != bot.Written:
		return flows.Stay, nil
	case t.Verb == "yes", t.Verb == "" && said == agrees && len(t.In.Media) == 0:
		m, err := confirm(t, inc)
		if err != nil {
			return "", err
		}
		return "solved", t.Finish(m, inc.Number)
	case t.Verb == "no":
		if c.Text == "" && len(c.Photos) == 0 {
			return "dispute", nil
		}
		return "told", nil
	case said == thanking && len(t.In.Media) == 0:
		return flows.Stay, nil
	}
	if err := c.take(t); err != nil {
		return "", err
	}
	if said == denies {
		return "told", t.Save(c)
	}
	return flows.Stay, t.Save(c)
}

// described says what was written, and how many photos came.
func described(v *flows.Voice, text string, photos int) string {
	var what []string
	if text != "" {
		what = append(what, "«"+flows.Short(text, 80)+"»")
	}
	if photos > 0 {
		what = append(what, v.T("desk.photos", "N", photos))
	}
	return strings.Join(what, ", ")
}

func unsolved(t *flows.Turn, inc *storage.Incident) error {
	if err := t.Check(inc, flows.Dispute); err != nil {
		return err
	}
	return t.Begin(name, "dispute", complaint{Incident: inc.Number})
}

func askReason(t *flows.Turn) error {
	var c complaint
	if err := t.Load(&c); err != nil {
		return err
	}
	v := t.Voice()
	m := v.Say("follow.ask_reason", "Number", c.Incident)
	m.Keyboard = [][]bot.Button{
		{v.Button("follow.reason_nothing", t.Key("r", "nothing"))},
		{v.Button("follow.reason_partly", t.Key("r", "partly"))},
		{v.Button("follow.reason_again", t.Key("r", "again"))},
		{v.Button("follow.cancel", t.Key("x"))},
	}
	return t.Prompt(m)
}

func askPhoto(t *flows.Turn) error {
	var c complaint
	if err := t.Load(&c); err != nil {
		return err
	}
	v := t.Voice()
	m := v.Say("follow.ask_photo", "Number", c.Incident, "Text", flows.Short(c.Text, 200))
	if n := len(c.Photos); n > 0 {
		m.Text += "\n" + v.T("desk.photos", "N", n)
	}
	m.Keyboard = [][]bot.Button{{v.Button("follow.send_back", t.Key("s"))}, {v.Button("follow.cancel", t.Key("x"))}}
	return t.Prompt(m)
}

func anyStep(t *flows.Turn) (string, error) {
	if t.In.Other != "" {
		return flows.Quiet, t.Reply(t.Voice().Say("follow.words_please"))
	}
	if t.Verb == "x" || (t.In.Kind == bot.Written && len(t.In.Media) == 0 && t.Voice().Listed("desk.cancel_words", t.In.Text)) {
		var c complaint
		if err := t.Load(&c); err != nil {
			return "", err
		}
		if c.Said != nil {
			return "cancel", t.Finish(t.Voice().Say("follow.dropped"), 0)
		}
		return "cancel", t.Finish(t.Voice().Say("follow.cancelled", "Number", c.Incident), c.Incident)
	}
	return "", nil
}

func takeReason(t *flows.Turn) (string, error) {
	var c complaint
	if err := t.Load(&c); err != nil {
		return "", err
	}
	if t.Verb == "r" && len(t.Args) == 1 {
		id := "follow.reason_" + t.Args[0]
		if v := t.Voice(); v.Has(id) {
			c.Text = v.T(id)
			return "told", t.Save(c)
		}
	}
	if c.withdraws(t) {
		return "judge", nil
	}
	if err := c.take(t); err != nil {
		return "", err
	}
	if c.Text == "" && len(c.Photos) == 0 {
		return flows.Stay, nil
	}
	return "told", t.Save(c)
}

func takePhoto(t *flows.Turn) (string, error) {
	c, inc, err := load(t)
	if err != nil {
		return "", err
	}
	if t.Verb == "s" {
		return "sent", c.dispute(t)
	}
	if strays, err := c.strays(t, inc); err != nil || strays {
		return flows.Quiet, err
	}
	if c.withdraws(t) {
		return "judge", nil
	}
	if err := c.take(t); err != nil {
		return "", err
	}
	return flows.Stay, t.Save(c)
}

// take adds what came to the complaint.
func (c *complaint) take(t *flows.Turn) error {
	if t.In.Kind != bot.Written {
		return nil
	}
	if t.In.Album != "" && t.In.Album == c.Album {
		t.InPlace()
	}
	c.Album = t.In.Album
	if said := words(t.Voice(), t.In); said != "" {
		if c.Text != "" {
			c.Text += "\n"
		}
		c.Text += said
	}
	ids, err := t.Keep(t.In.Media)
	c.Photos = append(c.Photos, ids...)
	return err
}

// dispute brings the incident back to the same body, with a new clock.
func (c *complaint) dispute(t *flows.Turn) error {
	inc, err := t.Tx.Incident(c.Incident)
	if err != nil {
		return err
	}
	if inc == nil {
		return flows.Refuse("desk.no_incident", "Number", strconv.FormatUint(c.Incident, 10))
	}
	ev := storage.Event{Text: c.Text, Photos: c.Photos, Public: true}
	err = t.Act(inc, flows.Dispute, ev, func() {
		inc.Disputes++
		inc.Promise = nil // it came with the answer that is disputed
		for i := range inc.Reporters {
			inc.Reporters[i].Solved = false
		}
		t.Clock(inc, t.Now)
		inc.Answering = time.Time{} // the first answer is owed anew
		if inc.Assignment != nil {
			inc.Assignment.At, inc.Assignment.AcceptedBy = t.Now, 0
		}
	})
	if err != nil {
		return err
	}
	v := t.Voice()
	org := ""
	if inc.Assignment != nil {
		org = inc.Assignment.Org
	}
	return t.Finish(v.Say("follow.disputed", "Number", inc.Number, "To", v.OrgTo(org), "First", v.At(inc.First)), inc.Number)
}
