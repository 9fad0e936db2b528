// Package desk is the messenger of the built-in web page: chairs side by side, each an ordinary chat through the
// ordinary engine, so that a newcomer tries every role in a browser without any token.
//
// What a chair wrote and what it was told is kept through a Keeper, photos through Blobs; the page gets every change
// as a server-sent event. The page needs no login: it is meant for one's own machine. Requests that another site or a
// rebound name makes are refused, see guard.
package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"sync"
	"time"

	"otklik/bot"
)

// Name is the channel's name in every peer.
const Name = "desk"

// The roles that the page has a colour, a name and starting examples for.
const (
	Resident = "resident"
	Curator  = "curator"
	Official = "official"
	Group    = "group" // a public group, in which anybody speaks
)

// Chair is one of the chats on the page, and the person who sits there.
type Chair struct {
	ID       string   // the chat and the person in every peer, for ever the same: a-z, 0-9 and "-", at most 32
	Name     string   // the person, as in «Анна Кузнецова»
	Role     string   // Resident, Curator, Official, Group; anything else is shown as it stands
	Title    string   // where the person lives or works, as in «Администрация города Кирова»; may be empty
	Starters []string // examples that an empty chat offers; nil takes the role's own
}

// Place is a point that the page's list of places offers.
type Place struct {
	Name string  `json:"name"`
	Note string  `json:"note,omitempty"` // tells homonyms apart: the municipality
	Lat  float64 `json:"lat"`
	Lon  float64 `json:"lon"`
}

// Keeper keeps bytes by key, durably: storage.Drawer does.
type Keeper interface {
	// Save keeps a value; it is durable when Save returns nil.
	Save(ctx context.Context, key string, value []byte) error
	// Load gives every key with this prefix and its value, in order of the keys.
	Load(ctx context.Context, prefix string, fn func(key string, value []byte) error) error
}

// Blobs keeps photos.
type Blobs interface {
	// Put keeps what r gives, at most limit bytes, and names it: letters, digits, ".", "_" and "-".
	Put(ctx context.Context, r io.Reader, limit int64) (id string, size int64, err error)
	// Open gives the bytes again.
	Open(id string) (io.ReadCloser, error)
}

// Options of a desk. Chairs, Keeper and Blobs must be given.
type Options struct {
	Chairs []Chair // in the order of the page
	Keeper Keeper
	Blobs  Blobs
	// Open gives what messages carry and the program makes, whenever a page shows it: nothing of it is kept. nil: nobody does.
	Open bot.Opener
	// Places gives at most n places whose name fits the query, best first; "" asks for those that a map of the region
	// shows. nil leaves the page with coordinates only.
	Places func(query string, n int) []Place
	// Zone is where the page's times are told; nil leaves it to the reader's browser.
	Zone *time.Location
	// Address is where a browser finds the page, such as "http://127.0.0.1:8080", for Link; may be set later.
	Address string
	// Hosts are names that the page may be asked for by, besides localhost, plain IP addresses and Address's own.
	Hosts []string
	Log   *slog.Logger     // nil: slog.Default
	Now   func() time.Time // nil: time.Now
}

// Desk is the page and the channel behind it.
type Desk struct {
	opts  Options
	log   *slog.Logger
	now   func() time.Time
	page  *page
	order []*chair
	seats map[string]*chair
	slots chan struct{} // how many photos are looked at side by side
	beat  time.Duration // of every stream
	retry chan struct{} // rung when a message could not be given to the engine

	mu       sync.Mutex // guards what the page shows: the chairs' records, the commands, the feed, the address
	feed     *feed
	commands map[string]map[string][]bot.Command // by chair ("" is everybody's) and language
	address  string

	line lineToSink
}

var chairID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`) })

// New gives a desk with the conversations as they were kept.
func New(o Options) (*Desk, error) {
	switch {
	case len(o.Chairs) == 0:
		return nil, errors.New("desk: no chairs")
	case o.Keeper == nil || o.Blobs == nil:
		return nil, errors.New("desk: a keeper and a place for photos must be given")
	}
	d := &Desk{
		opts: o, log: o.Log, now: o.Now, address: o.Address,
		seats: map[string]*chair{}, feed: newFeed(),
		beat: beat, slots: make(chan struct{}, 2), retry: make(chan struct{}, 1),
		commands: map[string]map[string][]bot.Command{},
	}
	if d.log == nil {
		d.log = slog.Default()
	}
	if d.now == nil {
		d.now = time.Now
	}
	for _, c := range o.Chairs {
		if !chairID().MatchString(c.ID) {
			return nil, fmt.Errorf("desk: chair %q: an id is a-z, 0-9 and -, at most 32", c.ID)
		}
		if d.seats[c.ID] != nil {
			return nil, fmt.Errorf("desk: chair %q stands twice", c.ID)
		}
		seat := &chair{Chair: c, turn: make(chan struct{}, 1), next: 1}
		d.seats[c.ID] = seat
		d.order = append(d.order, seat)
	}
	var err error
	if d.page, err = newPage(); err != nil {
		return nil, fmt.Errorf("desk: %w", err)
	}
	if err := d.load(context.Background()); err != nil {
		return nil, fmt.Errorf("desk: what was kept cannot be read: %w", err)
	}
	return d, nil
}

// Name is "desk".
func (d *Desk) Name() string { return Name }

// Limits of the page: it has no pace to keep.
func (d *Desk) Limits() bot.Limits {
	return bot.Limits{Text: 4096, Caption: 4096, Photos: 10, Rows: 40, Columns: 8, Buttons: 100, Data: 64, Bold: true}
}

// SetAddress says where a browser finds the page, once that is known.
func (d *Desk) SetAddress(address string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.address = address
}

// Run lets the page write: until ctx ends every message and press goes to sink. It first gives those that an earlier
// run had kept and not handed over. When it returns, no call of sink is under way and every open page was let go.
func (d *Desk) Run(ctx context.Context, sink bot.Sink) error {
	d.line.open(ctx, sink)
	defer d.feed.release()
	defer d.line.close()
	d.handOver(ctx)
	return nil
}

var (
	_ bot.Channel   = (*Desk)(nil)
	_ bot.Answerer  = (*Desk)(nil)
	_ bot.Fetcher   = (*Desk)(nil)
	_ bot.Linker    = (*Desk)(nil)
	_ bot.Commander = (*Desk)(nil)
	_ bot.Server    = (*Desk)(nil)
	_ http.Handler  = (*guard)(nil)
)
