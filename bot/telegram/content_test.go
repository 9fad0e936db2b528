package telegram

import (
	"encoding/json"
	"os"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"otklik/bot"
	"otklik/bot/bottest"
)

// what compares all of an update but its number and its time.
var what = cmpopts.IgnoreFields(bot.Update{}, "ID", "Time")

func TestWhatAPersonSendsInOurWords(t *testing.T) {
	ref := func(name string) []bot.Media { return []bot.Media{{Refs: map[string]string{Name: name}}} }
	for name, c := range map[string]struct {
		do   func(u *bottest.User)
		want bot.Update // beside channel, peer and person
	}{
		"a text":          {func(u *bottest.User) { u.Says("яма") }, bot.Update{Text: "яма"}},
		"a start link":    {func(u *bottest.User) { u.Starts("inv_AbC-9") }, bot.Update{Text: "/start inv_AbC-9"}},
		"a named command": {func(u *bottest.User) { u.Says("/My@OtklikTestBot 7") }, bot.Update{Text: "/My@OtklikTestBot 7"}},
		"a location": {func(u *bottest.User) { u.SendsLocation(58.6, 49.66) },
			bot.Update{Location: &bot.Location{Lat: 58.6, Lon: 49.66}}},
		"a venue": {func(u *bottest.User) { u.SendsVenue(58.6, 49.66, "Аптека", "Ленина, 12") },
			bot.Update{Location: &bot.Location{Lat: 58.6, Lon: 49.66, Title: "Аптека", Address: "Ленина, 12"}}},
		"a sticker": {func(u *bottest.User) { u.SendsSticker() }, bot.Update{Other: "sticker"}},
		"a voice":   {func(u *bottest.User) { u.SendsVoice() }, bot.Update{Other: "voice"}},
		"a video with words": {func(u *bottest.User) {
			u.Sends("video", map[string]any{"file_id": "v", "file_unique_id": "v", "width": 1, "height": 1, "duration": 1}, "вот как льёт")
		}, bot.Update{Other: "video", Text: "вот как льёт"}},
		"a round video": {func(u *bottest.User) {
			u.Sends("video_note", map[string]any{"file_id": "v", "file_unique_id": "v", "length": 1, "duration": 1}, "")
		}, bot.Update{Other: "video"}},
		"a contact": {func(u *bottest.User) {
			u.Sends("contact", map[string]any{"phone_number": "+7", "first_name": "Пётр"}, "")
		}, bot.Update{Other: "contact"}},
		"a die":  {func(u *bottest.User) { u.Sends("dice", map[string]any{"emoji": "🎲", "value": 3}, "") }, bot.Update{Other: "other"}},
		"a file": {func(u *bottest.User) { u.SendsFile("акт.pdf", "application/pdf", []byte("%PDF"), "акт") }, bot.Update{Other: "file", Text: "акт"}},
		"a photo in the format of a file": {func(u *bottest.User) { u.SendsFile("яма.jpg", "image/jpeg", bottest.JPEG(1), "яма") },
			bot.Update{Text: "яма", Media: ref("file:AgACAgI-document-1002")}},
		"a photo that is too large to fetch": {func(u *bottest.User) { u.SendsHuge("яма.jpg") }, bot.Update{Other: "file"}},
		"a photo": {func(u *bottest.User) { u.SendsPhoto(bottest.JPEG(1), "яма") },
			bot.Update{Text: "яма", Media: ref("AgACAgI-photo-1002")}},
		"a photo without words": {func(u *bottest.User) { u.SendsPhoto(bottest.JPEG(1), "") },
			bot.Update{Media: ref("AgACAgI-photo-1002")}},
		"forwarded of a person": {func(u *bottest.User) {
			u.Forwards(map[string]any{"type": "user", "sender_user": map[string]any{"id": 5, "is_bot": false, "first_name": "Пётр", "last_name": "Орлов"}}, "яма")
		}, bot.Update{Text: "яма", Forward: &bot.Forward{Name: "Пётр Орлов"}}},
		"forwarded of a hidden person": {func(u *bottest.User) {
			u.Forwards(map[string]any{"type": "hidden_user", "sender_user_name": "П."}, "яма")
		}, bot.Update{Text: "яма", Forward: &bot.Forward{Name: "П."}}},
		"forwarded of a channel": {func(u *bottest.User) {
			u.Forwards(map[string]any{"type": "channel", "message_id": 77, "chat": map[string]any{"id": -1001234, "type": "channel", "title": "Киров", "username": "kirov"}}, "яма")
		}, bot.Update{Text: "яма", Forward: &bot.Forward{Name: "Киров", Link: "https://t.me/kirov/77", Source: bot.Peer{Channel: Name, Chat: "-1001234"}}}},
		"forwarded of a closed channel": {func(u *bottest.User) {
			u.Forwards(map[string]any{"type": "channel", "message_id": 77, "chat": map[string]any{"id": -1001234, "type": "channel", "title": "Свои"}}, "яма")
		}, bot.Update{Text: "яма", Forward: &bot.Forward{Name: "Свои", Link: "https://t.me/c/1234/77", Source: bot.Peer{Channel: Name, Chat: "-1001234"}}}},
		"forwarded of a group": {func(u *bottest.User) {
			u.Forwards(map[string]any{"type": "chat", "sender_chat": map[string]any{"id": -1005, "type": "supergroup", "title": "Дом 12"}}, "яма")
		}, bot.Update{Text: "яма", Forward: &bot.Forward{Name: "Дом 12"}}},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				s.anna.SetName("Кузнецова", "anna_k")
				s.run()
				c.do(s.anna)
				got := s.one()
				c.want.Channel, c.want.Kind, c.want.Ref, c.want.Peer = Name, bot.Written, "1", s.anna.Peer()
				c.want.From = bot.User{ID: c.want.Peer.Chat, Name: "Анна Кузнецова", Username: "anna_k", Language: "ru"}
				if diff := cmp.Diff(c.want, got, what); diff != "" {
					t.Error(diff)
				}
				if now := time.Now(); got.ID == "" || got.Time.Unix() != now.Unix() {
					t.Errorf("number %q at %v", got.ID, got.Time)
				}
			})
		})
	}
}

