package follow_test

import (
	"strings"
	"testing"

	"otklik/flows/flowtest"
)

// answered is a report that has its answer.
const answered = `Анна: Яма на дороге, Киров, Ленина 12
Анна ▸ ✓ Отправить
Ольга: /assign 1 adm-kirov
Пётр: /close 1 Засыпали.
Ольга: /approve 1
`

const (
	confirmed = "отмечено как решённое"
	disputes  = "верните в работу"
	doubts    = "роблема решена?"
)

// heard plays lines and gives what people read after the last of them.
func heard(s *flowtest.Stage, lines string) string {
	lines = strings.TrimSuffix(lines, "\n")
	i := strings.LastIndexByte(lines, '\n') + 1
	if i > 0 {
		s.Play(lines[:i])
	}
	return s.Play(lines[i:] + "\n")
}

// TestVerdictInWords: who says yes to «is it solved?» does not complain, and who says no does.
func TestVerdictInWords(t *testing.T) {
	region := flowtest.Region(t)
	for said, want := range map[string]string{
		"Да, всё сделали, спасибо!": confirmed,
		"да":                        confirmed,
		"решено":                    confirmed,
		"Решена, благодарю":         confirmed,
		"Ага, засыпали":             confirmed,
		"Yes, it is solved, thanks": confirmed,

		"нет":               disputes,
		"Не решено":         disputes,
		"не решена":         disputes,
		"ничего не сделали": disputes,
		"Ничего не засыпали, всё по-старому": disputes,
		"спасибо, но ничего не сделали":      disputes,
		"да ничего не сделали":               disputes,
		"да нет, не решено":                  disputes,
		"яма на месте":                       disputes,
		"Яма опять появилась":                disputes,
		"решено не до конца":                 disputes,
		"no, nothing was done":               disputes,

		"спасибо":                       doubts,
		"ок":                            doubts,
		"решено?":                       doubts,
		"не знаю, я в отъезде":          doubts,
		"ещё не смотрела":               doubts,
		"вопросов больше нет":           doubts,
		"Засыпали, но криво":            doubts,
		"да, но посмотрите соседнюю":    doubts,
		"Щебнем засыпали одну половину": doubts,
		"👍":                 doubts,
		"[фото]":            doubts,
		"[фото] да, решено": doubts,
	} {
		for _, how := range []string{"Анна ↩ «проблема решена»: ", "Анна: "} {
			s := flowtest.On(t, region)
			s.Play(answered)
			got := s.Play(how + said + "\n")
			switch clear := want != doubts; {
			case strings.Contains(got, want):
			case how == "Анна: " && !clear && strings.Contains(got, "о каком это обращении"): // it may be about something else
			default:
				t.Errorf("%s%s: want %q\n%s", how, said, want, got)
			}
		}
	}
}

// TestVerdictInDoubt: what is not clear is kept until a button, or clear words, say what it means.
func TestVerdictInDoubt(t *testing.T) {
	region := flowtest.Region(t)
	const unclear = "Анна ↩ «проблема решена»: Засыпали, но криво\n"
	for _, c := range []struct{ lines, want string }{
		{unclear + "Анна ▸ ✓ Решено", confirmed},
		{unclear + "Анна: да, решено", confirmed},
		{unclear + "Анна ▸ ✗ Не решено", "Записал: «Засыпали, но криво»"},
		{unclear + "Анна: Не решено", disputes},
		{unclear + "Анна ✎ да, решено\nАнна: /my", "есть ответ"},
		{unclear + "Анна: с краю", "Засыпали, но криво с краю"},
		{unclear + "Анна: отмена", "не трогаю"},
		{unclear + "Анна: отмена\nАнна: /my", "есть ответ"},
		{unclear + "Анна ▸ ✗ Не решено\nАнна ▸ Вернуть в работу", "вернулось в"},
		{"Анна ▸ ✗ Не решено\nАнна: ой нет, решено, я ошиблась", doubts},
		{"Анна ▸ ✗ Не решено\nАнна: решено", doubts},
		{"Анна ▸ ✗ Не решено\nАнна: решено\nАнна: да, решено", confirmed},
		{"Анна ▸ ✗ Не решено\nАнна: Засыпали, но криво", disputes},
		{"Анна ▸ ✗ Не решено\nАнна: [фото]", disputes},
		{"Анна ▸ ✗ Не решено\nАнна ▸ Ничего не сделано\nАнна: ой нет, решено, я ошиблась", doubts},
		{"Анна ▸ ✗ Не решено\nАнна ▸ Ничего не сделано\nАнна: вторая неделя пошла", "вторая неделя"},
		// Nobody is asked about what is over.
		{unclear + "Анна ▸▸ follow:yes:1\nАнна ▸ ✓ Решено", confirmed},
	} {
		s := flowtest.On(t, region)
		s.Play(answered)
		if got := heard(s, c.lines); !strings.Contains(got, c.want) {
			t.Errorf("%s: want %q\n%s", c.lines, c.want, got)
		}
	}
}

