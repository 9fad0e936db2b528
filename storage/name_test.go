package storage_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"otklik/storage"
)

func named(s *stage, limit int, words ...string) (users string) {
	s.Helper()
	for _, p := range read(s, func(tx *storage.Tx) ([]*storage.Person, error) { return tx.Named(words, limit) }) {
		users += p.User
	}
	return users
}

func TestNamed(t *testing.T) {
	s := newStage(t)
	long := strings.Repeat("Ж", 5000)
	for _, p := range []*storage.Person{
		{User: "a", Name: "Анна Петрова", Username: "anna_petrova92"},
		{User: "b", Name: "Анна-Мария Семёнова"},
		{User: "c", Name: "ПЁТР Аннинский"},
		{User: "d", Username: "Petr"},
		{User: "e", Name: long + " Хвост"},
		{User: "f", Name: "\xff\x00 🏠 :)"},
	} {
		s.update(func(tx *storage.Tx) error { p.ID = 0; return tx.PutPerson(p) })
	}
	for _, c := range []struct{ words, want string }{
		{"анна", "ab"}, {"АННА петр", "a"}, {"анн", "abc"}, {"семенова", "b"}, {"семёнова мария", "b"}, {"петр", "ca"}, {"@anna_petrova", "a"},
		{"petr", "da"}, {"92", ""}, {"анна анна анна", "ab"}, {"мария-анна", "b"}, {"петя", ""}, {"", ""}, {"@ -", ""}, {"хвост", ""},
		{strings.Repeat("ж", 70), "e"}, {"анна хвост", ""},
	} {
		if got := named(s, 10, strings.Fields(c.words)...); got != c.want {
			t.Errorf("%.30q names %q, want %q", c.words, got, c.want)
		}
	}
	if got := named(s, 2, "анн"); got != "ab" {
		t.Errorf("two of them: %q", got)
	}
	if got := named(s, 0, "анн"); got != "" {
		t.Errorf("none of them: %q", got)
	}
}

func TestNamesFollowThePerson(t *testing.T) {
	s := newStage(t)
	ids := map[string]uint64{}
	have := map[string]*storage.Person{}
	name := rapid.SliceOfN(rapid.SampledFrom([]string{"анна", "Анна", "ан", "Пётр", "петр", "-", "7"}), 0, 3)
	rapid.Check(t, func(t *rapid.T) {
		for range rapid.IntRange(1, 3).Draw(t, "changes") {
			user := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "user")
			p := &storage.Person{User: user, Name: strings.Join(name.Draw(t, "name"), " "), Username: strings.Join(name.Draw(t, "username"), "_")}
			s.update(func(tx *storage.Tx) error { p.ID = ids[user]; return tx.PutPerson(p) })
			ids[user], have[user] = p.ID, p
		}
		for _, head := range []string{"анна", "а", "петр", "7"} {
			var want []string
			for user, p := range have {
				text := strings.ReplaceAll(strings.ToLower(p.Name+" "+p.Username), "ё", "е")
				if slices.ContainsFunc(strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '_' }), func(w string) bool { return strings.HasPrefix(w, head) }) {
					want = append(want, user)
				}
			}
			slices.Sort(want)
			got := strings.Split(named(s, 10, head), "")
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Fatalf("%s names %q, want %q", head, got, want)
			}
		}
	})
	for user, id := range ids {
		s.update(func(tx *storage.Tx) error { return tx.PutPerson(&storage.Person{ID: id, User: user}) })
	}
	if left := s.raw("pn\x00"); len(left) > 0 {
		t.Errorf("names of people who have none any more: %q", left)
	}
}
