// Package owner lets a second process ask the one that owns the store: a Unix socket beside the store's file, one
// request and one answer a connection, each a line of JSON. Whoever may open the store may ask.
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

// maxLine is the longest request in bytes, maxAnswer the longest answer: a whole history of years.
const (
	maxLine   = 64 << 10
	maxAnswer = 256 << 20
)

// patience is how long one side waits for the other.
const patience = 10 * time.Second

// Handler answers a request. Its error is told to whoever asked.
type Handler func(ctx context.Context, request json.RawMessage) (answer any, err error)

type answer struct {
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
	line, err := bufio.NewReader(io.LimitReader(conn, maxLine)).ReadBytes('\n')
	if err == nil {
		var v any
		if v, err = handle(ctx, line); err == nil {
			a.Answer, err = json.Marshal(v)
		}
	}
	if err != nil {
		a = answer{Error: err.Error()}
	}
	json.NewEncoder(conn).Encode(a) //nolint:errcheck // as above
}

// Ask puts a request to the program that owns the store and reads its answer. ErrNobody means that the caller may open
// the store itself.
func Ask(ctx context.Context, path string, request, into any) error {
	conn, err := (&net.Dialer{Timeout: patience}).DialContext(ctx, "unix", path)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNobody, err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if err := json.NewEncoder(conn).Encode(request); err != nil {
		return err
	}
	var a answer
	if err := json.NewDecoder(io.LimitReader(conn, maxAnswer)).Decode(&a); err != nil {
		return fmt.Errorf("the running program did not answer: %w", err)
	}
	if a.Error != "" {
		return errors.New(a.Error)
	}
	return json.Unmarshal(a.Answer, into)
}
