// Package vk is the channel to a VK community, and the only importer of VK's library. Updates come by the Bots Long Poll
// API or by the Callback API; both are confirmed only after the sink has taken them, and what came while nobody listened
// is fetched from the conversations. A message that is sent again after a crash reaches the person once: its random_id
// follows from the outbox entry. No error and no log line of this package holds the token.
package vk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"otklik/bot"
	"otklik/bot/kit"
)

// Name is the channel's name in every peer.
const Name = "vk"

// PublicAPI is where VK's methods are.
const PublicAPI = "https://api.vk.ru/method/"

// Keeper keeps bytes by key, durably: storage.Drawer does.
type Keeper interface {
	// Save keeps a value; it is durable when Save returns nil.
	Save(ctx context.Context, key string, value []byte) error
	// Load gives every key with this prefix and its value, in order of the keys.
	Load(ctx context.Context, prefix string, fn func(key string, value []byte) error) error
}

// Options of a channel. Token and Keeper must be given.
type Options struct {
	Token   func() string                                   // gives the community's token
	Keeper  Keeper                                          // keeps where the long poll stands and the pages of long keyboards
	Service func() string                                   // gives an application's service key, which reads any community; nil or "": only our own is read
	Sources func(ctx context.Context) ([]bot.Source, error) // the communities to read; nil: none
	API     string                                          // base address of the methods; "" is PublicAPI
	Webhook string                                          // public address that VK sends events to; "" polls
	Client  *http.Client                                    // nil: one of its own
	Log     *slog.Logger                                    // nil: slog.Default
	Now     func() time.Time                                // nil: time.Now
	// Heed hears of each call and what became of it (bot.CallOutcome), from many goroutines; nil: nobody does.
	Heed func(what bot.Call, outcome string)
}

// Channel is one community of VK.
type Channel struct {
	api     *api
	post    *post
	service *api // reads what is not ours; nil: nothing is read
	sources func(ctx context.Context) ([]bot.Source, error)
	keep    Keeper
	log     *slog.Logger
	now     func() time.Time
	hook    *hook // nil: events are polled
	pause   kit.Pauser

	presses  *kit.Presses
	sends    *kit.Memory        // what messages were made of
	several  *shelf             // the further parts of messages, by their last
	uploads  *kit.Memory        // attachments by the photo's ID
	bringing singleflight.Group // uploads under way, by the same
	names    *kit.Memory
	unable   *shelf      // the people's clients that cannot show everything
	clients  *kit.Memory // what the people's clients can show
	taken    *kit.Memory // the IDs of updates that the sink took
	pages    pages
	sheets   *shelf         // long keyboards
	turns    sync.WaitGroup // pages that are being turned
	missed   atomic.Pointer[catchUp]
	placing  sync.Mutex // held while place is changed and kept
	place    position
	shut     [2]atomic.Bool // VK takes no photos, or no files, from this token, and the log has it

	mu    sync.Mutex
	group group // zero until VK told it
	heard time.Time
}

// group is the community.
type group struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Screen string `json:"screen_name"`
}

// New gives a channel. It asks nothing of the network: that is Run's, which bears a network that is down.
func New(o Options) (*Channel, error) {
	switch {
	case o.Token == nil || o.Token() == "":
		return nil, errors.New("vk: no token")
	case o.Keeper == nil:
		return nil, errors.New("vk: no keeper")
	}
	base := o.API
	if base == "" {
		base = PublicAPI
	}
	if u, err := url.Parse(base); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" {
		return nil, errors.New("vk: the address of the methods must be like " + PublicAPI)
	}
	c := &Channel{api: newAPI(o.Token, strings.TrimRight(base, "/")+"/", o.Client), keep: o.Keeper, log: o.Log, now: o.Now, pause: kit.Sleep,
		sends: kit.NewMemory(4096), uploads: kit.NewMemory(4096), names: kit.NewMemory(20_000), clients: kit.NewMemory(20_000), taken: kit.NewMemory(20_000)}
	if o.Heed != nil {
		c.api.heed = o.Heed
	}
	c.post = &post{api: c.api}
	if o.Service != nil && o.Service() != "" && o.Sources != nil {
		c.service, c.sources = newService(o, strings.TrimRight(base, "/")+"/"), o.Sources
	}
	c.several = &shelf{keep: o.Keeper, head: "m", room: 4096}
	c.sheets = &shelf{keep: o.Keeper, head: "s", room: keptSheets}
	c.unable = &shelf{keep: o.Keeper, head: "c", room: 4096}
	c.presses = kit.NewPresses(c.answerQuietly)
	if c.log == nil {
		c.log = slog.Default()
	}
	c.log = c.log.With("channel", Name)
	if c.now == nil {
		c.now = time.Now
	}
	if o.Webhook != "" {
		var err error
		if c.hook, err = newHook(o.Webhook, o.Token()); err != nil {
			return nil, fmt.Errorf("vk: %w", err)
		}
	}
	return c, nil
}

// Name is "vk".
func (c *Channel) Name() string { return Name }

// Limits of VK. What leaves in all has no limit here: the calls keep VK's pace, and one call carries many messages.
func (c *Channel) Limits() bot.Limits {
	return bot.Limits{
		Text: maxText, Caption: maxText, Photos: maxPhotos, Rows: maxRows, Columns: maxColumns, Buttons: maxButtons, Data: maxData,
		Chat:  bot.Rate{Events: 1, Per: time.Second, Burst: 5},
		Group: bot.Rate{Events: 1, Per: time.Second, Burst: 5},
	}
}

// Link gives the address that opens the conversation with the community; what a person writes there first carries the
// word. It is "" for a word of other signs than letters, digits, "_" and "-", and until VK told the community's name.
func (c *Channel) Link(start string) string {
	g := c.self()
	if g.ID == 0 || !isStart(start) {
		return ""
	}
	name := g.Screen
	if name == "" {
		name = "club" + strconv.FormatInt(g.ID, 10)
	}
	return "https://vk.me/" + name + "?ref=" + start
}

func isStart(s string) bool {
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_', r == '-':
		default:
			return false
		}
	}
	return s != "" && len(s) <= 255
}

// LastHeard tells when VK last answered a poll or brought an event.
func (c *Channel) LastHeard() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.heard
}

func (c *Channel) hears() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard = c.now()
}

// self is the community as VK knows it; zero until Run has asked.
func (c *Channel) self() group {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.group
}

var (
	_ bot.Channel  = (*Channel)(nil)
	_ bot.Answerer = (*Channel)(nil)
	_ bot.Fetcher  = (*Channel)(nil)
	_ bot.Linker   = (*Channel)(nil)
	_ bot.Server   = (*Channel)(nil)
	_ bot.Reporter = (*Channel)(nil)
)
