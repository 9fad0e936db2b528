package curate_test

import (
	"testing"

	"otklik/flows/curate"
	"otklik/flows/flowtest"
)

func TestTranscripts(t *testing.T) { flowtest.Transcripts(t) }

func TestDiagram(t *testing.T) {
	f := curate.Flow()
	got, err := f.Diagram()
	if err != nil {
		t.Fatal(err)
	}
	flowtest.Golden(t, "diagram.mmd", got)
}
