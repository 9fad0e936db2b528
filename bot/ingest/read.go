package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"strings"
	"time"

	"otklik/bot"
)

// message is one that another system has found. Only id and text, or id and photos, must be there.
type message struct {
	ID      string    `json:"id"`       // the same message always has the same, another never
	Source  string    `json:"source"`   // a short name: a-z, 0-9, "-", "_", "."; "" is "default"
	Title   string    `json:"title"`    // how people call the source
	Author  string    `json:"author"`   // as people see it
	Text    string    `json:"text"`     //
	Link    string    `json:"link"`     // where it stands
	ReplyTo string    `json:"reply_to"` // the id of the message that it replies to
	Time    time.Time `json:"time"`     // RFC 3339
	Photos  []string  `json:"photos"`   // their addresses
	Lat     *float64  `json:"lat"`
	Lon     *float64  `json:"lon"`
}

const (
	maxID     = 200
	maxText   = 64 << 10
	maxPhotos = 10
)

var sourceForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// fault is what is wrong with a request.
type fault struct {
	why   string
	item  *int
	large bool
}

// read reads one message or a list of them.
func read(raw []byte) ([]message, *fault) {
	var list []message
	raw = bytes.TrimSpace(raw)
	if len(raw) > 0 && raw[0] == '{' {
		raw = append(append([]byte{'['}, raw...), ']')
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return nil, &fault{why: "not JSON: one message or a list of them is due"}
	}
	switch {
	case len(parts) == 0:
		return nil, &fault{why: "no message"}
	case len(parts) > maxBatch:
		return nil, &fault{why: fmt.Sprintf("more than %d messages at once", maxBatch), large: true}
	}
	for i, part := range parts {
		var m message
		if err := json.Unmarshal(part, &m); err != nil {
			return nil, &fault{why: "a field is not what it should be: " + kindOf(err), item: &i}
		}
		if why := m.check(); why != "" {
			return nil, &fault{why: why, item: &i}
		}
		list = append(list, m)
	}
	return list, nil
}

// kindOf names the field of an error of encoding/json, without what stood in it.
func kindOf(err error) string {
	if t, ok := err.(*json.UnmarshalTypeError); ok { //nolint:errorlint // it is never wrapped
		return t.Field
	}
	return "time is RFC 3339, such as 2026-11-23T10:00:00+03:00"
}

// check tells what is wrong with a message; "" if nothing is.
func (m *message) check() string {
	m.ID, m.Source = strings.TrimSpace(m.ID), strings.TrimSpace(m.Source)
	if m.Source == "" {
		m.Source = "default"
	}
	switch {
	case m.ID == "":
		return "id is missing"
	case len(m.ID) > maxID:
		return fmt.Sprintf("id is longer than %d bytes", maxID)
	case !sourceForm.MatchString(m.Source):
		return "source must be a short name of a-z, 0-9, -, _ and ."
	case strings.TrimSpace(m.Text) == "" && len(m.Photos) == 0:
		return "text is missing"
	case len(m.Text) > maxText:
		return fmt.Sprintf("text is longer than %d KB", maxText>>10)
	case len(m.Photos) > maxPhotos:
		return fmt.Sprintf("more than %d photos", maxPhotos)
	case (m.Lat == nil) != (m.Lon == nil):
		return "lat and lon belong together"
	case m.Lat != nil && (math.Abs(*m.Lat) > 90 || math.Abs(*m.Lon) > 180):
		return "lat or lon is out of range"
	}
	for _, address := range append([]string{m.Link}, m.Photos...) {
		if u, err := url.Parse(address); address != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
			return "link and photos are web addresses"
		}
	}
	return ""
}

// update is a message in the core's words.
func (m *message) update(now time.Time) bot.Update {
	source := bot.Peer{Channel: Name, Chat: m.Source}
	u := bot.Update{Channel: Name, ID: m.Source + " " + m.ID, Kind: bot.Written, Time: m.Time, Peer: source, Group: true, Ref: bot.Ref(m.ID),
		ReplyTo: bot.Ref(strings.TrimSpace(m.ReplyTo)), From: bot.User{Name: bot.Clean(m.Author)}, Text: bot.Clean(m.Text), Source: source,
		Title: bot.Clean(m.Title), Link: m.Link, ReadOnly: true, Vouched: true}
	if u.Time.IsZero() || u.Time.After(now) || u.Time.Year() < 1990 {
		u.Time = now
	}
	if u.Title == "" {
		u.Title = m.Source
	}
	for _, p := range m.Photos {
		u.Media = append(u.Media, bot.Media{Refs: map[string]string{Name: p}})
	}
	if m.Lat != nil {
		u.Location = &bot.Location{Lat: *m.Lat, Lon: *m.Lon}
	}
	return u
}
