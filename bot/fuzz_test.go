package bot

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// hostile are texts that break what escapes too little or counts wrongly. Package bottest has more of them.
var hostile = []string{
	"", "/", "/@", "/start x", "/a\nb", "/ПОМОЩЬ@bot  да ", " \x00 ", "a\x00b\x7f", "\xff\xc0\x80", BoldOn + "x" + BoldOff + BoldOn, BoldOff + BoldOn, "\u202ea\u2066b\u200b",
	"e\u0301\u0301", "a:b", "a:b/c", ":", "a:", "a:/", "a:b/", "telegram:-100/7", "a:b:c/d/e", "👷🏽‍♀️", "\r\n\t",
}

// What is cleaned is valid, has nothing in it that steers a screen, and is as clean as it can be.
func FuzzClean(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if !utf8.ValidString(got) || Clean(got) != got {
			t.Fatalf("%q became %q, and that %q", s, got, Clean(got))
		}
		for _, r := range got {
			if unicode.IsControl(r) && r != '\n' && r != '\t' && r < 0x80 || strings.ContainsRune(BoldOn+BoldOff, r) {
				t.Fatalf("%q keeps %U", s, r)
			}
		}
	})
}

// What is made of marks is the text without them, and its spans lie in it, in order, at whole signs.
func FuzzRich(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "")
		text, bold := Rich(s)
		if want := strings.NewReplacer(BoldOn, "", BoldOff, "").Replace(s); text != want {
			t.Fatalf("%q reads %q", s, text)
		}
		last := 0
		for _, b := range bold {
			if b.Start < last || b.End <= b.Start || b.End > len(text) || !utf8.ValidString(text[b.Start:b.End]) {
				t.Fatalf("%q: %v in %q", s, bold, text)
			}
			last = b.End
		}
	})
}

// A peer that can be read is written the same way again.
func FuzzParsePeer(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePeer(s)
		if err != nil {
			return
		}
		again, err := ParsePeer(p.String())
		if p.Channel == "" || p.Chat == "" || err != nil || again != p || p.String() != s && p.String()+"/" != s {
			t.Fatalf("%q is %+v, written %q, read %+v, %v", s, p, p.String(), again, err)
		}
	})
}

// A command has a name without a slash, blanks or the bot's name, and words without blanks around.
func FuzzCommand(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, words, ok := Update{Kind: Written, Text: s}.Command()
		if !ok {
			if name+words != "" {
				t.Fatalf("%q is none, and is %q %q", s, name, words)
			}
			return
		}
		if name == "" || strings.ContainsAny(name, "@ \n\t") || words != strings.TrimSpace(words) || !strings.HasPrefix(s, "/") || !strings.Contains(s, words) {
			t.Fatalf("%q is %q with %q", s, name, words)
		}
	})
}
