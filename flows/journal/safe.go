package journal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// steers tells whether a rune could move the terminal's cursor or turn round what follows it.
func steers(r rune) bool {
	return unicode.IsControl(r) || r == 0x2028 || r == 0x2029 || (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069)
}

// plain makes what people wrote safe to print; its lines stay.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && steers(r) {
			return '·'
		}
		return r
	}, s)
}

// line is plain in one line: nothing in a name or a reason may look like a line of the journal.
func line(s string) string { return strings.ReplaceAll(plain(s), "\n", " / ") }

// record prints a record as a line of JSON. What steers is escaped, so the record is whole when it is read.
func record(out io.Writer, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	for _, r := range string(raw) {
		if steers(r) { // json.Marshal leaves some of them; they stand inside strings only
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	b.WriteByte('\n')
	_, err = out.Write(b.Bytes())
	return err
}
