package flows

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"otklik/bot"
	"otklik/config"
	"otklik/flows/place"
	"otklik/flows/understand"
	"otklik/flows/worktime"
	"otklik/storage"
)

// Turn is one update, or one timer, being worked off in its transaction.
type Turn struct {
	Tx   *storage.Tx
	Now  time.Time
	In   bot.Update
	Me   *storage.Person // who acts; nil for a timer
	Verb string          // a press: what its button means
	Args []string        // a press: what follows the verb

	e       *Engine
	ctx     context.Context
	sess    *storage.Session
	dirty   bool
	pressed *storage.Slot // the slot of the message with the button
	seat    storage.Role  // of the button, the card or the conversation
	verdict verdict       // whether it is too much of a person
	plain   bool          // it is, and they are no staff
	cut     bool          // the words were more than are taken
	away    time.Time     // they could not be reached since then; zero for everybody else
	inPlace bool          // the prompt changes where it stands
	passed  bool          // PassOn: a conversation had kept this update
	tickets []bot.Ticket
	note    string
	alert   bool
	menus   []menuOf
	random  [16]byte         // for one invitation
	watched *storage.Watched // what the update stands in, if that is watched and the update not meant for us
	menu    bool             // whoever acts has other commands now
	fires   bool             // a timer's
	trail   string           // of In
	lessons []*storage.Lesson
	asked   asked
}

// Pack is the region.
func (t *Turn) Pack() *config.Pack { return t.e.Pack }

// Work is the region's working time.
func (t *Turn) Work() *worktime.Calendar { return t.e.work }

// Finder finds places.
func (t *Turn) Finder() *place.Finder { return t.e.Place() }

// Judge finds topics.
func (t *Turn) Judge() *understand.Judge { return t.e.Topics() }

// Peer is where the update came from.
func (t *Turn) Peer() string { return t.In.Peer.String() }

// Voice speaks to whoever acts.
func (t *Turn) Voice() *Voice { return t.VoiceTo(t.Me) }

// VoiceTo speaks to a person; nil is a group.
func (t *Turn) VoiceTo(p *storage.Person) *Voice {
	lang := t.e.Language
	if lang == "" {
		lang = Languages[0]
	}
	if p != nil && p.Language != "" {
		lang = p.Language
	}
	return &Voice{Lang: lang, Now: t.Now, Pack: t.e.Pack, texts: t.e.texts, zone: t.e.zone, log: t.e.Log}
}

// enter finds the person and the session.
func (t *Turn) enter() (err error) {
	u := t.In
	if public, err := t.passBy(); err != nil || public {
		t.sess = &storage.Session{}
		return err
	}
	if u.From.ID != "" {
		if t.Me, err = t.Tx.PersonBy(u.Channel, u.From.ID); err != nil {
			return err
		}
		if t.Me == nil && u.Kind != bot.Written && u.Kind != bot.Pressed {
			t.sess = &storage.Session{}
			return nil // a stranger, or somebody who was erased, says nothing to us: they are not met again
		}
		if err := t.meet(); err != nil {
			return err
		}
		t.sess, err = t.Tx.Session(t.Peer(), t.Me.ID)
		return err
	}
	t.sess = &storage.Session{}
	return nil
}

// passBy tells whether an update stands in a watched source and is not meant for us. Its author is nobody we have met.
func (t *Turn) passBy() (bool, error) {
	u := t.In
	if !u.Public() {
		return false, nil
	}
	w, err := t.Tx.WatchedBy(u.Source.String())
	if err == nil && w == nil && u.Vouched {
		w = &storage.Watched{Peer: u.Source.String(), Title: Short(bot.Clean(u.Title), 120), Since: t.Now}
		err = t.Tx.PutWatched(w)
	}
	if err == nil && (w == nil || w.Off) {
		w, err = discussed(t.Tx, u)
	}
	if err != nil || w == nil || w.Off {
		return false, err
	}
	switch u.Kind {
	case bot.Written, bot.Edited:
		if _, _, command := u.Command(); command || t.Staffed() {
			return false, nil
		}
		if u.ToUs { // an answer to what we said in public belongs to what we said it to
			p, err := t.Tx.PostAt(chatOf(u.Peer), string(u.ReplyTo))
			if err != nil || u.ReplyTo == "" || p == nil {
				return false, err
			}
		}
		t.watched = w
		return true, nil
	case bot.Deleted, bot.Lost, bot.Found:
		t.watched = w
		return true, nil
	case bot.Back, bot.Gone:
		t.watched = w
	}
	return false, nil
}

