package kit

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestATextThatIsFarTooLongIsCutBeforeItIsRead(t *testing.T) {
	for name, sign := range map[string]string{
		"letters": "я", "escapes": `\u044f`, "backslashes": `\\`, "quotes": `\"`, "line ends": `\n`, "smileys": "👷", "pairs": `\ud83d\udc77`,
	} {
		for shift := range 14 { // the cut falls on every byte of a sign
			long := strings.Repeat("a", shift) + strings.Repeat(sign, 2*LongestText/len(sign))
			raw := []byte(`{"a":"x\"","text":"` + long + `","b":[{"c":"\\"},"` + long + `"],"d":7}`)
			var whole, got struct {
				A, Text string
				B       []any
				D       int
			}
			if err := json.Unmarshal(raw, &whole); err != nil {
				t.Fatal(err)
			}
			cut := Bounded(raw)
			if err := json.Unmarshal(cut, &got); err != nil {
				t.Fatalf("%s after %d: %v", name, shift, err)
			}
			if got.A != whole.A || got.D != 7 || fmt.Sprint(got.B[0]) != fmt.Sprint(whole.B[0]) || len(cut) > 2*LongestText+100 {
				t.Errorf("%s after %d: the rest is another: %.40s, %d bytes", name, shift, cut, len(cut))
			}
			text := strings.TrimSuffix(got.Text, "\uFFFD") // half a pair
			if !strings.HasPrefix(whole.Text, text) || len(text) < len(whole.Text)/2-12 || strings.Contains(text, "\uFFFD") {
				t.Errorf("%s after %d: %d bytes of %d are left", name, shift, len(text), len(whole.Text))
			}
		}
	}
}

// Whatever comes, bounding it does not fall over, leaves JSON that is JSON, and what is short as it is.
func FuzzBounded(f *testing.F) {
	for _, s := range []string{`{"a":"x"}`, `"`, `"\`, `"\"`, `\\"`, `["\\","\u0430"]`, ``} {
		f.Add(s, uint8(0), uint16(0))
	}
	f.Fuzz(func(t *testing.T, sign string, before uint8, times uint16) {
		text := strings.Repeat("a", int(before)) + strings.Repeat(sign, int(times))
		if len(text) > 4*LongestText {
			return
		}
		for _, raw := range []string{text, `{"a":"` + text + `","b":1}`, strings.Repeat(" ", LongestText) + text} {
			got := Bounded([]byte(raw))
			if len(got) > len(raw) || len(raw) <= LongestText && string(got) != raw {
				t.Fatalf("%d bytes of %d", len(got), len(raw))
			}
			if json.Valid([]byte(raw)) && (!json.Valid(got) || utf8.ValidString(raw) && !utf8.Valid(got)) {
				t.Fatal("it was JSON, and is none")
			}
		}
	})
}
