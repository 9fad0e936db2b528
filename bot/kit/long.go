package kit

import (
	"bytes"
	"unicode/utf8"
)

// LongestText is how much is taken of one text, in bytes as they come in JSON. No messenger lets a twentieth of it through, and
// it is more signs than a report may have: whoever writes more still hears that it is too much.
const LongestText = 256 << 10

// Bounded cuts the texts in JSON that are longer than LongestText, in place and before anything decodes them: so what one
// person wrote is not gone through letter by letter, time and again, while others wait. JSON without such a text stays as it
// is; of what is no JSON something is left that is none.
func Bounded(raw []byte) []byte {
	if len(raw) <= LongestText {
		return raw
	}
	out, rest := raw[:0], raw
	for {
		i := bytes.IndexByte(rest, '"')
		if i < 0 {
			return append(out, rest...)
		}
		out = append(out, rest[:i]...)
		text := quoted(rest[i:])
		rest = rest[i+len(text):]
		if len(text) <= LongestText {
			out = append(out, text...)
			continue
		}
		out = append(append(out, head(text, LongestText)...), '"')
	}
}

// quoted gives the text in quotes at the beginning of raw; all of raw where it does not end.
func quoted(raw []byte) []byte {
	for at := 1; ; at++ {
		i := bytes.IndexByte(raw[at:], '"')
		if i < 0 {
			return raw
		}
		at += i
		if escapes(raw[1:at])%2 == 0 {
			return raw[:at+1]
		}
	}
}

// escapes counts the backslashes at the end.
func escapes(text []byte) (n int) {
	for n < len(text) && text[len(text)-1-n] == '\\' {
		n++
	}
	return n
}

// head gives at most the first n bytes of a text in quotes, without an escape or a letter that is cut in two.
func head(text []byte, n int) []byte {
	for !utf8.RuneStart(text[n]) && n > 1 {
		n--
	}
	const begun = len(`\u043`) // the most of an escape that is not whole
	from := max(n-begun, 1)
	if i := bytes.LastIndexByte(text[from:n], '\\'); i >= 0 && escapes(text[1:from+i+1])%2 == 1 {
		n = from + i
	}
	return text[:n]
}
