package report_test

import (
	"testing"

	"otklik/flows/flowtest"
	"otklik/flows/report"
)

func TestTranscripts(t *testing.T) { flowtest.Transcripts(t) }

func TestDiagram(t *testing.T) {
	f := report.Flow()
	got, err := f.Diagram()
	if err != nil {
		t.Fatal(err)
	}
	flowtest.Golden(t, "diagram.mmd", got)
}
