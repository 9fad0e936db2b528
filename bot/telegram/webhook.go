package telegram

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"otklik/bot"
	"otklik/bot/kit"
)

const (
	secretHeader = "X-Telegram-Bot-Api-Secret-Token"
	maxUpdate    = 4 << 20 // bytes of one update
	// watch is how often we ask whether the webhook still stands.
	watch = 5 * time.Minute
)

// hook is where Telegram brings updates to.
type hook struct {
	address string // public
	path    string
	secret  string

	mu   sync.Mutex
	ctx  context.Context // Run's; nil while it does not run
	sink bot.Sink
	wg   sync.WaitGroup
}

// newHook makes the webhook of a public address. Its secret follows from the token, so that it outlasts a restart.
func newHook(address, token string) (*hook, error) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.RawQuery != "" || strings.ContainsAny(u.Path, "{} ") {
		return nil, errors.New("the webhook must be a public address such as https://desk.example.org/telegram")
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/" + Name
	}
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write([]byte("webhook"))
	return &hook{address: u.String(), path: u.Path, secret: hex.EncodeToString(mac.Sum(nil))}, nil
}

// Routes puts the webhook on the listen address, at the path of its public address; "/telegram" if that has none.
func (c *Channel) Routes(mux *http.ServeMux) {
	if c.hook != nil {
		mux.HandleFunc("POST "+c.hook.path, c.receive)
	}
}

// receive takes one update from Telegram and answers 200 once it is durable; anything else makes Telegram bring it again.
func (c *Channel) receive(w http.ResponseWriter, r *http.Request) {
	given := []byte(r.Header.Get(secretHeader))
	if subtle.ConstantTimeCompare(given, []byte(c.hook.secret)) != 1 {
		http.Error(w, "not from Telegram", http.StatusForbidden)
		return
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpdate))
	raw = kit.Bounded(raw)
	if err != nil {
		http.Error(w, "the update did not arrive", http.StatusBadRequest)
		return
	}
	ctx, sink, leave := c.hook.enter()
	if leave == nil {
		http.Error(w, "not running", http.StatusServiceUnavailable)
		return
	}
	defer leave()
	c.hears()
	if _, err := c.deliver(ctx, sink, []jsontext.Value{raw}); err != nil { //nolint:contextcheck // see enter
		c.log.Warn("an update could not be kept; it comes again", "err", c.api.clean(err.Error()))
		http.Error(w, "not kept", http.StatusInternalServerError)
	}
}

// enter begins a delivery. Its context is Run's, not the request's: when Telegram hangs up, the work still ends well.
func (h *hook) enter() (ctx context.Context, sink bot.Sink, leave func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ctx == nil || h.ctx.Err() != nil {
		return nil, nil, nil
	}
	h.wg.Add(1)
	return h.ctx, h.sink, h.wg.Done
}

func (h *hook) open(ctx context.Context, sink bot.Sink) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ctx, h.sink = ctx, sink
}

func (h *hook) close() {
	h.mu.Lock()
	h.ctx, h.sink = nil, nil
	h.mu.Unlock()
	h.wg.Wait()
}

// serve has Telegram bring its updates until ctx ends, and sees to it that it goes on doing so.
func (c *Channel) serve(ctx context.Context, sink bot.Sink) error {
	c.hook.open(ctx, sink)
	defer c.hook.close()
	for {
		if err := c.insist(ctx, c.setWebhook); err != nil {
			return err
		}
		for stands := true; stands; {
			if !c.pause(ctx, watch) {
				return ctx.Err()
			}
			stands = c.webhookStands(ctx)
		}
	}
}

func (c *Channel) setWebhook(ctx context.Context) error {
	p := tgbotapi.Params{"url": c.hook.address, "secret_token": c.hook.secret, "allowed_updates": kinds}
	err := c.api.call(ctx, "setWebhook", p, nil)
	if bot.FailureOf(err).Reason == bot.Never && err != nil {
		return &bot.Failure{Reason: bot.Later, Err: err} // the address may become good: a name, a certificate
	}
	return err
}

// webhookStands asks whether Telegram still brings updates here, and tells the log what it complains of.
func (c *Channel) webhookStands(ctx context.Context) bool {
	var info tgbotapi.WebhookInfo
	if err := c.api.call(ctx, "getWebhookInfo", nil, &info); err != nil {
		return true // nobody knows
	}
	if c.now().Sub(time.Unix(int64(info.LastErrorDate), 0)) <= watch {
		c.log.Warn("Telegram could not deliver to the webhook", "err", c.api.clean(info.LastErrorMessage), "waiting", info.PendingUpdateCount)
	}
	c.hears()
	if info.URL != c.hook.address {
		c.log.Warn("the webhook was changed by somebody else; setting it again")
		return false
	}
	return true
}
