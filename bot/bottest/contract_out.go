package bottest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"otklik/bot"
)

var rulesOut = []rule{
	{"a text arrives as it was written, whatever is in it", textArrives},
	{"a broken text arrives whole or is refused, and what follows arrives", brokenArrives},
	{"bold is what was marked, to the letter", boldArrives},
	{"a long text arrives whole", longText},
	{"a photo arrives, and is known from then on", photoArrives},
	{"several photos arrive together, the text and the buttons once", albumArrives},
	{"an edit changes the message where it stands", editInPlace},
	{"an edit that changes nothing is a success", editSame},
	{"an edit of what is not there says so", editNowhere},
	{"a reply stands as one, and arrives even if its message is gone", replyStands},
	{"nobody there is said", nobodyThere},
	{"whoever blocked the bot is not there", blocked},
	{"trouble is passed on, to be tried again", troublePasses},
	{"a message that no messenger takes is refused for good", refusedForGood},
	{"a cancelled call ends", cancelled},
	{"the limits are set", limitsSet},
}

// Hostile are texts that break what escapes too little or counts wrongly. All are such as a person may write: they arrive
// as they are.
func Hostile() []string {
	return []string{
		"нулевая\u200bширина, не\u200cразрывать, сое\u200dдинить, мет\ufeffка, пере\u00adнос и \u2060",
		"\u200fсправа\u200e и \u061cслева: א\u200fב 12 ع\u200e",
		"ж" + strings.Repeat("\u0301\u0323\u034f", 400) + " потоп",
		"</b></a><!-- --> &#0; &#x202e; &bsol; %00 \\u0000 ]]> <tg-spoiler>",
		"***\n___\n```\nкод\n``` > # - + = | {} . ! \\\\ @all *club1 (x)",
		"<b>жирный</b> & <script>alert(1)</script> &amp; &lt;",
		"*звёзды* _низ_ ~тильда~ `код` [ссылка](http://example.org) ||тайна|| > цитата",
		"👩‍👩‍👧‍👦 семья, 👷🏽‍♀️ рабочая, 🇷🇺 флаг, é и é",
		"Z̷̢̛̤̰̗̈́͌̈́͝a̴̢̛͎͙̜̓̈́͝l̵̨̛̘̗̈́̓͝g̶̢̛̣̈́͝o̷̧̤̐̈́͝",
		"عربي و עברית и снова по-русски",
		"слово\tс табуляцией\nи\n\n\nпустыми строками",
		"\\_ \\* {x} %s %d %! {{.}} $HOME \"кавычки\" 'и' «ёлочки»",
	}
}

// Torn are texts that no person writes and a client may send all the same: what is no text in them is gone when they
// arrive.
func Torn() []string {
	return []string{
		"\x00", "а\x00б\x01в\x1b[31mг\x7f", "обрыв \xd0", "\xff\xfe\xc0\x80 и слово", "\xed\xa0\x80 половина пары", "\u202eнаоборот\u202c \u2066и\u2069 снова", bot.BoldOn + "жирно" + bot.BoldOff, "\ufffe\uffff\U0010ffff",
	}
}

// Enormous is a text of a megabyte.
func Enormous() string { return strings.Repeat("Яма. ", 1<<20/9) }

// brokenArrives: what is broken is sent without what is no text, or refused for good; what follows arrives.
func brokenArrives(c *contract) {
	r, p := c.run(nil), c.world.Person(c)
	for i, text := range Torn() {
		text = "слово " + text
		_, err := r.trySend(p.Peer(), bot.Message{Text: text}, "b"+string(rune('a'+i)), nil)
		if err != nil && bot.FailureOf(err).Reason != bot.Never {
			c.Errorf("%q: %v", text, err)
		}
		r.send(p.Peer(), bot.Message{Text: "дальше"}, "c"+string(rune('a'+i)), nil)
		for _, seen := range p.Sees() {
			if !utf8.ValidString(seen.Text) {
				c.Errorf("%q arrived as %q", text, seen.Text)
			}
		}
	}
}

