package main

import (
	"path/filepath"
	"testing"

	"otklik/bot/bottest"
)

// TestTheDayOnTheDesk clicks what a working day brings, in a real browser: a problem known already, a question and its
// answer, two reports of one problem, a promise, the queue, and a person who wants to be forgotten.
func TestTheDayOnTheDesk(t *testing.T) {
	for _, on := range []bottest.View{
		{Name: "day-1440", Width: 1440, Height: 900, Scheme: "light"}, {Name: "day-390", Width: 390, Height: 844, Scheme: "light"},
	} {
		t.Run(on.Name, func(t *testing.T) {
			r := start(t, filepath.Join(t.TempDir(), "otklik.db"))
			p := browse(t, r.URL, on)

			p.write("anna", "Яма на дороге, Киров, Ленина 12, звоните 8 912 345-67-89")
			p.sees("anna", "В тексте есть номер телефона")
			p.press("anna", "Скрыть номер")
			p.press("anna", "✓ Отправить")
			p.sees("anna", "Обращение № 1 записано")
			p.press("curator", "→ Администрация города Кирова")
			p.press("kirov", "✓ Принять")

			// It is known already: one tap follows it.
			p.write("ivan", "Яма на дороге, Киров, Ленина 14, пробил колесо")
			p.sees("ivan", "Похоже, об этом уже написали")
			p.Shoot(on.Name + "-similar")
			p.press("ivan", "№ 1: это оно, следить")
			p.sees("ivan", "Следите за № 1")
			p.sees("curator", "Сообщили: 1 · следят: 1")

			// The body asks, the resident answers in the same chat.
			p.press("kirov", "Ещё…")
			p.press("kirov", "Спросить жителя")
			p.sees("kirov", "что спросить у жителя?")
			p.write("kirov", "С какой стороны дома?")
			p.sees("anna", "С какой стороны дома?")
			p.Shoot(on.Name + "-question")
			p.write("anna", "Со стороны двора")
			p.sees("kirov", "житель ответил. Со стороны двора")

			// An interim answer with a promised date.
			p.press("kirov", "Ещё…")
			p.press("kirov", "Промежуточный ответ")
			p.sees("kirov", "что сделаете и когда?")
			p.write("kirov", "Заделаем завтра")
			p.press("kirov", "✓ Отправить жителю")
			p.sees("anna", "Обещают сделать до")
			p.sees("ivan", "Обещают сделать до")

			// Another report of it, in other words: the curator merges it, and the answer reaches all.
			p.write("ivan", "Яма на дороге, Киров, Мира 5")
			p.press("ivan", "✓ Отправить")
			p.sees("ivan", "Обращение № 2 записано")
			p.press("curator", "Ещё…")
			p.sit("curator")
			p.Shoot(on.Name + "-more")
			p.press("curator", "Объединить")
			p.sees("curator", "с которым объединить")
			p.write("curator", "1")
			p.sees("curator", "№ 2 объединено с № 1")
			p.write("kirov", "/mine")
			p.sees("kirov", "В работе: 1")
			p.press("kirov", "Дать ответ")
			p.sees("kirov", "что сделано?")
			p.write("kirov", "Яму заделали.")
			p.press("kirov", "✓ Отправить на проверку")
			p.sees("kirov", "куратора на проверке")
			p.write("curator", "/queue")
			p.press("curator", "На проверке: 1")
			p.sees("curator", "На проверке: 1")
			p.Shoot(on.Name + "-queue")
			p.press("curator", "✓ Одобрить")
			p.sees("anna", "Ответ на № 1")
			p.sees("ivan", "Ответ на № 1")
			p.press("ivan", "✓ Решено")
			p.press("ivan", "5")
			p.write("curator", "/find ямы")
			p.sees("curator", "Нашлось: ямы")
			p.sit("anna")
			p.Shoot(on.Name)

			p.write("anna", "/forget")
			p.press("anna", "Да, удалить")
			p.sees("anna", "Готово, удалил")
			if err := r.stop(); err != nil {
				t.Fatal(err)
			}
		})
	}
}
