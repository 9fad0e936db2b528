package follow_test

import (
	"strings"
	"testing"

	"otklik/flows/flowtest"
)

const (
	open1 = "Анна: Яма на дороге, Киров, Ленина 12\nАнна ▸ ✓ Отправить\n"
	open2 = "Анна: Не горит фонарь, Киров, Попова 5\nАнна ▸ ✓ Отправить\n"
	ask1  = "Ольга: /ask 1 Какой ширины яма?\n"
)

// played is one play: what is to be read after its last line, and what is not.
type played struct{ lines, want, not string }

func (p played) check(t *testing.T, region flowtest.Ground) {
	t.Helper()
	s := flowtest.On(t, region)
	got := heard(s, p.lines)
	if !strings.Contains(got, p.want) || (p.not != "" && strings.Contains(got, p.not)) {
		t.Errorf("want %q, not %q:\n%s\n…\n%s", p.want, p.not, p.lines, got)
	}
}

// TestWhenInWords: whoever asks «when?» in words hears what the button says, and nobody is sent the question as news.
func TestWhenInWords(t *testing.T) {
	region := flowtest.Region(t)
	const asked, which, still = "Спросил по № 1, когда будет сделано", "о каком это обращении", "ждём вашего ответа"
	for _, p := range []played{
		{open1 + "Анна: когда сделают?", asked, which},
		{open1 + "Анна: ну и когда?", asked, which},
		{open1 + "Анна: Сколько ждать?", asked, which},
		{open1 + "Анна: Здравствуйте, подскажите пожалуйста, когда отремонтируют", asked, which},
		{open1 + "Анна: какой срок?", asked, which},
		{open1 + "Анна: when will it be fixed?", asked, which},
		{open1 + "Анна ↩ «№ 1»: когда сделают?", asked, "Добавил"},
		{open1 + "Анна: когда сделают?\nАнна: ну когда уже?", "вы уже спрашивали сегодня", which},
		{open1 + "Анна ▸ Посмотреть\nАнна ▸ Дополнить\nАнна: когда сделают?", asked, "Добавил"},
		{open1 + open2 + "Анна: когда сделают?", which, asked},
		{open1 + open2 + "Анна: когда сделают?\nАнна ▸ № 1 · Ямы на дорогах, Киров, ул. Ленина, 12", asked, "Добавил"},
		{open1 + "Ольга: /assign 1 adm-kirov\nПётр: /close 1 Готово.\nАнна: когда?", "ответ готов, его проверяет куратор", which},
		{open1 + ask1 + "Анна: когда сделают?", still, "Передал ваш ответ"},
		{open1 + ask1 + "Анна ↩ «Какой ширины»: и когда?", still, "Передал ваш ответ"},
		{open1 + ask1 + "Анна ▸ Ответить\nАнна: когда сделают?", still, "Передал ваш ответ"},
		{open1 + ask1 + "Анна ▸ Ответить\nАнна: когда сделают?\nАнна: метр", "Передал ваш ответ", ""},
		// Other words are what they were.
		{open1 + "Анна: Когда дождь, вода стоит по колено", which, asked},
		{open1 + "Анна: Скоро кто-нибудь убьётся", which, asked},
		{open1 + "Анна: Когда починят лифт в нашем доме?", which, asked},
		{open1 + ask1 + "Анна: Скоро", "Передал ваш ответ", ""},
		{open1 + ask1 + "Анна: когда шире, когда уже", "Передал ваш ответ", ""},
		{"Анна: когда сделают?", "", asked},
	} {
		p.check(t, region)
	}
}

// TestNothingToAdd: thanks, and signs without a letter, are nothing that anybody is told.
func TestNothingToAdd(t *testing.T) {
	region := flowtest.Region(t)
	const which = "о каком это обращении"
	for _, p := range []played{
		{open1 + "Анна ↩ «№ 1»: спасибо", "Пожалуйста", "Добавил"},
		{open1 + "Анна ↩ «№ 1»: Спасибо вам большое!", "Пожалуйста", "Добавил"},
		{open1 + "Анна: Спасибо вам большое!", "Пожалуйста", which},
		{open1 + "Анна: Кто вы?", "", which},
		{open1 + ask1 + "Анна: кто вы?", "", "Передал ваш ответ"},
		{open1 + "Анна ↩ «№ 1»: ?", "Напишите словами", "Добавил"},
		{open1 + "Анна ↩ «№ 1»: 😡😡😡", "Напишите словами", "Добавил"},
		{open1 + "Анна ▸ Посмотреть\nАнна ▸ Дополнить\nАнна: ?\nАнна: глубокая", "Добавил к № 1", ""},
		{open1 + "Анна ▸ Посмотреть\nАнна ▸ Дополнить\nАнна: спасибо", "Пожалуйста", "Добавил"},
		{open1 + "Анна: Третья машина без колеса\nАнна: спасибо", "«Третья машина без колеса» — о", ""},
		{open1 + "Анна: Третья машина без колеса\nАнна: ?", "«Третья машина без колеса» — о", ""},
		{open1 + "Анна: Третья машина без колеса\nАнна: 12", "«Третья машина без колеса» — о", ""},
		{open1 + "Анна: Третья машина без колеса\nАнна: и ночью темно", "колеса и ночью темно» — о", ""},
		{open1 + "Анна: Третья машина без колеса\nАнна: [фото]", "1 фото — о", ""},
		{open1 + "Анна ↩ «№ 1»: Спасибо, но там ещё одна", "Добавил", ""},
		{open1 + ask1 + "Анна ↩ «Какой ширины»: 12", "Передал ваш ответ", ""},
		{open1 + ask1 + "Анна ↩ «Какой ширины»: хорошо", "Передал ваш ответ", ""},
		{open1 + ask1 + "Анна ↩ «Какой ширины»: спасибо", "ждём вашего ответа", "Передал ваш ответ"},
	} {
		p.check(t, region)
	}
}

