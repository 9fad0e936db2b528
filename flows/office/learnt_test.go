package office_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otklik/flows/lessons"
	"otklik/flows/office"
	"otklik/storage"
)

// decides has curators decide of incidents from one number to another.
func decides(from, to int) func(tx *storage.Tx) error {
	return func(tx *storage.Tx) error {
		for n := from; n <= to; n++ {
			l := storage.Labels{Theme: "road-potholes", Executor: "adm-kirov", Problem: "yes"}
			text := fmt.Sprintf("Яма у дома %d, колесо пробил", n)
			if n%3 == 0 {
				l, text = storage.Labels{Theme: "street-lights", Problem: "yes"}, fmt.Sprintf("Фонарь у дома %d не горит, темно", n)
			}
			number, err := tx.Next("incident")
			if err != nil {
				return err
			}
			inc := &storage.Incident{Number: number, State: storage.New, Version: 1, Created: start, Text: text, Taught: l}
			if err := tx.PutIncident(inc); err != nil {
				return err
			}
			if err := tx.PutLesson(&storage.Lesson{Incident: number, Labels: l}); err != nil {
				return err
			}
		}
		return nil
	}
}

// model gives what is learnt beside a store's file once a program runs on it, byte for byte.
func (p *place) model(file string) string {
	p.t.Helper()
	kv, err := open(file)
	if err != nil {
		p.t.Fatal(err)
	}
	defer kv.Close()
	k := keeper(p.t, storage.Over(kv), file)
	if err := k.Learn(context.Background()); err != nil {
		p.t.Fatal(err)
	}
	return p.bytes(k)
}

func (p *place) bytes(k *lessons.Keeper) string {
	p.t.Helper()
	into := filepath.Join(p.t.TempDir(), "model")
	if err := k.SaveAs(into); err != nil {
		p.t.Fatal(err)
	}
	raw, err := os.ReadFile(into)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(raw)
}

// TestABackupHasWhatWasLearnt: of a table, of decisions in the checkpoint and of later ones; a store that is restored
// elsewhere judges as the one that was copied while its program ran.
func TestABackupHasWhatWasLearnt(t *testing.T) {
	for _, running := range []bool{true, false} {
		t.Run(fmt.Sprint("running ", running), func(t *testing.T) {
			p := newPlace(t)
			table, backup := p.path("history.csv"), p.path("x.db")
			if err := os.WriteFile(table, []byte(history(30)), 0o600); err != nil {
				t.Fatal(err)
			}
			clerk, stop := p.serve()
			clerk.Learner = keeper(t, clerk.Store, p.Settings.Data)
			p.must(office.Learn{File: table})
			for i, fn := range []func() error{func() error { return clerk.Learner.Save(t.Context()) }, func() error { return nil }} {
				if err := clerk.Store.Update(t.Context(), decides(1+10*i, 10+10*i)); err != nil {
					t.Fatal(err)
				}
				if err := clerk.Learner.Learn(t.Context()); err != nil {
					t.Fatal(err)
				}
				if err := fn(); err != nil {
					t.Fatal(err)
				}
			}
			was := p.bytes(clerk.Learner)
			if !running {
				stop()
			}
			if out := p.must(office.Backup{File: backup}); !strings.Contains(out, "what was learnt in "+backup+".learned") {
				t.Errorf("it says %s", out)
			}
			stop()
			there := p.Settings.Data
			p.Settings.Data = p.path("new/otklik.db")
			p.must(office.Restore{File: backup})
			p.same("what is there", p.names(p.path("new")), "[otklik.db otklik.db.learned]")
			if p.model(p.Settings.Data) != was {
				t.Error("it judges otherwise")
			}

			// The store that is moved aside keeps what it knew.
			p.Settings.Data = there
			p.must(office.Restore{File: backup, Force: true})
			old := there + ".2026-11-23-070000"
			if p.model(there) != was || p.model(old) != was {
				t.Error("it judges otherwise")
			}
		})
	}
}

