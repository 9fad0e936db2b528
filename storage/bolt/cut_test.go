//go:build unix

package bolt_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"otklik/storage"
	"otklik/storage/disktest"
)

// churning runs a child on the store in a film's folder, so many sides and times.
func churning(t *testing.T, f *disktest.Film, times string, fate func(*disktest.Call) disktest.Fate) {
	t.Helper()
	f.Child(t, fate, childDoes+"=churn", childStore+"="+filepath.Join(f.Folder, "otklik.db"), childTimes+"="+times, childLog+"="+logs[rand.IntN(len(logs))])
}

// logs are what the children's logs are like: as ever, so that all stands in the log until the end; one that is full all
// the time; and one that many updates do not fit into.
var logs = []string{"", "32768 1ms", "9000 300us"}

// look tells what is wrong with the store in a folder.
func look(said []byte, folder string) error {
	confirmed, _ := heard(said)
	return survived(filepath.Join(folder, "otklik.db"), confirmed)
}

// TestPowerCut cuts the power at any moment of a store's life, and more often while it is made.
func TestPowerCut(t *testing.T) {
	f := disktest.NewFilm(t)
	churning(t, f, "3x20", nil)
	if confirmed, _ := heard(disktest.Said(f.Steps)); len(confirmed) != 60 {
		t.Fatalf("of 60 updates %d were confirmed", len(confirmed))
	}
	f.Cut(t, 0, disktest.Cuts(300), look)
	for i := range f.Steps {
		if disktest.Said(f.Steps[:i+1]) != nil {
			f.Steps = f.Steps[:i]
			break
		}
	}
	f.Cut(t, 0, disktest.Cuts(300), look)
}

// TestPowerCutFindsLosses leaves syncs out, and must find what that costs: so the other tests here can fail.
func TestPowerCutFindsLosses(t *testing.T) {
	const alone = "OTKLIK_BOLT_LOSSES"
	if os.Getenv(alone) == "" {
		// A program of its own: on some of these disks pages lead to themselves, and bbolt follows them to the stack's end, or
		// billions follow one, and it notes them all.
		cmd := exec.CommandContext(t.Context(), "sh", "-c", `ulimit -d 4194304; exec "$0" "$@"`, os.Args[0], "-test.run", "^TestPowerCutFindsLosses$", "-test.v")
		cmd.Env = append(os.Environ(), alone+"=1")
		out, err := cmd.CombinedOutput()
		switch {
		case bytes.Contains(out, []byte("stack overflow")), bytes.Contains(out, []byte("out of memory")): // that is a loss, too
		case err != nil:
			t.Errorf("%v\n%s", err, out)
		case bytes.Contains(out, []byte("--- SKIP")):
			t.Skipf("%s", out)
		}
		return
	}
	f := disktest.NewFilm(t)
	f.Child(t, nil, childDoes+"=churn", childStore+"="+filepath.Join(f.Folder, "otklik.db"), childTimes+"=3x20", childLog+"=32768 1ms")
	kind := map[*disktest.Call]string{}
	last := ""
	for _, s := range f.Steps {
		switch {
		case s.Name == "sync" && s.Path == storage.LogFile(filepath.Join(f.Folder, "otklik.db")):
			kind[s.Call] = "the log"
		case s.Path == storage.LogFile(filepath.Join(f.Folder, "otklik.db")):
		case s.Name == "pwrite" && s.Off < int64(2*os.Getpagesize()):
			last = "the page that leads to all others"
		case s.Name == "pwrite", s.Name == "truncate":
			last = "pages"
		case s.Name == "sync" && s.Path == f.Folder:
			kind[s.Call] = "the folder"
		case s.Name == "sync":
			kind[s.Call] = last
		}
	}
	for _, left := range []string{"all", "the log", "pages", "the page that leads to all others", "the folder"} {
		t.Run(left, func(t *testing.T) {
			f.Deaf = func(c *disktest.Call) bool { return left == "all" || kind[c] == left }
			found := f.Cut(t, 0, 600, look)
			if t.Logf("%d losses", found); found == 0 {
				t.Error("no loss was found")
			}
		})
	}
}

// TestPowerCutAfterRestart: the program dies at a call, or the call fails, the system goes on, the program is started
// again, and then the power is cut. What the first program had written and not brought to the disk is read by the second
// as if it were there.
func TestPowerCutAfterRestart(t *testing.T) {
	f := disktest.NewFilm(t)
	churning(t, f, "1x5", nil)
	all := f.Calls()
	for name, fate := range map[string]disktest.Fate{
		"killed before it":  {Kill: true},
		"killed after it":   {Kill: true, After: true},
		"it failed":         {Err: syscall.EIO},
		"it failed at last": {Err: syscall.EIO, After: true},
	} {
		t.Run(name, func(t *testing.T) {
			some := disktest.Some(all, 4)
			for _, n := range some {
				f := disktest.NewFilm(t)
				churning(t, f, "1x5", f.Nth(n, fate, false))
				again := len(f.Steps)
				churning(t, f, "1x2", nil)
				if f.Cut(t, again, disktest.Cuts(960)/len(some)/4, look) > 0 {
					t.Errorf("that was call %d of %d", n, all)
				}
			}
		})
	}
}

// TestNoLinks makes a store where a file cannot have two names.
func TestNoLinks(t *testing.T) {
	f := disktest.NewFilm(t)
	churning(t, f, "1x4", func(c *disktest.Call) disktest.Fate {
		if c.Name == "link" {
			return disktest.Fate{Err: syscall.EPERM}
		}
		return disktest.Fate{}
	})
	if confirmed, faults := heard(disktest.Said(f.Steps)); len(confirmed) != 4 {
		t.Errorf("of 4 updates %d were confirmed: %q", len(confirmed), faults)
	}
	if err := look(disktest.Said(f.Steps), f.Folder); err != nil {
		t.Error(err)
	}
}

// TestMadeTogether has programs make the same store at once: those that are not told that it is in use have made one.
func TestMadeTogether(t *testing.T) {
	for range 5 {
		path := filepath.Join(t.TempDir(), "otklik.db")
		var all [6][]byte
		var wg sync.WaitGroup
		for i := range all {
			wg.Go(func() {
				cmd := child(t, "churn", path)
				cmd.Env = append(cmd.Env, childTimes+"=1x3")
				out, err := cmd.Output()
				if err != nil {
					t.Error(err)
				}
				all[i] = out
			})
		}
		wg.Wait()
		confirmed, faults := heard(bytes.Join(all[:], nil))
		for _, text := range faults {
			if !strings.Contains(text, storage.ErrLocked.Error()) {
				t.Error(text)
			}
		}
		if err := survived(path, confirmed); err != nil || len(confirmed) == 0 {
			t.Errorf("%d confirmed: %v", len(confirmed), err)
		}
	}
}
