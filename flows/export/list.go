package export

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// mostRows is how many rows a sheet has, with its header.
const mostRows = excelize.TotalRows

const listName = "Обращения"

// The names of the list's columns that the summary counts by.
const (
	byMunicipality = "Муниципалитет"
	byGroup        = "Группа тем"
	byOrg          = "Исполнитель"
	byCreated      = "Дата создания"
	byOutcome      = "Итог"
	byMark         = "Оценка"
)

// What stands where a name is missing: the summary counts them by it.
const (
	noMunicipality = "не указан"
	noGroup        = "тема не выбрана"
	noOrg          = "не назначен"
)

// listed are the columns of the workbook's list, as regions exchange them.
func listed(names bool) []column {
	list := []column{
		{"№", 9, func(r *Row) any { return r.Number }},
		{byCreated, 16, func(r *Row) any { return r.Created }},
		{"Статус", 20, func(r *Row) any { return r.Status }},
		{byOutcome, 20, func(r *Row) any { return string(r.Outcome) }},
		{byGroup, 22, func(r *Row) any { return known(r.Group, noGroup) }},
		{"Тема", 30, func(r *Row) any { return r.Topic }},
		{"Текст инцидента", 60, func(r *Row) any { return r.Text }},
		{byMunicipality, 26, func(r *Row) any { return known(r.Area, noMunicipality) }},
		{"Населённый пункт", 22, func(r *Row) any { return r.Settlement }},
		{"Адрес", 38, func(r *Row) any { return r.Address }},
		{byOrg, 38, func(r *Row) any { return known(r.Org, noOrg) }},
		{"Срок", 16, func(r *Row) any { return r.Due }},
		{"Первый ответ", 16, func(r *Row) any { return r.First }},
		{"Дата ответа", 16, func(r *Row) any { return r.Answered }},
		{"Ответ", 60, func(r *Row) any { return r.Answer }},
		{"Источник", 14, func(r *Row) any { return r.Source }},
		{byMark, 9, func(r *Row) any { return orNil(r.Mark) }},
		{"Фото", 7, func(r *Row) any { return r.Photos }},
		{"Объединено с №", 13, func(r *Row) any { return orNil(r.Into) }},
		{"Широта", 11, func(r *Row) any { return coordinate(r.Lat) }},
		{"Долгота", 11, func(r *Row) any { return coordinate(r.Lon) }},
	}
	if names {
		list = append(list, column{"Автор", 28, func(r *Row) any { return r.Author }})
	}
	return append(list, inspected()...)
}

// longestCriterion is how long a text may be that a spreadsheet counts by.
const longestCriterion = 255

// known gives a name that the summary may count by.
func known(name, otherwise string) string {
	if name = clean(name); name == "" {
		return otherwise
	}
	if utf8.RuneCountInString(name) > longestCriterion {
		name = string([]rune(name)[:longestCriterion])
	}
	return name
}

// list is the sheet with a row for each incident. Rows go to a temporary file and from there into the archive: memory
// stays flat.
type list struct {
	file    *excelize.File
	w       *excelize.StreamWriter
	look    *look
	columns []column
	cells   []any
	rows    int // with the header
}

