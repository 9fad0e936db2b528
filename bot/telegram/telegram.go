// Package telegram is the channel to Telegram's Bot API, and the only importer of its library. Updates come by long
// polling or by a webhook; both confirm an update only after the sink has taken it. No error and no log line of this
// package holds the token.
package telegram

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"otklik/bot"
	"otklik/bot/kit"
)

// Name is the channel's name in every peer.
const Name = "telegram"

// PublicAPI is the Bot API server that everybody may use.
const PublicAPI = "https://api.telegram.org"

// Options of a channel. Token must be given.
type Options struct {
	Token   func() string    // gives the bot's token
	Keeper  Keeper           // keeps who the bot is; nil: nobody does, and a start asks first
	API     string           // base address of the Bot API server; "" is PublicAPI
	Unpaced bool             // keep no pace: the server is a simulated one
	Webhook string           // public address that Telegram sends updates to; "" polls
	Client  *http.Client     // nil: one of its own. Redirects are never followed: the token is in the address
	Log     *slog.Logger     // nil: slog.Default
	Now     func() time.Time // nil: time.Now
	// Heed hears of each call and what became of it (bot.CallOutcome), from many goroutines; nil: nobody does.
	Heed func(what bot.Call, outcome string)
}

// Channel is one bot of Telegram.
type Channel struct {
	api  *api
	keep Keeper // nil: nothing is kept
	log  *slog.Logger
	now  func() time.Time
	hook *hook // nil: updates are polled
	// pause waits between attempts; it ends early with ctx.
	pause   kit.Pauser
	unpaced bool

	presses *kit.Presses
	sends   *kit.Memory
	crowd   crowd
	menus   menus

	mu    sync.Mutex
	me    tgbotapi.User // zero until Telegram told it
	heard time.Time     // when Telegram last answered a poll, or brought an update
}

var tokenShape = regexp.MustCompile(`^[0-9]+:[A-Za-z0-9_-]+$`)

// New gives a channel. It asks nothing of the network: that is Run's, which bears a network that is down.
func New(o Options) (*Channel, error) {
	if o.Token == nil || o.Token() == "" {
		return nil, errors.New("telegram: no token")
	}
	if !tokenShape.MatchString(o.Token()) {
		return nil, errors.New("telegram: the token does not look like one of BotFather's: digits, a colon, letters")
	}
	base := strings.TrimRight(o.API, "/")
	if base == "" {
		base = PublicAPI
	}
	if u, err := url.Parse(base); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" {
		return nil, errors.New("telegram: the address of the Bot API must be like " + PublicAPI)
	}
	c := &Channel{api: newAPI(o.Token, base, o.Client), keep: o.Keeper, log: o.Log, now: o.Now, pause: kit.Sleep, unpaced: o.Unpaced, sends: kit.NewMemory(4096)}
	if o.Heed != nil {
		c.api.heed = o.Heed
	}
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
			return nil, fmt.Errorf("telegram: %w", err)
		}
	}
	c.presses = kit.NewPresses(c.answerQuietly)
	return c, nil
}

// Name is "telegram".
func (c *Channel) Name() string { return Name }

// Limits of the Bot API, and the pace that it asks for.
func (c *Channel) Limits() bot.Limits {
	l := bot.Limits{Text: maxText, Caption: maxCaption, Photos: maxGroup, Rows: maxButtons, Columns: maxColumns, Buttons: maxButtons, Data: maxData, Bold: true}
	if !c.unpaced {
		l.All = bot.Rate{Events: 30, Per: time.Second, Burst: 30}
		l.Chat = bot.Rate{Events: 1, Per: time.Second, Burst: 3}
		l.Group = bot.Rate{Events: 20, Per: time.Minute, Burst: 3}
	}
	return l
}

var startShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// Link gives the address that opens a private chat with the bot and starts it with this word: 1 to 64 letters, digits,
// "_" and "-". It is "" for another word, and until Telegram told the bot's name.
func (c *Channel) Link(start string) string {
	name := c.self().UserName
	if name == "" || !startShape.MatchString(start) {
		return ""
	}
	return "https://t.me/" + name + "?start=" + start
}

// LastHeard tells when Telegram last answered a poll or brought an update.
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

// self is the bot as Telegram knows it; zero until Run has asked.
func (c *Channel) self() tgbotapi.User {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.me
}

var (
	_ bot.Channel   = (*Channel)(nil)
	_ bot.Answerer  = (*Channel)(nil)
	_ bot.Fetcher   = (*Channel)(nil)
	_ bot.Linker    = (*Channel)(nil)
	_ bot.Commander = (*Channel)(nil)
	_ bot.Server    = (*Channel)(nil)
	_ bot.Reporter  = (*Channel)(nil)
)