// TestABackupIsOfOneMoment: while curators decide and checkpoints are made, no lesson is in neither the one nor the other.
func TestABackupIsOfOneMoment(t *testing.T) {
	p := newPlace(t)
	clerk, stop := p.serve()
	clerk.Learner = keeper(t, clerk.Store, p.Settings.Data)
	ctx, end := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		for n := 1; ; n++ {
			err := clerk.Store.Update(t.Context(), decides(n, n))
			if err == nil {
				err = clerk.Learner.Learn(t.Context())
			}
			if err == nil {
				err = clerk.Learner.Save(t.Context())
			}
			if err != nil || ctx.Err() != nil {
				done <- err
				return
			}
		}
	}()
	var copies []string
	for i := range 8 {
		time.Sleep(20 * time.Millisecond)
		copies = append(copies, p.path(fmt.Sprint(i, ".db")))
		p.must(office.Backup{File: copies[i]})
	}
	end()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	stop()
	for i, file := range copies {
		n := p.count(file)
		straight := p.path(fmt.Sprint("straight", i, ".db"))
		p.keep(straight, decides(1, n))
		if p.model(file) != p.model(straight) {
			t.Errorf("copy %d, of %d decisions, lacks some", i, n)
		}
	}
}

// TestABackupWithoutWhatWasLearnt: one from an older version is restored, and so is one whose learner is spoilt; the learner
// that is there goes on with what it knows.
func TestABackupWithoutWhatWasLearnt(t *testing.T) {
	for name, spoil := range map[string]func(file string) error{"older": os.Remove, "spoilt": func(file string) error { return os.Truncate(file, 100) }} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			p.keep(p.Settings.Data, decides(1, 10))
			clerk, stop := p.serve()
			clerk.Learner = keeper(t, clerk.Store, p.Settings.Data)
			if err := clerk.Learner.Learn(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := clerk.Learner.Save(t.Context()); err != nil {
				t.Fatal(err)
			}
			was := p.bytes(clerk.Learner)
			backup := p.path("x.db")
			p.must(office.Backup{File: backup})
			stop()
			if err := spoil(lessons.File(backup)); err != nil {
				t.Fatal(err)
			}
			out := p.must(office.Restore{File: backup, Force: true})
			if strings.Contains(out, "spoilt") != (name == "spoilt") {
				t.Errorf("it says %s", out)
			}
			if p.model(p.Settings.Data) != was {
				t.Error("it forgot")
			}
			// A backup of a store whose learner is spoilt, put over an older one, does not keep the older learner.
			if err := os.Truncate(lessons.File(p.Settings.Data), 100); err != nil {
				t.Fatal(err)
			}
			if out := p.must(office.Backup{File: backup, Force: true}); !strings.Contains(out, "without what was learnt") {
				t.Errorf("it says %s", out)
			}
			if _, err := os.Stat(lessons.File(backup)); !os.IsNotExist(err) {
				t.Errorf("the older one stays: %v", err)
			}
		})
	}
}

// TestNightsKeepWhatWasLearnt: every night has it, and it goes with its night; it hinders no sweep.
func TestNightsKeepWhatWasLearnt(t *testing.T) {
	s := newNights(t, "backups")
	s.clerk.Learner = keeper(t, s.clerk.Store, s.Settings.Data)
	if err := s.clerk.Store.Update(t.Context(), decides(1, 3)); err != nil {
		t.Fatal(err)
	}
	if err := s.clerk.Learner.Learn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.clerk.Learner.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	first := s.photo("the first night")
	s.shows(first)
	s.night()
	s.shows()
	for range 3 {
		s.night()
	}
	s.same("what is there", s.names(s.path("backups")), "[otklik-2026-11-26.db otklik-2026-11-26.db.learned otklik-2026-11-27.db otklik-2026-11-27.db.learned photos]")
	if _, err := os.Stat(s.path("backups/photos/" + first[:2] + "/" + first)); !os.IsNotExist(err) {
		t.Errorf("a photo that no night names stays: %v; the log has %s", err, s.log.String())
	}
}
