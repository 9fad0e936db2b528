package alarm_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/alarm"
	"otklik/flows/flowtest"
	"otklik/storage"
)

// TestAGroupThatIsLost: administrators hear of the groups that the settings name, also of one that has moved, and of no other
// chat, and only where there is no way there; the log warns of each message.
func TestAGroupThatIsLost(t *testing.T) {
	gone, never := bot.Failure{Reason: bot.NoPeer}, bot.Failure{Reason: bot.Never}
	for name, tt := range map[string]struct {
		peer  string
		group bool
		fault bot.Failure
		retry bool
		told  string
	}{
		"a topic of it":            {"telegram:-100/7", true, gone, false, "telegram:-100 недоступна"},
		"another topic of it":      {"telegram:-100/8", true, gone, false, "telegram:-100 недоступна"},
		"one that has moved":       {"telegram:-1200", true, gone, false, "telegram:-200 недоступна"},
		"another messenger's":      {"vk:-100", true, gone, false, ""},
		"a group that is watched":  {"telegram:-300", true, gone, false, ""},
		"a person":                 {"telegram:100", false, gone, false, ""},
		"what nobody would take":   {"telegram:-100/7", true, never, false, ""},
		"what is to be sent again": {"telegram:-100/7", true, gone, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, ctx := flowtest.New(t), context.Background()
			s.Play("@ администратор Зоя\nЗоя: /start\n")
			var log strings.Builder
			named := []bot.Peer{{Channel: "telegram", Chat: "-100", Thread: "7"}, {Channel: "telegram", Chat: "-200"}}
			spool := &flows.Spool{Store: s.Store, Watch: flows.GroupWatch{Groups: named, Heard: alarm.Heard}, Log: slog.New(slog.NewTextHandler(&log, nil))}
			message := func() (e bot.Entry) {
				t.Helper()
				var o *storage.Outgoing
				err := s.Store.Update(ctx, func(tx *storage.Tx) error {
					if err := tx.SetSetting("moved/telegram:-200", []byte("-1200")); err != nil {
						return err
					}
					o = &storage.Outgoing{Peer: tt.peer, Group: tt.group, Body: []byte(`{}`), Created: s.Now}
					return tx.PutOutgoing(o)
				})
				if err == nil {
					e, _, err = spool.Load(ctx, o.ID)
				}
				if err != nil {
					t.Fatal(err)
				}
				return e
			}
			var retry time.Time
			if tt.retry {
				retry = s.Now.Add(time.Hour)
			}
			e := message()
			if err := spool.Failed(ctx, e, &tt.fault, retry); err != nil {
				t.Fatal(err)
			}
			if tt.retry { // it is of no use on this stage
				if err := s.Store.Update(ctx, func(tx *storage.Tx) error { return tx.DeleteOutgoing(e.ID) }); err != nil {
					t.Fatal(err)
				}
			}
			said := s.Play("@ +1m\n")
			if !strings.Contains(said, tt.told) || strings.Contains(said, "недоступна") != (tt.told != "") {
				t.Errorf("want %q:\n%s", tt.told, said)
			}
			if strings.Contains(log.String(), "level=WARN") != (tt.told != "") {
				t.Errorf("the log:\n%s", log.String())
			}
			if _, err := spool.Sent(ctx, message(), bot.Receipt{Ref: "1"}); err != nil {
				t.Fatal(err)
			}
			if said := s.Play("@ +1m\n"); strings.Contains(said, "снова доходят") != (tt.told != "") {
				t.Errorf("and then:\n%s", said)
			}
		})
	}
}
