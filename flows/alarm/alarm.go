// Package alarm tells administrators of what the program cannot mend by itself: a disk that fills up, a backup that was not
// made, a messenger that takes its token no more, a group of theirs that the bot was put out of. They hear of it outside the quiet hours: once, every day while it lasts,
// and when it is over.
package alarm

import (
	"embed"
	"encoding/json"
	"slices"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

//go:embed texts/*.yaml
var texts embed.FS

const (
	name       = "alarm"
	tellTimer  = name + ".tell"
	overTimer  = name + ".over"
	groupTimer = name + ".group"
	kept       = name + "/" // what lasts, among the settings
	again      = 24 * time.Hour
	soon       = time.Hour // where nobody could be told
)

// Kind is what an alarm is of; alarm.KIND is how it reads, alarm.KIND_over its end.
type Kind string

// The kinds, and the words that their texts want.
const (
	Disk      Kind = "disk"      // Folder, Free in megabytes
	Backup    Kind = "backup"    // Why; its end wants none
	Messenger Kind = "messenger" // none, of is the channel; it ends with a restart, and nobody is told
	Group     Kind = "group"     // Group; of is the group, as the settings name it
)

// Flow tells.
func Flow() flows.Flow {
	return flows.Flow{
		Name:   name,
		Texts:  texts,
		Timers: map[string]func(*flows.Turn, *storage.Timer) error{tellTimer: tell, overTimer: over, groupTimer: group},
	}
}

// trouble is what is kept of one that lasts.
type trouble struct {
	Kind  Kind      `json:"kind"`
	Of    string    `json:"of,omitempty"`
	Since time.Time `json:"since"`
	Told  bool      `json:"told,omitempty"`
	Words []string  `json:"words,omitempty"` // in pairs of name and value
}

func (r *trouble) setting() string { return kept + string(r.Kind) + "/" + r.Of }

// Mark has administrators told that there is something of a kind, or that it is over. of says which one where there may be
// several: a folder, a channel. words are pairs of name and value. To say the same again and again changes nothing.
func Mark(t *flows.Turn, kind Kind, of string, lasts bool, words ...string) error {
	now := trouble{Kind: kind, Of: of, Since: t.Now, Words: words}
	was, err := lasting(t, now.setting())
	switch {
	case err != nil || was == nil && !lasts:
		return err
	case !lasts:
		if err := t.Tx.DropSetting(now.setting()); err != nil || !was.Told {
			return err
		}
		return now.timer(t, overTimer, t.Now)
	case was != nil && slices.Equal(was.Words, words):
		return nil
	case was != nil:
		was.Words = words
		return was.keep(t)
	}
	if err := now.keep(t); err != nil {
		return err
	}
	return now.timer(t, tellTimer, t.Now)
}

// Heard notes that a message came to a group of the settings (lost is false), or that there is no way there. It is a
// flows.GroupWatch's, and has no turn: the mark is made by a timer, which commits with what became of the message.
func Heard(tx *storage.Tx, group bot.Peer, at time.Time, lost bool) error {
	r := trouble{Kind: Group, Of: group.String(), Since: at}
	known, err := tx.Setting(r.setting())
	if err != nil || (known != nil) == lost {
		return err
	}
	data, err := json.Marshal(heard{r.Of, lost})
	if err != nil {
		return err
	}
	return tx.AddTimer(&storage.Timer{Due: at, Kind: groupTimer, Data: string(data)})
}

// heard is what became of a message to a group.
type heard struct {
	Group string `json:"group"`
	Lost  bool   `json:"lost,omitempty"`
}

// group marks what was heard.
func group(t *flows.Turn, timer *storage.Timer) error {
	var h heard
	if err := json.Unmarshal([]byte(timer.Data), &h); err != nil {
		return err
	}
	return Mark(t, Group, h.Group, h.Lost, "Group", h.Group)
}

// Begin forgets, when the program starts, all troubles but those that somebody looks after still: there may be other settings.
func Begin(t *flows.Turn, still func(kind Kind, of string) bool) error {
	all, err := t.Tx.SettingNames(kept)
	if err != nil {
		return err
	}
	for _, setting := range all {
		r, err := lasting(t, setting)
		if err == nil && !still(r.Kind, r.Of) {
			err = t.Tx.DropSetting(setting)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lasting gives what is kept under a name, nil where nothing is.
func lasting(t *flows.Turn, setting string) (*trouble, error) {
	raw, err := t.Tx.Setting(setting)
	if err != nil || raw == nil {
		return nil, err
	}
	r := new(trouble)
	return r, json.Unmarshal(raw, r)
}

func (r *trouble) keep(t *flows.Turn) error {
	raw, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return t.Tx.SetSetting(r.setting(), raw)
}

func (r *trouble) timer(t *flows.Turn, kind string, at time.Time) error {
	raw, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return t.Tx.AddTimer(&storage.Timer{Due: t.Polite(at), Kind: kind, Data: string(raw)})
}

// tell tells of a trouble that lasts still.
func tell(t *flows.Turn, timer *storage.Timer) error {
	var then trouble
	if err := json.Unmarshal([]byte(timer.Data), &then); err != nil {
		return err
	}
	now, err := lasting(t, then.setting())
	if err != nil || now == nil || !now.Since.Equal(then.Since) { // it is over, or another one has a timer of its own
		return err
	}
	told, err := now.say(t, "")
	if err != nil {
		return err
	}
	if told == 0 { // somebody may come who wants to know
		return now.timer(t, tellTimer, t.Now.Add(soon))
	}
	now.Told = true
	if err := now.keep(t); err != nil {
		return err
	}
	return now.timer(t, tellTimer, t.Now.Add(again))
}

// over tells that a trouble is over, if none of the kind has come since.
func over(t *flows.Turn, timer *storage.Timer) error {
	var then trouble
	if err := json.Unmarshal([]byte(timer.Data), &then); err != nil {
		return err
	}
	now, err := lasting(t, then.setting())
	if err != nil || now != nil {
		return err
	}
	_, err = then.say(t, "_over")
	return err
}

func (r *trouble) say(t *flows.Turn, end string) (told int, err error) {
	return t.ToAdmins(func(v *flows.Voice) bot.Message {
		words := make([]any, len(r.Words))
		for i, word := range r.Words {
			words[i] = word
		}
		if r.Kind == Messenger {
			words = append(words, "Name", v.T("desk.channel_"+r.Of))
		}
		return v.Say(name+"."+string(r.Kind)+end, words...)
	})
}
