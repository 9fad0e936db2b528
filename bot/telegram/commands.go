package telegram

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"sync"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"otklik/bot"
	"otklik/bot/kit"
)

const (
	maxCommands    = 100
	maxDescription = 256
)

var commandShape = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

// menus remembers what each menu shows, so that saying it again costs no call.
type menus struct {
	mu    sync.Mutex
	shown map[string]string
}

// SetCommands shows commands to a chat, or to everybody's private chat. An empty list takes the menu away.
func (c *Channel) SetCommands(ctx context.Context, peer bot.Peer, language string, list []bot.Command) error {
	scope := map[string]string{"type": "all_private_chats"}
	if !peer.IsZero() {
		scope = map[string]string{"type": "chat", "chat_id": peer.Chat}
	}
	p := tgbotapi.Params{}
	if err := p.AddInterface("scope", scope); err != nil {
		return err
	}
	language, _, _ = strings.Cut(strings.ToLower(language), "-")
	if len(language) == 2 {
		p["language_code"] = language
	}
	var menu []tgbotapi.BotCommand
	for _, one := range list {
		if d := kit.Shorten(strings.TrimSpace(one.Description), maxDescription); commandShape.MatchString(one.Name) && d != "" && len(menu) < maxCommands {
			menu = append(menu, tgbotapi.BotCommand{Command: one.Name, Description: d})
		}
	}
	shows, err := json.Marshal(menu)
	if err != nil {
		return err
	}
	method := "deleteMyCommands"
	if len(menu) > 0 {
		method, p["commands"] = "setMyCommands", string(shows)
	}
	key := p["scope"] + p["language_code"]
	if c.menus.is(key, string(shows)) {
		return nil
	}
	if err := c.api.call(ctx, method, p, nil); err != nil {
		return err
	}
	c.menus.set(key, string(shows))
	return nil
}

func (m *menus) is(key, shows string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.shown[key] == shows
}

func (m *menus) set(key, shows string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.shown == nil {
		m.shown = map[string]string{}
	}
	m.shown[key] = shows
}
