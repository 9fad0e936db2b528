package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"otklik/flows/words"
	"otklik/storage"
	"otklik/storage/bolt"
)

// What years of a desk look like: of so many incidents one is open, and one was made within the last week, of which the
// messengers' updates are still remembered.
const (
	openOf   = 33
	recentOf = 70
	chunk    = 10_000 // incidents in one transaction
)

// complaints are texts such as people write; each gets a place and a few words of its own.
var complaints = []struct{ topic, text string }{ // read only
	{"road-potholes", "Яма на дороге, уже третья машина колесо оставила, объехать можно только по встречной полосе"},
	{"street-lights", "Не горят фонари на всей улице, вечером ничего не видно, дети возвращаются из школы в темноте"},
	{"manhole", "Открытый люк прямо на тротуаре у остановки, крышки нет, прикрыли палкой"},
	{"road-repair", "Когда отремонтируют дорогу, асфальт разрушен, обещали ещё в прошлом году, писали много раз"},
	{"road-potholes", "После зимы во дворе огромные выбоины, скорая не может подъехать к подъезду, прошу принять меры"},
	{"street-lights", "Третью неделю не работает освещение возле детского сада, заявку приняли, но никто не приехал"},
}

// history fills a store, which the program has made, with n incidents, most of them closed long ago. It says how far it is.
func history(ctx context.Context, path string, n int, say func(done int)) error {
	db, err := bolt.Open(path)
	if err != nil {
		return err
	}
	defer db.Close()
	h := &chronicle{sheet: newSheet(db), n: n, now: time.Now().UTC(), dice: rand.New(rand.NewPCG(7, uint64(n)))}
	s := storage.Over(h.sheet)
	for from := 1; from <= n; from += chunk {
		err := s.Update(ctx, func(tx *storage.Tx) error {
			for i := from; i < min(from+chunk, n+1); i++ {
				h.sheet.fresh()
				if err := h.incident(tx, i); err != nil {
					return err
				}
			}
			return ctx.Err()
		})
		if err != nil {
			return err
		}
		if err := h.sheet.flush(ctx); err != nil {
			return err
		}
		say(min(from+chunk-1, n))
	}
	return nil
}

// chronicle writes one incident after the other.
type chronicle struct {
	sheet *sheet
	n     int
	now   time.Time
	dice  *rand.Rand
	last  uint64 // the newest person
}

// author gives who reports: every third incident has somebody who wrote before.
func (h *chronicle) author(tx *storage.Tx, i int, at time.Time) (*storage.Person, error) {
	if h.last > 0 && i%3 == 0 {
		id := h.last - h.dice.Uint64N(min(h.last, 1000))
		return &storage.Person{ID: id, Chat: fmt.Sprint("telegram:", readerOf(id))}, nil
	}
	user := fmt.Sprint(readerOf(h.last + 1))
	p := &storage.Person{Channel: "telegram", User: user, Name: "Житель", Chat: "telegram:" + user, Language: "ru", Created: at}
	err := tx.PutPerson(p)
	h.last = p.ID
	return p, err
}

func readerOf(person uint64) uint64 { return firstReader + person }

