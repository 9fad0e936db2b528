package storage

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Store is the records over a key-value store. Records are JSON: readable in a dump, and a field that a newer version
// adds is no obstacle to an older record.
type Store struct{ kv KV }

// Over gives the records that kv holds.
func Over(kv KV) *Store { return &Store{kv} }

// Observe is Observed's for the store below; false says that it tells nobody of its commits.
func (s *Store) Observe(begin func(updates int) (done func(err error))) bool {
	o, ok := s.kv.(Observed)
	if ok {
		o.Observe(begin)
	}
	return ok
}

// View runs fn on a snapshot.
func (s *Store) View(ctx context.Context, fn func(*Tx) error) error {
	return s.kv.View(ctx, func(r Reader) error { return fn(&Tx{r: r}) })
}

// Update runs fn and commits what it wrote, all or nothing. fn may run more than once; see KV.
func (s *Store) Update(ctx context.Context, fn func(*Tx) error) error {
	return s.kv.Update(ctx, func(w Writer) error { return fn(&Tx{r: w, w: w}) })
}

// UpdateAlong is Patient's over the records; where the store below has no patience, it is Update.
func (s *Store) UpdateAlong(ctx context.Context, hurry <-chan struct{}, fn func(*Tx) error) error {
	p, ok := s.kv.(Patient)
	if !ok {
		return s.Update(ctx, fn)
	}
	return p.UpdateAlong(ctx, hurry, func(w Writer) error { return fn(&Tx{r: w, w: w}) })
}

// Close closes the key-value store.
func (s *Store) Close() error { return s.kv.Close() }

// Tx is a transaction over the records.
type Tx struct {
	r Reader
	w Writer // nil in a View

	hired, wants bool
	scratch      []byte // of what is put and not kept
}

// The spaces of keys. A name is written into every store that exists: add, never rename.
const (
	spaceCounter    = "n"  // name → uint64
	spaceSeen       = "u"  // channel, update id → time
	spaceSeenAt     = "ut" // time, channel, update id
	spacePerson     = "p"  // id → Person
	spacePersonBy   = "pb" // channel, user → id
	spaceStaff      = "ps" // role, organisation, id
	spaceInvitation = "iv" // hash → Invitation
	spaceSession    = "s"  // peer, person → Session
	spaceSessionOf  = "sp" // person, peer → peer
	spaceIncident   = "i"  // number → Incident
	spaceByState    = "is" // state, number
	spaceByOrg      = "io" // organisation, state, number
	spaceByPerson   = "ip" // person, number
	spaceWaits      = "iw" // person, number: those that wait for the answer of who reported or follows them
	spaceByActor    = "ea" // resident, number: incidents that they did something to
	spaceByPoint    = "ig" // open: topic, row, column, number → latitude, longitude
	spaceByStreet   = "ia" // open: settlement, street, topic, number → point, house; @settlement, number; @*municipality, number
	spaceQueue      = "iq" // open: queue, due, municipality, organisation, topic, number
	spaceClaim      = "ik" // number → Claim
	spaceEvent      = "e"  // number, seq → Event
	spaceLog        = "l"  // seq → Entry
	spaceMedia      = "m"  // id → Media
	spaceMediaOf    = "mp" // person, id → id: photos that no incident has yet
	spaceWanted     = "mw" // due, media id → Wanted
	spaceOutgoing   = "o"  // id → Outgoing
	spaceSlot       = "c"  // id → Slot
	spaceCard       = "ci" // incident, slot
	spaceSlotOf     = "cp" // person, slot
	spaceRef        = "cr" // chat, ref → Pointer
	spaceTimer      = "t"  // due, id → Timer
	spaceTimerOf    = "tp" // person, due, id
	spaceDrawer     = "d"  // drawer, key → bytes
	spaceSetting    = "x"  // name → bytes
	spaceWord       = "w"  // block of numbers, stem → numbers in the block
	spaceWordsOf    = "wo" // number → stems
	spaceName       = "pn" // word of a name, person
	spaceWatched    = "f"  // id → Watched
	spaceWatchedBy  = "fp" // peer → id
	spacePost       = "g"  // id → Post
	spacePostBy     = "gr" // chat, ref → id
	spacePostOf     = "gi" // incident, id
	spacePostFrom   = "ga" // channel, user, id
	spacePostLike   = "gt" // print of the words → id
	spaceLesson     = "k"  // id → Lesson
	spaceHour       = "gh" // municipality, topic, hour → how many posts
	spaceSums       = "y"  // day, dimension, value → Sums
)

// key joins a space and its parts: strings end with a zero byte, numbers and times are eight bytes, so that keys order
// as their parts do.
func key(space string, parts ...any) []byte {
	k := append(make([]byte, 0, 48), space...)
	k = append(k, 0)
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			k = append(append(k, plain.Replace(p)...), 0)
		case State:
			k = append(append(k, p...), 0)
		case uint64:
			k = binary.BigEndian.AppendUint64(k, p)
		case time.Time:
			k = binary.BigEndian.AppendUint64(k, stamp(p))
		default:
			panic(fmt.Sprintf("storage: key part of type %T", p))
		}
	}
	return k
}

