package export

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Writer writes a table in one format. Close writes what is left; the table is whole only after it.
type Writer interface {
	Row(*Row) error
	Close() error
}

// Formats are those that there are: xlsx is Workbook's, the others are Write's.
var Formats = []string{"csv", "jsonl", "xlsx"}

// Write writes a table in a format that takes the rows as they come: csv or jsonl. names adds the column of authors.
func Write(w io.Writer, format string, names bool) (Writer, error) {
	switch format {
	case "csv":
		return writeCSV(w, names)
	case "jsonl":
		return jsonl{json.NewEncoder(w)}, nil
	}
	return nil, fmt.Errorf("no format %q: want csv or jsonl", format)
}

// column is one column of a spreadsheet. value gives a string, a number or a time; nil for an empty cell.
type column struct {
	title string
	width float64 // in characters
	value func(r *Row) any
}

// columns lists what regions exchange, in their order.
func columns(names bool) []column {
	list := []column{
		{"Номер", 9, func(r *Row) any { return r.Number }},
		{"Дата создания", 17, func(r *Row) any { return r.Created }},
		{"Статус", 18, func(r *Row) any { return r.Status }},
		{"Группа тем", 24, func(r *Row) any { return r.Group }},
		{"Тема", 28, func(r *Row) any { return r.Topic }},
		{"Текст инцидента", 60, func(r *Row) any { return r.Text }},
		{"Муниципалитет", 28, func(r *Row) any { return r.Municipality }},
		{"Населённый пункт", 22, func(r *Row) any { return r.Settlement }},
		{"Адрес", 36, func(r *Row) any { return r.Address }},
		{"Широта", 11, func(r *Row) any { return coordinate(r.Lat) }},
		{"Долгота", 11, func(r *Row) any { return coordinate(r.Lon) }},
		{"Исполнитель", 36, func(r *Row) any { return r.Org }},
		{"Срок", 17, func(r *Row) any { return r.Due }},
		{"Первый ответ", 17, func(r *Row) any { return r.First }},
		{"Дата ответа", 17, func(r *Row) any { return r.Answered }},
		{"Ответ", 60, func(r *Row) any { return r.Answer }},
		{"Источник", 12, func(r *Row) any { return r.Source }},
		{"Отметка", 9, func(r *Row) any { return orNil(r.Mark) }},
		{"Фото", 7, func(r *Row) any { return r.Photos }},
		{"Объединено с", 14, func(r *Row) any { return orNil(r.Into) }},
	}
	if names {
		list = append(list, column{"Автор", 28, func(r *Row) any { return r.Author }})
	}
	return append(list, inspected()...)
}

func coordinate(x *float64) any {
	if x == nil {
		return nil
	}
	return *x
}

func orNil[T comparable](x T) any {
	if x == *new(T) {
		return nil
	}
	return x
}

type jsonl struct{ *json.Encoder }

func (j jsonl) Row(r *Row) error { return j.Encode(r) }
func (j jsonl) Close() error     { return nil }

// table is a csv file.
type table struct {
	w       *csv.Writer
	columns []column
}

// byteOrderMark tells spreadsheets that what follows is UTF-8.
const byteOrderMark = "\ufeff"

func writeCSV(w io.Writer, names bool) (Writer, error) {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return nil, err
	}
	t := &table{csv.NewWriter(w), columns(names)}
	t.w.UseCRLF = true
	titles := make([]string, len(t.columns))
	for i, c := range t.columns {
		titles[i] = c.title
	}
	return t, t.w.Write(titles)
}

func (t *table) Row(r *Row) error {
	cells := make([]string, len(t.columns))
	for i, c := range t.columns {
		cells[i] = cell(c.value(r))
	}
	return t.w.Write(cells)
}

func (t *table) Close() error {
	t.w.Flush()
	return t.w.Error()
}

func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case time.Time:
		if v.IsZero() {
			return ""
		}
		return v.Format("02.01.2006 15:04")
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case string:
		return harmless(oneLine(v))
	}
	return fmt.Sprint(v)
}

// lineEnds are what some program or other takes for the end of a line.
const lineEnds = "\n\r\v\f\u0085\u2028\u2029"

// oneLine writes a text in one line: a row is one, for whatever reads the table line by line.
func oneLine(text string) string {
	if !strings.ContainsAny(text, lineEnds) {
		return text
	}
	var lines []string
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(lineEnds, r) }) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, " ⏎ ")
}

// harmless keeps a spreadsheet from taking what somebody wrote for a formula.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n", rune(text[0])) {
		return "'" + text
	}
	return text
}
