package chart

import "slices"

// shelf holds what is taken, so that no label lies on another.
type shelf struct {
	in    room
	taken []room
}

func (s *shelf) free(r room) bool {
	if r.left < s.in.left || r.right > s.in.right || r.top < s.in.top || r.bottom > s.in.bottom {
		return false
	}
	for _, t := range s.taken {
		if r.left < t.right && t.left < r.right && r.top < t.bottom && t.top < r.bottom {
			return false
		}
	}
	return true
}

// tag is a label that has found its place.
type tag struct {
	where       room
	name, value string
	at          side
	dot         *point // where the place is, when the label lies beside it
}

// name writes the names of the largest values, as many as are asked for and fit.
func (m *Map) name(c *canvas, pens *pens, r room, spots []spot) {
	for _, t := range m.tags(pens, r, spots) {
		x := (t.where.left + t.where.right) / 2
		switch t.at {
		case start:
			x = t.where.left
		case end:
			x = t.where.right
		}
		if t.dot != nil {
			c.fill([]path{circle(*t.dot, 8)}, white)
			c.fill([]path{circle(*t.dot, 5)}, ink)
		}
		c.halo(t.name, pens.small, x, t.where.top+pens.small.size*0.92, t.at, ink)
		c.halo(t.value, pens.strong, x, t.where.bottom-8, t.at, ink)
	}
}

func (m *Map) tags(pens *pens, r room, spots []spot) []tag {
	most := m.Labels
	if most <= 0 {
		most = 8
	}
	ranked := slices.DeleteFunc(slices.Clone(spots), func(s spot) bool { return !known(s.Value) || clean(s.Name) == "" })
	slices.SortStableFunc(ranked, func(a, b spot) int {
		switch {
		case a.Value > b.Value:
			return -1
		case a.Value < b.Value:
			return 1
		}
		return 0
	})
	ranked = ranked[:min(most, len(ranked))]
	s := &shelf{in: r}
	dots := func(spots []spot) []room {
		var out []room
		for _, one := range spots {
			if k := one.radius * 0.9; one.outline == nil {
				out = append(out, room{one.at.x - k, one.at.y - k, one.at.x + k, one.at.y + k})
			}
		}
		return out
	}
	var large []spot
	for _, one := range spots {
		if one.radius > 2*smallestDot {
			large = append(large, one)
		}
	}
	var out []tag
	var laid []room
	for _, one := range ranked {
		// A name hides no dot if it can help it, and never another name, the dot of one or a large dot.
		s.taken = slices.Concat(laid, dots(spots))
		t, ok := m.tag(pens, s, one)
		if !ok {
			s.taken = slices.Concat(laid, dots(ranked), dots(large))
			t, ok = m.tag(pens, s, one)
		}
		if ok {
			laid = append(laid, room{t.where.left - 10, t.where.top - 2, t.where.right + 10, t.where.bottom + 2})
			out = append(out, t)
		}
	}
	return out
}

// tag finds a free place for the label: in the area if that is wide enough, else on one of the sides.
func (m *Map) tag(pens *pens, s *shelf, one spot) (tag, bool) {
	t := tag{name: pens.small.fit(one.Name, 360), value: pens.strong.fit(one.Text, 300)}
	if one.Text == "" {
		t.value = pens.strong.fit(m.number(one.Value), 300)
	}
	wide := max(pens.small.measure(t.name), pens.strong.measure(t.value))
	high := pens.small.size + pens.strong.size + 12
	off := 14.0
	if one.outline == nil {
		off = one.radius + 8
	}
	at := func(x, y float64, side side) room {
		switch side {
		case start:
			return room{x, y - high/2, x + wide, y + high/2}
		case end:
			return room{x - wide, y - high/2, x, y + high/2}
		}
		return room{x - wide/2, y - high/2, x + wide/2, y + high/2}
	}
	if one.outline != nil && one.radius*2 > wide*0.8 {
		if t.at, t.where = middle, at(one.at.x, one.at.y, middle); s.free(t.where) {
			return t, true
		}
	}
	if one.outline != nil {
		t.dot = &one.at
	}
	for _, try := range []struct {
		dx, dy float64
		at     side
	}{
		{off, 0, start}, {-off, 0, end}, {0, off + high/2, middle}, {0, -off - high/2, middle},
		{off * 0.7, off*0.7 + high/2, start}, {-off * 0.7, off*0.7 + high/2, end}, {off * 0.7, -off*0.7 - high/2, start}, {-off * 0.7, -off*0.7 - high/2, end},
	} {
		t.at, t.where = try.at, at(one.at.x+try.dx, one.at.y+try.dy, try.at)
		if s.free(t.where) {
			return t, true
		}
	}
	return t, false
}