func TestAlbumsEditsRepliesAndBlocks(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.SendsAlbum("две ямы", bottest.JPEG(1), bottest.JPEG(2))
		album := s.taken()
		if len(album) != 2 || album[0].Album == "" || album[0].Album != album[1].Album || album[0].Text != "две ямы" || album[1].Text != "" {
			t.Errorf("%+v", album)
		}
		s.anna.Edits("две ямы", "три ямы")
		if u := s.one(); u.Kind != bot.Edited || u.Text != "три ямы" || u.Ref != album[0].Ref || u.Album != album[0].Album || len(u.Media) != 1 {
			t.Errorf("%+v", u)
		}
		s.anna.Says("яма")
		first := s.one()
		time.Sleep(time.Hour)
		s.anna.Edits("яма", "канава")
		if u := s.one(); u.Kind != bot.Edited || u.Text != "канава" || u.Ref != first.Ref || u.Time.Sub(first.Time) != time.Hour || u.ID == first.ID {
			t.Errorf("%+v", u)
		}
		card := s.send(s.anna.Peer(), bot.Message{Text: "№ 7"})
		s.anna.RepliesWithPhoto("№ 7", bottest.JPEG(3), "сделано")
		if u := s.one(); u.ReplyTo != card.Ref || u.Text != "сделано" || len(u.Media) != 1 || u.ToUs {
			t.Errorf("%+v", u)
		}
		s.anna.Blocks()
		if u := s.one(); u.Kind != bot.Gone || u.Peer != s.anna.Peer() || u.From.ID != s.anna.Peer().Chat || u.Group {
			t.Errorf("%+v", u)
		}
		s.anna.Unblocks()
		if u := s.one(); u.Kind != bot.Back || u.Peer != s.anna.Peer() {
			t.Errorf("%+v", u)
		}
	})
}

func TestALiveLocationIsOnePoint(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		chat := map[string]any{"id": 5, "type": "private", "first_name": "Анна"}
		from := map[string]any{"id": 5, "is_bot": false, "first_name": "Анна"}
		point := map[string]any{"latitude": 58.6, "longitude": 49.6, "live_period": 900}
		s.Raw(map[string]any{"message": map[string]any{"message_id": 1, "date": 1, "chat": chat, "from": from, "location": point}})
		if u := s.one(); u.Location == nil {
			t.Errorf("%+v", u)
		}
		s.Raw(map[string]any{"edited_message": map[string]any{"message_id": 1, "date": 1, "edit_date": 2, "chat": chat, "from": from, "location": point}})
		if list := s.taken(); len(list) != 0 {
			t.Errorf("%+v", list)
		}
	})
}

