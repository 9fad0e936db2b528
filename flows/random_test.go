package flows_test

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/flowtest"
	"otklik/storage"
)

// TestPeopleDoAnything lets people with random roles write, press, forge and wait at random, and holds after every step:
// no update fails; every event follows from the one before by the table, by somebody whom the table lets; time and
// deadlines never run backwards; every card shows its incident as it is; every reporter hears an answer once. A failure
// is shrunk to the shortest play that shows it.
func TestPeopleDoAnything(t *testing.T) {
	if flag.Lookup("rapid.checks").Value.String() == "100" { // not asked for otherwise; a play is long
		checks := "24"
		if testing.Short() {
			checks = "3"
		}
		if err := flag.Set("rapid.checks", checks); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = flag.Set("rapid.checks", "100") }()
	}
	if err := flag.Set("rapid.shrinktime", "15s"); err != nil {
		t.Fatal(err)
	}
	done := map[string]int{}
	everything(t, done)
	rapid.Check(t, func(r *rapid.T) { anything(t, r, done) })
	for _, r := range flows.Lifecycle {
		if done[string(r.Action)] == 0 {
			t.Errorf("in all plays nobody ever managed to %s: the plays are too tame, or it cannot be done", r.Action)
		}
	}
	t.Log(done)
}

// both is the stage's testing.TB in a play: the folders of the test, the failures of the play.
type both struct {
	testing.TB
	r *rapid.T
}

func (b both) Helper()                      { b.r.Helper() }
func (b both) Error(args ...any)            { b.r.Error(args...) }
func (b both) Errorf(f string, args ...any) { b.r.Errorf(f, args...) }
func (b both) Fatal(args ...any)            { b.r.Fatal(args...) }
func (b both) Fatalf(f string, args ...any) { b.r.Fatalf(f, args...) }
func (b both) Log(args ...any)              { b.r.Log(args...) }
func (b both) Logf(f string, args ...any)   { b.r.Logf(f, args...) }
func (b both) Failed() bool                 { return b.r.Failed() }
func (b both) Cleanup(fn func())            { b.r.Cleanup(fn) }

var cast = []string{"Анна", "Иван", "Ольга", "Тамара", "Пётр", "Марина", "Зоя"}

// words by role: what anybody says, and what each role has to say.
var words = map[storage.RoleKind][]string{
	"": {
		"Яма на дороге, Киров, Ленина 12", "[фото] Не горит фонарь", "[гео 58.6 49.66]", "Ключи", "Киров", "да", "нет", "отмена", "спасибо",
		"[альбом 3] Мусор не вывозят", "[стикер]", "транспорта", "администрация", "Сделали", "/my", "/help", "/new", "/cancel", "/start", "/language", "/forget",
		"/assign N adm-kirov", "/accept N", "/approve N", "/incident N", "/as", "/as житель", "/as куратор", "/as кирова", "/invite", "/staff",
	},
	storage.Curator: {
		"/assign", "/assign N adm-kirov", "/assign N min-transport", "/approve N", "/approve N", "/return N плохо", "/return N хуже", "/reject N не то",
		"/incident N", "/approve", "/reject N", "/return N", "Слободской, Советская 5", "яма во дворе",
		"/merge N N", "/merge N N", "/merge N 1", "/unmerge N", "/unmerge N", "/note N смотрите", "/ask N где?", "/ask N", "через неделю", "15.12", "/muted", "/find яма", "/find N",
		"/inspect N traffic-police", "/inspect N traffic-police", "/inspect N", "/relieve N",
	},
	storage.Official: {
		"/accept N", "/decline N не наше", "/decline N", "/status N едем", "/status N копаем", "/status N", "/close N сделано", "/close N", "/incident",
		"Это региональная дорога", "[фото] Работаем", "/mine", "/ask N где?", "/extend N 15.12 нет бригады", "/promise N завтра сделаем", "/promise N", "/hand N", "через неделю",
		"/finding N нет Смотрели", "/finding N нарушение Плохо", "/finding N", "/measures N заделать 15.12", "/measures N", "/inspect",
	},
}

