package vk

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	vkapi "github.com/SevereCloud/vksdk/v2/api"

	"otklik/bot"
)

// The codes of VK's refusals that mean something to us.
const (
	codeAuth        = 5
	codeTooMany     = 6
	codeFlood       = 9
	codeCompile     = 12
	codeRuntime     = 13
	codeCaptcha     = 14
	codeAccess      = 15
	codeRateLimit   = 29
	codeParam       = 100
	codeNoPhoto     = 129
	codeEditExpired = 909
	codeBotFeature  = 912
	codeTooLong     = 914
	codeEditKind    = 920
	codeServers     = 2000
)

// What VK's words for «wait» come to: it tells no times.
const (
	tooManyWait = time.Second      // 20 calls a second
	floodWait   = 30 * time.Second // the same thing too often
	captchaWait = 10 * time.Minute
	dailyWait   = 30 * time.Minute // a method's limit for hours
)

// refusal is what VK itself said: its code and its words.
type refusal struct {
	code int
	text string
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s", r.code, r.text) }

// codeOf gives the code of VK's refusal, 0 if it said none.
func codeOf(err error) int {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r.code
	}
	return 0
}

// says tells whether VK refused with one of these words.
func says(err error, words ...string) bool {
	r, ok := errors.AsType[*refusal](err)
	if !ok {
		return false
	}
	text := strings.ToLower(r.text)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// failure classifies what became of a call.
func (a *api) failure(method string, err error) *bot.Failure {
	if said, ok := errors.AsType[*vkapi.Error](err); ok {
		return a.judged(method, &refusal{int(said.Code), a.clean(said.Message)})
	}
	f := &bot.Failure{Reason: bot.Later}
	var op *net.OpError
	switch {
	case errors.As(err, new(*page)):
		f.Whole = true
	case errors.As(err, new(*vkapi.InvalidContentType)):
		f.Whole = true
	case errors.As(err, &op) && op.Op == "dial":
		f.Whole = true
	}
	f.Err = fmt.Errorf("%s: %w", method, a.scrub(err))
	return f
}

// aside classifies what became of an upload or a download: those have servers of their own, and nothing else waits for them.
func (a *api) aside(what string, err error) *bot.Failure {
	f := a.failure(what, err)
	f.Whole = false
	return f
}

func (a *api) judged(method string, r *refusal) *bot.Failure {
	f := judge(r)
	if r.code == codeRateLimit && method != sending && method != "execute" {
		f.Whole = false // each method has a limit of its own: what is new can still be sent
	}
	f.Err = fmt.Errorf("%s: %w", method, f.Err)
	return f
}

// errShut says that VK does not let the token bring photos, or files.
var errShut = errors.New("nothing of the kind may be brought")

// ofPhotos judges a call that is about a photo or a file only: the words can arrive without it. A refusal for want of rights is
// neither the person's fault nor a cause to stop the channel; whether the person can be reached is said when it is sent.
func ofPhotos(err error) error {
	f, code := bot.FailureOf(err), codeOf(err)
	const people = 900 // from here on VK speaks of the chat
	switch {
	case code == 0, code == codeAuth, code == codeTooMany:
		return err
	case code == codeNoPhoto:
		return &bot.Failure{Reason: bot.Never, Err: f.Err}
	case code < people && (f.Reason == bot.NoRights || f.Reason == bot.NoPeer):
		return &bot.Failure{Reason: bot.Never, Err: fmt.Errorf("%w: %w", errShut, f.Err)}
	}
	return &bot.Failure{Reason: f.Reason, After: f.After, Err: f.Err}
}

// judge finds the reason in what VK said.
func judge(r *refusal) *bot.Failure {
	f := &bot.Failure{Reason: bot.Never, Err: r}
	switch r.code {
	case codeAuth, 2, 4, 11, 17, 27, 28, 203:
		f.Reason = bot.NoRights
	case codeBotFeature:
		f.Reason = bot.NoRights
		f.Err = fmt.Errorf("switch on the abilities of bots in the community's settings (Messages, Settings for bots): %w", r)
	case codeTooMany:
		f.Reason, f.After, f.Whole = bot.Later, tooManyWait, true
	case codeFlood:
		f.Reason, f.After = bot.Later, floodWait
	case codeCaptcha:
		f.Reason, f.After, f.Whole = bot.Later, captchaWait, true
	case codeRateLimit:
		f.Reason, f.After, f.Whole = bot.Later, dailyWait, true
	case 7, 18, 30, 37, 39, 104, 113, 900, 901, 902, 917, 922, 925, 927, 932, 935, 936, 945, 946, 950, 962, 983, 985, 987, 988, 1012:
		f.Reason = bot.NoPeer
	case codeAccess:
		f.Reason = bot.NoPeer
		if says(r, "scope", "no access to call this method") {
			f.Reason = bot.NoRights
		}
	case codeParam:
		if says(r, "peer_id", "user_id", "peer_ids") {
			f.Reason = bot.NoPeer
		}
	case codeEditExpired, codeEditKind:
		f.Reason = bot.NoRef
	case 1, 10, codeCompile, codeRuntime, 36, 43, 0:
		f.Reason = bot.Later
	case 3, 8, 24, 103, 910, 911, 913, codeTooLong, 921, 940, 943, 944, 969:
	default:
		f.Reason = bot.Later // nobody knows it: tried again for some hours, then given up
	}
	return f
}
