package telegram

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"otklik/bot"
	"otklik/bot/kit"
)

// Keeper keeps bytes by key, durably: storage.Drawer does.
type Keeper interface {
	// Save keeps a value; it is durable when Save returns nil.
	Save(ctx context.Context, key string, value []byte) error
	// Load gives every key with this prefix and its value, in order of the keys.
	Load(ctx context.Context, prefix string, fn func(key string, value []byte) error) error
}

// identity is what Telegram told an earlier program. One that is back asks for updates at once, and beside that who we are.
type identity struct {
	Me    tgbotapi.User `json:"me"`
	Polls bool          `json:"polls"` // no webhook of ours stands in the way. Another's makes Telegram refuse a poll
	By    string        `json:"by"`    // for whom: see bearer
}

const identityKey = "identity"

// nameTime is how long updates of groups wait at the start for the bot's name, which may be another now.
const nameTime = 2 * time.Second

// bearer tells one token from another, and not what it is. Another address of the API is another Telegram.
func (c *Channel) bearer() string {
	mac := hmac.New(sha256.New, []byte(c.api.token()))
	mac.Write([]byte("identity " + c.api.base))
	const enough = 16
	return hex.EncodeToString(mac.Sum(nil)[:enough])
}

// recall takes what is kept of an earlier program; false if it is not enough to poll at once.
func (c *Channel) recall(ctx context.Context) bool {
	var k identity
	if c.keep == nil || c.hook != nil {
		return false
	}
	err := c.keep.Load(ctx, identityKey, func(_ string, value []byte) error { return json.Unmarshal(value, &k) })
	if err != nil {
		c.log.Debug("what is kept of Telegram cannot be read", "err", err)
		return false
	}
	if k.By != c.bearer() || !k.Polls || k.Me.ID == 0 || k.Me.UserName == "" {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.me = k.Me
	return true
}

// remember keeps who we are for the next program.
func (c *Channel) remember(ctx context.Context) {
	if c.keep == nil {
		return
	}
	raw, err := json.Marshal(identity{c.self(), c.hook == nil, c.bearer()})
	if err == nil {
		err = c.keep.Save(context.WithoutCancel(ctx), identityKey, raw)
	}
	if err != nil {
		c.log.Warn("who the bot is was not kept; after a restart Telegram is asked first", "err", err)
	}
}

// resume polls at once, and asks beside that who we are.
func (c *Channel) resume(ctx context.Context, sink bot.Sink) error {
	meeting, end := context.WithCancel(ctx)
	asked, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		c.meet(meeting, asked)
	}()
	defer func() { end(); <-over }()
	return c.poll(ctx, sink, asked)
}

// meet asks who we are beside the updates, until Telegram says so: the bot's name may have been changed. asked is closed
// once it was asked. A token that is refused and a network that is down are told of by the polls.
func (c *Channel) meet(ctx context.Context, asked chan<- struct{}) {
	var s kit.Spell
	before := c.self()
	for first := true; ; first = false {
		err := c.greet(ctx)
		if first {
			close(asked)
		}
		if err == nil {
			if c.self() != before {
				c.remember(ctx)
			}
			return
		}
		c.log.Debug("nobody knows whether the bot's name is the same", "err", err)
		if !c.pause(ctx, s.Next(bot.FailureOf(err).After)) {
			return
		}
	}
}

// named waits, if these updates may call the bot by its name, until Telegram was asked for that; asked may be nil.
func (c *Channel) named(ctx context.Context, asked <-chan struct{}, raws []jsontext.Value) {
	if asked == nil || !slices.ContainsFunc(raws, func(raw jsontext.Value) bool { return bytes.Contains(raw, []byte("group")) }) {
		return
	}
	select {
	case <-asked:
	case <-time.After(nameTime):
	case <-ctx.Done():
	}
}
