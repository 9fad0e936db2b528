package vk

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	vkapi "github.com/SevereCloud/vksdk/v2/api"
	"golang.org/x/time/rate"

	"otklik/bot"
)

// version of VK's API that is spoken.
const version = "5.199"

// How long a call may take.
const (
	callTime   = 30 * time.Second
	uploadTime = 3 * time.Minute
)

// maxIdle is how many connections to a host are kept.
const maxIdle = 64

// maxAnswer bounds what is read of one answer.
const maxAnswer = 32 << 20

// VK bears 20 calls a second of a community. Calls arrive less evenly than they leave, so there is a margin.
const (
	callRate  = 15
	callBurst = 4
)

// api makes the calls. The library paces its calls by sleeping under a lock, takes any answer for one of VK's and reads
// what is not there; here the pace is kept before it, and the transport lets nothing through but JSON.
type api struct {
	token  func() string
	lib    *vkapi.VK
	client *http.Client // for the long poll, uploads and photos
	pace   *rate.Limiter
	heed   func(what bot.Call, outcome string) // hears of each call
	gate   chan struct{}                       // one slot: who waits for the pace of those who have patience
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
	if own.Transport == nil {
		own.Transport = http.DefaultTransport
	}
	own.Timeout = 0 // each call has its own
	a := &api{token: token, client: &own, pace: rate.NewLimiter(callRate, callBurst), heed: func(bot.Call, string) {}, gate: make(chan struct{}, 1)}
	a.lib = vkapi.NewVK(token())
	a.lib.MethodURL, a.lib.Version = base, version
	a.lib.Limit = 0 // its pace is not ours
	a.lib.Client = &http.Client{Transport: strict{own.Transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return a
}

// call makes one call and decodes its response into into, which may be nil. Its errors are a *bot.Failure.
func (a *api) call(ctx context.Context, method string, p vkapi.Params, into any) error {
	if err := a.pace.Wait(ctx); err != nil {
		return a.failure(method, waited(ctx, err))
	}
	return a.callNow(ctx, method, p, into)
}

// patient is call for what may take a while: photos, and reading through conversations. The pace serves who came first, so
// one of these at a time stands there: whoever waits for an answer to a press is behind one of them, not behind all.
func (a *api) patient(ctx context.Context, method string, p vkapi.Params, into any) error {
	select {
	case a.gate <- struct{}{}:
	case <-ctx.Done():
		return a.failure(method, ctx.Err())
	}
	err := a.pace.Wait(ctx)
	<-a.gate
	if err != nil {
		return a.failure(method, waited(ctx, err))
	}
	return a.callNow(ctx, method, p, into)
}

// waited is what became of waiting for the pace: the limiter has words of its own for a deadline that is too near.
func waited(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return fmt.Errorf("no time left: %w", context.DeadlineExceeded)
	}
	return err
}

// callNow is call without the pace.
func (a *api) callNow(ctx context.Context, method string, p vkapi.Params, into any) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	// The context goes beside p: the library would put it into p, which a caller may hold on to for another attempt.
	raw, err := a.lib.Request(method, p, vkapi.Params{}.WithContext(ctx))
	if err == nil && into != nil {
		if err = json.Unmarshal(raw, into); err != nil {
			err = &broken{fmt.Errorf("the response is not what was due: %w", err)}
		}
	}
	if err != nil {
		err = a.failure(method, err)
	}
	if method != sending && method != changing && method != answering { // what became of it stands within the answer: see post
		a.count(method, err)
	}
	return err
}

// execute runs a program of calls at VK's. errs are the refusals of those calls that were refused, in order.
func (a *api) execute(ctx context.Context, code string) (list []json.RawMessage, errs []error, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	err = a.lib.ExecuteWithArgs(code, vkapi.Params{}.WithContext(ctx), &list)
	var inside *vkapi.ExecuteErrors
	switch {
	case errors.As(err, &inside):
		for _, e := range *inside {
			errs = append(errs, a.judged(e.Method, &refusal{e.Code, a.clean(e.Msg)}))
		}
	case isSyntax(err):
		return nil, nil, a.failure("execute", &broken{err})
	case err != nil:
		return nil, nil, a.failure("execute", err)
	}
	return list, errs, nil
}

// get asks an address that VK gave, such as that of the long poll or of a photo.
func (a *api) get(ctx context.Context, address string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	return a.client.Do(r)
}

// scrub gives an error that tells what err does without the token and without the addresses that VK gave, which hold
// keys. What callers ask of a cause stays: whether the context ended.
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
		err = u.Err
	}
	return &scrubbed{a.clean(err.Error()), cause}
}

// clean takes the token out of a text.
func (a *api) clean(s string) string {
	if t := a.token(); t != "" {
		s = strings.ReplaceAll(strings.ReplaceAll(s, t, "[token]"), url.QueryEscape(t), "[token]")
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

// strict lets only whole JSON answers through: the library takes an empty page for success, and one that says it is
// packed and is not for a reason to fall over.
type strict struct{ base http.RoundTripper }

// RoundTrip makes one exchange.
func (s strict) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := s.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, &page{resp.StatusCode}
	}
	body := io.LimitReader(resp.Body, maxAnswer)
	if resp.Header.Get("Content-Encoding") == "gzip" {
		if body, err = gzip.NewReader(body); err != nil {
			return nil, &broken{err}
		}
	}
	raw, err := io.ReadAll(io.LimitReader(body, maxAnswer))
	switch {
	case err != nil:
		return nil, &broken{err}
	case !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json"):
		return nil, &page{resp.StatusCode}
	case !json.Valid(raw):
		return nil, &broken{errors.New("no JSON")}
	}
	resp.Header.Del("Content-Encoding")
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
	return resp, nil
}

// page is an answer that is none of VK's methods: of something on the way, or of a server that is down.
type page struct{ status int }

func (p *page) Error() string {
	return fmt.Sprintf("%d %s, and not from VK's methods", p.status, http.StatusText(p.status))
}

// broken is an answer that broke off.
type broken struct{ err error }

func (b *broken) Error() string { return "the answer is broken: " + b.err.Error() }

func (b *broken) Unwrap() error { return b.err }

func isSyntax(err error) bool {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	return errors.As(err, &syntax) || errors.As(err, &kind) || errors.Is(err, io.ErrUnexpectedEOF)
}
