package flows_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"otklik/bot"
	"otklik/flows/all"
	"otklik/flows/flowtest"
	"otklik/storage"
)

// hostile is a play made of what a fuzzer gives: a script of three bytes a deed, the words, and what a messenger may say
// of places and times.
type hostile struct {
	*flowtest.Stage
	t        *testing.T
	text     string
	lat, lon float64
	at       int64
	given    []bot.Update
}

// commands and verbs are all that somebody may give and press, in an order that stays.
func commands() (list []string) {
	for _, f := range all.Flows() {
		for _, c := range f.Commands {
			list = append(list, "/"+c.Name)
		}
	}
	return list
}

func verbs() (list []string) {
	for _, f := range all.Flows() {
		for verb := range f.Presses {
			list = append(list, f.Name+":"+verb)
		}
	}
	slices.Sort(list)
	return list
}

// FuzzEngine gives the whole engine what no messenger should bring: no update fails, what is kept stays true, and it goes
// on working.
func FuzzEngine(f *testing.F) {
	for i, text := range hostileTexts {
		var script []byte
		for j := range byte(12) {
			script = append(script, j+byte(i), byte(i)*17+j*23, byte(i)+j*5)
		}
		f.Add(script, text, 58.6, 49.66, int64(1764000000))
	}
	f.Add([]byte{0, 3, 0, 1, 3, 0, 2, 3, 0, 0, 0, 3, 0, 4, 0}, "1", math.NaN(), math.Inf(1), int64(math.MaxInt64))
	f.Add([]byte{0, 3, 0, 0, 1, 0, 5, 3, 1, 3, 9, 9, 1, 6, 1}, "kirov:x", 1e308, -1e308, int64(math.MinInt64))
	f.Add([]byte("\x00\x02\v\x18\f\x00"), "@", math.NaN(), math.Inf(1), int64(9223372036854775777))
	ground := flowtest.Region(f)
	var stages []*flowtest.Stage
	var back []func(testing.TB)
	for _, groups := range [][]bot.Peer{nil, {{Channel: "desk", Chat: "77"}}} {
		s := flowtest.Quick(f, ground, groups...)
		s.Play(strings.Replace(before, "Ольга ▸ → Администрация города Кирова", "Ольга: /assign 1 adm-kirov", 1))
		stages, back = append(stages, s), append(back, s.Keep())
	}
	cmds, presses := commands(), verbs()
	f.Fuzz(func(t *testing.T, script []byte, text string, lat, lon float64, at int64) {
		if len(script) < 3 {
			return
		}
		i := int(script[0]>>7) % len(stages)
		back[i](t)
		// What the stage itself takes for an unfinished text of ours, people may well write.
		text = strings.NewReplacer("{{", "{ {", "<no value>", "<value>").Replace(text)
		p := &hostile{Stage: stages[i], t: t, text: text, lat: lat, lon: lon, at: at}
		for n := 0; n+3 <= len(script) && n < 3*12; n += 3 {
			p.deed(cast[int(script[n]&0x0f)%len(cast)], script[n]&0x70, int(script[n+1]), int(script[n+2]), cmds, presses)
			if strings.Contains(p.Log.String(), "level=ERROR") {
				t.Fatalf("something failed:\n%s", p.Log.String())
			}
		}
		p.holds()
	})
}

