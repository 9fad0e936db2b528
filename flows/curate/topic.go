package curate

import (
	"strings"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

const topicSetting = "topic/"

// here is /here in a topic of the curators' group: from now on a municipality's incidents come there. "-" takes it back.
func here(t *flows.Turn, words string) error {
	v := t.Voice()
	if !t.In.Group || !t.Staffed() || t.In.Peer.Thread == "" {
		return flows.Refuse("curate.here_where")
	}
	chat := t.In.Peer
	chat.Thread = ""
	if strings.TrimSpace(words) == "-" {
		for i := range t.Pack().Municipalities {
			code := t.Pack().Municipalities[i].Code
			if kept, err := t.Tx.Setting(topicKey(chat, code)); err != nil {
				return err
			} else if string(kept) == t.In.Peer.Thread {
				if err := t.Tx.SetSetting(topicKey(chat, code), nil); err != nil {
					return err
				}
			}
		}
		if err := t.Tx.Log(&storage.Entry{At: t.Now, Action: "here", Actor: t.Me.ID, Text: "- " + t.In.Peer.String()}); err != nil {
			return err
		}
		return t.Reply(v.Say("curate.here_none"))
	}
	code := ""
	if m := t.Pack().Municipality(strings.TrimSpace(words)); m != nil {
		code = m.Code
	} else if p, _ := t.Found(t.Finder().Answer(words)); p.Municipality != "" {
		code = p.Municipality
	}
	if code == "" {
		return flows.Refuse("curate.here_what", "Text", flows.Short(words, 60))
	}
	if err := t.Tx.SetSetting(topicKey(chat, code), []byte(t.In.Peer.Thread)); err != nil {
		return err
	}
	if err := t.Tx.Log(&storage.Entry{At: t.Now, Action: "here", Actor: t.Me.ID, Text: code + " " + t.In.Peer.String()}); err != nil {
		return err
	}
	return t.Reply(v.Say("curate.here_set", "Municipality", v.Municipality(code)))
}

func topicKey(chat bot.Peer, municipality string) string {
	return topicSetting + chat.String() + "/" + municipality
}

// room gives where in a group an incident is shown: in its municipality's topic, if one is set.
func room(t *flows.Turn, group bot.Peer, inc *storage.Incident) (bot.Peer, error) {
	chat, err := t.Moved(group) // /here was said where the group is now
	if err != nil {
		return group, err
	}
	group.Chat, chat.Thread = chat.Chat, ""
	thread, err := t.Tx.Setting(topicKey(chat, inc.Place.Municipality))
	if err != nil || len(thread) == 0 {
		return group, err
	}
	group.Thread = string(thread)
	return group, nil
}

// remove brings the card of an incident whose place is another one to that municipality's topic.
func remove(t *flows.Turn, inc *storage.Incident) error {
	cards, err := t.Tx.Cards(inc.Number)
	if err != nil {
		return err
	}
	for _, g := range t.CuratorGroups() {
		to, err := room(t, g, inc)
		if err != nil {
			return err
		}
		moved := false
		for _, s := range cards {
			at, err := bot.ParsePeer(s.Peer)
			if err != nil {
				return err
			}
			if s.View != storage.Curator || at.Channel != to.Channel || at.Chat != to.Chat || at.Thread == to.Thread {
				continue
			}
			moved = true
			if err := t.Away(inc, s); err != nil {
				return err
			}
		}
		if moved {
			if err := t.Card(inc, storage.Slot{Peer: to.String(), Group: true, View: storage.Curator}, bot.Notice); err != nil {
				return err
			}
		}
	}
	return nil
}
