package export

import (
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// remember puts into the charts the values that they show: what does not calculate, such as a preview on a telephone, draws
// by them. The library leaves them out.
func (s *summary) remember() error {
	for n, c := range s.drawn {
		name := fmt.Sprintf("xl/charts/chart%d.xml", n+1)
		part, ok := s.file.Pkg.Load(name)
		raw, whole := part.([]byte)
		if !ok || !whole {
			return fmt.Errorf("%s is not there", name)
		}
		text := string(raw)
		names := make([]string, len(c.lines))
		for i, l := range c.lines {
			names[i] = l.name
		}
		text = remembered(text, "strRef", "strCache", c.cells("A"), names)
		for _, col := range charted {
			values := make([]string, len(c.lines))
			for i, l := range c.lines {
				values[i] = fmt.Sprint(col.figure().value(l.tally))
			}
			text = remembered(text, "strRef", "strCache", col.titleCell(), []string{col.figure().title})
			text = remembered(text, "numRef", "numCache", c.cells(col.letter), values)
		}
		if c.kind == excelize.Bar {
			text = turned(text)
		}
		s.file.Pkg.Store(name, []byte(text))
	}
	return nil
}

// remembered adds to each reference to the cells what stands in them.
func remembered(text, ref, cache, cells string, values []string) string {
	begin, end := "<"+ref+"><f>"+escaped(cells)+"</f>", "</"+ref+">"
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, begin)
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		_, text, _ = strings.Cut(rest, end)
		fmt.Fprintf(&b, `%s<%s><ptCount val="%d"/>`, begin, cache, len(values))
		for i, v := range values {
			fmt.Fprintf(&b, `<pt idx="%d"><v>%s</v></pt>`, i, escaped(v))
		}
		fmt.Fprintf(&b, `</%s>%s`, cache, end)
	}
}

// turned has the titles of lying bars' axes stand as the axes do: the library takes every chart's for upright ones.
func turned(text string) string {
	const flat, upright = `rot="0"`, `rot="-5400000"`
	text = strings.ReplaceAll(text, upright, flat)
	head, axis, ok := strings.Cut(text, "<catAx>")
	if !ok {
		return text
	}
	return head + "<catAx>" + strings.Replace(axis, flat, upright, 1)
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder takes everything
	return b.String()
}
