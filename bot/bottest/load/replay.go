package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"otklik/storage"
	"otklik/storage/bolt"
)

// found is a message of the replay as another system posts it, and what it was made of.
type found struct {
	ID     string    `json:"id"`
	Source string    `json:"source"`
	Title  string    `json:"title"`
	Author string    `json:"author"`
	Text   string    `json:"text"`
	Time   time.Time `json:"time"`

	problem bool
}

// talkOf are messages of groups that ask for nothing.
var talkOf = []string{"Доброе утро всем!", "С праздником, соседи!", "Спасибо большое за помощь", "Продам детскую коляску, недорого", "Во сколько завтра открывается МФЦ?",
	"Какая красивая осень в парке", "Ребята, кто на футбол сегодня?", "Сдам квартиру на длительный срок, без посредников", "Поздравляем Марию Ивановну с юбилеем!", "Отдам котят в добрые руки"}

// replay posts a region's year of messages, made of the texts of a table with noise, through the whole program.
func replay(ctx context.Context, b *bench) error {
	if _, err := os.Stat(b.texts); err != nil {
		return fmt.Errorf("-texts names no table with a column «text»: %w", err)
	}
	texts, err := column(b.texts, "text")
	if err != nil {
		return err
	}
	home, err := os.MkdirTemp(b.dir, "home-")
	if err != nil {
		return err
	}
	p, url, err := b.listens(ctx, home)
	if err != nil {
		return err
	}
	list := year(texts, b.messages, rand.New(rand.NewPCG(b.seed, 11)))
	begun := time.Now()
	var slowest time.Duration
	taken := 0
	const batch = 200
	for part := range slices.Chunk(list, batch) {
		at := time.Now()
		n, err := post(ctx, url, part)
		if err != nil {
			return errors.Join(err, p.stop())
		}
		taken += n
		slowest = max(slowest, time.Since(at))
	}
	took := time.Since(begun)
	again, err := post(ctx, url, list[:min(1000, len(list))]) // whoever heard no answer posts once more
	if err != nil {
		return errors.Join(err, p.stop())
	}
	rss, err := p.memory(mostMemory)
	if err != nil {
		return errors.Join(err, p.stop())
	}
	own, err := p.memory(ownMemory)
	if err != nil {
		return errors.Join(err, p.stop())
	}
	cpu, err := p.cpu()
	if err != nil {
		return errors.Join(err, p.stop())
	}
	if err := p.stop(); err != nil {
		return err
	}
	r, err := judged(ctx, data(home), list)
	if err != nil {
		return err
	}
	b.table.note(fmt.Sprintf("%s messages, each a judged and durable one", thousands(len(list))), took.Seconds(), "%.0f s, %.0f a second, CPU %.2f ms each", took.Seconds(),
		float64(len(list))/took.Seconds(), cpu.Seconds()*1000/float64(len(list)))
	b.table.note("the slowest 200 of them", ms(slowest), "%.0f ms", ms(slowest))
	b.table.note("memory (RSS) at the end", rss, "%.0f MiB, of which %.0f are its own and the rest the store's file", rss, own)
	b.table.most("messages that were not taken", float64(len(list)-taken), 0, "%.0f")
	b.table.least("… and of a thousand that came again, known", float64(again), float64(min(1000, len(list))), "%.0f")
	b.table.note("problems brought to a curator", r.recall, "%.1f %%", r.recall*100)
	b.table.note("talk that was passed over", r.quiet, "%.1f %%", r.quiet*100)
	b.table.note("cards for them: the same words and the same trouble nearby share one", float64(r.cards), "%s", thousands(r.cards))
	b.table.most("posts kept twice, or faults that Verify found", float64(r.faults), 0, "%.0f")
	return nil
}

// column reads a column of a table by its name.
func column(path, name string) (list []string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) < 2 || !slices.Contains(rows[0], name) {
		return nil, fmt.Errorf("%s has no column %q with anything in it", path, name)
	}
	i := slices.Index(rows[0], name)
	for _, row := range rows[1:] {
		list = append(list, row[i])
	}
	return list, nil
}

