package export_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"otklik/flows"
	"otklik/flows/export"
	"otklik/flows/flowtest"
	"otklik/storage"
)

const tour = `
@ куратор Тамара
Анна: [фото] Яма на дороге, Киров, Ленина 12. Звоните 8 912 345-67-89
Анна ▸ ✓ Отправить
Ольга: /assign 1 adm-kirov
Пётр: /close 1 Заделали; "вчера", звоните 8 912 345-67-89
Ольга: /approve 1
Анна ▸ ✓ Решено
Анна ▸ 5
@ +24h
Иван: Мусор не вывозят, пгт Кумены, Садовая 3
Иван ▸ ✓ Отправить
@ +24h
Иван: [гео 58.6 49.66] Яма на дороге
Иван ▸ ✓ Да, верно
Иван ▸ ✓ Отправить
Анна: Не горит фонарь, Киров, Мира 1
Анна ▸ ✓ Отправить
Тамара: /merge 4 3
`

func table(t testing.TB) *export.Table {
	t.Helper()
	x, err := export.New(flowtest.Pack(t))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// write gives a table of a store in a format.
func write(t *testing.T, s *storage.Store, format string, q export.Query) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := export.Write(&b, format, q.Names)
	if err != nil {
		t.Fatal(err)
	}
	if err := table(t).Rows(context.Background(), s, q, w.Row); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCSV(t *testing.T) {
	s := flowtest.New(t)
	s.Play(tour)
	for name, names := range map[string]bool{"incidents.csv": false, "names.csv": true} {
		got := string(write(t, s.Store, "csv", export.Query{Names: names}))
		flowtest.Golden(t, name, strings.ReplaceAll(got, "\r\n", "\n"))
		if !strings.HasPrefix(got, "\ufeffНомер,") || strings.Count(got, "\r\n") < 5 {
			t.Errorf("not as spreadsheets want it: %q", got[:40])
		}
		if strings.Contains(got, "Ветрова") != names || strings.Contains(got, "345-67") != names {
			t.Errorf("names %v:\n%s", names, got)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(got, "\ufeff"))).ReadAll()
		if err != nil || len(rows) != 5 {
			t.Errorf("%d rows, %v", len(rows), err)
		}
	}
}

func TestJSONL(t *testing.T) {
	s := flowtest.New(t)
	s.Play(tour)
	got := string(write(t, s.Store, "jsonl", export.Query{}))
	flowtest.Golden(t, "incidents.jsonl", got)
	var row export.Row
	line, _, _ := strings.Cut(got, "\n")
	if err := json.Unmarshal([]byte(line), &row); err != nil || row.Number != 1 || row.Created.Format(time.RFC3339) != "2026-11-23T10:00:00+03:00" {
		t.Errorf("%+v, %v", row, err)
	}
	if strings.Contains(got, "Ветрова") || strings.Contains(got, "345-67") {
		t.Error("residents are named")
	}
}