// meet keeps a person at the first contact, and what has changed of them since.
func (t *Turn) meet() error {
	u := t.In
	p := t.Me
	if p == nil {
		p = &storage.Person{Channel: u.Channel, User: u.From.ID, Created: t.Now}
	}
	old := *p
	if name := bot.Clean(u.From.Name); name != "" { // a messenger that asks for names apart may not have it just now
		p.Name = name
	}
	p.Username = u.From.Username
	if !u.Group && u.Kind != bot.Gone && !u.Peer.IsZero() {
		p.Chat, p.Unreachable, p.Away = u.Peer.String(), false, time.Time{}
		t.away = old.Away
	}
	admin := t.e.admin[u.Channel+":"+u.From.ID]
	changed := p.ID == 0 || old.Name != p.Name || old.Username != p.Username || old.Chat != p.Chat || old.Unreachable != p.Unreachable
	if admin != p.Is(storage.Admin, "") { // the settings decide, also that somebody is one no longer
		p.Roles = slices.DeleteFunc(slices.Clone(p.Roles), func(r storage.Role) bool { return r.Kind == storage.Admin })
		if admin {
			p.Roles = append(p.Roles, storage.Role{Kind: storage.Admin})
		}
		changed = true
	}
	t.Me = p
	if !changed {
		return nil
	}
	return t.Tx.PutPerson(p)
}

func (t *Turn) leave() error {
	if t.dirty && t.Me != nil && t.Me.ID != 0 {
		return t.Tx.PutSession(t.Peer(), t.Me.ID, t.sess)
	}
	return nil
}

// Reply says something where the update came from.
func (t *Turn) Reply(m bot.Message) error { return t.ReplyAbout(m, 0) }

// ReplyAbout says something of an incident: a reply to it belongs to the incident.
func (t *Turn) ReplyAbout(m bot.Message, number uint64) error {
	if t.In.Group && t.In.Kind == bot.Written && m.ReplyTo == "" {
		m.ReplyTo = t.In.Ref
	}
	if !t.In.Group {
		m = t.titled(m, t.Me, t.Seat())
	}
	return t.send(t.In.Peer, t.In.Group, bot.Reply, m, number, t.Seat())
}

// Bare says something where the update came from as it stands, without the line that names the seat: it is to be passed
// on.
func (t *Turn) Bare(m bot.Message) error {
	return t.send(t.In.Peer, t.In.Group, bot.Reply, m, 0, t.Seat())
}

// Tell says something of an incident to a person in their private chat, if they can be reached there.
func (t *Turn) Tell(p *storage.Person, m bot.Message, number uint64) error {
	return t.TellAs(p, storage.Role{Kind: storage.Resident}, m, number)
}

// TellAs is Tell to somebody in one of their seats.
func (t *Turn) TellAs(p *storage.Person, seat storage.Role, m bot.Message, number uint64) error {
	if p == nil || p.Chat == "" || p.Unreachable {
		return nil
	}
	peer, err := bot.ParsePeer(p.Chat)
	if err != nil {
		return err
	}
	priority := bot.Notice
	if peer == t.In.Peer {
		priority = bot.Reply
	}
	m = t.titled(m, p, seat)
	return t.send(peer, false, priority, m, number, seat)
}

// ToAdmins says something to each administrator in their private chat, and gives how many can be reached there.
func (t *Turn) ToAdmins(say func(*Voice) bot.Message) (told int, err error) {
	people, err := t.Tx.Staff(storage.Admin, "")
	if err != nil {
		return 0, err
	}
	for _, p := range people {
		if p.Chat != "" && !p.Unreachable {
			told++
		}
		if err := t.TellAs(p, storage.Role{Kind: storage.Curator}, say(t.VoiceTo(p)), 0); err != nil {
			return 0, err
		}
	}
	return told, nil
}

