package all_test

import (
	"testing"

	"otklik/flows"
	"otklik/flows/all"
)

// TestEveryTextIsThereInEveryLanguage: a language that nobody has asked for yet is not read when the program starts.
func TestEveryTextIsThereInEveryLanguage(t *testing.T) {
	texts, err := flows.ReadTexts(all.Flows())
	if err != nil {
		t.Fatal(err)
	}
	if err := texts.Check(); err != nil {
		t.Error(err)
	}
}
