package understand

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otklik/flows/flowtest/dataset"
)

func sieve(t testing.TB) *Sieve {
	t.Helper()
	if _, err := readCues(); err != nil {
		t.Fatal(err)
	}
	return NewSieve(New(builtIn(t)))
}

// TestProblemsAreToldFromTalk: invented messages of every kind that a district's group brings in a day.
func TestProblemsAreToldFromTalk(t *testing.T) {
	s := sieve(t)
	raw, err := os.ReadFile(filepath.Join("testdata", "overheard.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	right, n := map[bool]int{}, map[bool]int{}
	for line := range strings.Lines(string(raw)) {
		kind, text, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		problem := kind == "problem" || kind == "danger"
		got := s.Problem(text, 0, false)
		n[problem]++
		if (got.Problem >= 0.5) == problem {
			right[problem]++
		} else {
			t.Logf("%s %.2f %s", kind, got.Problem, text)
		}
		if got.Danger != (kind == "danger") {
			t.Errorf("danger %v: %s", got.Danger, text)
		}
	}
	t.Logf("problems %d of %d, others %d of %d", right[true], n[true], right[false], n[false])
	if right[true]*100 < 95*n[true] || right[false]*100 < 90*n[false] {
		t.Error("problems are told from the rest worse than they were")
	}
}

// TestRealAppealsAreProblems: nearly none of what residents wrote to an incident desk is passed over.
func TestRealAppealsAreProblems(t *testing.T) {
	s := sieve(t)
	var missed, n int
	for _, text := range texts(t) {
		n++
		if s.Problem(text, 0, false).Problem < 0.3 {
			missed++
		}
	}
	t.Logf("%d of %d appeals are passed over", missed, n)
	if missed*100 > 12*n {
		t.Error("too many appeals are passed over")
	}
}

// texts reads what the labelled appeals say.
func texts(t testing.TB) (list []string) {
	t.Helper()
	rows, err := csv.NewReader(dataset.Appeals(t)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		list = append(list, row[0])
	}
	return list
}

func BenchmarkProblem(b *testing.B) {
	s := sieve(b)
	text := "Здравствуйте. Во дворе дома огромная яма, после дождя стоит вода, машины объезжают по газону. Просим заделать и вернуть освещение у подъезда."
	for b.Loop() {
		s.Problem(text, 0, true)
	}
}
