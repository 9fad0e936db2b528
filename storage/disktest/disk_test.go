package disktest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
	"testing"
)

// script makes steps of lines: "write f xyz", "sync f", "sync! f" for one that fails, "begin write f xyz" for one that has
// only begun.
func script(t *testing.T, d *Disk, lines string) {
	t.Helper()
	for line := range strings.SplitSeq(strings.TrimSpace(lines), "\n") {
		f := strings.Fields(line)
		ends := f[0] != "begin"
		if !ends {
			f = f[1:]
		}
		c := &Call{Name: strings.TrimSuffix(f[0], "!"), Path: filepath.Join("/d", f[1])}
		if strings.HasSuffix(f[0], "!") {
			c.Err = syscall.EIO
		}
		switch c.Name {
		case "create":
			c.Name, c.Flags = "open", syscall.O_CREAT
		case "rename", "link":
			c.To = filepath.Join("/d", f[2])
		case "write":
			c.Data = []byte(f[2])
			c.N = int64(len(c.Data))
		case "block": // a sector's number and its byte
			c.Name = "pwrite"
			if _, err := fmt.Sscan(f[2], &c.Off); err != nil {
				t.Fatal(err)
			}
			c.Off *= sector
			c.Data = []byte(strings.Repeat(f[3], sector))
			c.N = sector
		case "truncate":
			if _, err := fmt.Sscan(f[2], &c.Size); err != nil {
				t.Fatal(err)
			}
		}
		for _, ended := range []bool{false, true} {
			if ended && !ends {
				continue
			}
			if err := d.Apply(Step{c, ended}); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
		}
	}
}

// TestWhatMayBeThere plays what a program does, and wants to see everything that a disk may hold after it, and nothing
// else.
func TestWhatMayBeThere(t *testing.T) {
	for name, c := range map[string]struct{ does, holds string }{
		"a new file":                       {"create f\nwrite f xy", " | f= | f=00 | f=xy"},
		"a name without its folder's sync": {"create f\nwrite f xy\nsync f", " | f=xy"},
		"a name without its file's sync":   {"create f\nwrite f xy\nsync .", "f= | f=00 | f=xy"},
		"both":                             {"create f\nwrite f xy\nsync f\nsync .", "f=xy"},
		"a write on it":                    {"create f\nwrite f xy\nsync f\nsync .\nwrite f z", "f=xy | f=xy0 | f=xyz"},
		"a write that has begun":           {"create f\nsync f\nsync .\nbegin write f z", "f= | f=0 | f=z"},
		"a write that failed":              {"create f\nsync f\nsync .\nwrite! f z", "f="},
		"a write that ends after a sync":   {"create f\nsync .\nbegin write f z\nsync f", "f= | f=0 | f=z"},
		"a rename":                         {"create n\nwrite n x\nsync n\nsync .\nrename n f", " | f=x | f=x n=x | n=x"},
		"a rename over a file":             {"create f\ncreate n\nwrite n x\nsync n\nsync f\nsync .\nrename n f\nsync .", "f=x"},
		"a removal":                        {"create f\nsync .\nremove f", " | f="},
		"a link":                           {"create n\nsync .\nlink n f\nremove n\nsync .", "f="},
		"a folder in it":                   {"mkdir s\ncreate s/f\nsync s", " | s/ s/f="},
		"a folder's name":                  {"mkdir s\ncreate s/f\nsync .", "s/ | s/ s/f="},
		"blocks in any order": {"create f\nblock f 0 a\nblock f 1 b\nsync f\nsync .\nblock f 0 A\nblock f 1 B",
			"f=AB | f=Ab | f=aB | f=ab"},
		"a block written twice":   {"create f\nblock f 0 a\nsync f\nsync .\nblock f 0 b\nblock f 0 c", "f=a | f=b | f=c"},
		"a sync between":          {"create f\nblock f 0 a\nsync .\nblock f 0 b\nsync f\nblock f 0 c", "f=b | f=c"},
		"a failed sync":           {"create f\nblock f 0 a\nsync f\nsync .\nblock f 0 b\nsync! f\nsync f", "f=a | f=b"},
		"written anew after that": {"create f\nblock f 0 a\nsync f\nsync .\nblock f 0 b\nsync! f\nblock f 0 b\nsync f", "f=b"},
		"cut":                     {"create f\nblock f 0 a\nblock f 1 b\nsync f\nsync .\ntruncate f 512", "f=a | f=ab | f=a0"},
		"cut, and longer again":   {"create f\nblock f 0 a\nblock f 1 b\ntruncate f 512\ntruncate f 1024\nsync f\nsync .", "f=a0"},
	} {
		t.Run(name, func(t *testing.T) {
			got := map[string]bool{}
			r := rand.New(rand.NewPCG(1, 1))
			dir := t.TempDir()
			for i := range 200 {
				d := NewDisk("/d")
				script(t, d, c.does)
				to := filepath.Join(dir, fmt.Sprint(i))
				if err := d.Cut(to, r); err != nil {
					t.Fatal(err)
				}
				got[show(t, to)] = true
			}
			want := strings.Split(c.holds, " | ")
			var is []string
			for s := range got {
				is = append(is, s)
			}
			sort.Strings(is)
			sort.Strings(want)
			if strings.Join(is, " | ") != strings.Join(want, " | ") {
				t.Errorf("it may hold\n%s\nwant\n%s", strings.Join(is, " | "), strings.Join(want, " | "))
			}
		})
	}
}

// show gives a folder in a line; of whole sectors the first byte each.
func show(t *testing.T, dir string) string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, path)
		switch {
		case err != nil || name == ".":
			return err
		case e.IsDir():
			all = append(all, name+"/")
			return nil
		}
		b, err := os.ReadFile(path)
		text := string(b)
		if len(b) > 0 && len(b)%sector == 0 {
			text = ""
			for i := 0; i < len(b); i += sector {
				text += string(b[i])
			}
		}
		all = append(all, name+"="+strings.ReplaceAll(text, "\x00", "0"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(all)
	return strings.Join(all, " ")
}