var forged = []string{
	"curate:to:N:adm-kirov:1", "curate:org:N", "curate:topic:N", "curate:place:N", "curate:reject:N", "curate:return:N", "curate:approve:N", "curate:show:N",
	"execute:accept:N", "execute:decline:N", "execute:answer:N", "execute:show:N", "follow:yes:N", "follow:no:N", "follow:add:N", "follow:when:N", "follow:out:N",
	"follow:mark:N:3", "follow:show:N", "follow:join:N", "follow:join:N", "follow:leave:N", "follow:whole:N", "watch:take:N", "watch:take:N", "watch:pass:N", "watch:to:N:adm-kirov:1", "watch:known:N:1", "watch:thanks:N", "watch:hush:N", "watch:off:1", "watch:on:1", "watch:posted:N:1:0", "watch:part:N", "watch:part:N", "t1:o:1", "t1:o:2", "t1:s", "t2:send", "t3:o:adm-kirov", "tz:x", "::", "report:x", "forget:yes", "forget:yes",
	"inspect:yes:N:traffic-police", "inspect:take:N:traffic-police", "inspect:order:N:traffic-police", "inspect:done:N:traffic-police:0.0", "inspect:no:N:adm-kirov", "inspect:amend:N:traffic-police", "inspect:waive:N:traffic-police:0.0", "inspect:open:N",
}

// overheard is what is said in a public group.
var overheard = []string{
	"Яма на дороге, Киров, Ленина 12, сколько можно", "Не горит фонарь на Попова 1, темно, опасно", "Всем привет", "Продам гараж, недорого",
	"Мусор не вывозят вторую неделю, безобразие", "[фото] Свалка за гаражами, уберите", "Спасибо, всё сделали",
}

