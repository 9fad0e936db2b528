package storage

import (
	"encoding/binary"
	"slices"
)

// verifyIncident holds an incident against its number, the lifecycle and its history.
func verifyIncident(l *look, k, v []byte) error {
	inc, err := decoded[Incident](v)
	if err != nil {
		return nil //nolint:nilerr // said already
	}
	number := last(k)
	if inc.Number != number {
		l.fault(k, nil, "it says that it is incident %d", inc.Number)
	}
	if err := l.numbered(k, "incident", number); err != nil {
		return err
	}
	if err := l.follows(k, spaceIncident, number); err != nil {
		return err
	}
	if !slices.Contains(l.check.States, inc.State) {
		l.fault(k, nil, "the lifecycle has no state %q", inc.State)
	}
	photos := slices.Clone(inc.Photos)
	if inc.Answer != nil {
		photos = append(photos, inc.Answer.Photos...)
	}
	if err := l.photos(k, photos); err != nil {
		return err
	}
	if inc.Into != 0 {
		if err := l.incident(k, inc.Into); err != nil {
			return err
		}
	}
	var final *Event
	if err := scan(l.Tx, key(spaceEvent, number), true, func(_ []byte, ev *Event) bool { final = ev; return false }); err != nil {
		if isDamaged(err) { // the event's own fault
			return nil
		}
		return err
	}
	switch {
	case final == nil:
		l.fault(k, nil, "it has no history")
	case final.To != inc.State:
		l.fault(k, nil, "it is %s, its history ends with %s", inc.State, final.To)
	case final.Seq != inc.Version:
		l.fault(k, nil, "it has version %d after %d events", inc.Version, final.Seq)
	}
	return nil
}

// verifyCounter holds the last incident against the counter: none may be lost at the end either.
func verifyCounter(l *look) error {
	counted, err := l.Last("incident")
	if isDamaged(err) { // a fault of its own
		return nil
	}
	if err != nil {
		return err
	}
	newest, err := l.before(spaceIncident, nil)
	if err == nil && newest < counted {
		l.missing(key(spaceIncident, newest), newest+1, counted)
	}
	return err
}

// follows looks for the record before this one: numbers have no gap.
func (l *look) follows(k []byte, space string, number uint64) error {
	if number <= 1 {
		return nil
	}
	if before, err := l.r.Get(key(space, number-1)); err != nil || before != nil {
		return err
	}
	previous, err := l.before(space, k)
	if err == nil {
		l.missing(k, previous+1, number-1)
	}
	return err
}

func (l *look) missing(k []byte, from, to uint64) {
	if from == to {
		l.fault(k, nil, "number %d is missing", from)
	} else {
		l.fault(k, nil, "numbers %d to %d are missing", from, to)
	}
}

// before gives the number of the last record before a key, 0 if there is none; nil is the end of the space.
func (l *look) before(space string, k []byte) (number uint64, err error) {
	if k == nil {
		k = After(key(space))
	}
	err = l.r.Scan(key(space), k, true, func(k, _ []byte) bool {
		whole := fits(k) // another is a fault of its own
		if whole {
			number = last(k)
		}
		return !whole
	})
	return number, err
}

// numbered holds a number against its counter: one that is behind would give the number again.
func (l *look) numbered(k []byte, counter string, number uint64) error {
	given, err := l.Last(counter)
	if isDamaged(err) { // a fault of its own
		return nil
	}
	if err == nil && number > given {
		raise := func(tx *Tx) error {
			given, err := tx.Last(counter)
			if err != nil || given >= number {
				return err
			}
			return tx.w.Put(key(spaceCounter, counter), binary.BigEndian.AppendUint64(nil, number))
		}
		l.fault(k, raise, "the counter %q is at %d only and would give this number again", counter, given)
	}
	return err
}

// incident looks for an incident that a record names.
func (l *look) incident(k []byte, number uint64) error {
	there, err := l.r.Get(key(spaceIncident, number))
	if err == nil && there == nil {
		l.fault(k, nil, "it names incident %d, which is not there", number)
	}
	return err
}

// photos looks for the records of photos.
func (l *look) photos(k []byte, ids []string) error {
	for _, id := range ids {
		there, err := l.r.Get(key(spaceMedia, id))
		if err != nil {
			return err
		}
		if there == nil {
			l.fault(k, nil, "it names photo %s, which is not there", id)
		}
	}
	return nil
}

