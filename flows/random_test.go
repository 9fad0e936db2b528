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
	"time"

	"otklik/bot"
	"otklik/flows"
	"otklik/flows/flowtest"
	"otklik/storage"
)

// TestPeopleDoAnything lets people with random roles write, press, forge and wait at random, and holds after every step:
// no update fails; every event follows from the one before by the table, by somebody whom the table lets; clocks never run
// backwards; every card shows the incident as it is. OTKLIK_SEED repeats a play that a failure names.
func TestPeopleDoAnything(t *testing.T) {
	seeds := []uint64{}
	for n := range uint64(plays) {
		seeds = append(seeds, n)
	}
	for range 3 { // and some that nobody has seen
		seeds = append(seeds, rand.Uint64())
	}
	if testing.Short() {
		seeds = seeds[:2]
	}
	if fixed := os.Getenv("OTKLIK_SEED"); fixed != "" {
		n, err := strconv.ParseUint(fixed, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seeds = []uint64{n}
	}
	done := map[string]int{}
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { anything(t, seed, done) })
	}
	if len(seeds) < plays || t.Failed() {
		return
	}
	for _, r := range flows.Lifecycle {
		if done[string(r.Action)] == 0 {
			t.Errorf("in all plays nobody ever managed to %s: the plays are too tame, or it cannot be done", r.Action)
		}
	}
	t.Log(done)
}

// plays is how many plays are the same in every run, so that what they reach can be told.
const plays = 12

var cast = []string{"Анна", "Иван", "Ольга", "Тамара", "Пётр", "Марина"}

// words by role: what anybody says, and what each role has to say.
var words = map[storage.RoleKind][]string{
	"": {
		"Яма на дороге, Киров, Ленина 12", "[фото] Не горит фонарь", "[гео 58.6 49.66]", "Ключи", "Киров", "да", "нет", "отмена", "спасибо",
		"[альбом 3] Мусор не вывозят", "[стикер]", "транспорта", "администрация", "Сделали", "/my", "/help", "/new", "/cancel", "/start", "/language", "/forget",
		"/assign N adm-kirov", "/accept N", "/approve N", "/incident N",
	},
	storage.Curator: {
		"/assign", "/assign N adm-kirov", "/assign N min-transport", "/approve N", "/approve N", "/return N плохо", "/return N хуже", "/reject N не то",
		"/incident N", "/approve", "/reject N", "/return N", "Слободской, Советская 5", "яма во дворе",
	},
	storage.Official: {
		"/accept N", "/decline N не наше", "/decline N", "/status N едем", "/status N копаем", "/status N", "/close N сделано", "/close N", "/incident",
		"Это региональная дорога", "[фото] Работаем",
	},
}

var forged = []string{
	"curate:to:N:adm-kirov:1", "curate:org:N", "curate:topic:N", "curate:place:N", "curate:reject:N", "curate:return:N", "curate:approve:N", "curate:show:N",
	"execute:accept:N", "execute:decline:N", "execute:answer:N", "execute:show:N", "follow:yes:N", "follow:no:N", "follow:add:N", "follow:when:N", "follow:out:N",
	"follow:mark:N:3", "follow:show:N", "t1:s", "t2:send", "t3:o:adm-kirov", "tz:x", "::", "report:x", "forget:yes", "forget:yes",
}

// before is what has happened when a play begins: incidents in every state that takes long to come by.
const before = `
@ куратор Тамара
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
Анна: Яма на дороге, Киров, Ленина 15
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
`

func anything(t *testing.T, seed uint64, done map[string]int) {
	r := rand.New(rand.NewPCG(seed, 1))
	s := flowtest.New(t)
	s.Play(before)
	var play []string
	defer func() {
		if t.Failed() {
			t.Logf("OTKLIK_SEED=%d go test ./flows -run PeopleDoAnything\n%s", seed, strings.Join(play, "\n"))
		}
	}()
	numbered := func(x string) string { return strings.ReplaceAll(x, "N", fmt.Sprint(1+r.IntN(6))) }
	for step := range 120 {
		who := cast[r.IntN(len(cast))]
		a := s.Cast[who]
		var line string
		switch n := r.IntN(100); {
		case n < 50:
			buttons := slices.DeleteFunc(s.Buttons(who), func(b flowtest.Shows) bool {
				return strings.HasPrefix(b.Data, "hello:") // cards change their language at their next change only
			})
			if len(buttons) == 0 {
				continue
			}
			// Mostly what stands at the bottom of the screen.
			b := buttons[len(buttons)-1-min(int(r.ExpFloat64()*8), len(buttons)-1)]
			line = who + " ▸ " + b.Text + " (" + b.Data + ")"
			s.Give(s.Update(a, a.Peer, false, bot.Update{Kind: bot.Pressed, Ref: b.On, Data: b.Data, Press: who}))
		case n < 90:
			list := words[a.Role.Kind]
			if r.IntN(3) == 0 {
				list = words[""]
			}
			line = who + ": " + numbered(list[r.IntN(len(list))])
			s.Play(line + "\n")
		case n < 97:
			data := numbered(forged[r.IntN(len(forged))])
			line = who + " forges " + data
			s.Give(s.Update(a, a.Peer, false, bot.Update{Kind: bot.Pressed, Ref: "b1", Data: data, Press: who}))
		default:
			line = fmt.Sprintf("@ +%dh", 1+r.IntN(60))
			s.Play(line + "\n")
		}
		play = append(play, line)
		hold(t, s)
		if t.Failed() {
			t.Fatalf("after step %d: %s\n%s", step+1, line, s.Log.String())
		}
	}
	err := s.Store.View(context.Background(), func(tx *storage.Tx) error {
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
		t.Fatal(err)
	}
}

// hold holds the laws.
func hold(t *testing.T, s *flowtest.Stage) {
	t.Helper()
	if strings.Contains(s.Log.String(), "level=ERROR") {
		t.Error("something failed")
	}
	told := len(s.Notified)
	err := s.Engine.Do(context.Background(), func(turn *flows.Turn) error {
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
			if err := follows(turn.Tx, inc, events); err != nil {
				t.Error(err)
			}
		}
	})
	if err != nil {
		t.Error(err)
	}
	if len(s.Notified) > told {
		t.Error("a card did not show its incident as it is")
	}
}

// follows holds an incident's history against the table.
func follows(tx *storage.Tx, inc *storage.Incident, events []storage.Event) error {
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
			if ev.Action != string(flows.Create) || ev.To != storage.New {
				return bad("is no beginning")
			}
			continue
		}
		j := slices.IndexFunc(flows.Lifecycle, func(r flows.Rule) bool { return string(r.Action) == ev.Action })
		if j < 0 {
			return bad("is not in the table")
		}
		r := flows.Lifecycle[j]
		if !slices.Contains(r.From, ev.From) || (r.To != "" && r.To != ev.To) || (r.To == "" && ev.To != ev.From) {
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
		p, err := tx.Person(ev.Actor)
		if err != nil {
			return err
		}
		ok := p != nil && slices.Contains(r.Who, ev.As)
		switch ev.As {
		case storage.Curator:
			ok = ok && p.Is(storage.Curator, "")
		case storage.Official:
			ok = ok && p.Is(storage.Official, ev.Org)
		case storage.Resident:
			ok = ok && slices.ContainsFunc(inc.Reporters, func(x storage.Reporter) bool { return x.Person == ev.Actor })
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