func textArrives(c *contract) {
	r, p := c.run(nil), c.world.Person(c)
	for i, text := range Hostile() {
		r.send(p.Peer(), bot.Message{Text: text}, string(rune('a'+i)), nil)
		got := newest(c, p)
		if got.Text != text || got.Mine || len(got.Bold) > 0 {
			c.Errorf("%q arrived as %+v", text, got)
		}
	}
}

func boldArrives(c *contract) {
	r, p := c.run(nil), c.world.Person(c)
	for i, hostile := range Hostile() {
		marked := "👷🏽 " + bot.BoldOn + "№ 7" + bot.BoldOff + " " + hostile + " " + bot.BoldOn + hostile + bot.BoldOff + "!"
		text, bold := bot.Rich(marked)
		r.send(p.Peer(), bot.Message{Text: text, Bold: bold}, string(rune('a'+i)), nil)
		got := newest(c, p)
		var want []string
		if r.Limits().Bold {
			want = []string{"№ 7", hostile}
		}
		if diff := cmp.Diff(want, got.Bold); got.Text != text || diff != "" {
			c.Errorf("%q arrived as %q, bold %s", text, got.Text, diff)
		}
	}
}

func longText(c *contract) {
	r, p := c.run(nil), c.world.Person(c)
	limit := r.Limits().Text
	text := strings.Repeat("Третий день нет воды в доме 👷🏽 на улице Ленина.\n", limit/40)
	rows := [][]bot.Button{{{Text: "Дальше", Data: "x"}}}
	got, err := r.Send(c.Context(), p.Peer(), bot.Message{Text: text, Keyboard: rows}, "k", nil)
	if err != nil {
		if bot.FailureOf(err).Reason != bot.Never {
			c.Fatalf("%v", err)
		}
		return // a channel may leave the cutting to the core
	}
	var all strings.Builder
	buttons := 0
	for _, s := range p.Sees() {
		if n := len(utf16.Encode([]rune(s.Text))); n > limit {
			c.Errorf("a message of %d", n)
		}
		all.WriteString(s.Text)
		if len(s.Buttons) > 0 {
			buttons++
			if s.Ref != got.Ref {
				c.Errorf("the receipt is for %s, the buttons are at %s", got.Ref, s.Ref)
			}
		}
	}
	if a, b := strings.Fields(all.String()), strings.Fields(text); strings.Join(a, "") != strings.Join(b, "") || buttons != 1 {
		c.Errorf("%d words of %d arrived, the buttons %d times", len(a), len(b), buttons)
	}
}

func photoArrives(c *contract) {
	r, p := c.run(nil), c.world.Person(c)
	picture, opened := JPEG(7), 0
	open := opener(map[string][]byte{"f1": picture})
	counted := bot.Opener(func(ctx context.Context, m bot.Media) (rc readCloser, err error) {
		opened++
		return open(ctx, m)
	})
	m := bot.Message{Text: "вот", Photos: []bot.Media{{ID: "f1"}}, Keyboard: [][]bot.Button{{{Text: "Да", Data: "y"}}}}
	got := r.send(p.Peer(), m, "a", counted)
	seen := newest(c, p)
	if diff := cmp.Diff([][]byte{picture}, seen.Photos); diff != "" || seen.Text != "вот" || seen.Ref != got.Ref {
		c.Errorf("%s %q at %s, receipt %+v", diff, seen.Text, seen.Ref, got)
	}
	if len(got.Media) != 1 {
		c.Fatalf("the receipt names %d photos", len(got.Media))
	}
	if got.Media[0] == "" {
		return
	}
	opened = 0
	m.Photos[0].Refs = map[string]string{r.Name(): got.Media[0]}
	r.send(p.Peer(), m, "b", counted)
	if seen := newest(c, p); opened != 0 || len(seen.Photos) != 1 || !slices.Equal(seen.Photos[0], picture) {
		c.Errorf("the second time: opened %d times, %d photos", opened, len(seen.Photos))
	}
}

