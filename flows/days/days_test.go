package days

import (
	"testing"
	"time"
)

var (
	zone = time.FixedZone("", 3*60*60)
	now  = time.Date(2026, 11, 23, 10, 0, 0, 0, zone) // a Monday
)

func TestParse(t *testing.T) {
	for said, want := range map[string]string{
		"завтра": "2026-11-24", "Послезавтра": "2026-11-25", "сегодня": "2026-11-23",
		"в пятницу": "2026-11-27", "к понедельнику": "2026-11-30", "во вторник": "2026-11-24", "к среде": "2026-11-25", "в воскресенье": "2026-11-29",
		"25.11": "2026-11-25", "25.11.2026": "2026-11-25", "5.12.26": "2026-12-05", "2026-12-10": "2026-12-10",
		"1 декабря": "2026-12-01", "до 1 декабря 2027": "2027-12-01", "15 января": "2027-01-15", "29.02": "", "29.02.2028": "2028-02-29",
		"через 3 дня": "2026-11-26", "через неделю": "2026-11-30", "через две недели": "2026-12-07", "через месяц": "2026-12-23",
		"Сделаем до 25 ноября, не позже.": "2026-11-25", "к 1-му декабря": "", "20 мая": "2027-05-20",
		"20.11": "", "10 ноября": "", "31.11": "", "когда-нибудь": "", "": "", "99.99": "", "в среднем 5 машин": "", "дом 12": "",
		"tomorrow": "2026-11-24", "on Friday": "2026-11-27", "in 3 days": "2026-11-26", "in a week": "2026-11-30", "December 1": "2026-12-01", "1st December": "2026-12-01",
	} {
		day, ok := Parse(said, now)
		got := ""
		if ok {
			got = day.Format("2006-01-02")
		}
		if got != want {
			t.Errorf("%q is %q, want %q", said, got, want)
		}
	}
}

// TestParseChooses holds which date of a text is meant: the one by which, whole words only.
func TestParseChooses(t *testing.T) {
	for said, want := range map[string]string{
		// A date by which something is done wins over when it was looked at or begins.
		"Сегодня бригада осмотрела яму, заделаем до 3 декабря": "2026-12-03", "Начнём послезавтра и закончим к 2 декабря": "2026-12-02",
		"В пятницу завезём щебень, отсыпем не позднее 10.12": "2026-12-10", "We looked today and will mend it by December 3": "2026-12-03",
		"Осмотрим к среде, заделаем до 5 декабря": "2026-12-05", "Завтра начнём, no later than Friday": "2026-11-27", "Работы с 1 декабря по 5 декабря": "2026-12-05",
		"до вечера пятницы": "2026-11-27", "до 18:00 3 декабря": "2026-12-03", "Завтра осмотрим, к утру четверга починим": "2026-11-26",
		"Сегодня осмотрели, завтра заделаем": "2026-11-24", "сегодня заделаем": "2026-11-23", "Заделаем завтра, проверим в пятницу": "2026-11-24",
		"20.11 осмотрели, заделаем 3 декабря": "2026-12-03", "Осмотрели 20 ноября 30 машин": "", "Осмотрим завтра, заделаем до 20 ноября": "",
		"не раньше 5 декабря": "2026-12-05", "дойдём до дома 12 завтра": "2026-11-24",
		// A word that only begins like a day or a month is none.
		"Проведём субботник": "", "Поставить ограждение и субботник до 5 декабря": "2026-12-05", "субботник в субботу": "2026-11-28", "по субботам": "",
		"у дома 12 Октябрьского проспекта": "", "дом 5 Майский": "", "у дома 12 Октябрьского проспекта до 3 декабря": "2026-12-03", "в 5 мартеновских цехах": "",
		"Заделаем на ул. 8 Марта завтра": "2026-11-24", "улица 1 Мая": "", "до 8 марта": "2027-03-08", "среди недели": "", "12 mayors": "", "5 Augustine road": "",
		"25 ноябрь": "2026-11-25", "воскресенья": "2026-11-29", "до понедельника": "2026-11-30", "перед вторником": "2026-11-24", "until Sunday": "2026-11-29", "5 Sept 2027": "2027-09-05",
		// Ends of what everybody knows.
		"до конца недели": "2026-11-29", "до конца рабочей недели": "2026-11-27", "к концу следующей недели": "2026-12-06", "к концу месяца": "2026-11-30",
		"до конца следующего месяца": "2026-12-31", "до конца года": "2026-12-31", "до конца декабря": "2026-12-31", "до конца февраля": "2027-02-28", "до конца дня": "2026-11-23",
		"by the end of the week": "2026-11-29", "by the end of next month": "2026-12-31", "дойдём до конца улицы": "", "конец света": "",
	} {
		day, ok := Parse(said, now)
		got := ""
		if ok {
			got = day.Format("2006-01-02")
		}
		if got != want {
			t.Errorf("%q is %q, want %q", said, got, want)
		}
	}
	if day, ok := Parse("к 20 ноября", now); ok || day.IsZero() {
		t.Errorf("a day that has passed is told apart from none: %v, %v", day, ok)
	}
}

