package flows_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/flowtest"
	"otklik/storage"
)

// TestHistoriesWithCrashesAreTheModels lets people act side by side, at random, on a store that fails before or after its
// commits and is closed and opened again: what is recorded then is accepted by the model of the lifecycle, every number is
// there once, nothing that belongs together is apart, and whoever reported hears each answer once. OTKLIK_PLAYS says how
// many plays there are.
func TestHistoriesWithCrashesAreTheModels(t *testing.T) {
	plays := 3
	if testing.Short() {
		plays = 1
	}
	if n, err := strconv.Atoi(os.Getenv("OTKLIK_PLAYS")); err == nil {
		plays = n
	}
	ground := flowtest.Region(t)
	done := map[string]int{}
	for seed := range uint64(plays) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			chance := rand.New(rand.NewPCG(seed, 5))
			p := &play{Stage: flowtest.On(t, ground), r: t, seen: map[uint64]*storage.Incident{}}
			p.draw = func(n int, _ string) int { return chance.IntN(n) }
			p.Play(before)
			p.accepted()
			for range 40 {
				p.together()
				p.accepted()
			}
			p.verify()
			p.count(done)
		})
	}
	t.Log(done)
}

// together is what several people do at once, with what may befall the store meanwhile.
func (p *play) together() {
	switch p.draw(7, "befalls") {
	case 0:
		p.r.Log("the next commit fails")
		p.Fail.Next()
	case 1:
		p.r.Log("the next commit is kept, and nobody hears of it")
		p.Fail.After()
	case 2:
		p.r.Log("the program begins anew")
		p.Reopen()
	case 3:
		p.wait()
	}
	list := p.Together(func() {
		for range 1 + p.draw(12, "deeds") {
			if p.draw(4, "fits") == 0 {
				p.deed(p.draw(95, "what"))
			} else {
				p.fitting()
			}
		}
	})
	if p.draw(3, "once more") == 0 {
		p.again(list)
	}
}

// again gives updates once more that were taken, as a messenger does that did not hear so.
func (p *play) again(list []bot.Update) {
	was := dump(p.r, p.Stage)
	for _, u := range list {
		p.Give(u)
	}
	if is := dump(p.r, p.Stage); is != was {
		p.r.Fatalf("what came once more was taken once more:\n%s\n---\n%s", was, is)
	}
}

// fits is what somebody may well do to an incident in a state; two who do so at once are in each other's way.
var fits = map[storage.State][]string{
	storage.New: {
		"Ольга: /assign N adm-kirov", "Тамара: /assign N min-transport", "Ольга: /reject N реклама", "Тамара: /ask N где?", "Ольга: /merge N N",
		"Анна ▸▸ follow:out:N", "Иван ▸▸ follow:join:N", "Пётр: /close N сделано",
	},
	storage.Assigned: {
		"Пётр: /accept N", "Марина: /accept N", "Пётр: /decline N не наше", "Марина: /close N сделали", "Пётр: /close N сделали", "Ольга: /assign N min-transport",
		"Марина: /promise N завтра сделаем", "Марина ▸ ✓ Отправить жителю", "Ольга: /merge N N", "Анна ▸▸ follow:out:N", "Пётр: /ask N где?",
	},
	storage.Accepted: {
		"Пётр: /close N сделано", "Марина: /close N сделано", "Пётр: /status N едем", "Марина: /decline N не наше", "Пётр: /promise N завтра", "Марина: /ask N где?",
		"Тамара: /assign N adm-kirov", "Анна ▸▸ follow:when:N", "Ольга: /merge N N", "Пётр: /extend N 25.12 нет бригады", "Иван ▸▸ follow:join:N",
	},
	storage.Waiting:  {"Пётр: /close N сделано", "Марина: /close N готово", "Анна: у второго подъезда", "Иван: со двора", "Ольга ▸▸ curate:resume:N", "Пётр ▸▸ execute:resume:N", "Анна ▸▸ follow:tell:N"},
	storage.Answered: {"Ольга: /approve N", "Тамара: /approve N", "Ольга: /return N плохо", "Пётр ▸▸ execute:revise:N", "Иван ▸▸ follow:leave:N", "Тамара: /note N вот"},
	storage.Closed:   {"Анна ▸▸ follow:yes:N", "Анна ▸▸ follow:no:N", "Иван ▸▸ follow:no:N", "Анна ▸ Вернуть в работу", "Иван ▸ Без объяснений", "Анна ▸▸ follow:mark:N:3"},
	storage.Merged:   {"Ольга: /unmerge N", "Тамара: /unmerge N", "Анна ▸▸ follow:leave:N"},
	"": {
		"Анна: Яма на дороге, Киров, Ленина 12", "Иван: Не горит фонарь, Киров, Попова 1", "Анна ▸ ✓ Отправить", "Иван ▸ ✓ Отправить", "Анна ▸ ✓ Отправить",
		"Иван ▸ Нет, у меня другое", "Анна ▸ Нет, у меня другое", "Анна: не заделали", "Иван: не всё", "Анна ▸ Вернуть в работу", "Иван ▸ Вернуть в работу",
	},
}

