package storagetest

import (
	"testing"

	"otklik/storage"
)

func TestMemoryKeepsTheContract(t *testing.T) {
	KV(t, func(*testing.T) storage.KV { return NewMemory() })
}

func TestAMomentCanBeGoneBackTo(t *testing.T) {
	m := NewMemory()
	fill(t, m, "a", "b")
	then := m.Moment()
	update(t, m, func(w storage.Writer) error {
		put(t, w, "c", "new")
		put(t, w, "b", "other")
		return w.Delete([]byte("a"))
	})
	m.Return(then)
	view(t, m, func(r storage.Reader) {
		if got := keys(t, r, "-", "-", false); got != "a b" {
			t.Errorf("it holds %q", got)
		}
		if got := get(t, r, "b"); string(got) == "other" {
			t.Error("what was written later is there")
		}
	})
}