// TestNoToSomethingElse: what is wrong elsewhere is no verdict, if nobody replied with it.
func TestNoToSomethingElse(t *testing.T) {
	region := flowtest.Region(t)
	const which = "о каком это обращении"
	for _, p := range []played{
		{answered + "Анна: не чистят снег во дворе", which, disputes},
		{answered + "Анна: Не вывозят мусор", which, disputes},
		{answered + "Анна: Вторую неделю никто не приезжает", which, disputes},
		{answered + "Анна: Вторую неделю никто не приезжал", disputes, which},
		{answered + "Анна: Яму так и не заделали", disputes, which},
		{answered + "Анна ▸ ✓ Решено\nАнна ↩ «Засыпали.»: не чистят снег во дворе", "Где это?", disputes},
	} {
		p.check(t, region)
	}
}

// TestVerdictAmongOthers: with other reports open only bare words are the verdict.
func TestVerdictAmongOthers(t *testing.T) {
	region := flowtest.Region(t)
	const other = "Анна: Не горит фонарь, Киров, Попова 5\nАнна ▸ ✓ Отправить\n"
	for said, want := range map[string]string{
		"да":               confirmed,
		"решено":           confirmed,
		"нет":              disputes,
		"не решено":        disputes,
		"Не горит фонарь":  "о каком это обращении",
		"ничего не горит":  "о каком это обращении",
		"всё починили":     "о каком это обращении",
		"ничего не делают": "о каком это обращении",
	} {
		s := flowtest.On(t, region)
		s.Play(answered + other)
		if got := s.Play("Анна: " + said + "\n"); !strings.Contains(got, want) {
			t.Errorf("%s: want %q\n%s", said, want, got)
		}
	}
}

// TestSolvedByMistake: whoever has said «solved» may take it back while the answer can be disputed.
func TestSolvedByMistake(t *testing.T) {
	region := flowtest.Region(t)
	const solved = answered + "Анна ▸ ✓ Решено\n"
	const reply = "Анна ↩ «Засыпали.»: "
	for _, p := range []played{
		{solved + reply + "яма опять появилась, случайно нажала решено", "Записал: «яма опять появилась", "Где это?"},
		{solved + reply + "яма опять появилась\nАнна ▸ Вернуть в работу", "вернулось в", ""},
		{solved + reply + "не решено", disputes, ""},
		{solved + "Анна ↩ «отмечено как»: нет, ничего не засыпали", disputes, ""},
		{solved + reply + "ой, я ошиблась", doubts, ""},
		{solved + reply + "ой, я ошиблась\nАнна ▸ ✗ Не решено\nАнна ▸ Проблема вернулась\nАнна ▸ Вернуть в работу", "вернулось в", ""},
		{solved + reply + "ой, я ошиблась\nАнна ▸ ✓ Решено", confirmed, ""},
		{solved + reply + "спасибо", "Пожалуйста", "роблема решена"},
		// What is new stays new.
		{solved + reply + "Не горит фонарь, Киров, Попова 5", "Понял: Не горят", ""},
		{solved + reply + "Лифт не работает вторую неделю в подъезде", "Где это?", ""},
		{solved + reply + "А у соседнего дома ещё одна", "Где это?", ""},
		{solved + "Анна: яма опять появилась", "Где это?", ""},
		{solved + "@ +500h\n" + reply + "яма опять появилась", "Где это?", ""},
	} {
		p.check(t, region)
	}
}