// incident writes the i-th: the record, its history, its words, the messages that were sent of it, its timers.
func (h *chronicle) incident(tx *storage.Tx, i int) error {
	number, err := tx.Next("incident")
	if err != nil {
		return err
	}
	at := h.now.Add(-time.Duration(h.n-i) * 90 * time.Second) // a region's busy weeks, one after the other
	p, err := h.author(tx, i, at)
	if err != nil {
		return err
	}
	c := complaints[h.dice.IntN(len(complaints))]
	street, house := "ул. "+strings.ToUpper("в")+syllables(1+h.dice.Int64N(3000))+"ная", fmt.Sprint(1+h.dice.IntN(120))
	inc := &storage.Incident{
		Number: number, State: storage.Settled, Version: 1, Created: at, Changed: at, Topic: c.topic, Text: c.text + ". Подъезд " + fmt.Sprint(1+h.dice.IntN(9)) + ", " + house,
		Place: storage.Place{Municipality: "kirov", Settlement: "33701000001", Label: "Киров, " + street + ", " + house, Street: street, House: house,
			Lat: 58.5 + h.dice.Float64()/5, Lon: 49.5 + h.dice.Float64()/3, Point: true},
		Reporters: []storage.Reporter{{Person: p.ID, Peer: p.Chat}}, Source: storage.Source{Kind: "chat", Channel: "telegram"}, Likely: "adm-kirov",
		Forward: at.Add(time.Hour), First: at.Add(24 * time.Hour), Final: at.Add(7 * 24 * time.Hour), Started: at,
	}
	open := i%openOf == 0
	if open {
		inc.State = storage.New
	} else {
		inc.Assignment = &storage.Assignment{Org: "adm-kirov", By: p.ID, At: at.Add(30 * time.Minute), AcceptedBy: p.ID, AcceptedAt: at.Add(time.Hour)}
		inc.Answer = &storage.Answer{Org: "adm-kirov", Text: "Работы выполнены, место осмотрено, нарушений нет. Спасибо за обращение.", By: p.ID, At: at.Add(48 * time.Hour)}
	}
	if err := h.events(tx, inc, p.ID); err != nil {
		return err
	}
	if err := tx.PutIncident(inc); err != nil {
		return err
	}
	if err := tx.Index(number, words.Stems(inc.Text+" "+inc.Place.Label)); err != nil {
		return err
	}
	if err := h.messages(tx, inc, p, open || i > h.n-h.n/recentOf); err != nil {
		return err
	}
	if open {
		for day := range 3 {
			due := h.now.Add(time.Duration(24*(day+30)) * time.Hour)
			if err := tx.AddTimer(&storage.Timer{Due: due, Kind: "curate.forward", Incident: number}); err != nil {
				return err
			}
		}
	}
	if i > h.n-h.n/recentOf {
		return h.seen(tx, i)
	}
	return nil
}

// events writes an incident's history.
func (h *chronicle) events(tx *storage.Tx, inc *storage.Incident, person uint64) error {
	list := []storage.Event{{Action: "create", To: storage.New, Actor: person, As: storage.Resident, Text: inc.Text, Public: true}}
	if inc.State == storage.Settled {
		list = append(list,
			storage.Event{Action: "assign", From: storage.New, To: storage.Assigned, As: storage.Curator, Org: "adm-kirov"},
			storage.Event{Action: "accept", From: storage.Assigned, To: storage.Accepted, As: storage.Official, Org: "adm-kirov"},
			storage.Event{Action: "answer", From: storage.Accepted, To: storage.Answered, As: storage.Official, Org: "adm-kirov", Text: inc.Answer.Text},
			storage.Event{Action: "approve", From: storage.Answered, To: storage.Closed, As: storage.Curator, Org: "adm-kirov"},
			storage.Event{Action: "settle", From: storage.Closed, To: storage.Settled, Org: "adm-kirov"})
	}
	for i := range list {
		list[i].Incident, list[i].At = inc.Number, inc.Created.Add(time.Duration(i)*8*time.Hour)
		if err := tx.AddEvent(inc, &list[i]); err != nil {
			return err
		}
	}
	inc.Version = uint64(len(list))
	return nil
}

// messages writes what is known of the messages that were sent of an incident, while that is kept.
func (h *chronicle) messages(tx *storage.Tx, inc *storage.Incident, p *storage.Person, kept bool) error {
	if !kept {
		return nil
	}
	for i := range 3 {
		s := &storage.Slot{Peer: p.Chat, Ref: fmt.Sprint(10*inc.Number + uint64(i)), Sum: "HhNVHqSfLln+Tp8X", Incident: inc.Number, Person: p.ID}
		if err := tx.PutSlot(s); err != nil {
			return err
		}
		if err := tx.Point(p.Chat, s.Ref, storage.Pointer{Slot: s.ID, Incident: inc.Number, At: h.now}); err != nil {
			return err
		}
	}
	return nil
}

// seen marks the updates that the incident came of.
func (h *chronicle) seen(tx *storage.Tx, i int) error {
	for k := range 6 {
		at := h.now.Add(-time.Duration(6*(h.n-i)+6-k) * time.Millisecond)
		if _, err := tx.See("telegram", fmt.Sprint(1000+6*i+k), at); err != nil {
			return err
		}
	}
	return nil
}
