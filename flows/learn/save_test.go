package learn

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func saved(t testing.TB, l *Learner) string {
	t.Helper()
	var b bytes.Buffer
	if err := l.Save(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTheSameLessonsMakeTheSameFile(t *testing.T) {
	lessons := decisions()
	want := saved(t, taught(t, lessons...))
	for range 3 {
		if saved(t, taught(t, lessons...)) != want {
			t.Fatal("the files differ")
		}
	}
	if len(want) > 1<<20 {
		t.Errorf("nine lessons take %d bytes", len(want))
	}
}

// TestALoadedLearnerGoesOn saves halfway, and nobody can tell afterwards.
func TestALoadedLearnerGoesOn(t *testing.T) {
	var list []Lesson
	for next := noise(300); len(list) < 300; {
		list = append(list, next())
	}
	whole, half, loaded := taught(t, list...), taught(t, list[:150]...), taught(t, decisions()...)
	if err := loaded.Load(iotest.HalfReader(strings.NewReader(saved(t, half)))); err != nil {
		t.Fatal(err)
	}
	for _, one := range list[150:] {
		if a, b := half.Judge(one.Text, Theme, 3, one.Hints...), loaded.Judge(one.Text, Theme, 3, one.Hints...); !slices.Equal(a, b) {
			t.Fatalf("%v, loaded %v", a, b)
		}
		_ = half.Teach(one)
		_ = loaded.Teach(one)
	}
	if saved(t, loaded) != saved(t, whole) {
		t.Error("they differ after more lessons")
	}
}

func TestFilesThatCannotBeUsed(t *testing.T) {
	good := saved(t, taught(t, decisions()...))
	changed := func(at int, to byte) string {
		b := []byte(good)
		b[at] = to
		return string(b)
	}
	l := taught(t, themed("Яма", "holes"))
	want := saved(t, l)
	for _, row := range []struct{ name, file, says string }{
		{"empty", "", "ends too early"},
		{"another", strings.Repeat("PK\x03\x04", 99), "no learner's file"},
		{"of a version to come", changed(len(magic), version+1), "of version 3, this program reads versions up to 2"},
		{"cut short", good[:len(good)-5], "ends too early"},
		{"cut shorter", good[:len(good)/2], "ends too early"},
		{"longer", good + "x", "more after its end"},
		{"with another number of lessons", changed(len(magic)+1, 99), "checksum"},
		{"with another checksum", changed(len(good)-1, good[len(good)-1]^1), "checksum"},
		{"with too many dimensions", changed(len(magic)+2, 100), "too large"},
	} {
		err := l.Load(strings.NewReader(row.file))
		if !errors.Is(err, ErrFile) || !strings.Contains(err.Error(), row.says) {
			t.Errorf("a file %s: %v", row.name, err)
		}
	}
	broken := errors.New("the disk is")
	if err := l.Load(iotest.ErrReader(broken)); !errors.Is(err, broken) || errors.Is(err, ErrFile) {
		t.Errorf("a disk that fails: %v", err)
	}
	if saved(t, l) != want {
		t.Error("a file that cannot be used changed the learner")
	}
	if err := l.Load(strings.NewReader(good)); err != nil || first(l, "ямы на дороге") != "holes" {
		t.Error(err)
	}
}

func TestSaveSaysWhatFailed(t *testing.T) {
	full := errors.New("the disk is full")
	if err := New().Save(failing{full}); !errors.Is(err, full) {
		t.Error(err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// FuzzLoad gives files with a right checksum: what they say is to be looked at.
func FuzzLoad(f *testing.F) {
	good := saved(f, taught(f, decisions()...))
	f.Add([]byte(good[:len(good)-4]))
	f.Add([]byte(magic + "\x01"))
	small := New()
	_ = small.Teach(themed("яма", "holes"))
	f.Add([]byte(strings.TrimSuffix(saved(f, small), "\x00")))
	f.Fuzz(func(t *testing.T, data []byte) {
		l := New()
		file := binary.LittleEndian.AppendUint32(bytes.Clone(data), checksum(0, data))
		if err := l.Load(bytes.NewReader(file)); err != nil {
			if !errors.Is(err, ErrFile) {
				t.Fatal(err)
			}
			return
		}
		l.JudgeAll("Яма на дороге", 3)
		if err := l.Teach(themed("Яма у школы", "holes")); err != nil && !errors.Is(err, ErrFull) {
			t.Fatal(err)
		}
	})
}
