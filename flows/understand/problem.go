package understand

import (
	_ "embed"
	"fmt"
	"math"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"otklik/config"
)

//go:embed cues.yaml
var cueList []byte

// Sieve tells what is a problem from the rest of what people write in public. It is safe for use by many at once.
type Sieve struct {
	cues   func() *Judge // read when the first message comes: a program that starts has other things to do
	topics *Judge
}

// NewSieve makes a sieve beside a pack's topics.
func NewSieve(topics *Judge) *Sieve {
	return &Sieve{sync.OnceValue(func() *Judge {
		cues, err := readCues()
		if err != nil {
			panic(err) // it is a part of the program
		}
		return cues
	}), topics}
}

func readCues() (*Judge, error) {
	var classes map[string][]string
	if err := yaml.Unmarshal(cueList, &classes); err != nil {
		return nil, fmt.Errorf("cues: %w", err)
	}
	var g config.Group
	for _, name := range []string{complaint, thanks, advert, question, talk, danger} {
		if len(classes[name]) == 0 {
			return nil, fmt.Errorf("cues: no %q", name)
		}
		g.Topics = append(g.Topics, config.Topic{Code: name, Keywords: classes[name]})
	}
	cues := New(&config.Pack{Groups: []config.Group{g}})
	cues.exact = true // a slip of «колодцы» is not «молодцы»
	return cues, nil
}

// The classes of cues.
const (
	complaint = "complaint"
	thanks    = "thanks"
	advert    = "advert"
	question  = "question"
	talk      = "talk"
	danger    = "danger"
)

// What each cue weighs for a problem, chosen on invented messages of every class and on real appeals.
const (
	base     = -1.2
	forCue   = 0.6 // complaints, for each unit of their score
	forTopic = 0.5 // a topic of the region
	forPhoto = 0.8 // people photograph what is broken
	forPlace = 0.9
	most     = 6.5 // of each
)

var against = map[string]float64{thanks: 0.65, advert: 0.65, question: 0.45, talk: 0.7}

// Verdict is what a sieve finds of a message.
type Verdict struct {
	Problem float64 // how likely it is one, 0 to 1
	Danger  bool    // somebody's life or health may be in danger
}

// Problem judges a message. place tells that its words name a street, a settlement or a point.
func (s *Sieve) Problem(text string, photos int, place bool) Verdict {
	scores := map[string]float64{}
	cues := s.cues()
	for _, g := range cues.Topics(text, len(cues.topics)) {
		scores[g.Topic] = min(g.Score, most)
	}
	x := base + forCue*scores[complaint]
	if list := s.topics.Topics(text, 1); len(list) > 0 {
		x += forTopic * min(list[0].Score, most)
	}
	for class, weight := range against {
		x -= weight * scores[class]
	}
	if photos > 0 {
		x += forPhoto
	}
	if place {
		x += forPlace
	}
	if len(strings.Fields(text)) < 3 && photos == 0 {
		x -= 1.5
	}
	p := 1 / (1 + math.Exp(-x))
	return Verdict{Problem: p, Danger: scores[danger] > 0 && p > 0.3}
}
