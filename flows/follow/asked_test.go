package follow_test

import (
	"strings"
	"testing"

	"otklik/flows"
	"otklik/flows/flowtest"
	"otklik/storage"
)

// TestNobodyToAsk: what was found in public has nobody to ask, until somebody follows it: the clock goes on.
func TestNobodyToAsk(t *testing.T) {
	region := flowtest.Region(t)
	const asked, nobody = "вопрос отправлен жителю", "вопрос никто не прочтёт"
	for _, p := range []played{
		{"Ольга: /ask 1 Где именно?", nobody, asked},
		{"Пётр: /ask 1 Где именно?", nobody, asked},
		{"Пётр: /ask 1\nПётр: Где именно?", nobody, asked},
		{"Пётр: /ask 1\nПётр: Где именно?\nПётр: /close 1 Засыпали.", "ответ ушёл куратору", ""},
		{"Иван ▸▸ follow:join:1\nПётр: /ask 1 Где именно?", asked, nobody},
		{"Иван ▸▸ follow:join:1\nПётр: /ask 1 Где именно?\nИван ▸ Ответить\nИван: у моста", "Передал ваш ответ", ""},
		{"Иван ▸▸ follow:join:1\n@ запретил Иван\nПётр: /ask 1 Где именно?", nobody, asked},
		{"Иван ▸▸ follow:join:1\n@ запретил Иван\nИван: /my\nПётр: /ask 1 Где именно?", asked, nobody},
	} {
		s := flowtest.On(t, region)
		s.Do("Ольга", func(t *flows.Turn) error {
			return t.Open(&storage.Incident{Topic: "road-potholes", Text: "Яма у моста", Place: storage.Place{Municipality: "kirov", Label: "Киров"}})
		})
		s.Play("Ольга: /assign 1 adm-kirov\n")
		got := heard(s, p.lines)
		if !strings.Contains(got, p.want) || (p.not != "" && strings.Contains(got, p.not)) {
			t.Errorf("want %q, not %q:\n%s\n…\n%s", p.want, p.not, p.lines, got)
		}
	}
}

// TestMutedMayAnswer: whoever is muted may still answer what the desk itself asks, and nothing else.
func TestMutedMayAnswer(t *testing.T) {
	region := flowtest.Region(t)
	const told, no, begun = "Передал ваш ответ", "Пока не принимаю", "Понял:"
	for _, p := range []played{
		{"Анна: метр", told, no},
		{"Анна ↩ «Какой ширины»: метр", told, no},
		{"Анна ▸ Ответить\nАнна: метр", told, no},
		{"Анна: [фото]", told, no},
		{"Анна: метр\nАнна: и ещё раз метр", no, told},
		{"Анна: Не горит фонарь, Киров, Попова 5\nАнна ▸ Новое обращение", no, begun},
		{"Анна: /new Не горит фонарь, Киров, Попова 5", no, begun},
		{"Анна: [переслано Иван] Не горит фонарь, Киров, Попова 5", no, begun},
		{"Иван: Не горит фонарь, Киров, Попова 5", begun, no},
	} {
		s := flowtest.On(t, region)
		s.Play(open1)
		s.Do("Ольга", func(t *flows.Turn) error {
			inc, _, err := t.Number("1")
			if err != nil {
				return err
			}
			p, err := t.Tx.Person(inc.Reporters[0].Person)
			if err != nil {
				return err
			}
			return t.Mute(p, t.Now.AddDate(0, 0, 7), "ругань")
		})
		s.Play(ask1)
		got := heard(s, p.lines)
		if !strings.Contains(got, p.want) || (p.not != "" && strings.Contains(got, p.not)) {
			t.Errorf("want %q, not %q:\n%s\n…\n%s", p.want, p.not, p.lines, got)
		}
	}
}
