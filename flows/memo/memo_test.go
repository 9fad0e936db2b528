package memo

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
)

func TestAResultIsMadeOnceWhileItIsRemembered(t *testing.T) {
	made := map[string]int{}
	m := New(3, func(key string) int {
		made[key]++
		return len(key)
	})
	for range 5 {
		if m.Of("яма") != 6 {
			t.Error("another result")
		}
	}
	if made["яма"] != 1 {
		t.Errorf("made %d times", made["яма"])
	}
	for i := range 10 {
		m.Of(strconv.Itoa(i))
		m.Of("яма") // what is asked for stays
	}
	if made["яма"] != 1 {
		t.Errorf("made %d times though it was asked for all the time", made["яма"])
	}
	for i := range 100 {
		m.Of("x" + strconv.Itoa(i))
	}
	if n := len(m.young) + len(m.old); n > 6 {
		t.Errorf("%d are remembered", n)
	}
	if m.Of("яма"); made["яма"] != 2 {
		t.Errorf("forgotten, and made %d times", made["яма"])
	}
}

func TestManyAskAtOnce(t *testing.T) {
	m := New(10, func(key string) string { return key + "!" })
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			for j := range 100 {
				if key := strconv.Itoa((i + j) % 30); m.Of(key) != key+"!" {
					t.Errorf("%s has another's result", key)
				}
			}
		})
	}
	wg.Wait()
}

// TestAMemoHoldsNoTexts: somebody who sends a book is not to fill the memory.
func TestAMemoHoldsNoTexts(t *testing.T) {
	m := New(10, func(key string) int { return len(key) })
	book := strings.Repeat("яма ", 1<<18)
	for i := range 20 {
		if key := book + strconv.Itoa(i); m.Of(key) != len(key) {
			t.Error("another result")
		}
	}
	if n := fmt.Sprintf("%x", m.young); len(n) > 20*100 { // all that it holds
		t.Errorf("%d letters are held of texts", len(n))
	}
}
