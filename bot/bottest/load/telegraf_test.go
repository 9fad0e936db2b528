package main

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// TestTelegrafIsMeasuredBesideTheProgram: the program is held against Telegraf's figures of the same run, and against the
// issue's only where it did not run.
func TestTelegrafIsMeasuredBesideTheProgram(t *testing.T) {
	ours, null := figures{rate: 300, p99: 10, cpu: 1.5, rss: 30}, figures{rate: 500}
	fast := []figures{{rate: 1000, p99: 20, cpu: 1}, {rate: 400, p99: 30, cpu: 4}, {rate: 100, p99: 100, cpu: 9}} // the median counts
	for name, c := range map[string]struct {
		people int
		wizard []figures
		want   []string
	}{
		"1, the issue's":    {1, nil, []string{"Telegraf's rate, 1 people: 300 conv/s ≥ 191 conv/s ok", "0.4 of Telegraf's p99, 1 people: 10.00 ms ≤ 0.88 ms SHORT"}},
		"1, this run's":     {1, fast, []string{"Telegraf's rate in this run, 1 people: 300 conv/s ≥ 400 conv/s SHORT", "0.4 of Telegraf's p99 in this run, 1 people: 10.00 ms ≤ 12.00 ms ok"}},
		"64, the issue's":   {64, nil, []string{"half of the null bot's rate, 64 people: 300 conv/s ≥ 250 conv/s ok", "0.4 of Telegraf's p99, 64 people: 10.00 ms ≤ 23.20 ms ok", "half of Telegraf's CPU, 64 people: 1.50 s/1000 ≤ 1.00 s/1000 SHORT"}},
		"64, this run's":    {64, fast, []string{"half of the null bot's rate, 64 people: 300 conv/s ≥ 250 conv/s ok", "0.4 of Telegraf's p99 in this run, 64 people: 10.00 ms ≤ 12.00 ms ok", "half of Telegraf's CPU in this run, 64 people: 1.50 s/1000 ≤ 2.00 s/1000 ok"}},
		"1000, this run's":  {1000, fast, []string{"half of the null bot's rate, 1000 people: 300 conv/s ≥ 250 conv/s ok", "0.4 of Telegraf's p99 in this run, 1000 people: 10.00 ms ≤ 12.00 ms ok", "memory (RSS), 1000 people: 30 MiB ≤ 40 MiB ok"}},
		"of 8, the issue's": {8, nil, []string{"half of the null bot's rate, 8 people: 300 conv/s ≥ 250 conv/s ok"}},
		"of 8, this run's":  {8, fast, []string{"half of the null bot's rate, 8 people: 300 conv/s ≥ 250 conv/s ok", "0.4 of Telegraf's p99 in this run, 8 people: 10.00 ms ≤ 12.00 ms ok"}},
	} {
		t.Run(name, func(t *testing.T) {
			var b bench
			b.judgeTalk(c.people, ours, null, c.wizard)
			var got []string
			for _, r := range b.table.rows {
				got = append(got, r.what+": "+r.figure+" "+r.target+" "+r.verdict)
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// TestTelegrafIsLeftOutWithoutNode: nothing is found on an empty path.
func TestTelegrafIsLeftOutWithoutNode(t *testing.T) {
	t.Setenv("PATH", "")
	var said strings.Builder
	b := &bench{options: defaults(), dir: t.TempDir(), log: &said}
	bots, err := b.talkers(t.Context())
	if err != nil || strings.Join(bots, " ") != "otklik null plain" {
		t.Errorf("%v, %v", bots, err)
	}
	if text := said.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "Telegraf is left out") || !strings.Contains(text, "node") {
		t.Errorf("%q", text)
	}
}

// TestTelegrafIsOfOneVersion: figures of two days are compared, and so is what they were taken of.
func TestTelegrafIsOfOneVersion(t *testing.T) {
	raw, err := fs.ReadFile(wizard, "telegraf/package.json")
	if err != nil {
		t.Fatal(err)
	}
	var needs struct{ Dependencies map[string]string }
	if err := json.Unmarshal(raw, &needs); err != nil {
		t.Fatal(err)
	}
	exact := regexp.MustCompile(`^\d+\.\d+\.\d+$`)
	for _, name := range []string{"telegraf", "better-sqlite3"} {
		if needs.Dependencies[name] == "" {
			t.Errorf("%s is not named", name)
		}
	}
	for name, version := range needs.Dependencies {
		if !exact.MatchString(version) {
			t.Errorf("%s: %q may be another version tomorrow", name, version)
		}
	}
}

// TestWhatTelegrafForgetsIsFound: each way in which its table may disagree with what people were told.
func TestWhatTelegrafForgetsIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		told    map[int64][]uint64 // person → numbers
		n, last int
		want    string // of the complaint; "": none
	}{
		"all":                 {map[int64][]uint64{1: {1, 3}, 2: {2}}, 3, 3, ""},
		"two not told yet":    {map[int64][]uint64{1: {1, 3}, 2: {2}}, 5, 5, ""},
		"three not told":      {map[int64][]uint64{1: {1, 3}, 2: {2}}, 6, 6, "6 incidents are kept, people were told of 3"},
		"one lost":            {map[int64][]uint64{1: {1, 3}, 2: {2}}, 2, 2, "2 incidents are kept, people were told of 3"},
		"one left out":        {map[int64][]uint64{1: {1, 3}, 2: {2}}, 3, 4, "3 incidents with numbers up to 4"},
		"told twice":          {map[int64][]uint64{1: {1, 2}, 2: {2}}, 3, 3, "1 numbers were told twice"},
		"a number of its own": {map[int64][]uint64{1: {1}, 2: {9}}, 3, 3, "there is no incident 9"},
		"nobody so far":       {nil, 0, 0, ""}, // with many people on a slow machine
	} {
		t.Run(name, func(t *testing.T) {
			people := newCrowd(2, 1, true, 0)
			for who, numbers := range c.told {
				people.people[who-1].numbers = numbers
			}
			err := people.kept(c.n, c.last)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestParametersMayBeJSON(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/sendMessage", strings.NewReader(`{"chat_id":7,"text":"a \"b\"","reply_markup":{"inline_keyboard":[[{"text":"x","callback_data":"y"}]]}}`))
	r.Header.Set("Content-Type", "application/json")
	p, err := params(r)
	if err != nil || p.Get("chat_id") != "7" || p.Get("text") != `a "b"` || inline(p.Get("reply_markup"))["x"] != "y" {
		t.Errorf("%v, %v", p, err)
	}
}
