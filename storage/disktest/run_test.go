package disktest

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// childFolder is the variable that makes this test binary a program that works in a folder.
const childFolder = "OTKLIK_DISKTEST_CHILD"

func TestMain(m *testing.M) {
	switch dir := os.Getenv(childFolder); dir {
	case "":
		os.Exit(m.Run())
	case "none":
		os.Exit(3)
	default:
		childWorks(dir)
	}
}

// childWorks changes files in all the ways that are described, and says what became of each.
func childWorks(dir string) {
	say := func(err error) { fmt.Println(err) }
	say(os.Mkdir(filepath.Join(dir, "sub"), 0o700))
	f, err := os.Create(filepath.Join(dir, "sub", "new"))
	say(err)
	if err != nil {
		return
	}
	_, err = f.Write([]byte("hello"))
	say(err)
	_, err = f.WriteAt(bytes.Repeat([]byte("x"), 5000), 100)
	say(err)
	say(f.Truncate(700))
	say(f.Sync())
	say(syscall.Fdatasync(int(f.Fd())))
	say(f.Close())
	say(os.Rename(f.Name(), filepath.Join(dir, "renamed")))
	say(os.Link(filepath.Join(dir, "renamed"), filepath.Join(dir, "linked")))
	say(os.Remove(filepath.Join(dir, "renamed")))
	say(os.Remove(filepath.Join(dir, "none")))
}

func run(t *testing.T, dir string, fate func(*Call) Fate) []Step {
	t.Helper()
	steps, err := Run([]string{os.Args[0]}, append(os.Environ(), childFolder+"="+dir), fate)
	if errors.Is(err, ErrCannot) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

// names gives the calls in a folder in their order.
func names(steps []Step, dir string) (list []string) {
	for _, s := range steps {
		if s.Ended && strings.HasPrefix(s.Path+"/", dir+"/") {
			list = append(list, s.Name)
		}
	}
	return list
}

// TestRun: what was recorded gives the folder that is there.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	steps := run(t, dir, nil)
	want := strings.Fields("mkdir open write pwrite truncate sync sync rename link remove remove remove") // Go tries rmdir after unlink
	if got := names(steps, dir); !slices.Equal(got, want) && !slices.Equal(got, append(want, "remove")) {
		t.Errorf("the calls are\n%q, want\n%q", got, want)
	}
	says := strings.Split(string(Said(steps)), "\n")
	if len(says) != 13 || says[0] != "<nil>" || !strings.Contains(says[11], "no such file") {
		t.Errorf("it said %q", says)
	}
	d := NewDisk(dir)
	for _, s := range steps {
		if err := d.Apply(s); err != nil {
			t.Fatal(err)
		}
	}
	copied := filepath.Join(t.TempDir(), "copied")
	c := cut{luck: luck{rand.New(rand.NewPCG(1, 1)), all}, made: map[*node]string{}}
	if err := c.folder(d.root, copied); err != nil {
		t.Fatal(err)
	}
	want = []string{"linked", "sub"}
	for _, is := range []string{dir, copied} {
		if got, err := filepath.Glob(is + "/*"); err != nil || len(got) != 2 || filepath.Base(got[0]) != want[0] || filepath.Base(got[1]) != want[1] {
			t.Errorf("there is %q (%v)", got, err)
		}
	}
	a, err := os.ReadFile(filepath.Join(dir, "linked"))
	b, err2 := os.ReadFile(filepath.Join(copied, "linked"))
	if err != nil || err2 != nil || len(a) != 700 || !bytes.Equal(a, b) {
		t.Errorf("the file has %d bytes, the copy %d (%v, %v)", len(a), len(b), err, err2)
	}
}

// TestFate has a call fail, before and after it happens, and kills at it.
func TestFate(t *testing.T) {
	for name, c := range map[string]struct {
		fate Fate
		says string // of the truncation, the fifth line
		size int64
	}{
		"nothing":    {Fate{}, "<nil>", 700},
		"fails":      {Fate{Err: syscall.EIO}, "input/output error", 5100},
		"fails late": {Fate{Err: syscall.ENOSPC, After: true}, "no space left on device", 700},
		"dies":       {Fate{Kill: true}, "", 5100},
		"dies late":  {Fate{Kill: true, After: true}, "", 700},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			steps := run(t, dir, func(call *Call) Fate {
				if call.Name == "truncate" {
					return c.fate
				}
				return Fate{}
			})
			says := strings.Split(string(Said(steps)), "\n")
			if !strings.HasSuffix(says[4], c.says) || c.fate.Kill != (len(says) == 5) {
				t.Errorf("it said %q", says)
			}
			file := filepath.Join(dir, "linked")
			if c.fate.Kill {
				file = filepath.Join(dir, "sub", "new")
			}
			if info, err := os.Stat(file); err != nil || info.Size() != c.size {
				t.Errorf("the file is %v (%v), want %d bytes", info.Size(), err, c.size)
			}
		})
	}
}

// TestUnhappyEnd: a program that fails is not taken for one that ended well.
func TestUnhappyEnd(t *testing.T) {
	_, err := Run([]string{os.Args[0]}, append(os.Environ(), childFolder+"=none"), nil)
	if errors.Is(err, ErrCannot) {
		t.Skip(err)
	}
	if err == nil || !strings.Contains(err.Error(), "ended with 3") {
		t.Errorf("got %v", err)
	}
}
