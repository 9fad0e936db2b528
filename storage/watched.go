package storage

import (
	"encoding/binary"
	"time"
)

// Watched is something public whose messages are looked at: a group, a channel, a community's page, a feed.
type Watched struct {
	ID           uint64    `json:"id"`
	Peer         string    `json:"peer"` // "channel:chat", as its messages name it
	Address      string    `json:"address,omitempty"`
	Title        string    `json:"title,omitempty"`
	Municipality string    `json:"municipality,omitempty"` // where its messages are about, if they do not say
	Org          string    `json:"org,omitempty"`          // whose official page it is
	Language     string    `json:"language,omitempty"`     // of the answers; "" is the region's
	By           uint64    `json:"by,omitempty"`           // who added it; 0 the settings
	Since        time.Time `json:"since"`                  // what was written before is not for us
	Off          bool      `json:"off,omitempty"`          // not watched any more
	Heard        time.Time `json:"heard,omitzero"`         // when its last message came
	Posts        uint64    `json:"posts,omitempty"`        // that came since
	Gap          Seconds   `json:"gap,omitempty"`          // usual time between its messages
	Lost         time.Time `json:"lost,omitzero"`          // it cannot be read since then
	Why          string    `json:"why,omitempty"`          // … for this reason
	Told         bool      `json:"told,omitempty"`         // … and the administrators know, or know of its silence
}

// Seconds is a length of time, in whole seconds.
type Seconds int64

// Watched gives a source by its id, nil if there is none.
func (tx *Tx) Watched(id uint64) (*Watched, error) { return get[Watched](tx, key(spaceWatched, id)) }

// WatchedBy gives the source that a peer is, nil if it is none.
func (tx *Tx) WatchedBy(peer string) (*Watched, error) {
	v, err := tx.r.Get(key(spaceWatchedBy, peer))
	if err != nil || len(v) != 8 {
		return nil, err
	}
	return tx.Watched(binary.BigEndian.Uint64(v))
}

// PutWatched keeps a source; one without ID gets one.
func (tx *Tx) PutWatched(w *Watched) error {
	if w.ID == 0 {
		id, err := tx.Next("watched")
		if err != nil {
			return err
		}
		w.ID = id
	} else {
		old, err := tx.Watched(w.ID)
		if err != nil {
			return err
		}
		if old != nil && old.Peer != w.Peer {
			if err := tx.w.Delete(key(spaceWatchedBy, old.Peer)); err != nil {
				return err
			}
		}
	}
	if err := tx.w.Put(key(spaceWatchedBy, w.Peer), binary.BigEndian.AppendUint64(nil, w.ID)); err != nil {
		return err
	}
	return put(tx, key(spaceWatched, w.ID), w)
}

// AllWatched gives every source, the first added first, also those that are off.
func (tx *Tx) AllWatched() (list []*Watched, err error) {
	err = scan(tx, key(spaceWatched), false, func(_ []byte, w *Watched) bool { list = append(list, w); return true })
	return list, err
}