// fitting lets somebody do what fits one of the incidents, or what fits none yet.
func (p *play) fitting() {
	number, state := uint64(0), storage.State("")
	err := p.Store.View(context.Background(), func(tx *storage.Tx) error {
		most, err := tx.Last("incident")
		if err != nil {
			return err
		}
		if number = uint64(p.draw(int(most)+3, "incident")); number > 0 && number <= most {
			inc, err := tx.Incident(number)
			if err == nil && inc != nil {
				state = inc.State
			}
			return err
		}
		return nil
	})
	if err != nil {
		p.r.Fatal(err)
	}
	list := fits[state]
	if len(list) == 0 {
		list = fits[""]
	}
	line := strings.Replace(list[p.draw(len(list), "deed")], "N", fmt.Sprint(number), 1)
	line = strings.Replace(line, "N", fmt.Sprint(1+p.draw(9, "other")), 1)
	if who, label, ok := strings.Cut(line, " ▸ "); ok && !slices.ContainsFunc(p.Buttons(who), func(b flowtest.Shows) bool { return b.Text == label }) {
		return
	}
	p.r.Log(line)
	p.Play(line + "\n")
}

// accepted holds all that is recorded against the model, and what people were told against what happened.
func (p *play) accepted() {
	if strings.Contains(p.Log.String(), "level=ERROR") {
		p.r.Fatalf("something failed:\n%s", p.Log.String())
	}
	news := p.News()
	err := p.Store.View(context.Background(), func(tx *storage.Tx) error {
		if err := histories(tx); err != nil {
			return err
		}
		for n := uint64(1); ; n++ {
			inc, err := tx.Incident(n)
			if err != nil || inc == nil {
				return err
			}
			was := p.seen[n]
			p.seen[n] = inc
			if was == nil {
				continue
			}
			events, err := tx.Events(n)
			if err != nil {
				return err
			}
			if err := stayersHear(tx, was, inc, events[was.Version:], news); err != nil {
				return err
			}
		}
	})
	if err != nil {
		p.r.Fatal(err)
	}
}

// stayersHear holds that whoever was a reporter before and after, and did not go meanwhile, heard each answer once.
func stayersHear(tx *storage.Tx, was, inc *storage.Incident, events []storage.Event, news []flowtest.News) error {
	answers := 0
	for _, ev := range events {
		if ev.Action == string(flows.Approve) {
			answers++
		}
		if ev.Action == string(flows.Scatter) || ev.Action == string(flows.Gather) {
			return nil // people came and went
		}
	}
	for _, r := range inc.Reporters {
		left := slices.ContainsFunc(events, func(ev storage.Event) bool { return ev.Action == string(flows.Leave) && ev.Actor == r.Person })
		person, err := tx.Person(r.Person)
		if err != nil {
			return err
		}
		if person == nil || left || was.Reporter(r.Person) == nil {
			continue
		}
		heard := 0
		for _, m := range news {
			if m.Peer == person.Chat && !m.Edited && (strings.Contains(m.Text, fmt.Sprintf("Ответ на № %d ·", inc.Number)) || strings.Contains(m.Text, fmt.Sprintf("Answer to No. %d ·", inc.Number))) {
				heard++
			}
		}
		if heard != answers {
			return fmt.Errorf("№ %d: person %d heard the answer %d times, want %d", inc.Number, r.Person, heard, answers)
		}
	}
	return nil
}
