package bot

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPeerReadsWhatItWrites(t *testing.T) {
	for _, p := range []Peer{{"telegram", "-100123", ""}, {"telegram", "-100123", "45"}, {"desk", "anna", ""}} {
		got, err := ParsePeer(p.String())
		if err != nil || got != p {
			t.Errorf("ParsePeer(%q) = %v, %v", p, got, err)
		}
	}
	for _, s := range []string{"", "telegram", "telegram:", ":1", "telegram:/4"} {
		if _, err := ParsePeer(s); err == nil {
			t.Errorf("ParsePeer(%q): no error", s)
		}
	}
}

func TestCommand(t *testing.T) {
	for text, want := range map[string][2]string{
		"/start abc":             {"start", "abc"},
		"/Assign@OtklikBot 1042": {"assign", "1042"},
		"/status 7\nсделано":     {"status", "7\nсделано"},
		"/my":                    {"my", ""},
	} {
		name, words, ok := Update{Kind: Written, Text: text}.Command()
		if !ok || name != want[0] || words != want[1] {
			t.Errorf("%q: %q, %q, %v", text, name, words, ok)
		}
	}
	for _, text := range []string{"", "яма", "/", "/@bot", " /my"} {
		if _, _, ok := (Update{Kind: Written, Text: text}).Command(); ok {
			t.Errorf("%q is no command", text)
		}
	}
}

func TestRichAndClean(t *testing.T) {
	text, bold := Rich(BoldOn + "№ 7" + BoldOff + " · яма " + BoldOn + BoldOff)
	if text != "№ 7 · яма " || cmp.Diff(bold, []Span{{0, 5}}) != "" {
		t.Errorf("%q %v", text, bold)
	}
	if got := Clean(" a\x00б\ue000в\xff\u202e\nг "); got != "aбв\uFFFD\nг" {
		t.Errorf("Clean: %q", got)
	}
}
