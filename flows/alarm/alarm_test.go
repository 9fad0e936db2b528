package alarm_test

import (
	"strings"
	"testing"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/alarm"
	"otklik/flows/flowtest"
)

// deeds are what the program tells: «диск 512», «диск хватает 4096», «копия диск полон», «копия», «токен telegram»; «начало disk»: it starts, and looks
// after disks only; «группа telegram:-100», «группа telegram:-100 дошло»: what became of a message to it.
var deeds = flowtest.Deeds{
	"диск": func(t *flows.Turn, words string) error {
		free, enough := strings.CutPrefix(words, "хватает ")
		return alarm.Mark(t, alarm.Disk, "/srv/otklik", !enough, "Folder", "/srv/otklik", "Free", free)
	},
	"копия": func(t *flows.Turn, why string) error {
		if why == "" {
			return alarm.Mark(t, alarm.Backup, "", false)
		}
		return alarm.Mark(t, alarm.Backup, "", true, "Why", why)
	},
	"начало": func(t *flows.Turn, kind string) error {
		return alarm.Begin(t, func(k alarm.Kind, _ string) bool { return string(k) == kind })
	},
	"группа": func(t *flows.Turn, words string) error {
		name, came, _ := strings.Cut(words, " ")
		peer, err := bot.ParsePeer(name)
		if err != nil {
			return err
		}
		return alarm.Heard(t.Tx, peer, t.Now, came == "")
	},
	"токен": func(t *flows.Turn, channel string) error { return alarm.Mark(t, alarm.Messenger, channel, true) },
}

func TestTranscripts(t *testing.T) { flowtest.Transcripts(t, deeds) }
