package bottest

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
)

// near calls a handler as a server on the network would.
type near struct{ http.Handler }

// RoundTrip makes one call.
func (n near) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	in := r.Clone(r.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	defer in.Body.Close()
	w, done := httptest.NewRecorder(), make(chan bool, 1)
	go func() {
		heard := false
		defer func() {
			if p := recover(); p != nil {
				if err, ok := p.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
					panic(p)
				}
			}
			done <- heard
		}()
		n.ServeHTTP(w, in)
		heard = true
	}()
	heard := <-done // a handler that waits ends with the request's context
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if !heard {
		return nil, io.ErrUnexpectedEOF
	}
	return w.Result(), nil
}
