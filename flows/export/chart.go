package export

import (
	"errors"
	"fmt"

	"github.com/xuri/excelize/v2"
)

// Sizes of the charts in the library's pixels: together they are as wide as the table, and end above the row that comes
// next.
const (
	charWide  = 8
	rowHigh   = 18
	leftWide  = (nameWide+3*figureWide)*charWide - 20
	rightWide = 6*figureWide*charWide - 4
	wide      = leftWide + 20 + rightWide
)

// series is a figure that the charts show.
type series struct{ letter, color string }

// charted are what came in and, drawn over it, what missed its deadline.
var charted = []series{{"B", blue}, {"F", red}}

func (c series) figure() figure    { return figures[c.letter[0]-'B'] }
func (c series) titleCell() string { return fmt.Sprintf("'%s'!$%s$%d", summaryName, c.letter, headRow) }

// drawing is a chart of a section.
type drawing struct {
	*section
	kind         excelize.ChartType
	col          string // its left upper corner
	row          int
	width, rows  uint
	title, names string // of it, and of the axis of the names
}

// charts draws the sections: by time and by group beside each other, by municipality below.
func (s *summary) charts() error {
	for _, c := range s.sections {
		switch c.title {
		case byMonths, byDays:
			s.drawn = append(s.drawn, drawing{c, excelize.Col, "A", chartRow, leftWide, blockRows, "Когда поступили", "Время"})
		case byGroups:
			s.drawn = append(s.drawn, drawing{c, excelize.Bar, "E", chartRow, rightWide, blockRows, "О чём пишут", "Группа тем"})
		case byAreas:
			s.drawn = append(s.drawn, drawing{c, excelize.Col, "A", chartRow + blockRows + 1, wide, wideRows, "Откуда пишут", byMunicipality})
		}
	}
	var errs []error
	for _, d := range s.drawn {
		errs = append(errs, s.draw(d))
	}
	return errors.Join(append(errs, s.remember())...)
}

func (s *summary) draw(d drawing) error {
	gap, overlap, no := uint(40), 100, false
	small := excelize.Font{Size: 9, Color: grey}
	text := func(text string, size float64, bold bool) excelize.ChartTitle {
		return excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: text, Font: &excelize.Font{Size: size, Bold: bold, Color: dark}}}}
	}
	names := excelize.ChartAxis{Font: small, Title: text(d.names, 9, false)}
	values := excelize.ChartAxis{Font: small, MajorGridLines: true, Title: text("Обращений", 9, false), NumFmt: excelize.ChartNumFmt{CustomNumFmt: "#,##0"}}
	switch {
	case d.kind == excelize.Bar:
		names.Font.Size = 8
		names.ReverseOrder = true // the first on top, and yet the numbers below
		values.TickLabelPosition = excelize.ChartTickLabelHigh
	case len(d.lines) > 15:
		names.Alignment.TextRotation = -90
	}
	var list []excelize.ChartSeries
	for _, c := range charted {
		list = append(list, excelize.ChartSeries{Name: c.titleCell(), Categories: d.cells("A"), Values: d.cells(c.letter), Fill: fill(c.color)})
	}
	return s.file.AddChart(summaryName, fmt.Sprint(d.col, d.row), &excelize.Chart{
		Type:       d.kind,
		Series:     list,
		Title:      text(d.title, 12, true),
		Legend:     excelize.ChartLegend{Position: "top", Font: &small},
		VaryColors: &no,
		XAxis:      names,
		YAxis:      values,
		GapWidth:   &gap,
		Overlap:    &overlap,
		Dimension:  excelize.ChartDimension{Width: d.width, Height: d.rows * rowHigh},
		Border:     excelize.LineOptions{Type: excelize.LineNone},
		Format:     excelize.GraphicOptions{AltText: d.title, Name: d.title, OffsetX: 2},
	})
}

// cells gives where a column of a section stands.
func (c *section) cells(col string) string {
	return fmt.Sprintf("'%s'!$%s$%d:$%s$%d", summaryName, col, c.first, col, c.last)
}
