package vk

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	vkapi "github.com/SevereCloud/vksdk/v2/api"

	"otklik/bot"
	"otklik/bot/kit"
)

// keptSheets is how many long keyboards are remembered: what is older gives way. The same list is one, wherever it stands.
const keptSheets = 4096

// staleList is said to who turns a page of a list that was forgotten.
const staleList = "Этот список устарел. Откройте его заново."

// pages are the long keyboards: VK shows ten buttons, and a message's others stand on further pages of it.
type pages struct {
	mu    sync.Mutex
	turns map[string]chan struct{} // messages that change: a page is not turned meanwhile
	shown *kit.Memory              // the keyboard that a message has
}

// keepSheet remembers a long keyboard, durably, and names it. The words of its message are not kept: VK has them.
func (c *Channel) keepSheet(ctx context.Context, s sheet) (name string, err error) {
	raw, err := json.Marshal(s)
	if err != nil {
		return "", err
	}
	name = hashed(string(raw))
	if c.sheets.fresh(ctx, name) {
		return name, nil
	}
	return name, c.sheets.put(ctx, name, s)
}

// turn keeps a message to the caller until leave is called.
func (p *pages) turn(ctx context.Context, to bot.Peer, ref bot.Ref) (leave func(), err error) {
	key, mine := shapeKey(to, ref), make(chan struct{})
	for {
		p.mu.Lock()
		other := p.turns[key]
		if other == nil {
			if p.turns == nil {
				p.turns = map[string]chan struct{}{}
			}
			p.turns[key] = mine
		}
		p.mu.Unlock()
		if other == nil {
			return func() {
				p.mu.Lock()
				delete(p.turns, key)
				p.mu.Unlock()
				close(mine)
			}, nil
		}
		select {
		case <-other:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// shows notes the keyboard that a message has now.
func (p *pages) shows(to bot.Peer, ref bot.Ref, board string) {
	p.memory().Put(shapeKey(to, ref), board)
}

func (p *pages) memory() *kit.Memory {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown == nil {
		p.shown = kit.NewMemory(4096)
	}
	return p.shown
}

// turnPage shows another page of a message's buttons. Nothing of it concerns the core.
func (c *Channel) turnPage(ctx context.Context, t turning) {
	var s sheet
	ok, err := c.sheets.get(ctx, t.want.Sheet, &s)
	if err != nil {
		c.log.Warn("a long keyboard could not be read", "err", err)
	}
	c.turned(ctx, t, ok || err != nil)
	if !ok {
		return
	}
	number, named := numberOf(t.ref)
	peer, err := known(t.to)
	if err != nil || !named {
		return
	}
	leave, err := c.pages.turn(ctx, t.to, t.ref)
	if err != nil {
		return
	}
	defer leave()
	if now, ok := c.pages.memory().Get(shapeKey(t.to, t.ref)).(string); ok && !hasSheet(now, t.want.Sheet) {
		return // the message has changed since
	}
	m, err := c.standing(ctx, t.to, t.ref)
	if err != nil || m == nil || m.Keyboard != nil && !hasSheet(string(m.Keyboard), t.want.Sheet) {
		c.log.Debug("a page of buttons was not turned: its message is not there or has changed", "err", err)
		return
	}
	board := s.board(t.want.Page-1, t.want.Sheet, c.client(ctx, t.to))
	if !s.Inline {
		err = c.sendBoard(ctx, peer, m, board, t.want)
	} else {
		params := vkapi.Params{"peer_id": peer, "cmid": number, "disable_mentions": 1, "dont_parse_links": 1}
		put(params, plain(m.Text), m.attached(), board)
		err = c.post.edit(ctx, params)
		if codeOf(err) == codeEditExpired {
			err = c.sendBoard(ctx, peer, m, board, t.want)
		}
	}
	if err != nil {
		c.log.Warn("a page of buttons was not turned", "err", err)
		return
	}
	c.pages.shows(t.to, t.ref, board)
}

// turned answers the press that turns a page.
func (c *Channel) turned(ctx context.Context, t turning, there bool) {
	note := ""
	if !there {
		note = staleList
	}
	press := t.press
	if press == "" {
		press = pressOfText(t.to.Chat)
	}
	if err := c.Answer(ctx, press, note, false); err != nil && ctx.Err() == nil {
		c.log.Debug("a press stays without an answer", "err", err)
	}
}

// standing gives a message as it stands now, nil if it does not.
func (c *Channel) standing(ctx context.Context, to bot.Peer, at bot.Ref) (*message, error) {
	var list struct{ Items []message }
	p := vkapi.Params{"peer_id": to.Chat, "conversation_message_ids": string(at)}
	if err := c.api.call(ctx, "messages.getByConversationMessageId", p, &list); err != nil || len(list.Items) == 0 {
		return nil, err
	}
	return &list.Items[0], nil
}

// sendBoard posts a page by itself, where the message cannot be changed.
func (c *Channel) sendBoard(ctx context.Context, peer int64, m *message, board string, want payload) error {
	params := vkapi.Params{"peer_ids": fmt.Sprint(peer), "random_id": randomID(want.Sheet+c.now().String(), want.Page), "disable_mentions": 1, "dont_parse_links": 1}
	put(params, plain(m.Text), m.attached(), board)
	_, err := c.post.send(ctx, params)
	return err
}

// hasSheet tells whether a keyboard is a page of this sheet.
func hasSheet(board, name string) bool {
	var k keyboard
	if json.Unmarshal([]byte(board), &k) != nil {
		return false
	}
	for _, row := range k.Buttons {
		for _, b := range row {
			var p payload
			if json.Unmarshal([]byte(b.Action.Payload), &p) == nil && p.Sheet == name {
				return true
			}
		}
	}
	return false
}
