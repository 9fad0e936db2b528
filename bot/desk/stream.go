package desk

import (
	"encoding/json"
	"net/http"
	"time"
)

// beat is how often a stream shows that it lives, so that a page knows a dead connection from a quiet desk. It is an
// event of its own: a page's script never sees a comment.
const beat = 15 * time.Second

// state is everything that the page shows: what a page gets first, and when it has missed too much.
type state struct {
	Chairs []seatView `json:"chairs"`
	Places bool       `json:"places"`         // there is a list of places
	Zone   string     `json:"zone,omitempty"` // IANA name; "" is the reader's own
	Beat   int64      `json:"beat"`           // how often the stream shows that it lives, in milliseconds
}

type seatView struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Role     string   `json:"role"`
	Title    string   `json:"title"`
	Starters []string `json:"starters"` // null: the role's own
	Menu     menu     `json:"menu"`
	Messages []view   `json:"messages"`
}

// events is the stream of what changes. A page that comes back names the last event that it saw and gets what it
// missed, in order; a new one gets the whole state first.
func (d *Desk) events(w http.ResponseWriter, r *http.Request) {
	flow := http.NewResponseController(w)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	_, _ = flow.SetReadDeadline(time.Time{}), flow.SetWriteDeadline(time.Time{}) // the server's are for pages, not for streams

	leaving := d.feed.leaving()
	beats := time.NewTicker(d.beat)
	defer beats.Stop()
	at, known := d.feed.position(r.Header.Get("Last-Event-ID"))
	for {
		out, next, bell := d.news(at, known)
		at, known = next, true
		for _, b := range out {
			if _, err := w.Write(b); err != nil {
				return
			}
		}
		if flow.Flush() != nil {
			return
		}
		select {
		case <-bell:
		case <-beats.C:
			if _, err := w.Write([]byte("event: beat\ndata: {}\n\n")); err != nil {
				return
			}
		case <-leaving:
			return
		case <-r.Context().Done():
			return
		}
	}
}

// news gives the frames that follow event at, where it leaves off, and the bell that rings for more.
func (d *Desk) news(at uint64, known bool) (frames [][]byte, next uint64, bell <-chan struct{}) {
	d.mu.Lock()
	next, bell = d.feed.last, d.feed.bell
	if known {
		if list, ok := d.feed.after(at); ok {
			d.mu.Unlock()
			for _, e := range list {
				frames = append(frames, frame(d.feed.id(e.n), e.name, e.data))
			}
			return frames, next, bell
		}
	}
	s := d.state()
	d.mu.Unlock()
	data, err := json.Marshal(s)
	if err != nil {
		panic(err) // only our own types come here
	}
	return [][]byte{frame(d.feed.id(next), "state", data)}, next, bell
}

// state gives what the page shows. The caller holds d.mu.
func (d *Desk) state() state {
	s := state{Places: d.opts.Places != nil, Beat: d.beat.Milliseconds()}
	if z := d.opts.Zone; z != nil && z != time.Local {
		s.Zone = z.String()
	}
	for _, c := range d.order {
		v := seatView{ID: c.ID, Name: c.Name, Role: c.Role, Title: c.Title, Starters: c.Starters, Menu: d.menuOf(c)}
		for _, r := range c.records {
			v.Messages = append(v.Messages, viewOf(r))
		}
		s.Chairs = append(s.Chairs, v)
	}
	return s
}
