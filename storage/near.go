package storage

import (
	"cmp"
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
	if p.Settlement != "" {
		list = append(list, entry{key: key(spaceByStreet, whole(p.Settlement), inc.Number)})
	}
	if p.Municipality != "" {
		list = append(list, entry{key: key(spaceByStreet, whole(district(p.Municipality)), inc.Number)})
	}
	return list
}

// AsFound is a topic as the indexes of places have it for what is found and not judged yet: residents are not shown it.
func AsFound(topic string) string { return "?" + topic }

// found gives the entries that find what nobody has judged yet.
func (inc *Incident) found() (list []entry) {
	list = append(list, entry{key: key(spaceQueue, QueueFound, inc.Created, inc.Place.Municipality, inc.Likely, inc.Topic, inc.Number)})
	if inc.Topic == "" {
		return list
	}
	topic, p := AsFound(inc.Topic), inc.Place
	if p.Point {
		v := binary.BigEndian.AppendUint64(nil, math.Float64bits(p.Lat))
		v = binary.BigEndian.AppendUint64(v, math.Float64bits(p.Lon))
		list = append(list, entry{key(spaceByPoint, topic, row(p.Lat), column(p.Lon), inc.Number), v})
	}
	if town := p.town(); town != "" {
		v := []byte{0}
		if p.Point {
			v[0] = 1
		}
		list = append(list, entry{key(spaceByStreet, AsFound(town), street(p.Street), topic, inc.Number), append(v, street(p.House)...)})
	}
	return list
}

// town is the settlement, or the municipality where no settlement is known.
func (p Place) town() string {
	if p.Settlement != "" || p.Municipality == "" {
		return p.Settlement
	}
	return district(p.Municipality)
}

// district tells a municipality's code from a settlement's.
func district(code string) string { return "*" + code }

// whole is the part of the key of all that is open in a settlement or a district, whatever the street.
func whole(town string) string { return "@" + town }

// street folds a street's name.
func street(name string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(strings.ToLower(name), "ё", "е")), " ")
}

// Nearby is an incident and how far it is, in metres.
type Nearby struct {
	Number uint64
	Metres float64
}

// closest is where Near begins to look, in metres.
const closest = 250.0

// Near gives the open incidents with points within a distance in metres, the nearest first, at most limit; topic ""
// means any. It looks farther only while it has found too few, so what it costs depends on how many there are nearby, not
// on how many there are.
func (tx *Tx) Near(topic string, lat, lon, metres float64, limit int) (list []Nearby, err error) {
	if limit <= 0 {
		return nil, nil
	}
	for reach := min(closest, metres); ; reach = min(2*reach, metres) {
		if list, err = tx.within(topic, lat, lon, reach); err != nil {
			return nil, err
		}
		if len(list) >= limit || reach >= metres {
			break
		}
	}
	slices.SortFunc(list, func(a, b Nearby) int {
		return cmp.Or(cmp.Compare(a.Metres, b.Metres), cmp.Compare(b.Number, a.Number))
	})
	return list[:min(limit, len(list))], nil
}

// within reads the cells that a circle touches.
func (tx *Tx) within(topic string, lat, lon, metres float64) (list []Nearby, err error) {
	reach := metres / metresPerDegree
	wide := reach / max(math.Cos((math.Abs(lat)+reach)*math.Pi/180), 0.01)
	for r := row(lat - reach); r <= row(lat+reach); r++ {
		for _, span := range spans(lon-wide, lon+wide) {
			from, to := key(spaceByPoint, topic, r, span[0]), key(spaceByPoint, topic, r, span[1]+1)
			err := tx.r.Scan(from, to, false, func(k, v []byte) bool {
				if len(v) != 16 {
					return true
				}
				d := Distance(lat, lon, math.Float64frombits(binary.BigEndian.Uint64(v)), math.Float64frombits(binary.BigEndian.Uint64(v[8:])))
				if d <= metres {
					list = append(list, Nearby{last(k), d})
				}
				return true
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

// spans gives the columns from a longitude to another: two runs of them where the date line lies between.
func spans(west, east float64) [][2]uint64 {
	switch end := column(180); {
	case east-west >= 360:
		return [][2]uint64{{0, end}}
	case west < -180:
		return [][2]uint64{{0, column(east)}, {column(west + 360), end}}
	case east > 180:
		return [][2]uint64{{0, column(east - 360)}, {column(west), end}}
	}
	return [][2]uint64{{column(west), column(east)}}
}

const metresPerDegree = 111_320

// Distance gives the metres between two points; good for distances within a region.
func Distance(lat1, lon1, lat2, lon2 float64) float64 {
	dy := (lat2 - lat1) * metresPerDegree
	dx := math.Remainder(lon2-lon1, 360) * metresPerDegree * math.Cos((lat1+lat2)/2*math.Pi/180)
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
	town := p.town()
	if strings.HasPrefix(topic, AsFound("")) {
		town = AsFound(town)
	}
	prefix, house := key(spaceByStreet, town, street(p.Street), topic), street(p.House)
	err = tx.r.Scan(prefix, After(prefix), true, func(k, v []byte) bool {
		if len(v) > 0 {
			list = append(list, Neighbour{last(k), house != "" && string(v[1:]) == house, v[0] == 1})
		}
		return len(list) < limit
	})
	return list, err
}

// InTown gives the numbers of the open incidents in a place's street, or without one in its settlement, or without that
// in its municipality: newest first, at most limit.
func (tx *Tx) InTown(p Place, limit int) (list []uint64, err error) {
	if p.town() == "" || limit <= 0 {
		return nil, nil
	}
	if p.Street == "" {
		return tx.numbers(key(spaceByStreet, whole(p.town())), 0, limit, true)
	}
	prefix := key(spaceByStreet, p.town(), street(p.Street)) // by topic
	err = tx.r.Scan(prefix, After(prefix), true, func(k, _ []byte) bool {
		list = append(list, last(k))
		return true
	})
	slices.Sort(list)
	slices.Reverse(list)
	return list[:min(limit, len(list))], err
}
