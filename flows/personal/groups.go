package personal

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// group is a run of digits in a text: the bytes [from, to).
type group struct{ from, to int }

func (g group) len() int { return g.to - g.from }

// runs gives the groups of digits that may belong together: what stands between those of one run is a blank, a dash, a
// dot or a bracket, no more.
func runs(text string) (list [][]group) {
	var run []group
	for i := 0; i < len(text); {
		if !digit(text[i]) {
			i++
			continue
		}
		g := group{from: i}
		for i < len(text) && digit(text[i]) {
			i++
		}
		g.to = i
		if len(run) > 0 && !joins(text[run[len(run)-1].to:g.from]) {
			list = append(list, run)
			run = nil
		}
		run = append(run, g)
	}
	if run != nil {
		list = append(list, run)
	}
	return list
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// joins tells whether what stands between two groups of digits may stand inside a number.
func joins(between string) bool {
	if utf8.RuneCountInString(between) > 4 {
		return false
	}
	signs := 0
	for _, r := range between {
		switch {
		case blank(r):
		case r == '(' || r == ')' || r == '.' || dash(r):
			signs++
		default:
			return false
		}
	}
	return signs <= 2
}

func blank(r rune) bool {
	return r == ' ' || r == '\u00a0' || r == '\u2009' || r == '\u202f' || r == '\t'
}

func dash(r rune) bool { return r == '-' || r == '–' || r == '—' || r == '‑' || r == '−' }

// part is a piece of a run, looked at as one number.
type part struct {
	text   string
	groups []group
	digits string
	shape  string // lengths of the groups: "1-3-3-2-2"
}

func newPart(text string, groups []group) part {
	p := part{text: text, groups: groups}
	var shape strings.Builder
	for i, g := range groups {
		if i > 0 {
			shape.WriteByte('-')
		}
		shape.WriteString(itoa(g.len()))
		p.digits += text[g.from:g.to]
	}
	p.shape = shape.String()
	return p
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return string(rune('0'+n/10%10)) + string(rune('0'+n%10))
}

func (p part) from() int { return p.groups[0].from }
func (p part) to() int   { return p.groups[len(p.groups)-1].to }

// before gives the text in front of the part.
func (p part) before() string { return p.text[:p.from()] }

// after gives the text behind the part.
func (p part) after() string { return p.text[p.to():] }

// has tells whether a sign stands between the groups.
func (p part) has(signs string) bool {
	return strings.ContainsAny(p.text[p.from():p.to()], signs)
}

// bracketed tells whether one group stands in brackets: a code.
func (p part) bracketed() bool {
	inside := p.text[p.from():p.to()]
	return strings.Contains(inside, ")") && (strings.Contains(inside, "(") || strings.HasSuffix(trimBlank(p.before()), "("))
}

// plus tells whether a plus stands in front.
func (p part) plus() bool {
	b := strings.TrimSuffix(trimBlank(p.before()), "(")
	return strings.HasSuffix(trimBlank(b), "+")
}

// head is where the number begins with the plus or the bracket in front of it.
func (p part) head() int {
	b := p.before()
	if t := trimBlank(b); strings.HasSuffix(t, "(") && strings.Contains(p.text[p.from():p.to()], ")") {
		b = t[:len(t)-1]
	}
	if t := trimBlank(b); strings.HasSuffix(t, "+") {
		return len(t) - 1
	}
	if t := trimBlank(p.before()); len(b) < len(t) {
		return len(b)
	}
	return p.from()
}

func trimBlank(s string) string { return strings.TrimRightFunc(s, blank) }

// glued tells whether a Latin letter or a sign of an address stands right beside the part: then it is a name, a link or
// a serial number.
func (p part) glued() bool {
	r, _ := utf8.DecodeLastRuneInString(p.before())
	if r == '/' || r == '=' || r == '_' || r == '#' || r == '@' || r == '*' || latin(r) {
		return !strings.HasSuffix(p.before(), "wa.me/") && !strings.HasSuffix(p.before(), "tel:")
	}
	r, _ = utf8.DecodeRuneInString(p.after())
	return r == '_' || r == '*' || latin(r)
}

func latin(r rune) bool { return unicode.Is(unicode.Latin, r) }

// parted tells whether digits go on beside the part behind a sign that belongs to other numbers: the colons of a
// cadastral number or of a time, the dot or comma of a fraction.
func (p part) parted(signs string) bool {
	b, a := p.before(), p.after()
	if n := len(b); n > 1 && strings.IndexByte(signs, b[n-1]) >= 0 && digit(b[n-2]) {
		return true
	}
	return len(a) > 1 && strings.IndexByte(signs, a[0]) >= 0 && digit(a[1])
}
