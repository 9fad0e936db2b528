package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"otklik/bot"
)

// Fetch gives the bytes of a photo that Telegram keeps. It hands out at most 20 MB; more is a failure for ever.
func (c *Channel) Fetch(ctx context.Context, ref string) (io.ReadCloser, error) {
	id := strings.TrimPrefix(ref, asDocument)
	var file tgbotapi.File
	if err := c.api.call(ctx, "getFile", tgbotapi.Params{"file_id": id}, &file); err != nil {
		switch {
		case says(err, "file is too big"):
			err = &bot.Failure{Reason: bot.Never, Err: errors.New("getFile: the file is larger than the 20 MB that Telegram hands out")}
		case says(err, "temporarily unavailable"): // it says so of a wrong name, too, and of a pause that it does not name
			err = &bot.Failure{Reason: bot.Later, Err: bot.FailureOf(err).Err}
		}
		return nil, err
	}
	if file.FilePath == "" {
		return nil, &bot.Failure{Reason: bot.Never, Err: errors.New("getFile: Telegram does not hand this file out")}
	}
	return c.api.open(ctx, file.FilePath)
}

// download is what errors and figures call the call of open.
const download = "the file's download"

// open opens a file at the address that the Bot API server gives it.
func (a *api) open(ctx context.Context, path string) (body io.ReadCloser, err error) {
	defer func() { a.count(download, false, err) }()
	parts := strings.Split(path, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	address := a.base + "/file/bot" + a.token() + "/" + strings.Join(parts, "/")
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, &bot.Failure{Reason: bot.Never, Err: fmt.Errorf("%s: %w", download, a.scrub(err))}
	}
	resp, err := a.client.Do(r)
	if err != nil {
		return nil, &bot.Failure{Reason: bot.Later, Err: fmt.Errorf("%s: %w", download, a.scrub(err))}
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		f := &bot.Failure{Reason: bot.Later, Err: fmt.Errorf("%s: %d %s", download, resp.StatusCode, http.StatusText(resp.StatusCode))}
		if resp.StatusCode == http.StatusNotFound {
			f.Reason = bot.Never
		}
		return nil, f
	}
	return &clean{resp.Body, a}, nil
}

// clean is a body whose errors do not hold the token.
type clean struct {
	io.ReadCloser
	api *api
}

func (c *clean) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = c.api.scrub(err)
	}
	return n, err
}
