package storage

import (
	"encoding/json"
	"time"
)

// Session is one person's conversations in one chat: a stack, the last one is spoken in.
type Session struct {
	Talks []Talk `json:"talks"`
}

// Talk is one conversation: a flow, its state, and what the flow keeps.
type Talk struct {
	ID      uint64          `json:"id"` // unique; buttons of an older talk do not fit
	Flow    string          `json:"flow"`
	State   string          `json:"state"`
	Data    json.RawMessage `json:"data,omitempty"`
	Prompt  uint64          `json:"prompt,omitempty"` // the slot that asks
	Album   string          `json:"album,omitempty"`  // the album that came last: the rest of it belongs here
	Changed time.Time       `json:"changed"`
	Seat    Role            `json:"seat,omitzero"` // as whom the person speaks in it
}

// Session gives a person's session in a chat; an empty one if there is none.
func (tx *Tx) Session(peer string, person uint64) (*Session, error) {
	s, err := get[Session](tx, key(spaceSession, peer, person))
	if s == nil {
		s = &Session{}
	}
	return s, err
}

// PutSession keeps a session, and where its person has one; one without talks is deleted.
func (tx *Tx) PutSession(peer string, person uint64, s *Session) error {
	k, of := key(spaceSession, peer, person), key(spaceSessionOf, person, peer)
	if len(s.Talks) == 0 {
		if err := tx.w.Delete(of); err != nil {
			return err
		}
		return tx.w.Delete(k)
	}
	known, err := tx.r.Get(of) // it is written once, and a session at each step
	if err == nil && known == nil {
		err = tx.w.Put(of, []byte(peer))
	}
	if err != nil {
		return err
	}
	return put(tx, k, s)
}
