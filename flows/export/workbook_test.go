package export_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"otklik/flows/export"
	"otklik/flows/flowtest"
	"otklik/storage"
)

// workbook makes a workbook of a store and opens it.
func workbook(t *testing.T, s *storage.Store, q export.Query) *excelize.File {
	t.Helper()
	var b bytes.Buffer
	n, err := export.Workbook(context.Background(), &b, table(t), s, q)
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() }) //nolint:errcheck // it is only read
	if rows := sheet(t, f, "Обращения"); len(rows) != n+1 {
		t.Errorf("%d rows of %d incidents", len(rows)-1, n)
	}
	return f
}

func sheet(t *testing.T, f *excelize.File, name string) [][]string {
	t.Helper()
	rows, err := f.GetRows(name, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// put keeps incidents of new numbers.
func put(t *testing.T, s *storage.Store, list ...*storage.Incident) {
	t.Helper()
	err := s.Update(context.Background(), func(tx *storage.Tx) error {
		for _, inc := range list {
			n, err := tx.Next("incident")
			if err != nil {
				return err
			}
			inc.Number = n
			if err := tx.PutIncident(inc); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWorkbook(t *testing.T) {
	s := flowtest.New(t)
	s.Play(tour)
	f := workbook(t, s.Store, export.Query{Names: true, Now: s.Now})
	if got := f.GetSheetList(); !slices.Equal(got, []string{"Сводка", "Обращения"}) || f.GetActiveSheetIndex() != 0 {
		t.Errorf("sheets %q, the one that is opened is %d", got, f.GetActiveSheetIndex())
	}
	for cell, want := range map[string]string{
		"A1": "№", "V1": "Автор", "A2": "1", "B2": "23.11.2026 10:00", "C2": "решено", "D2": "ответ в срок", "F2": "Ямы на дорогах", "Q2": "5", "R2": "1", "V2": "Анна Ветрова", "W1": "Надзор", "Z1": "Предписания", "W2": "",
		"D3": "в работе", "K3": "не назначен", "A4": "3", "T4": "58.6", "U4": "49.66", "A5": "4", "C5": "объединено", "D5": "объединено", "S5": "3", "N5": "",
	} {
		if got, err := f.GetCellValue("Обращения", cell); err != nil || got != want {
			t.Errorf("%s: %q, want %q (%v)", cell, got, want, err)
		}
	}
	for cell, want := range map[string]excelize.CellType{"A2": excelize.CellTypeUnset, "B2": excelize.CellTypeUnset, "G2": excelize.CellTypeInlineString} {
		if got, err := f.GetCellType("Обращения", cell); err != nil || got != want {
			t.Errorf("%s is of type %v, want %v (%v)", cell, got, want, err)
		}
	}
	for _, sheet := range f.GetSheetList() {
		if p, err := f.GetPanes(sheet); err != nil || !p.Freeze || p.YSplit == 0 {
			t.Errorf("%s: the header is not frozen: %+v, %v", sheet, p, err)
		}
	}
	filtered := false
	for _, n := range f.GetDefinedName() {
		filtered = filtered || n.Name == "_xlnm._FilterDatabase" && n.RefersTo == "'Обращения'!$A$1:$Z$5"
	}
	if !filtered {
		t.Errorf("no filter over the whole list: %+v", f.GetDefinedName())
	}
}

// recount counts the list's rows as somebody would who knows nothing of the summary's formulas.
func recount(rows [][]string, of func(row []string) bool) (want []float64) {
	n := map[string]float64{}
	all, sum, marks := 0.0, 0.0, 0.0
	for _, row := range rows[1:] {
		row = append(row, make([]string, 25)...)
		if !of(row) {
			continue
		}
		all++
		n[row[3]]++
		if m, err := strconv.ParseFloat(row[16], 64); err == nil {
			sum, marks = sum+m, marks+1
		}
	}
	in, late, open, over := n["ответ в срок"], n["ответ с опозданием"], n["в работе"], n["просрочено"]
	return []float64{all, in + late, in, open + over, late + over, over, n["отклонено"] + n["объединено"] + n["отозвано"], in / (in + late + over), sum / marks}
}

// TestTheSummaryIsWhatTheListSays: each figure is a formula, and what it gives, what stands there for those who do not
// calculate, and a count by hand are the same.
func TestTheSummaryIsWhatTheListSays(t *testing.T) {
	f := workbook(t, year(t, 400), export.Query{Now: yearEnd})
	rows, seen := sheet(t, f, "Обращения"), map[string]float64{}
	title := ""
	for i, line := range sheet(t, f, "Сводка") {
		row := i + 1
		if len(line) == 1 && strings.HasPrefix(line[0], "По ") {
			title = line[0]
		}
		if row < 5 || len(line) < 2 {
			continue
		}
		col, name := map[string]int{"По муниципалитетам": 7, "По группам тем": 4, "По исполнителям": 10, "По месяцам": 1}[title], line[0]
		of := func(r []string) bool { return name == "Всего" || name == "Итого" || r[col] == name }
		if title == "По месяцам" && name != "Итого" {
			of = func(r []string) bool { return monthOf(t, r[1]) == name }
		}
		want := recount(rows, of)
		if name != "Итого" {
			seen[title] += want[0]
		}
		for c, want := range want {
			same(t, f, fmt.Sprint(string(rune('B'+c)), row), name, want)
		}
	}
	all := float64(len(rows) - 1)
	for _, title := range []string{"", "По муниципалитетам", "По группам тем", "По исполнителям", "По месяцам"} {
		if seen[title] != all {
			t.Errorf("%q has %v of %v incidents", title, seen[title], all)
		}
	}
}

func same(t *testing.T, f *excelize.File, cell, name string, want float64) {
	t.Helper()
	formula, err := f.GetCellFormula("Сводка", cell)
	if err != nil || formula == "" {
		t.Errorf("%s (%s) is no formula, %v", cell, name, err)
	}
	kept, _ := f.GetCellValue("Сводка", cell, excelize.Options{RawCellValue: true})
	calculated, err := f.CalcCellValue("Сводка", cell, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Errorf("%s (%s): %s: %v", cell, name, formula, err)
	}
	for what, got := range map[string]string{"kept": kept, "calculated": calculated} {
		x, err := strconv.ParseFloat(got, 64)
		if math.IsNaN(want) && got != "" || !math.IsNaN(want) && (err != nil || math.Abs(x-want) > 1e-9) {
			t.Errorf("%s (%s), %s: %q, want %v (%s)", cell, name, what, got, want, formula)
		}
	}
}

func monthOf(t *testing.T, serial string) string {
	t.Helper()
	x, err := strconv.ParseFloat(serial, 64)
	if err != nil {
		t.Fatal(err)
	}
	at, err := excelize.ExcelDateToTime(x, false)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields("янв фев мар апр май июн июл авг сен окт ноя дек")[at.Month()-1] + at.Format(" 2006")
}

// TestDeadlinesAreJudgedByTheMoment: by the state, the answer and the clock, which stands while somebody is waited for.
func TestDeadlinesAreJudgedByTheMoment(t *testing.T) {
	s := flowtest.New(t)
	past, next := s.Now.AddDate(0, 0, -1), s.Now.AddDate(0, 0, 1)
	answer := func(days int) *storage.Answer { return &storage.Answer{At: s.Now.AddDate(0, 0, days)} }
	list := []*storage.Incident{
		{State: storage.New, Final: next}, {State: storage.New, Final: past}, {State: storage.New},
		{State: storage.Waiting, Final: past, Paused: past.AddDate(0, 0, -1)}, {State: storage.Waiting, Final: past, Paused: s.Now},
		{State: storage.Closed, Final: past, Answer: answer(-2)}, {State: storage.Settled, Final: past, Answer: answer(0)},
		{State: storage.Accepted, Final: next, Answer: answer(-2)}, // disputed or returned
		{State: storage.Rejected, Final: past}, {State: storage.Withdrawn, Final: past}, {State: storage.Merged, Final: past},
		{State: storage.Found}, {State: storage.Passed},
	}
	for _, inc := range list {
		inc.Created = past
	}
	put(t, s.Store, list...)
	var got []string
	for _, row := range sheet(t, workbook(t, s.Store, export.Query{Now: s.Now}), "Обращения")[1:] {
		got = append(got, row[3])
	}
	want := []string{"в работе", "просрочено", "в работе", "в работе", "просрочено", "ответ в срок", "ответ с опозданием", "в работе", "отклонено", "отозвано", "объединено"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestTextsStayTexts: whatever somebody wrote, the sheet can be opened, runs none of it, and shows it as it was.
func TestTextsStayTexts(t *testing.T) {
	s := flowtest.New(t)
	long := strings.Repeat("ъ", 40_000)
	texts := map[string]string{"=1+1": "=1+1", "+7 912": "+7 912", "-1": "-1", "@SUM(A1)": "@SUM(A1)", "  x ": "  x ", "<b>&amp;": "<b>&amp;", "_x0041_": "_x0041_",
		"a\x00b\x1f\r\nc\vd\ufffe": "ab\nc\nd", "\xff": "\ufffd", long: long[:2*32_766] + "…", strings.Repeat("🙂", 20_000): strings.Repeat("🙂", 16_383) + "…"}
	want := map[uint64]string{}
	for text := range texts {
		inc := &storage.Incident{State: storage.New, Created: s.Now, Text: text}
		put(t, s.Store, inc)
		want[inc.Number] = texts[text]
	}
	f := workbook(t, s.Store, export.Query{Now: s.Now, Names: true})
	for i := range want {
		cell := fmt.Sprint("G", i+1)
		got, err := f.GetCellValue("Обращения", cell)
		if text := want[i]; err != nil || got != text {
			t.Errorf("%s: %.40q of %d bytes, want %.40q of %d (%v)", cell, got, len(got), text, len(text), err)
		}
		if formula, err := f.GetCellFormula("Обращения", cell); err != nil || formula != "" {
			t.Errorf("%s is the formula %q, %v", cell, formula, err)
		}
	}
}

// TestWhoseIncidents: a body sees its own, a municipality its own, and a code that is not there is said to be none.
func TestWhoseIncidents(t *testing.T) {
	s := flowtest.New(t)
	s.Play(tour + "Ольга: /assign 2 adm-kumensky\n")
	for want, q := range map[string]export.Query{"1": {Org: "adm-kirov"}, "1 3 4": {Municipality: "kirov"}, "2": {Municipality: "kumensky"}, "": {Org: "adm-kirov", Municipality: "kumensky"}} {
		q.Now = s.Now
		f := workbook(t, s.Store, q)
		var got []string
		for _, row := range sheet(t, f, "Обращения")[1:] {
			got = append(got, row[0])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%+v: %q, want %q", q, got, want)
		}
		if total, err := f.GetCellValue("Сводка", "A5"); err != nil || (want == "") != (total == "За это время обращений нет") {
			t.Errorf("%+v: %q, %v", q, total, err)
		}
	}
	for _, q := range []export.Query{{Org: "adm-nowhere"}, {Municipality: "nowhere"}} {
		var b bytes.Buffer
		if _, err := export.Workbook(context.Background(), &b, table(t), s.Store, q); err == nil || !strings.Contains(err.Error(), "nowhere") || b.Len() > 0 {
			t.Errorf("%+v: %v, %d bytes", q, err, b.Len())
		}
	}
}

// TestAShortPeriodIsShownByTheDay: without gaps, to the end of what was asked for.
func TestAShortPeriodIsShownByTheDay(t *testing.T) {
	s := flowtest.New(t)
	s.Play(tour)
	x := table(t)
	from, _ := x.Day("2026-11-22")
	f := workbook(t, s.Store, export.Query{From: from, To: from.AddDate(0, 0, 6), Now: from.AddDate(0, 0, 10)})
	got := ""
	for i, line := range sheet(t, f, "Сводка") {
		if len(line) > 1 && strings.Contains(line[0], ".11.2026") && i > 3 {
			got += line[0] + " " + line[1] + " "
		}
	}
	if want := "22.11.2026 0 23.11.2026 1 24.11.2026 1 25.11.2026 2 26.11.2026 0 27.11.2026 0 "; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
