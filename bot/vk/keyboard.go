package vk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"otklik/bot"
	"otklik/bot/kit"
)

// What VK bears: inline under a message, and below the field one writes in, for clients that show no inline buttons.
const (
	maxRows    = 6
	maxColumns = 5
	maxButtons = 10
	maxData    = 64
	maxLabel   = 40

	belowRows    = 10
	belowButtons = 40
)

// payload is what a button carries, and a press brings back.
type payload struct {
	Data  string `json:"d,omitempty"` // the core's
	Nonce int32  `json:"n,omitempty"` // a text button: the random_id of its message
	Page  int    `json:"p,omitempty"` // turns to this page, from 1
	Sheet string `json:"s,omitempty"` // of this long keyboard
}

func (p payload) String() string {
	raw, _ := json.Marshal(p) // strings and numbers: it cannot fail
	return string(raw)
}

type keyboard struct {
	OneTime bool       `json:"one_time"`
	Inline  bool       `json:"inline"`
	Buttons [][]button `json:"buttons"`
}

type button struct {
	Action action `json:"action"`
}

type action struct {
	Type    string `json:"type"`
	Label   string `json:"label"`
	Link    string `json:"link,omitempty"`
	Payload string `json:"payload,omitempty"`
}

// checked gives the rows as VK can show them, none wider than it bears.
func checked(rows [][]bot.Button) (out [][]bot.Button, err error) {
	for _, row := range rows {
		for chunk := range slices.Chunk(row, maxColumns) {
			line := make([]bot.Button, 0, len(chunk))
			for _, b := range chunk {
				b.Text = strings.ToValidUTF8(strings.TrimSpace(b.Text), "\uFFFD")
				switch {
				case b.Text == "":
					return nil, errors.New("a button has no text")
				case b.URL == "" && (b.Data == "" || len(b.Data) > maxData):
					return nil, fmt.Errorf("the button %q has %d bytes of data: 1 to %d", b.Text, len(b.Data), maxData)
				}
				line = append(line, b)
			}
			out = append(out, line)
		}
	}
	return out, nil
}

func count(rows [][]bot.Button) (n int) {
	for _, row := range rows {
		n += len(row)
	}
	return n
}

// sheets divides the rows among as many pages as are needed, each of at most maxRow rows and most buttons with the row
// that turns them. The last row, where it is short, stands on every page: it is the way out.
func sheets(rows [][]bot.Button, maxRow, most int) (list [][][]bot.Button) {
	if len(rows) <= maxRow && count(rows) <= most {
		return [][][]bot.Button{rows}
	}
	rows = packed(rows)
	if len(rows) <= maxRow && count(rows) <= most {
		return [][][]bot.Button{rows}
	}
	var foot [][]bot.Button
	if last := rows[len(rows)-1]; len(last) <= 2 && len(rows) > 1 {
		foot, rows = [][]bot.Button{last}, rows[:len(rows)-1]
	}
	room, buttons := maxRow-1-len(foot), most-1-count(foot)
	var sheet [][]bot.Button
	for _, row := range rows {
		if len(sheet) == room || count(sheet)+len(row) > buttons {
			list, sheet = append(list, append(sheet, foot...)), nil
			buttons = most - 2 - count(foot) // the first page turns forwards only
		}
		sheet = append(sheet, row)
	}
	return append(list, append(sheet, foot...))
}

// packed puts short buttons that stand alone two in a row: fewer pages to turn.
func packed(rows [][]bot.Button) (out [][]bot.Button) {
	const short = 18 // signs that half a narrow screen shows
	single := func(row []bot.Button) bool { return len(row) == 1 && utf8.RuneCountInString(row[0].Text) <= short }
	for i := 0; i < len(rows); i++ {
		if i+2 < len(rows) && single(rows[i]) && single(rows[i+1]) { // the last row stays by itself
			out = append(out, []bot.Button{rows[i][0], rows[i+1][0]})
			i++
			continue
		}
		out = append(out, rows[i])
	}
	return out
}

// board gives a message's keyboard as JSON, "" for none. One that is too long for VK is kept, and shows its first page; a client without inline buttons gets text buttons, and links in the text.
func (c *Channel) board(ctx context.Context, to bot.Peer, text *string, rows [][]bot.Button, nonce int32) (string, error) {
	if len(rows) == 0 {
		return "", nil
	}
	can := c.client(ctx, to)
	if !can.inline {
		rows = linksInText(text, rows)
		if len(rows) == 0 {
			return "", nil
		}
	}
	long := sheet{Rows: rows, Inline: can.inline}
	if !can.inline || !can.callback { // a text button must tell where it stands
		long.Nonce = nonce
	}
	if len(long.pages()) == 1 {
		return long.board(0, "", can), nil
	}
	name, err := c.keepSheet(ctx, long)
	if err != nil {
		return "", &bot.Failure{Reason: bot.Later, Err: fmt.Errorf("a long keyboard was not kept: %w", err)}
	}
	return long.board(0, name, can), nil
}

