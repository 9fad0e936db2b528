package storage

import (
	"encoding/binary"
	"time"
)

// Wanted is a photo of an incident whose bytes are only with its messenger: they are to be fetched and kept.
type Wanted struct {
	Photo    string    `json:"photo"`
	Due      time.Time `json:"due,omitzero"` // zero: at once
	Attempts int       `json:"attempts,omitempty"`
}

// want notes a photo that has become an incident's.
func (tx *Tx) want(m *Media) error {
	if m.Blob != "" || len(m.Refs) == 0 {
		return nil
	}
	tx.wants = true
	return tx.Want(&Wanted{Photo: m.ID})
}

// Wants tells whether this transaction noted photos that are to be fetched at once.
func (tx *Tx) Wants() bool { return tx.wants }

// Want has a photo fetched when it is due.
func (tx *Tx) Want(w *Wanted) error { return put(tx, key(spaceWanted, w.Due, w.Photo), w) }

// DropWanted takes a photo from those that are to be fetched.
func (tx *Tx) DropWanted(w *Wanted) error { return tx.w.Delete(key(spaceWanted, w.Due, w.Photo)) }

// WantedPhotos gives the photos that are to be fetched by now, in their order, at most limit.
func (tx *Tx) WantedPhotos(now time.Time, limit int) (list []*Wanted, err error) {
	var fault error
	err = tx.r.Scan(key(spaceWanted), key(spaceWanted, now.Add(1)), false, func(k, _ []byte) bool {
		var w *Wanted
		if w, fault = get[Wanted](tx, k); fault == nil && w != nil {
			list = append(list, w)
		}
		return fault == nil && len(list) < limit
	})
	if err == nil {
		err = fault
	}
	return list, err
}

// NextWanted gives when the next photo is to be fetched, and whether there is one.
func (tx *Tx) NextWanted() (due time.Time, there bool, err error) {
	prefix := key(spaceWanted)
	err = tx.r.Scan(prefix, After(prefix), false, func(k, _ []byte) bool {
		if n := binary.BigEndian.Uint64(k[len(prefix):]); n != 0 {
			due = time.Unix(0, int64(n^1<<63))
		}
		there = true
		return false
	})
	return due, there, err
}
