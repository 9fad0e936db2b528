package disktest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// Wanted is the variable that says how many disks after a power cut a test looks at. Without it there are few and not every
// call is tried, for the time's sake.
const Wanted = "OTKLIK_CUTS"

// Cuts gives how many disks a test looks at, at least few.
func Cuts(few int) int {
	n, err := strconv.Atoi(os.Getenv(Wanted))
	if err != nil || n < few {
		return few
	}
	return n
}

// Some gives numbers below all, an every-th of them, each time others; all of them if many cuts are wanted.
func Some(all, every int) (numbers []int) {
	if os.Getenv(Wanted) != "" {
		every = 1
	}
	for n := rand.IntN(every); n < all; n += every {
		numbers = append(numbers, n)
	}
	return numbers
}

// Film is what happened in a folder since it was empty, in the life of one program or of several, one after the other.
type Film struct {
	Folder string
	Steps  []Step
	Deaf   func(*Call) bool // as Disk's
}

// NewFilm begins with an empty folder.
func NewFilm(t testing.TB) *Film {
	t.Helper()
	if !watched {
		t.Skip("the race detector makes a watched program too slow: run it without")
	}
	return &Film{Folder: t.TempDir()}
}

// Child runs the test's own binary, with more in its environment, as Run does. A test is skipped where that cannot be.
func (f *Film) Child(t testing.TB, fate func(*Call) Fate, env ...string) {
	t.Helper()
	steps, err := Run([]string{os.Args[0]}, append(os.Environ(), env...), fate)
	if errors.Is(err, ErrCannot) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	f.Steps = append(f.Steps, steps...)
}

// Calls counts the calls that had to do with the folder.
func (f *Film) Calls() (n int) {
	for _, s := range f.Steps {
		if s.Ended && f.has(s.Call) {
			n++
		}
	}
	return n
}

func (f *Film) has(c *Call) bool {
	rel, err := filepath.Rel(f.Folder, c.Path)
	return err == nil && filepath.IsLocal(rel)
}

// Nth gives the fate of the nth call that has to do with the folder, the first is 0, and on request of all after it. All
// others happen.
func (f *Film) Nth(n int, fate Fate, on bool) func(*Call) Fate {
	return func(c *Call) Fate {
		if !f.has(c) {
			return Fate{}
		}
		n--
		if n == -1 || on && n < 0 {
			return fate
		}
		return Fate{}
	}
}

// Failed gives the first step at which a call in the folder failed as fate has it, 0 if there is none.
func (f *Film) Failed(fate Fate) int {
	for i, s := range f.Steps {
		if s.Ended && s.Err == fate.Err && f.has(s.Call) {
			return i
		}
	}
	return 0
}

// Cut cuts the power n times, spread over the steps from one on. look is given what the programs had said until then and a
// folder with what is on the disk, and tells what is wrong with it. Cut gives how often something was, and tells t the
// first few times, as failures unless the film is deaf.
func (f *Film) Cut(t testing.TB, from, n int, look func(said []byte, folder string) error) (wrong int) {
	t.Helper()
	disk := NewDisk(f.Folder)
	disk.Deaf = f.Deaf
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // to be repeated
	dir := scratch(t)
	said := []byte(nil)
	for at, s := range f.Steps {
		if err := disk.Apply(s); err != nil {
			t.Fatal(err)
		}
		said = append(said, Said(f.Steps[at:at+1])...)
		if at < from {
			continue
		}
		span := len(f.Steps) - from
		for i := (at - from) * n / span; i < (at-from+1)*n/span; i++ {
			to := filepath.Join(dir, fmt.Sprint(i))
			if err := disk.Cut(to, r); err != nil {
				t.Fatal(err)
			}
			if err := look(said, to); err != nil {
				if wrong++; wrong <= 3 {
					fail := t.Errorf
					if f.Deaf != nil {
						fail = t.Logf
					}
					fail("cut %d of seed %d, at step %d of %d, %s of %s: %v", i, seed, at, len(f.Steps), s.Name, s.Path, err)
				}
			}
			if err := os.RemoveAll(to); err != nil {
				t.Fatal(err)
			}
		}
	}
	return wrong
}

// scratch gives a folder in memory where there is one: what is looked at need not last.
func scratch(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "otklik-cuts-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}
