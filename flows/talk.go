package flows

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"otklik/bot"
	"otklik/storage"
)

// mostTalks is how many conversations somebody may leave unfinished in one chat.
const mostTalks = 12

// Begin starts a conversation by an event from its start. One of the same flow that was under way ends, unless somebody
// has written something in it: that one goes on afterwards.
func (t *Turn) Begin(flow, event string, data any) error {
	f := t.e.flow[flow]
	if f == nil {
		return fmt.Errorf("no flow %q", flow)
	}
	id, err := t.Tx.Next("talk")
	if err != nil {
		return err
	}
	t.sess.Talks = slices.DeleteFunc(t.sess.Talks, func(k storage.Talk) bool { return k.Flow == flow && !t.holds(&k) })
	if len(t.sess.Talks) >= mostTalks {
		return Refuse("desk.too_many_talks")
	}
	t.sess.Talks = append(t.sess.Talks, storage.Talk{ID: id, Flow: flow, Changed: t.Now, Album: t.In.Album, Seat: t.Seat()})
	t.dirty, t.inPlace = true, false
	if err := t.Save(data); err != nil {
		return err
	}
	return t.fire(f, event)
}

func (t *Turn) top() *storage.Talk { return &t.sess.Talks[len(t.sess.Talks)-1] }

func (t *Turn) holds(talk *storage.Talk) bool {
	f := t.e.flow[talk.Flow]
	return f != nil && f.Holds != nil && f.Holds(talk.Data)
}

// Load reads what the conversation keeps.
func (t *Turn) Load(data any) error {
	raw := t.top().Data
	if len(raw) == 0 {
		return nil
	}
	return storage.Decode(raw, data)
}

// Save keeps what the conversation has learnt.
func (t *Turn) Save(data any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return err
	}
	t.top().Data, t.top().Changed, t.dirty = raw, t.Now, true
	return nil
}

// State is the conversation's state.
func (t *Turn) State() string { return t.top().State }

// front brings the conversation that is spoken in to the top: the last one that is no standing list. false if there is
// none.
func (t *Turn) front() bool {
	for _, talk := range slices.Backward(t.sess.Talks) {
		if !t.stands(&talk) {
			return t.raise(talk.ID)
		}
	}
	return false
}

// standing tells whether the conversation on top is a standing list.
func (t *Turn) standing() bool { return t.stands(t.top()) }

func (t *Turn) stands(talk *storage.Talk) bool {
	f := t.e.flow[talk.Flow]
	return f != nil && (f.Standing || slices.Contains(f.Stands, talk.State))
}

// raise brings a conversation to the top, if the session has it.
func (t *Turn) raise(id uint64) bool {
	for i, talk := range t.sess.Talks {
		if talk.ID == id {
			t.sess.Talks = append(append(t.sess.Talks[:i], t.sess.Talks[i+1:]...), talk)
			t.dirty = true
			return true
		}
	}
	return false
}

// step gives an input to the conversation. A refusal remembers which conversation it comes from.
func (t *Turn) step() error {
	id := t.top().ID
	t.seat = t.top().Seat
	err := t.advance()
	if no, ok := errors.AsType[*Refusal](err); ok && no.Ends {
		no.talk = id
	}
	return err
}

func (t *Turn) advance() error {
	talk := t.top()
	f := t.e.flow[talk.Flow]
	if f == nil || f.Step[talk.State] == nil { // of a version that knew more
		t.sess.Talks, t.dirty = t.sess.Talks[:len(t.sess.Talks)-1], true
		return t.Reply(t.Voice().Say("desk.talk_lost"))
	}
	t.dirty = true
	if t.In.Kind == bot.Written {
		talk.Album = t.In.Album
	}
	if f.Any != nil {
		event, err := f.Any(t)
		if err != nil {
			return err
		}
		if event != "" {
			return t.fire(f, event)
		}
	}
	event, err := f.Step[talk.State](t)
	if err != nil {
		return err
	}
	return t.fire(f, event)
}

func (t *Turn) fire(f *Flow, event string) error {
	if event == Quiet {
		return nil
	}
	talk := t.top()
	if event == Stay {
		return t.ask()
	}
	state, err := f.move(t.ctx, talk.State, event)
	if err != nil {
		return err
	}
	talk.State, talk.Changed, t.dirty = state, t.Now, true
	if state != Done {
		return t.ask()
	}
	id := talk.ID
	for i := range t.sess.Talks {
		if t.sess.Talks[i].ID == id {
			t.sess.Talks = append(t.sess.Talks[:i], t.sess.Talks[i+1:]...)
			break
		}
	}
	return t.goesOn()
}

