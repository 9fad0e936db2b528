package owner

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net"
	"path/filepath"
	"testing"
)

// Whatever a second process asks, it is answered in whole lines, the last of them an answer or an error.
func FuzzRequest(f *testing.F) {
	for _, s := range []string{`"word"`, `{"verify":{}}`, `null`, `{`, ``, "\x00", `"` + "\xff" + `"`, `[[[[[[`, "7\n8"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		ours, theirs := net.Pipe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			serve(t.Context(), theirs, func(_ context.Context, raw json.RawMessage, piece func(any) error) (any, error) {
				var v any
				if err := json.Unmarshal(raw, &v); err != nil {
					return nil, err
				}
				return v, piece(v)
			})
		}()
		go func() {
			_, _ = ours.Write(append(line, '\n')) // what is not read to its end was enough
		}()
		in := bufio.NewReader(ours)
		for last := false; !last; {
			raw, err := in.ReadBytes('\n')
			var a answer
			if err != nil || json.Unmarshal(raw, &a) != nil {
				t.Fatalf("%q is answered with %q, %v", line, raw, err)
			}
			last = a.Piece == nil
		}
		ours.Close()
		<-done
	})
}

// Whatever a program answers, whoever asked hears it or an error, and goes on.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{`{"answer":7}`, `{"piece":1}{"answer":2}`, `{"error":"no"}`, `{"piece":1}`, `{}`, ``, `{`, `{"answer":{"x":[]}}`, "\x00", `{"piece":null,"answer":null}`, `7`} {
		f.Add([]byte(s))
	}
	path := filepath.Join(f.TempDir(), "s.sock")
	l, err := new(net.ListenConfig).Listen(context.Background(), "unix", path)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { l.Close() })
	f.Fuzz(func(t *testing.T, said []byte) {
		done := make(chan struct{})
		go func() {
			defer close(done)
			conn, err := l.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			_, _ = bufio.NewReader(conn).ReadBytes('\n')
			_, _ = conn.Write(said)
		}()
		var into any
		pieces := 0
		err := Await(t.Context(), path, "word", &into, func(json.RawMessage) error { pieces++; return nil })
		<-done
		if errors.Is(err, ErrNobody) {
			t.Fatal(err)
		}
		if err == nil && len(said) == 0 {
			t.Fatal("silence was an answer")
		}
	})
}
