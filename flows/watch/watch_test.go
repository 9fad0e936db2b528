package watch_test

import (
	"strings"
	"testing"

	"otklik/flows/flowtest"
	"otklik/flows/watch"
	"otklik/storage"
)

func TestTranscripts(t *testing.T) { flowtest.Transcripts(t) }

func TestDiagram(t *testing.T) {
	f := watch.Flow()
	got, err := f.Diagram()
	if err != nil {
		t.Fatal(err)
	}
	flowtest.Golden(t, "diagram.mmd", got)
}

// TestWhatTheSettingsSayOfASourceThatIsWatched: it stays as it is, and the log says what --watch says in vain.
func TestWhatTheSettingsSayOfASourceThatIsWatched(t *testing.T) {
	s := flowtest.New(t)
	for _, tt := range []struct {
		entries []string
		fault   string
		said    string
	}{
		{[]string{"desk:one kirov", "desk:two"}, "", ""},
		{[]string{"desk:one kirov", "desk:two"}, "", ""},
		{[]string{"desk:one", "desk:two"}, "", ""}, // nothing is said of it
		{[]string{"desk:one slobodskoy", "desk:two"}, "", `in the chat"="/watch 1 slobodskoy"`},
		{[]string{"desk:one kirov", "desk:two en"}, "", `in the chat"="/watch 2 en"`},
		{[]string{"desk:one nowhere"}, "", `in the chat"="/watch 1 nowhere"`},
		{[]string{"desk:three nowhere", "four"}, `no body "nowhere"`, ""},
		{[]string{"desk:three nowhere", "four"}, `"four" (--watch) is nothing`, ""},
	} {
		s.Log.Reset()
		err := watch.Ensure(t.Context(), s.Engine, tt.entries)
		if (err == nil) != (tt.fault == "") || err != nil && !strings.Contains(err.Error(), tt.fault) {
			t.Errorf("%q: %v, want %q", tt.entries, err, tt.fault)
		}
		if log := s.Log.String(); (log == "") != (tt.said == "") || !strings.Contains(log, tt.said) {
			t.Errorf("%q: the log says %s, want %s", tt.entries, log, tt.said)
		}
	}
	err := s.Store.View(t.Context(), func(tx *storage.Tx) error {
		all, err := tx.AllWatched()
		if len(all) != 2 || all[0].Municipality != "kirov" || all[1].Language != "" {
			t.Errorf("%+v", all)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