// TestLead holds what is taken off the beginning of a text, and that nothing else is.
func TestLead(t *testing.T) {
	for said, want := range map[string]string{
		"5.12 Нет асфальта": "2026-12-05 Нет асфальта", "до 5 декабря Нет асфальта": "2026-12-05 Нет асфальта", "в пятницу Теперь точно": "2026-11-27 Теперь точно",
		"5 декабря 2027 года ждём": "2027-12-05 ждём", "через две недели, долго": "2026-12-07 долго", "через неделю: нет людей": "2026-11-30 нет людей",
		"до конца следующей недели Ждём": "2026-12-06 Ждём", "завтра": "2026-11-24 ", "20.11 Заделаем": "2026-11-20 Заделаем", "by Friday No asphalt": "2026-11-27 No asphalt",
		"Проведём субботник и приведём дорогу в порядок": "-", "Заделаем яму завтра": "-", "Начнём послезавтра": "-", "12 Октябрьского проспекта": "-", "": "-", "до": "-", "12": "-",
	} {
		day, rest, ok := Lead(said, now)
		got := "-"
		if ok {
			got = day.Format("2006-01-02") + " " + rest
		}
		if got != want {
			t.Errorf("%q is %q, want %q", said, got, want)
		}
	}
}

func TestFar(t *testing.T) {
	for day, want := range map[string]bool{"2026-11-24": false, "2027-11-23": false, "2027-11-24": true, "2099-12-15": true, "2026-01-01": false} {
		d, err := time.ParseInLocation("2006-01-02", day, zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := Far(d, now); got != want {
			t.Errorf("%s is far: %v", day, got)
		}
	}
}

func TestChoices(t *testing.T) {
	weekdays := func(d time.Time) bool { return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday }
	friday := time.Date(2026, 11, 27, 10, 0, 0, 0, zone)
	var got []string
	for _, d := range Choices(friday, weekdays) {
		got = append(got, d.Format("01-02"))
	}
	want := []string{"11-30", "12-04", "12-11"} // tomorrow and in three days are both the Monday
	if len(got) != len(want) {
		t.Fatalf("%v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%v, want %v", got, want)
		}
	}
	if n := len(Choices(friday, func(time.Time) bool { return false })); n == 0 || n > 4 {
		t.Errorf("%d choices where nobody ever works", n)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"завтра", "25.11", "1 декабря", "через 3 дня", "in a week", "İ.0-", "99999999999 мая", "через 999999999 дней"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, said string) {
		if day, ok := Parse(said, now); ok && day.Before(midnight(now)) {
			t.Errorf("%q is %s", said, day)
		}
	})
}
