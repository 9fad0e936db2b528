package personal

import (
	"encoding/csv"
	"strings"
	"testing"

	"otklik/flows/flowtest/dataset"
)

// What residents of another region wrote: next to nothing in it may be taken for personal data that is none. Whoever
// changes the rules reads the hits: go test -v -run Appeals.
func TestAppealsHoldFewHits(t *testing.T) {
	rows, err := csv.NewReader(dataset.Appeals(t)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	texts, hits := 0, 0
	for _, row := range rows[1:] {
		list := Find(row[0])
		if len(list) > 0 {
			texts++
		}
		hits += len(list)
		for _, s := range list {
			before := tail(row[0][:s.From], 30)
			after := row[0][s.To:min(len(row[0]), s.To+40)]
			t.Logf("%s %q in «%s»", s.Kind, row[0][s.From:s.To], strings.ToValidUTF8(before+"⟨"+Mask(row[0][s.From:s.To])+"⟩"+after, ""))
		}
	}
	t.Logf("%d of %d appeals hold %d numbers and addresses", texts, len(rows)-1, hits)
	if texts > most {
		t.Errorf("%d appeals with hits; %d were there when all were looked at", texts, most)
	}
}

// most is how many appeals had hits when somebody looked at each of them.
const most = 1
