package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"otklik/bot"
)

// Send shows a message in a chair. The same key gives the same message again.
func (d *Desk) Send(ctx context.Context, to bot.Peer, m bot.Message, key string, open bot.Opener) (bot.Receipt, error) {
	c, err := d.seat(to)
	if err != nil {
		return bot.Receipt{}, err
	}
	if err := d.fits(m); err != nil {
		return bot.Receipt{}, &bot.Failure{Reason: bot.Never, Err: err}
	}
	if r := d.byKey(c, false, key); r != nil {
		return d.receipt(c, r), nil
	}
	photos, documents, err := d.carry(ctx, m, &record{}, open)
	if err != nil {
		return bot.Receipt{}, err
	}
	c.write.Lock()
	defer c.write.Unlock()
	if r := d.byKey(c, false, key); r != nil { // a second attempt overtook the first
		return d.receipt(c, r), nil
	}
	r := &record{N: c.next, Time: d.now(), ReplyTo: m.ReplyTo, Key: key}
	if m.ReplyTo != "" && d.record(c, m.ReplyTo) == nil {
		r.ReplyTo = ""
	}
	fill(r, m, photos, documents)
	if err := d.keep(ctx, c, r); err != nil {
		return bot.Receipt{}, &bot.Failure{Reason: bot.Later, Err: err}
	}
	return d.receipt(c, r), nil
}

// Edit changes a message where it stands. One that has left the history is to be sent anew.
func (d *Desk) Edit(ctx context.Context, to bot.Peer, ref bot.Ref, m bot.Message, _ string, open bot.Opener) (bot.Receipt, error) {
	c, err := d.seat(to)
	if err != nil {
		return bot.Receipt{}, err
	}
	if err := d.fits(m); err != nil {
		return bot.Receipt{}, &bot.Failure{Reason: bot.Never, Err: err}
	}
	before := d.record(c, ref)
	if before == nil {
		before = &record{}
	}
	photos, documents, err := d.carry(ctx, m, before, open)
	if err != nil {
		return bot.Receipt{}, err
	}
	c.write.Lock()
	defer c.write.Unlock()
	old := d.record(c, ref)
	if old == nil || old.Mine {
		return bot.Receipt{}, &bot.Failure{Reason: bot.NoRef, Err: fmt.Errorf("%s has no message %s to edit", to, ref)}
	}
	r := *old
	fill(&r, m, photos, documents)
	if same(old, &r) {
		return d.receipt(c, old), nil
	}
	r.Edited = d.now()
	if err := d.keep(ctx, c, &r); err != nil {
		return bot.Receipt{}, &bot.Failure{Reason: bot.Later, Err: err}
	}
	return d.receipt(c, &r), nil
}

func fill(r *record, m bot.Message, photos []photo, documents []document) {
	r.Text, r.Bold, r.Photos, r.Files, r.Keyboard, r.Want = m.Text, m.Bold, photos, documents, m.Keyboard, m.WantReply
}

func same(a, b *record) bool {
	return a.Text == b.Text && a.Want == b.Want && slices.Equal(a.Bold, b.Bold) && slices.Equal(a.Photos, b.Photos) && slices.Equal(a.Files, b.Files) &&
		slices.EqualFunc(a.Keyboard, b.Keyboard, slices.Equal[[]bot.Button])
}

// linkTo is the address of what stands in a group.
func (d *Desk) linkTo(c *chair, r *record) string {
	if d.opts.Address == "" {
		return ""
	}
	return d.opts.Address + "/?chair=" + c.ID + "#" + string(r.ref())
}

func (d *Desk) receipt(c *chair, r *record) bot.Receipt {
	out := bot.Receipt{Ref: r.ref()}
	if c.Role == Group {
		out.Link = d.linkTo(c, r)
	}
	for _, p := range r.Photos {
		out.Media = append(out.Media, p.ID)
	}
	return out
}

func (d *Desk) seat(p bot.Peer) (*chair, error) {
	c := d.seats[p.Chat]
	if p.Channel != Name || p.Thread != "" || c == nil {
		return nil, &bot.Failure{Reason: bot.NoPeer, Err: fmt.Errorf("no chair %s", p)}
	}
	return c, nil
}

