package telegram

import (
	"strings"
	"testing"
	"unicode/utf16"

	"otklik/bot"
)

// bolds gives the words that a client would show in bold.
func bolds(t interface{ Fatalf(string, ...any) }, r rich) (list []string) {
	wide := utf16.Encode([]rune(r.text))
	for _, e := range r.bold {
		if e.Offset < 0 || e.Length <= 0 || e.Offset+e.Length > len(wide) {
			t.Fatalf("entity %+v of %q", e, r.text)
		}
		list = append(list, string(utf16.Decode(wide[e.Offset:e.Offset+e.Length])))
	}
	return list
}

func TestBoldIsCountedInUTF16(t *testing.T) {
	for marked, want := range map[string][]string{
		"\ue000№ 7\ue001 · яма": {"№ 7"},
		"👷🏽 \ue000Анна\ue001 и \ue000👨‍👩‍👧 семья\ue001": {"Анна", "👨‍👩‍👧 семья"},
		"<b>&amp; \ue000<i>*_`\ue001 [x](y)":            {"<i>*_`"},
		"z̷̢̛a̴l̵g̶o̷ \ue000z̷̢̛a̴\ue001":               {"z̷̢̛a̴"},
		"  \ue000 вокруг пусто \ue001  ":                {"вокруг пусто"},
		"без знаков":                                    nil,
		"\ue000\ue001пусто":                             nil,
	} {
		text, spans := bot.Rich(marked)
		parts := pieces(text, spans, maxText)
		if len(parts) != 1 || parts[0].text != strings.TrimSpace(text) {
			t.Errorf("%q: %v", marked, parts)
			continue
		}
		got := bolds(t, parts[0])
		for i := range got {
			got[i] = strings.TrimSpace(got[i])
		}
		if strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%q: bold %q, want %q", marked, got, want)
		}
	}
}