// year makes messages of texts: each with the slips that people make, one in six is talk, one in twelve stands elsewhere
// word by word.
func year(texts []string, n int, dice *rand.Rand) (list []found) {
	for i := range n {
		m := found{ID: fmt.Sprint(i + 1), Source: fmt.Sprint("group", dice.IntN(40)), Author: fmt.Sprint("Житель ", dice.IntN(20_000)), Time: time.Now()}
		m.Title = "Подслушано " + m.Source
		switch {
		case dice.IntN(6) == 0:
			m.Text = talkOf[dice.IntN(len(talkOf))]
		case i > 0 && dice.IntN(12) == 0:
			was := list[dice.IntN(len(list))]
			m.Text, m.problem = was.Text, was.problem
		default:
			m.Text, m.problem = slips(texts[dice.IntN(len(texts))], dice), true
		}
		list = append(list, m)
	}
	return list
}

// slips changes a text as people write: a letter is left out or doubled, a sign is missing, all is small.
func slips(text string, dice *rand.Rand) string {
	r := []rune(text)
	for range 1 + len(r)/80 {
		i := dice.IntN(len(r))
		switch dice.IntN(3) {
		case 0:
			r = slices.Delete(r, i, i+1)
		case 1:
			r = slices.Insert(r, i, r[i])
		case 2:
			if j := i + 1; j < len(r) {
				r[i], r[j] = r[j], r[i]
			}
		}
		if len(r) == 0 {
			return text
		}
	}
	if dice.IntN(4) == 0 {
		return strings.ToLower(string(r))
	}
	return string(r)
}

const ingestKey = "a-key-of-the-replay-0123456789"

var hail = regexp.MustCompile(`http://[0-9.:]+`)

// listens starts the program with its door for other systems, and tells where that is.
func (b *bench) listens(ctx context.Context, home string) (*process, string, error) {
	p, err := start(b.otklik(ctx, home, []string{"OTKLIK_INGEST_KEY=" + ingestKey}), home)
	if err != nil {
		return nil, "", err
	}
	for range 500 {
		raw, _ := os.ReadFile(p.log)
		if url := hail.FindString(string(raw)); url != "" && strings.Contains(string(raw), "Ctrl-C ends") {
			return p, url + "/ingest", nil
		}
		select {
		case <-p.ended:
			return nil, "", p.failed()
		case <-time.After(10 * time.Millisecond):
		}
	}
	return nil, "", errors.Join(errors.New("the program does not say where it listens"), p.stop())
}

func post(ctx context.Context, url string, list []found) (taken int, err error) {
	raw, err := json.Marshal(list)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(raw))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+ingestKey)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	var said struct {
		Taken int
		Error string
	}
	if err := json.NewDecoder(resp.Body).Decode(&said); err != nil || resp.StatusCode != http.StatusAccepted {
		return 0, fmt.Errorf("%s: %s %w", resp.Status, said.Error, err)
	}
	return said.Taken, nil
}

type verdicts struct {
	recall, quiet float64
	cards, faults int
}

// judged holds what a store has against what was posted.
func judged(ctx context.Context, path string, list []found) (v verdicts, err error) {
	db, err := bolt.Open(path)
	if err != nil {
		return v, err
	}
	defer db.Close()
	s := storage.Over(db)
	err = s.View(ctx, func(tx *storage.Tx) error {
		problems, brought, talk, quiet := 0, 0, 0, 0
		cards := map[uint64]bool{}
		for i := range list {
			p, err := tx.PostAt("ingest:"+list[i].Source, list[i].ID)
			if err != nil {
				return err
			}
			if p != nil && p.Incident != 0 {
				cards[p.Incident] = true
			}
			switch there := p != nil && p.Incident != 0; {
			case list[i].problem:
				problems++
				if there {
					brought++
				}
			default:
				talk++
				if !there {
					quiet++
				}
			}
		}
		v.recall, v.quiet, v.cards = float64(brought)/float64(max(problems, 1)), float64(quiet)/float64(max(talk, 1)), len(cards)
		return nil
	})
	if err != nil {
		return v, err
	}
	_, err = s.Verify(ctx, storage.Check{States: storage.States, Found: func(storage.Fault) error { v.faults++; return nil }})
	return v, err
}
