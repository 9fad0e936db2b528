package config

import (
	"strings"
	"unicode/utf8"
)

// readSettlements reads the list: a line is OKTMO, type, name and municipality, divided by tabs; "#" begins a remark.
func (p *Pack) readSettlements(file, text string) (faults Faults) {
	known := map[string]bool{}
	for i := range p.Municipalities {
		known[p.Municipalities[i].Code] = true
	}
	var first firsts
	n := 0
	p.Settlements = make([]Settlement, 0, strings.Count(text, "\n")+1)
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fault := func(what string) { faults = append(faults, Fault{File: file, Line: n, What: what}) }
		s, ok := settlement(line)
		if !ok {
			fault("want four columns divided by tabs: code, type, name, municipality")
			continue
		}
		if !digits(s.OKTMO, 11) {
			fault("settlement code " + quote(s.OKTMO) + ": want eleven digits")
		} else if before := first.line(s.OKTMO, n); before != n {
			fault("settlement code " + s.OKTMO + " stands here a second time; the first is in line " + itoa(before))
		}
		if s.Name == "" {
			fault("a settlement without a name")
		}
		if !known[s.Municipality] {
			fault("no municipality " + quote(s.Municipality) + " in the pack")
		}
		p.Settlements = append(p.Settlements, s)
	}
	return faults
}

func settlement(line string) (s Settlement, ok bool) {
	var columns [4]string
	rest, more := line, true
	for i := range columns {
		if !more {
			return s, false
		}
		columns[i], rest, more = strings.Cut(rest, "\t")
		columns[i] = strings.TrimSpace(columns[i])
	}
	return Settlement{OKTMO: columns[0], Type: columns[1], Name: columns[2], Municipality: columns[3]}, !more && utf8.ValidString(line)
}

// firsts knows in which line a code stands first. Lists are mostly in the order of their codes, and then nothing has to be
// looked for.
type firsts struct {
	codes []string // in the order of their lines
	lines []int
	at    map[string]int // nil while codes are in their own order
}

// line gives the line in which a code stands first: n, if not before.
func (f *firsts) line(code string, n int) int {
	if last := len(f.codes) - 1; f.at == nil && (last < 0 || f.codes[last] < code) {
		f.codes, f.lines = append(f.codes, code), append(f.lines, n)
		return n
	}
	if f.at == nil {
		f.at = make(map[string]int, len(f.codes))
		for i, c := range f.codes {
			f.at[c] = f.lines[i]
		}
	}
	if before, ok := f.at[code]; ok {
		return before
	}
	f.at[code] = n
	return n
}
