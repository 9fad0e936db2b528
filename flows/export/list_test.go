package export

import (
	"errors"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestASheetTooLongIsRefused: it is not cut short without a word.
func TestASheetTooLongIsRefused(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close() //nolint:errcheck // nothing is written
	if _, err := f.NewSheet(listName); err != nil {
		t.Fatal(err)
	}
	l, err := newList(f, &look{}, false)
	if err != nil {
		t.Fatal(err)
	}
	l.rows = mostRows - 1
	if err := l.add(&Row{Number: 1}); err != nil {
		t.Errorf("the last row: %v", err)
	}
	if err := l.add(&Row{Number: 2}); !errors.Is(err, errTooMany) {
		t.Errorf("one more: %v", err)
	}
}
