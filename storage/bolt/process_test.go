//go:build unix

package bolt_test

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"otklik/storage"
	"otklik/storage/bolt"
	"otklik/storage/disktest"
)

func TestLockedByAnotherProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "otklik.db")
	other := child(t, "hold", path)
	in, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("the other program: %q, %v", line, err)
	}
	_, err = bolt.Open(path)
	fault(t, err, storage.ErrLocked, path, "end the other otklik first")
	if who := fmt.Sprint("process ", other.Process.Pid); runtime.GOOS == "linux" && !strings.Contains(err.Error(), who) {
		t.Errorf("%v should say who: %s", err, who)
	}
	in.Close()
	if err := other.Wait(); err != nil {
		t.Fatal(err)
	}
	open(t, path)
}

func TestNoRights(t *testing.T) {
	for _, c := range []struct {
		name         string
		folder, file os.FileMode // file 0: there is none
		want         bool
	}{
		{"a file that may only be read", 0o777, 0o444, false},
		{"a file that may not be read", 0o777, 0o200, false},
		{"a new file in a folder that may only be read", 0o555, 0, false},
		{"a file that may be written in a folder that may not", 0o555, 0o666, true},
		{"a new file in a folder that may be written", 0o777, 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, "otklik.db")
			if c.file != 0 {
				open(t, path).Close()
				mode(t, path, c.file)
			}
			mode(t, filepath.Dir(folder), 0o755)
			mode(t, folder, c.folder)
			defer mode(t, folder, 0o755)
			out, err := child(t, "nobody", path).Output()
			lines := strings.SplitN(string(out), "\n", 2)
			if err != nil || len(lines) != 2 {
				t.Fatalf("%v: %s", err, out)
			}
			if c.want {
				if lines[1] != "<nil>\n" {
					t.Errorf("got %s", out)
				}
				return
			}
			if lines[0] != "[the store failed][the store cannot be written to]" {
				t.Errorf("kinds %s", lines[0])
			}
			said(t, strings.TrimSuffix(lines[1], "\n"), storage.ErrReadOnly, path, "let this user write")
		})
	}
}

func mode(t *testing.T, path string, m os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, m); err != nil {
		t.Fatal(err)
	}
}

// TestFull fills the store up to a limit: at the end of the file, and in holes of it.
func TestFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "otklik.db")
	out, err := child(t, "fill", path).Output()
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if err != nil || len(lines) != 5 {
		t.Fatalf("%v: %s", err, out)
	}
	for i := range 2 {
		if lines[2*i] != "[the store failed][no room left for the store]" {
			t.Errorf("kinds %s", lines[2*i])
		}
		said(t, lines[2*i+1], storage.ErrFull, path, "make room on the disk")
	}
	last, err := strconv.ParseUint(lines[4], 10, 64)
	if err != nil || last < 30 {
		t.Fatalf("%s, %v", lines[4], err)
	}
	db := open(t, path)
	if err := readAll(db, last); err != nil {
		t.Error(err)
	}
}

// TestKilled kills a writing program again and again: what it has said is confirmed is there, and nothing is half there.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "otklik.db")
	rounds := 12
	if testing.Short() {
		rounds = 3
	}
	if os.Getenv(disktest.Wanted) != "" {
		rounds = 100
	}
	confirmed := map[uint64]bool{}
	for range rounds {
		before := len(confirmed)
		cmd := child(t, "write", path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		after := rand.IntN(300) // and at once, or in the middle of something
		for lines.Scan() {
			n, err := strconv.ParseUint(lines.Text(), 10, 64)
			if err != nil {
				t.Fatalf("the program says %q", lines.Text())
			}
			confirmed[n] = true
			if len(confirmed)-before == after+1 {
				wait := time.Duration(rand.IntN(20_000)) * time.Microsecond
				time.AfterFunc(wait, func() { _ = cmd.Process.Kill() })
			}
		}
		if err := cmd.Wait(); err == nil || err.Error() != "signal: killed" {
			t.Fatalf("the program ended with %v", err)
		}
		afterKill(t, path, confirmed)
	}
	t.Logf("%d records over %d kills", len(confirmed), rounds)
}

func afterKill(t *testing.T, path string, confirmed map[uint64]bool) {
	t.Helper()
	db := open(t, path)
	defer db.Close()
	err := db.View(ctx(), func(r storage.Reader) error {
		for n := range confirmed {
			if v, err := r.Get(number(n)); err != nil || v == nil {
				return fmt.Errorf("record %d was confirmed and is not there (%v)", n, err)
			}
		}
		twins := map[uint64]int{}
		var torn error
		err := r.Scan(nil, nil, false, func(k, v []byte) bool {
			n := binary.BigEndian.Uint64(k[1:])
			twins[n]++
			torn = errors.Join(torn, whole(n, v))
			return torn == nil
		})
		for n, count := range twins {
			if count != 2 {
				torn = errors.Join(torn, fmt.Errorf("record %d is there by half", n))
			}
		}
		return errors.Join(err, torn)
	})
	if err != nil {
		t.Fatal(err)
	}
}
