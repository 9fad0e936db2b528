package words

import (
	"slices"
	"strings"
	"testing"
	"unicode"
)

func TestStems(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"Яма на дороге, у дома 12а!", "ям дорог дом 12а"},
		{"ЯМЫ НА ДОРОГАХ", "ям дорог"},
		{"ёлка Елка ЁЛКИ", "елк"},
		{"обращение №1042", "обращн 1042"},
		{"Ленина, 5/2", "ленин 5 2"},
		{"и в с к у я а", ""},
		{"Wi-Fi не работает", "wi fi работа"},
		{"доро\u00adга за\u0301мок трамва\u0438\u0306 е\u0308лка", "дорог замк трамва елк"},
		{"дом 🏠 дома", "дом"},
		{"\xff\xfeяма\x00люк", "ям люк"},
		{strings.Repeat("ж", 5000), strings.Repeat("ж", longest)},
		{strings.Repeat("7", 5000), strings.Repeat("7", longest)},
	} {
		if got := strings.Join(Stems(c.text), " "); got != c.want {
			t.Errorf("%.40q: %q, want %q", c.text, got, c.want)
		}
	}
}

// TestFormsOfAWord has words that people write to the desk, in the forms in which they do.
func TestFormsOfAWord(t *testing.T) {
	for _, line := range []string{
		"яма ямы яме яму ямой ям ямам ямами ямах",
		"дорога дороги дороге дорогу дорогой дорог дорогам дорогами дорогах",
		"остановка остановки остановке остановку остановкой остановок остановкам остановках",
		"посёлок поселка поселку поселком поселке поселки поселков",
		"переулок переулка переулку переулке переулки",
		"участок участка участке участки участков",
		"скамейка скамейки скамейку скамеек",
		"площадка площадки площадке площадку площадок",
		"свалка свалки свалку свалок",
		"крышка крышки крышку крышек",
		"козырёк козырька козырьки",
		"деревня деревни деревне деревню деревень",
		"окно окна окне окон окнами",
		"угол угла углу углом",
		"фонарь фонаря фонари фонарей фонарями",
		"улица улицы улице улицу улиц",
		"двор двора дворе дворы дворов",
		"вода воды воде воду водой",
		"человек человека человеку",
		"контейнер контейнера контейнеры контейнеров",
		"снег снега снегом снегу",
		"котёл котла котлы",
		"сломанный сломанная сломанную сломанные",
		"грязный грязная грязную грязные грязного",
	} {
		forms := strings.Fields(line)
		for _, f := range forms[1:] {
			if a, b := Stems(forms[0]), Stems(f); len(a) != 1 || !slices.Equal(a, b) {
				t.Errorf("%s gives %q, %s gives %q", forms[0], a, f, b)
			}
		}
	}
}

// TestOtherWordsStayApart has pairs that must not be taken for each other.
func TestOtherWordsStayApart(t *testing.T) {
	for _, line := range []string{
		"дорога дорого", "дом дым", "двор дверь", "мост место", "вода вход", "свет совет", "люк лук", "лес лист",
		"школа шкаф", "газ глаз", "котёл кот", "столб стол", "участок участие", "поселок посев", "12 12а", "крыша крышка",
		"номер норма", "урок урод", "вагон вага", "школа шкала", "стол стул",
	} {
		if w := strings.Fields(line); slices.Equal(Stems(w[0]), Stems(w[1])) {
			t.Errorf("%s and %s are one: %q", w[0], w[1], Stems(w[0]))
		}
	}
}

func TestEverySignWithinAWordIsTold(t *testing.T) {
	for r := range unicode.MaxRune + 1 {
		if got, want := within(r), unicode.In(r, unicode.Mn, unicode.Cf); got != want {
			t.Fatalf("%U: %t", r, got)
		}
	}
}
