package watch_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"otklik/bot"
	"otklik/flows/flowtest"
	"otklik/storage"
)

const lamp = "Светофор на перекрёстке Ленина и Мира в Кирове не работает третий день, опасно"

// TestACaptionThatComesLate: an album is posted without words, and one of its photos is given them later.
func TestACaptionThatComesLate(t *testing.T) {
	ground := flowtest.Region(t)
	for _, order := range []string{"ppcc", "pcpc", "pccp", "cppc", "cpcp", "ccpp", "pp", "cc"} {
		for worded := range 2 {
			t.Run(fmt.Sprint(order, worded), func(t *testing.T) {
				s := flowtest.On(t, ground)
				s.Play("@ лента Новости kirov\n@ группа Обсуждение kirov\n")
				al := &album{s: s, worded: worded}
				for i := range al.photos {
					s.Play("@ +1s\n")
					al.photos[i] = bot.Media{Refs: map[string]string{"desk": fmt.Sprint("late photo ", i)}}
				}
				al.all(order, bot.Written)
				al.text = lamp
				al.all(order, bot.Edited)
				al.stands(t)
			})
		}
	}
}

// TestACaptionThatMoves: it is taken from one photo of an album and given to another, told in either order.
func TestACaptionThatMoves(t *testing.T) {
	ground := flowtest.Region(t)
	for _, what := range []string{"p", "c"} {
		for from := range 2 {
			for _, takenFirst := range []bool{true, false} {
				t.Run(fmt.Sprint(what, from, takenFirst), func(t *testing.T) {
					s := flowtest.On(t, ground)
					s.Play("@ лента Новости kirov\n@ группа Обсуждение kirov\n")
					al := &album{s: s, worded: from, text: "Светофор на перекрёстке Ленина и Мира в Кирове не работает"}
					for i := range al.photos {
						s.Play("@ +1s\n")
						al.photos[i] = bot.Media{Refs: map[string]string{"desk": fmt.Sprint("moved photo ", i)}}
					}
					al.all(what+what, bot.Written)
					al.stands(t)
					al.worded, al.text = 1-from, lamp
					first := from
					if !takenFirst {
						first = 1 - from
					}
					al.gives(rune(what[0]), first, bot.Edited)
					al.gives(rune(what[0]), 1-first, bot.Edited)
					al.stands(t)
				})
			}
		}
	}
}

// all brings every photo and every copy, in an order.
func (al *album) all(order string, kind bot.Kind) {
	n := map[rune]int{}
	for _, what := range order {
		al.gives(what, n[what], kind)
		n[what]++
	}
}

// TestACaptionAfterTheDecision: what somebody has decided stands, and the words are noted, of an album as of a single photo.
func TestACaptionAfterTheDecision(t *testing.T) {
	ground := flowtest.Region(t)
	for _, button := range []string{"✓ В работу", "Не проблема"} {
		seen := map[int]string{}
		for photos := range 3 { // none: a photo that is no part of an album
			s := flowtest.On(t, ground)
			s.Play("@ лента Новости kirov\n@ группа Обсуждение kirov\n")
			al := &album{s: s, worded: max(photos-1, 0), lone: photos == 0}
			for i := range al.photos {
				al.photos[i] = bot.Media{Refs: map[string]string{"desk": fmt.Sprint("decided photo ", i)}}
			}
			al.all("pp"[:min(photos, 1)+1], bot.Written)
			s.Press("Ольга", button)
			al.text = lamp
			al.gives('p', al.worded, bot.Edited)
			inc := incident(t, s, 1)
			seen[photos] = fmt.Sprint(inc.State, " ", inc.Topic, " ", inc.Text, " ", lastEvent(t, s))
			if seen[photos] != seen[0] || !strings.Contains(seen[photos], lamp) || inc.Text != "" {
				t.Errorf("%s, photo %d: %s, of a single one %s", button, photos, seen[photos], seen[0])
			}
		}
	}
}

// lastEvent says what the newest event of № 1 is.
func lastEvent(t *testing.T, s *flowtest.Stage) (said string) {
	t.Helper()
	err := s.Store.View(context.Background(), func(tx *storage.Tx) error {
		list, err := tx.Events(1)
		if len(list) > 0 {
			ev := list[len(list)-1]
			said = fmt.Sprint(ev.Action, " ", ev.Text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return said
}

// TestASecondCaptionJoinsTheFirst: what both photos say is what the post says, once however often it comes; a post kept
// before captions were knows whose its words are.
func TestASecondCaptionJoinsTheFirst(t *testing.T) {
	const first = "Светофор на перекрёстке Ленина и Мира в Кирове не работает"
	ground := flowtest.Region(t)
	for _, order := range []string{"ppcc", "cpcp", "pp", "cc"} {
		for _, old := range []bool{false, true} {
			s := flowtest.On(t, ground)
			s.Play("@ лента Новости kirov\n@ группа Обсуждение kirov\n")
			al := &album{s: s, text: first}
			for i := range al.photos {
				al.photos[i] = bot.Media{Refs: map[string]string{"desk": fmt.Sprint("joined photo ", i)}}
			}
			al.all(order, bot.Written)
			if old {
				forgetCaptions(t, s, al, order)
			}
			al.worded, al.text = 1, "Светофор на перекрёстке Мира и Труда тоже"
			n := map[rune]int{}
			for _, what := range order {
				if n[what]++; n[what] == 2 {
					al.gives(what, 1, bot.Edited)
				}
			}
			al.text = first + "\n" + al.text
			al.stands(t)
			al.worded, al.text = 0, lamp
			for _, what := range order {
				if n[what]--; n[what] == 0 {
					al.gives(what, 0, bot.Edited)
				}
			}
			al.text = lamp + "\nСветофор на перекрёстке Мира и Труда тоже"
			al.stands(t)
		}
	}
}

// forgetCaptions has the one post kept as it was before captions were.
func forgetCaptions(t *testing.T, s *flowtest.Stage, al *album, order string) {
	t.Helper()
	err := s.Store.Update(context.Background(), func(tx *storage.Tx) error {
		list, _, err := tx.Posts(1, 1)
		if err != nil || len(list) != 1 {
			return fmt.Errorf("%d posts, %w", len(list), err)
		}
		p := list[0]
		where := al.s.Cast["Новости"]
		if order[0] == 'c' {
			where = al.s.Cast["Обсуждение"]
		}
		p.Captions, p.Worded = nil, fmt.Sprintf("%s:%s %c0", where.Peer.Channel, where.Peer.Chat, order[0])
		return tx.PutPost(p)
	})
	if err != nil {
		t.Fatal(err)
	}
}
