package main

import (
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// figures reads /metrics: what each row holds, labels included.
func scraped(t *testing.T, url string) map[string]float64 {
	t.Helper()
	answer, err := http.Get(strings.TrimSuffix(url, "/") + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]float64{}
	for line := range strings.Lines(string(raw)) {
		if at := strings.LastIndexByte(line, ' '); at > 0 && line[0] != '#' {
			rows[line[:at]], _ = strconv.ParseFloat(strings.TrimSpace(line[at:]), 64)
		}
	}
	return rows
}

// TestTheProgramCanBeWatched: each figure moves when people write and press, an update's trail leads through the log from its
// arrival to a receipt, and above debug level the log tells nobody.
func TestTheProgramCanBeWatched(t *testing.T) {
	m := listen(t)
	r := start(t, filepath.Join(t.TempDir(), "otklik.db"), "--log-level", "debug")
	at := strings.TrimSuffix(r.URL, "/")
	before := scraped(t, at)
	for channel, words := range map[string]string{"telegram": "Яма на дороге, Киров, Ленина 12", "vk": "Не горит фонарь, Слободской, Мира 5"} {
		anna := m.seat(channel, "Анна Ветрова")
		anna.Says(words)
		anna.Presses("✓ Отправить")
		anna.Awaits("записано")
	}
	ivan := m.seat("telegram", "Иван Седых")
	ivan.Says("/0912345678 тест")
	ivan.Awaits("/help")
	moves := []string{
		`otklik_commits_total{outcome="durable"}`, `otklik_commit_updates_count`, `otklik_commit_updates_sum`, `otklik_commit_seconds_count`,
	}
	for _, channel := range []string{"telegram", "vk"} {
		moves = append(moves, `otklik_reply_seconds_count{channel="`+channel+`"}`, `otklik_update_seconds_count{channel="`+channel+`"}`,
			`otklik_updates_total{channel="`+channel+`",kind="pressed",outcome="kept"}`)
		for _, call := range []string{"poll", "send", "answer", "other"} {
			moves = append(moves, `otklik_api_calls_total{call="`+call+`",channel="`+channel+`",outcome="ok"}`)
		}
	}
	still := func(now map[string]float64) []string { // what does not move
		return slices.DeleteFunc(slices.Clone(moves), func(row string) bool {
			return now[row] > before[row] || now[row] > 0 && strings.Contains(row, `call="other"`) // those of the start
		})
	}
	now := scraped(t, at)
	for range 200 { // the last answers are on their way
		if len(still(now)) == 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
		now = scraped(t, at)
	}
	for _, row := range still(now) {
		t.Errorf("%s does not move", row)
	}
	for _, row := range []string{`otklik_outbox_age_seconds{channel="vk"}`, `otklik_outbox_waiting{channel="vk"}`} {
		if _, there := now[row]; !there {
			t.Errorf("%s is not there", row)
		}
	}
	log := r.out.String()
	kept := regexp.MustCompile(`msg="an update was kept" update=([0-9a-f]{8}) [^\n]*messages=\[\d`).FindStringSubmatch(log)
	if kept == nil || !strings.Contains(log, `msg="an update came in" update=`+kept[1]) ||
		!regexp.MustCompile(`msg="a message has left" [^\n]*update=[0-9a-f,]*`+kept[1]).MatchString(log) {
		t.Errorf("no trail leads from an arrival to a receipt: %q", kept)
	}
	for line := range strings.Lines(log) {
		if strings.Contains(line, "level=DEBUG") {
			continue
		}
		for _, of := range []string{"Анна", "Ветрова", "Иван", "Ленина", "Мира", "0912345678", "тест"} {
			if strings.Contains(line, of) {
				t.Errorf("the log tells %q: %s", of, line)
			}
		}
	}
	if !strings.Contains(log, `level=INFO msg=refused`) {
		t.Error("a refusal is not told")
	}
}