// tour is a play in which everything is done that can be done.
const tour = `
@ куратор Тамара
@ группа Подслушано kirov
@ лента Одноклассники kirov
@ роль Марина official adm-kirov
Анна: [фото] Яма на дороге, Киров, Ленина 12
Анна ▸ ✓ Отправить
Ольга ▸ ⚡ Срочно
Ольга ▸ Место
Ольга: Киров, Ленина 14
Ольга: /note 1 Смотрите
Ольга: /incident 1
Ольга ▸ Ещё…
Ольга ▸ Скрыть фото
Ольга ▸ Скрыть 1
Ольга ▸ Готово
Ольга ▸ Ещё…
Ольга ▸ Выделить часть
Ольга: Не горит фонарь
Ольга: /ask 1 С какой стороны?
Анна: Со двора
Ольга: /ask 1 А точнее?
Ольга ▸ Продолжить без ответа
Ольга: /ask 1 А ещё точнее?
@ +130h
Иван: Яма на дороге, Киров, Ленина 14
Иван ▸ Нет, у меня другое
Иван ▸ ✓ Отправить
Тамара: /merge 3 1
Тамара: /unmerge 3
Тамара: /merge 3 1
Марина ▸▸ follow:join:1
Марина ▸▸ follow:out:1
Ольга: /assign 1 adm-kirov
Пётр: /decline 1 не наше
Ольга: /assign 1 adm-kirov
Пётр: /accept 1
Анна: /my
Анна ▸ № 1 · Ямы на дорогах
Анна ▸ Когда?
Анна ▸ Дополнить
Анна: Стало хуже
Пётр: /status 1 Едем
Пётр: /hand 1
Пётр ▸ Марина Чепцова
Пётр: /promise 1 завтра Заделаем
Пётр ▸ ✓ Отправить жителю
@ +60h
Пётр: /extend 1 25.12 Нет асфальта
Ольга ▸ ✗ Не продлевать
Ольга ▸ Без объяснений
Пётр: /extend 1 25.12 Нет бригады
Ольга ▸ ✓ Продлить
Ольга: /incident 1
Ольга ▸ Ещё…
Ольга ▸ Сменить срок
Ольга: через месяц
Ольга: Ждём
Пётр: /close 1 Заделали
Пётр ▸ Изменить ответ
Пётр ▸ Написать заново
Пётр: Заделали и убрали
Пётр ▸ ✓ Заменить ответ
Ольга: /return 1 Где фото?
Пётр: /close 1 Заделали, вот
Ольга: /approve 1
Иван ▸ ✗ Не решено
Иван: Не всё
Иван ▸ Вернуть в работу
Пётр: /close 1 Теперь всё
Ольга: /approve 1
Анна ▸ ✓ Решено
Анна ▸ 5
@ +400h
Ольга: /incident 2
Ольга ▸ Тема
Ольга: яма на дороге
Ольга ▸ Ямы на дорогах
Ольга: /reject 2 Это реклама
Анна: Мусор не вывозят, Киров, Попова 5
Анна ▸ ✓ Отправить
Анна ▸▸ follow:out:4
Анна ▸ Проблемы больше нет
Анна: Не горит фонарь, Киров, Попова 7
Анна ▸ ✓ Отправить
Анна: /forget
Анна ▸ Да, удалить
@ +30h
Света в Подслушано: Светофор на перекрёстке Ленина и Мира не работает третий день
Света в Подслушано ↩ «Светофор»: до сих пор не работает, опасно
Ольга ▸ Не проблема
Ольга ▸ Всё же в работу
Ольга: /assign 6 adm-kirov
Пётр: /close 6 Починили
Ольга: /approve 6
@ +1h
Олег в Одноклассники: Яма на дороге, Киров, Мира 30, сколько можно
Ольга ▸ → Администрация города Кирова
Пётр: /close 7 Заделали
Ольга: /approve 7
Ольга ▸ Опубликовано
Ольга: https://ok.ru/group/1/topic/2
@ роль Марина official adm-kirov head
Анна: Яма на дороге, Киров, Сурикова 7
Анна ▸ ✓ Отправить
Ольга: /assign 8 adm-kirov
@ +100h
Света в Подслушано: Не горят фонари на Сурикова 11 вторую неделю, темно, страшно ходить
Света в Подслушано: Мусор на Ленина 5 не вывозят вторую неделю, безобразие
Олег в Подслушано ↩ «Мусор»: а у нас фонари не горят
Ольга ▸ Вынести отдельно…
Ольга ▸ 2. а у нас фонари не горят
@ роль Марина official traffic-police
Ольга: /inspect 8 traffic-police
Ольга: /inspect 8 rospotrebnadzor
Ольга: /relieve 8 rospotrebnadzor
Марина ▸▸ inspect:take:8:traffic-police
@ +700h
Марина: /finding 8 нарушение Яма глубже нормы
Марина ▸ ✓ Записать, житель прочитает
Марина: /measures 8 Заделать завтра
Марина ▸ ✓ Назначить
@ +100h
Марина ▸▸ inspect:done:8:traffic-police:0.0
Марина: /measures 8 Оградить завтра
Марина ▸ ✓ Назначить
Марина ▸ ✕ Снять
Марина ▸ ✕ Снять меры
Марина: /finding 8 нет Перемерили, глубина в норме
Марина ▸ ✓ Записать, жителю — только итог
`

