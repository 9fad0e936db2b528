package understand

import (
	"slices"
	"strings"
	"testing"

	"otklik/config"
)

// small is a pack of four topics in two groups: a rule shows better there than in a region's.
func small() *config.Pack {
	return &config.Pack{Groups: []config.Group{
		{Code: "roads", Topics: []config.Topic{
			{Code: "holes", Name: "Ямы", English: "Potholes", Keywords: []string{"!яма", "выбоина", "асфальт", "перекоп"}},
			{Code: "snow", Name: "Снег", English: "Snow", Keywords: []string{"снег", "лёд", "гололёд", "не чистят дорогу", "асфальт"}},
		}},
		{Code: "home", Topics: []config.Topic{
			{Code: "water", Name: "Водоснабжение", English: "Water", Keywords: []string{"вода", "водопровод", "холодная вода", "кап-кап", "труба"}},
			{Code: "heat", Name: "Отопление", English: "Heating", Keywords: []string{"холодные батареи", "в квартире холодно", "труба", "перекос"}},
		}},
	}}
}

func codes(guesses []Guess) (list []string) {
	for _, g := range guesses {
		list = append(list, g.Topic)
	}
	return list
}

func TestRules(t *testing.T) {
	j := New(small())
	for _, row := range []struct{ rule, text, want string }{
		{"a word counts in every form", "Пусто, одни ямы", "holes"},
		{"and in capitals", "ЯМЫ", "holes"},
		{"ё is е", "лед", "snow"},
		{"a phrase stands in any order", "дорогу никто не чистят", "snow"},
		{"with a few words between", "дорогу у нас вообще никогда не чистят", "snow"},
		{"but not all over the text", "Дорогу видно. " + strings.Repeat("Слово. ", 9) + "Чистят вилки.", ""},
		{"a phrase weighs more than a word", "Выбоина, и дорогу не чистят", "snow holes"},
		{"a phrase needs all its words", "холодно", ""},
		{"a phrase does not take one word of the text twice", "кап", ""},
		{"but may have one twice itself", "кап, кап", "water"},
		{"many weak words do not outweigh a strong one", "снег, гололёд, яма", "holes snow"},
		{"a rare word weighs more than a common one", "асфальт и водопровод", "water holes snow"},
		{"a marked word weighs more", "снег, яма", "holes snow"},
		{"what is said first weighs more", "Снег завалил выбоину", "snow holes"},
		{"and again, the other way round", "Выбоину завалил снег", "holes snow"},
		{"a topic's name is a keyword", "водоснабжение", "water"},
		{"equals stand by their codes", "труба", "heat water"},
		{"a slip of the finger is mended", "отоплние", "heat"},
		{"two letters swapped too", "аслфалту асвальт", "holes snow"},
		{"a slip that may be either of two is none", "перекок", ""},
		{"a short word is not mended", "яда", ""},
		{"English leads to the topic's English name", "There are potholes everywhere", "holes"},
		{"words that say nothing find nothing", "и в на не", ""},
		{"nothing finds nothing", "", ""},
		{"signs find nothing", "?!… 🛣️ \xff", ""},
	} {
		if got := strings.Join(codes(j.Topics(row.text, 9)), " "); got != row.want {
			t.Errorf("%s: %q is %q, want %q", row.rule, row.text, got, row.want)
		}
	}
}

func TestAtMostSoMany(t *testing.T) {
	j := New(small())
	for _, n := range []int{-1, 0, 1, 2, 3, 100} {
		if got := len(j.Topics("яма, снег, отопление, вода", n)); got != min(max(n, 0), 4) {
			t.Errorf("of at most %d there are %d", n, got)
		}
	}
	if got := New(&config.Pack{}).Topics("яма", 3); len(got) != 0 {
		t.Errorf("a pack without topics gives %v", got)
	}
}

func TestTheSameTextGivesTheSameAnswer(t *testing.T) {
	text := "Во дворе яма, снег не чистят, в подъезде холодно, вода ржавая, лифт стоит, автобус не пришёл"
	want := New(builtIn(t)).Topics(text, 20)
	for range 5 {
		if got := New(builtIn(t)).Topics(text, 20); !slices.Equal(got, want) {
			t.Fatalf("%v, then %v", want, got)
		}
	}
}

func FuzzTopics(f *testing.F) {
	j := New(builtIn(f))
	f.Add("Яма у дома 12 на Ленина, уже третья машина колесо оставила", 3)
	f.Add("\xd1\x00ё-Ё", 0)
	f.Fuzz(func(t *testing.T, text string, n int) {
		guesses := j.Topics(text, n)
		if len(guesses) > max(n, 0) {
			t.Fatalf("%d guesses, %d were asked for", len(guesses), n)
		}
		seen := map[string]bool{}
		for i, g := range guesses {
			if !(g.Score > 0) || seen[g.Topic] || i > 0 && g.Score > guesses[i-1].Score {
				t.Fatalf("%v", guesses)
			}
			seen[g.Topic] = true
		}
	})
}

func BenchmarkTopics(b *testing.B) {
	j := New(builtIn(b))
	text := "Здравствуйте. Во дворе дома огромная яма, после дождя стоит вода, машины объезжают по газону. Просим заделать и вернуть освещение у подъезда."
	for b.Loop() {
		j.Topics(text, 3)
	}
}

// BenchmarkTopicsForTheFirstTime is Topics without what it remembers of texts that it has read.
func BenchmarkTopicsForTheFirstTime(b *testing.B) {
	j := New(builtIn(b))
	text := "Здравствуйте. Во дворе дома огромная яма, после дождя стоит вода, машины объезжают по газону. Просим заделать и вернуть освещение у подъезда."
	for b.Loop() {
		j.judge(text)
	}
}

func BenchmarkNew(b *testing.B) {
	pack := builtIn(b)
	for b.Loop() {
		New(pack)
	}
}

func BenchmarkTopicsOfALongText(b *testing.B) {
	j := New(builtIn(b))
	text := strings.Repeat("Вчерашнее происшествие обсуждали соседки, разговаривая невпопад. ", 125) // 8,000 characters
	for b.Loop() {
		j.Topics(text, 3)
	}
}

// TestOfABookTheBeginningIsRead: the time that a text takes has a bound.
func TestOfABookTheBeginningIsRead(t *testing.T) {
	j := New(small())
	start := "Яма на дороге. "
	for _, filler := range []string{"просто ", "ж", "Ямочка "} {
		book := start + strings.Repeat(filler, 1<<20/len(filler))
		got := j.Topics(book, 3)
		if !slices.Equal(got, j.Topics(book[:longest], 3)) || len(got) == 0 {
			t.Errorf("%q…: %v", filler, got)
		}
		if with := j.Topics(book+" Снег, гололёд", 3); !slices.Equal(with, got) {
			t.Errorf("%q…: its end was read: %v", filler, with)
		}
	}
}

func TestWhatIsNoSlipIsNotMended(t *testing.T) {
	pack, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	j := New(pack)
	for _, text := range []string{"сколько можно", "на пересечении", "родители", "на портале"} {
		for _, g := range j.Topics(text, 5) {
			t.Errorf("%q is held for %s", text, g.Topic)
		}
	}
	if g := j.Topics("скольско на тротуаре", 3); len(g) == 0 {
		t.Error("a slip is not mended any more")
	}
}
