package storage_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"otklik/storage"
	"otklik/storage/bolt"
	"otklik/storage/storagetest"
)

var errOwn = errors.New("the function's own")

// stage is a store whose updates all run twice, and what is short to do with it.
type stage struct {
	*testing.T
	kv storage.KV
	s  *storage.Store
}

func newStage(t *testing.T) *stage {
	t.Helper()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "otklik.db"))
	if err != nil {
		t.Fatal(err)
	}
	kv := storagetest.Twice(db)
	s := storage.Over(kv)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &stage{t, kv, s}
}

func (s *stage) update(fn func(tx *storage.Tx) error) {
	s.Helper()
	if err := s.s.Update(s.Context(), fn); err != nil {
		s.Fatal(err)
	}
}

func (s *stage) view(fn func(tx *storage.Tx) error) {
	s.Helper()
	if err := s.s.View(s.Context(), fn); err != nil {
		s.Fatal(err)
	}
}

func (s *stage) same(what string, got, want any) {
	s.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		s.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// read gives what fn reads in a view.
func read[T any](s *stage, fn func(tx *storage.Tx) (T, error)) (got T) {
	s.Helper()
	s.view(func(tx *storage.Tx) (err error) { got, err = fn(tx); return err })
	return got
}

// raw gives all keys and values whose key begins so.
func (s *stage) raw(prefix string) (list []string) {
	s.Helper()
	err := s.kv.View(s.Context(), func(r storage.Reader) error {
		return r.Scan([]byte(prefix), storage.After([]byte(prefix)), false, func(k, v []byte) bool {
			list = append(list, string(k)+"="+string(v))
			return true
		})
	})
	if err != nil {
		s.Fatal(err)
	}
	return list
}

func at(minutes int) time.Time {
	return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).Add(time.Duration(minutes) * time.Minute)
}

func TestCountersBeginAtOneAndAreApart(t *testing.T) {
	s := newStage(t)
	for want := uint64(1); want <= 3; want++ {
		var a, b uint64
		s.update(func(tx *storage.Tx) (err error) {
			if a, err = tx.Next("a"); err != nil {
				return err
			}
			if want > 1 {
				b, err = tx.Next("ab")
			}
			return err
		})
		if a != want || b != want-1 {
			t.Errorf("round %d: a %d, ab %d", want, a, b)
		}
	}
}

func TestAFailedUpdateTakesNoNumber(t *testing.T) {
	s := newStage(t)
	err := s.s.Update(t.Context(), func(tx *storage.Tx) error {
		if _, err := tx.Next("a"); err != nil {
			return err
		}
		return errOwn
	})
	if err != errOwn {
		t.Error(err)
	}
	s.update(func(tx *storage.Tx) error {
		if n, err := tx.Next("a"); n != 1 || err != nil {
			t.Errorf("got %d, %v", n, err)
		}
		return nil
	})
}

func TestSettingsByPrefix(t *testing.T) {
	s := newStage(t)
	s.update(func(tx *storage.Tx) error {
		for _, name := range []string{"card:2", "card:10", "card", "cards", "care", "car", "\xff"} {
			if err := tx.SetSetting(name, []byte(name)); err != nil {
				return err
			}
		}
		return tx.SetSetting("empty", nil)
	})
	for prefix, want := range map[string]string{
		"card:": "card:10 card:2", "card": "card card:10 card:2 cards", "x": "", "cards": "cards", "\xff": "\xff", "emp": "",
		"": "car card card:10 card:2 cards care  \xff",
	} {
		got := read(s, func(tx *storage.Tx) (list []string, err error) {
			values, err := tx.Settings(prefix)
			for _, v := range values {
				list = append(list, string(v))
			}
			return list, err
		})
		s.same("settings from "+prefix, strings.Join(got, " "), want)
		names := read(s, func(tx *storage.Tx) ([]string, error) { return tx.SettingNames(prefix) })
		if prefix != "emp" && prefix != "" { // each of the others holds its name
			s.same("names from "+prefix, strings.Join(names, " "), want)
		}
	}
	s.update(func(tx *storage.Tx) error { return tx.DropSetting("card:2") })
	names := read(s, func(tx *storage.Tx) ([]string, error) { return tx.SettingNames("card") })
	s.same("after one was dropped", strings.Join(names, " "), "card card:10 cards")
	s.view(func(tx *storage.Tx) error {
		none, err := tx.Setting("none")
		empty, err2 := tx.Setting("empty")
		if none != nil || empty == nil || len(empty) != 0 {
			t.Errorf("none is %v, empty is %v", none, empty)
		}
		return errors.Join(err, err2)
	})
}

