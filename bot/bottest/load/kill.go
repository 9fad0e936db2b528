package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"
)

const back = 50.0 // milliseconds, the median, until a program that was killed asks for updates again

// killed is a messenger with people, and the program that is killed under them.
type killed struct {
	name   string
	server server
	home   string
	args   []string
	back   []float64 // milliseconds from the start to the first poll
	reply  []float64 // and to the first reply
}

// kill ends the program by SIGKILL again and again while people talk, and looks at what is left.
func kill(ctx context.Context, b *bench) error {
	people := b.crowds(64)[0]
	for _, name := range []string{"telegram", "vk"} {
		home, err := os.MkdirTemp(b.dir, "kill-")
		if err != nil {
			return err
		}
		k := &killed{name: name, home: home, args: []string{"--per-minute", "0"}}
		c := newCrowd(people, 1, true, 0)
		if name == "vk" {
			k.server = newVK(c)
		} else {
			k.server = newWorld(c)
			k.args = append(k.args, "--telegram-unpaced")
		}
		err = b.kills(ctx, k)
		k.server.close()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (b *bench) kills(ctx context.Context, k *killed) error {
	c := k.server.people()
	p, err := k.up(ctx, b, false) // a program that has been up: VK keeps what people write from then on
	if err != nil {
		return err
	}
	c.begin()
	select {
	case <-c.first:
	case <-p.ended:
		return p.failed()
	case <-time.After(patience):
		p.kill()
		return errors.New("the bot does not answer")
	}
	dice := rand.New(rand.NewPCG(b.seed, 2))
	k.back, k.reply = nil, nil
	for i := range b.options.kills {
		time.Sleep(time.Duration(dice.IntN(400)) * time.Millisecond)
		p.kill()
		if dice.IntN(10) == 0 { // once more, before it is up
			q, err := k.starts(ctx, b)
			if err != nil {
				return err
			}
			time.Sleep(time.Duration(dice.IntN(100)) * time.Millisecond)
			q.kill()
		}
		if p, err = k.up(ctx, b, true); err != nil {
			return fmt.Errorf("after kill %d: %w", i+1, err)
		}
		if (i+1)%10 == 0 {
			b.say("  %s: killed %d times, %d conversations done; asks for updates again after %.0f ms (median)", k.name, i+1, c.done.Load(), middle(k.back))
		}
	}
	stuck := c.rest(ctx, time.Minute)
	if err := p.stop(); err != nil {
		return err
	}
	return b.judgeKills(ctx, k, stuck)
}

func (k *killed) starts(ctx context.Context, b *bench) (*process, error) {
	return start(b.otklik(ctx, k.home, k.server.env(), k.args...), k.home)
}

// up starts the program, and waits until it asks for updates and, if people talk, somebody has had a reply.
func (k *killed) up(ctx context.Context, b *bench, talk bool) (*process, error) {
	polled, shown := k.server.arrivals().expect()
	if !talk {
		shown = nil
	}
	p, err := k.starts(ctx, b)
	if err != nil {
		return nil, err
	}
	late := time.After(patience)
	for polled != nil || shown != nil {
		select {
		case <-polled:
			k.back = append(k.back, ms(time.Since(p.began)))
			polled = nil
		case <-shown:
			k.reply = append(k.reply, ms(time.Since(p.began)))
			shown = nil
		case <-p.ended:
			return nil, p.failed()
		case <-late:
			p.kill()
			return nil, errors.New("the bot is not back")
		}
	}
	return p, nil
}

func (b *bench) judgeKills(ctx context.Context, k *killed, stuck []string) error {
	c := k.server.people()
	a, err := audit(ctx, data(k.home), k.name, c, 0)
	if err != nil {
		return err
	}
	said, clean, err := b.verify(ctx, k.home)
	if err != nil {
		return err
	}
	what := fmt.Sprintf("%s, %d SIGKILLs", k.name, b.options.kills)
	for _, s := range stuck[:min(len(stuck), 3)] {
		b.say("  waits in vain: %s", s)
	}
	b.table.account(what, a, stuck)
	unclean := 0.0
	if !clean {
		unclean = 1
		b.say("  otklik verify: %s", said)
	}
	b.table.most(what+": otklik verify finds something", unclean, 0, "%.0f")
	b.table.most(what+": back, median from the start to the first poll", middle(k.back), back, "%.0f ms")
	b.table.note(what+": back at the latest", most(k.back), "%.0f ms", most(k.back))
	b.table.note(what+": first reply", middle(k.reply), "median %.0f ms, at the latest %.0f ms", middle(k.reply), most(k.reply))
	seen := float64(c.repeats.Load())
	if v, is := k.server.(*vk); is {
		b.table.note(what+": repeats that VK knew by their random_id", float64(v.repeats.Load()), "%d", v.repeats.Load())
		b.table.most(what+": repeats that a person saw", seen, 0, "%.0f")
		return nil
	}
	// Of what is on its way when the program dies each chat may have one message again.
	b.table.most(what+": repeats that a person saw, one a chat and kill at most", seen, float64(len(c.people)*b.options.kills), "%.0f")
	return nil
}

func most(list []float64) (m float64) {
	for _, v := range list {
		m = max(m, v)
	}
	return m
}
