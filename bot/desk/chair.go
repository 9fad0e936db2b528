package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"otklik/bot"
)

// kept is how many messages of a chair are remembered. Each has one of as many keys, so that what is older gives way
// and the store does not grow for ever.
const kept = 500

// chair is a chat with its history.
type chair struct {
	Chair
	turn  chan struct{} // who holds it gives this chair's updates to the engine
	write sync.Mutex    // held while a record is being kept; taken before Desk.mu

	records []*record // oldest first; a record is never changed, only replaced
	next    uint64    // the number of the next record
}

// record is a message as it is kept.
type record struct {
	N        uint64         `json:"n"` // grows; the message's Ref
	Mine     bool           `json:"mine,omitempty"`
	Time     time.Time      `json:"time"`
	Edited   time.Time      `json:"edited,omitzero"`
	Text     string         `json:"text,omitempty"`
	Bold     []bot.Span     `json:"bold,omitempty"`
	Photos   []photo        `json:"photos,omitempty"`
	Files    []document     `json:"files,omitempty"`
	Location *bot.Location  `json:"location,omitempty"`
	Keyboard [][]bot.Button `json:"keyboard,omitempty"`
	ReplyTo  bot.Ref        `json:"reply_to,omitempty"`
	Want     bool           `json:"want,omitempty"`
	Key      string         `json:"key"` // the sender's: the outbox entry's, or the page's own for what a person wrote
	Language string         `json:"lang,omitempty"`
	Waits    bool           `json:"waits,omitempty"`      // a person's message that the engine has not taken yet
	EditKey  string         `json:"edit_key,omitempty"`   // the page's key for the latest edit
	EditWait bool           `json:"edit_waits,omitempty"` // ... which the engine has not taken yet
}

// photo is a picture in our keeping, its size in pixels; or one that is made whenever the page shows it.
type photo struct {
	ID     string `json:"id,omitempty"`
	Make   string `json:"make,omitempty"`
	Width  int    `json:"w"`
	Height int    `json:"h"`
}

// document is a file that is made whenever somebody downloads it; Size is what it had when it was sent, in bytes.
type document struct {
	Name string `json:"name"`
	Make string `json:"make"`
	Size int64  `json:"size"`
}

func (r *record) ref() bot.Ref { return bot.Ref(strconv.FormatUint(r.N, 10)) }

func (d *Desk) load(ctx context.Context) error {
	err := d.opts.Keeper.Load(ctx, "m/", func(key string, value []byte) error {
		id, _, _ := strings.Cut(strings.TrimPrefix(key, "m/"), "/")
		c := d.seats[id]
		if c == nil { // a chair that is not on the page any more
			return nil
		}
		r := new(record)
		if err := json.Unmarshal(value, r); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		c.records = append(c.records, r)
		return nil
	})
	if err != nil {
		return err
	}
	for _, c := range d.order {
		slices.SortFunc(c.records, func(a, b *record) int { return cmp.Compare(a.N, b.N) })
		if n := len(c.records); n > 0 {
			c.next = c.records[n-1].N + 1
			c.records = slices.Clone(c.records[max(0, n-kept):])
		}
	}
	return d.opts.Keeper.Load(ctx, "c/", func(key string, value []byte) error {
		id, language, _ := strings.Cut(strings.TrimPrefix(key, "c/"), "/")
		var list []bot.Command
		if err := json.Unmarshal(value, &list); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		d.putCommands(id, language, list)
		return nil
	})
}

// keep makes a record durable and then shows it. The caller holds c.write.
func (d *Desk) keep(ctx context.Context, c *chair, r *record) error {
	value, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := d.opts.Keeper.Save(ctx, fmt.Sprintf("m/%s/%03d", c.ID, r.N%kept), value); err != nil {
		return fmt.Errorf("keep message %d of %s: %w", r.N, c.ID, err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if i, ok := c.find(r.N); ok {
		c.records[i] = r
	} else {
		c.records = append(c.records, r)
		if over := len(c.records) - kept; over > 0 {
			c.records = slices.Delete(c.records, 0, over)
		}
		c.next = r.N + 1
	}
	d.feed.publish("message", struct {
		Chair   string `json:"chair"`
		Message view   `json:"message"`
	}{c.ID, viewOf(r)})
	return nil
}

// change replaces a record by what fn makes of a copy of it.
func (d *Desk) change(ctx context.Context, c *chair, n uint64, fn func(r *record)) error {
	c.write.Lock()
	defer c.write.Unlock()
	old := d.record(c, bot.Ref(strconv.FormatUint(n, 10)))
	if old == nil {
		return nil
	}
	r := *old
	fn(&r)
	return d.keep(ctx, c, &r)
}

func (c *chair) find(n uint64) (int, bool) {
	return slices.BinarySearchFunc(c.records, n, func(r *record, n uint64) int { return cmp.Compare(r.N, n) })
}

// record gives the message with this ref, nil if there is none any more.
func (d *Desk) record(c *chair, ref bot.Ref) *record {
	n, err := strconv.ParseUint(string(ref), 10, 64)
	if err != nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if i, ok := c.find(n); ok {
		return c.records[i]
	}
	return nil
}

// byKey gives the message that was sent with this key, by the person or to them.
func (d *Desk) byKey(c *chair, mine bool, key string) *record {
	if key == "" {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range slices.Backward(c.records) {
		if r.Mine == mine && r.Key == key {
			return r
		}
	}
	return nil
}

// waiting gives a person's messages that the engine has not taken, oldest first.
func (d *Desk) waiting(c *chair) (list []*record) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range c.records {
		if r.Waits || r.EditWait {
			list = append(list, r)
		}
	}
	return list
}
