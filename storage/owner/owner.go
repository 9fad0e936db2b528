// Package owner lets a second process ask the one that owns the store: a Unix socket beside the store's file, one
// request and one answer a connection, each a line of JSON. What is long comes in pieces before the answer, a line each.
// Whoever may open the store may ask.
package owner

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// maxLine is the longest request in bytes, maxAnswer the longest answer or piece: a whole history of years.
const (
	maxLine   = 64 << 10
	maxAnswer = 256 << 20
)

// patience is how long one side waits for the other to begin; parting how long an answer may still take once the owner
// ends.
const (
	patience = 10 * time.Second
	parting  = time.Second
)

// Handler answers a request, after any number of pieces. Its error is told to whoever asked. ctx ends when they have gone.
type Handler func(ctx context.Context, request json.RawMessage, piece func(any) error) (answer any, err error)

type answer struct {
	Piece  json.RawMessage `json:"piece,omitempty"`
	Answer json.RawMessage `json:"answer,omitempty"`
	Error  string          `json:"error,omitempty"`
}

// ErrNobody means that no program owns the store at the moment.
var ErrNobody = errors.New("no running program to ask")

// Path gives the socket's path for a store's. A socket's path is at most about 100 bytes long, so a store that lies deep
// has its socket in the temporary directory, named after it.
func Path(store string) string {
	p := store + ".sock"
	if len(p) < 100 {
		return p
	}
	if abs, err := filepath.Abs(store); err == nil {
		store = abs
	}
	return filepath.Join(os.TempDir(), fmt.Sprintf("otklik-%x.sock", sum(store)))
}

// sum is FNV-1a.
func sum(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// Serve answers on the socket until ctx ends. The caller owns the store, so a socket that is there is a dead one's.
func Serve(ctx context.Context, path string, handle Handler) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	l, err := new(net.ListenConfig).Listen(ctx, "unix", path)
	if err != nil {
		return err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return err
	}
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		conn, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		wg.Go(func() { serve(ctx, conn, handle) })
	}
}

func serve(ctx context.Context, conn net.Conn, handle Handler) {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience)) //nolint:errcheck // a connection that is gone answers nobody
	var a answer
	in := bufio.NewReader(io.LimitReader(conn, maxLine))
	line, err := in.ReadBytes('\n')
	if err == nil {
		var v any
		if v, err = answerTo(ctx, conn, in, line, handle); err == nil {
			a.Answer, err = json.Marshal(v)
		}
	}
	if err != nil {
		a = answer{Error: err.Error()}
	}
	json.NewEncoder(conn).Encode(a) //nolint:errcheck // as above
}

// answerTo works on a request for as long as whoever asked waits for it.
func answerTo(ctx context.Context, conn net.Conn, in io.Reader, line []byte, handle Handler) (any, error) {
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Now().Add(parting)) }) //nolint:errcheck // as in serve
	defer stop()
	ctx, gone := context.WithCancel(ctx)
	defer gone()
	go func() {
		io.Copy(io.Discard, in) //nolint:errcheck // they say nothing more; it ends when they go, or the connection does
		gone()
	}()
	out := json.NewEncoder(conn)
	return handle(ctx, line, func(v any) error {
		raw, err := json.Marshal(v)
		if err != nil {
			return err
		}
		return out.Encode(answer{Piece: raw})
	})
}

// Ask puts a request to the program that owns the store and reads its answer, which comes soon. ErrNobody means that the
// caller may open the store itself.
func Ask(ctx context.Context, path string, request, into any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return Await(ctx, path, request, into, func(json.RawMessage) error { return errors.New("the running program said too much") })
}

// Await is Ask for what takes long: piece is called with each piece as it comes. It waits until ctx ends.
func Await(ctx context.Context, path string, request, into any, piece func(json.RawMessage) error) error {
	conn, err := (&net.Dialer{Timeout: patience}).DialContext(ctx, "unix", path)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNobody, err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if err := json.NewEncoder(conn).Encode(request); err != nil {
		return err
	}
	limit := &io.LimitedReader{R: conn}
	for in := json.NewDecoder(limit); ; {
		limit.N = maxAnswer
		var a answer
		err := in.Decode(&a)
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("the running program was not waited for: %w", ctx.Err())
		case err != nil:
			return fmt.Errorf("the running program did not answer: %w", err)
		case a.Error != "":
			return errors.New(a.Error)
		case a.Piece != nil:
			if err := piece(a.Piece); err != nil {
				return err
			}
		default:
			return json.Unmarshal(a.Answer, into)
		}
	}
}
