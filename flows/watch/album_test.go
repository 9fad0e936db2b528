package watch_test

import (
	"context"
	"fmt"
	"testing"

	"otklik/bot"
	"otklik/flows/flowtest"
	"otklik/storage"
)

// TestAnAlbumAndItsCopiesAreOnePost: in every order in which the photos and their copies may come, whichever bears the words,
// and also when all of it comes once more.
func TestAnAlbumAndItsCopiesAreOnePost(t *testing.T) {
	ground := flowtest.Region(t)
	for _, order := range []string{"ppcc", "pcpc", "pccp", "cppc", "cpcp", "ccpp", "pp", "cc"} {
		for worded := range 2 {
			t.Run(fmt.Sprint(order, worded), func(t *testing.T) {
				s := flowtest.On(t, ground)
				s.Play("@ лента Новости kirov\n@ группа Обсуждение kirov\n")
				al := &album{s: s, worded: worded, text: "Светофор на перекрёстке Ленина и Мира в Кирове не работает третий день, опасно"}
				for i := range al.photos {
					s.Play("@ +1s\n")
					al.photos[i] = bot.Media{Refs: map[string]string{"desk": fmt.Sprint("album photo ", i)}}
				}
				for range 2 {
					al.all(order, bot.Written)
				}
				al.stands(t)
				al.text = "Светофор на перекрёстке Ленина и Мира в Кирове не работает пятый день, очень опасно"
				al.all(order, bot.Edited)
				al.stands(t)
				// What replies to any of its photos speaks of it.
				where, ref := s.Cast["Новости"], "p1"
				if order != "pp" {
					where, ref = s.Cast["Обсуждение"], "c1"
				}
				u := s.Update(where, where.Peer, true, bot.Update{Kind: bot.Written, Text: "Да, светофор так и не работает", ReplyTo: bot.Ref(ref)})
				u.Source, u.From = where.Peer, bot.User{ID: "sveta", Name: "Света"}
				s.Give(u)
				if inc := incident(t, s, 1); inc.Posts != 2 {
					t.Errorf("it has %d messages", inc.Posts)
				}
			})
		}
	}
}

type album struct {
	s      *flowtest.Stage
	photos [2]bot.Media
	worded int
	text   string
	lone   bool // it is a photo by itself
}

// gives brings a photo as it was posted ('p') or its copy ('c').
func (al *album) gives(what rune, i int, kind bot.Kind) {
	channel, talk := al.s.Cast["Новости"], al.s.Cast["Обсуждение"]
	where := channel
	u := bot.Update{Kind: kind, Media: []bot.Media{al.photos[i]}, Album: "album " + string(what)}
	if al.lone {
		u.Album = ""
	}
	if what == 'c' {
		where = talk
		u.Copy, u.Forward = true, &bot.Forward{Name: "Новости", Source: channel.Peer, Link: fmt.Sprint("https://example.org/p", i)}
	}
	if i == al.worded {
		u.Text = al.text
	}
	u = al.s.Update(where, where.Peer, true, u)
	u.Ref, u.Source, u.Title, u.ReadOnly = bot.Ref(fmt.Sprint(string(what), i)), where.Peer, where.Name, what == 'p'
	u.Link = fmt.Sprint("https://example.org/", string(what), i)
	u.From = bot.User{ID: "channel", Name: "Новости"}
	al.s.Give(u)
}

// stands says that there is one incident of one message with all photos and the words.
func (al *album) stands(t *testing.T) {
	t.Helper()
	inc := incident(t, al.s, 1)
	if inc.Text != al.text || inc.Posts != 1 || len(inc.Photos) != 2 || inc.Photos[0] == inc.Photos[1] || inc.Topic == "" {
		t.Errorf("%d messages, photos %v, topic %q: %s", inc.Posts, inc.Photos, inc.Topic, inc.Text)
	}
	err := al.s.Store.View(context.Background(), func(tx *storage.Tx) error {
		if other, err := tx.Incident(2); err != nil || other != nil {
			t.Errorf("there is a second: %+v, %v", other, err)
		}
		list, n, err := tx.Posts(1, 10)
		if n != 1 || err != nil || len(list[0].Photos) != 2 || list[0].Text != al.text {
			t.Errorf("%d posts, %v: %+v", n, err, list)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