// TestDays: days are the region's; both ends are in.
func TestDays(t *testing.T) {
	s := flowtest.New(t)
	s.Play(tour)
	x := table(t)
	day := func(date string) time.Time {
		d, err := x.Day(date)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if got := day("2026-11-23").UTC().Format(time.RFC3339); got != "2026-11-22T21:00:00Z" {
		t.Errorf("the day begins at %s", got)
	}
	if _, err := x.Day("23.11.2026"); err == nil || !strings.Contains(err.Error(), "2026-11-23") {
		t.Errorf("another form of date: %v", err)
	}
	for name, tt := range map[string]struct {
		q    export.Query
		want string
	}{
		"all": {export.Query{}, "1 2 3 4 "}, "since": {export.Query{From: day("2026-11-24")}, "2 3 4 "},
		"until": {export.Query{To: day("2026-11-24")}, "1 "}, "one": {export.Query{From: day("2026-11-24"), To: day("2026-11-25")}, "2 "},
		"none": {export.Query{From: day("2027-01-01")}, ""},
	} {
		got := ""
		err := x.Rows(context.Background(), s.Store, tt.q, func(r *export.Row) error { got += fmt.Sprint(r.Number, " "); return nil })
		if err != nil || got != tt.want {
			t.Errorf("%s: %q, want %q (%v)", name, got, tt.want, err)
		}
	}
}

// TestManyRows: an incident that is not there is passed by, the order is that of the numbers, and whoever has enough ends it.
func TestManyRows(t *testing.T) {
	s := flowtest.New(t)
	const n = 450
	err := s.Store.Update(context.Background(), func(tx *storage.Tx) error {
		for range n {
			number, err := tx.Next("incident")
			if err != nil {
				return err
			}
			if number == 300 {
				continue
			}
			if err := tx.PutIncident(&storage.Incident{Number: number, State: storage.New, Created: s.Now}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	x := table(t)
	last, rows := uint64(0), 0
	err = x.Rows(context.Background(), s.Store, export.Query{}, func(r *export.Row) error {
		if r.Number <= last {
			t.Errorf("%d after %d", r.Number, last)
		}
		last = r.Number
		rows++
		return nil
	})
	if err != nil || rows != n-1 || last != n {
		t.Errorf("%d rows to %d, %v", rows, last, err)
	}
	enough := errors.New("enough")
	rows = 0
	err = x.Rows(context.Background(), s.Store, export.Query{}, func(*export.Row) error { rows++; return enough })
	if !errors.Is(err, enough) || rows != 1 {
		t.Errorf("%d rows, %v", rows, err)
	}
}

// TestNothingIsAFormula: what somebody wrote is not run by whoever opens the file; our own numbers stay numbers.
func TestNothingIsAFormula(t *testing.T) {
	west := -169.5
	for _, text := range []string{"=1+1", "+7 912", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"} {
		var b bytes.Buffer
		w, err := export.Write(&b, "csv", true)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Row(&export.Row{Text: text, Answer: text, Address: text, Author: text, Lon: &west}), w.Close()); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range []int{5, 8, 15, 20} {
			if !strings.HasPrefix(rows[1][i], "'") {
				t.Errorf("%q stands as %q", text, rows[1][i])
			}
		}
		if rows[1][10] != "-169.5" {
			t.Errorf("the longitude stands as %q", rows[1][10])
		}
	}
}

// TestAnIncidentIsOneLineOfCSV: whatever reads the table line by line finds the number first in each.
func TestAnIncidentIsOneLineOfCSV(t *testing.T) {
	text := "Яма.\nЛенина 12\r\n \r\nу дома\u2028и \"там\"\u0085\v\f\n"
	for _, format := range []string{"csv", "jsonl"} {
		var b bytes.Buffer
		w, err := export.Write(&b, format, true)
		if err != nil {
			t.Fatal(err)
		}
		for n := range uint64(2) {
			row := &export.Row{Number: n + 1, Text: text, Answer: text, Address: text, Author: "Анна\nВетрова", Org: "А\nБ"}
			if err := w.Row(row); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if format == "jsonl" {
			var row export.Row
			line, _, _ := strings.Cut(b.String(), "\n")
			if err := json.Unmarshal([]byte(line), &row); err != nil || row.Text != text {
				t.Errorf("jsonl is not exact: %q, %v", row.Text, err)
			}
			continue
		}
		lines := strings.FieldsFunc(b.String(), func(r rune) bool { return strings.ContainsRune("\n\r\v\f\u0085\u2028\u2029", r) })
		if len(lines) != 3 || !strings.HasPrefix(lines[1], "1,") || !strings.HasPrefix(lines[2], "2,") {
			t.Errorf("%d lines: %q", len(lines), lines)
		}
		rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
		if err != nil || rows[1][5] != `Яма. ⏎ Ленина 12 ⏎ у дома ⏎ и "там"` || rows[1][20] != "Анна ⏎ Ветрова" {
			t.Errorf("%q, %v", rows, err)
		}
	}
}

// TestEveryStateHasWords: no status is a text's name.
func TestEveryStateHasWords(t *testing.T) {
	v, err := flows.Narrator(flowtest.Pack(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range storage.States {
		if !v.Has("desk.state_" + string(s)) {
			t.Errorf("no words for %s", s)
		}
	}
}

// TestFirstAnswer: a dispute sets the clock anew, and the first answer stays what it was: before the final one, or at once.
func TestFirstAnswer(t *testing.T) {
	s := flowtest.New(t)
	row := func() (r export.Row) {
		t.Helper()
		if err := table(t).Rows(context.Background(), s.Store, export.Query{}, func(one *export.Row) error { r = *one; return nil }); err != nil {
			t.Fatal(err)
		}
		return r
	}
	is := func(when string, got time.Time, want time.Time) {
		t.Helper()
		if !got.Equal(want) {
			t.Errorf("%s: %v, want %v", when, got, want)
		}
	}
	s.Play("Анна: Яма на дороге, Киров, Ленина 12\nАнна ▸ ✓ Отправить\nОльга: /assign 1 adm-kirov\n@ +5m\nПётр: /accept 1\nПётр ↩ «№ 1»: Бригада выедет завтра.\n")
	first := s.Now
	is("given", row().First, first)
	s.Play("@ +5m\nПётр: /close 1 Заделали.\nОльга: /approve 1\n")
	answered := s.Now
	is("answered", row().First, first)
	s.Play("@ +5m\nАнна ▸ ✗ Не решено\nАнна ▸ Ничего не сделано\nАнна ▸ Вернуть в работу\n")
	is("disputed", row().First, first)
	s.Play("@ +5m\nПётр: /accept 1\nПётр ↩ «№ 1»: Едем снова.\n")
	is("disputed and told of", row().First, first)
	is("the answer is the old one yet", row().Answered, answered)
	s.Play("@ +5m\nПётр: /close 1 Теперь заделали.\nОльга: /approve 1\n")
	is("answered again", row().First, first)
	is("the answer is the new one", row().Answered, s.Now)
}
