package execute_test

import (
	"testing"

	"otklik/flows/execute"
	"otklik/flows/flowtest"
)

func TestTranscripts(t *testing.T) { flowtest.Transcripts(t) }

func TestDiagram(t *testing.T) {
	f := execute.Flow()
	got, err := f.Diagram()
	if err != nil {
		t.Fatal(err)
	}
	flowtest.Golden(t, "diagram.mmd", got)
}
