package learn

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// peeked is by how much of a file's start its encoding is told, in bytes.
const peeked = 64 << 10

// ReadCSV reads a whole file; see Rows.
func ReadCSV(r io.Reader) (lessons []Lesson, err error) {
	for one, err := range Rows(r) {
		if err != nil {
			return nil, err
		}
		lessons = append(lessons, one)
	}
	return lessons, nil
}

// Rows reads lessons row by row, a few in memory at a time. The first row names the columns, in any order: «Текст
// инцидента» or text, «Группа тем» or group, «Тема» or theme, «Исполнитель» or executor, «Проблема» or problem (да or
// yes, нет or no); case and white space do not matter, other columns are not read. Columns are parted by commas,
// semicolons or tabs; the file is UTF-8, with a mark at its start or without, or Windows-1251. White space in labels is
// made one space; rows without a text are left out. After an error, which names the line, there are no more rows.
func Rows(r io.Reader) iter.Seq2[Lesson, error] {
	return func(yield func(Lesson, error) bool) {
		t, err := open(r)
		if err != nil {
			yield(Lesson{}, err)
			return
		}
		for {
			one, err := t.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(Lesson{}, err)
				return
			}
			if one.Text != "" && !yield(one, nil) {
				return
			}
		}
	}
}

// table is a file being read.
type table struct {
	*csv.Reader
	text    int // columns
	columns map[int]Dimension
}

func open(r io.Reader) (*table, error) {
	in, err := decoded(r)
	if err != nil {
		return nil, err
	}
	start, err := in.Peek(peeked)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("the file of lessons: %w", err)
	}
	rows := csv.NewReader(in)
	rows.Comma = separator(start)
	names, err := rows.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file of lessons is empty")
	}
	if err != nil {
		return nil, plain(err)
	}
	t := &table{Reader: rows, text: -1, columns: map[int]Dimension{}}
	for i, n := range names {
		if err := t.column(i, n); err != nil {
			return nil, err
		}
	}
	if t.text < 0 {
		return nil, fmt.Errorf("the file of lessons has no column «Текст инцидента» or text: its columns are %q", names)
	}
	if len(t.columns) == 0 {
		return nil, fmt.Errorf("the file of lessons has no column of labels, as «Тема» or theme: its columns are %q", names)
	}
	return t, nil
}

// column takes a column's name, if it is one to be read.
func (t *table) column(i int, named string) error {
	d, ok := dimensionOf(named)
	switch {
	case !ok:
		return nil
	case d == "" && t.text >= 0:
		return fmt.Errorf("the file of lessons has two columns of texts, %d and %d", t.text+1, i+1)
	case d == "":
		t.text = i
		return nil
	}
	for _, other := range t.columns {
		if other == d {
			return fmt.Errorf("the file of lessons has two columns for %s, the second is %d", d, i+1)
		}
	}
	t.columns[i] = d
	return nil
}

// dimensionOf tells what a column of that name holds: a dimension, "" for the text.
func dimensionOf(column string) (d Dimension, ok bool) {
	switch strings.ToLower(strings.Join(strings.Fields(column), "")) {
	case "текстинцидента", "текст", "text":
		return "", true
	case "группатем", "group":
		return Group, true
	case "тема", "theme":
		return Theme, true
	case "исполнитель", "executor":
		return Executor, true
	case "проблема", "problem":
		return Problem, true
	}
	return "", false
}

func (t *table) next() (Lesson, error) {
	row, err := t.Read()
	if err != nil {
		return Lesson{}, plain(err)
	}
	one := Lesson{Text: strings.TrimSpace(row[t.text]), Labels: make(map[Dimension]string, len(t.columns))}
	if !utf8.ValidString(one.Text) {
		return Lesson{}, t.wrong(t.text, "the text is not UTF-8")
	}
	for i, d := range t.columns {
		label := strings.Join(strings.Fields(row[i]), " ")
		if !utf8.ValidString(label) {
			return Lesson{}, t.wrong(i, "the label is not UTF-8")
		}
		if d == Problem {
			if label, err = yesNo(label); err != nil {
				return Lesson{}, t.wrong(i, err.Error())
			}
		}
		if label != "" {
			one.Labels[d] = label
		}
	}
	return one, nil
}

func yesNo(label string) (string, error) {
	switch strings.ToLower(label) {
	case "":
		return "", nil
	case "да", "yes", "1", "true":
		return "yes", nil
	case "нет", "no", "0", "false":
		return "no", nil
	}
	return "", errors.New("a problem is да or нет, yes or no")
}

func (t *table) wrong(column int, what string) error {
	line, _ := t.FieldPos(column)
	return fmt.Errorf("the file of lessons, line %d, column %d: %s", line, column+1, what)
}

// plain says what encoding/csv found in words of the file, not of the format.
func plain(err error) error {
	var p *csv.ParseError
	if !errors.As(err, &p) {
		return err
	}
	what := p.Err.Error()
	switch {
	case errors.Is(p.Err, csv.ErrFieldCount):
		what = "more or fewer columns than in the first line"
	case errors.Is(p.Err, csv.ErrQuote), errors.Is(p.Err, csv.ErrBareQuote):
		what = "a quotation mark that does not pair"
	}
	return fmt.Errorf("the file of lessons, line %d: %s", p.StartLine, what)
}

// decoded gives the file as UTF-8 without a mark at its start.
func decoded(r io.Reader) (*bufio.Reader, error) {
	in := bufio.NewReaderSize(r, peeked)
	start, err := in.Peek(peeked)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("the file of lessons: %w", err)
	}
	switch {
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		return nil, errors.New("the file of lessons is UTF-16: save it as CSV in UTF-8")
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return nil, errors.New("the file of lessons is a workbook or an archive: save it as CSV in UTF-8")
	case bytes.HasPrefix(start, []byte("\ufeff")):
		_, err := in.Discard(len("\ufeff"))
		return in, err
	case !utf8.Valid(whole(start)):
		return bufio.NewReaderSize(transform.NewReader(in, charmap.Windows1251.NewDecoder()), peeked), nil
	}
	return in, nil
}

// whole leaves out a letter that the end of what was peeked at cuts in two.
func whole(b []byte) []byte {
	for i := 1; i <= min(utf8.UTFMax-1, len(b)); i++ {
		if utf8.RuneStart(b[len(b)-i]) {
			if !utf8.FullRune(b[len(b)-i:]) {
				return b[:len(b)-i]
			}
			break
		}
	}
	return b
}

// separator tells what parts the columns: what is most frequent in the first line outside quotation marks.
func separator(start []byte) rune {
	counts := map[rune]int{}
	quoted := false
	for _, r := range string(start) {
		if r == '"' {
			quoted = !quoted
		}
		if !quoted && (r == '\n' || r == '\r') {
			break
		}
		if !quoted && !unicode.IsLetter(r) {
			counts[r]++
		}
	}
	best := ','
	for _, r := range ";\t" {
		if counts[r] > counts[best] {
			best = r
		}
	}
	return best
}
