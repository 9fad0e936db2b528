package telegram

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"otklik/bot"
)

// How long a call may take.
const (
	callTime   = 30 * time.Second
	uploadTime = 3 * time.Minute
)

// maxIdle is how many connections to a host are kept: one for each message that the outbox sends at once, and for each answer to
// a press beside it.
const maxIdle = 128

// maxAnswer bounds what is read of one answer.
const maxAnswer = 32 << 20

// api makes the calls. The library, which uploads, has no contexts and puts the token into its errors; here each call gets
// both mended.
type api struct {
	token  func() string
	base   string
	client *http.Client
	heed   func(what bot.Call, outcome string) // hears of each call
}

func newAPI(token func() string, base string, client *http.Client) *api {
	own := http.Client{}
	if client != nil {
		own = *client
	}
	if t, ok := http.DefaultTransport.(*http.Transport); ok && own.Transport == nil {
		t = t.Clone()
		// Without pings a connection that silently died would be used, and waited for, for many minutes.
		t.HTTP2 = &http.HTTP2Config{SendPingTimeout: 20 * time.Second, PingTimeout: 10 * time.Second}
		// Many calls are under way at once, all to one host: a connection for each is kept, not made anew.
		t.MaxIdleConns, t.MaxIdleConnsPerHost = 0, maxIdle
		own.Transport = t
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	own.Timeout = 0 // each call has its own
	return &api{token, base, &own, func(bot.Call, string) {}}
}

// call makes one call and decodes its result into into, which may be nil. Its errors are a *bot.Failure.
func (a *api) call(ctx context.Context, method string, p tgbotapi.Params, into any, files ...tgbotapi.RequestFile) error {
	limit := callTime
	if len(files) > 0 {
		limit = uploadTime
	}
	return a.callWithin(ctx, limit, method, p, into, files...)
}

func (a *api) callWithin(ctx context.Context, limit time.Duration, method string, p tgbotapi.Params, into any, files ...tgbotapi.RequestFile) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	x := &exchange{ctx: ctx, client: a.client}
	var err error
	if len(files) > 0 {
		err = a.upload(x, method, p, into, files)
	} else {
		err = a.ask(x, method, p, into)
	}
	if err == nil {
		a.count(method, len(files) > 0, nil)
		return nil
	}
	f := a.failure(method, x, err)
	a.count(method, len(files) > 0, f)
	return f
}

// upload makes a call with files, by the library.
func (a *api) upload(x *exchange, method string, p tgbotapi.Params, into any, files []tgbotapi.RequestFile) error {
	lib := &tgbotapi.BotAPI{Token: a.token(), Client: x}
	lib.SetAPIEndpoint(strings.ReplaceAll(a.base, "%", "%%") + "/bot%s/%s")
	answer, err := lib.UploadFiles(method, p, files)
	if err == nil && into != nil {
		err = json.Unmarshal(answer.Result, into, lenient)
	}
	return err
}

// count tells the figures what became of a call.
func (a *api) count(method string, brings bool, err error) {
	if outcome := bot.CallOutcome(err, codeOf(err) != 0); outcome != "" {
		a.heed(purpose(method, brings), outcome)
	}
}

// purpose says what a method is called for.
func purpose(method string, brings bool) bot.Call {
	switch {
	case brings:
		return bot.CallUpload
	case method == "getUpdates":
		return bot.CallPoll
	case method == "answerCallbackQuery":
		return bot.CallAnswer
	case method == "getFile", method == download:
		return bot.CallFetch
	case strings.HasPrefix(method, "send"):
		return bot.CallSend
	case strings.HasPrefix(method, "edit"), method == "deleteMessage":
		return bot.CallEdit
	}
	return bot.CallOther
}

// exchange is one request and its answer; to the library it is the client for the time of a call.
type exchange struct {
	ctx    context.Context
	client *http.Client
	status int // 0: no answer
}

// Do sends a request of the library's within the call's context.
func (x *exchange) Do(r *http.Request) (*http.Response, error) { return x.send(r.WithContext(x.ctx)) }

func (x *exchange) send(r *http.Request) (*http.Response, error) {
	resp, err := x.client.Do(r)
	if err != nil {
		return nil, err
	}
	x.status = resp.StatusCode
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	return resp, nil
}

// scrub gives an error that tells what err does without the token. What callers ask of a cause stays: whether the
// context ended.
func (a *api) scrub(err error) error {
	if err == nil {
		return nil
	}
	var cause error
	switch {
	case errors.Is(err, context.Canceled):
		cause = context.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		cause = context.DeadlineExceeded
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err // what is around it is the address, and the address holds the token
	}
	return &scrubbed{a.clean(err.Error()), cause}
}

// clean takes the token out of a text, whole or only its secret part.
func (a *api) clean(s string) string {
	token := a.token()
	_, secret, _ := strings.Cut(token, ":")
	for _, t := range []string{token, url.QueryEscape(token), secret} {
		if len(t) >= 8 || t == token {
			s = strings.ReplaceAll(s, t, "[token]")
		}
	}
	return s
}

// scrubbed is an error without the token, whatever prints it.
type scrubbed struct {
	text  string
	cause error
}

func (s *scrubbed) Error() string { return s.text }

func (s *scrubbed) Unwrap() error { return s.cause }