// plain keeps a zero byte inside a string from ending it; the order stays.
var plain = strings.NewReplacer("\x00", "\x01\x01", "\x01", "\x01\x02")

// stamp orders times from 1678 to 2262, the zero time first.
func stamp(t time.Time) uint64 {
	if t.IsZero() {
		return 0
	}
	return uint64(t.UnixNano()) ^ 1<<63
}

// last gives the number at the end of a key; 0 where there is no room for one.
func last(k []byte) uint64 {
	if len(k) < 8 {
		return 0
	}
	return binary.BigEndian.Uint64(k[len(k)-8:])
}

// counted reads a number that is kept as eight bytes under a key.
func counted(k, v []byte) (uint64, error) {
	if len(v) != 8 {
		return 0, fmt.Errorf("%w: number %q has %d bytes", ErrDamaged, k, len(v))
	}
	return binary.BigEndian.Uint64(v), nil
}

// get reads a record; nil if there is none.
func get[T any](tx *Tx, k []byte) (*T, error) {
	v, err := tx.r.Get(k)
	if err != nil || v == nil {
		return nil, err
	}
	rec := new(T)
	if err := Decode(v, rec); err != nil {
		return nil, fmt.Errorf("%w: record %q: %w", ErrDamaged, k, err)
	}
	return rec, nil
}

func put(tx *Tx, k []byte, rec any) error {
	v, err := json.Marshal(rec)
	if err != nil {
		return fmt.Errorf("record %q: %w", k, err)
	}
	return tx.w.Put(k, v)
}

// scan reads the records under a prefix in order, or backwards.
func scan[T any](tx *Tx, prefix []byte, reverse bool, fn func(k []byte, rec *T) bool) error {
	var fault error
	err := tx.r.Scan(prefix, After(prefix), reverse, func(k, v []byte) bool {
		rec := new(T)
		if fault = Decode(v, rec); fault != nil {
			fault = fmt.Errorf("%w: record %q: %w", ErrDamaged, k, fault)
			return false
		}
		return fn(k, rec)
	})
	if err != nil {
		return err
	}
	return fault
}

// numbers reads the numbers at the end of the keys under a prefix, backwards from the newest: at most limit after
// skipping skip.
func (tx *Tx) numbers(prefix []byte, skip, limit int, reverse bool) ([]uint64, error) {
	var out []uint64
	if limit <= 0 {
		return nil, nil
	}
	err := tx.r.Scan(prefix, After(prefix), reverse, func(k, _ []byte) bool {
		if skip > 0 {
			skip--
			return true
		}
		out = append(out, last(k))
		return len(out) < limit
	})
	return out, err
}

// Next gives the next number of a counter, from 1.
func (tx *Tx) Next(counter string) (uint64, error) {
	k := key(spaceCounter, counter)
	v, err := tx.r.Get(k)
	if err != nil {
		return 0, err
	}
	n := uint64(1)
	if v != nil {
		if n, err = counted(k, v); err != nil {
			return 0, err
		}
		n++
	}
	return n, tx.w.Put(k, binary.BigEndian.AppendUint64(nil, n))
}

// Last gives the last number that a counter gave, 0 for none.
func (tx *Tx) Last(counter string) (uint64, error) {
	k := key(spaceCounter, counter)
	v, err := tx.r.Get(k)
	if err != nil || v == nil {
		return 0, err
	}
	return counted(k, v)
}

// Setting reads what SetSetting wrote: small facts that outlive a restart. nil if there is none.
func (tx *Tx) Setting(name string) ([]byte, error) { return tx.r.Get(key(spaceSetting, name)) }

// SetSetting keeps a small fact.
func (tx *Tx) SetSetting(name string, value []byte) error {
	return tx.w.Put(key(spaceSetting, name), value)
}

// Settings gives what was kept under names with this prefix, in their order.
func (tx *Tx) Settings(prefix string) (list [][]byte, err error) {
	k := key(spaceSetting, prefix)
	k = k[:len(k)-1] // a name may go on after the prefix
	err = tx.r.Scan(k, After(k), false, func(_, v []byte) bool {
		list = append(list, v)
		return true
	})
	return list, err
}

// SettingNames gives the names with this prefix under which something is kept, in their order.
func (tx *Tx) SettingNames(prefix string) (names []string, err error) {
	head := len(key(spaceSetting))
	k := key(spaceSetting, prefix)
	k = k[:len(k)-1]
	err = tx.r.Scan(k, After(k), false, func(k, _ []byte) bool {
		names = append(names, string(k[head:len(k)-1]))
		return true
	})
	return names, err
}

// DropSetting forgets what SetSetting wrote.
func (tx *Tx) DropSetting(name string) error { return tx.w.Delete(key(spaceSetting, name)) }
