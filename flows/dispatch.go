package flows

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"otklik/bot"
	"otklik/storage"
)

// dispatch works an update off. A refusal remembers to whom it is said.
func (t *Turn) dispatch() error {
	err := t.route()
	if no, ok := errors.AsType[*Refusal](err); ok {
		no.seat = t.Seat()
	}
	return err
}

// route finds whose business an update is.
func (t *Turn) route() error {
	if done, err := t.overheard(); err != nil || done {
		return err
	}
	if left, err := t.flooded(); err != nil || left {
		return err
	}
	if !t.away.IsZero() {
		if err := t.returned(); err != nil {
			return err
		}
	}
	switch t.In.Kind {
	case bot.Written:
		return t.written()
	case bot.Edited:
		return t.edited()
	case bot.Pressed:
		return t.press()
	case bot.Gone:
		return t.gone()
	case bot.Moved:
		return t.move()
	case bot.Back:
		return nil // enter has noted it
	}
	return nil
}

// overheard gives what stands in public to whoever watches it; false for what is the desk's own business.
func (t *Turn) overheard() (bool, error) {
	ends := true
	switch t.In.Kind {
	case bot.Lost, bot.Found:
	case bot.Back, bot.Gone: // of a group, and it may concern others, too
		if !t.In.Public() {
			return false, nil
		}
		ends = false
	default:
		if t.watched == nil {
			return false, nil
		}
	}
	for i := range t.e.Flows {
		if f := &t.e.Flows[i]; f.Overheard != nil {
			if err := f.Overheard(t, t.watched); err != nil {
				return true, err
			}
		}
	}
	return ends, nil
}

// move notes where a group goes on. What cannot be a chat would keep everything from the group.
func (t *Turn) move() error {
	to := bot.Peer{Channel: t.In.Channel, Chat: t.In.MovedTo}
	if p, _ := bot.ParsePeer(bot.Clean(to.String())); p != to { // nor is it where it cannot be read
		t.e.Log.Warn("a group is said to go on where no chat is", "update", t.In.Trail())
		return nil
	}
	return t.Tx.SetSetting(movedKey(t.In.Peer), []byte(t.In.MovedTo))
}

func (t *Turn) gone() error {
	if t.In.Group || t.Me == nil {
		return nil
	}
	if !t.Me.Unreachable {
		t.Me.Unreachable, t.Me.Away = true, t.Now
	}
	return t.Tx.PutPerson(t.Me)
}