// tail is last for a key that need not be whole.
func tail(k []byte) uint64 {
	if !fits(k) {
		return 0
	}
	return last(k)
}

// verifyEvent holds an event against its place in a history.
func verifyEvent(l *look, k, v []byte) error {
	ev, err := decoded[Event](v)
	if err != nil {
		l.fault(k, nil, "%s", err)
		return nil
	}
	number := binary.BigEndian.Uint64(k[len(spaceEvent)+1:])
	if ev.Incident != number || ev.Seq != last(k) {
		l.fault(k, nil, "it says that it is event %d of incident %d", ev.Seq, ev.Incident)
	}
	for _, s := range []State{ev.From, ev.To} {
		if !slices.Contains(l.check.States, s) && (s != "" || ev.Seq != 1) {
			l.fault(k, nil, "the lifecycle has no state %q", s)
		}
	}
	seq := uint64(0)
	head := key(spaceEvent, number)
	err = l.r.Scan(head, k, true, func(k, _ []byte) bool { seq = tail(k); return false })
	if err != nil {
		return err
	}
	if last(k) > seq+1 {
		l.missing(k, seq+1, last(k)-1)
	}
	if err := l.incident(k, number); err != nil {
		return err
	}
	if err := l.photos(k, ev.Photos); err != nil {
		return err
	}
	if !ev.traced() {
		return nil
	}
	trace := key(spaceByActor, ev.Actor, ev.Incident)
	if there, err := l.r.Get(trace); err != nil || there != nil {
		return err
	}
	l.fault(trace, putKey(trace, nil), "record without entry")
	return nil
}

// verifyActor looks for what a resident did to an incident.
func verifyActor(l *look, k, _ []byte) error {
	person, did := binary.BigEndian.Uint64(k[len(spaceByActor)+1:]), false
	err := scan(l.Tx, key(spaceEvent, last(k)), false, func(_ []byte, ev *Event) bool {
		did = ev.traced() && ev.Actor == person
		return !did
	})
	if err != nil && !isDamaged(err) {
		return err
	}
	if err == nil && !did {
		l.fault(k, dropKey(k), "entry without record")
	}
	return nil
}

func verifyPerson(l *look, k, v []byte) error {
	p, err := decoded[Person](v)
	if err != nil {
		return nil //nolint:nilerr // said already
	}
	return l.itself(k, "person", p.ID)
}

// itself holds the number in a record against that in its key, and against the counter.
func (l *look) itself(k []byte, counter string, number uint64) error {
	if number != last(k) {
		l.fault(k, nil, "it says that it is number %d", number)
	}
	return l.numbered(k, counter, last(k))
}

func verifyTimer(l *look, k, v []byte) error {
	t, err := decoded[Timer](v)
	if err != nil {
		return nil //nolint:nilerr // said already
	}
	if string(key(spaceTimer, t.Due, t.ID)) != string(k) {
		l.fault(k, nil, "it says that it is another")
	}
	return l.numbered(k, "timer", last(k))
}

// verifySlot holds a slot against the message that waits for it.
func verifySlot(l *look, k, v []byte) error {
	s, err := decoded[Slot](v)
	if err != nil {
		return nil //nolint:nilerr // said already
	}
	if err := l.itself(k, "slot", s.ID); err != nil || s.Entry == 0 {
		return err
	}
	o, err := l.Outgoing(s.Entry)
	if err != nil && !isDamaged(err) || err == nil && o != nil && o.Slot == s.ID {
		return err
	}
	l.fault(k, func(tx *Tx) error {
		s, err := tx.Slot(s.ID)
		if err != nil || s == nil {
			return err
		}
		s.Entry = 0
		return tx.PutSlot(s)
	}, "message %d, which it waits for, is not there or another's", s.Entry)
	return nil
}