// Announce says something where a slot would stand; number is the incident that it is about, 0 for none.
func (t *Turn) Announce(s storage.Slot, m bot.Message, number uint64) error {
	peer, err := bot.ParsePeer(s.Peer)
	if err != nil {
		return err
	}
	if s.Person != 0 {
		reader, err := t.Tx.Person(s.Person)
		if err != nil {
			return err
		}
		m = t.titled(m, reader, storage.Role{Kind: storage.Curator})
	}
	return t.send(peer, s.Group, bot.Notice, m, number, storage.Role{Kind: storage.Curator})
}

// Brief says a digest where a slot would stand, to somebody in one of their seats: it can wait behind all else.
func (t *Turn) Brief(s storage.Slot, seat storage.Role, m bot.Message) error {
	peer, err := bot.ParsePeer(s.Peer)
	if err != nil {
		return err
	}
	if s.Person != 0 {
		reader, err := t.Tx.Person(s.Person)
		if err != nil {
			return err
		}
		m = t.titled(m, reader, seat)
	}
	return t.send(peer, s.Group, bot.Digest, m, 0, seat)
}

// DigestHour is when everybody is told in the morning what waits: "08:30", or "" for never.
func (t *Turn) DigestHour() string { return t.e.Digest }

// Publish says something where everybody reads it. A timer of the kind hears what became of it, and about comes along.
func (t *Turn) Publish(peer bot.Peer, m bot.Message, number uint64, hears, about string) error {
	body, err := t.worded(peer, true, m)
	if err != nil {
		return err
	}
	return t.queue(&storage.Outgoing{Peer: peer.String(), Group: true, Priority: uint8(bot.Notice), Incident: number, Hears: hears, About: about,
		Body: body, Created: t.Now})
}

// Toast is a word to whoever pressed a button, gone in a moment.
func (t *Turn) Toast(text string) { t.note, t.alert = text, false }

func (t *Turn) send(peer bot.Peer, group bool, priority bot.Priority, m bot.Message, number uint64, seat storage.Role) error {
	peer, err := t.moved(peer)
	if err != nil {
		return err
	}
	body, err := t.worded(peer, group, m)
	if err != nil {
		return err
	}
	o := &storage.Outgoing{Peer: peer.String(), Group: group, Priority: uint8(priority), Incident: number, Body: body,
		Seat: seat, Created: t.Now}
	return t.queue(o)
}

// fresh is how long somebody waits for a reply. Who wrote long ago, while the program was down, does not: those who write
// now are not to wait behind the queue of a day.
const fresh = 5 * time.Minute

func (t *Turn) queue(o *storage.Outgoing) error {
	if o.Priority == uint8(bot.Reply) && !t.In.Time.IsZero() && t.Now.Sub(t.In.Time) > fresh {
		o.Priority = uint8(bot.Notice)
	}
	t.hush(o)
	o.Updates = behind(o.Updates, t.trail)
	if err := t.Tx.PutOutgoing(o); err != nil {
		return err
	}
	ticket, err := ticketOf(o)
	if err != nil {
		return err
	}
	t.tickets = append(t.tickets, ticket)
	return nil
}

// hush keeps what nobody has just asked for until the quiet hours are over: a timer may fire in them, after a downtime.
func (t *Turn) hush(o *storage.Outgoing) {
	switch {
	case o.Attempts > 0:
	case !t.fires:
		if o.Priority == uint8(bot.Reply) {
			o.NotBefore = time.Time{}
		}
	case o.Edit == "":
		if at := t.e.polite(t.Now); at.After(t.Now) {
			o.NotBefore = at
		}
	}
}

// mostTrails is how many updates a message that waits for long remembers to follow from.
const mostTrails = 8

// behind adds a trail to those of a message; "" is none.
func behind(trails []string, trail string) []string {
	if trail == "" || slices.Contains(trails, trail) {
		return trails
	}
	trails = append(trails, trail)
	return trails[max(0, len(trails)-mostTrails):]
}

// moved gives where a peer is now.
func (t *Turn) moved(peer bot.Peer) (bot.Peer, error) { return movedTo(t.Tx, peer) }

