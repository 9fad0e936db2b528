package learn

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
)

// decisions are made-up lessons of three themes in two groups.
func decisions() (list []Lesson) {
	for theme, texts := range map[string][]string{
		"holes":  {"Яма на дороге у школы", "Огромные ямы на улице", "Выбоина на дороге, колесо разбито"},
		"snow":   {"Снег не чистят на дороге", "Гололёд на тротуаре, снег не убирают", "Сугробы снега во дворе"},
		"doctor": {"Не попасть к врачу", "Врача нет в поликлинике", "Запись к врачу закрыта"},
	} {
		for _, text := range texts {
			group := "roads"
			if theme == "doctor" {
				group = "health"
			}
			list = append(list, Lesson{Text: text, Labels: map[Dimension]string{Group: group, Theme: theme, Problem: "yes"}})
		}
	}
	slices.SortFunc(list, func(a, b Lesson) int { return strings.Compare(a.Text, b.Text) })
	return list
}

func taught(t testing.TB, lessons ...Lesson) *Learner {
	t.Helper()
	l := New()
	for _, one := range lessons {
		if err := l.Teach(one); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func themed(text, theme string, hints ...string) Lesson {
	return Lesson{Text: text, Labels: map[Dimension]string{Theme: theme}, Hints: hints}
}

func first(l *Learner, text string, hints ...string) string {
	guesses := l.Judge(text, Theme, 1, hints...)
	if len(guesses) == 0 {
		return ""
	}
	return guesses[0].Label
}

func TestRules(t *testing.T) {
	all := decisions()
	for _, row := range []struct {
		rule string
		more []Lesson // after all
		text string
		want string
	}{
		{"what was taught is known", nil, "Яма на дороге у школы", "holes"},
		{"in other forms of the words too", nil, "ямой, ямы, яму", "holes"},
		{"ё is е", nil, "гололед", "snow"},
		{"one lesson is enough for words that no other has", []Lesson{themed("Лось бегает", "animals")}, "лось забежал в подъезд", "animals"},
		{"a new label taught twice is guessed for a text much like it",
			[]Lesson{themed("Не горит фонарь на дороге у школы", "light"), themed("Фонарь не горит на дороге у парка", "light")},
			"Не горит фонарь на дороге у магазина", "light"},
		{"a correction holds", []Lesson{themed("Яма на дороге у школы", "snow"), themed("Яма на дороге у школы", "holes")}, "Яма на дороге у школы", "holes"},
		{"the last correction does", []Lesson{themed("Яма на дороге у школы", "snow")}, "Яма на дороге у школы", "snow"},
		{"and for a text much like it", []Lesson{themed("Люк без крышки у рынка", "snow"), themed("Люк без крышки у рынка", "manholes")}, "У рынка люк без крышки стоит", "manholes"},
		{"capitals and signs make no other text", []Lesson{themed("ЯМА, на дороге — у школы!", "snow")}, "Яма на дороге у школы", "snow"},
		{"a text without words is no lesson", []Lesson{themed("?!", "snow")}, "?!", ""},
		{"words that say nothing find nothing", nil, "и в на не", ""},
		{"nothing finds nothing", nil, "", ""},
		{"signs find nothing", nil, "?!… 🛣️ \xff", ""},
	} {
		if got := first(taught(t, append(slices.Clone(all), row.more...)...), row.text); got != row.want {
			t.Errorf("%s: %q is %q, want %q", row.rule, row.text, got, row.want)
		}
	}
}

func TestAWrongLessonOfOneAmongManyIsCorrected(t *testing.T) {
	l := taught(t, decisions()...)
	wrong := Lesson{Text: "Врач не пришёл, запись в поликлинику закрыта", Labels: map[Dimension]string{Theme: "holes", Group: "roads"}}
	for range 3 { // curators may say it again
		_ = l.Teach(wrong)
	}
	if got := first(l, wrong.Text); got != "holes" {
		t.Fatalf("taught wrongly it is %q", got)
	}
	_ = l.Teach(Lesson{Text: wrong.Text, Labels: map[Dimension]string{Theme: "doctor"}})
	all := l.JudgeAll(wrong.Text, 1)
	if got := all[Theme][0].Label; got != "doctor" {
		t.Errorf("corrected it is %q", got)
	}
	if got := all[Group][0]; got.Label != "roads" || got.Confidence < 0.8 {
		t.Errorf("what was not corrected was forgotten: %v", got)
	}
	if got := first(l, "Врач опять не пришёл, а запись в поликлинику снова закрыта"); got != "doctor" {
		t.Errorf("a text much like it is %q", got)
	}
	if got := l.Lessons(); got != len(decisions())+4 {
		t.Errorf("%d lessons", got)
	}
}

// TestADecisionHoldsAmongMany has a curator who decides on one text otherwise than on many that are almost the same.
func TestADecisionHoldsAmongMany(t *testing.T) {
	l := New()
	both := func(text, theme string) Lesson {
		return Lesson{Text: text, Labels: map[Dimension]string{Theme: theme, Group: theme + "s"}}
	}
	for i := range 60 {
		_ = l.Teach(both(fmt.Sprint("Яма на дороге у дома ", i), map[bool]string{true: "hole", false: "snow"}[i%20 > 0]))
	}
	text := "Яма на дороге у рынка"
	_ = l.Teach(both(text, "road"))
	_ = l.Teach(themed(text, "snow"))
	for i := range 60 {
		_ = l.Teach(both(fmt.Sprint("Яма на дороге у рынка и дома ", i), "hole"))
	}
	if all := l.JudgeAll(text, 1); all[Theme][0].Label != "snow" || all[Group][0].Label != "roads" {
		t.Errorf("%v", all)
	}
	if got := first(l, text+" и дома 77"); got != "hole" {
		t.Errorf("the others are %q", got)
	}
}

// TestHintsTell has a body that neither the topic nor the place tells alone.
func TestHintsTell(t *testing.T) {
	l := New()
	body := func(topic, place int) string { return fmt.Sprint("body ", (topic*3+place*place)%5) }
	for round := range 4 {
		for topic := range 6 {
			for place := range 6 {
				text := fmt.Sprint(word(1000+topic), " ", word(90_000+round*36+topic*6+place))
				_ = l.Teach(themed(text, body(topic, place), fmt.Sprint("topic ", topic), fmt.Sprint("place ", place)))
			}
		}
	}
	right := 0
	for topic := range 6 {
		for place := range 6 {
			if first(l, word(1000+topic), fmt.Sprint("place ", place), fmt.Sprint("topic ", topic)) == body(topic, place) {
				right++
			}
		}
	}
	if right < 34 {
		t.Errorf("of 36 pairs of topic and place %d are known", right)
	}
}

func TestAtMostSoMany(t *testing.T) {
	l := taught(t, decisions()...)
	for _, n := range []int{-1, 0, 1, 2, 3, 100} {
		if got := len(l.Judge("яма", Theme, n)); got != min(max(n, 0), 3) {
			t.Errorf("of at most %d there are %d", n, got)
		}
	}
	if got := l.Judge("яма", Executor, 3); got != nil {
		t.Errorf("a dimension never taught gives %v", got)
	}
	if got := New().JudgeAll("яма", 3); len(got) != 0 {
		t.Errorf("a learner that knows nothing gives %v", got)
	}
}

func TestJudgeAllIsJudge(t *testing.T) {
	l := taught(t, decisions()...)
	text := "Яма, снег и врач"
	all := l.JudgeAll(text, 2, "a hint")
	if len(all) != 3 {
		t.Fatalf("%d dimensions", len(all))
	}
	for d, got := range all {
		if want := l.Judge(text, d, 2, "a hint"); !slices.Equal(got, want) {
			t.Errorf("%s: %v, alone %v", d, got, want)
		}
	}
}

// TestTrust has a first guess that is worth less than it looks: it stays first, and all add up to what they did.
func TestTrust(t *testing.T) {
	for _, row := range []struct {
		trust   trust
		p, want []float64
	}{
		{trust{0, 1}, []float64{0.2, 0.7, 0.1}, []float64{0.2, 0.7, 0.1}},
		{trust{0, 0}, []float64{0.2, 0.7, 0.1}, []float64{0.5 * 2 / 3, 0.5, 0.5 / 3}},
		{trust{-9, 0}, []float64{0.25, 0.5, 0.25}, []float64{1.0 / 3, 1.0 / 3, 1.0 / 3}},
		{trust{9, 0}, []float64{0, 1}, []float64{0, 0.9998766}},
	} {
		got := slices.Clone(row.p)
		row.trust.apply(got)
		for i := range got {
			if math.Abs(got[i]-row.want[i]) > 1e-6 {
				t.Errorf("%v of %v is %v, want %v", row.trust, row.p, got, row.want)
				break
			}
		}
	}
}

func TestNoRoom(t *testing.T) {
	l := taught(t, decisions()...)
	want := saved(t, l)
	nine := map[Dimension]string{}
	for i := range maxDimensions + 1 {
		nine[Dimension(fmt.Sprint(i))] = "yes"
	}
	for _, labels := range []map[Dimension]string{nine, {Theme: strings.Repeat("a", longestLabel+1)}, {Dimension(strings.Repeat("a", longestLabel+1)): "yes"}} {
		if err := l.Teach(Lesson{Text: "яма", Labels: labels}); !errors.Is(err, ErrFull) {
			t.Errorf("%.40v: %v", labels, err)
		}
	}
	if saved(t, l) != want {
		t.Error("what was refused changed the learner")
	}
	m := New()
	for i := range maxLabels {
		m.place(name{m.subject(Theme), fmt.Sprint(i)})
	}
	if err := m.Teach(themed("яма", "one more")); !errors.Is(err, ErrFull) {
		t.Errorf("of %d labels one more is %v", maxLabels, err)
	}
	if err := m.Teach(themed("яма", "7")); err != nil {
		t.Error(err)
	}
}

func TestTeachAll(t *testing.T) {
	var done []int
	l, next := New(), noise(250)
	var list []Lesson
	for range 250 {
		list = append(list, next())
	}
	if err := l.TeachAll(list, func(n int) { done = append(done, n) }); err != nil {
		t.Fatal(err)
	}
	if want := []int{50, 100, 150, 200, 250, 250}; !slices.Equal(done, want) || l.Lessons() != 250+len(Names(list)) {
		t.Errorf("%v, want %v; %d lessons", done, want, l.Lessons())
	}
	// What nobody has shown is guessed by what it is called.
	list = append(list, Lesson{Text: "без слов об этом", Labels: map[Dimension]string{Group: "Редкое", Theme: "Самовольная вырубка кедров"}})
	if err := l.TeachAll(list, nil); err != nil {
		t.Fatal(err)
	}
	if got := l.Judge("Кто-то вырубил кедры", Theme, 1); got[0].Label != "Самовольная вырубка кедров" {
		t.Errorf("%v", got)
	}
	if err := New().TeachAll(nil, nil); err != nil {
		t.Error(err)
	}
}

// TestOldLessonsGiveWay fills the places of the lessons kept and goes on.
func TestOldLessonsGiveWay(t *testing.T) {
	n := newNear()
	same := func(feature) float32 { return 1 }
	lesson := func(i int) text {
		return text{features: []feature{{hash: uint32(i) << (32 - headBits), q: scale}}, print: uint64(i), words: 1}
	}
	more := 1000
	for i := range 1<<keptBits + more {
		n.keep(same, lesson(i), truth{1})
	}
	if len(n.kept) != 1<<keptBits || len(n.byPrint) != len(n.kept) {
		t.Fatalf("%d lessons are kept, %d by their hash", len(n.kept), len(n.byPrint))
	}
	for _, row := range []struct{ lesson, want int }{{0, 0}, {more - 1, 0}, {more, 1}, {1 << keptBits, 1}, {1<<keptBits + more - 1, 1}} {
		if got := n.known(lesson(row.lesson)); got != (row.want > 0) {
			t.Errorf("lesson %d is known: %v", row.lesson, got)
		}
		b := &bench{}
		n.nearest(b, []weighed{{lesson(row.lesson).features[0], 1, false}}, same)
		if len(b.nearest) != row.want {
			t.Errorf("lesson %d has %d neighbours", row.lesson, len(b.nearest))
		}
	}
}

func TestManyReadBesideATeacher(t *testing.T) {
	l := taught(t, decisions()...)
	var readers sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if got := first(l, "Яма на дороге у школы"); got != "holes" {
					t.Errorf("it is %q", got)
					return
				}
			}
		})
	}
	next := noise(60)
	for range 60 {
		one := next()
		delete(one.Labels, Theme)
		_ = l.Teach(one)
	}
	saved(t, l)
	close(stop)
	readers.Wait()
}

func FuzzTeachAndJudge(f *testing.F) {
	l := taught(f, decisions()...)
	f.Add("Яма у дома 12 на Ленина", "holes", "43", 3)
	f.Add("\xd1\x00ё-Ё", "", "", 0)
	f.Add(strings.Repeat("ё", 20_000), "snow", "\xff", -1)
	f.Fuzz(func(t *testing.T, text, label, hint string, n int) {
		labels := map[Dimension]string{Theme: label}
		if err := l.Teach(Lesson{Text: text, Labels: labels, Hints: []string{hint}}); err != nil && !errors.Is(err, ErrFull) {
			t.Fatal(err)
		}
		guesses := l.Judge(text, Theme, n, hint)
		if len(guesses) > max(n, 0) {
			t.Fatalf("%d guesses, %d were asked for", len(guesses), n)
		}
		sum := 0.0
		for i, g := range guesses {
			sum += g.Confidence
			if !(g.Confidence >= 0) || sum > 1+1e-9 || i > 0 && g.Confidence > guesses[i-1].Confidence {
				t.Fatalf("%v", guesses)
			}
		}
	})
}
