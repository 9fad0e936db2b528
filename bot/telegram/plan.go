package telegram

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"otklik/bot"
	"otklik/bot/kit"
)

// What a message bears besides its text.
const (
	maxGroup   = 10
	maxColumns = 8
	maxButtons = 100
	maxData    = 64
)

// above stands under photos that have buttons and no words: an album bears none.
const above = "↑"

// part is one call's worth of a message: a text, or photos or a file with what is written under them.
type part struct {
	text   rich
	photos []int     // into the message's photos
	file   *bot.File // neither: a text
	markup string    // as JSON; an album has none
}

// carries tells whether a part is more than a text.
func (p part) carries() bool { return len(p.photos) > 0 || p.file != nil }

// plan says what a message becomes. The last part is the one that carries the text and the buttons.
func plan(m bot.Message) ([]part, error) {
	keyboard, err := keyboardOf(m.Keyboard)
	if err != nil {
		return nil, &bot.Failure{Reason: bot.Never, Err: err}
	}
	markup := keyboard
	if markup == "" && m.WantReply {
		markup = forceReply(m.ReplyTo != "")
	}
	texts := pieces(m.Text, m.Bold, maxText)
	short := len(texts) == 0 || len(texts) == 1 && kit.Units(texts[0].text) <= maxCaption
	var all []int
	for i := range m.Photos {
		all = append(all, i)
	}
	var parts []part
	switch n := len(all); {
	case len(m.Files) > 0:
		return withFiles(m, all, texts, short, markup), nil
	case n == 0 && len(texts) == 0:
		return nil, &bot.Failure{Reason: bot.Never, Err: errors.New("the message is empty")}
	case short && (n == 1 || n > 1 && n <= maxGroup && markup == ""):
		one := part{photos: all, markup: markup}
		if len(texts) > 0 {
			one.text = texts[0]
		}
		return []part{one}, nil
	}
	for group := range slices.Chunk(all, maxGroup) {
		parts = append(parts, part{photos: group})
	}
	for _, t := range texts {
		parts = append(parts, part{text: t})
	}
	if len(texts) == 0 && markup != "" {
		parts = append(parts, part{text: rich{text: above}})
	}
	if last := &parts[len(parts)-1]; len(last.photos) == 0 {
		last.markup = markup
	}
	return parts, nil
}

// withFiles says what a message with files becomes: the photos, then each file by itself, as Telegram shows no buttons under
// several. What is written stands under the last file where it fits there, otherwise below.
func withFiles(m bot.Message, photos []int, texts []rich, short bool, markup string) (parts []part) {
	for group := range slices.Chunk(photos, maxGroup) {
		parts = append(parts, part{photos: group})
	}
	for i := range m.Files {
		parts = append(parts, part{file: &m.Files[i]})
	}
	last := len(parts) - 1
	switch {
	case short && len(texts) > 0:
		parts[last].text = texts[0]
	case !short:
		for _, t := range texts {
			parts = append(parts, part{text: t})
		}
	}
	parts[len(parts)-1].markup = markup
	return parts
}

func forceReply(selective bool) string {
	if selective {
		return `{"force_reply":true,"selective":true}`
	}
	return `{"force_reply":true}`
}

// keyboardOf gives the inline keyboard as JSON, "" for none. Rows that are too wide are broken.
func keyboardOf(rows [][]bot.Button) (string, error) {
	var markup tgbotapi.InlineKeyboardMarkup
	count := 0
	for _, row := range rows {
		for chunk := range slices.Chunk(row, maxColumns) {
			line := make([]tgbotapi.InlineKeyboardButton, 0, len(chunk))
			for _, b := range chunk {
				one, err := button(b)
				if err != nil {
					return "", err
				}
				line = append(line, one)
			}
			count += len(line)
			markup.InlineKeyboard = append(markup.InlineKeyboard, line)
		}
	}
	switch {
	case count == 0:
		return "", nil
	case count > maxButtons:
		return "", fmt.Errorf("%d buttons, at most %d", count, maxButtons)
	}
	raw, err := json.Marshal(markup)
	return string(raw), err
}

func button(b bot.Button) (tgbotapi.InlineKeyboardButton, error) {
	text := strings.ToValidUTF8(strings.TrimSpace(b.Text), "\uFFFD")
	switch {
	case text == "":
		return tgbotapi.InlineKeyboardButton{}, errors.New("a button has no text")
	case b.URL != "":
		return tgbotapi.NewInlineKeyboardButtonURL(text, b.URL), nil
	case b.Data == "" || len(b.Data) > maxData:
		return tgbotapi.InlineKeyboardButton{}, fmt.Errorf("the button %q has %d bytes of data: 1 to %d", text, len(b.Data), maxData)
	}
	return tgbotapi.NewInlineKeyboardButtonData(text, b.Data), nil
}
