package export

import (
	"cmp"
	"errors"

	"github.com/xuri/excelize/v2"
)

// Colours: one for what came in, one for what missed its deadline, wherever they are shown.
const (
	blue = "8FB4D9"
	dark = "1F3A5F"
	red  = "C0392B"
	pale = "E8EEF5"
	grey = "6B7280"
	thin = "D5DBE3"
)

// kind is what a figure of the summary is.
type kind int

const (
	count kind = iota
	missed
	share
	mark
	kinds
)

// numbers have a dash for none.
const numbers = "#,##0;-#,##0;–"

// look holds the styles of a workbook.
type look struct {
	head, date, title, note int
	section, name, total    int
	lines, totals           [kinds]int
	missed                  int // conditional
}

func newLook(f *excelize.File) (*look, error) {
	l := &look{}
	var errs []error
	style := func(into *int, s excelize.Style) {
		if s.Font != nil { // a style's font names all of itself
			s.Font.Family = "Calibri"
			s.Font.Size = cmp.Or(s.Font.Size, 11)
		}
		id, err := f.NewStyle(&s)
		*into, errs = id, append(errs, err)
	}
	below := []excelize.Border{{Type: "bottom", Color: thin, Style: 1}}
	right := &excelize.Alignment{Horizontal: "right", Vertical: "center", Indent: 1}
	left := &excelize.Alignment{Horizontal: "left", Vertical: "center"}
	date := "dd.mm.yyyy hh:mm"

	style(&l.head, excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: fill(dark),
		Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}})
	style(&l.date, excelize.Style{CustomNumFmt: &date})
	style(&l.title, excelize.Style{Font: &excelize.Font{Bold: true, Size: 16, Color: dark}, Alignment: left})
	style(&l.note, excelize.Style{Font: &excelize.Font{Size: 10, Color: grey}, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	style(&l.section, excelize.Style{Font: &excelize.Font{Bold: true, Size: 12, Color: dark}, Alignment: left})

	style(&l.name, excelize.Style{Alignment: left, Border: below})
	bold := &excelize.Font{Bold: true}
	style(&l.total, excelize.Style{Font: bold, Fill: fill(pale), Alignment: left})
	for k, form := range [kinds]string{count: numbers, missed: numbers, share: "0%", mark: "0.0"} {
		line := excelize.Style{CustomNumFmt: &form, Alignment: right, Border: below}
		if kind(k) == missed {
			line.Font = &excelize.Font{Color: red}
		}
		style(&l.lines[k], line)
		style(&l.totals[k], excelize.Style{Font: bold, Fill: fill(pale), CustomNumFmt: &form, Alignment: right})
	}

	var err error
	l.missed, err = f.NewConditionalStyle(&excelize.Style{Font: &excelize.Font{Color: red}})
	return l, errors.Join(append(errs, err)...)
}

func fill(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}

// printed sets a sheet up for paper: across the page, as wide as it, with the heading rows on each. It comes before the
// sheet's first row.
func printed(f *excelize.File, sheet, heading string) error {
	wide, high, a4, landscape, fit := 1, 0, 9, "landscape", true
	margin, foot, edge := 0.4, 0.6, 0.3
	first, last := heading[:1], heading[len(heading)-1:]
	return errors.Join(
		f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}),
		f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &a4, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &high}),
		f.SetPageMargins(sheet, &excelize.PageLayoutMarginsOptions{Left: &margin, Right: &margin, Top: &margin, Bottom: &foot, Header: &edge, Footer: &edge}),
		f.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: "&L&A&R&P / &N"}),
		f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + sheet + "'!$" + first + ":$" + last, Scope: sheet}),
	)
}
