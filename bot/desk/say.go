package desk

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"otklik/bot"
)

// nonce is what a page calls a message, an edit or a press of its own: a repeat of the request has the same.
var nonce = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_-]{8,40}$`) })

// said is what a page sends: a message, an edit (ref and text) or a press (ref and data).
type said struct {
	Key      string        `json:"key"`
	Language string        `json:"lang"`
	Text     string        `json:"text"`
	Photos   []string      `json:"photos"` // as /desk/photos named them
	Location *bot.Location `json:"location"`
	Reply    bot.Ref       `json:"reply"`
	Ref      bot.Ref       `json:"ref"`
	Data     string        `json:"data"`
}

// refusal is what a page is told when it asks for something that cannot be; it has words for each code.
type refusal struct {
	status int
	code   string
}

func (r *refusal) Error() string { return r.code }

var (
	errBad     = &refusal{http.StatusBadRequest, "bad"}
	errEmpty   = &refusal{http.StatusBadRequest, "empty"}
	errLong    = &refusal{http.StatusRequestEntityTooLarge, "long"}
	errGone    = &refusal{http.StatusNotFound, "gone"}
	errPhoto   = &refusal{http.StatusUnsupportedMediaType, "photo"}
	errHeavy   = &refusal{http.StatusRequestEntityTooLarge, "heavy"}
	errMany    = &refusal{http.StatusBadRequest, "many"}
	errNotYet  = &refusal{http.StatusServiceUnavailable, "later"}
	errForeign = &refusal{http.StatusForbidden, "foreign"}
)

// heard reads a request for a chair.
func (d *Desk) heard(r *http.Request) (*chair, *said, error) {
	c := d.seats[r.PathValue("chair")]
	if c == nil {
		return nil, nil, errGone
	}
	s := new(said)
	if err := json.NewDecoder(r.Body).Decode(s); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, nil, errLong
		}
		return nil, nil, errBad
	}
	s.Text = bot.Clean(s.Text)
	if s.Language != "en" {
		s.Language = "ru"
	}
	switch {
	case !nonce().MatchString(s.Key):
		return nil, nil, errBad
	case units(s.Text) > d.Limits().Text:
		return nil, nil, errLong
	}
	return c, s, nil
}

// say takes a message. The answer 200 means that the engine has it; after any other answer the same request may be
// made again, and nothing is said twice.
func (d *Desk) say(w http.ResponseWriter, r *http.Request) error {
	c, s, err := d.heard(r)
	if err != nil {
		return err
	}
	ctx := context.WithoutCancel(r.Context())
	if err := c.enter(r.Context()); err != nil {
		return err
	}
	defer c.leave()
	known := d.byKey(c, true, s.Key)
	if known == nil {
		rec, err := d.compose(s)
		if err != nil {
			return err
		}
		if err := d.add(ctx, c, rec); err != nil {
			return d.later(c, err)
		}
	}
	if known == nil || known.Waits {
		if err := d.deliver(ctx, c); err != nil {
			return d.later(c, err)
		}
	}
	return answer(w, struct {
		Ref bot.Ref `json:"ref"`
	}{d.byKey(c, true, s.Key).ref()})
}

// compose makes a record of what a page sent.
func (d *Desk) compose(s *said) (*record, error) {
	rec := &record{Mine: true, Key: s.Key, Language: s.Language, Time: d.now(), Text: s.Text, ReplyTo: s.Reply, Waits: true}
	if len(s.Photos) > d.Limits().Photos {
		return nil, errMany
	}
	for _, id := range s.Photos {
		p, err := d.look(id)
		if err != nil {
			return nil, err
		}
		rec.Photos = append(rec.Photos, p)
	}
	if l := s.Location; l != nil {
		if !onEarth(l.Lat, l.Lon) {
			return nil, errBad
		}
		rec.Location = &bot.Location{
			Lat: l.Lat, Lon: l.Lon, Title: short(bot.Clean(l.Title)), Address: short(bot.Clean(l.Address)),
		}
	} else if lat, lon, ok := Coordinates(s.Text); ok && len(s.Photos) == 0 {
		rec.Location, rec.Text = &bot.Location{Lat: lat, Lon: lon}, ""
	}
	if rec.Text == "" && rec.Location == nil && len(rec.Photos) == 0 {
		return nil, errEmpty
	}
	return rec, nil
}

// short bounds a name that comes with a location.
func short(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:200])
	}
	return s
}

// add keeps a person's message under the chair's next number.
func (d *Desk) add(ctx context.Context, c *chair, rec *record) error {
	c.write.Lock()
	defer c.write.Unlock()
	rec.N = c.next
	if rec.ReplyTo != "" && d.record(c, rec.ReplyTo) == nil {
		rec.ReplyTo = ""
	}
	return d.keep(ctx, c, rec)
}

// rewrite takes an edit of a message that the person wrote.
func (d *Desk) rewrite(w http.ResponseWriter, r *http.Request) error {
	c, s, err := d.heard(r)
	if err != nil {
		return err
	}
	ctx := context.WithoutCancel(r.Context())
	if err := c.enter(r.Context()); err != nil {
		return err
	}
	defer c.leave()
	if err := d.deliver(ctx, c); err != nil { // what waits has to come first
		return d.later(c, err)
	}
	rec := d.record(c, s.Ref)
	switch {
	case rec == nil || !rec.Mine || rec.Location != nil:
		return errGone
	case rec.EditKey == s.Key || rec.Text == s.Text: // a repeat
		return answer(w, struct{}{})
	case s.Text == "" && len(rec.Photos) == 0:
		return errEmpty
	}
	err = d.change(ctx, c, rec.N, func(r *record) {
		r.Text, r.Edited, r.EditKey, r.EditWait = s.Text, d.now(), s.Key, true
	})
	if err == nil {
		err = d.deliver(ctx, c)
	}
	if err != nil {
		return d.later(c, err)
	}
	return answer(w, struct{}{})
}

// press takes a press of a button. What the button means is for the engine to judge: the data may be forged.
func (d *Desk) press(w http.ResponseWriter, r *http.Request) error {
	c, s, err := d.heard(r)
	if err != nil {
		return err
	}
	ctx := context.WithoutCancel(r.Context())
	if err := c.enter(r.Context()); err != nil {
		return err
	}
	defer c.leave()
	if err := d.deliver(ctx, c); err != nil {
		return d.later(c, err)
	}
	rec := d.record(c, s.Ref)
	switch {
	case rec == nil || rec.Mine:
		return errGone
	case s.Data == "" || len(s.Data) > d.Limits().Data || bot.Clean(s.Data) != s.Data:
		return errBad
	}
	u := d.blank(c, s.Key, s.Language)
	u.Kind, u.Ref, u.Press, u.Data = bot.Pressed, s.Ref, u.ID, s.Data
	if err := d.line.give(u); err != nil {
		return d.later(c, err)
	}
	return answer(w, struct{}{})
}

func (d *Desk) later(c *chair, err error) error {
	d.log.Warn("the page was put off", "chair", c.ID, "cause", err)
	return errNotYet
}

func (d *Desk) places(w http.ResponseWriter, r *http.Request) error {
	query := strings.TrimSpace(bot.Clean(r.URL.Query().Get("q")))
	if len(query) > 200 {
		return errLong
	}
	list := []Place{}
	if lat, lon, ok := Coordinates(query); ok {
		list = append(list, Place{Lat: lat, Lon: lon})
	} else if d.opts.Places != nil {
		n := 20
		if query == "" {
			n = 100
		}
		found := d.opts.Places(query, n)
		list = append(list, found[:min(n, len(found))]...)
	}
	return answer(w, list)
}

// answer is a 200 with JSON.
func answer(w http.ResponseWriter, v any) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(v)
}
