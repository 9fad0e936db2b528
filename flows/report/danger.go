package report

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"otklik/bot"
	"otklik/flows"
	fold "otklik/flows/words"
)

//go:embed danger.txt
var dangerList string

// phrase is words that stand next to each other, each one of several.
type phrase [][]string

// phrases are found by the letter that they begin with.
type phrases map[rune][]phrase

func (ps phrases) add(p phrase) {
	var letters []rune
	for _, form := range p[0] {
		if first, _ := utf8.DecodeRuneInString(form); !slices.Contains(letters, first) {
			letters = append(letters, first)
			ps[first] = append(ps[first], p)
		}
	}
}

// stand tells whether one of the phrases stands in words, and is not denied.
func (ps phrases) stand(ws []string) bool {
	for i, w := range ws {
		first, _ := utf8.DecodeRuneInString(w)
		if (i == 0 || ws[i-1] != "не") && slices.ContainsFunc(ps[first], func(p phrase) bool { return p.at(ws[i:]) }) {
			return true
		}
	}
	return false
}

// dangers gives the phrases of danger.txt, and what they do not count beside; once, when the first report comes.
var dangers = sync.OnceValues(func() (list, harmless phrases) {
	list, harmless = phrases{}, phrases{}
	for line := range strings.Lines(dangerList) {
		line = strings.TrimSpace(line)
		rest, no := strings.CutPrefix(line, "!")
		var p phrase
		for w := range strings.FieldsSeq(fold.Fold(rest)) {
			p = append(p, strings.Split(w, "|"))
		}
		switch {
		case len(p) == 0 || strings.HasPrefix(line, "#"):
		case no:
			harmless.add(p)
		default:
			list.add(p)
		}
	}
	return list, harmless
})

// Dangerous tells whether words speak of danger to somebody's life that is there now.
func Dangerous(text string) bool {
	list, harmless := dangers()
	for sentence := range strings.FieldsFuncSeq(fold.Fold(text), func(r rune) bool { return strings.ContainsRune(".!?;\n", r) }) {
		ws := strings.FieldsFunc(sentence, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		if list.stand(ws) && !harmless.stand(ws) {
			return true
		}
	}
	return false
}

// at tells whether the phrase stands at the beginning of words.
func (p phrase) at(ws []string) bool {
	for i, forms := range p {
		if i > 0 && len(ws) > 1 && !fits(forms, ws[0]) && describes(ws[0]) {
			ws = ws[1:]
		}
		if len(ws) == 0 || !fits(forms, ws[0]) {
			return false
		}
		ws = ws[1:]
	}
	return true
}

func fits(forms []string, word string) bool {
	return slices.ContainsFunc(forms, func(f string) bool {
		start, open := strings.CutSuffix(f, "*")
		return word == f || open && strings.HasPrefix(word, start)
	})
}

// describes tells whether a word may stand between a thing and what becomes of it: «горит жилой дом», «дом сейчас горит».
func describes(word string) bool {
	switch word {
	case "наш", "наша", "весь", "вся", "все", "сейчас", "там", "уже", "снова", "опять", "сильно", "опасно", "соседний", "a", "the":
		return true
	}
	for _, end := range []string{"ый", "ий", "ой", "ая", "яя", "ое", "ее", "ые", "ие", "ого", "ую", "юю", "ным"} {
		if strings.HasSuffix(word, end) {
			return true
		}
	}
	return false
}

// prompt asks. The first question after something that may be dangerous begins with whom to call first.
func (d *draft) prompt(t *flows.Turn, m bot.Message) error {
	if d.Warned {
		return t.Prompt(m)
	}
	id := ""
	if topic := t.Pack().Topic(d.about(t)); topic != nil && topic.Urgent {
		id = "report.urgent"
	}
	if Dangerous(d.text()) {
		id = "report.danger"
	}
	if id == "" {
		return t.Prompt(m)
	}
	d.Warned = true
	if err := t.Save(d); err != nil {
		return err
	}
	first := t.Voice().Say(id)
	by := len(first.Text) + 1
	for _, s := range m.Bold {
		first.Bold = append(first.Bold, bot.Span{Start: s.Start + by, End: s.End + by})
	}
	m.Text, m.Bold = first.Text+"\n"+m.Text, first.Bold
	return t.Prompt(m)
}
