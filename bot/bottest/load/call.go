package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
)

// params reads a call's parameters; of a file its bytes are read and thrown away.
func params(r *http.Request) (url.Values, error) {
	kind, extra, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/json" {
		return object(r.Body)
	}
	if kind != "multipart/form-data" {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		return url.ParseQuery(string(raw))
	}
	p := url.Values{}
	form := multipart.NewReader(r.Body, extra["boundary"])
	for {
		part, err := form.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return p, nil
		case err != nil:
			return nil, err
		case part.FileName() != "":
			if _, err := io.Copy(io.Discard, part); err != nil {
				return nil, err
			}
			continue
		}
		raw, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		p.Set(part.FormName(), string(raw))
	}
}

// object reads parameters that are a JSON object: texts as they are, the rest as its JSON.
func object(body io.Reader) (url.Values, error) {
	fields := map[string]json.RawMessage{}
	if err := json.NewDecoder(body).Decode(&fields); err != nil {
		return nil, err
	}
	p := url.Values{}
	for name, raw := range fields {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			text = string(raw)
		}
		p.Set(name, text)
	}
	return p, nil
}

func answer(rw http.ResponseWriter, result string) {
	rw.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(rw, `{"ok":true,"result":`+result+`}`)
}

func refuse(rw http.ResponseWriter, code int, text, more string) {
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(code)
	_, _ = fmt.Fprintf(rw, `{"ok":false,"error_code":%d,"description":%q%s}`, code, text, more)
}

func tooMany(rw http.ResponseWriter, seconds int) {
	refuse(rw, http.StatusTooManyRequests, fmt.Sprint("Too Many Requests: retry after ", seconds), fmt.Sprintf(`,"parameters":{"retry_after":%d}`, seconds))
}

func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64) // the program writes nothing else
	return n
}

// inline gives the buttons of an inline keyboard.
func inline(markup string) map[string]string {
	buttons := map[string]string{}
	var keyboard struct {
		Rows [][]struct {
			Text string `json:"text"`
			Data string `json:"callback_data"`
		} `json:"inline_keyboard"`
	}
	if json.Unmarshal([]byte(markup), &keyboard) == nil {
		for _, row := range keyboard.Rows {
			for _, b := range row {
				buttons[b.Text] = b.Data
			}
		}
	}
	return buttons
}
