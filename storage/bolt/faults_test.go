//go:build unix

package bolt_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"otklik/storage"
	"otklik/storage/disktest"
)

// sick is the ways in which a disk fails, and what the answer to each says.
var sick = []struct {
	name   string
	err    syscall.Errno
	kind   error
	advice string
}{
	{"a failing disk", syscall.EIO, storage.ErrFailed, "see to the disk and start otklik again"},
	{"a full disk", syscall.ENOSPC, storage.ErrFull, "make room on the disk"},
	{"a disk that has become read-only", syscall.EROFS, storage.ErrReadOnly, "see to the disk"},
}

// TestFailingDisk has each call of a store's life fail, its making included: once, once after it has happened, and with
// all that come after it. Every answer says what to do. And whatever was confirmed is there: when the program is started
// again on a disk that works, and when the power is cut instead.
func TestFailingDisk(t *testing.T) {
	f := disktest.NewFilm(t)
	churning(t, f, "1x4", nil)
	all := f.Calls()
	for _, s := range sick {
		for _, how := range []string{"once", "once, late", "from then on"} {
			t.Run(s.name+" "+how, func(t *testing.T) {
				fate := disktest.Fate{Err: s.err, After: how == "once, late"}
				some := disktest.Some(all, 6)
				told, wentOn := 0, 0
				for _, n := range some {
					f := disktest.NewFilm(t)
					churning(t, f, "1x4", f.Nth(n, fate, how == "from then on"))
					path := filepath.Join(f.Folder, "otklik.db")
					confirmed, faults := heard(disktest.Said(f.Steps))
					for _, text := range faults {
						answers(t, text, path, s.kind, s.advice)
					}
					told += min(1, len(faults)) // nobody is where only a name could not be removed
					if len(confirmed) == 3 {
						wentOn++
					}
					wrong := f.Cut(t, f.Failed(fate), disktest.Cuts(480)/len(some)/9, look)
					if err := survived(path, confirmed); err != nil || wrong > 0 {
						t.Errorf("that was call %d of %d; started again: %v", n, all, err)
					}
				}
				t.Logf("%d calls failed: %d were told of, after %d one update failed and all others worked", len(some), told, wentOn)
			})
		}
	}
}

// answers checks what a child says of a failure: the line has what failed, the kinds, and the text. An answer may be to
// start again, as there are failures that cannot be worked on after; nobody may have heard of the failure itself, while what
// stands in the log was brought into the file.
func answers(t *testing.T, line, path string, kind error, advice string) {
	t.Helper()
	what, rest, _ := strings.Cut(line, " [")
	names, text, ok := strings.Cut("["+rest, "] ")
	if !ok || !strings.Contains(names, storage.ErrFailed.Error()) {
		t.Fatalf("the program says %q", line)
	}
	again := strings.Contains(text, storage.ErrFailed.Error()+": see to the disk and start otklik again")
	if !again && !strings.Contains(names, kind.Error()) {
		t.Errorf("%s: want %q, got %q", what, kind, line)
	}
	if !strings.HasPrefix(text, path+": ") || !again && !strings.Contains(text, advice) {
		t.Errorf("%s: want %q with %q, got %q", what, path, advice, text)
	}
}

// TestFileThatFailsBehindTheLog: what cannot be brought into the file is told at once, not when the log is full. Nothing that
// was confirmed is lost, nor missing in a backup to another disk.
func TestFileThatFailsBehindTheLog(t *testing.T) {
	f := disktest.NewFilm(t)
	path, copied := filepath.Join(f.Folder, "otklik.db"), filepath.Join(f.Folder, "copy", "otklik.db")
	if err := os.Mkdir(filepath.Dir(copied), 0o700); err != nil {
		t.Fatal(err)
	}
	at := false // work, as the first update is confirmed
	full := func(c *disktest.Call) disktest.Fate {
		at = at || c.Name == "write" && c.FD == 1
		if at && c.Path == path && c.Name == "pwrite" && c.Off >= 2*int64(os.Getpagesize()) { // the first two have their place
			return disktest.Fate{Err: syscall.ENOSPC}
		}
		return disktest.Fate{}
	}
	f.Child(t, full, childDoes+"=churn", childStore+"="+path, childTimes+"=1x60", childLog+"=2097152 1ms", childCopies+"="+copied)
	confirmed, faults := heard(disktest.Said(f.Steps))
	told := 0
	for _, text := range faults {
		answers(t, text, path, storage.ErrFull, "make room on the disk")
		switch {
		case strings.HasPrefix(text, "update"):
			told++
		case strings.HasPrefix(text, "back up"):
			t.Error(text)
		}
	}
	if len(confirmed) == 0 || told == 0 || len(confirmed)+told != 60 {
		t.Errorf("of 60 updates %d were confirmed, and %d were told of a full disk", len(confirmed), told)
	}
	again := filepath.Join(t.TempDir(), "otklik.db") // the log was left: a backup that is made now has what stands there
	g := disktest.Film{Folder: f.Folder}
	g.Child(t, full, childDoes+"=churn", childStore+"="+path, childTimes+"=1x0", childCopies+"="+again)
	if _, faults := heard(disktest.Said(g.Steps)); len(faults) > 0 {
		t.Errorf("who only reads is told %q", faults)
	}
	for _, path := range []string{copied, again, path} {
		if err := survived(path, confirmed); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}
