package flows

import (
	"slices"
	"strconv"
	"strings"

	"otklik/bot"
	"otklik/config"
)

// Page gives the bounds of a page of a list; a page beyond the list is its last one.
func Page(page, size, n int) (from, to int) {
	page = max(min(page, (n-1)/size), 0)
	return page * size, min((page+1)*size, n)
}

// Room gives how many buttons of a list a page shows here: size, or as many as the messenger has room for beside the row
// that turns pages and rest rows with others buttons.
func (t *Turn) Room(size, perRow, rest, others int) int {
	if t.e.Limits == nil {
		return size
	}
	l := t.e.Limits(t.In.Peer.Channel)
	if l.Rows > 0 {
		size = min(size, (l.Rows-rest-1)*perRow)
	}
	if l.Buttons > 0 {
		size = min(size, l.Buttons-others-2)
	}
	return max(size, 1)
}

// PageRow adds to a keyboard the row that turns pages: key makes a page's data.
func (v *Voice) PageRow(rows [][]bot.Button, page, size, n int, key func(page string) string) [][]bot.Button {
	from, to := Page(page, size, n)
	var row []bot.Button
	if from > 0 {
		row = append(row, v.Button("desk.page_back", key(strconv.Itoa(from/size-1))))
	}
	if to < n {
		row = append(row, v.Button("desk.page_more", key(strconv.Itoa(from/size+1)), "More", n-to))
	}
	if row != nil {
		rows = append(rows, row)
	}
	return rows
}

// PageArg reads a page number from a button's data. What is out of bounds is brought back by Page.
func (t *Turn) PageArg() int { return PageOf(t.Arg(0)) }

// PageOf reads a page number as PageArg does, where a button stands outside a conversation.
func PageOf(arg string) int {
	n, err := strconv.Atoi(arg)
	if err != nil || n < 0 {
		return 0
	}
	return min(n, 10_000)
}

// Arg is what stands behind the verb in a button's data: the i-th from zero, "" if there is none.
func (t *Turn) Arg(i int) string {
	if i >= len(t.Args) {
		return ""
	}
	return t.Args[i]
}

// Count reads a number from a button's data, as Arg does; ok is false where there is none below most.
func (t *Turn) Count(i, most int) (n int, ok bool) {
	n, err := strconv.Atoi(t.Arg(i))
	return n, err == nil && n >= 0 && n < most
}

// MunicipalityRows lists the municipalities, two in a row: verb comes with a code, "p" with a page.
func (t *Turn) MunicipalityRows(page int, verb string) (rows [][]bot.Button) {
	v, list, size := t.Voice(), t.e.Pack.Municipalities, t.Room(16, 2, 1, 2)
	from, to := Page(page, size, len(list))
	for pair := range slices.Chunk(list[from:to], 2) {
		var row []bot.Button
		for i := range pair {
			row = append(row, bot.Button{Text: v.Municipality(pair[i].Code), Data: t.Key(verb, pair[i].Code)})
		}
		rows = append(rows, row)
	}
	return v.PageRow(rows, page, size, len(list), func(p string) string { return t.Key("p", p) })
}

// Organisations finds organisations by code or by words, in any order: each word begins one of the name's. Without
// words it gives all, those in first before the others.
func (t *Turn) Organisations(words string, first ...string) (list []*config.Organisation) {
	pack := t.e.Pack
	if o := pack.Organisation(strings.ToLower(strings.TrimSpace(words))); o != nil {
		return []*config.Organisation{o}
	}
	wanted := strings.Fields(fold(words))
	for _, code := range first {
		if o := pack.Organisation(code); o != nil && !slices.Contains(list, o) && named(pack, o, wanted) {
			list = append(list, o)
		}
	}
	// Administrations come last: of forty-five at most one is meant, and it is in first.
	for _, administrations := range []bool{false, true} {
		for i := range pack.Organisations {
			o := &pack.Organisations[i]
			if (o.Kind == config.Administration) == administrations && !slices.Contains(list, o) && named(pack, o, wanted) {
				list = append(list, o)
			}
		}
	}
	return list
}

func named(pack *config.Pack, o *config.Organisation, wanted []string) bool {
	has := o.Name + " " + o.Short + " " + o.English + " " + o.Code
	if m := pack.Municipality(o.Municipality); m != nil {
		has += " " + m.Name + " " + m.Centre
	}
	names := strings.Fields(fold(has))
	for _, w := range wanted {
		// People decline what they type: the last letters of a long word do not count.
		if r := []rune(w); len(r) > 5 {
			w = string(r[:len(r)-2])
		}
		if !slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, w) }) {
			return false
		}
	}
	return true
}

func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case 'ё':
			return 'е'
		case '-', ',', '.', '«', '»', '"', '(', ')':
			return ' '
		}
		return r
	}, strings.ToLower(s))
}
