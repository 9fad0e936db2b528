package understand

import (
	_ "embed"
	"fmt"
	"math"
	"strings"

	"github.com/goccy/go-yaml"

	"otklik/config"
)

//go:embed cues.yaml
var cueList []byte

// Sieve tells what is a problem from the rest of what people write in public. It is safe for use by many at once.
type Sieve struct {
	cues   *Judge
	topics *Judge
}

// NewSieve makes a sieve beside a pack's topics.
func NewSieve(topics *Judge) (*Sieve, error) {
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
	return &Sieve{cues, topics}, nil
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
	text = opening(text)
	scores := map[string]float64{}
	for _, g := range s.cues.Topics(text, len(s.cues.topics)) {
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

// readable is how much of a text is read: people say early what it is about.
const readable = 4000

// opening cuts a text that is too long to be read whole.
func opening(text string) string {
	if len(text) <= readable {
		return text
	}
	return strings.ToValidUTF8(text[:readable], "")
}
