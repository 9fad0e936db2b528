package export

import (
	"archive/zip"
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"
)

// mostRows is how many rows a sheet has, with its header.
const mostRows = 1_048_576

// sheet is an xlsx file. Rows go to a temporary file and from there into the archive: memory stays flat.
type sheet struct {
	file    *excelize.File
	w       *excelize.StreamWriter
	columns []column
	date    int // style
	rows    int
}

const sheetName = "Обращения"

func writeXLSX(w io.Writer, names bool) (Writer, error) {
	s := &sheet{file: excelize.NewFile(), columns: columns(names)}
	s.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(w) }) // not by way of a buffer
	if err := s.begin(); err != nil {
		return nil, fmt.Errorf("the sheet cannot be begun: %w", err)
	}
	return s, nil
}

func (s *sheet) begin() (err error) {
	if err := s.file.SetSheetName("Sheet1", sheetName); err != nil {
		return err
	}
	format := "dd.mm.yyyy hh:mm"
	if s.date, err = s.file.NewStyle(&excelize.Style{CustomNumFmt: &format}); err != nil {
		return err
	}
	bold, err := s.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	if s.w, err = s.file.NewStreamWriter(sheetName); err != nil {
		return err
	}
	titles := make([]any, len(s.columns))
	for i, c := range s.columns {
		titles[i] = excelize.Cell{StyleID: bold, Value: c.title}
		if err := s.w.SetColWidth(i+1, i+1, c.width); err != nil {
			return err
		}
	}
	if err := s.w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	return s.write(titles)
}

func (s *sheet) write(cells []any) error {
	if s.rows == mostRows {
		return fmt.Errorf("a sheet has at most %d rows: choose fewer days (--since, --until), or csv", mostRows)
	}
	s.rows++
	return s.w.SetRow(fmt.Sprint("A", s.rows), cells)
}

func (s *sheet) Row(r *Row) error {
	cells := make([]any, len(s.columns))
	for i, c := range s.columns {
		cells[i] = c.value(r)
		if at, ok := cells[i].(time.Time); ok {
			cells[i] = nil
			if !at.IsZero() {
				cells[i] = excelize.Cell{StyleID: s.date, Value: wall(at)}
			}
		}
	}
	return s.write(cells)
}

// wall gives what a clock on the wall shows at a time: a sheet knows no zones.
func wall(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

func (s *sheet) Close() error {
	defer s.file.Close() //nolint:errcheck // it removes the temporary file
	if err := s.w.Flush(); err != nil {
		return err
	}
	_, err := s.file.WriteTo(io.Discard)
	return err
}
