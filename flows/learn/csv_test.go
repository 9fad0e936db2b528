package learn

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding/charmap"
)

// shown writes lessons in one line each.
func shown(lessons []Lesson) string {
	var b strings.Builder
	for _, one := range lessons {
		fmt.Fprintf(&b, "%s", one.Text)
		for _, d := range slices.Sorted(maps.Keys(one.Labels)) {
			fmt.Fprintf(&b, " %s=%s", d, one.Labels[d])
		}
		b.WriteString("\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func TestReadCSV(t *testing.T) {
	windows := func(s string) string {
		b, err := charmap.Windows1251.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, row := range []struct{ rule, file, want string }{
		{"columns are found by their names", "group,text,theme\nДороги,Яма,Ямы\n", "Яма group=Дороги theme=Ямы"},
		{"as a region's system names them", "Текст инцидента;Группа тем;Тема;Исполнитель\nЯма;Дороги;Ямы;Администрация\n", "Яма executor=Администрация group=Дороги theme=Ямы"},
		{"case and white space do not matter", " ТЕКСТ  Инцидента ;Группатем\nЯма;Дороги\n", "Яма group=Дороги"},
		{"other columns are not read", "id,text,theme,date\n1,Яма,Ямы,2026\n", "Яма theme=Ямы"},
		{"tabs part columns too", "text\ttheme\nЯма, вода\tЯмы\n", "Яма, вода theme=Ямы"},
		{"a semicolon in a name parts nothing", "\"a;b;c\",text,theme\n1,Яма,Ямы\n", "Яма theme=Ямы"},
		{"a mark at the start is none of the name", "\ufefftext,theme\nЯма,Ямы\n", "Яма theme=Ямы"},
		{"Windows-1251 is read", windows("Текст инцидента;Тема\nЯма, ёлка;Ямы\n"), "Яма, ёлка theme=Ямы"},
		{"lines may end as on Windows", "text;theme\r\nЯма;Ямы\r\n", "Яма theme=Ямы"},
		{"a text may have lines", "text,theme\n\"Яма\nи \"\"люк\"\"\",Ямы\n", "Яма\nи \"люк\" theme=Ямы"},
		{"white space in labels is one space", "text,theme\nЯма,\"  Ямы \u00a0 на\n дорогах \"\n", "Яма theme=Ямы на дорогах"},
		{"a label may be missing", "text,theme,group\nЯма,,Дороги\n", "Яма group=Дороги"},
		{"a row without a text is left out", "text,theme\n ,Ямы\nЯма,Ямы\n", "Яма theme=Ямы"},
		{"a problem is yes or no", "text,Проблема\nЯма,Да\nСпасибо,нет\n", "Яма problem=yes\nСпасибо problem=no"},
		{"a file may have no rows", "text,theme\n", ""},
	} {
		got, err := ReadCSV(iotest.OneByteReader(strings.NewReader(row.file)))
		if err != nil || shown(got) != row.want {
			t.Errorf("%s: %q, %v; want %q", row.rule, shown(got), err, row.want)
		}
	}
}

func TestFilesThatAreNoLessons(t *testing.T) {
	for _, row := range []struct{ rule, file, want string }{
		{"empty", "", "is empty"},
		{"no texts", "id;Тема\n1;Ямы\n", `no column «Текст инцидента» or text: its columns are ["id" "Тема"]`},
		{"no labels", "id;text\n1;Яма\n", `no column of labels`},
		{"two texts", "text,Текст,theme\n", "two columns of texts, 1 and 2"},
		{"two themes", "text,Тема,theme\n", "two columns for theme, the second is 3"},
		{"a column too few", "text,theme\nЯма,Ямы\nЯма\n", "line 3: more or fewer columns"},
		{"a quotation mark", "text,theme\nЯма,Ямы\nЯма \"у\" дома,Ямы\n", "line 3: a quotation mark"},
		{"a quotation mark that stays open", "text,theme\nЯма,\"Ямы\nЯма,Ямы\n", "line 2: a quotation mark"},
		{"no UTF-8 far from the start", "text,theme\n" + strings.Repeat("Яма,Ямы\n", 9000) + "\xdf\xec\xe0,Ямы\n", "line 9002, column 1: the text is not UTF-8"},
		{"UTF-16", "\xff\xfet\x00e\x00", "UTF-16"},
		{"a workbook", "PK\x03\x04zzz", "a workbook"},
		{"neither yes nor no", "text,problem\nЯма,да\nЯма,может\n", "line 3, column 2: a problem is да or нет"},
	} {
		lessons, err := ReadCSV(strings.NewReader(row.file))
		if err == nil || !strings.Contains(err.Error(), row.want) || lessons != nil {
			t.Errorf("%s: %v, want %q", row.rule, err, row.want)
		}
	}
	broken := errors.New("the disk is")
	if _, err := ReadCSV(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Error(err)
	}
}

func TestRowsStopWhenAsked(t *testing.T) {
	n := 0
	for _, err := range Rows(strings.NewReader("text,theme\nЯма,Ямы\nЛюк,Люки\n")) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d rows", n)
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("text;theme;problem\nЯма;Ямы;да\n"))
	f.Add([]byte("\ufeffТекст инцидента,Тема\n\"Яма\n\"\"у\"\" дома\",Ямы\n"))
	f.Add([]byte("\xd2\xe5\xea\xf1\xf2;\xd2\xe5\xec\xe0\n\xdf\xec\xe0;\xdf\xec\xfb\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for one, err := range Rows(strings.NewReader(string(data))) {
			if (err != nil) == (one.Text != "") {
				t.Fatalf("%+v, %v", one, err)
			}
			for d, label := range one.Labels {
				if label == "" || strings.Join(strings.Fields(label), " ") != label {
					t.Fatalf("%s is %q", d, label)
				}
			}
		}
	})
}
