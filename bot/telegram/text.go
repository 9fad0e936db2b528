package telegram

import (
	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"otklik/bot"
	"otklik/bot/kit"
)

// What Telegram bears. Lengths of texts are in UTF-16 code units.
const (
	maxText     = 4096
	maxCaption  = 1024
	maxEntities = 100
)

// rich is a text with its bold stretches, as Telegram takes it. Formatting travels beside the text, never in it: so no
// sign that a person typed can be taken for markup.
type rich struct {
	text string
	bold []tgbotapi.MessageEntity
}

// pieces cuts a text into as many parts as limit asks for.
func pieces(text string, bold []bot.Span, limit int) (list []rich) {
	for _, p := range kit.Pieces(text, bold, limit) {
		list = append(list, rich{p.Text, entities(p)})
	}
	return list
}

// entities gives a part's bold stretches in Telegram's words and units.
func entities(p kit.Piece) (list []tgbotapi.MessageEntity) {
	at, n := 0, 0
	for _, b := range p.Bold {
		n += kit.Units(p.Text[at:b.Start])
		length := kit.Units(p.Text[b.Start:b.End])
		list = append(list, tgbotapi.MessageEntity{Type: "bold", Offset: n, Length: length})
		at, n = b.End, n+length
		if len(list) == maxEntities {
			break
		}
	}
	return list
}
