//go:build unix

package files

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"otklik/storage"
)

// The variables that make this test binary a program that works on a folder, and say on which.
const (
	childDoes   = "OTKLIK_FILES_CHILD"
	childFolder = "OTKLIK_FILES_FOLDER"
)

func TestMain(m *testing.M) {
	do, dir := os.Getenv(childDoes), os.Getenv(childFolder)
	switch do {
	case "":
		os.Exit(m.Run())
	case "write":
		childWrites(dir)
	case "keep":
		childKeeps(dir)
	case "fill":
		childFills(dir)
	case "nobody":
		childIsNobody(dir)
	}
}

func child(t *testing.T, do, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childDoes+"="+do, childFolder+"="+dir)
	cmd.Stderr = os.Stderr
	return cmd
}

func try(what string, err error) {
	if err != nil {
		fmt.Println("failed:", what+":", err)
		os.Exit(1)
	}
}

// childWrites keeps random photos from several sides and says each name once it is kept.
func childWrites(dir string) {
	s, err := Open(dir)
	try("open", err)
	names := make(chan string)
	for range 4 {
		go func() {
			for {
				size := 1 + rand.Int64N(300_000)
				id, _, err := s.Put(context.Background(), io.LimitReader(rand.NewChaCha8([32]byte{byte(rand.Uint32()), byte(rand.Uint32()), byte(rand.Uint32())}), size), size)
				try("put", err)
				names <- id
			}
		}()
	}
	for id := range names {
		fmt.Println(id)
	}
}

// TestKilled kills a program at any moment: what it confirmed is there, and whatever is there is whole.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	confirmed := map[string]bool{}
	for range 8 {
		cmd := child(t, "write", dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			if strings.HasPrefix(lines.Text(), "failed") {
				t.Error(lines.Text())
			}
			if n == 0 {
				time.AfterFunc(rand.N(60*time.Millisecond), func() { cmd.Process.Kill() }) //nolint:errcheck // it may have ended
			}
			if idForm.MatchString(lines.Text()) { // the last line may be cut
				confirmed[lines.Text()] = true
			}
		}
		cmd.Wait() //nolint:errcheck // it was killed
		s, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		for id := range confirmed {
			r, err := s.Open(id)
			if err != nil {
				t.Fatalf("confirmed and not there: %v", err)
			}
			r.Close()
		}
		whole(t, dir)
	}
	t.Logf("%d confirmed", len(confirmed))
	if len(confirmed) == 0 {
		t.Error("nothing was tried")
	}
}

// whole checks every file in the folder against its name.
func whole(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != e.Name() {
			t.Errorf("%s is not what its name says", e.Name())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// childFills keeps a photo, then one that there is no room for, then a small one.
func childFills(dir string) {
	signal.Ignore(syscall.SIGXFSZ)
	room := syscall.Rlimit{}
	try("getrlimit", syscall.Getrlimit(syscall.RLIMIT_FSIZE, &room))
	room.Cur = 100_000
	try("setrlimit", syscall.Setrlimit(syscall.RLIMIT_FSIZE, &room))
	s, err := Open(dir)
	try("open", err)
	for _, size := range []int{1000, 200_000, 2000} {
		_, _, err := s.Put(context.Background(), strings.NewReader(strings.Repeat("x", size)), 1<<20)
		fmt.Println(err)
	}
}

func TestFull(t *testing.T) {
	dir := t.TempDir()
	out, err := child(t, "fill", dir).Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	says := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(says) != 3 || says[0] != "<nil>" || says[2] != "<nil>" {
		t.Fatalf("said %q", says)
	}
	for _, w := range []string{storage.ErrFull.Error(), dir, "make room"} {
		if !strings.Contains(says[1], w) {
			t.Errorf("%q should say %q", says[1], w)
		}
	}
	whole(t, dir)
	if kept, err := filepath.Glob(filepath.Join(dir, "*", "*")); err != nil || len(kept) != 2 {
		t.Errorf("kept %d files, want 2 (%v)", len(kept), err)
	}
	if loose, err := filepath.Glob(filepath.Join(dir, unfinished+"*")); err != nil || len(loose) > 0 {
		t.Errorf("left behind: %v (%v)", loose, err)
	}
}

// childIsNobody keeps a photo as a user without rights.
func childIsNobody(dir string) {
	if os.Getuid() == 0 {
		try("setgid", syscall.Setgid(65534))
		try("setuid", syscall.Setuid(65534))
	}
	s, err := Open(dir)
	if err == nil {
		_, _, err = s.Put(context.Background(), strings.NewReader("x"), 1)
	}
	fmt.Println(err)
}

func TestNoRights(t *testing.T) {
	above := t.TempDir()
	dir := filepath.Join(above, "photos")
	for _, d := range []string{filepath.Dir(above), above} { // let others in as far as there
		if err := os.Chmod(d, 0o755); err != nil { //nolint:gosec // for the test
			t.Fatal(err)
		}
	}
	if _, err := Open(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o555); err != nil { //nolint:gosec // for the test
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(dir, 0o755) }) //nolint:errcheck,gosec // it is for the removal of the folder
	out, err := child(t, "nobody", dir).Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, w := range []string{storage.ErrReadOnly.Error(), dir, "let this user write"} {
		if !strings.Contains(string(out), w) {
			t.Errorf("%q should say %q", out, w)
		}
	}
}
