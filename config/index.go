// Package config holds what a region decides: the settings (file, environment, flags), secrets that never print, and
// the region pack.
package config

type index struct {
	municipality map[string]*Municipality
	organisation map[string]*Organisation
	topic        map[string]*Topic
	group        map[string]*Group
}

// AdministrationOf, as a rule's To, means the administration of the incident's municipality.
const AdministrationOf = "@administration"

func (p *Pack) build() {
	x := &index{map[string]*Municipality{}, map[string]*Organisation{}, map[string]*Topic{}, map[string]*Group{}}
	for i := range p.Municipalities {
		x.municipality[p.Municipalities[i].Code] = &p.Municipalities[i]
	}
	for i := range p.Organisations {
		x.organisation[p.Organisations[i].Code] = &p.Organisations[i]
	}
	for i := range p.Groups {
		g := &p.Groups[i]
		x.group[g.Code] = g
		for j := range g.Topics {
			g.Topics[j].Group = g.Code
			x.topic[g.Topics[j].Code] = &g.Topics[j]
		}
	}
	p.index = x
}

// Municipality gives a municipality by code, nil if there is none.
func (p *Pack) Municipality(code string) *Municipality { return p.index.municipality[code] }

// Organisation gives an organisation by code, nil if there is none.
func (p *Pack) Organisation(code string) *Organisation { return p.index.organisation[code] }

// Topic gives a topic by code, nil if there is none.
func (p *Pack) Topic(code string) *Topic { return p.index.topic[code] }

// Group gives a group of topics by code, nil if there is none.
func (p *Pack) Group(code string) *Group { return p.index.group[code] }

// Administration gives the administration of a municipality, nil if the pack has none.
func (p *Pack) Administration(municipality string) *Organisation {
	for i := range p.Organisations {
		o := &p.Organisations[i]
		if o.Kind == Administration && o.Municipality == municipality {
			return o
		}
	}
	return nil
}

// Route gives the organisation that a topic belongs to in a municipality: the first rule that matches. nil where none
// does: an unknown topic or municipality.
func (p *Pack) Route(topic, municipality string) *Organisation {
	t := p.Topic(topic)
	if t == nil {
		return nil
	}
	for _, r := range t.Route {
		if !r.matches(municipality) {
			continue
		}
		if r.To == AdministrationOf {
			return p.Administration(municipality)
		}
		return p.Organisation(r.To)
	}
	return nil
}

func (r Rule) matches(municipality string) bool {
	for _, m := range r.In {
		if m == municipality {
			return true
		}
	}
	return len(r.In) == 0
}
