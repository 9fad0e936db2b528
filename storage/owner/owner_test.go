package owner

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestAskTheRunningProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.sock")
	if err := os.WriteFile(path, nil, 0o600); err != nil { // left behind by a program that was killed
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		done <- Serve(ctx, path, func(_ context.Context, raw json.RawMessage, _ func(any) error) (any, error) {
			var word string
			if err := json.Unmarshal(raw, &word); err != nil {
				return nil, err
			}
			if word == "fail" {
				return nil, errors.New("no such thing")
			}
			if word == "much" {
				return strings.Repeat("x", 10*maxLine), nil
			}
			return strings.ToUpper(word), nil
		})
	}()
	var got string
	var err error
	for range 100 {
		if err = Ask(t.Context(), path, "hello", &got); !errors.Is(err, ErrNobody) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err != nil || got != "HELLO" {
		t.Fatalf("asked: %q, %v", got, err)
	}
	if err := Ask(t.Context(), path, "fail", &got); err == nil || err.Error() != "no such thing" {
		t.Errorf("a refusal came as %v", err)
	}
	if long := strings.Repeat("a", 3*maxLine/4); Ask(t.Context(), path, long, &got) != nil || got != strings.ToUpper(long) {
		t.Errorf("a long word came back as %d bytes", len(got))
	}
	if err := Ask(t.Context(), path, "much", &got); err != nil || len(got) != 10*maxLine {
		t.Errorf("a long answer came back as %d bytes: %v", len(got), err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may ask: %v %v", info.Mode(), err)
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("the end: %v", err)
	}
	if err := Ask(t.Context(), path, "hello", &got); !errors.Is(err, ErrNobody) {
		t.Errorf("after the end: %v, want ErrNobody", err)
	}
}

func TestDeepStoreHasShortSocket(t *testing.T) {
	deep := filepath.Join("/", strings.Repeat("very-deep/", 30), "otklik.db")
	if p := Path(deep); len(p) > 100 || p == Path(deep+"x") {
		t.Errorf("socket %q", p)
	}
}