func albumArrives(c *contract) {
	r, p := c.run(nil), c.world.Person(c)
	pictures := map[string][]byte{"f1": JPEG(1), "f2": JPEG(2), "f3": JPEG(3)}
	m := bot.Message{Text: "три фото", Photos: []bot.Media{{ID: "f1"}, {ID: "f2"}, {ID: "f3"}}, Keyboard: [][]bot.Button{{{Text: "Да", Data: "y"}}}}
	got := r.send(p.Peer(), m, "a", opener(pictures))
	var photos [][]byte
	refs := map[bot.Ref]bool{got.Ref: true}
	for _, ref := range got.More {
		refs[ref] = true
	}
	carries := 0
	for _, s := range p.Sees() {
		photos = append(photos, s.Photos...)
		if !refs[s.Ref] {
			c.Errorf("the receipt does not name %s", s.Ref)
		}
		if s.Text == m.Text && len(s.Buttons) == 1 {
			carries++
			if s.Ref != got.Ref {
				c.Errorf("the text is at %s, the receipt says %s", s.Ref, got.Ref)
			}
		}
	}
	if diff := cmp.Diff([][]byte{pictures["f1"], pictures["f2"], pictures["f3"]}, photos); diff != "" || carries != 1 || len(got.Media) != 3 {
		c.Errorf("photos %s, the text %d times, %d names", diff, carries, len(got.Media))
	}
}

func editInPlace(c *contract) {
	r, p := c.run(nil), c.world.Person(c)
	picture := opener(map[string][]byte{"f1": JPEG(1)})
	for _, photos := range [][]bot.Media{nil, {{ID: "f1"}}} {
		first := r.send(p.Peer(), bot.Message{Text: "было", Photos: photos, Keyboard: [][]bot.Button{{{Text: "Да", Data: "y"}, {Text: "Нет", Data: "n"}}}}, "a", picture)
		before := len(p.Sees())
		for i, m := range []bot.Message{
			{Text: "стало", Photos: photos, Keyboard: [][]bot.Button{{{Text: "Потом", Data: "z"}}}},
			{Text: "кончено <b>&", Photos: photos, Bold: []bot.Span{{Start: 0, End: 14}}},
		} {
			got, err := r.Edit(c.Context(), p.Peer(), first.Ref, m, "e"+string(rune('0'+i)), picture)
			if err != nil || got.Ref != first.Ref {
				c.Fatalf("Edit: %+v, %v; it was at %s", got, err, first.Ref)
			}
			seen := newest(c, p)
			if len(p.Sees()) != before || seen.Ref != first.Ref || seen.Text != m.Text || len(seen.Buttons) != len(m.Keyboard) ||
				len(seen.Photos) != len(photos) || r.Limits().Bold && len(seen.Bold) != len(m.Bold) {
				c.Errorf("%+v shows as %+v", m, seen)
			}
		}
	}
}

func editSame(c *contract) {
	r, p := c.run(nil), c.world.Person(c)
	m := bot.Message{Text: "так и есть", Keyboard: [][]bot.Button{{{Text: "Да", Data: "y"}}}}
	first := r.send(p.Peer(), m, "a", nil)
	for range 2 {
		got, err := r.Edit(c.Context(), p.Peer(), first.Ref, m, "b", nil)
		if err != nil || got.Ref != first.Ref {
			c.Errorf("%+v, %v", got, err)
		}
	}
	if n := len(p.Sees()); n != 1 {
		c.Errorf("%d messages", n)
	}
}

func editNowhere(c *contract) {
	r, p := c.run(nil), c.world.Person(c)
	r.send(p.Peer(), bot.Message{Text: "одно"}, "a", nil)
	_, err := r.Edit(c.Context(), p.Peer(), "987654", bot.Message{Text: "другое"}, "b", nil)
	if err == nil || bot.FailureOf(err).Reason != bot.NoRef {
		c.Errorf("%v", err)
	}
}

func replyStands(c *contract) {
	r, p := c.run(nil), c.world.Person(c)
	p.Says("вопрос")
	asked := r.next(1)
	r.send(p.Peer(), bot.Message{Text: "ответ", ReplyTo: asked.Ref}, "a", nil)
	if seen := newest(c, p); seen.ReplyTo != asked.Ref {
		c.Errorf("it replies to %q, not %q", seen.ReplyTo, asked.Ref)
	}
	r.send(p.Peer(), bot.Message{Text: "ответ никому", ReplyTo: "987654"}, "b", nil)
	if seen := newest(c, p); seen.Text != "ответ никому" || seen.ReplyTo != "" {
		c.Errorf("%+v", seen)
	}
}

