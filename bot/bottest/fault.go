package bottest

import "net/http"

// Fault is what the server does to a call instead of answering it.
type Fault struct {
	Status int
	Body   string
	JSON   bool
	Hang   bool // no answer until the caller gives up
	Drop   bool // the connection breaks
	Heard  bool // only after the call was done: the caller does not know

	no *refused // the messenger's own no, where it can be a part of an answer
}

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

type planned struct {
	method string
	times  int
	Fault
}

// plan makes the next calls of a method fail.
func (g *fake) plan(method string, times int, f Fault) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.faults = append(g.faults, &planned{method, times, f})
}

// Failing tells how many of the planned faults have not happened yet.
func (g *fake) Failing() (n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, f := range g.faults {
		n += f.times
	}
	return n
}

// trouble gives the fault that is planned for a call.
func (g *fake) trouble(method string) *Fault {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.failure(method, method != g.patient)
}

// failure is trouble with the lock held; any says whether a fault for any method hits this one.
func (g *fake) failure(method string, any bool) *Fault {
	for _, f := range g.faults {
		if f.times > 0 && (f.method == method || f.method == "" && any) {
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