// before is what has happened when a play begins: incidents in every state that takes long to come by.
const before = `
@ куратор Тамара
@ группа Подслушано kirov
@ администратор Зоя
@ роль Марина official traffic-police
Зоя: /start
Анна: Яма на дороге, Киров, Ленина 12
Анна ▸ ✓ Отправить
Анна: /my
Анна ▸ № 1 · Ямы на дорогах
Ольга ▸ → Администрация города Кирова
Иван: Не горит фонарь, Киров, Попова 1
Иван ▸ ✓ Отправить
Ольга: /assign 2 adm-kirov
Пётр: /accept 2
Пётр: /close 2 Горит.
Анна: Яма на дороге, Киров, Мира 15
Анна ▸ ✓ Отправить
Ольга: /assign 3 min-transport
Марина: /close 3 Сделали.
Ольга: /approve 3
Иван: Яма на дороге, Киров, Попова 4
Иван ▸ ✓ Отправить
Ольга: /assign 4 adm-kirov
Анна: Мусор не вывозят, Киров, Попова 5
Анна ▸ ✓ Отправить
Ольга: /assign 5 min-transport
Марина: /accept 5
Ольга: /inspect 2 traffic-police
`

// play is a random play.
type play struct {
	*flowtest.Stage
	r    rapid.TB
	draw func(n int, what string) int // below n, as chance has it
	seen map[uint64]*storage.Incident // as they were after the step before
	who  string                       // everybody's roles and seats then
}

// control is the group that hears of deadlines long past.
var control = []bot.Peer{{Channel: "desk", Chat: "control"}}

func anything(t *testing.T, r *rapid.T, done map[string]int) {
	p := &play{Stage: flowtest.New(both{t, r}), r: r, seen: map[uint64]*storage.Incident{}}
	p.draw = func(n int, what string) int { return rapid.IntRange(0, n-1).Draw(r, what) }
	p.Engine.Control = control
	p.Engine.Pack.Topic("street-lights").FileAbove = 0.5
	p.Play(before)
	p.News()
	p.hold()
	for range rapid.IntRange(20, 60).Draw(r, "steps") {
		p.step()
		p.hold()
	}
	p.verify()
	p.count(done)
}

// everything is a play in which everything that can be done is done once; the laws are held after every line.
func everything(t *testing.T, done map[string]int) {
	p := &play{Stage: flowtest.New(t), r: t, seen: map[uint64]*storage.Incident{}}
	p.Engine.Control = control
	p.Engine.Pack.Topic("street-lights").FileAbove = 0.5
	for line := range strings.Lines(tour) {
		p.Play(line)
		p.hold()
	}
	p.verify()
	p.count(done)
}

// verify holds that the store agrees with itself.
func (p *play) verify() {
	_, err := p.Store.Verify(context.Background(), storage.Check{States: storage.States, Found: func(f storage.Fault) error {
		p.r.Error(f)
		return nil
	}})
	if err != nil {
		p.r.Error(err)
	}
}

// count counts what was done.
func (p *play) count(done map[string]int) {
	err := p.Store.View(context.Background(), func(tx *storage.Tx) error {
		for n := uint64(1); ; n++ {
			events, err := tx.Events(n)
			if err != nil || len(events) == 0 {
				return err
			}
			for _, ev := range events {
				done[ev.Action]++
			}
		}
	})
	if err != nil {
		p.r.Fatal(err)
	}
}

// step is one thing that somebody does, or time that passes.
func (p *play) step() {
	n := p.draw(100, "what")
	if n < 97 {
		p.deed(n)
		return
	}
	p.wait()
}

// wait lets time pass.
func (p *play) wait() {
	line := fmt.Sprintf("@ +%dh", 1+p.draw(200, "hours"))
	p.r.Log(line)
	p.Play(line + "\n")
}

