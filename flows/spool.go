package flows

import (
	"context"
	"encoding/json"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"otklik/bot"
	"otklik/storage"
)

// Spool is the outbox's durable queue over the records. Moved hears of messages that go to another peer now.
type Spool struct {
	Store *storage.Store
	Moved func([]bot.Ticket)
	Watch GroupWatch
	Log   *slog.Logger // nil: nowhere

	mu      sync.Mutex
	waiting *receipts // to be written; no more come once they are
}

var _ bot.Spool = (*Spool)(nil)

func ticketOf(o *storage.Outgoing) (bot.Ticket, error) {
	peer, err := bot.ParsePeer(o.Peer)
	return bot.Ticket{ID: o.ID, Peer: peer, Group: o.Group, Priority: bot.Priority(o.Priority), NotBefore: o.NotBefore,
		Since: o.Created}, err
}

// Waiting gives every ticket, oldest first.
func (s *Spool) Waiting(ctx context.Context) (list []bot.Ticket, err error) {
	err = s.Store.View(ctx, func(tx *storage.Tx) error {
		list = nil
		var fault error
		err := tx.AllOutgoing(func(o *storage.Outgoing) bool {
			var ticket bot.Ticket
			ticket, fault = ticketOf(o)
			list = append(list, ticket)
			return fault == nil
		})
		if err == nil {
			err = fault
		}
		return err
	})
	return list, err
}

// Load gives a message as it is now, its photos with all that is known of them.
func (s *Spool) Load(ctx context.Context, id uint64) (e bot.Entry, ok bool, err error) {
	err = s.Store.View(ctx, func(tx *storage.Tx) error {
		e, ok = bot.Entry{}, false
		o, err := tx.Outgoing(id)
		if err != nil || o == nil {
			return err
		}
		if e.Ticket, err = ticketOf(o); err != nil {
			return err
		}
		if err := storage.Decode(o.Body, &e.Message); err != nil {
			return err
		}
		for i, m := range e.Message.Photos {
			if m.ID == "" {
				continue // it is made
			}
			rec, err := tx.Media(m.ID)
			if err != nil {
				return err
			}
			if rec != nil {
				e.Message.Photos[i] = bot.Media{ID: rec.ID, Refs: rec.Refs, Blob: rec.Blob}
			}
		}
		e.Rev, e.Edit, e.Attempts, e.Updates = o.Rev, bot.Ref(o.Edit), o.Attempts, o.Updates
		e.Key = strconv.FormatUint(id, 36) + "." + strconv.FormatUint(o.Rev, 36)
		ok = true
		return nil
	})
	return e, ok, err
}

// patience is how long a receipt waits for an update to be written down with: less than anybody notices, and more than a
// program takes to answer. Whoever has got a message often says something next.
const patience = 2 * time.Millisecond

// receipt is one that waits to be written.
type receipt struct {
	ctx   context.Context
	entry bot.Entry
	said  bot.Receipt
	again bool
	err   error
}

// receipts are written together: a transaction for each would cost more than what stands in it.
type receipts struct {
	ctx    context.Context
	list   []*receipt
	hurry  chan struct{}
	hasten func() // closes hurry
	done   chan struct{}
}

// Sent records a receipt. It rides with the update that comes next, and so do those that come until then.
func (s *Spool) Sent(ctx context.Context, e bot.Entry, r bot.Receipt) (again bool, err error) {
	one := &receipt{ctx: ctx, entry: e, said: r}
	s.mu.Lock()
	all, lead := s.waiting, s.waiting == nil
	if lead {
		all = &receipts{ctx: ctx, hurry: make(chan struct{}), done: make(chan struct{})}
		all.hasten = sync.OnceFunc(func() { close(all.hurry) })
		s.waiting = all
	}
	all.list = append(all.list, one)
	s.mu.Unlock()
	if e.Hurry {
		all.hasten()
	}
	if lead {
		s.write(all)
	}
	select {
	case <-all.done:
		return one.again, one.err
	case <-ctx.Done():
		return false, ctx.Err() // it may be written all the same: to write it twice does no harm
	}
}

// Hasten has receipts that wait be written at once.
func (s *Spool) Hasten() {
	s.mu.Lock()
	all := s.waiting
	s.mu.Unlock()
	if all != nil {
		all.hasten()
	}
}

// write writes receipts down. Its last word counts as long as anybody waits for it: the first one's does for all, as each has
// the same patience.
func (s *Spool) write(all *receipts) {
	defer close(all.done)
	timer := time.AfterFunc(patience, all.hasten)
	defer timer.Stop()
	if err := s.record(all); err != nil {
		for _, one := range all.list { // one of them may be the cause: the others are not to suffer for it
			one.err = err
			if len(all.list) > 1 {
				one.err = s.record(&receipts{ctx: one.ctx, list: []*receipt{one}, hurry: all.hurry})
			}
		}
	}
}

func (s *Spool) record(all *receipts) error {
	defer s.shut(all)
	return s.Store.UpdateAlong(all.ctx, all.hurry, func(tx *storage.Tx) error {
		s.shut(all)
		for _, one := range all.list {
			again, err := s.sent(tx, one.entry, one.said)
			if err != nil {
				return err
			}
			one.again = again
		}
		return nil
	})
}

// shut lets no more receipts come to these.
func (s *Spool) shut(all *receipts) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting == all {
		s.waiting = nil
	}
}

