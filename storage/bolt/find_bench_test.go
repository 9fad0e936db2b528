package bolt_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"otklik/storage"
	"otklik/storage/bolt"
)

// BenchmarkFind finds incidents by their words among many, beside reading them all. OTKLIK_BENCH_INCIDENTS says how many
// there are; without it 100,000. Words are drawn as people use them: the n-th most usual one n times more seldom than
// the first.
func BenchmarkFind(b *testing.B) {
	count := 100_000
	if s := os.Getenv("OTKLIK_BENCH_INCIDENTS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			b.Fatal(err)
		}
		count = n
	}
	file := filepath.Join(b.TempDir(), "otklik.db")
	kv, err := bolt.Open(file)
	if err != nil {
		b.Fatal(err)
	}
	s := storage.Over(kv)
	defer func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	}()
	size := func() float64 {
		info, err := os.Stat(file)
		if err != nil {
			b.Fatal(err)
		}
		return float64(info.Size())
	}
	texts := many(b, s, count, false)
	plain := size()
	many(b, s, count, true)
	b.Logf("%d incidents: %.0f bytes each, the words' index %.0f", count, plain/float64(count), (size()-plain)/float64(count))

	rare := texts[count/2][0] // a word of one incident alone
	queries := []struct {
		name  string
		stems []string
	}{{"rare", []string{rare}}, {"usual", []string{"w1"}}, {"three", []string{"w1", "w5", "w20"}}, {"none", []string{"w1", "nowhere"}}}
	for _, q := range queries {
		b.Run(q.name, func(b *testing.B) {
			for b.Loop() {
				view(b, s, func(tx *storage.Tx) error {
					_, _, err := tx.Find(storage.Query{Stems: q.stems}, 0, 8)
					return err
				})
			}
		})
	}
	b.Run("reading-all", func(b *testing.B) {
		for b.Loop() {
			found := 0
			for n := 1; n <= count; n += 10_000 { // in parts, as nobody would hold all of them
				view(b, s, func(tx *storage.Tx) error {
					for i := n; i < min(n+10_000, count+1); i++ {
						inc, err := tx.Incident(uint64(i))
						if err != nil {
							return err
						}
						if inc != nil && slices.Contains(strings.Fields(inc.Text), rare) {
							found++
						}
					}
					return nil
				})
			}
			if found != 1 {
				b.Fatalf("found %d", found)
			}
		}
	})
}

func view(b *testing.B, s *storage.Store, fn func(*storage.Tx) error) {
	b.Helper()
	if err := s.View(context.Background(), fn); err != nil {
		b.Fatal(err)
	}
}

// many keeps incidents, or indexes their words, and gives the words.
func many(b *testing.B, s *storage.Store, count int, index bool) [][]string {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.07, 4, 60_000)
	texts := make([][]string, count)
	for i := range texts {
		texts[i] = []string{fmt.Sprintf("only%d", i)}
		for range 15 {
			texts[i] = append(texts[i], fmt.Sprint("w", zipf.Uint64()))
		}
	}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for from := 0; from < count; from += 5_000 {
		err := s.Update(context.Background(), func(tx *storage.Tx) error {
			for i := from; i < min(from+5_000, count); i++ {
				n := uint64(i + 1)
				if index {
					if err := tx.Index(n, texts[i]); err != nil {
						return err
					}
					continue
				}
				if _, err := tx.Next("incident"); err != nil {
					return err
				}
				inc := &storage.Incident{Number: n, State: storage.Settled, Created: at.Add(time.Duration(i) * time.Second),
					Topic: "roads-potholes", Text: strings.Join(texts[i], " "), Reporters: []storage.Reporter{{Person: uint64(i % 1000), Peer: "telegram:123"}}}
				if err := tx.PutIncident(inc); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return texts
}
