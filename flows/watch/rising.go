package watch

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

const (
	// risingFrom is the least number of messages in an hour that is an alarm.
	risingFrom = 5
	// risingTimes is how many times its own usual a topic must have risen to.
	risingTimes = 4
	// usualOver is over how long the usual is counted.
	usualOver = 28 * 24 * time.Hour
	// alarmEvery is how often one topic of one municipality alarms.
	alarmEvery = 6 * time.Hour
)

// rising raises an alarm when a topic comes up in a municipality much more than it usually does: ahead of the complaint.
func rising(t *flows.Turn, inc *storage.Incident) error {
	m, topic := inc.Place.Municipality, inc.Topic
	if m == "" || topic == "" {
		return nil
	}
	hours, err := t.Tx.Counted(m, topic, t.Now.Add(-time.Hour), t.Now.Add(time.Hour))
	if err != nil {
		return err
	}
	now := uint64(0)
	for _, n := range hours {
		now += n
	}
	if now < risingFrom {
		return nil
	}
	before, err := t.Tx.Counted(m, topic, t.Now.Add(-usualOver), t.Now.Add(-time.Hour))
	if err != nil {
		return err
	}
	sum := uint64(0)
	for _, n := range before {
		sum += n
	}
	usual := float64(sum) / usualOver.Hours()
	if float64(now) < risingTimes*2*usual { // two clock hours are looked at
		return nil
	}
	k := "watch/alarm/" + m + "/" + topic
	last, err := t.Tx.Setting(k)
	if err != nil {
		return err
	}
	if at, err := time.Parse(time.RFC3339, string(last)); err == nil && t.Now.Sub(at) < alarmEvery {
		return nil
	}
	if err := t.Tx.SetSetting(k, []byte(t.Now.UTC().Format(time.RFC3339))); err != nil {
		return err
	}
	return alarm(t, inc, now, usual)
}

// alarm shows what has risen, with what was found of it.
func alarm(t *flows.Turn, inc *storage.Incident, now uint64, usual float64) error {
	var numbers []uint64
	err := t.Tx.Queue(storage.QueueFound, func(q storage.Queued) bool {
		if q.Topic == inc.Topic && q.Municipality == inc.Place.Municipality {
			numbers = append(numbers, q.Number)
		}
		return true
	})
	if err != nil {
		return err
	}
	numbers = numbers[max(len(numbers)-8, 0):]
	return toJudges(t, 0, func(v *flows.Voice) (bot.Message, error) {
		text := v.T("watch.rising", "Topic", v.Topic(inc.Topic), "Municipality", v.Municipality(inc.Place.Municipality), "N", int(now),
			"Usual", strings.ReplaceAll(fmt.Sprintf("%.1f", usual), ".", ","))
		var buttons []bot.Button
		for _, n := range numbers {
			found, err := t.Tx.Incident(n)
			if err != nil {
				return bot.Message{}, err
			}
			if found == nil {
				continue
			}
			text += "\n" + v.T("watch.rising_line", "Number", n, "Posts", found.Posts, "Text", flows.Short(found.Text, 100))
			buttons = append(buttons, bot.Button{Text: fmt.Sprintf("№ %d", n), Data: flows.CardKey("curate", "show", n)})
		}
		m := flows.Words(text)
		for row := range slices.Chunk(buttons, 4) {
			m.Keyboard = append(m.Keyboard, row)
		}
		return m, nil
	})
}
