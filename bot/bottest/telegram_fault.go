package bottest

import (
	"fmt"
	"net/http"
)

// Fault is what the server does to a call instead of answering it.
type Fault struct {
	Status int
	Body   string
	JSON   bool
	Hang   bool // no answer until the caller gives up
	Drop   bool // the connection breaks
	Heard  bool // only after the call was done: the caller does not know
}

// TooMany asks to wait for so many seconds.
func TooMany(seconds int) Fault {
	return Fault{Status: 429, JSON: true, Body: fmt.Sprintf(
		`{"ok":false,"error_code":429,"description":"Too Many Requests: retry after %d","parameters":{"retry_after":%d}}`, seconds, seconds)}
}

// Refusal is Telegram's own no.
func Refusal(code int, description string) Fault {
	return Fault{Status: code, JSON: true, Body: fmt.Sprintf(`{"ok":false,"error_code":%d,"description":%q}`, code, description)}
}

// ServerError is a fault of Telegram's.
func ServerError() Fault { return Refusal(500, "Internal Server Error") }

// HTML is a page of something on the way.
func HTML() Fault {
	return Fault{Status: 502, Body: "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center>nginx</center></body></html>"}
}

// Garbage is an answer that breaks off.
func Garbage() Fault { return Fault{Status: 200, JSON: true, Body: `{"ok":true,"resu`} }

// Hang is an answer that never comes.
func Hang() Fault { return Fault{Hang: true} }

// Drop is a connection that breaks before the call is heard.
func Drop() Fault { return Fault{Drop: true} }

// Lost is a connection that breaks after the call was done.
func Lost() Fault { return Fault{Drop: true, Heard: true} }

// Conflict is what the slower of two pollers is told.
func Conflict() Fault {
	return Refusal(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
}

type planned struct {
	method string
	times  int
	Fault
}

// Fail makes the next calls of a method fail, as many as times says. "" is any method but getUpdates, "file" a download.
func (g *Telegram) Fail(method string, times int, f Fault) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.faults = append(g.faults, &planned{method, times, f})
}

// Failing tells how many of the planned faults have not happened yet.
func (g *Telegram) Failing() (n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, f := range g.faults {
		n += f.times
	}
	return n
}

// trouble gives the fault that is planned for a call.
func (g *Telegram) trouble(method string) *Fault {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, f := range g.faults {
		if f.times > 0 && (f.method == method || f.method == "" && method != "getUpdates") {
			f.times--
			g.change()
			return &f.Fault
		}
	}
	return nil
}

// play does it.
func (f *Fault) play(w http.ResponseWriter, r *http.Request) {
	switch {
	case f.Hang:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case f.Drop:
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "text/html")
	if f.JSON {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(f.Status)
	_, _ = w.Write([]byte(f.Body)) // whoever hung up does not hear it
}