// deed is one thing that somebody does; of 97 kinds, the low ones are the likelier.
func (p *play) deed(n int) {
	who := cast[p.draw(len(cast), "who")]
	a := p.Cast[who]
	numbered := func(x string) string {
		return strings.ReplaceAll(x, "N", fmt.Sprint(1+p.draw(9, "number")))
	}
	switch {
	case n < 50:
		buttons := slices.DeleteFunc(p.Buttons(who), func(b flowtest.Shows) bool {
			return strings.HasPrefix(b.Data, "hello:") // cards change their language at their next change only
		})
		if len(buttons) == 0 {
			return
		}
		// Mostly what stands at the bottom of the screen: small draws are the likelier ones.
		b := buttons[len(buttons)-1-p.draw(len(buttons), "button")]
		p.r.Logf("%s ▸ %s (%s)", who, b.Text, b.Data)
		p.Give(p.Update(a, a.Peer, false, bot.Update{Kind: bot.Pressed, Ref: b.On, Data: b.Data, Press: who}))
	case n < 90:
		list := words[a.Role.Kind]
		if p.draw(3, "general") == 0 || len(list) == 0 {
			list = words[""]
		}
		line := who + ": " + numbered(list[p.draw(len(list), "words")])
		p.r.Log(line)
		p.Play(line + "\n")
	case n < 93:
		line := who + " в Подслушано: " + overheard[p.draw(len(overheard), "overheard")]
		p.r.Log(line)
		p.Play(line + "\n")
	case n < 95:
		data := numbered(forged[p.draw(len(forged), "forged")])
		p.r.Logf("%s forges %s", who, data)
		p.Give(p.Update(a, a.Peer, false, bot.Update{Kind: bot.Pressed, Ref: "b1", Data: data, Press: who}))
	default:
		p.change(who)
	}
}

// hold holds the laws.
func (p *play) hold() {
	if strings.Contains(p.Log.String(), "level=ERROR") {
		p.r.Fatalf("something failed:\n%s", p.Log.String())
	}
	news := p.News()
	if who := p.everybody(); who != p.who { // whom a card speaks to stands on it from its next change on
		p.who = who
		p.redraw()
		p.News()
	}
	told := len(p.Notified)
	err := p.Engine.Do(context.Background(), func(turn *flows.Turn) error {
		for n := uint64(1); ; n++ {
			inc, err := turn.Tx.Incident(n)
			if err != nil || inc == nil {
				return err
			}
			if err := turn.Refresh(inc); err != nil {
				return err
			}
			events, err := turn.Tx.Events(n)
			if err != nil {
				return err
			}
			was, held := p.seen[n], 0
			if was != nil {
				held = int(was.Version)
			}
			if err := follows(turn.Tx, inc, events, held); err != nil {
				p.r.Error(err)
			}
			if was != nil && int(was.Version) <= len(events) {
				if err := forward(was, inc, events[was.Version:]); err != nil {
					p.r.Error(err)
				}
				if err := p.hears(turn.Tx, inc, events[was.Version:], news); err != nil {
					p.r.Error(err)
				}
			}
			p.seen[n] = inc
		}
	})
	if err != nil {
		p.r.Error(err)
	}
	if len(p.Notified) > told {
		p.r.Error("a card did not show its incident as it is")
	}
	if p.r.Failed() {
		p.r.FailNow()
	}
}

// earlier are the actions that may bring a deadline forward: they set it anew.
var earlier = []flows.Action{flows.Create, flows.Retopic, flows.Urgent, flows.Postpone, flows.Grant, flows.Dispute}

// forward holds that no deadline comes nearer by itself: not by waiting, merging or changing hands.
func forward(was, inc *storage.Incident, events []storage.Event) error {
	for _, ev := range events {
		if slices.Contains(earlier, flows.Action(ev.Action)) {
			return nil
		}
	}
	for i, due := range []time.Time{inc.Forward, inc.First, inc.Final} {
		if before := []time.Time{was.Forward, was.First, was.Final}[i]; due.Before(before) {
			return fmt.Errorf("№ %d: deadline %d ran back from %s to %s", inc.Number, i, before, due)
		}
	}
	return nil
}

