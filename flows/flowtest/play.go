package flowtest

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"otklik/bot"
	"otklik/flows"
	"otklik/storage"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Transcripts plays every testdata/*.txt of the package that tests.
//
// A line that begins with a name is what that person does; the indented lines after it are what everybody reads then:
//
//	Анна: Яма у дома 12            writes; [фото], [альбом 3], [гео 58.6 49.6], [стикер] may stand before the words
//	Анна ▸ Отправить               presses the button with these words, on the latest message that has it
//	Анна ▸▸ follow:join:1          presses a button that another part of the desk shows, by its data
//	Анна ↩ «№ 1»: спасибо          replies to the latest message that holds the words in quotes
//	Анна ✎ Яма у дома 14           edits her last message
//	@ +26h                         time passes; also "@ 2026-11-24 10:00", in Kirov
//	@ куратор Тамара               a second curator sits down; also «@ администратор Зоя»
//	@ роль Ольга official adm-kirov head   somebody has another role
//	@ убрать Ольга official adm-kirov      … and has it no more
//	@ простой 2026-11-25 02:00     the program does not run until then
//	@ сам road-potholes 0.7        what is found of a topic is filed without a curator above that confidence
//	@ сводка 08:30                 the hour of the morning digest; the program starts anew
//	@ дважды                       from here on every update is delivered twice
//	@ Ольга: спросить 1 где?       does one of the deeds that the test brings along
//
// → is a new message, ✎ one that changed in place, ! a word beside the pressed button.
func Transcripts(t *testing.T, deeds ...Deeds) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := New(t)
			for _, d := range deeds {
				maps.Copy(s.deeds, d)
			}
			got := s.Play(string(raw))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(raw), got); diff != "" {
				t.Errorf("%s reads otherwise now (-file +now); -update writes it anew:\n%s\n%s", file, diff, s.Log.String())
			}
		})
	}
}

// Golden compares with testdata/NAME, or writes it with -update.
func Golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(raw), got); diff != "" {
		t.Errorf("%s is otherwise now (-file +now); -update writes it anew:\n%s", file, diff)
	}
}

// Play does what the transcript's people do and gives it back with what they read.
func (s *Stage) Play(script string) string {
	s.tb.Helper()
	var out strings.Builder
	for line := range strings.Lines(script) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "  ") {
			continue // what was read when the file was written
		}
		out.WriteString(line + "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		s.out, s.toasts = nil, nil
		s.act(line)
		for _, toast := range s.toasts {
			who, note, _ := strings.Cut(toast, "\x00")
			fmt.Fprintf(&out, "  ! %s: %s\n", who, strings.ReplaceAll(note, "\n", "\n      "))
		}
		for _, o := range s.out {
			out.WriteString(o)
		}
	}
	return out.String()
}

var (
	pressed = regexp.MustCompile(`^(\S+) ▸ (.+)$`)
	forged  = regexp.MustCompile(`^(\S+) ▸▸ (\S+)$`)
	replies = regexp.MustCompile(`^(\S+) ↩ «([^»]+)»: (.*)$`)
	edits   = regexp.MustCompile(`^(\S+) ✎ (.*)$`)
	writes  = regexp.MustCompile(`^(\S+?): ?(.*)$`)
	extra   = regexp.MustCompile(`^\[([^\]]+)\] ?`)
)

func (s *Stage) act(line string) {
	s.tb.Helper()
	switch {
	case s.public(line):
	case strings.HasPrefix(line, "@"):
		s.clock(strings.TrimSpace(line[1:]))
	case pressed.MatchString(line):
		m := pressed.FindStringSubmatch(line)
		s.Press(m[1], m[2])
	case forged.MatchString(line):
		m := forged.FindStringSubmatch(line)
		a := s.actor(m[1])
		s.Give(s.Update(a, a.Peer, false, bot.Update{Kind: bot.Pressed, Data: m[2], Press: a.Name}))
	case replies.MatchString(line):
		m := replies.FindStringSubmatch(line)
		s.write(m[1], m[3], s.Find(m[1], m[2]).Ref)
	case edits.MatchString(line):
		m := edits.FindStringSubmatch(line)
		a := s.actor(m[1])
		s.Give(s.Update(a, a.Peer, false, bot.Update{Kind: bot.Edited, Ref: s.last[a.Name], Text: m[2]}))
	case writes.MatchString(line):
		m := writes.FindStringSubmatch(line)
		s.write(m[1], m[2], "")
	default:
		s.tb.Fatalf("not a line of a transcript: %q", line)
	}
}

func (s *Stage) actor(name string) *Actor {
	s.tb.Helper()
	a := s.Cast[name]
	if a == nil {
		s.tb.Fatalf("nobody is called %q", name)
	}
	return a
}

func (s *Stage) clock(when string) {
	s.tb.Helper()
	if s.group(when) {
		return
	}
	if name, ok := strings.CutPrefix(when, "куратор "); ok {
		id := fmt.Sprint("extra", len(s.Cast))
		s.Join(Actor{Name: name, User: bot.User{ID: id, Name: name + " Вторая"}, Peer: bot.Peer{Channel: "desk", Chat: id},
			Role: storage.Role{Kind: storage.Curator}})
		return
	}
	if name, ok := strings.CutPrefix(when, "администратор "); ok {
		s.Join(Actor{Name: name, User: bot.User{ID: "admin", Name: name + " Первых"}, Peer: bot.Peer{Channel: "desk", Chat: "admin"}})
		return
	}
	if role, ok := strings.CutPrefix(when, "роль "); ok {
		s.role(strings.Fields(role))
		return
	}
	if hour, ok := strings.CutPrefix(when, "сводка "); ok {
		s.Engine.Digest = hour
		if err := s.Engine.Start(s.tb.Context()); err != nil {
			s.tb.Fatal(err)
		}
		return
	}
	if words, ok := strings.CutPrefix(when, "сам "); ok {
		code, above, _ := strings.Cut(words, " ")
		f, err := strconv.ParseFloat(above, 64)
		if err != nil {
			s.tb.Fatal(err)
		}
		topic := s.Engine.Pack.Topic(code)
		if topic == nil {
			s.tb.Fatalf("there is no topic %q", code)
		}
		topic.FileAbove = f
		return
	}
	if until, ok := strings.CutPrefix(when, "простой "); ok {
		s.Now = s.time(until)
		s.Pass(s.Now)
		return
	}
	if role, ok := strings.CutPrefix(when, "убрать "); ok {
		s.dismiss(strings.Fields(role))
		return
	}
	if name, words, ok := strings.Cut(when, ": "); ok && s.Cast[name] != nil {
		verb, rest, _ := strings.Cut(words, " ")
		deed := s.deeds[verb]
		if deed == nil {
			s.tb.Fatalf("nobody knows how to %q", verb)
		}
		s.Do(name, func(t *flows.Turn) error { return deed(t, rest) })
		return
	}
	for word, kind := range map[string]bot.Kind{"запретил ": bot.Gone, "разрешил ": bot.Back} {
		if name, ok := strings.CutPrefix(when, word); ok {
			a := s.actor(name)
			s.Give(s.Update(a, a.Peer, false, bot.Update{Kind: kind}))
			return
		}
	}
	if when == "дважды" {
		s.Repeat = true
		return
	}
	if d, ok := strings.CutPrefix(when, "+"); ok {
		length, err := time.ParseDuration(d)
		if err != nil {
			s.tb.Fatal(err)
		}
		s.Pass(s.Now.Add(length))
		return
	}
	s.Pass(s.time(when))
}

func (s *Stage) time(when string) time.Time {
	s.tb.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", when, time.FixedZone("Kirov", 3*60*60))
	if err != nil {
		s.tb.Fatal(err)
	}
	return at
}

// Deeds are what people of a play do without any message, by the first word of a transcript's line: another flow's part,
// where only what follows from it is to be seen. The rest of the line comes along.
type Deeds map[string]func(t *flows.Turn, words string) error

// Do lets somebody do something without any message.
func (s *Stage) Do(name string, fn func(*flows.Turn) error) {
	s.tb.Helper()
	a := s.actor(name)
	err := s.Engine.Do(context.Background(), func(t *flows.Turn) (err error) {
		if t.Me, err = t.Tx.PersonBy(a.Peer.Channel, a.User.ID); err != nil {
			return err
		}
		return fn(t)
	})
	if err != nil {
		s.tb.Fatalf("%s: %v", name, err)
	}
	s.show()
}

// role gives somebody another role: «Ольга official adm-kirov head».
func (s *Stage) role(words []string) {
	s.tb.Helper()
	if len(words) < 2 {
		s.tb.Fatalf("whose role, and which: %v", words)
	}
	r := storage.Role{Kind: storage.RoleKind(words[1])}
	if len(words) > 2 {
		r.Org, r.Head = words[2], len(words) > 3
	}
	a := s.actor(words[0])
	err := s.Store.Update(context.Background(), func(tx *storage.Tx) error {
		p, err := tx.PersonBy(a.Peer.Channel, a.User.ID)
		if err != nil {
			return err
		}
		p.Roles = slices.DeleteFunc(slices.Clone(p.Roles), func(o storage.Role) bool { return o.Kind == r.Kind && o.Org == r.Org })
		p.Roles = append(p.Roles, r)
		return tx.PutPerson(p)
	})
	if err != nil {
		s.tb.Fatal(err)
	}
}

// dismiss takes a role from somebody, as an administrator does: «Ольга official adm-kirov».
func (s *Stage) dismiss(words []string) {
	s.tb.Helper()
	if len(words) < 2 {
		s.tb.Fatalf("whose role, and which: %v", words)
	}
	a := s.actor(words[0])
	err := s.Engine.Do(context.Background(), func(t *flows.Turn) error {
		p, err := t.Tx.PersonBy(a.Peer.Channel, a.User.ID)
		if err != nil {
			return err
		}
		t.Me = &storage.Person{Roles: []storage.Role{{Kind: storage.Admin}}}
		i := slices.IndexFunc(p.Roles, func(r storage.Role) bool {
			return string(r.Kind) == words[1] && r.Org == strings.Join(words[2:], "")
		})
		if i < 0 {
			return fmt.Errorf("%s has no role %v", a.Name, words[1:])
		}
		return t.Dismiss(p, p.Roles[i])
	})
	if err != nil {
		s.tb.Fatal(err)
	}
	s.show()
}

// Press presses the latest button with these words.
func (s *Stage) Press(name, label string) {
	s.tb.Helper()
	a := s.actor(name)
	for _, m := range slices.Backward(s.screens[a.Peer.String()]) {
		for _, row := range m.Rows {
			for _, b := range row {
				if b.Text == label {
					s.Give(s.Update(a, a.Peer, false, bot.Update{Kind: bot.Pressed, Ref: m.Ref, Data: b.Data, Press: a.Name}))
					return
				}
			}
		}
	}
	s.tb.Fatalf("%s has no button %q; the screen:\n%s", name, label, s.Screen(name))
}

// Screen gives what a person sees.
func (s *Stage) Screen(name string) string {
	var b strings.Builder
	for _, m := range s.screens[s.Cast[name].Peer.String()] {
		if m.Mine {
			b.WriteString("  " + name + ": " + m.Text + "\n")
		} else {
			b.WriteString(render("·", name, m))
		}
	}
	return b.String()
}

// Seen gives every message on a screen, the oldest first.
func (s *Stage) Seen(name string) []*Shown { return s.screens[s.actor(name).Peer.String()] }

// Find gives the latest message on a screen that holds these words.
func (s *Stage) Find(name, words string) *Shown {
	s.tb.Helper()
	for _, m := range slices.Backward(s.screens[s.actor(name).Peer.String()]) {
		if strings.Contains(m.Text, words) && !m.Mine {
			return m
		}
	}
	s.tb.Fatalf("%s sees no message with %q; the screen:\n%s", name, words, s.Screen(name))
	return nil
}

func (s *Stage) write(name, said string, to bot.Ref) {
	s.tb.Helper()
	a := s.actor(name)
	u := bot.Update{Kind: bot.Written, ReplyTo: to}
	album := 0
	for {
		m := extra.FindStringSubmatch(said)
		if m == nil {
			break
		}
		said = said[len(m[0]):]
		kind, rest, _ := strings.Cut(m[1], " ")
		switch kind {
		case "фото":
			u.Media = append(u.Media, s.photo())
		case "альбом":
			album, _ = strconv.Atoi(rest)
		case "гео":
			u.Location = &bot.Location{}
			if _, err := fmt.Sscan(rest, &u.Location.Lat, &u.Location.Lon); err != nil {
				s.tb.Fatal(err)
			}
		case "переслано":
			u.Forward = &bot.Forward{Name: rest}
		default:
			u.Other = map[string]string{"стикер": "sticker", "голосовое": "voice", "видео": "video", "файл": "file"}[kind]
			if u.Other == "" {
				s.tb.Fatalf("what is [%s]?", m[1])
			}
		}
	}
	u.Text = strings.ReplaceAll(said, `\n`, "\n")
	if album == 0 {
		s.Give(s.Update(a, a.Peer, false, u))
		return
	}
	u.Album = fmt.Sprint("album", s.refs)
	for i := range album {
		if i > 0 {
			u.Text = ""
		}
		u.Media = []bot.Media{s.photo()}
		s.Give(s.Update(a, a.Peer, false, u))
	}
}

func (s *Stage) photo() bot.Media {
	s.refs++
	return bot.Media{Refs: map[string]string{"desk": fmt.Sprintf("photo%d", s.refs)}}
}
