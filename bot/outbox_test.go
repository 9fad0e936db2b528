package bot

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAChatIsSentInOrderAndChatsSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{takes: time.Second}
		var want []string
		for i := range 5 {
			want = append(want, strconv.Itoa(i))
			for chat := range 10 {
				s.write(strconv.Itoa(chat), Priority(i%3), strconv.Itoa(i))
			}
		}
		r := start(t, s, p)
		pass(5*time.Second + time.Millisecond)
		for chat := range 10 {
			if got := p.words(strconv.Itoa(chat)); !slices.Equal(got, want) {
				t.Errorf("chat %d: %v", chat, got)
			}
		}
		if p.top != 10 || s.len() != 0 || r.Len() != 0 {
			t.Errorf("%d at once, %d left, Len %d", p.top, s.len(), r.Len())
		}
	})
}

func TestTicketsThatComeLateTakeTheirPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{takes: time.Second}
		r := start(t, s, p)
		var tickets []Ticket
		for i := range 6 {
			tickets = append(tickets, s.write("a", Reply, strconv.Itoa(i)))
		}
		synctest.Wait()
		for _, i := range []int{0, 3, 2, 5, 1, 4, 2, 0} { // twice does no harm
			r.Notify(tickets[i : i+1])
		}
		pass(time.Minute)
		if got := fmt.Sprint(p.words("a")); got != "[0 1 2 3 4 5]" {
			t.Error(got)
		}
	})
}

func TestRepliesLeaveBeforeNoticesBeforeDigests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{limits: Limits{All: Rate{1, time.Second, 1}}}
		for i := range 3 {
			s.write(fmt.Sprint("d", i), Digest, "")
			s.write(fmt.Sprint("n", i), Notice, "")
			s.write(fmt.Sprint("r", i), Reply, "")
		}
		// Who waits behind a digest of the same chat lifts it.
		s.write("x", Digest, "first")
		s.write("x", Reply, "second")
		r := start(t, s, p)
		synctest.Wait()
		pass(3 * time.Second)
		r.Notify([]Ticket{s.write("late", Reply, "")})
		urgent := s.write("d9", Digest, "urgent")
		r.Notify([]Ticket{urgent})
		urgent.Priority = Reply // somebody came to wait for it
		r.Notify([]Ticket{urgent})
		pass(time.Minute)
		got := strings.Join(p.words(""), " ")
		if want := "r0: r1: r2: x:first late: d9:urgent x:second n0: n1: n2: d0: d1: d2:"; got != want {
			t.Errorf("\n%s, want\n%s", got, want)
		}
	})
}

// TestAReplyDoesNotWaitForTheRestOfASecond: a broadcast leaves at an even pace, so that whoever writes meanwhile waits for
// a share of the second, whenever they write; and it takes no longer than it must.
func TestAReplyDoesNotWaitForTheRestOfASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{limits: Limits{All: Rate{30, time.Second, 30}}}
		for i := range 600 {
			s.write(fmt.Sprint("n", i), Notice, "")
		}
		r := start(t, s, p)
		synctest.Wait()
		begun := time.Now()
		for i := range 100 {
			time.Sleep(171 * time.Millisecond)
			wrote := time.Now()
			who := fmt.Sprint("r", i)
			r.Notify([]Ticket{s.write(who, Reply, "")})
			for len(p.words(who)) == 0 {
				time.Sleep(time.Millisecond)
			}
			if d := time.Since(wrote); d > 120*time.Millisecond {
				t.Errorf("reply %d waited for %v", i, d)
			}
		}
		for s.len() > 0 {
			time.Sleep(time.Millisecond)
		}
		if rate := 700 / time.Since(begun).Seconds(); rate < 0.95*30 {
			t.Errorf("%.2f messages a second", rate)
		}
	})
}

func TestAReplyNeedsNotWaitForSlowDigests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{takes: time.Minute}
		for i := range 20 {
			s.write(strconv.Itoa(i), Digest, "")
		}
		r := start(t, s, p, func(o *OutboxOptions) { o.Width = 8 })
		pass(time.Second)
		r.Notify([]Ticket{s.write("anna", Reply, "")})
		synctest.Wait()
		if last := p.tried()[len(p.tried())-1]; last.chat != "anna" || len(p.tried()) != 7 {
			t.Errorf("%d calls, the last to %s", len(p.tried()), last.chat)
		}
		r.stop()
	})
}

func TestWordsAreReadWhenTheMessageLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{takes: time.Second, limits: Limits{Chat: Rate{1, time.Second, 1}}}
		s.write("a", Reply, "hello")
		card := s.write("a", Notice, "card v0")
		r := start(t, s, p)
		for i := range 9 { // while it waits
			r.Notify([]Ticket{s.rewrite(card.ID, fmt.Sprint("card v", i+1))})
			pass(50 * time.Millisecond)
		}
		pass(time.Second) // now it is on its way
		for i := range 5 {
			r.Notify([]Ticket{s.rewrite(card.ID, fmt.Sprint("card v", i+10))})
			pass(10 * time.Millisecond)
		}
		pass(time.Minute)
		if got := fmt.Sprint(p.words("a")); got != "[hello card v9 card v14]" {
			t.Error(got)
		}
		last := p.taken()[len(p.taken())-1]
		if last.edit != "2" || last.key == p.taken()[1].key {
			t.Errorf("the change of a sent card is an edit with a key of its own: %+v", last)
		}
	})
}

func TestAnEditThatFindsNothingIsSentAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{limits: Limits{Chat: Rate{1, time.Second, 1}}}
		p.answer = func(c call) error {
			if c.edit != "" {
				return &Failure{Reason: NoRef, Err: errors.New("message to edit not found")}
			}
			return nil
		}
		s.write("a", Reply, "card", func(e *Entry) { e.Edit = "77" })
		s.write("a", Reply, "next")
		start(t, s, p)
		pass(time.Minute)
		if got := fmt.Sprint(p.words("a")); got != "[card next]" {
			t.Error(got)
		}
		if p.tried()[1].key != p.tried()[0].key || p.tried()[1].at.Sub(p.tried()[0].at) < time.Second {
			t.Errorf("both calls have one key and keep the pace: %+v", p.tried())
		}
	})
}

func TestWhatWasMeantForLaterHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{}
		s.write("a", Digest, "morning", func(e *Entry) { e.NotBefore = time.Now().Add(8 * time.Hour) })
		s.write("a", Reply, "now")
		r := start(t, s, p)
		pass(time.Hour)
		r.Notify([]Ticket{s.write("a", Digest, "noon", func(e *Entry) { e.NotBefore = time.Now().Add(11 * time.Hour) })})
		if r.Len() != 2 {
			t.Errorf("Len is %d", r.Len())
		}
		pass(24 * time.Hour)
		if got := fmt.Sprint(p.words("a")); got != "[now morning noon]" {
			t.Error(got)
		}
		if at := p.taken()[1].at.Sub(p.taken()[0].at); at != 8*time.Hour {
			t.Errorf("the morning came after %v", at)
		}
	})
}

// A ticket is a hint: what counts is the entry.
func TestTheEntryKnowsBetterThanItsTicket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{limits: Limits{Chat: Rate{1, time.Minute, 1}}}
		r := start(t, s, p)
		synctest.Wait()
		later := s.write("a", Reply, "later", func(e *Entry) { e.NotBefore = time.Now().Add(time.Hour) })
		later.NotBefore = time.Time{}
		elsewhere := s.write("b", Reply, "elsewhere")
		elsewhere.Peer.Chat = "c"
		other := s.write("b", Reply, "after")
		r.Notify([]Ticket{later, elsewhere, other})
		pass(time.Minute)
		if n := len(p.words("b")); n != 1 {
			t.Errorf("%d messages to a chat that bears one a minute", n)
		}
		pass(2 * time.Hour)
		if n := len(p.words("b")); n != 2 {
			t.Errorf("%d messages arrived", n)
		}
		if got := fmt.Sprint(p.words("a")); got != "[later]" || r.Len() != 0 {
			t.Error(got, r.Len())
		}
	})
}

func TestAPaceOutlivesAnEmptyQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{limits: Limits{Chat: Rate{1, time.Minute, 1}}}
		r := start(t, s, p)
		for range 3 {
			r.Notify([]Ticket{s.write("a", Reply, "")})
			pass(20 * time.Second)
		}
		pass(time.Hour)
		for i, c := range p.taken()[1:] {
			if gap := c.at.Sub(p.taken()[i].at); gap < time.Minute {
				t.Errorf("message %d came %v after the one before", i+1, gap)
			}
		}
		if n := len(r.carriers["fake"].lanes); n != 0 {
			t.Errorf("%d lanes are left", n)
		}
	})
}

func TestAMessageThatIsGoneIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{}
		r := start(t, s, p)
		ticket := s.write("a", Reply, "withdrawn")
		s.withdraw(ticket.ID)
		r.Notify([]Ticket{ticket, s.write("a", Reply, "next")})
		pass(time.Second)
		if got := fmt.Sprint(p.words("")); got != "[a:next]" || r.Len() != 0 {
			t.Error(got, r.Len())
		}
	})
}

func TestTicketsOfAMessengerThatIsNotSetUpStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPaper(), &post{}
		for range 100 {
			s.write("a", Reply, "", func(e *Entry) { e.Peer.Channel = "vk" })
		}
		s.write("a", Reply, "here")
		r := start(t, s, p)
		pass(time.Hour)
		if got := fmt.Sprint(p.words("")); got != "[a:here]" || s.len() != 100 {
			t.Error(got, s.len())
		}
		if n := r.log.count("not set up"); n != 1 {
			t.Errorf("said %d times", n)
		}
		if got := fmt.Sprint(r.Waiting()); got != "map[fake:0 vk:100]" {
			t.Errorf("the figures say %s", got)
		}
	})
}
