package storage

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// kind is a kind of record that has entries in indexes.
type kind struct {
	space string
	// entries gives what finds a record; an error tells that the record cannot be read.
	entries func(k, v []byte) ([]entry, error)
	// may gives entries that a record may have and need not; nil for none.
	may     func(k, v []byte) ([]entry, error)
	indexes []index
	// record looks at more of a record; nil for nothing.
	record func(l *look, k, v []byte) error
	end    func(l *look) error
}

// index is a space of entries. record gives the key of the record that an entry leads to, nil where it makes no sense.
type index struct {
	space  string
	record func(k, v []byte) []byte
}

// errUnreadable tells that a record is not what it should be.
var errUnreadable = errors.New("it cannot be read")

func isDamaged(err error) bool { return errors.Is(err, ErrDamaged) }

// kinds lists what is indexed.
func kinds() []kind {
	byNumber := func(space string) func(k, _ []byte) []byte {
		return func(k, _ []byte) []byte { return key(space, last(k)) }
	}
	return []kind{
		{space: spaceIncident, entries: incidentEntries, record: verifyIncident, end: verifyCounter, indexes: []index{
			{spaceByState, byNumber(spaceIncident)}, {spaceByOrg, byNumber(spaceIncident)}, {spaceByPerson, byNumber(spaceIncident)},
			{spaceWaits, byNumber(spaceIncident)},
			{spaceByPoint, byNumber(spaceIncident)}, {spaceByStreet, byNumber(spaceIncident)}, {spaceQueue, byNumber(spaceIncident)},
		}},
		{space: spacePerson, entries: personEntries, record: verifyPerson, indexes: []index{
			{spacePersonBy, byID(spacePerson)}, {spaceStaff, byNumber(spacePerson)}, {spaceName, byNumber(spacePerson)},
		}},
		{space: spaceSession, entries: sessionEntries, indexes: []index{{spaceSessionOf, func(k, v []byte) []byte {
			return key(spaceSession, string(v), binary.BigEndian.Uint64(k[len(spaceSessionOf)+1:]))
		}}}},
		{space: spaceSeen, entries: seenEntries, indexes: []index{{spaceSeenAt, func(_, v []byte) []byte { return v }}}},
		{space: spaceTimer, entries: timerEntries, record: verifyTimer, indexes: []index{{spaceTimerOf, func(k, _ []byte) []byte {
			return append(key(spaceTimer), k[len(spaceTimerOf)+1+8:]...)
		}}}},
		{space: spaceSlot, entries: slotEntries, may: cardEntries, record: verifySlot, indexes: []index{
			{spaceSlotOf, byNumber(spaceSlot)}, {spaceCard, byNumber(spaceSlot)},
		}},
		{space: spaceMedia, entries: mediaEntries, record: verifyMedia, indexes: []index{
			{spaceMediaOf, func(_, v []byte) []byte { return key(spaceMedia, string(v)) }},
		}},
		{space: spaceWatched, entries: watchedEntries, record: verifyWatched, indexes: []index{{spaceWatchedBy, byID(spaceWatched)}}},
		{space: spacePost, entries: postEntries, may: postLikes, record: verifyPost, indexes: []index{
			{spacePostBy, byID(spacePost)}, {spacePostOf, byNumber(spacePost)}, {spacePostFrom, byNumber(spacePost)}, {spacePostLike, byID(spacePost)},
		}},
	}
}

// passes gives every pass that Verify makes.
func passes() (list []pass) {
	for _, kd := range kinds() {
		list = append(list, pass{space: kd.space, each: kd.eachRecord, end: kd.end})
		for _, x := range kd.indexes {
			list = append(list, pass{space: x.space, each: func(l *look, k, v []byte) error { return kd.eachEntry(l, x, k, v) }})
		}
	}
	return append(list,
		pass{space: spaceEvent, each: verifyEvent}, pass{space: spaceByActor, each: verifyActor},
		pass{space: spaceWordsOf, each: verifyStems}, pass{space: spaceWord, each: verifyWord},
		pass{space: spaceWanted, each: verifyWanted},
		pass{space: spaceOutgoing, each: verifyOutgoing}, pass{space: spaceClaim, each: verifyClaim},
		pass{space: spaceRef, each: verifyRef}, pass{space: spaceLog, each: verifyLog},
		pass{space: spaceHour, each: verifyHour}, pass{space: spaceLesson, each: verifyLesson}, pass{space: spaceInvitation, each: readable[Invitation]}, pass{space: spaceCounter, each: verifyNumber})
}

// eachRecord looks at a record and for its entries.
func (kd kind) eachRecord(l *look, k, v []byte) error {
	list, err := kd.entries(k, v)
	if err != nil {
		l.fault(k, nil, "%s", err)
		return nil
	}
	for _, e := range list {
		have, err := l.r.Get(e.key)
		switch {
		case err != nil:
			return err
		case have == nil:
			l.fault(e.key, putKey(e.key, e.value), "record without entry")
		case !bytes.Equal(have, e.value):
			l.fault(e.key, putKey(e.key, e.value), "wrong value")
		}
	}
	if kd.record == nil {
		return nil
	}
	return kd.record(l, k, v)
}

