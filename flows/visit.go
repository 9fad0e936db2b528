package flows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"otklik/bot"
	"otklik/storage"
)

// Later sets a timer of the conversation that is spoken in, for a time after now, outside the quiet hours. Whoever takes
// it finds the conversation again with Visit.
func (t *Turn) Later(kind string, after time.Duration) error {
	return t.LaterAt(kind, t.Now.Add(after))
}

// LaterAt is Later for a point in time.
func (t *Turn) LaterAt(kind string, at time.Time) error {
	data := fmt.Sprintf("%s|%d|%d", t.Peer(), t.Me.ID, t.top().ID)
	return t.Tx.AddTimer(&storage.Timer{Due: t.e.polite(at), Kind: kind, Person: t.Me.ID, Data: data})
}

// Visit sits down, in a timer's turn, where its conversation is spoken. false where that is over; or where the person
// talks about something else now, and then the timer comes again.
func (t *Turn) Visit(timer *storage.Timer) (bool, error) {
	parts := strings.Split(timer.Data, "|")
	if len(parts) != 3 {
		return false, fmt.Errorf("timer %d: data %q", timer.ID, timer.Data)
	}
	peer, err := bot.ParsePeer(parts[0])
	if err != nil {
		return false, err
	}
	person, err1 := strconv.ParseUint(parts[1], 10, 64)
	talk, err2 := strconv.ParseUint(parts[2], 10, 64)
	if err1 != nil || err2 != nil {
		return false, fmt.Errorf("timer %d: data %q", timer.ID, timer.Data)
	}
	if t.Me, err = t.Tx.Person(person); err != nil || t.Me == nil {
		return false, err
	}
	t.In.Peer, t.In.Channel = peer, peer.Channel
	if t.sess, err = t.Tx.Session(parts[0], person); err != nil {
		return false, err
	}
	i := slices.IndexFunc(t.sess.Talks, func(k storage.Talk) bool { return k.ID == talk })
	if i >= 0 && t.front() {
		i = slices.IndexFunc(t.sess.Talks, func(k storage.Talk) bool { return k.ID == talk })
	}
	if i >= 0 && i < len(t.sess.Talks)-1 {
		again := &storage.Timer{Due: t.e.polite(t.Now.Add(busy)), Kind: timer.Kind, Person: person, Data: timer.Data}
		return false, t.Tx.AddTimer(again)
	}
	if i >= 0 {
		t.seat = t.sess.Talks[i].Seat
	}
	return i >= 0, nil
}

// busy is when somebody who talks about something else is visited again.
const busy = 24 * time.Hour

// Idle is how long nothing has been said in the conversation.
func (t *Turn) Idle() time.Duration { return t.Now.Sub(t.top().Changed) }

// AskAgain asks once more what the conversation was asking, as a new message. It does not count as something said.
func (t *Turn) AskAgain() error {
	t.inPlace = false
	return t.ask()
}

// polite moves a time out of the quiet hours, to their end.
func (e *Engine) polite(at time.Time) time.Time {
	from, to := e.quiet[0], e.quiet[1]
	if from == to {
		return at
	}
	local := at.In(e.zone)
	y, m, d := local.Date()
	clock := time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute
	end := time.Date(y, m, d, 0, 0, 0, int(to), e.zone)
	switch {
	case from < to && clock >= from && clock < to, from > to && clock < to:
		return end
	case from > to && clock >= from:
		return time.Date(y, m, d+1, 0, 0, 0, int(to), e.zone)
	}
	return at
}