// deed is one thing that somebody does, or a messenger.
func (p *hostile) deed(who string, how byte, what, arg int, cmds, presses []string) {
	a := p.Cast[who]
	where, group := a.Peer, false
	if how == 0x70 {
		where, group = bot.Peer{Channel: "desk", Chat: "77", Thread: strings.Repeat("7", arg%3)}, true
	}
	give := func(u bot.Update) {
		if group {
			u.ToUs = arg%2 == 0
		}
		u = p.Update(a, where, group, u)
		switch how {
		case 0x10: // an hour of another age
			u.Time = time.Unix(p.at, p.at)
		case 0x20:
			u.Time = time.Time{}
		case 0x30: // a name of the messenger's that nobody would give
			u.From.Name, u.From.Username, u.From.Language = p.text, p.text, p.text
		case 0x40:
			u.ID = p.id() + u.ID
		}
		p.given = append(p.given, u)
		p.Give(u)
	}
	words := words[a.Role.Kind]
	switch what % 20 {
	case 0, 1:
		give(bot.Update{Kind: bot.Written, Text: p.text})
	case 2, 3:
		give(bot.Update{Kind: bot.Written, Text: cmds[arg%len(cmds)] + " " + p.text})
	case 4:
		give(bot.Update{Kind: bot.Written, Text: cmds[arg%len(cmds)] + " " + strconv.Itoa(1+what/20%6) + " " + p.text})
	case 5:
		if len(words) > 0 {
			p.Play(who + ": " + strings.ReplaceAll(words[arg%len(words)], "N", strconv.Itoa(1+what/20%6)) + "\n")
		}
	case 6, 7, 8:
		if list := p.Buttons(who); len(list) > 0 {
			b := list[len(list)-1-arg%len(list)]
			give(bot.Update{Kind: bot.Pressed, Ref: b.On, Data: b.Data, Press: who})
		}
	case 9:
		give(bot.Update{Kind: bot.Pressed, Ref: bot.Ref(p.text), Data: presses[arg%len(presses)] + ":" + p.text, Press: who})
	case 10:
		give(bot.Update{Kind: bot.Pressed, Ref: "b1", Data: fmt.Sprintf("%s:%d:%s", presses[arg%len(presses)], what/20%6, p.text), Press: who})
	case 11:
		give(bot.Update{Kind: bot.Pressed, Ref: "b3", Data: fmt.Sprintf("t%d:%s", arg%12, p.text), Press: who})
	case 12:
		give(bot.Update{Kind: bot.Written, Text: p.text, Location: &bot.Location{Lat: p.lat, Lon: p.lon, Title: p.text, Address: p.text}})
	case 13:
		give(bot.Update{Kind: bot.Edited, Ref: bot.Ref(fmt.Sprint("u", arg)), Text: p.text})
	case 14:
		kinds := []bot.Kind{bot.Gone, bot.Back, bot.Moved, "", "unknown", bot.Kind(p.text)}
		give(bot.Update{Kind: kinds[arg%len(kinds)], MovedTo: p.text})
	case 15: // again, or late
		if len(p.given) > 0 {
			p.Give(p.given[arg%len(p.given)])
		}
	case 16:
		give(bot.Update{Kind: bot.Written, Text: p.text, ReplyTo: bot.Ref(fmt.Sprint("b", arg)), Forward: &bot.Forward{Name: p.text, Link: p.text}})
	case 17:
		give(bot.Update{Kind: bot.Written, Text: p.text, Album: p.text, Other: []string{"", "sticker", p.text}[arg%3],
			Media: []bot.Media{{Refs: map[string]string{"desk": p.text}}, {}}})
	case 18:
		p.Pass(p.Now.Add(time.Duration(arg) * time.Hour))
	case 19: // a stranger, or nobody
		id := p.id()
		u := bot.Update{Channel: "desk", ID: fmt.Sprint("s", arg, what), Kind: bot.Written, Time: p.Now, Text: p.text, Peer: bot.Peer{Channel: "desk", Chat: id}, From: bot.User{ID: id}}
		if arg%2 == 0 {
			u.Kind, u.Data = bot.Pressed, p.text
		}
		if id == "" {
			u.Peer = a.Peer
		}
		p.Give(u)
	}
}

// id is the text as far as a messenger may name something so: a peer is written as "channel:chat/thread".
func (p *hostile) id() string {
	return strings.NewReplacer("/", "-", ":", "-").Replace(strings.ToValidUTF8(p.text[:min(len(p.text), 200)], "\ufffd"))
}

// holds is what must be so at the end.
func (p *hostile) holds() {
	ctx := context.Background()
	if _, err := p.Engine.Tick(ctx); err != nil {
		p.t.Fatal(err)
	}
	if err := p.Store.View(ctx, histories); err != nil {
		p.t.Fatal(err)
	}
	_, err := p.Store.Verify(ctx, storage.Check{States: storage.States, Found: func(f storage.Fault) error {
		p.t.Error(f)
		return nil
	}})
	if err != nil {
		p.t.Fatal(err)
	}
}

// hostileTexts break what escapes too little, counts wrongly or takes words for what they are not.
var hostileTexts = []string{
	"", " ", "1", "№1", "1 adm-kirov", "0", "-1", "18446744073709551616", "Яма на дороге, Киров, Ленина 12", "31.02", "завтра", "::::", "1:adm-kirov:1",
	"\x00", "a\x00b", "\xff\xfe\xc0\x80", "\u202e\u2066обратно\u2069", "\u200b\u200d\ufeff", "e" + strings.Repeat("\u0301", 300),
	"<b>x</b>&lt;", "*_`[x](y)", bot.BoldOn + "x" + bot.BoldOff, strings.Repeat("я", 5000), strings.Repeat("\n", 300), "/start iabc", "..", "👷🏽‍♀️🇷🇺",
}