// TestAnswerOfAnotherTopic: what is surely about something else is not passed on as the answer to a question.
func TestAnswerOfAnotherTopic(t *testing.T) {
	region := flowtest.Region(t)
	const which, told = "о каком это обращении", "Передал ваш ответ"
	for _, p := range []played{
		{open1 + ask1 + "Анна: Лифт не работает вторую неделю в подъезде", which, told},
		{open1 + ask1 + "Анна: у нас второй день не горит фонарь", which, told},
		{open1 + ask1 + "Анна: Лифт не работает вторую неделю в подъезде\nАнна ▸ ❓ № 1 · Ямы на дорогах, Киров, ул. Ленина, 12", told, ""},
		{open1 + ask1 + "Анна: Лифт не работает вторую неделю в подъезде\nАнна ▸ Новое обращение", "Где это?", told},
		{open1 + ask1 + "Анна: метр", told, ""},
		{open1 + ask1 + "Анна: 1,5 на 2", told, ""},
		{open1 + ask1 + "Анна: [фото]", told, ""},
		{open1 + ask1 + "Анна: возле детской площадки, около двух метров", told, ""},
		{open1 + ask1 + "Анна: на всю дорогу, машины не проезжают", told, ""},
		{open1 + ask1 + "Анна: около метра, рядом люк открыт, не объехать", told, ""},
		{open1 + ask1 + "Анна: не знаю, после дождя там лужа по колено", told, ""},
		{open1 + ask1 + "Анна: никто не приезжал", told, ""},
		{open1 + ask1 + "Анна: лифт", told, ""},
		{open1 + "Ольга: /ask 1 Лифт в доме работает?\nАнна: Лифт не работает вторую неделю", told, ""},
	} {
		p.check(t, region)
	}
}

// TestStrayInDispute: what is surely about another place or another thing is not written into a complaint.
func TestStrayInDispute(t *testing.T) {
	region := flowtest.Region(t)
	const which, noted = "о каком это обращении", "верните в работу"
	const begun = answered + "Анна ▸ ✗ Не решено\nАнна ▸ Ничего не сделано\n"
	const stray = "Анна: Уржум, Гагарина 7, лифт не работает\n"
	for _, p := range []played{
		{begun + stray, which, noted},
		{begun + "Анна: Лифт не работает вторую неделю в подъезде", which, noted},
		{begun + stray + "Анна ▸ К тому, что пишу", "сделано Уржум, Гагарина 7", which},
		{begun + stray + "Анна ▸ Новое обращение", "Понял: Лифт", noted},
		{begun + stray + "Анна ▸ Новое обращение\nАнна ▸ ✓ Отправить\nАнна ▸ Вернуть в работу", "вернулось в", "Уржум"},
		{begun + stray + "Анна: третий этаж", which, noted},
		{begun + stray + "Анна ▸ Отмена", "Записал: «Ничего не сделано»", "Уржум"},
		{begun + "Анна: На Ленина 12 яма как была", noted, which},
		{begun + "Анна: Вторую неделю не приезжают", noted, which},
		{begun + "Анна: [фото]", noted, which},
		{begun + "Анна: [гео 58.6 49.66]", noted, which},
		{answered + "Анна ↩ «проблема решена»: Засыпали, но криво\n" + stray, which, "роблема решена"},
	} {
		p.check(t, region)
	}
}

// TestFollowersSpeak: whoever follows what others reported is understood, too, where it waits for them.
func TestFollowersSpeak(t *testing.T) {
	region := flowtest.Region(t)
	const join, done = "Иван ▸▸ follow:join:1\n", "Ольга: /assign 1 adm-kirov\nПётр: /close 1 Засыпали.\nОльга: /approve 1\n"
	for _, p := range []played{
		{open1 + join + done + "Иван: нет", disputes, "Где это?"},
		{open1 + join + done + "Иван: да, решено", confirmed, ""},
		{open1 + join + done + "Иван: спасибо", doubts, ""},
		{open1 + join + done + "Иван: Засыпали, но криво", "о каком это обращении", ""},
		{open1 + join + "Иван: когда сделают?", "Спросил по № 1", ""},
		{open1 + join + "Иван: Третья машина без колеса", "Где это?", "о каком"},
		{open1 + join + done + "Иван: Яма на дороге, Киров, Попова 5", "Понял: Ямы", "о каком"},
	} {
		p.check(t, region)
	}
}