func (s *Spool) sent(tx *storage.Tx, e bot.Entry, r bot.Receipt) (again bool, err error) {
	o, err := tx.Outgoing(e.ID)
	if err != nil {
		return false, err
	}
	pointer := storage.Pointer{}
	if o != nil {
		pointer = storage.Pointer{Slot: o.Slot, Incident: o.Incident, Seat: o.Seat, At: o.Created}
		if o.Hears != "" {
			pointer = storage.Pointer{} // it stands in public: what is said to it is said to nobody
		}
		if again, err = settle(tx, o, e.Rev, r.Ref); err != nil {
			return false, err
		}
		if err := tx.Report(o, storage.Fate{Ref: string(r.Ref), Link: r.Link}); err != nil {
			return false, err
		}
		if _, err := s.Watch.heard(tx, o, e.Peer, false); err != nil {
			return false, err
		}
	}
	if err := keepNames(tx, e, r); err != nil || (pointer.Slot == 0 && pointer.Incident == 0) {
		return again, err
	}
	for _, ref := range append([]bot.Ref{r.Ref}, r.More...) {
		if err := tx.Point(chatOf(e.Peer), string(ref), pointer); err != nil {
			return false, err
		}
	}
	return again, nil
}

// settle removes a message that was sent; one whose words changed meanwhile stays, as an edit.
func settle(tx *storage.Tx, o *storage.Outgoing, rev uint64, ref bot.Ref) (again bool, err error) {
	again = o.Rev > rev
	if again {
		o.Edit, o.Attempts, o.NotBefore = string(ref), 0, time.Time{}
		if err := tx.PutOutgoing(o); err != nil {
			return false, err
		}
	} else if err := tx.DeleteOutgoing(o.ID); err != nil {
		return false, err
	}
	if o.Slot == 0 {
		return again, nil
	}
	slot, err := tx.Slot(o.Slot)
	if err != nil || slot == nil {
		return again, err
	}
	slot.Ref = string(ref)
	if !again {
		slot.Entry = 0
	}
	return again, tx.PutSlot(slot)
}

// keepNames keeps by which names the channel knows the photos from now on.
func keepNames(tx *storage.Tx, e bot.Entry, r bot.Receipt) error {
	for i, ref := range r.Media {
		if ref == "" || i >= len(e.Message.Photos) || e.Message.Photos[i].ID == "" {
			continue
		}
		m, err := tx.Media(e.Message.Photos[i].ID)
		if err != nil {
			return err
		}
		if m == nil || m.Refs[e.Peer.Channel] == ref {
			continue
		}
		if m.Refs == nil {
			m.Refs = map[string]string{}
		}
		m.Refs[e.Peer.Channel] = ref
		if err := tx.PutMedia(m); err != nil {
			return err
		}
	}
	return nil
}

// Failed records a failure and does what must follow from it.
func (s *Spool) Failed(ctx context.Context, e bot.Entry, f *bot.Failure, retry time.Time) error {
	var moved []bot.Ticket
	var lost bot.Peer
	err := s.Store.Update(ctx, func(tx *storage.Tx) error {
		moved, lost = nil, bot.Peer{}
		o, err := tx.Outgoing(e.ID)
		if err != nil || o == nil {
			return err
		}
		if f.Reason == bot.MovedOn && f.To != "" {
			if err := tx.SetSetting(movedKey(e.Peer), []byte(f.To)); err != nil {
				return err
			}
			peer := e.Peer
			peer.Chat = f.To
			o.Peer, o.Edit, o.Attempts = peer.String(), "", 0
			if err := forgetReply(o); err != nil {
				return err
			}
			ticket, err := ticketOf(o)
			if err != nil {
				return err
			}
			moved = append(moved, ticket)
			return tx.PutOutgoing(o)
		}
		if !retry.IsZero() {
			o.Attempts, o.NotBefore = o.Attempts+1, retry
			return tx.PutOutgoing(o)
		}
		if err := drop(tx, o, e, f); err != nil || f.Reason != bot.NoPeer {
			return err
		}
		lost, err = s.Watch.heard(tx, o, e.Peer, true)
		return err
	})
	if err == nil {
		s.lost(ctx, e, lost)
	}
	if err == nil && len(moved) > 0 && s.Moved != nil {
		s.Moved(moved)
	}
	return err
}

// forgetReply takes out what a message replies to: in the group's new chat another message may have that number.
func forgetReply(o *storage.Outgoing) error {
	var m bot.Message
	if err := storage.Decode(o.Body, &m); err != nil || m.ReplyTo == "" {
		return err
	}
	m.ReplyTo = ""
	body, err := json.Marshal(m)
	o.Body = body
	return err
}

// drop gives a message up; a person who cannot be reached is marked so.
func drop(tx *storage.Tx, o *storage.Outgoing, e bot.Entry, f *bot.Failure) error {
	if err := tx.DeleteOutgoing(o.ID); err != nil {
		return err
	}
	if err := tx.Report(o, storage.Fate{Failed: true}); err != nil {
		return err
	}
	if o.Slot != 0 {
		slot, err := tx.Slot(o.Slot)
		if err != nil {
			return err
		}
		if slot != nil {
			slot.Entry, slot.Sum = 0, "" // it does not read so
			if err := tx.PutSlot(slot); err != nil {
				return err
			}
		}
	}
	if f.Reason != bot.NoPeer || e.Group {
		return nil
	}
	p, err := tx.PersonBy(e.Peer.Channel, e.Peer.Chat)
	if err != nil || p == nil {
		return err
	}
	if !p.Unreachable {
		p.Unreachable, p.Away = true, o.Created
	}
	return tx.PutPerson(p)
}
