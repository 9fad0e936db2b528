package export

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"

	"otklik/storage"
)

// Workbook writes a spreadsheet of two sheets: the summary, whose figures are formulas over the list, and the list of the
// incidents that are asked for. What no curator has taken for an incident is not in it. q.Now is the moment by which
// deadlines are judged. It gives the number of incidents; memory does not grow with them, as they pass through a temporary
// file. The error is the store's, w's, or that of a list too long for a sheet.
func Workbook(ctx context.Context, w io.Writer, t *Table, store *storage.Store, q Query) (incidents int, err error) {
	b, err := newBook(t, q)
	if err != nil {
		return 0, err
	}
	defer b.file.Close() //nolint:errcheck // it removes the temporary files
	err = t.Rows(ctx, store, q, func(r *Row) error {
		if r.Outcome == "" {
			return nil
		}
		incidents++
		return b.row(r)
	})
	if err == nil {
		err = b.end(w)
	}
	return incidents, err
}

// book is a workbook that is being written.
type book struct {
	*Table
	q    Query
	file *excelize.File
	look *look
	list *list

	all                           tally
	municipalities, groups, owner *tallies
	calendar                      calendar
}

func newBook(t *Table, q Query) (*book, error) {
	b := &book{Table: t, q: q, file: excelize.NewFile(), municipalities: newTallies(), groups: newTallies(), owner: newTallies()}
	if q.Org == "" && q.Municipality == "" { // silence is a figure, too
		for _, m := range t.Pack.Municipalities {
			b.municipalities.of(known(area(&m), noMunicipality))
		}
	}
	if err := b.begin(); err != nil {
		b.file.Close() //nolint:errcheck // there is nothing in it yet
		return nil, fmt.Errorf("the workbook cannot be begun: %w", err)
	}
	return b, nil
}

func (b *book) begin() (err error) {
	if err := b.file.SetSheetName("Sheet1", summaryName); err != nil {
		return err
	}
	if _, err := b.file.NewSheet(listName); err != nil {
		return err
	}
	if b.look, err = newLook(b.file); err != nil {
		return err
	}
	b.list, err = newList(b.file, b.look, b.q.Names)
	return err
}

func (b *book) row(r *Row) error {
	b.all.add(r)
	b.municipalities.of(known(r.Area, noMunicipality)).add(r)
	b.groups.of(known(r.Group, noGroup)).add(r)
	b.owner.of(known(r.Org, noOrg)).add(r)
	b.calendar.add(r)
	return b.list.add(r)
}

func (b *book) end(w io.Writer) error {
	if err := b.list.end(); err != nil {
		return fmt.Errorf("the list cannot be ended: %w", err)
	}
	if err := newSummary(b).write(); err != nil {
		return fmt.Errorf("the summary cannot be written: %w", err)
	}
	at := b.q.Now.UTC().Format(time.RFC3339)
	err := errors.Join(
		b.file.SetDocProps(&excelize.DocProperties{Title: b.title(), Creator: "Отклик", LastModifiedBy: "Отклик", Created: at, Modified: at, Language: "ru-RU"}),
		b.file.SetAppProps(&excelize.AppProperties{Application: "Otklik"}))
	if err != nil {
		return err
	}
	b.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(w) }) // not by way of a buffer
	_, err = b.file.WriteTo(io.Discard)
	return err
}
