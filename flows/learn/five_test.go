package learn

import (
	"testing"

	"otklik/flows/flowtest/dataset"
)

// appeals reads the labelled appeals that lie beside the project.
func appeals(t testing.TB) []Lesson {
	t.Helper()
	lessons, err := ReadCSV(dataset.Appeals(t))
	if err != nil {
		t.Fatal(err)
	}
	return lessons
}
