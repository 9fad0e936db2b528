package export

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

const summaryName = "Сводка"

// The titles of its tables.
const (
	byAreas  = "По муниципалитетам"
	byGroups = "По группам тем"
	byBodies = "По исполнителям"
	byMonths = "По месяцам"
	byDays   = "По дням"
)

// figure is a column of the summary. formula is over the list's rows that match "where", such as «Муниципалитет,$A9»; #
// stands for the row itself.
type figure struct {
	title   string
	kind    kind
	formula string
	value   func(*tally) any // what the formula gives; "" for none
}

// figures are the columns after that of the names.
var figures = []figure{
	{"Поступило", count, `COUNTIFS(where)`, func(c *tally) any { return c.received }},
	{"Отвечено", count, `D#+COUNTIFS(where,Итог,"` + string(TooLate) + `")`, func(c *tally) any { return c.answered() }},
	{"из них в срок", count, `COUNTIFS(where,Итог,"` + string(InTime) + `")`, func(c *tally) any { return c.inTime }},
	{"В работе", count, `G#+COUNTIFS(where,Итог,"` + string(Working) + `")`, func(c *tally) any { return c.open() }},
	{"Просрочено", missed, `C#-D#+G#`, func(c *tally) any { return c.tooLate + c.overdue }},
	{"из них без ответа", missed, `COUNTIFS(where,Итог,"` + string(Overdue) + `")`, func(c *tally) any { return c.overdue }},
	{"Снято", count, `B#-C#-E#`, func(c *tally) any { return c.received - c.answered() - c.open() }},
	{"Доля в срок", share, inTimeOf, (*tally).share},
	{"Средняя оценка", mark, `IFERROR(AVERAGEIFS(Оценка,where,Оценка,">0"),"")`, (*tally).mean}, //nolint:misspell // the function is called so
}

const inTimeOf = `IF(D#+F#>0,D#/(D#+F#),"")`

const explained = "Просрочено: ответ дан позже срока, или срок прошёл, а ответа нет. Снято: отклонено, объединено с другим, отозвано. " +
	"Доля в срок: среди тех, на которые ответили или должны были ответить. Числа посчитаны формулами по листу «" + listName + "»."

// Rows of the summary's top.
const (
	headRow   = 4 // the columns' titles
	totalRow  = 5
	chartRow  = 7
	blockRows = 15 // of a chart
	wideRows  = 17 // of the chart of the municipalities
)

// Widths of the columns in characters.
const (
	nameWide   = 44
	figureWide = 13
)

// summary is the sheet of figures.
type summary struct {
	*book
	w        *excelize.StreamWriter
	sections []*section
	drawn    []drawing
}

// section is one of the summary's tables.
type section struct {
	title       string
	lines       []line
	first, last int // rows of the lines
}

type line struct {
	name  string
	where string // # stands for the row
	*tally
}

func newSummary(b *book) *summary {
	s := &summary{book: b}
	if b.all.received == 0 {
		return s
	}
	s.add(byAreas, named(b.municipalities, byMunicipality))
	s.add(byGroups, named(b.groups, byGroup))
	s.add(byBodies, named(b.owner, byOrg))
	spans := b.spans()
	var lines []line
	for _, p := range spans {
		created := defined(byCreated)
		lines = append(lines, line{p.name, fmt.Sprintf(`%s,">="&%s,%s,"<"&%s`, created, day(p.from), created, day(p.past)), &p.tally})
	}
	if len(spans) > 0 && spans[0].past.Sub(spans[0].from) < 48*time.Hour {
		s.add(byDays, lines)
	} else {
		s.add(byMonths, lines)
	}
	return s
}

// spans has the whole period that was asked for, as far as it has passed; of years in which nothing came, none.
func (b *book) spans() []*span {
	if from := b.q.From; !from.IsZero() && b.calendar.from.Sub(from) < 366*24*time.Hour {
		b.calendar.reach(midnight(from.In(b.zone)))
	}
	if to := b.q.To; !to.IsZero() && !to.After(b.q.Now) && to.Sub(b.calendar.last) < 366*24*time.Hour {
		b.calendar.reach(midnight(to.In(b.zone).Add(-1)))
	}
	return b.calendar.spans()
}

func day(t time.Time) string { return t.Format("DATE(2006,1,2)") }

func named(t *tallies, column string) (list []line) {
	for _, name := range t.most() {
		list = append(list, line{name, defined(column) + ",$A#", t.of(name)})
	}
	return list
}

func (s *summary) add(title string, lines []line) {
	if len(lines) > 0 {
		s.sections = append(s.sections, &section{title: title, lines: lines})
	}
}

// place says in which rows the sections stand, before anything is written: the total and the charts stand above them.
func (s *summary) place() {
	at := chartRow
	if s.all.received > 0 {
		at += blockRows + 1 + wideRows + 1
	}
	for _, c := range s.sections {
		c.first = at + 1
		c.last = at + len(c.lines)
		at = c.last + 3 // its total, an empty row, the next title
	}
}

