package feed

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html"

	"otklik/bot"
)

// got is what a reading brought.
type got struct {
	title, etag, modified string
	items                 []item
	wait                  time.Duration // the server asks not to come before
}

// item is one entry of a feed.
type item struct {
	id, author, text, link string
	photos                 []string
	at                     time.Time // zero: the feed does not say
}

// fetch reads a feed, unless it is as it was: then there are no items.
func (c *Channel) fetch(ctx context.Context, address string, st *state) (g got, err error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return g, errors.New("the address is none")
	}
	req.Header.Set("User-Agent", agent)
	req.Header.Set("Accept", "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5")
	if st.ETag != "" {
		req.Header.Set("If-None-Match", st.ETag)
	}
	if st.Modified != "" {
		req.Header.Set("If-Modified-Since", st.Modified)
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return g, plain(err)
	}
	defer resp.Body.Close()
	g.title, g.etag, g.modified = st.Title, resp.Header.Get("ETag"), resp.Header.Get("Last-Modified")
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 {
		g.wait = min(time.Duration(s)*time.Second, 24*time.Hour)
	}
	switch {
	case resp.StatusCode == http.StatusNotModified:
		g.etag, g.modified = st.ETag, st.Modified
		return g, nil
	case resp.StatusCode != http.StatusOK:
		return g, fmt.Errorf("%d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxFeed+1))
	if err != nil {
		return g, plain(err)
	}
	if len(raw) > maxFeed {
		return g, fmt.Errorf("it is larger than %d MB", maxFeed>>20)
	}
	title, items, err := parse(raw, address)
	if err != nil {
		return g, err
	}
	g.title, g.items = title, items
	return g, nil
}

// plain is an error of the network without the address, which may hold a key.
func plain(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return err
}

// parse reads a feed of any kind. Its items come the oldest first.
func parse(raw []byte, address string) (title string, items []item, err error) {
	defer func() { // the parser is not ours, and what it reads is anybody's
		if r := recover(); r != nil {
			err = fmt.Errorf("it is no feed that can be read: %v", r)
		}
	}()
	f, err := gofeed.NewParser().Parse(bytes.NewReader(raw))
	if err != nil {
		return "", nil, errors.New("it is no RSS, Atom or JSON feed")
	}
	base, err := url.Parse(address)
	if err != nil {
		return "", nil, err
	}
	for _, e := range f.Items {
		if e != nil {
			items = append(items, itemOf(e, base))
		}
	}
	return bot.Clean(f.Title), ordered(items), nil
}

func itemOf(e *gofeed.Item, base *url.URL) item {
	it := item{link: absolute(base, e.Link)}
	head, _ := words(e.Title)
	body, pictures := words(e.Content)
	if summary, more := words(e.Description); len(summary) > len(body) {
		body, pictures = summary, append(more, pictures...)
	}
	it.text = bot.Clean(join(head, body))
	for _, p := range e.Authors {
		if p != nil && p.Name != "" {
			it.author = bot.Clean(p.Name)
			break
		}
	}
	switch {
	case e.PublishedParsed != nil:
		it.at = e.PublishedParsed.UTC()
	case e.UpdatedParsed != nil:
		it.at = e.UpdatedParsed.UTC()
	}
	if it.at.Year() < 1990 || it.at.Year() > 2200 { // what nobody can have meant
		it.at = time.Time{}
	}
	for _, x := range e.Enclosures {
		if x != nil && strings.HasPrefix(x.Type, "image/") {
			pictures = append(pictures, x.URL)
		}
	}
	if e.Image != nil {
		pictures = append(pictures, e.Image.URL)
	}
	for _, p := range pictures {
		if p = absolute(base, p); p != "" && !slices.Contains(it.photos, p) {
			it.photos = append(it.photos, p)
		}
	}
	id := e.GUID
	if id == "" {
		id = it.link
	}
	if id == "" {
		id = it.text
	}
	sum := sha256.Sum256([]byte(id))
	it.id = hex.EncodeToString(sum[:8])
	return it
}

// join puts a title before a body that does not begin with it.
func join(head, body string) string {
	short := strings.TrimRight(head, " .…")
	if short == "" || strings.HasPrefix(body, short) {
		return body
	}
	return strings.TrimSpace(head + "\n" + body)
}

func absolute(base *url.URL, address string) string {
	u, err := base.Parse(strings.TrimSpace(address))
	if err != nil || address == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

// words takes the words, and the addresses of the pictures, out of HTML.
func words(markup string) (text string, pictures []string) {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(markup))
	hidden := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return tidy(b.String()), pictures
		case html.TextToken:
			if hidden == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			switch t.Data {
			case "script", "style":
				if t.Type == html.StartTagToken {
					hidden++
				}
			case "br", "p", "div", "li", "tr", "h1", "h2", "h3":
				b.WriteByte('\n')
			case "img":
				for _, a := range t.Attr {
					if a.Key == "src" {
						pictures = append(pictures, a.Val)
					}
				}
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); hidden > 0 && (string(name) == "script" || string(name) == "style") {
				hidden--
			}
		}
	}
}

// tidy leaves one blank between words and no empty lines.
func tidy(s string) string {
	var lines []string
	for line := range strings.Lines(html.UnescapeString(s)) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
