package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
	"go.etcd.io/bbolt"
)

// botWord is the first argument of a process that is one of the small bots.
const botWord = "bot"

// small is a small bot to compare with: it answers each update as Otklik does, with a message, or with an answer to the
// press and an edit. «null» keeps nothing; «plain» commits each update to bbolt before it answers. Updates of a person
// are worked off one after the other, those of different people side by side.
func small(args []string) {
	if len(args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: load bot null|plain ADDRESS FILE")
		os.Exit(2)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()  //nolint:forcetypeassert // it is one
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = 0, 64 // as Otklik's: with Go's two it would dial most of the time
	api, err := tgbotapi.NewBotAPIWithClient(token, args[1]+"/bot%s/%s", &http.Client{Transport: transport})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	keep := func(tgbotapi.Update) error { return nil }
	if args[0] == "plain" {
		db, err := bbolt.Open(args[2], 0o600, nil)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		keep = func(u tgbotapi.Update) error { return commit(db, u) }
	}
	offset := 0
	for {
		list, err := api.GetUpdates(tgbotapi.UpdateConfig{Offset: offset, Limit: 100, Timeout: 30})
		if err != nil {
			return // the server is gone
		}
		lines := map[int64][]tgbotapi.Update{}
		for _, u := range list {
			offset = max(offset, u.UpdateID+1)
			lines[u.SentFrom().ID] = append(lines[u.SentFrom().ID], u)
		}
		var wg sync.WaitGroup
		for _, line := range lines {
			wg.Go(func() {
				for _, u := range line {
					if err := keep(u); err != nil {
						fmt.Fprintln(os.Stderr, err)
						return
					}
					reply(api, u)
				}
			})
		}
		wg.Wait()
	}
}

// commit keeps the update, and the person's session with all that they said.
func commit(db *bbolt.DB, u tgbotapi.Update) error {
	return db.Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists([]byte("b"))
		if err != nil {
			return err
		}
		raw, err := json.Marshal(u)
		if err != nil {
			return err
		}
		id := binary.BigEndian.AppendUint64(nil, uint64(u.UpdateID))
		if err := b.Put(append([]byte("u"), id...), nil); err != nil {
			return err
		}
		return b.Put(binary.BigEndian.AppendUint64([]byte("s"), uint64(u.SentFrom().ID)), raw)
	})
}

// preview is about as long as what Otklik says.
var preview = "Понял: Ямы на дорогах, Киров. " + strings.Repeat("Уже третья машина колесо оставила. ", 4)

func reply(api *tgbotapi.BotAPI, u tgbotapi.Update) {
	rows := tgbotapi.NewInlineKeyboardMarkup(
		tgbotapi.NewInlineKeyboardRow(tgbotapi.NewInlineKeyboardButtonData("Ямы на дорогах", "a:1"), tgbotapi.NewInlineKeyboardButtonData("Другая тема", "a:2")),
		tgbotapi.NewInlineKeyboardRow(tgbotapi.NewInlineKeyboardButtonData("✓ Отправить", "a:3")))
	if q := u.CallbackQuery; q != nil {
		_, _ = api.Request(tgbotapi.NewCallback(q.ID, "")) // who is not heard is measured as silence
		edit := tgbotapi.NewEditMessageTextAndMarkup(q.Message.Chat.ID, q.Message.MessageID, preview, rows)
		_, _ = api.Request(edit)
		return
	}
	m := tgbotapi.NewMessage(u.Message.Chat.ID, preview)
	m.ReplyMarkup = rows
	_, _ = api.Request(m)
}