// eachEntry looks for an entry's record, and whether it has such an entry.
func (kd kind) eachEntry(l *look, x index, k, v []byte) error {
	record := x.record(k, v)
	if len(record) == 0 || !begins(record, key(kd.space)) {
		l.fault(k, dropKey(k), "entry without record: it leads nowhere")
		return nil
	}
	value, err := l.r.Get(record)
	if err != nil {
		return err
	}
	if value == nil {
		l.fault(k, dropKey(k), "entry without record")
		return nil
	}
	for _, entries := range []func(k, v []byte) ([]entry, error){kd.entries, kd.may} {
		if entries == nil {
			continue
		}
		list, err := entries(record, value)
		if err != nil {
			return nil //nolint:nilerr // the record's own fault; whatever leads to it stays
		}
		for _, e := range list {
			if bytes.Equal(e.key, k) {
				return nil
			}
		}
	}
	l.fault(k, dropKey(k), "entry without record: the record is no longer so")
	return nil
}

// decoded reads a record.
func decoded[T any](v []byte) (*T, error) {
	rec := new(T)
	if Decode(v, rec) != nil {
		return nil, errUnreadable
	}
	return rec, nil
}

// A record that says that it is another one has no entries: they would be the other's. That is a fault of its own.

func incidentEntries(k, v []byte) ([]entry, error) {
	inc, err := decoded[Incident](v)
	if err != nil || inc.Number != last(k) {
		return nil, err
	}
	return inc.index(), nil
}

func personEntries(k, v []byte) ([]entry, error) {
	p, err := decoded[Person](v)
	if err != nil || p.ID != last(k) {
		return nil, err
	}
	list := []entry{{key(spacePersonBy, p.Channel, p.User), binary.BigEndian.AppendUint64(nil, p.ID)}}
	for _, r := range p.Roles {
		list = append(list, entry{key: key(spaceStaff, string(r.Kind), r.Org, p.ID)})
	}
	for _, w := range nameWords(p) {
		list = append(list, entry{key: key(spaceName, w, p.ID)})
	}
	return list, nil
}

func sessionEntries(k, v []byte) ([]entry, error) {
	if _, err := decoded[Session](v); err != nil {
		return nil, err
	}
	rest := k[len(spaceSession)+1:]
	peer := unplain(string(rest[:len(rest)-9]))
	return []entry{{key(spaceSessionOf, last(k), peer), []byte(peer)}}, nil
}

func seenEntries(k, v []byte) ([]entry, error) {
	if len(v) != 8 {
		return nil, errUnreadable
	}
	return []entry{{append(append(key(spaceSeenAt), v...), k[len(spaceSeen)+1:]...), k}}, nil
}

func timerEntries(k, v []byte) ([]entry, error) {
	t, err := decoded[Timer](v)
	if err != nil || t.Person == 0 || t.ID != last(k) {
		return nil, err
	}
	return []entry{{key: key(spaceTimerOf, t.Person, t.Due, t.ID)}}, nil
}

func slotEntries(k, v []byte) ([]entry, error) {
	s, err := decoded[Slot](v)
	if err != nil || s.Person == 0 || s.ID != last(k) {
		return nil, err
	}
	return []entry{{key: key(spaceSlotOf, s.Person, s.ID)}}, nil
}

// cardEntries are those of a card while it is edited.
func cardEntries(k, v []byte) ([]entry, error) {
	s, err := decoded[Slot](v)
	if err != nil || s.View == "" || s.ID != last(k) {
		return nil, err
	}
	return []entry{{key: key(spaceCard, s.Incident, s.ID)}}, nil
}

// byID leads from an entry that holds a record's number to the record.
func byID(space string) func(k, v []byte) []byte {
	return func(_, v []byte) []byte {
		if len(v) != 8 {
			return nil
		}
		return key(space, binary.BigEndian.Uint64(v))
	}
}

func watchedEntries(k, v []byte) ([]entry, error) {
	w, err := decoded[Watched](v)
	if err != nil || w.ID != last(k) {
		return nil, err
	}
	return []entry{{key(spaceWatchedBy, w.Peer), binary.BigEndian.AppendUint64(nil, w.ID)}}, nil
}

func postEntries(k, v []byte) ([]entry, error) {
	p, err := decoded[Post](v)
	if err != nil || p.ID != last(k) {
		return nil, err
	}
	return p.index(), nil
}

// postLikes is that of the newest post of its words.
func postLikes(k, v []byte) ([]entry, error) {
	p, err := decoded[Post](v)
	if err != nil || p.Print == 0 || p.ID != last(k) {
		return nil, err
	}
	return []entry{{key(spacePostLike, p.Print), binary.BigEndian.AppendUint64(nil, p.ID)}}, nil
}

func mediaEntries(k, v []byte) ([]entry, error) {
	m, err := decoded[Media](v)
	if err != nil || m.Person == 0 || string(key(spaceMedia, m.ID)) != string(k) {
		return nil, err
	}
	return []entry{{key(spaceMediaOf, m.Person, m.ID), []byte(m.ID)}}, nil
}
