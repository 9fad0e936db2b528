package vk

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"sync"

	vkapi "github.com/SevereCloud/vksdk/v2/api"

	"otklik/bot"
	"otklik/bot/kit"
)

// keptSheets is how many long keyboards are remembered: what is older gives way.
const keptSheets = 4096

// pages are the long keyboards: VK shows ten buttons, and a message's others stand on further pages of it.
type pages struct {
	mu    sync.Mutex
	turns map[string]chan struct{} // messages that change: a page is not turned meanwhile
	shown *kit.Memory              // the keyboard that a message has
}

type keptSheet struct {
	Name  string `json:"name"`
	Sheet sheet  `json:"sheet"`
}

// keep remembers a sheet, durably, and names it.
func (p *pages) keep(ctx context.Context, keeper Keeper, s sheet) (name string, err error) {
	raw, err := json.Marshal(s)
	if err != nil {
		return "", err
	}
	h := fnv.New64a()
	h.Write(raw)
	name = fmt.Sprintf("%016x", h.Sum64())
	if raw, err = json.Marshal(keptSheet{name, s}); err != nil {
		return "", err
	}
	return name, keeper.Save(ctx, sheetKey(name), raw)
}

func sheetKey(name string) string {
	h := fnv.New32a()
	h.Write([]byte(name))
	return fmt.Sprintf("k/%04d", h.Sum32()%keptSheets)
}

// find gives a kept sheet.
func (p *pages) find(ctx context.Context, keeper Keeper, name string) (s sheet, ok bool, err error) {
	err = keeper.Load(ctx, sheetKey(name), func(_ string, value []byte) error {
		var kept keptSheet
		if err := json.Unmarshal(value, &kept); err != nil {
			return nil //nolint:nilerr // an older version's: as if it were not there
		}
		if kept.Name == name {
			s, ok = kept.Sheet, true
		}
		return nil
	})
	return s, ok, err
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
func (c *Channel) turnPage(ctx context.Context, to bot.Peer, ref bot.Ref, want payload) {
	s, ok, err := c.pages.find(ctx, c.keep, want.Sheet)
	if err != nil || !ok {
		c.log.Debug("a long keyboard is forgotten", "err", err)
		return
	}
	peer, err := known(to)
	number, named := numberOf(ref)
	if err != nil || !named {
		return
	}
	can := c.client(ctx, to)
	board := s.board(want.Page-1, want.Sheet, can)
	leave, err := c.pages.turn(ctx, to, ref)
	if err != nil {
		return
	}
	defer leave()
	if now, ok := c.pages.memory().Get(shapeKey(to, ref)).(string); ok && !hasSheet(now, want.Sheet) {
		return // the message has changed since
	}
	if !s.Inline {
		err = c.sendBoard(ctx, peer, s, board, want)
	} else {
		params := vkapi.Params{"peer_id": peer, "cmid": number, "disable_mentions": 1, "dont_parse_links": 1}
		put(params, s.Text, s.Files, board)
		err = c.post.edit(ctx, params)
		if codeOf(err) == codeEditExpired {
			err = c.sendBoard(ctx, peer, s, board, want)
		}
	}
	if err != nil {
		c.log.Warn("a page of buttons was not turned", "err", err)
		return
	}
	c.pages.shows(to, ref, board)
}

// sendBoard posts a page by itself, where the message cannot be changed.
func (c *Channel) sendBoard(ctx context.Context, peer int64, s sheet, board string, want payload) error {
	params := vkapi.Params{"peer_ids": fmt.Sprint(peer), "random_id": randomID(want.Sheet+c.now().String(), want.Page), "disable_mentions": 1, "dont_parse_links": 1}
	put(params, s.Text, s.Files, board)
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