// returned tells somebody who could not be reached what they have missed: staff get what is open for them as on their
// first day.
func (t *Turn) returned() error {
	for i := range t.e.Flows {
		f := &t.e.Flows[i]
		if f.Returned != nil {
			if err := f.Returned(t, t.away); err != nil {
				return err
			}
		}
		for _, role := range t.Me.Roles {
			if f.Joined != nil {
				if err := f.Joined(t, role); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// written: a command, a reply to something of ours, an input to the conversation, or a beginning.
func (t *Turn) written() error {
	name, words, ok := t.In.Command()
	if hush, err := t.muted(name); err != nil || hush {
		return err
	}
	if err := t.tellCut(); err != nil {
		return err
	}
	if ok {
		return t.command(name, words)
	}
	if n := len(t.sess.Talks); n > 0 && t.In.Album != "" && t.sess.Talks[n-1].Album == t.In.Album {
		return t.step()
	}
	anew := false
	if t.In.ReplyTo != "" {
		handled, known, err := t.replied()
		if err != nil || handled {
			return err
		}
		anew = known && !t.In.Group
		t.passed = anew // whoever replies to what is over begins something new
	}
	if t.In.Group && !t.In.ToUs {
		return nil
	}
	if !anew && t.front() && t.heeds(t.e.flow[t.top().Flow]) {
		if taken, err := t.between(); err != nil || taken {
			return err
		}
		return t.step()
	}
	return t.offer("")
}

// between asks the flows whether something came since the conversation was last spoken in that these words may answer.
func (t *Turn) between() (bool, error) {
	talk := *t.top()
	if t.In.Group || (talk.Seat.Kind != storage.Resident && talk.Seat.Kind != "") {
		return false, nil
	}
	for i := range t.e.Flows {
		f := &t.e.Flows[i]
		if f.Between == nil {
			continue
		}
		was := t.seat
		t.as(f)
		if taken, err := f.Between(t, talk.Changed); err != nil || taken {
			return taken, err
		}
		t.seat = was
	}
	return false, nil
}

// offer asks the flows, but one, whose beginning this is.
func (t *Turn) offer(but string) error {
	for i := range t.e.Flows {
		if f := &t.e.Flows[i]; f.Opened != nil && f.Name != but && t.heeds(f) {
			was := t.seat
			t.as(f)
			if handled, err := f.Opened(t); err != nil || handled {
				return err
			}
			t.seat = was
		}
	}
	if t.ignored() {
		return t.hushed()
	}
	return nil
}

// Wrote notes of which incident somebody's own messages have become a part: a reply to one belongs to it, and whoever
// changes one is told that it is sent.
func (t *Turn) Wrote(number uint64, refs ...bot.Ref) error {
	for _, ref := range refs {
		if ref == "" {
			continue
		}
		if err := t.Tx.Point(chatOf(t.In.Peer), string(ref), storage.Pointer{Incident: number, Seat: t.Seat(), At: t.Now}); err != nil {
			return err
		}
	}
	return nil
}

// edited goes to the conversation, if one waits; what was sent stays as it was.
func (t *Turn) edited() error {
	if (t.In.Group && !t.In.ToUs) || t.ignored() {
		return nil
	}
	if late, err := t.editedLate(); err != nil || late {
		return err
	}
	if !t.front() {
		return nil
	}
	if err := t.tellCut(); err != nil {
		return err
	}
	t.inPlace = true
	return t.step()
}

// editedLate tells whoever changes what they have sent already how to add to it.
func (t *Turn) editedLate() (bool, error) {
	if t.In.Group || t.In.Text == "" {
		return false, nil
	}
	p, err := t.Tx.Pointed(chatOf(t.In.Peer), string(t.In.Ref))
	if err != nil || p == nil || p.Incident == 0 {
		return false, err
	}
	inc, err := t.Tx.Incident(p.Incident)
	if err != nil || inc == nil {
		return inc != nil, err
	}
	if inc, err = t.Whole(inc); err != nil {
		return false, err
	}
	t.seat = p.Seat
	return true, t.ReplyAbout(t.Voice().Say("desk.edited_late", "Number", inc.Number, "Open", Possible(Add, inc.State)), inc.Number)
}

func (t *Turn) command(name, words string) error {
	c, ok := t.e.cmds[name]
	if !ok {
		if t.In.Group && !t.In.ToUs {
			return nil
		}
		return &Refusal{ID: "desk.no_command", Cause: "unknown command", Detail: "/" + name}
	}
	if !t.mayUse(c.Command) {
		return &Refusal{ID: "desk.not_your_command", Cause: Cause("/" + c.Name)}
	}
	t.as(c.flow)
	t.suits(c.Command)
	return c.Run(t, words)
}

// as sits whoever acts where a flow is used from.
func (t *Turn) as(f *Flow) {
	if f.As != "" && !t.In.Group {
		t.seat = storage.Role{Kind: f.As}
	}
}

// suits sits whoever acts where a command is used from, if they sit elsewhere: an official of several organisations acts
// for all of them, until it is known which one is meant.
func (t *Turn) suits(c *Command) {
	if t.In.Group || len(c.Roles) == 0 || slices.Contains(c.Roles, t.Seat().Kind) {
		return
	}
	for _, kind := range c.Roles {
		switch {
		case kind == storage.Official && len(t.Me.Orgs()) == 1:
			t.seat = storage.Role{Kind: kind, Org: t.Me.Orgs()[0]}
		case kind == storage.Official && len(t.Me.Orgs()) > 1:
			t.seat = storage.Role{Kind: kind}
		case kind == storage.Leader && t.Me.Is(kind, ""):
			t.seat = storage.Role{Kind: kind}
		case (kind == storage.Curator || kind == storage.Admin) && t.May([]storage.RoleKind{storage.Curator}):
			t.seat = storage.Role{Kind: storage.Curator}
		default:
			continue
		}
		return
	}
}

// mayUse tells whether whoever acts may use a command.
func (t *Turn) mayUse(c *Command) bool { return t.May(c.Roles) && (c.If == nil || c.If(t.Me)) }

// May tells whether whoever acts has one of the roles; an administrator has all of a curator's.
func (t *Turn) May(roles []storage.RoleKind) bool {
	return len(roles) == 0 || slices.ContainsFunc(roles, func(r storage.RoleKind) bool {
		return r == storage.Resident || t.Me.Is(r, "") || (r == storage.Curator && t.Me.Is(storage.Admin, ""))
	})
}

// replied finds what a reply belongs to: the prompt of a conversation, or an incident. known: it belongs to something,
// but that is over; then it belongs to nothing else.
func (t *Turn) replied() (handled, known bool, err error) {
	p, err := t.Tx.Pointed(chatOf(t.In.Peer), string(t.In.ReplyTo))
	if err != nil || p == nil {
		return false, false, err
	}
	c := &Case{Seat: p.Seat}
	if p.Slot != 0 {
		if c.Slot, err = t.Tx.Slot(p.Slot); err != nil {
			return false, false, err
		}
		if c.Slot != nil && c.Slot.Talk != 0 {
			there := t.raise(c.Slot.Talk)
			if there && !t.standing() {
				return true, true, t.step()
			}
			return false, !there, nil
		}
	}
	if p.Incident == 0 {
		return false, false, nil
	}
	if c.Incident, err = t.Tx.Incident(p.Incident); err != nil || c.Incident == nil {
		return false, false, err
	}
	if c.Slot != nil && c.Slot.View != "" {
		c.Seat = seatOf(c.Slot)
	} else if t.In.Group || c.Seat.Kind == "" { // in a group others reply as well
		c.Seat = t.Seat()
	}
	if !t.In.Group {
		t.seat = c.Seat
	}
	for i := range t.e.Flows {
		if f := &t.e.Flows[i]; f.Replied != nil {
			if handled, err := f.Replied(t, c); err != nil || handled {
				return handled, true, err
			}
		}
	}
	return false, true, nil
}

// press reads a button's data: "t" and the talk's id for a conversation's, a flow's name and a verb for a card's.
func (t *Turn) press() error {
	parts := strings.Split(t.In.Data, ":")
	if p, err := t.Tx.Pointed(chatOf(t.In.Peer), string(t.In.Ref)); err != nil {
		return err
	} else if p != nil {
		if !t.In.Group {
			t.seat = p.Seat
		}
		if p.Slot != 0 {
			if t.pressed, err = t.Tx.Slot(p.Slot); err != nil {
				return err
			}
		}
		if t.pressed != nil && t.pressed.View != "" && !t.In.Group {
			t.seat = seatOf(t.pressed)
		}
	}
	if rest, ok := strings.CutPrefix(parts[0], "t"); ok && len(parts) >= 2 {
		if id, err := strconv.ParseUint(rest, 36, 64); err == nil {
			if !t.raise(id) {
				return &Refusal{ID: "desk.old_button", Cause: "a conversation that is over", Detail: "talk " + rest}
			}
			t.Verb, t.Args = parts[1], parts[2:]
			t.inPlace = true
			return t.step()
		}
	}
	f := t.e.flow[parts[0]]
	if f == nil || len(parts) < 2 || f.Presses[parts[1]] == nil {
		return &Refusal{ID: "desk.old_button", Cause: "unknown button"}
	}
	t.as(f)
	t.Verb, t.Args = parts[1], parts[2:]
	var inc *storage.Incident
	if len(t.Args) > 0 {
		if n, err := strconv.ParseUint(t.Args[0], 10, 64); err == nil {
			if inc, err = t.Tx.Incident(n); err != nil {
				return err
			}
		}
	}
	return f.Presses[parts[1]](t, inc, t.Args)
}

// refuse says a polite no.
func (t *Turn) refuse(no *Refusal) error {
	t.seat = no.seat
	v := t.Voice()
	text := v.T(no.ID, no.Args...)
	if no.talk != 0 && t.raise(no.talk) {
		if no.later && t.holds(t.top()) {
			text += "\n" + v.T("desk.words_kept")
		} else {
			t.sess.Talks = t.sess.Talks[:len(t.sess.Talks)-1]
		}
	}
	if t.In.Kind == bot.Pressed && t.In.Group {
		t.note, _ = bot.Rich(text)
		t.alert = true
	} else if t.In.Kind != bot.Pressed && t.In.Kind != bot.Written {
		return nil
	} else if err := t.ReplyAbout(Words(text), no.Show); err != nil {
		return err
	}
	if no.Show == 0 {
		return nil
	}
	inc, err := t.Tx.Incident(no.Show)
	if err != nil || inc == nil {
		return err
	}
	if t.In.Group {
		return t.Refresh(inc)
	}
	return t.ShowCard(inc)
}

// Number reads an incident's number at the start of a command's words and gives what follows it.
func (t *Turn) Number(words string) (inc *storage.Incident, rest string, err error) {
	head, rest, _ := strings.Cut(strings.TrimSpace(words), " ")
	if i := strings.IndexByte(head, '\n'); i >= 0 {
		head, rest = head[:i], head[i+1:]+" "+rest
	}
	n, perr := strconv.ParseUint(strings.TrimLeft(head, "#№"), 10, 64)
	if perr != nil {
		return nil, "", &Refusal{ID: "desk.no_number", Args: []any{"Word", Short(head, 40)}, Cause: "no number"}
	}
	if inc, err = t.Tx.Incident(n); err != nil {
		return nil, "", err
	}
	if inc == nil {
		return nil, "", &Refusal{ID: "desk.no_incident", Args: []any{"Number", n}, Cause: "no such incident", Detail: fmt.Sprintf("no incident %d", n)}
	}
	return inc, strings.TrimSpace(rest), nil
}

func chatOf(p bot.Peer) string { return p.Channel + ":" + p.Chat }
