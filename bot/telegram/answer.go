package telegram

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
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

// whole reads a body to its end into a buffer that knows how much comes, and lends its bytes to fn.
func whole(body io.Reader, length int64, fn func(raw []byte) error) error {
	b, _ := bodies.Get().(*bytes.Buffer)
	b.Reset()
	if length > 0 {
		b.Grow(int(min(length, maxAnswer)) + bytes.MinRead) // with room for the read that finds the end
	}
	_, err := b.ReadFrom(body)
	if err == nil {
		err = fn(b.Bytes())
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
	resp, err := x.Do(r)
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
		size += len(name) + len(value) + len(value)/2 + len("=&")
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

// longestText is what is read of one, in bytes as they come. It is far more than a messenger lets through (4096 signs are at
// most 24 KB) and than a report may have, so whoever writes more is told that it is too much.
const longestText = 512 << 10

// words are a text of a message. Of one that is far too long the head is read: the rest is passed over, and not looked at.
type words string

// UnmarshalJSONFrom reads a text.
func (w *words) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	raw, err := d.ReadValue()
	switch {
	case err != nil:
		return err
	case raw.Kind() == 'n':
		*w = ""
		return nil
	case raw.Kind() != '"':
		return errors.New("it is no text")
	}
	long := len(raw) > longestText
	if long {
		raw = headOf(raw, longestText)
	}
	text, _ := jsontext.AppendUnquote(make([]byte, 0, len(raw)), raw) // it was read already; a letter that is none is replaced
	if long {
		text = bytes.TrimSuffix(text, []byte("\uFFFD")) // half a sign
	}
	*w = words(text)
	return nil
}

// headOf gives the first n bytes of a quoted text as a quoted text: no escape is cut in two.
func headOf(raw []byte, n int) []byte {
	const escape = len(`\u0430`)
	head := raw[:n:n]
	if i := bytes.LastIndexByte(head[n-escape:], '\\'); i >= 0 {
		at := n - escape + i
		run := 0
		for head[at-run] == '\\' {
			run++
		}
		if run%2 == 1 { // otherwise it is the second half of an escape that is whole
			head = head[:at:at]
		}
	}
	return append(head, '"')
}
