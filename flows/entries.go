package flows

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

// readEntries reads a file of texts: strings and, for plural forms, mappings of strings, by id.
func readEntries(raw []byte) (map[string]any, error) {
	if entries, ok := plainEntries(string(raw)); ok {
		return entries, nil
	}
	var entries map[string]any
	err := yaml.Unmarshal(raw, &entries)
	return entries, err
}

// plainEntries reads the little of YAML that texts are written in, as all of them are read at every start and a reader
// of all of YAML takes thirty times as long. What it does not know for certain it leaves alone: ok is false.
func plainEntries(text string) (entries map[string]any, ok bool) {
	if !strings.HasSuffix(text, "\n") || !utf8.ValidString(text) || strings.ContainsFunc(text, isOdd) {
		return nil, false
	}
	p := &plainReader{lines: strings.Split(strings.TrimSuffix(text, "\n"), "\n")}
	entries = map[string]any{}
	for p.at < len(p.lines) {
		line := p.lines[p.at]
		p.at++
		if line == "" || line[0] == '#' {
			continue
		}
		id, value, ok := plainPair(line)
		if !ok || entries[id] != nil {
			return nil, false
		}
		switch value {
		case "|":
			entries[id], ok = p.block()
		case "":
			entries[id], ok = p.forms()
		default:
			entries[id], ok = plainValue(value)
		}
		if !ok {
			return nil, false
		}
	}
	return entries, len(entries) > 0
}

// isOdd tells signs that end lines, or are none of a text's.
func isOdd(r rune) bool {
	return r != '\n' && (unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\ufeff' || r == utf8.RuneError)
}

type plainReader struct {
	lines []string
	at    int
}

// block reads the lines behind «id: |».
func (p *plainReader) block() (string, bool) {
	var b strings.Builder
	indent := 0
	for ; p.at < len(p.lines); p.at++ {
		line := p.lines[p.at]
		spaces := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case line == "" && indent > 0:
			b.WriteByte('\n')
			continue
		case spaces == len(line): // how far it is indented nobody knows
			return "", false
		case indent == 0:
			indent = spaces
		}
		if spaces == 0 {
			break // the block ended
		}
		if spaces < indent {
			return "", false
		}
		b.WriteString(line[indent:])
		b.WriteByte('\n')
	}
	text := strings.TrimRight(b.String(), "\n")
	return text + "\n", text != ""
}

// forms reads the lines behind «id:», a plural form each.
func (p *plainReader) forms() (map[string]any, bool) {
	forms := map[string]any{}
	for ; p.at < len(p.lines); p.at++ {
		line, indented := strings.CutPrefix(p.lines[p.at], "  ")
		if !indented {
			break
		}
		name, value, ok := plainPair(line)
		if !ok || forms[name] != nil {
			return nil, false
		}
		if forms[name], ok = plainValue(value); !ok {
			return nil, false
		}
	}
	return forms, len(forms) > 0
}

// plainPair cuts «id: value» or «"id": value».
func plainPair(line string) (id, value string, ok bool) {
	if strings.HasPrefix(line, `"`) {
		id, value, ok = strings.Cut(line[1:], `":`)
		ok = ok && id != "" && !strings.ContainsAny(id, `"\`)
	} else {
		id, value, ok = strings.Cut(line, ":")
		ok = ok && isID(id)
	}
	if value == "" {
		return id, "", ok
	}
	return id, value[1:], ok && value[0] == ' ' && len(value) > 1
}

func isID(s string) bool {
	for i := range len(s) {
		if c := s[i]; !(c == '_' || 'a' <= c && c <= 'z' || i > 0 && '0' <= c && c <= '9') {
			return false
		}
	}
	return s != "" && !reserved(s)
}

// reserved tells the words that YAML may not take for texts.
func reserved(s string) bool {
	switch strings.ToLower(s) {
	case "null", "true", "false", "nan", "inf", "infinity":
		return true
	}
	return false
}

// plainValue reads a text on one line, with quotation marks or without.
func plainValue(s string) (string, bool) {
	if strings.HasPrefix(s, `"`) {
		return quoted(s)
	}
	if s == "" {
		return "", false
	}
	first, _ := utf8.DecodeRuneInString(s)
	begins := unicode.IsLetter(first) || first == '<' || first > 0x7f && (unicode.IsSymbol(first) || unicode.IsPunct(first))
	return s, begins && !reserved(s) && s[len(s)-1] != ' ' && s[len(s)-1] != ':' && !strings.Contains(s, ": ") && !strings.Contains(s, " #")
}

// quoted reads what stands between quotation marks.
func quoted(s string) (string, bool) {
	if end := strings.IndexAny(s[1:], `"\`); end >= 0 && s[1+end] == '"' {
		return s[1 : 1+end], end == len(s)-2
	}
	for i := 1; i < len(s)-1; i++ {
		if s[i] == '"' {
			return "", false
		}
		if s[i] == '\\' {
			if i++; !strings.Contains(`n"\`, s[i:i+1]) { // YAML has more escapes than these, and others than Go
				return "", false
			}
		}
	}
	text, err := strconv.Unquote(s)
	return text, err == nil
}
