package forget_test

import (
	"testing"

	"otklik/flows/flowtest"
)

func TestTranscripts(t *testing.T) { flowtest.Transcripts(t) }
