package learn

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// appeals reads the labelled appeals that lie beside the project.
func appeals(t testing.TB) []Lesson {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", "appeals_dev.csv")
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the labelled appeals are not beside the project: ", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lessons, err := ReadCSV(file)
	if err != nil {
		t.Fatal(err)
	}
	return lessons
}