// hears holds that a published answer reaches every reporter once, those who came by merging among them.
func (p *play) hears(tx *storage.Tx, inc *storage.Incident, events []storage.Event, news []flowtest.News) error {
	answers := 0
	for _, ev := range events {
		if ev.Action == string(flows.Approve) {
			answers++
		}
	}
	if answers == 0 {
		return nil
	}
	russian, english := fmt.Sprintf("Ответ на № %d ·", inc.Number), fmt.Sprintf("Answer to No. %d ·", inc.Number)
	for _, r := range inc.Reporters {
		person, err := tx.Person(r.Person)
		if err != nil || person == nil {
			return err
		}
		if person.Chat == "" || person.Unreachable { // wrote in public only; or is told when they are back
			continue
		}
		heard := 0
		for _, m := range news {
			if m.Peer == person.Chat && !m.Edited && (strings.Contains(m.Text, russian) || strings.Contains(m.Text, english)) {
				heard++
			}
		}
		if heard != answers {
			return fmt.Errorf("№ %d: person %d heard the answer %d times, want %d", inc.Number, r.Person, heard, answers)
		}
	}
	return nil
}

// parted tells whether somebody left later, or may have gone with what was merged.
func parted(later []storage.Event, person uint64) bool {
	return slices.ContainsFunc(later, func(ev storage.Event) bool {
		return (ev.Action == string(flows.Leave) && ev.Actor == person) || ev.Action == string(flows.Scatter)
	})
}

// follows holds an incident's history against the table. Of the first events, which were held before, it does not ask who
// did them: they may have been dismissed since.
func follows(tx *storage.Tx, inc *storage.Incident, events []storage.Event, held int) error {
	state, at := storage.State(""), time.Time{}
	for i, ev := range events {
		bad := func(why string) error {
			return fmt.Errorf("№ %d, event %d, %s: %s: %+v", inc.Number, i+1, ev.Action, why, ev)
		}
		if ev.From != state || ev.At.Before(at) {
			return bad("does not follow from " + string(state))
		}
		state, at = ev.To, ev.At
		if i == 0 {
			if !(ev.Action == string(flows.Create) && ev.To == storage.New) && !(ev.Action == string(flows.Find) && ev.To == storage.Found) {
				return bad("is no beginning")
			}
			continue
		}
		j := slices.IndexFunc(flows.Lifecycle, func(r flows.Rule) bool { return string(r.Action) == ev.Action })
		if j < 0 {
			return bad("is not in the table")
		}
		r := flows.Lifecycle[j]
		if !slices.Contains(r.From, ev.From) || (r.To != "" && r.To != flows.Held && r.To != ev.To) || (r.To == "" && ev.To != ev.From) {
			return bad("the table does not have this step")
		}
		if len(r.Who) == 0 {
			if ev.Actor != 0 {
				return bad("only the desk does this")
			}
			continue
		}
		if ev.Actor == 0 && ev.As == storage.Resident && slices.Contains(r.Who, ev.As) &&
			slices.ContainsFunc(events[i:], func(o storage.Event) bool { return o.Action == string(flows.Forget) }) {
			continue // whoever did it was erased later
		}
		if i < held {
			continue
		}
		p, err := tx.Person(ev.Actor)
		if err != nil {
			return err
		}
		ok := p != nil && (slices.Contains(r.Who, ev.As) || (slices.Contains(r.Who, flows.Anybody) && ev.As == storage.Resident))
		switch ev.As {
		case storage.Curator:
			ok = ok && (p.Is(storage.Curator, "") || p.Is(storage.Admin, ""))
		case storage.Official, storage.Inspector:
			ok = ok && p.Is(storage.Official, ev.Org)
		case storage.Resident:
			ok = ok && (inc.Reporter(ev.Actor) != nil || parted(events[i:], ev.Actor))
		default:
			ok = false
		}
		if !ok {
			return bad("somebody did what they may not")
		}
	}
	if state != inc.State || uint64(len(events)) != inc.Version {
		return fmt.Errorf("№ %d is %s, version %d; its history says %s after %d events", inc.Number, inc.State, inc.Version, state, len(events))
	}
	return nil
}