func (s *summary) write() error {
	s.place()
	if err := printed(s.file, summaryName, fmt.Sprint(headRow, ":", headRow)); err != nil {
		return err
	}
	no := false
	err := s.file.SetSheetView(summaryName, 0, &excelize.ViewOptions{ShowGridLines: &no})
	if err != nil {
		return err
	}
	if s.w, err = s.file.NewStreamWriter(summaryName); err != nil {
		return err
	}
	for col := len(figures) + 1; col > 1; col-- {
		err = errors.Join(err, s.w.SetColWidth(col, col, figureWide))
	}
	err = errors.Join(err, s.w.SetColWidth(1, 1, nameWide), s.w.SetPanes(&excelize.Panes{Freeze: true, YSplit: totalRow,
		TopLeftCell: fmt.Sprint("A", totalRow+1), ActivePane: "bottomLeft"}), s.top())
	for _, c := range s.sections {
		if err == nil {
			err = s.section(c)
		}
	}
	if err == nil {
		err = s.charts()
	}
	if err == nil {
		err = s.breaks()
	}
	return errors.Join(err, s.w.Flush())
}

// breaks has the tables begin on a page of their own, under the charts.
func (s *summary) breaks() error {
	if s.all.received == 0 || len(s.sections) == 0 {
		return nil
	}
	return s.w.InsertPageBreak(fmt.Sprint("A", s.sections[0].first-1))
}

// put writes a row.
func (s *summary) put(row int, height float64, cells ...any) error {
	return s.w.SetRow(fmt.Sprint("A", row), cells, excelize.RowOpts{Height: height})
}

func (s *summary) top() error {
	head := []any{excelize.Cell{StyleID: s.look.head, Value: ""}}
	for _, f := range figures {
		head = append(head, excelize.Cell{StyleID: s.look.head, Value: f.title})
	}
	var total []any
	if len(s.sections) > 0 {
		total = s.sum("Всего", totalRow, s.sections[0])
	} else {
		total = []any{excelize.Cell{StyleID: s.look.total, Value: "За это время обращений нет"}}
		for range figures {
			total = append(total, excelize.Cell{StyleID: s.look.total, Value: ""})
		}
	}
	end, err := excelize.ColumnNumberToName(len(figures) + 1)
	return errors.Join(err,
		s.put(1, 26, excelize.Cell{StyleID: s.look.title, Value: s.title()}),
		s.put(2, 16, excelize.Cell{StyleID: s.look.note, Value: s.asked()}),
		s.put(3, 30, excelize.Cell{StyleID: s.look.note, Value: explained}),
		s.w.MergeCell("A2", end+"2"), s.w.MergeCell("A3", end+"3"),
		s.put(headRow, 34, head...), s.put(totalRow, 20, total...))
}

// title names the workbook.
func (b *book) title() string { return "Обращения жителей: " + b.Pack.Region.Name }

// asked says what was asked for.
func (b *book) asked() string {
	const form = "02.01.2006"
	var parts []string
	from, to := b.q.From.In(b.zone), b.q.To.In(b.zone).Add(-1)
	switch {
	case b.q.From.IsZero() && b.q.To.IsZero():
		parts = append(parts, "За всё время")
	case b.q.To.IsZero():
		parts = append(parts, "С "+from.Format(form))
	case b.q.From.IsZero():
		parts = append(parts, "По "+to.Format(form))
	default:
		parts = append(parts, "С "+from.Format(form)+" по "+to.Format(form))
	}
	if m := b.Pack.Municipality(b.q.Municipality); m != nil {
		parts = append(parts, area(m))
	}
	if b.q.Org != "" {
		parts = append(parts, b.says.Org(b.q.Org))
	}
	return strings.Join(append(parts, "по состоянию на "+b.q.Now.In(b.zone).Format(form+" 15:04")), ", ")
}

func (s *summary) section(c *section) error {
	if err := s.put(c.first-1, 22, excelize.Cell{StyleID: s.look.section, Value: c.title}); err != nil {
		return err
	}
	for i, l := range c.lines {
		row := c.first + i
		cells := []any{excelize.Cell{StyleID: s.look.name, Value: l.name}}
		for _, f := range figures {
			cells = append(cells, excelize.Cell{StyleID: s.look.lines[f.kind], Formula: at(row, strings.ReplaceAll(f.formula, "where", l.where)), Value: f.value(l.tally)})
		}
		if err := s.put(row, 16, cells...); err != nil {
			return err
		}
	}
	return s.put(c.last+1, 18, s.sum("Итого", c.last+1, c)...)
}

// sum gives the row that adds a section up. What is a mean is made anew: that of means would be another.
func (s *summary) sum(name string, row int, c *section) []any {
	cells := []any{excelize.Cell{StyleID: s.look.total, Value: name}}
	for col, f := range figures {
		letter := string(rune('B' + col))
		formula := fmt.Sprintf("SUM(%s%d:%s%d)", letter, c.first, letter, c.last)
		switch f.kind {
		case share:
			formula = at(row, inTimeOf)
		case mark:
			formula = `IFERROR(AVERAGE(Оценка),"")`
		}
		cells = append(cells, excelize.Cell{StyleID: s.look.totals[f.kind], Formula: formula, Value: f.value(&s.all)})
	}
	return cells
}

// at puts a row's number into a formula.
func at(row int, formula string) string { return strings.ReplaceAll(formula, "#", strconv.Itoa(row)) }