func TestWhatIsMeantForTheBotInAGroup(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(p *bottest.Seat)
		text string
		toUs bool
		none bool
	}{
		"talk":                          {do: func(p *bottest.Seat) { p.Says("обед?") }, text: "обед?"},
		"its name first":                {do: func(p *bottest.Seat) { p.Says("@OtklikTestBot, яма на Ленина") }, text: "яма на Ленина", toUs: true},
		"its name and a command":        {do: func(p *bottest.Seat) { p.Says("@otkliktestbot /accept 7") }, text: "/accept 7", toUs: true},
		"its name inside":               {do: func(p *bottest.Seat) { p.Says("👷🏽 спроси @OtklikTestBot сам") }, text: "👷🏽 спроси @OtklikTestBot сам", toUs: true},
		"another's name":                {do: func(p *bottest.Seat) { p.Says("@petr_orlov глянь") }, text: "@petr_orlov глянь"},
		"a command":                     {do: func(p *bottest.Seat) { p.Says("/accept 7") }, text: "/accept 7"},
		"a command of ours":             {do: func(p *bottest.Seat) { p.Says("/accept@OtklikTestBot 7") }, text: "/accept@OtklikTestBot 7", toUs: true},
		"a command of another bot":      {do: func(p *bottest.Seat) { p.Says("/accept@OtherBot 7") }, none: true},
		"a reply to the bot":            {do: func(p *bottest.Seat) { p.RepliesTo("карточка", "сделано") }, text: "сделано", toUs: true},
		"a reply to somebody":           {do: func(p *bottest.Seat) { p.RepliesTo("привет", "и тебе") }, text: "и тебе"},
		"a photo with its name":         {do: func(p *bottest.Seat) { p.SendsPhoto(bottest.JPEG(1), "@OtklikTestBot яма") }, text: "яма", toUs: true},
		"only its name":                 {do: func(p *bottest.Seat) { p.Says("@OtklikTestBot") }, text: "", toUs: true},
		"an address that is not a name": {do: func(p *bottest.Seat) { p.Says("почта a@OtklikTestBot") }, text: "почта a@OtklikTestBot"},
		"an administrator in disguise":  {do: func(p *bottest.Seat) { p.Anonymous().Says("кто здесь?") }, text: "кто здесь?"},
		"somebody joined":               {do: func(p *bottest.Seat) { p.Sends("new_chat_title", "Дом 13", "") }, none: true},
		"a story": {do: func(p *bottest.Seat) {
			p.Sends("story", map[string]any{"id": 1, "chat": map[string]any{"id": 1, "type": "private"}}, "")
		}, text: ""},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				s.run()
				group := s.Group("Дом 12")
				seat := group.Seat(s.anna)
				seat.Says("привет")
				s.send(seat.Peer(), bot.Message{Text: "карточка"})
				s.taken()
				c.do(seat)
				if c.none {
					if list := s.taken(); len(list) > 0 {
						t.Errorf("%+v", list)
					}
					return
				}
				u := s.one()
				if u.Text != c.text || u.ToUs != c.toUs || !u.Group || u.Peer != seat.Peer() {
					t.Errorf("%+v", u)
				}
			})
		})
	}
}

func TestWhoeverWritesForAGroupIsTheGroup(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		seat := s.Group("Дом 12").Seat(s.anna)
		seat.Anonymous().Says("мы решили")
		if u := s.one(); u.From.ID != seat.Peer().Chat || u.From.Name != "Дом 12" {
			t.Errorf("%+v", u.From)
		}
	})
}

func TestForumTopics(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		forum := s.Forum("Кураторы")
		seat := forum.Seat(s.anna)
		topic := seat.In(forum.Topic("Дороги", s.anna))
		if list := s.taken(); len(list) > 0 {
			t.Errorf("a topic that opens is nobody's word: %+v", list)
		}
		topic.Says("яма")
		if u := s.one(); u.Peer != topic.Peer() || u.ReplyTo != "" || u.ToUs {
			t.Errorf("%+v", u)
		}
		r := s.send(topic.Peer(), bot.Message{Text: "карточка", Keyboard: yes()})
		topic.RepliesTo("карточка", "вижу")
		if u := s.one(); u.ReplyTo != r.Ref || !u.ToUs || u.Peer != topic.Peer() {
			t.Errorf("%+v", u)
		}
		topic.Presses("Да")
		if u := s.one(); u.Peer != topic.Peer() || u.Ref != r.Ref || !u.Group {
			t.Errorf("%+v", u)
		}
		seat.Says("в общей")
		if u := s.one(); u.Peer != seat.Peer() {
			t.Errorf("%+v", u)
		}
		s.edit(topic.Peer(), r.Ref, bot.Message{Text: "карточка закрыта"})
		s.shows(topic, "Анна: яма\nОтклик: карточка закрыта\nАнна: вижу\n")
		forum.CloseTopic(topicOf(topic.Peer()))
		s.send(topic.Peer(), bot.Message{Text: "тема закрыта, но слово дошло"})
		s.shows(seat, "Анна: в общей\nОтклик: тема закрыта, но слово дошло\n")
	})
}

