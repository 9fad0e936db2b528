package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"otklik/bot/bottest"
)

// TestPowerCutInAThread kills the program after a thread took what we say there and before that can be noted: under a post of
// VK's, which knows a key that comes again, it stands once; in a group of Telegram's, which knows none, twice at most.
func TestPowerCutInAThread(t *testing.T) {
	if testing.Short() {
		t.Skip("it kills the program for some seconds")
	}
	t.Run("vk", func(t *testing.T) {
		m := listen(t)
		t.Setenv("OTKLIK_WATCH", "https://vk.com/club77001 Киров")
		c := newCut(t)
		olga := m.seat("telegram", "Ольга")
		c.curator(olga)
		wall := m.VK.User("Незнакомец").Posts("Доброе утро, Киров!")
		wall.Comment(m.VK.User("Света"), "", "Светофор на перекрёстке Ленина и Мира не работает третий день, опасно, когда почините?")
		olga.Awaits("🔎 № 1")
		m.VK.Fail("wall.createComment", 1, bottest.Fault{Hang: true, Heard: true})
		olga.Presses("Поблагодарить")
		wall.Awaits("Спасибо за добрые слова")
		c.cut(m.VK.Failing, m.Telegram.Forgive)
		c.settles(func() int { return len(m.VK.Calls("wall.createComment")) })
		if n := len(m.VK.Calls("wall.createComment")); n < 2 {
			t.Errorf("nothing came again in %d calls: the cut was none", n)
		}
		if texts, _ := wall.Ours(); len(texts) != 1 {
			t.Errorf("it stands there %d times: %q", len(texts), texts)
		}
	})
	t.Run("telegram", func(t *testing.T) {
		m := listen(t)
		zoya := m.Telegram.User("Зоя").Opens()
		t.Setenv("OTKLIK_ADMINS", fmt.Sprint("telegram:", zoya.ID()))
		c := newCut(t)
		olga := m.Telegram.User("Ольга").Opens()
		c.curator(olga)
		group := m.Group("Слободской. Подслушано")
		zoya.Says("/watch")
		zoya.Awaits("Пока ни за чем не слежу")
		group.Seat(zoya).Says("/watch Слободской")
		zoya.Awaits("Слежу", "Подслушано")
		sveta := group.Seat(m.Telegram.User("Света"))
		sveta.Says("Мусор на Советской не вывозят вторую неделю, сколько можно, контейнеры завалены")
		olga.Awaits("🔎 № 1")
		// What is said next is said in the group, and the card is only edited.
		m.Telegram.Fail("sendMessage", 1, bottest.Fault{Hang: true, Heard: true})
		olga.Presses("Поблагодарить")
		sveta.Awaits("Спасибо за добрые слова")
		c.cut(m.Telegram.Failing, m.Telegram.Forgive)
		c.settles(func() int { return strings.Count(sveta.Screen(), "Спасибо за добрые слова") })
		if n := strings.Count(sveta.Screen(), "Спасибо за добрые слова"); n > 2 {
			t.Errorf("it stands there %d times:\n%s", n, sveta.Screen())
		}
		for range 2 { // it is noted by now
			c.kill()
			c.begin()
		}
		if n := strings.Count(sveta.Screen(), "Спасибо за добрые слова"); n > 2 {
			t.Errorf("every start says it again:\n%s", sveta.Screen())
		}
	})
}

// cutting is a program of its own that is killed.
type cutting struct {
	t    *testing.T
	data string
	out  *text
	cmd  *exec.Cmd
}

func newCut(t *testing.T) *cutting {
	t.Helper()
	c := &cutting{t: t, data: filepath.Join(t.TempDir(), "otklik.db")}
	c.begin()
	t.Cleanup(func() {
		c.kill()
		if t.Failed() {
			t.Log(c.out.String())
		}
	})
	return c
}

// begin starts the program and waits until it runs.
func (c *cutting) begin() {
	c.t.Helper()
	c.out = &text{}
	c.cmd = exec.Command(os.Args[0], "--data", c.data, "--listen", "127.0.0.1:0")
	c.cmd.Env = append(os.Environ(), "OTKLIK_TEST_PROGRAM=1")
	c.cmd.Stdout, c.cmd.Stderr = c.out, c.out
	if err := c.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	ready := regexp.MustCompile("Ctrl-C ends")
	for range 400 {
		if ready.MatchString(c.out.String()) {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	c.t.Fatalf("the program does not start:\n%s", c.out.String())
}

func (c *cutting) kill() {
	c.cmd.Process.Kill() //nolint:errcheck // it may be killed already
	c.cmd.Wait()         //nolint:errcheck // it was killed: that is its error
}

func (c *cutting) curator(s seat) {
	c.t.Helper()
	s.Starts(code(c.t, []string{"invite", "--data", c.data, "--role", "curator"}))
	s.Awaits("вы куратор")
}

// cut kills the program once the planned fault has come, and starts it again; a press before it stays without an answer.
func (c *cutting) cut(failing func() int, forgive func()) {
	c.t.Helper()
	for range 400 {
		if failing() == 0 {
			break
		}
		time.Sleep(25 * time.Millisecond)
	}
	if failing() > 0 {
		c.t.Fatal("the fault never came")
	}
	c.kill()
	forgive()
	c.begin()
}

// settles waits until it was tried again after the cut, and nothing more is.
func (c *cutting) settles(calls func() int) {
	c.t.Helper()
	for range 400 {
		if calls() >= 2 {
			break
		}
		time.Sleep(25 * time.Millisecond)
	}
	for was := -1; was != calls(); time.Sleep(1500 * time.Millisecond) {
		was = calls()
	}
}