// ask asks what the conversation on top asks, of whom it asks it: what else is said in this turn is said as before.
func (t *Turn) ask() error {
	talk, was := t.top(), t.seat
	f := t.e.flow[talk.Flow]
	if f == nil || f.Ask[talk.State] == nil || t.Me.Unreachable { // of a version that knew more; or nobody reads it
		return nil
	}
	t.seat = talk.Seat
	err := f.Ask[talk.State](t)
	t.seat = was
	return err
}

// goesOn asks again what was being talked about before.
func (t *Turn) goesOn() error {
	t.inPlace = false
	if !t.front() {
		return nil
	}
	return t.ask()
}

// Prompt asks something: where the person pressed a button of the last prompt it changes in place, otherwise it comes
// as a new message.
func (t *Turn) Prompt(m bot.Message) error {
	talk := t.top()
	if t.inPlace && talk.Prompt != 0 {
		s, err := t.Tx.Slot(talk.Prompt)
		if err != nil {
			return err
		}
		if s != nil && (t.pressed == nil || t.pressed.ID == s.ID) {
			return t.fill(s, m, bot.Reply)
		}
	}
	if t.In.Group {
		m.WantReply = len(m.Keyboard) == 0
		if t.In.Kind == bot.Written {
			m.ReplyTo = t.In.Ref
		}
	}
	s := &storage.Slot{Peer: t.Peer(), Group: t.In.Group, Person: t.Me.ID, Talk: talk.ID}
	if err := t.fill(s, m, bot.Reply); err != nil {
		return err
	}
	talk.Prompt, t.dirty = s.ID, true
	return nil
}

// InPlace makes the next prompt change where it stands: for an input that adds to what is being asked already.
func (t *Turn) InPlace() { t.inPlace = true }

// Finish says the last word of a conversation in place of its prompt, where the person pressed one of its buttons;
// otherwise as a new message. A reply to it belongs to the incident.
func (t *Turn) Finish(m bot.Message, number uint64) error {
	talk := t.top()
	if t.inPlace && talk.Prompt != 0 {
		s, err := t.Tx.Slot(talk.Prompt)
		if err != nil {
			return err
		}
		if s != nil && (t.pressed == nil || t.pressed.ID == s.ID) {
			s.Incident, s.Talk = number, 0
			return t.fill(s, m, bot.Reply)
		}
	}
	return t.ReplyAbout(m, number)
}

// Key is the data of a button of the conversation.
func (t *Turn) Key(verb string, args ...string) string {
	return strings.Join(append([]string{"t" + strconv.FormatUint(t.top().ID, 36), verb}, args...), ":")
}

// Return brings the last conversation of a flow to the top: what is done now is done in it. false if there is none.
func (t *Turn) Return(flow string) bool {
	for _, talk := range slices.Backward(t.sess.Talks) {
		if talk.Flow == flow {
			t.raise(talk.ID)
			t.inPlace = false
			return true
		}
	}
	return false
}

// Resume gives the conversation the words that came with a command; without words it asks again what it was asking.
func (t *Turn) Resume(said string) error {
	if said == "" {
		return t.ask()
	}
	t.In.Text = said
	return t.step()
}

// Drop ends the conversation that is spoken in, without its last word; false if there is none. What was talked about
// before goes on.
func (t *Turn) Drop() (bool, error) {
	n := len(t.sess.Talks)
	if n == 0 {
		return false, nil
	}
	t.sess.Talks, t.dirty = t.sess.Talks[:n-1], true
	return true, t.goesOn()
}

// PassOn ends the conversation without a word and lets the other flows take an update that it had kept; the step then
// gives Quiet.
func (t *Turn) PassOn(u bot.Update) error {
	flow := t.top().Flow
	t.take(u)
	t.passed = true
	return t.offer(flow)
}

// PassDown ends the conversation without a word and gives an update that it had kept to the one before it; the step then
// gives Quiet.
func (t *Turn) PassDown(u bot.Update) error {
	flow := t.top().Flow
	t.take(u)
	if !t.front() {
		return t.offer(flow)
	}
	return t.step()
}

// take ends the conversation and goes on as if an update that it had kept came now.
func (t *Turn) take(u bot.Update) {
	t.sess.Talks = t.sess.Talks[:len(t.sess.Talks)-1]
	t.dirty, t.inPlace, t.Verb, t.Args = true, false, "", nil
	u.Channel, u.ID, u.Peer, u.From = t.In.Channel, t.In.ID, t.In.Peer, t.In.From
	t.In = u
}

// Talking names the flow of the conversation that is spoken in.
func (t *Turn) Talking() string { return t.top().Flow }

// Passed tells whether the update was passed on: whoever wrote it has said already that it is something new.
func (t *Turn) Passed() bool { return t.passed }