func newList(f *excelize.File, look *look, names bool) (*list, error) {
	l := &list{file: f, look: look, columns: listed(names)}
	l.cells = make([]any, len(l.columns))
	if err := printed(f, listName, "1:1"); err != nil {
		return nil, err
	}
	var err error
	if l.w, err = f.NewStreamWriter(listName); err != nil {
		return nil, err
	}
	for i, c := range slices.Backward(l.columns) { // from the right, as the library puts each in front of those before
		l.cells[i] = excelize.Cell{StyleID: look.head, Value: c.title}
		if err := l.w.SetColWidth(i+1, i+1, c.width); err != nil {
			return nil, err
		}
	}
	panes := excelize.Panes{Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight"}
	if err := l.w.SetPanes(&panes); err != nil {
		return nil, err
	}
	return l, l.write(excelize.RowOpts{Height: 32})
}

// errTooMany is what a sheet cannot hold.
var errTooMany = fmt.Errorf("a sheet has at most %d rows: choose fewer days (--since, --until), or csv", mostRows)

func (l *list) write(opts excelize.RowOpts) error {
	if l.rows == mostRows {
		return errTooMany
	}
	l.rows++
	return l.w.SetRow(fmt.Sprint("A", l.rows), l.cells, opts)
}

// add writes an incident's row. Its height is that of one line, whatever the texts have.
func (l *list) add(r *Row) error {
	for i, c := range l.columns {
		switch v := c.value(r).(type) {
		case time.Time:
			l.cells[i] = nil
			if !v.IsZero() {
				l.cells[i] = excelize.Cell{StyleID: l.look.date, Value: wall(v)}
			}
		case string:
			l.cells[i] = orNil(clean(v))
		default:
			l.cells[i] = v
		}
	}
	return l.write(excelize.RowOpts{Height: 15})
}

// end writes what comes after the rows: the filter, the names of the columns that the summary counts by.
func (l *list) end() error {
	last, err := excelize.CoordinatesToCellName(len(l.columns), l.rows)
	if err != nil {
		return err
	}
	errs := []error{l.file.AutoFilter(listName, "A1:"+last, nil)}
	for i, c := range l.columns {
		switch c.title {
		case byMunicipality, byGroup, byOrg, byCreated, byOutcome, byMark:
			col, err := excelize.ColumnNumberToName(i + 1)
			name := excelize.DefinedName{Name: defined(c.title), RefersTo: fmt.Sprintf("'%s'!$%s$2:$%s$%d", listName, col, col, max(l.rows, 2))}
			errs = append(errs, err, l.file.SetDefinedName(&name))
			if c.title == byOutcome {
				errs = append(errs, l.reds(fmt.Sprintf("%s2:%s%d", col, col, max(l.rows, 2))))
			}
		}
	}
	return errors.Join(append(errs, l.w.Flush())...)
}

// reds has what missed its deadline stand out, also after somebody edited it.
func (l *list) reds(cells string) error {
	var rules []excelize.ConditionalFormatOptions
	for _, o := range []Outcome{TooLate, Overdue} {
		rules = append(rules, excelize.ConditionalFormatOptions{Type: "cell", Criteria: "==", Value: `"` + string(o) + `"`, Format: &l.look.missed})
	}
	return l.file.SetConditionalFormat(listName, cells, rules)
}

// defined gives the name by which formulas call a column.
func defined(title string) string { return strings.ReplaceAll(title, " ", "_") }

// wall gives what a clock on the wall shows at a time: a sheet knows no zones.
func wall(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// clean gives what a cell can hold of a text: no characters that XML lacks, and no more than there is room for, with a mark
// where it was cut.
func clean(text string) string {
	if strings.ContainsFunc(text, unfit) || !utf8.ValidString(text) {
		text = strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\r\n", "\n")
		text = strings.Map(func(r rune) rune {
			switch {
			case r == '\r' || r == '\v' || r == '\f' || r == 0x85:
				return '\n'
			case unfit(r):
				return -1
			}
			return r
		}, text)
	}
	if len(text) <= excelize.TotalCellChars {
		return text
	}
	return cut(text, excelize.TotalCellChars)
}

func unfit(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' || r >= 0x7f && r < 0xa0 || r == 0xfffe || r == 0xffff
}

// cut gives at most so many UTF-16 units of a text, which is how spreadsheets count.
func cut(text string, most int) string {
	units, at := 0, 0 // at: where to cut so that the mark still fits
	for i, r := range text {
		if units < most {
			at = i
		}
		if units++; r > 0xffff {
			units++
		}
		if units > most {
			return text[:at] + "…"
		}
	}
	return text
}
