package desk

import (
	"context"
	"strings"

	"otklik/bot"
)

func row(texts ...string) (row []bot.Button) {
	for _, t := range texts {
		row = append(row, bot.Button{Text: t, Data: "x:" + t[:min(len(t), 20)]})
	}
	return row
}

func (s *stage) photo(width, height, seed int) bot.Media {
	s.t.Helper()
	p, err := s.desk.store(context.Background(), picture(width, height, seed))
	if err != nil {
		s.t.Fatal(err)
	}
	return bot.Media{ID: "f1", Refs: map[string]string{Name: p.ID}}
}

func (s *stage) writes(chair, text string, photos ...bot.Media) {
	s.t.Helper()
	var ids []string
	for _, p := range photos {
		ids = append(ids, p.Refs[Name])
	}
	if status, said := s.post("/desk/chairs/"+chair+"/say", map[string]any{"key": chair + nonceOf(text), "text": text, "photos": ids}); status != 200 {
		s.t.Fatal(status, said)
	}
}

func nonceOf(text string) string {
	id, _, _ := new(album).Put(context.Background(), strings.NewReader(text), 1<<20)
	return id
}

// conversation fills the chairs with what a day may bring: short and long, photos, places, many buttons.
func (s *stage) conversation() {
	bold := func(marked string) bot.Message {
		text, spans := bot.Rich(marked)
		return bot.Message{Text: text, Bold: spans}
	}
	with := func(m bot.Message, rows ...[]bot.Button) bot.Message { m.Keyboard = rows; return m }
	pit := s.photo(1200, 900, 1)

	s.writes("anna", "Яма у дома 12 на Ленина, уже третья машина колесо оставила", pit)
	s.tell("anna", with(bold("Понял: \ue000яма на дороге\ue001, Киров, ул. Ленина, 12. 1 фото."),
		row("Ямы на дорогах ✓", "Люк", "Другая тема"), row("Отправить", "Изменить")))
	s.writes("anna", "58.6035, 49.6680")
	s.tell("anna", with(bold("Обращение \ue000№ 1042\ue001 записано.\nКуратор передаст его в администрацию Кирова сегодня до 15:00. Первый ответ — до 12:00 завтра. Напишу сюда."), row("Посмотреть")))

	s.writes("petr", "Ключи, Садовая 3, третий день нет света в подъезде. Звонили в управляющую компанию, там обещали прийти вчера, никто не пришёл. В доме пожилые люди, подниматься на пятый этаж в темноте опасно.")
	s.tell("petr", with(bold("Ключей в области пятнадцать. Какие ваши?"), row("Куменский район", "Советский", "Уржумский"), row("Ещё 12 →"), row("← Назад", "Отмена")))
	s.writes("petr", "Вот так сейчас", s.photo(900, 1200, 2), s.photo(1200, 900, 3), s.photo(1000, 1000, 4), s.photo(1600, 900, 5))

	card := bold("\ue000№ 1042 · Ямы на дорогах\ue001 · Киров, Ленина, 12\n«Яма у дома 12 на Ленина, уже третья машина колесо оставила» · 1 фото\nПередать до 15:00 · первый ответ до 12:00 вт\nВероятно: Администрация города Кирова (0,91)")
	card.Photos = []bot.Media{pit}
	s.tell("curator", bold("Вы куратор. Новые обращения будут приходить сюда."))
	first := s.tell("curator", with(card, row("→ Администрация Кирова"), row("Другая организация"), row("Тема", "Место", "Срочно"), row("Похожие: 2", "Отклонить")))
	s.tell("curator", with(bold("\ue000№ 1041 · Вывоз мусора\ue001 · Слободской, Советская, 7\n«Контейнеры переполнены» · 2 фото\nпередано: Администрация Слободского района · 14:07, Ирина В. · первый ответ до 12:00 вт (осталось 6 ч рабочих)"), row("Открыть")))
	_ = first

	s.tell("district", with(bold("\ue000№ 1042 · Ямы на дорогах\ue001 · Киров, Ленина, 12 · первый ответ до 12:00 вт\n«Яма у дома 12 на Ленина, уже третья машина колесо оставила»\nОтветьте на эту карточку текстом или фото — житель увидит, как идёт работа."), row("Принять", "Не наше")))
}