// verifyOutgoing holds a message against its slot. A slot that is gone is no fault: a card may be forgotten meanwhile.
func verifyOutgoing(l *look, k, v []byte) error {
	o, err := decoded[Outgoing](v)
	if err != nil {
		l.fault(k, nil, "%s", err)
		return nil
	}
	if err := l.itself(k, "outgoing", o.ID); err != nil || o.Slot == 0 {
		return err
	}
	s, err := l.Slot(o.Slot)
	if err != nil && !isDamaged(err) {
		return err
	}
	if err == nil && s != nil && s.Entry != o.ID {
		l.fault(k, nil, "slot %d, which it is for, waits for message %d", o.Slot, s.Entry)
	}
	return nil
}

func verifyMedia(l *look, k, v []byte) error {
	m, err := decoded[Media](v)
	if err != nil {
		return nil //nolint:nilerr // said already
	}
	if string(key(spaceMedia, m.ID)) != string(k) {
		l.fault(k, nil, "it says that it is photo %s", m.ID)
	}
	if m.Blob == "" || l.check.Photo == nil {
		return nil
	}
	there, err := l.check.Photo(m.Blob)
	if err == nil && !there {
		l.fault(k, nil, "its file %s is not there", m.Blob)
	}
	return err
}

// verifyWanted looks for the photo that is to be fetched.
func verifyWanted(l *look, k, v []byte) error {
	w, err := decoded[Wanted](v)
	if err != nil {
		l.fault(k, dropKey(k), "%s", err)
		return nil
	}
	if string(key(spaceWanted, w.Due, w.Photo)) != string(k) {
		l.fault(k, dropKey(k), "it says that it is another")
	}
	there, err := l.r.Get(key(spaceMedia, w.Photo))
	if err == nil && there == nil {
		l.fault(k, dropKey(k), "entry without record")
	}
	return err
}

func verifyClaim(l *look, k, v []byte) error {
	if err := readable[Claim](l, k, v); err != nil {
		return err
	}
	return l.incident(k, last(k))
}

// verifyLesson holds a lesson against its number and its incident.
func verifyLesson(l *look, k, v []byte) error {
	one, err := decoded[Lesson](v)
	if err != nil {
		l.fault(k, nil, "%s", err)
		return nil
	}
	if err := l.itself(k, lessonCounter, one.ID); err != nil {
		return err
	}
	return l.incident(k, one.Incident)
}

// verifyRef looks for the incident that a sent message is about. Its slot may be gone.
func verifyRef(l *look, k, v []byte) error {
	p, err := decoded[Pointer](v)
	if err != nil {
		l.fault(k, nil, "%s", err)
		return nil
	}
	if p.Incident == 0 {
		return nil
	}
	return l.incident(k, p.Incident)
}

func verifyLog(l *look, k, v []byte) error {
	e, err := decoded[Entry](v)
	if err != nil {
		l.fault(k, nil, "%s", err)
		return nil
	}
	if err := l.follows(k, spaceLog, last(k)); err != nil {
		return err
	}
	return l.itself(k, "log", e.Seq)
}

func verifyNumber(l *look, k, v []byte) error {
	if len(v) != 8 {
		l.fault(k, nil, "%s", errUnreadable)
	}
	return nil
}

// readable looks whether a record can be read.
func readable[T any](l *look, k, v []byte) error {
	if _, err := decoded[T](v); err != nil {
		l.fault(k, nil, "%s", err)
	}
	return nil
}

func verifyWatched(l *look, k, v []byte) error {
	w, err := decoded[Watched](v)
	if err != nil {
		return nil //nolint:nilerr // said already
	}
	return l.itself(k, "watched", w.ID)
}

// verifyPost holds a post against its source and its incident.
func verifyPost(l *look, k, v []byte) error {
	p, err := decoded[Post](v)
	if err != nil {
		return nil //nolint:nilerr // said already
	}
	if err := l.itself(k, "post", p.ID); err != nil {
		return err
	}
	if w, err := l.r.Get(key(spaceWatched, p.Source)); err != nil {
		return err
	} else if w == nil {
		l.fault(k, nil, "its source %d is not there", p.Source)
	}
	if err := l.photos(k, p.Photos); err != nil || p.Incident == 0 {
		return err
	}
	return l.incident(k, p.Incident)
}

// verifyHour looks at a count of posts. What it counted may be forgotten.
func verifyHour(l *look, k, v []byte) error {
	if len(v) != 8 {
		l.fault(k, nil, "%s", errUnreadable)
	}
	return nil
}
