package bot

import (
	"log/slog"
	"sync"
	"time"
)

// Refusals tells the log what other programs are refused. Of each code it says one a minute, and then how many it has kept to
// itself: a flood fills no disk.
type Refusals struct {
	Log *slog.Logger
	Now func() time.Time

	mu   sync.Mutex
	said map[int]refused
}

// refused are the refusals with a code.
type refused struct {
	at     time.Time // the last that was said
	unsaid int       // those since
}

// Say tells of one. code is the answer's, of which there are few; why quotes nobody.
func (r *Refusals) Say(what string, code int, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now, was := r.Now(), r.said[code]
	if !was.at.IsZero() && now.Sub(was.at) < time.Minute {
		was.unsaid++
		r.said[code] = was
		return
	}
	if r.said == nil {
		r.said = map[int]refused{}
	}
	r.said[code] = refused{at: now}
	r.Log.Info(what, "code", code, "why", why, "unsaid before", was.unsaid)
}
