// Package feed is the channel that reads RSS, Atom and JSON feeds: pages of news, and bridges for networks that have no
// API of their own. Nothing can be posted there. What it has read is marked after the sink has taken it, so nothing is
// lost with the program; an item has the same id always, so nothing is read twice.
package feed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"otklik/bot"
	"otklik/bot/kit"
)

// Name is the channel's name in every peer.
const Name = "feed"

// Keeper keeps bytes by key, durably: storage.Drawer does.
type Keeper interface {
	// Save keeps a value; it is durable when Save returns nil.
	Save(ctx context.Context, key string, value []byte) error
	// Load gives every key with this prefix and its value, in order of the keys.
	Load(ctx context.Context, prefix string, fn func(key string, value []byte) error) error
}

// Options of the channel. Sources and Keeper must be given.
type Options struct {
	Sources func(ctx context.Context) ([]bot.Source, error) // what is to be read now
	Keeper  Keeper
	Client  *http.Client     // nil: one of its own
	Log     *slog.Logger     // nil: slog.Default
	Now     func() time.Time // nil: time.Now
}

// Channel reads feeds.
type Channel struct {
	kit.ReadOnly

	sources func(ctx context.Context) ([]bot.Source, error)
	keep    Keeper
	client  *http.Client
	outside *http.Client // for pictures
	log     *slog.Logger
	now     func() time.Time

	mu    sync.Mutex
	heard time.Time
}

const (
	fetchTime = 30 * time.Second
	maxFeed   = 8 << 20 // bytes
	agent     = "Otklik (incident desk; reads this feed for its region)"
)

// New makes the channel.
func New(o Options) (*Channel, error) {
	if o.Sources == nil || o.Keeper == nil {
		return nil, errors.New("feed: Sources and Keeper must be given")
	}
	c := &Channel{ReadOnly: "a feed can only be read", sources: o.Sources, keep: o.Keeper, client: o.Client, log: o.Log, now: o.Now}
	c.outside = o.Client
	if c.client == nil {
		c.client, c.outside = &http.Client{}, kit.Outside()
	}
	if c.log == nil {
		c.log = slog.Default()
	}
	if c.now == nil {
		c.now = time.Now
	}
	c.heard = c.now()
	return c, nil
}

// Name is the channel's name.
func (c *Channel) Name() string { return Name }

// Locate takes any web address but those of networks that have channels of their own.
func (c *Channel) Locate(address string) (bot.Source, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return bot.Source{}, false
	}
	switch host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www."); host {
	case "t.me", "telegram.me", "vk.com", "vk.ru", "m.vk.com", "m.vk.ru":
		return bot.Source{}, false
	}
	u.Fragment = ""
	return bot.Source{Peer: PeerOf(u.String()), Address: u.String()}, true
}

// PeerOf is the peer of a feed's address: an address may hold what a peer may not.
func PeerOf(address string) bot.Peer {
	sum := sha256.Sum256([]byte(address))
	return bot.Peer{Channel: Name, Chat: hex.EncodeToString(sum[:8])}
}

// LastHeard tells when all went well last: that a single feed cannot be read is its own matter.
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
