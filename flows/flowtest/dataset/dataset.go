// Package dataset gives tests what people of another region wrote, where that lies beside the project.
package dataset

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Appeals opens the table of labelled appeals (CSV: text, theme, group, executor) for a test of a package two folders deep. It is
// closed at the test's end; without the table the test is skipped.
func Appeals(t testing.TB) *os.File {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", "appeals_dev.csv")
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the labelled appeals are not beside the project: ", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}