// fits holds the message against what the page promises to bear.
func (d *Desk) fits(m bot.Message) error {
	limits, buttons := d.Limits(), 0
	switch n := units(m.Text); {
	case n > limits.Text:
		return fmt.Errorf("the text is %d long, at most %d", n, limits.Text)
	case strings.TrimSpace(m.Text) == "" && len(m.Photos) == 0 && len(m.Files) == 0:
		return errors.New("the message is empty")
	case len(m.Photos) > limits.Photos:
		return fmt.Errorf("%d photos, at most %d", len(m.Photos), limits.Photos)
	case len(m.Files) > limits.Photos:
		return fmt.Errorf("%d files, at most %d", len(m.Files), limits.Photos)
	case len(m.Keyboard) > limits.Rows:
		return fmt.Errorf("%d rows of buttons, at most %d", len(m.Keyboard), limits.Rows)
	case !utf8.ValidString(m.Text):
		return errors.New("the text is no valid UTF-8")
	}
	for _, s := range m.Bold {
		if s.Start < 0 || s.End > len(m.Text) || s.Start > s.End {
			return fmt.Errorf("bold %d to %d of %d bytes", s.Start, s.End, len(m.Text))
		}
	}
	for _, row := range m.Keyboard {
		if len(row) > limits.Columns {
			return fmt.Errorf("%d buttons in a row, at most %d", len(row), limits.Columns)
		}
		buttons += len(row)
		for _, b := range row {
			switch {
			case strings.TrimSpace(b.Text) == "" || (b.Data == "") == (b.URL == ""):
				return fmt.Errorf("button %q needs a text and either data or an address", b.Text)
			case len(b.Data) > limits.Data:
				return fmt.Errorf("button %q carries %d bytes, at most %d", b.Text, len(b.Data), limits.Data)
			case b.URL != "" && !webAddress(b.URL):
				return fmt.Errorf("button %q leads nowhere that a browser may open", b.Text)
			}
		}
	}
	if buttons > limits.Buttons {
		return fmt.Errorf("%d buttons, at most %d", buttons, limits.Buttons)
	}
	return nil
}

// units counts as messengers do.
func units(s string) (n int) {
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// Answer tells the page that pressed.
func (d *Desk) Answer(_ context.Context, press, note string, alert bool) error {
	id, key, _ := strings.Cut(press, "/")
	if d.seats[id] == nil {
		return &bot.Failure{Reason: bot.Never, Err: fmt.Errorf("no press %q", press)}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.feed.publish("answer", struct {
		Chair string `json:"chair"`
		Key   string `json:"key"`
		Note  string `json:"note,omitempty"`
		Alert bool   `json:"alert,omitempty"`
	}{id, key, note, alert})
	return nil
}

// Fetch gives a photo's bytes: the desk's refs are the names in Blobs.
func (d *Desk) Fetch(_ context.Context, ref string) (io.ReadCloser, error) {
	if !blobID().MatchString(ref) {
		return nil, &bot.Failure{Reason: bot.Never, Err: fmt.Errorf("no photo %q", ref)}
	}
	r, err := d.opts.Blobs.Open(ref)
	if err != nil {
		return nil, fmt.Errorf("open photo %s: %w", ref, err)
	}
	return r, nil
}

// Link opens the page, which asks whose chair the start word is for.
func (d *Desk) Link(start string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.address == "" {
		return ""
	}
	return strings.TrimSuffix(d.address, "/") + "/?start=" + url.QueryEscape(start)
}

// SetCommands fills the menu of a chair, or of every chair that has none of its own.
func (d *Desk) SetCommands(ctx context.Context, peer bot.Peer, language string, list []bot.Command) error {
	id := ""
	if !peer.IsZero() {
		c, err := d.seat(peer)
		if err != nil {
			return err
		}
		id = c.ID
	}
	value, err := json.Marshal(list)
	if err != nil {
		return err
	}
	d.mu.Lock()
	known := slices.Equal(d.commands[id][language], list)
	d.mu.Unlock()
	if known {
		return nil
	}
	if err := d.opts.Keeper.Save(ctx, "c/"+id+"/"+language, value); err != nil {
		return &bot.Failure{Reason: bot.Later, Err: fmt.Errorf("keep the commands: %w", err)}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.putCommands(id, language, list)
	all := map[string]menu{}
	for _, c := range d.order {
		all[c.ID] = d.menuOf(c)
	}
	d.feed.publish("commands", all)
	return nil
}

func (d *Desk) putCommands(id, language string, list []bot.Command) {
	if d.commands[id] == nil {
		d.commands[id] = map[string][]bot.Command{}
	}
	d.commands[id][language] = list
}
