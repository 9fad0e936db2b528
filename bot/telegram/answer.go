package telegram

import (
	"bytes"
	"io"
	"net/http"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"otklik/bot/kit"
)

// lenient reads what Telegram says as it comes: one letter that is none, or a name that stands twice, must cost nobody an
// update. The polls' answers go through a reader of one pass: that of the standard library goes over each byte twice, and
// over what is kept for later again.
var lenient = json.JoinOptions(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))

// answer is what the Bot API says to a call.
type answer struct {
	OK         bool                         `json:"ok"`
	Result     result                       `json:"result"`
	Code       int                          `json:"error_code"`
	Text       string                       `json:"description"`
	Parameters *tgbotapi.ResponseParameters `json:"parameters"`
}

// result is decoded into what the caller waits for; nil: nobody does.
type result struct{ into any }

// UnmarshalJSONFrom decodes the result where it stands.
func (r *result) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if r.into == nil {
		return d.SkipValue()
	}
	return json.UnmarshalDecode(d, r.into)
}

// take decodes an answer and its result. A refusal is the library's error.
func take(raw []byte, into any) error {
	a := answer{Result: result{into}}
	if err := json.Unmarshal(raw, &a, lenient); err != nil {
		return err
	}
	if a.OK {
		return nil
	}
	no := &tgbotapi.Error{Code: a.Code, Message: a.Text}
	if a.Parameters != nil {
		no.ResponseParameters = *a.Parameters
	}
	return no
}

// bodies are buffers for answers. A large one is not kept.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

const mostKept = 64 << 10

// whole reads a body to its end into a buffer that knows how much comes, and lends its bytes to fn, without what is too long
// of a text.
func whole(body io.Reader, length int64, fn func(raw []byte) error) error {
	b, _ := bodies.Get().(*bytes.Buffer)
	b.Reset()
	if length > 0 {
		b.Grow(int(min(length, maxAnswer)) + bytes.MinRead) // with room for the read that finds the end
	}
	_, err := b.ReadFrom(body)
	if err == nil {
		err = fn(kit.Bounded(b.Bytes()))
	}
	if b.Cap() <= mostKept {
		bodies.Put(b)
	}
	return err
}

// ask makes a call without files.
func (a *api) ask(x *exchange, method string, p tgbotapi.Params, into any) error {
	body := bytes.NewReader(form(p))
	r, err := http.NewRequestWithContext(x.ctx, http.MethodPost, a.base+"/bot"+a.token()+"/"+method, body)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := x.send(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return whole(resp.Body, resp.ContentLength, func(raw []byte) error { return take(raw, into) })
}

// form writes parameters as a form. url.Values would first make lists, an order and two strings of each.
func form(p tgbotapi.Params) []byte {
	size := 0
	for name, value := range p {
		size += len(name) + 3*len(value) + len("=&")
	}
	b := make([]byte, 0, size)
	for name, value := range p {
		if len(b) > 0 {
			b = append(b, '&')
		}
		b = appendEscaped(append(appendEscaped(b, name), '='), value)
	}
	return b
}

// appendEscaped writes a name or a value of a form.
func appendEscaped(b []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_', c == '.', c == '~':
			b = append(b, c)
		case c == ' ':
			b = append(b, '+')
		default:
			b = append(b, '%', hex[c>>4], hex[c&0xf])
		}
	}
	return b
}
