package storage_test

import (
	"strings"
	"testing"
	"time"

	"otklik/storage"
)

// TestWhoIsErasedIsInNoPost: a post stays, and what it belongs to; nothing in it tells who wrote it.
func TestWhoIsErasedIsInNoPost(t *testing.T) {
	s := newStage(t)
	p := &storage.Person{Channel: "desk", User: "7", Name: "Анна Ветрова", Created: time.Unix(1, 0)}
	s.update(func(tx *storage.Tx) error {
		if err := tx.PutPerson(p); err != nil {
			return err
		}
		if err := tx.PutWatched(&storage.Watched{Peer: "desk:group"}); err != nil {
			return err
		}
		return tx.PutPost(&storage.Post{Source: 1, Thread: "desk:group", Ref: "1", Author: storage.Author{User: "7", Name: "Анна Ветрова"}, Text: "Звоните 89120000000", Print: 5,
			Captions: []storage.Caption{{Of: "desk:group 1", Text: "Звоните 89120000000"}}})
	})
	s.update(func(tx *storage.Tx) error {
		return tx.Erase(p, func(text string, _ []string) string { return strings.ReplaceAll(text, "89120000000", "[скрыто]") })
	})
	post := read(s, func(tx *storage.Tx) (*storage.Post, error) { return tx.PostAt("desk:group", "1") })
	if post == nil || post.Author != (storage.Author{}) || post.Text != "Звоните [скрыто]" || post.Captions[0].Text != post.Text {
		t.Errorf("%+v", post)
	}
	if list := read(s, func(tx *storage.Tx) ([]*storage.Post, error) { return tx.PostsFrom("desk", "7", 9) }); len(list) > 0 {
		t.Errorf("still found by its author: %+v", list)
	}
}
