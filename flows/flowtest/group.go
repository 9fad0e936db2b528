package flowtest

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"otklik/bot"
	"otklik/storage"
)

// Public groups of a play:
//
//	@ группа Подслушано kumyonsky            a group that is watched, of a district; «лента» instead of «группа» can only be read
//	Иван в Подслушано: Яма у аптеки          writes there
//	Иван в Подслушано ↩ «Яма»: И у нас       replies to the latest message there that holds the words
//	Иван в Подслушано ✎ Яма у вокзала        edits the last message there
//	Иван в Подслушано ✗ «Яма»                deletes the latest that holds the words
//	@ потеряна Подслушано: почему            it cannot be read any more; «@ найдена Подслушано»
var (
	inGroup = regexp.MustCompile(`^(\S+) в (\S+?)(: | ↩ «([^»]+)»: | ✎ | ✗ «([^»]+)»)(.*)$`)
	aGroup  = regexp.MustCompile(`^(группа|лента) (\S+) ?(\S*)$`)
	ofGroup = regexp.MustCompile(`^(потеряна|найдена) (\S+?)(: (.*))?$`)
)

// public does what a line says of public groups; false for any other line.
func (s *Stage) public(line string) bool {
	s.tb.Helper()
	m := inGroup.FindStringSubmatch(line)
	if m == nil || s.Cast[m[2]] == nil {
		return false
	}
	who, g := s.Cast[m[1]], s.actor(m[2])
	if who == nil { // somebody of the group
		who = &Actor{Name: m[1], User: bot.User{ID: "p" + m[1], Name: m[1]}, Peer: bot.Peer{Channel: g.Peer.Channel, Chat: "p" + m[1]}}
	}
	u := bot.Update{Kind: bot.Written, Text: strings.ReplaceAll(m[6], `\n`, "\n")}
	switch {
	case m[4] != "":
		u.ReplyTo = s.there(g, m[4]).Ref
	case strings.HasPrefix(m[3], " ✎"):
		u.Kind, u.Ref = bot.Edited, s.last[who.Name+" в "+g.Name]
	case m[5] != "":
		u.Kind, u.Ref = bot.Deleted, s.there(g, m[5]).Ref
	}
	if photo, rest, ok := strings.Cut(u.Text, "[фото] "); ok && photo == "" {
		u.Text, u.Media = rest, []bot.Media{s.photo()}
	}
	u = s.Update(who, g.Peer, true, u)
	if u.Kind == bot.Written {
		s.last[who.Name+" в "+g.Name] = u.Ref
	}
	u.Source, u.Title, u.ReadOnly = g.Peer, g.User.Name, g.ReadOnly
	u.Link = fmt.Sprintf("https://example.org/%s/%s", g.Peer.Chat, u.Ref)
	s.Give(u)
	return true
}

// there gives the latest message of a group that holds these words, whoever wrote it.
func (s *Stage) there(g *Actor, words string) *Shown {
	s.tb.Helper()
	for _, m := range slices.Backward(s.screens[g.Peer.String()]) {
		if strings.Contains(m.Text, words) {
			return m
		}
	}
	s.tb.Fatalf("nothing in %s says %q", g.Name, words)
	return nil
}

// group sets up a public group, or says what became of one; false for any other line.
func (s *Stage) group(when string) bool {
	s.tb.Helper()
	if m := aGroup.FindStringSubmatch(when); m != nil {
		peer := bot.Peer{Channel: "desk", Chat: fmt.Sprint("group", len(s.Cast))}
		s.Join(Actor{Name: m[2], Peer: peer, User: bot.User{Name: m[2]}, Group: true, ReadOnly: m[1] == "лента"})
		err := s.Store.Update(context.Background(), func(tx *storage.Tx) error {
			return tx.PutWatched(&storage.Watched{Peer: peer.String(), Title: m[2], Municipality: m[3], Since: s.Now})
		})
		if err != nil {
			s.tb.Fatal(err)
		}
		return true
	}
	if m := ofGroup.FindStringSubmatch(when); m != nil {
		g := s.actor(m[2])
		u := s.Update(g, g.Peer, true, bot.Update{Kind: map[string]bot.Kind{"потеряна": bot.Lost, "найдена": bot.Found}[m[1]], Text: m[4]})
		u.Source, u.Title, u.From = g.Peer, g.User.Name, bot.User{}
		s.Give(u)
		return true
	}
	return false
}