func nobodyThere(c *contract) {
	r := c.run(nil)
	for _, chat := range []string{"987654321", "никто", "-5"} {
		_, err := r.Send(c.Context(), bot.Peer{Channel: r.Name(), Chat: chat}, bot.Message{Text: "есть кто?"}, "a"+chat, nil)
		if err == nil || bot.FailureOf(err).Reason != bot.NoPeer {
			c.Errorf("%s: %v", chat, err)
		}
	}
}

func blocked(c *contract) {
	r, p := c.run(nil), c.world.Person(c)
	blocker, ok := p.(Blocker)
	if !ok {
		c.Skip("nobody can block the bot here")
	}
	first := r.send(p.Peer(), bot.Message{Text: "раз"}, "a", nil)
	blocker.Blocks()
	if u := r.next(1); u.Kind != bot.Gone || u.Peer != p.Peer() || u.Group {
		c.Errorf("%+v", u)
	}
	_, err := r.Send(c.Context(), p.Peer(), bot.Message{Text: "два"}, "b", nil)
	if err == nil || bot.FailureOf(err).Reason != bot.NoPeer {
		c.Errorf("Send: %v", err)
	}
	_, err = r.Edit(c.Context(), p.Peer(), first.Ref, bot.Message{Text: "три"}, "c", nil)
	if err != nil && bot.FailureOf(err).Reason != bot.NoPeer {
		c.Errorf("Edit: %v", err)
	}
	blocker.Unblocks()
	if u := r.next(2); u.Kind != bot.Back || u.Peer != p.Peer() {
		c.Errorf("%+v", u)
	}
	r.send(p.Peer(), bot.Message{Text: "четыре"}, "d", nil)
}

func troublePasses(c *contract) {
	breaker, ok := c.world.(Breaker)
	if !ok {
		c.Skip("nothing can break here")
	}
	r, p := c.run(nil), c.world.Person(c)
	for _, f := range []Trouble{Busy, Broken, Garbled, Cut} {
		breaker.Break(f, 1)
		m := bot.Message{Text: string(f)}
		_, err := r.Send(c.Context(), p.Peer(), m, string(f), nil)
		failure, classified := errors.AsType[*bot.Failure](err)
		if !classified || failure.Reason != bot.Later || (f == Busy && failure.After <= 0) {
			c.Errorf("%s: %v", f, err)
		}
		r.send(p.Peer(), m, string(f), nil)
		if seen := newest(c, p); seen.Text != m.Text {
			c.Errorf("%s: %+v", f, seen)
		}
	}
	if n := len(p.Sees()); n != 4 {
		c.Errorf("%d messages", n)
	}
}

func refusedForGood(c *contract) {
	r, p := c.run(nil), c.world.Person(c)
	for name, m := range map[string]bot.Message{
		"empty":            {},
		"only space":       {Text: " \n "},
		"data too long":    {Text: "x", Keyboard: [][]bot.Button{{{Text: "Да", Data: strings.Repeat("x", r.Limits().Data+1)}}}},
		"button of nobody": {Text: "x", Keyboard: [][]bot.Button{{{Text: "", Data: "x"}}}},
	} {
		_, err := r.Send(c.Context(), p.Peer(), m, name, nil)
		if err == nil || bot.FailureOf(err).Reason != bot.Never {
			c.Errorf("%s: %v", name, err)
		}
	}
	if list := p.Sees(); len(list) > 0 {
		c.Errorf("%+v", list)
	}
}

func cancelled(c *contract) {
	r, p := c.run(nil), c.world.Person(c)
	ctx, cancel := context.WithCancel(c.Context())
	cancel()
	_, err := r.Send(ctx, p.Peer(), bot.Message{Text: "поздно"}, "a", nil)
	if err != nil && bot.FailureOf(err).Reason != bot.Later {
		c.Errorf("%v", err)
	}
}

func limitsSet(c *contract) {
	l := c.world.Channel(c).Limits()
	if l.Text < 1000 || l.Caption < 200 || l.Photos < 1 || l.Rows < 5 || l.Columns < 2 || l.Buttons < 8 || l.Data < 64 {
		c.Errorf("%+v", l)
	}
}
