package export_test

import (
	"encoding/json"
	"strings"
	"testing"

	"otklik/flows/export"
	"otklik/flows/flowtest"
)

// TestInspections: what a supervisory body found, demanded and saw done is in every format; what is personal in its words is hidden as
// elsewhere; what a curator took back is in none.
func TestInspections(t *testing.T) {
	s := flowtest.New(t)
	s.Play(`
@ роль Иван official traffic-police
Анна: Яма на дороге, Киров, Ленина 12
Анна ▸ ✓ Отправить
Ольга: /assign 1 adm-kirov
Ольга: /inspect 1 traffic-police
Иван: /finding 1 нарушение: акт № 12-К от 23.11.2026, свидетель 8 912 345-67-89
Иван ▸ ✓ Записать, житель прочитает
Иван: /measures 1 засыпать яму до 30.11.2026
Иван ▸ ✓ Назначить
Иван: /measures 1 поставить знак до 30.11.2026
Иван ▸ ✓ Назначить
Иван ▸ ✕ Снять
Иван ▸ ✕ Снять меры
Ольга: /inspect 1 rospotrebnadzor
Анна: Не горит фонарь, Киров, Мира 1
Анна ▸ ✓ Отправить
Ольга: /inspect 2 traffic-police
Ольга: /relieve 2
`)
	got := string(write(t, s.Store, "csv", export.Query{}))
	flowtest.Golden(t, "inspections.csv", strings.ReplaceAll(got, "\r\n", "\n"))
	raw := write(t, s.Store, "jsonl", export.Query{})
	var rows []export.Row
	for line := range strings.Lines(string(raw)) {
		var r export.Row
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	if len(rows) != 2 || len(rows[0].Inspections) != 2 || len(rows[1].Inspections) != 0 {
		t.Fatalf("%s", raw)
	}
	in := rows[0].Inspections[0]
	if in.Outcome != "violation" || in.Found.IsZero() || !strings.HasPrefix(in.Document, "акт № 12-К") || len(in.Measures) != 2 || in.Measures[0].Waived.IsZero() || !in.Measures[0].Done.IsZero() {
		t.Errorf("%+v", in)
	}
	if strings.Contains(got+string(raw), "345-67") {
		t.Errorf("a telephone number is told: %s", raw)
	}
}
