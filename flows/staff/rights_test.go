package staff_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/flowtest"
	"otklik/storage"
)

// people sets a stage: Зоя is an administrator and a curator, Ольга a curator, Марина the head of the ministry, Иван an official of it,
// Пётр one of the administration, Анна a resident.
func people(t *testing.T) *flowtest.Stage {
	t.Helper()
	s := flowtest.New(t)
	s.Play("@ администратор Зоя\n@ роль Зоя curator\n@ роль Марина official min-transport head\n@ роль Иван official min-transport\nЗоя: /start\n")
	return s
}

func roles(t *testing.T, s *flowtest.Stage, name string) (list []storage.Role) {
	t.Helper()
	err := s.Store.View(context.Background(), func(tx *storage.Tx) error {
		p, err := tx.PersonBy("desk", s.Cast[name].User.ID)
		if err == nil {
			list = p.Roles
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// forge presses a button that no keyboard showed.
func forge(s *flowtest.Stage, name, data string) {
	a := s.Cast[name]
	s.Give(s.Update(a, a.Peer, false, bot.Update{Kind: bot.Pressed, Ref: "none", Data: data, Press: name}))
}

// talk gives the prefix of the buttons of somebody's conversation; "" if they have none.
func talk(s *flowtest.Stage, name string) string {
	for _, b := range slices.Backward(s.Buttons(name)) {
		if prefix, _, ok := strings.Cut(b.Data, ":"); ok && strings.HasPrefix(prefix, "t") {
			return prefix
		}
	}
	return ""
}

// TestWhoMayInviteWhom forges every choice in a conversation of one's own: what a button would not show is not done.
func TestWhoMayInviteWhom(t *testing.T) {
	curator := storage.Role{Kind: storage.Curator}
	kirov := storage.Role{Kind: storage.Official, Org: "adm-kirov"}
	ministry := storage.Role{Kind: storage.Official, Org: "min-transport"}
	headed := storage.Role{Kind: storage.Official, Org: "min-transport", Head: true}
	for _, tc := range []struct {
		who     string
		presses []string // of the conversation that /invite begins
		want    *storage.Role
	}{
		{"Зоя", []string{"r:curator"}, &curator},
		{"Зоя", []string{"r:official", "o:adm-kirov"}, &kirov},
		{"Зоя", []string{"r:head", "o:min-transport"}, &headed},
		{"Зоя", []string{"r:admin"}, nil},
		{"Зоя", []string{"r:official", "o:nobody"}, nil},
		{"Зоя", []string{"o:adm-kirov"}, nil}, // as whom was not said yet
		{"Марина", nil, &ministry},            // her own people, without a question
		{"Марина", []string{"r:curator"}, &ministry},
		{"Ольга", []string{"r:curator"}, nil},
		{"Пётр", []string{"r:official", "o:adm-kirov"}, nil},
		{"Иван", []string{"o:min-transport"}, nil},
		{"Анна", []string{"r:curator"}, nil},
	} {
		t.Run(tc.who+" "+strings.Join(tc.presses, " "), func(t *testing.T) {
			s := people(t)
			s.Play(tc.who + ": /invite\n")
			for _, p := range tc.presses {
				forge(s, tc.who, talk(s, tc.who)+":"+p)
			}
			var got []storage.Role
			err := s.Store.View(context.Background(), func(tx *storage.Tx) error {
				return tx.Logged(func(e *storage.Entry) bool {
					if e.Action == "invite" {
						got = append(got, e.Role)
					}
					return true
				})
			})
			if err != nil {
				t.Fatal(err)
			}
			if (tc.want == nil) != (len(got) == 0) || (tc.want != nil && got[0] != *tc.want) || len(got) > 1 {
				t.Errorf("invited %v, want %v\n%s", got, tc.want, s.Screen(tc.who))
			}
		})
	}
}

// TestAHeadOfTwoInvitesToThoseOnly: the conversation of a head who must choose takes no other organisation.
func TestAHeadOfTwoInvitesToThoseOnly(t *testing.T) {
	for org, want := range map[string]bool{"min-transport": true, "min-health": true, "adm-kirov": false} {
		s := people(t)
		s.Play("@ роль Марина official min-health head\nМарина: /invite\n")
		forge(s, "Марина", talk(s, "Марина")+":o:"+org)
		if got := strings.Contains(s.Screen("Марина"), "?start=i"); got != want {
			t.Errorf("%s: a link %v, want %v\n%s", org, got, want, s.Screen("Марина"))
		}
	}
}

// TestWhoMayDismissWhom asks the core, which decides whatever buttons are pressed, and looks what a forged road does.
func TestWhoMayDismissWhom(t *testing.T) {
	for _, tc := range []struct {
		who, whom string
		want      bool
	}{
		{"Зоя", "Ольга", true},
		{"Зоя", "Пётр", true},
		{"Зоя", "Марина", true}, // a head
		{"Зоя", "Зоя", false},   // nobody themselves
		{"Марина", "Иван", true},
		{"Марина", "Пётр", false},   // of another body
		{"Марина", "Ольга", false},  // a curator
		{"Марина", "Марина", false}, // nobody themselves
		{"Марина", "Зоя", false},
		{"Ольга", "Пётр", false},
		{"Ольга", "Ольга", false},
		{"Иван", "Марина", false},
		{"Иван", "Иван", false},
		{"Анна", "Ольга", false},
	} {
		t.Run(tc.who+" "+tc.whom, func(t *testing.T) {
			s := people(t)
			before := roles(t, s, tc.whom)
			id := ""
			s.Do(tc.whom, func(turn *flows.Turn) error { id = strconv.FormatUint(turn.Me.ID, 10); return nil })
			s.Play(tc.who + ": /staff\n")
			for _, press := range []string{":s:" + id, ":d:0", ":y"} {
				forge(s, tc.who, talk(s, tc.who)+press)
			}
			if got := len(roles(t, s, tc.whom)) < len(before); got != tc.want {
				t.Errorf("dismissed: %v, want %v\n%s", got, tc.want, s.Screen(tc.who))
			}
			if !tc.want {
				err := s.Engine.Do(context.Background(), func(turn *flows.Turn) (err error) {
					if turn.Me, err = turn.Tx.PersonBy("desk", s.Cast[tc.who].User.ID); err != nil {
						return err
					}
					p, err := turn.Tx.PersonBy("desk", s.Cast[tc.whom].User.ID)
					if err != nil {
						return err
					}
					return turn.Dismiss(p, before[0])
				})
				if err == nil {
					t.Error("the core let it through")
				}
			}
		})
	}
}

// TestWhoWasDismissedDismissesNobody: a conversation that was open when its leader lost the role does nothing more.
func TestWhoWasDismissedDismissesNobody(t *testing.T) {
	s := people(t)
	s.Play("Марина: /staff\nМарина ▸ Иван Седых\nМарина ▸ Убрать: Министерство транспорта\n")
	mine := talk(s, "Марина")
	s.Play("Зоя: /dismiss марина\nЗоя ▸ Марина Чепцова\nЗоя ▸ Убрать: Министерство транспорта, руководитель\nЗоя ▸ Да, убрать\n")
	forge(s, "Марина", mine+":y")
	if got := roles(t, s, "Иван"); len(got) != 1 {
		t.Errorf("a head who is none any more dismissed: %v\n%s", got, s.Screen("Марина"))
	}
	if got := roles(t, s, "Марина"); len(got) != 0 {
		t.Errorf("she still has %v", got)
	}
}

// TestAnAdministratorKeepsACuratorsCards: whoever reads a card in two roles loses it with the second one only.
func TestAnAdministratorKeepsACuratorsCards(t *testing.T) {
	s := people(t)
	s.Join(flowtest.Actor{Name: "Яна", User: bot.User{ID: "y", Name: "Яна Ильина"}, Peer: bot.Peer{Channel: "desk", Chat: "y"},
		Role: storage.Role{Kind: storage.Admin}})
	s.Play("@ роль Яна curator\nАнна: Яма на дороге, Киров, Ленина 12\nАнна ▸ ✓ Отправить\n")
	s.Do("Зоя", func(turn *flows.Turn) error {
		p, err := turn.Tx.PersonBy("desk", "y")
		if err != nil {
			return err
		}
		return turn.Dismiss(p, storage.Role{Kind: storage.Curator})
	})
	if got := s.Screen("Яна"); !strings.Contains(got, "[→ Администрация города Кирова]") || strings.Contains(got, "больше не видно") {
		t.Errorf("the card of an administrator was closed:\n%s", got)
	}
}
