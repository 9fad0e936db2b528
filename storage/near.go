package storage

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
)

// A cell of the index of points, in degrees: about 280 m from south to north.
const cell = 0.0025

// row and column number the cells from the south pole and from the date line.
func row(lat float64) uint64    { return uint64(max(math.Floor((lat+90)/cell), 0)) }
func column(lon float64) uint64 { return uint64(max(math.Floor((lon+180)/cell), 0)) }

// places gives the entries that find an open incident by where it is. A topic of "" stands for all topics.
func (inc *Incident) places() (list []entry) {
	p := inc.Place
	if p.Point {
		v := binary.BigEndian.AppendUint64(nil, math.Float64bits(p.Lat))
		v = binary.BigEndian.AppendUint64(v, math.Float64bits(p.Lon))
		for _, topic := range slices.Compact([]string{"", inc.Topic}) {
			list = append(list, entry{key(spaceByPoint, topic, row(p.Lat), column(p.Lon), inc.Number), v})
		}
	}
	if town := p.town(); town != "" {
		v := []byte{0}
		if p.Point {
			v[0] = 1
		}
		list = append(list, entry{key(spaceByStreet, town, street(p.Street), inc.Topic, inc.Number), append(v, street(p.House)...)})
	}
	return list
}

// town is the settlement, or the municipality where no settlement is known.
func (p Place) town() string {
	if p.Settlement != "" || p.Municipality == "" {
		return p.Settlement
	}
	return "*" + p.Municipality
}

// street folds a street's name.
func street(name string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(strings.ToLower(name), "ё", "е")), " ")
}

// Nearby is an incident and how far it is, in metres.
type Nearby struct {
	Number uint64
	Metres float64
}

// scanned bounds what is read of a row of cells: more open incidents than these in one place are not told apart anyway.
const scanned = 1000

// Near gives the open incidents with points within a distance in metres, the nearest first, at most limit; topic ""
// means any. What it costs depends on how many there are nearby, not on how many there are.
func (tx *Tx) Near(topic string, lat, lon, metres float64, limit int) (list []Nearby, err error) {
	reach := metres / metresPerDegree
	wide := reach / max(math.Cos((math.Abs(lat)+reach)*math.Pi/180), 0.01)
	for r := row(lat - reach); r <= row(lat+reach); r++ {
		from := key(spaceByPoint, topic, r, column(lon-wide))
		to := key(spaceByPoint, topic, r, column(lon+wide)+1)
		n := 0
		err := tx.r.Scan(from, to, true, func(k, v []byte) bool {
			if n++; len(v) == 16 {
				d := Distance(lat, lon, math.Float64frombits(binary.BigEndian.Uint64(v)), math.Float64frombits(binary.BigEndian.Uint64(v[8:])))
				if d <= metres {
					list = append(list, Nearby{last(k), d})
				}
			}
			return n < scanned
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(list, func(a, b Nearby) int {
		switch {
		case a.Metres < b.Metres:
			return -1
		case a.Metres > b.Metres:
			return 1
		}
		return int(b.Number) - int(a.Number)
	})
	return list[:min(limit, len(list))], nil
}

const metresPerDegree = 111_320

// Distance gives the metres between two points; good for distances within a region.
func Distance(lat1, lon1, lat2, lon2 float64) float64 {
	dy := (lat2 - lat1) * metresPerDegree
	dx := (lon2 - lon1) * metresPerDegree * math.Cos((lat1+lat2)/2*math.Pi/180)
	return math.Hypot(dx, dy)
}

// Neighbour is an incident in the same street.
type Neighbour struct {
	Number uint64
	House  bool // the same one
	Point  bool // it has a point, too
}

// OnStreet gives the open incidents of a topic in the same street of the same settlement, newest first.
func (tx *Tx) OnStreet(p Place, topic string, limit int) (list []Neighbour, err error) {
	if p.Street == "" || p.town() == "" || limit <= 0 {
		return nil, nil
	}
	prefix, house := key(spaceByStreet, p.town(), street(p.Street), topic), street(p.House)
	err = tx.r.Scan(prefix, After(prefix), true, func(k, v []byte) bool {
		if len(v) > 0 {
			list = append(list, Neighbour{last(k), house != "" && string(v[1:]) == house, v[0] == 1})
		}
		return len(list) < limit
	})
	return list, err
}

// InTown gives the numbers of open incidents in a place's settlement, or in its street if one is given: by street, at
// most limit.
func (tx *Tx) InTown(p Place, limit int) ([]uint64, error) {
	if p.town() == "" {
		return nil, nil
	}
	if p.Street != "" {
		return tx.numbers(key(spaceByStreet, p.town(), street(p.Street)), 0, limit, true)
	}
	return tx.numbers(key(spaceByStreet, p.town()), 0, limit, true)
}
