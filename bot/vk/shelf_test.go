package vk

import (
	"errors"
	"fmt"
	"testing"
)

func TestAShelfKeepsTheNewestAndLosesOnlyTheOldest(t *testing.T) {
	const room = 8
	keeper := &drawer{}
	ctx := t.Context()
	s := &shelf{keep: keeper, head: "x", room: room}
	holds := func(name string) (value string) {
		if ok, err := s.get(ctx, name, &value); err != nil || ok != (value != "") {
			t.Fatalf("%s: %v %v", name, ok, err)
		}
		return value
	}
	for i := range 20 {
		if i%7 == 0 { // again and again
			if err := s.put(ctx, "often", fmt.Sprint("often ", i)); err != nil {
				t.Fatal(err)
			}
		}
		name := fmt.Sprint(i)
		if err := s.put(ctx, name, "value "+name); err != nil {
			t.Fatal(err)
		}
		if i == 11 {
			s = &shelf{keep: keeper, head: "x", room: room} // a restart
		}
		if i >= 2 && (holds(name) == "" || holds(fmt.Sprint(i-2)) != fmt.Sprint("value ", i-2)) {
			t.Errorf("%d or one of those just before is lost", i)
		}
		if got, want := holds("often"), fmt.Sprint("often ", i/7*7); got != want {
			t.Errorf("after %d: %q, want %q", i, got, want)
		}
	}
	if holds("0") != "" || holds("10") != "" {
		t.Error("more is kept than there is room for")
	}
	if !s.fresh(ctx, "19") || s.fresh(ctx, "13") || s.fresh(ctx, "0") {
		t.Error("what will soon give way passes for new, or the other way round")
	}
	if len(keeper.kept) != room {
		t.Errorf("%d keys", len(keeper.kept))
	}
	keeper.fail = errors.New("the disk is full")
	if err := s.put(ctx, "19", "another"); err == nil || holds("19") != "value 19" {
		t.Errorf("what could not be kept: %v, %q", err, holds("19"))
	}
	keeper.fail = nil
	if err := s.put(ctx, "19", "another"); err != nil || holds("19") != "another" {
		t.Errorf("%v, %q", err, holds("19"))
	}
}