func topicOf(p bot.Peer) (id int) {
	_ = json.Unmarshal([]byte(p.Thread), &id)
	return id
}

func TestRepliesInASupergroupAreNoTopics(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		seat := s.Forum("Дом 12").Seat(s.anna)
		r := s.send(seat.Peer(), bot.Message{Text: "карточка", Keyboard: yes()})
		seat.RepliesTo("карточка", "вижу")
		if u := s.one(); u.Peer != seat.Peer() || u.ReplyTo != r.Ref {
			t.Errorf("%+v", u)
		}
	})
}

func TestAGroupThatBecomesASupergroup(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		group := s.Group("Дом 12")
		old := group.Seat(s.anna)
		next := group.Upgrades(s.anna).Seat(s.anna)
		list := s.taken()
		if len(list) != 2 {
			t.Fatalf("%+v", list)
		}
		for _, u := range list {
			if u.Kind != bot.Moved || u.Peer != old.Peer() || u.MovedTo != next.Peer().Chat || !u.Group {
				t.Errorf("%+v", u)
			}
		}
		_, err := s.ch.Send(s.Context(), old.Peer(), bot.Message{Text: "туда ли?"}, "k", nil)
		if f := bot.FailureOf(err); f.Reason != bot.MovedOn || f.To != next.Peer().Chat {
			t.Errorf("%v", err)
		}
	})
}

func TestAGroupThatLetsTheBotInAndOut(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		group := s.Group("Дом 12")
		seat := group.Seat(s.anna)
		for i, c := range []struct {
			do   func(*bottest.User)
			kind bot.Kind
			can  bool
		}{{group.Mutes, bot.Gone, false}, {group.Adds, bot.Back, true}, {group.Removes, bot.Gone, false}, {group.Adds, bot.Back, true}} {
			c.do(s.anna)
			if u := s.one(); u.Kind != c.kind || u.Peer != seat.Peer() || !u.Group {
				t.Errorf("%+v", u)
			}
			_, err := s.ch.Send(s.Context(), seat.Peer(), bot.Message{Text: "слово"}, strconv.Itoa(i), nil)
			if got := reason(err); (got == "") != c.can || !c.can && got != bot.NoPeer {
				t.Errorf("%v", err)
			}
		}
	})
}

func TestAPressOfAMessageTooOldToBeShown(t *testing.T) {
	play(t, func(s *stage) {
		s.run()
		s.anna.Opens()
		r := s.send(s.anna.Peer(), bot.Message{Text: "№ 7", Keyboard: yes()})
		s.anna.PressesOld("Да")
		if u := s.one(); u.Kind != bot.Pressed || u.Ref != r.Ref || u.Data != "y" || u.Peer != s.anna.Peer() || u.Group {
			t.Errorf("%+v", u)
		}
		s.anna.Forges("assign:1:evil")
		if u := s.one(); u.Data != "assign:1:evil" || u.Ref != r.Ref {
			t.Errorf("%+v", u)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
	})
}

// Every field of Telegram's message has its place; a new one shows here first.
func TestEveryFieldOfAMessageIsKnown(t *testing.T) {
	path := bottest.Shared("schemas/telegram_api.json")
	if path == "" {
		t.Skip("../shared/schemas/telegram_api.json is not there")
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Types map[string]struct {
			Fields []struct{ Name string }
		}
	}
	if err := json.Unmarshal(raw, &schema); err != nil {
		t.Fatal(err)
	}
	lists := []string{service, envelope}
	for _, u := range unusable {
		lists = append(lists, " "+u.fields+" ")
	}
	for _, f := range schema.Types["Message"].Fields {
		n := 0
		for _, list := range lists {
			if among(list, f.Name) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s stands in %d lists", f.Name, n)
		}
	}
	if got := other(jsontext.Value(`{"update_id":1,"message":{"message_id":1,"hologram":{}}}`)); got != "other" {
		t.Errorf("what is new is %q", got)
	}
}
