package telegram

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"otklik/bot"
)

// refusal is what Telegram itself said: its code and its words.
type refusal struct {
	code int
	text string
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s", r.code, r.text) }

// says tells whether Telegram refused with one of these words.
func says(err error, words ...string) bool {
	r, ok := errors.AsType[*refusal](err)
	if !ok {
		return false
	}
	text := strings.ToLower(r.text)
	for _, w := range words {
		if strings.Contains(text, strings.ToLower(w)) {
			return true
		}
	}
	return false
}

// codeOf gives the code of Telegram's refusal, 0 if it said none.
func codeOf(err error) int {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r.code
	}
	return 0
}

// failure classifies what became of a call.
func (a *api) failure(method string, x *exchange, err error) *bot.Failure {
	var said tgbotapi.Error
	var ptr *tgbotapi.Error
	switch {
	case errors.As(err, &ptr):
		said = *ptr
	case errors.As(err, &said):
	default:
		return a.unanswered(method, x, err)
	}
	if said.Code == 0 { // the library forgets it when files go along
		said.Code = x.status
	}
	f := judge(&refusal{said.Code, a.clean(said.Message)}, said.ResponseParameters)
	f.Err = fmt.Errorf("%s: %w", method, f.Err)
	return f
}

// unanswered classifies a call that got no answer of the Bot API's: none at all, or a proxy's page.
func (a *api) unanswered(method string, x *exchange, err error) *bot.Failure {
	f := &bot.Failure{Reason: bot.Later}
	var op *net.OpError
	switch {
	case x.status == http.StatusRequestEntityTooLarge: // a page, but it will be the same next time
		f.Reason = bot.Never
		f.Err = fmt.Errorf("%s: %w", method, &refusal{x.status, http.StatusText(x.status)})
		return f
	case x.status >= 300:
		f.Whole = true
		f.Err = fmt.Errorf("%s: %d %s, and not from the Bot API", method, x.status, http.StatusText(x.status))
		return f
	case x.status != 0 && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || isSyntax(err)):
		f.Err = fmt.Errorf("%s: the answer is broken", method)
		return f
	case errors.As(err, &op) && op.Op == "dial":
		f.Whole = true
	}
	f.Err = fmt.Errorf("%s: %w", method, a.scrub(err))
	return f
}

// isSyntax tells whether an answer was not JSON, or not of the shape that was due.
func isSyntax(err error) bool {
	var syntax *jsontext.SyntacticError
	var shape *jsonv2.SemanticError
	var old *json.SyntaxError // the library's, of an upload
	var oldShape *json.UnmarshalTypeError
	return errors.As(err, &syntax) || errors.As(err, &shape) || errors.As(err, &old) || errors.As(err, &oldShape)
}

// longest is for how many seconds a pause that Telegram asks for is kept: then it can be asked again.
const longest = 24 * 3600

// judge finds the reason in what Telegram said.
func judge(r *refusal, p tgbotapi.ResponseParameters) *bot.Failure {
	f := &bot.Failure{Err: r}
	switch {
	case p.MigrateToChatID != 0:
		f.Reason, f.To = bot.MovedOn, strconv.FormatInt(p.MigrateToChatID, 10)
	case r.code == http.StatusTooManyRequests || p.RetryAfter > 0:
		f.Reason, f.After = bot.Later, time.Duration(min(max(p.RetryAfter, 1), longest))*time.Second
	case r.code >= 500 || r.code == http.StatusConflict || r.code == 0:
		f.Reason, f.Whole = bot.Later, r.code > 500
	case r.code == http.StatusUnauthorized, r.code == http.StatusNotFound:
		f.Reason = bot.NoRights // a method that we call exists; what is not found is the bot of this token
	case says(r, "message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID", "message identifier is not specified"):
		f.Reason = bot.NoRef
	case r.code == http.StatusForbidden, says(r, gone...):
		f.Reason = bot.NoPeer
	default:
		f.Reason = bot.Never
	}
	return f
}

// gone are the words of a 400 that mean: this chat cannot be written to. A group in which the bot may not write is one
// of them; Telegram tells when it may again.
var gone = []string{
	"chat not found", "user not found", "PEER_ID_INVALID", "chat_id is empty", "bot was kicked", "bot was blocked",
	"user is deactivated", "group chat was deactivated", "need administrator rights", "not enough rights", "have no rights to send",
	"CHAT_WRITE_FORBIDDEN", "CHAT_RESTRICTED", "CHAT_ADMIN_REQUIRED", "CHAT_SEND_PLAIN_FORBIDDEN", "CHAT_SEND_PHOTOS_FORBIDDEN",
	"bot is not a member", "have no write access to the chat", "chat was deleted", "channel is inaccessible", "USER_IS_BLOCKED",
	"INPUT_USER_DEACTIVATED", "bot can't initiate conversation", "bots can't send messages to bots",
}