// linksInText moves buttons that open addresses into the text.
func linksInText(text *string, rows [][]bot.Button) (left [][]bot.Button) {
	for _, row := range rows {
		var line []bot.Button
		for _, b := range row {
			if b.URL != "" {
				*text += "\n" + b.Text + ": " + b.URL
				continue
			}
			line = append(line, b)
		}
		if len(line) > 0 {
			left = append(left, line)
		}
	}
	return left
}

// sheet are more buttons than VK shows at once.
type sheet struct {
	Rows   [][]bot.Button `json:"r"`
	Inline bool           `json:"i,omitempty"`
	Nonce  int32          `json:"n,omitempty"`
}

func (s sheet) pages() [][][]bot.Button {
	if s.Inline {
		return sheets(s.Rows, maxRows, maxButtons)
	}
	return sheets(s.Rows, belowRows, belowButtons)
}

// board gives a page as JSON; name is by what the sheet is kept, where there are several.
func (s sheet) board(page int, name string, can client) string {
	pages := s.pages()
	page = max(0, min(page, len(pages)-1))
	k := keyboard{OneTime: !s.Inline, Inline: s.Inline}
	for _, row := range pages[page] {
		var line []button
		for _, b := range row {
			line = append(line, s.button(b, can))
		}
		k.Buttons = append(k.Buttons, line)
	}
	if len(pages) > 1 {
		var turn []button
		if page > 0 {
			turn = append(turn, s.turn(fmt.Sprintf("◀ %d/%d", page, len(pages)), page, name, can))
		}
		if page < len(pages)-1 {
			turn = append(turn, s.turn(fmt.Sprintf("%d/%d ▶", page+2, len(pages)), page+2, name, can))
		}
		k.Buttons = append(k.Buttons, turn)
	}
	raw, _ := json.Marshal(k) // strings: it cannot fail
	return string(raw)
}

func (s sheet) button(b bot.Button, can client) button {
	label := label(b.Text)
	if b.URL != "" {
		return button{action{Type: "open_link", Label: label, Link: b.URL}}
	}
	if !s.Inline || !can.callback {
		return button{action{Type: "text", Label: label, Payload: payload{Data: b.Data, Nonce: s.Nonce}.String()}}
	}
	return button{action{Type: "callback", Label: label, Payload: payload{Data: b.Data}.String()}}
}

func (s sheet) turn(label string, page int, name string, can client) button {
	kind := "callback"
	if !s.Inline || !can.callback {
		kind = "text"
	}
	return button{action{Type: kind, Label: label, Payload: payload{Page: page, Sheet: name, Nonce: s.Nonce}.String()}}
}

// label cuts a label to what VK shows. It counts signs, whatever their width.
func label(s string) string {
	if utf8.RuneCountInString(s) <= maxLabel {
		return s
	}
	return kit.Shorten(s, maxLabel)
}

// client is what a person's client can show.
type client struct{ inline, callback bool }

// client gives what is known of a chat's client: nearly all can do everything, and in a group nobody is asked.
func (c *Channel) client(ctx context.Context, to bot.Peer) client {
	if can, ok := c.clients.Get(to.Chat).(client); ok {
		return can
	}
	can := [2]bool{true, true}
	if _, err := c.unable.get(ctx, to.Chat, &can); err != nil {
		c.log.Debug("nobody knows what a person's client can show", "err", err)
		return client{true, true}
	}
	c.clients.Put(to.Chat, client{can[0], can[1]})
	return client{can[0], can[1]}
}

// met notes what a chat's client can show. Few cannot do everything: only these are kept.
func (c *Channel) met(ctx context.Context, to bot.Peer, can client) {
	if c.client(ctx, to) == can {
		return
	}
	c.clients.Put(to.Chat, can)
	if err := c.unable.put(ctx, to.Chat, [2]bool{can.inline, can.callback}); err != nil {
		c.log.Warn("what a person's client cannot show was not kept", "err", err)
	}
}

func boardKey(to bot.Peer, nonce int32) string { return to.Chat + "?" + strconv.Itoa(int(nonce)) }
