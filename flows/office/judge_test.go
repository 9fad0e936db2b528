package office

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otklik/config"
)

// TestJudge: what each row says is plain, so nearly all is guessed; a table that cannot be judged is refused with a word.
func TestJudge(t *testing.T) {
	file := filepath.Join(t.TempDir(), "history.csv")
	var b strings.Builder
	b.WriteString("Текст инцидента;Тема;Исполнитель\n")
	for i := range 40 {
		fmt.Fprintf(&b, "Яма на дороге у дома %d, объезжаем;Ямы;Администрация\nАвтобус не пришёл на остановку %d;Транспорт;Министерство\n", i, i)
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	p := &Program{Settings: &config.Settings{}, Out: &out}
	if err := (Judge{File: file, Folds: 5}).Run(p); err != nil {
		t.Fatal(err)
	}
	for _, folds := range []int{-3, 0, 1} {
		if err := (Judge{File: file, Folds: folds}).Run(p); err == nil || !strings.Contains(err.Error(), "--folds") {
			t.Errorf("%d folds: %v", folds, err)
		}
	}
	if err := (Judge{File: file, Folds: 2}).Run(&Program{Settings: &config.Settings{}, Out: io.Discard}); err != nil {
		t.Errorf("2 folds: %v", err)
	}
	for _, want := range []string{"executor", "theme", "80", "1.000"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
	if err := os.WriteFile(file, []byte("text,theme\nЯма,Ямы\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (Judge{File: file, Folds: 5}).Run(p); err == nil || !strings.Contains(err.Error(), "too few") {
		t.Errorf("two rows: %v", err)
	}
}