// movedTo gives where a peer is now: a group that became a supergroup goes on under another id.
func movedTo(tx *storage.Tx, peer bot.Peer) (bot.Peer, error) {
	to, err := tx.Setting(movedKey(peer))
	if err != nil || to == nil {
		return peer, err
	}
	peer.Chat = string(to)
	return peer, nil
}

// Moved gives where a peer is now.
func (t *Turn) Moved(peer bot.Peer) (bot.Peer, error) { return t.moved(peer) }

// follow brings a slot to where its group is now; the messages of the old group cannot be edited any more.
func (t *Turn) follow(s *storage.Slot) error {
	peer, err := bot.ParsePeer(s.Peer)
	if err != nil {
		return err
	}
	now, err := t.moved(peer)
	if err != nil || now == peer {
		return err
	}
	s.Peer, s.Ref, s.Sum = now.String(), "", ""
	return nil
}

func movedKey(p bot.Peer) string { return "moved/" + p.Channel + ":" + p.Chat }

// fill writes a slot's words: a message that waits gets them, one that was sent is edited, none that reads so already.
func (t *Turn) fill(s *storage.Slot, m bot.Message, priority bot.Priority) error {
	m, seat, err := t.title(s, m)
	if err != nil {
		return err
	}
	peer, err := bot.ParsePeer(s.Peer)
	if err != nil {
		return err
	}
	body, err := t.worded(peer, s.Group, m)
	if err != nil {
		return err
	}
	if err := t.follow(s); err != nil {
		return err
	}
	if s.ID == 0 {
		if err := t.Tx.PutSlot(s); err != nil {
			return err
		}
	}
	hash := sha256.Sum256(body)
	sum := base64.RawStdEncoding.EncodeToString(hash[:12])
	if s.Sum == sum {
		return nil
	}
	s.Sum = sum
	if s.Entry != 0 {
		o, err := t.Tx.Outgoing(s.Entry)
		if err != nil {
			return err
		}
		if o != nil {
			o.Body, o.Rev, o.Seat = body, o.Rev+1, seat
			o.Priority = min(o.Priority, uint8(priority))
			if err := t.queue(o); err != nil {
				return err
			}
			return t.Tx.PutSlot(s)
		}
	}
	o := &storage.Outgoing{Peer: s.Peer, Group: s.Group, Priority: uint8(priority), Slot: s.ID, Incident: s.Incident,
		Edit: s.Ref, Body: body, Seat: seat, Created: t.Now}
	if err := t.queue(o); err != nil {
		return err
	}
	s.Entry = o.ID
	return t.Tx.PutSlot(s)
}

// title is titled for a slot, and gives the seat: a card speaks as its view, a prompt as whoever acts.
func (t *Turn) title(s *storage.Slot, m bot.Message) (bot.Message, storage.Role, error) {
	seat := seatOf(s)
	if seat.Kind == "" {
		seat = t.Seat()
	}
	if s.Group || s.Person == 0 {
		return m, seat, nil
	}
	reader := t.Me
	if reader == nil || reader.ID != s.Person {
		var err error
		if reader, err = t.Tx.Person(s.Person); err != nil {
			return m, seat, err
		}
	}
	return t.titled(m, reader, seat), seat, nil
}

// Keep keeps the photos of an update and gives their ids.
func (t *Turn) Keep(list []bot.Media) (ids []string, err error) {
	for _, m := range list {
		n, err := t.Tx.Next("media")
		if err != nil {
			return nil, err
		}
		rec := &storage.Media{ID: "f" + strconv.FormatUint(n, 36), Refs: m.Refs, Blob: m.Blob}
		if t.Me != nil {
			rec.Person = t.Me.ID
		}
		if err := t.Tx.PutMedia(rec); err != nil {
			return nil, err
		}
		ids = append(ids, rec.ID)
	}
	return ids, nil
}

// Photos names kept photos in a message; the spool adds what is known of them when the message leaves.
func Photos(ids []string) []bot.Media {
	list := make([]bot.Media, 0, len(ids))
	for _, id := range ids {
		list = append(list, bot.Media{ID: id})
	}
	return list
}

// CardKey is the data of a button on an incident's card.
func CardKey(flow, verb string, number uint64, args ...string) string {
	return strings.Join(append([]string{flow, verb, strconv.FormatUint(number, 10)}, args...), ":")
}