func TestDrawersAreApart(t *testing.T) {
	s := newStage(t)
	desk, other := s.s.Drawer("desk"), s.s.Drawer("desk2")
	for _, k := range []string{"b/2", "b/1", "a", ""} {
		if err := desk.Save(t.Context(), k, []byte("desk "+k)); err != nil {
			t.Fatal(err)
		}
		if err := other.Save(t.Context(), k, []byte("other")); err != nil {
			t.Fatal(err)
		}
	}
	if err := desk.Save(t.Context(), "a", []byte("again")); err != nil {
		t.Fatal(err)
	}
	load := func(d *storage.Drawer, prefix string) (list []string) {
		err := d.Load(t.Context(), prefix, func(k string, v []byte) error {
			list = append(list, k+"="+string(v))
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		return list
	}
	s.same("all", load(desk, ""), []string{"=desk ", "a=again", "b/1=desk b/1", "b/2=desk b/2"})
	s.same("some", load(desk, "b/"), []string{"b/1=desk b/1", "b/2=desk b/2"})
	s.same("none", load(desk, "c"), []string(nil))
	s.same("other", load(other, "b/1"), []string{"b/1=other"})
	n := 0
	err := desk.Load(t.Context(), "", func(string, []byte) error { n++; return errOwn })
	if n != 1 || err != errOwn {
		t.Errorf("an error stops the loading: %d, %v", n, err)
	}
}

func TestRecordsOfANewerVersionAreRead(t *testing.T) {
	s := newStage(t)
	s.update(func(tx *storage.Tx) error {
		return errors.Join(
			tx.PutIncident(&storage.Incident{Number: 7, State: storage.New, Text: "Яма"}),
			tx.PutPerson(&storage.Person{Channel: "telegram", User: "1", Name: "Анна"}),
			tx.PutSession("telegram:1", 1, &storage.Session{Talks: []storage.Talk{{ID: 1, Flow: "report"}}}))
	})
	add := func(w storage.Writer) (fault error) {
		err := w.Scan(nil, nil, false, func(k, v []byte) bool {
			if len(v) > 0 && v[0] == '{' {
				fault = w.Put(k, append([]byte(`{"of_a_newer_version":{"a":[1,null]},`), v[1:]...))
			}
			return fault == nil
		})
		return errors.Join(err, fault)
	}
	// not through Twice, whose runs would each add
	if err := s.kv.Update(context.Background(), add); err != nil {
		t.Fatal(err)
	}
	s.view(func(tx *storage.Tx) error {
		inc, err := tx.Incident(7)
		p, err2 := tx.PersonBy("telegram", "1")
		talks, err3 := tx.Session("telegram:1", 1)
		if err := errors.Join(err, err2, err3); err != nil {
			return err
		}
		if inc.Text != "Яма" || p.Name != "Анна" || talks.Talks[0].Flow != "report" {
			t.Errorf("%+v %+v %+v", inc, p, talks)
		}
		return nil
	})
}

func TestARecordThatIsNoRecordIsDamage(t *testing.T) {
	s := newStage(t)
	s.update(func(tx *storage.Tx) error { return tx.PutIncident(&storage.Incident{Number: 7, State: storage.New}) })
	k := []byte(strings.SplitAfterN(s.raw("i\x00")[0], "\x07", 2)[0])
	err := s.kv.Update(t.Context(), func(w storage.Writer) error { return w.Put(k, []byte("{")) })
	if err != nil {
		t.Fatal(err)
	}
	err = s.s.View(t.Context(), func(tx *storage.Tx) error { _, err := tx.Incident(7); return err })
	if !errors.Is(err, storage.ErrDamaged) || !errors.Is(err, storage.ErrFailed) {
		t.Errorf("got %v", err)
	}
}

func TestFaultsAreFailures(t *testing.T) {
	faults := []error{storage.ErrClosed, storage.ErrLocked, storage.ErrDamaged, storage.ErrReadOnly, storage.ErrFull, storage.ErrNewer}
	for _, f := range faults {
		same := slices.DeleteFunc(slices.Clone(faults), func(g error) bool { return !errors.Is(f, g) })
		if !errors.Is(f, storage.ErrFailed) || len(same) != 1 || errors.Is(storage.ErrFailed, f) { //nolint:staticcheck // the general one is none of the faults
			t.Errorf("%q is %q", f, same)
		}
	}
}
