package personal

import (
	"strings"
	"unicode/utf8"

	"otklik/flows/lazy"
)

var email = lazy.Regexp(`[\p{L}\p{N}][\p{L}\p{N}._%+\-]*@[\p{L}\p{N}](?:[\p{L}\p{N}\-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}\-]*[\p{L}\p{N}])?)*\.\p{L}{2,}`)

func emails(text string) (list []Span) {
	if strings.IndexByte(text, '@') < 0 { // most texts, and the expression takes long
		return nil
	}
	for _, at := range email().FindAllStringIndex(text, -1) {
		list = append(list, Span{at[0], at[1], Email})
	}
	return list
}

// several tells whether a text has as many digits as the shortest number of a telephone.
func several(text string) bool {
	n := 0
	for i := 0; i < len(text) && n < 5; i++ {
		if digit(text[i]) {
			n++
		}
	}
	return n == 5
}

// shapes are how people group the digits of a telephone number, without a plus or brackets. A passport (4-6), a sum
// (1-3-3-3) and an insurance number (3-3-3-2) are none of them.
var shapes = map[string]bool{
	"11": true, "1-10": true, "4-7": true, "1-3-7": true, "1-3-3-4": true, "4-3-4": true, "1-3-3-2-2": true, "4-3-2-2": true,
	"1-3-2-2-3": true, "1-3-2-3-2": true, "4-2-2-3": true, "4-2-3-2": true, "7-4": true, "7-2-2": true, "1-6-4": true, "1-4-2-2-2": true,
	"1-4-6": true, "1-4-3-3": true, "1-5-5": true, "1-5-1-2-2": true, "5-2-2-2": true, "5-6": true, "1-4-2-4": true,
	"10": true, "3-7": true, "3-3-4": true, "3-3-2-2": true, "3-2-2-3": true, "3-2-3-2": true, "4-2-2-2": true, "6-2-2": true, "6-4": true,
}

// phones finds numbers with their code: eleven digits from 7 or 8, ten from 9 or from a code in brackets, or what a plus
// begins.
func phones(text string) (list []Span) {
	for _, run := range runs(text) {
		for i := 0; i < len(run); i++ {
			for j := min(len(run), i+8); j > i; j-- {
				if p := newPart(text, run[i:j]); phone(p) {
					list = append(list, Span{p.head(), p.to(), Phone})
					i = j - 1
					break
				}
			}
		}
	}
	return list
}

func phone(p part) bool {
	n, d := len(p.digits), p.digits
	if n < 10 || n > 15 || p.glued() || p.parted(":/") {
		return false
	}
	if dots := strings.Count(p.text[p.from():p.to()], "."); dots > 0 && dots != len(p.groups)-1 {
		return false
	}
	if p.plus() {
		return len(p.groups) <= 6 && (d[0] != '7' || n == 11)
	}
	home := n == 11 && (d[0] == '7' || d[0] == '8')
	mobile := home && d[1] == '9'
	switch {
	case mobile:
	case home && (d[1] == '3' || d[1] == '4' || d[1] == '8'):
	case n == 10 && (d[0] == '9' || (d[0] == '3' || d[0] == '4' || d[0] == '8') && len(p.groups) > 1):
		if p.parted(".,") {
			return false
		}
	default:
		return false
	}
	switch {
	case p.bracketed():
		if len(p.groups) > 6 {
			return false
		}
	case !shapes[p.shape], len(p.groups) == 1 && p.parted("."), p.shape == "1-10" && d[0] != '8':
		return false
	}
	return !counted(p) && (mobile || !named(p, `№`)) // last, as looking at the words around takes long
}

// counted tells whether the words around say that the number counts or names something else.
func counted(p part) bool {
	if unit().MatchString(p.after()) {
		return true
	}
	b := tail(p.before(), 40)
	return account().MatchString(b) && !called().MatchString(b)
}

// named tells whether a sign such as № stands right before the part, and nothing speaks of a telephone.
func named(p part, sign string) bool {
	b := tail(p.before(), 40)
	return strings.HasSuffix(trimBlank(b), sign) && !called().MatchString(b)
}

// tail gives the last n characters or fewer, from a line's begin at most.
func tail(s string, n int) string {
	for i := len(s); i > 0; n-- {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		if n == 0 || r == '\n' {
			return s[i:]
		}
		i -= size
	}
	return s
}

var (
	unit = lazy.Regexp(`^[\s\x{a0}]{0,2}(?i:руб|р\.|₽|коп|тыс|млн|млрд|квт|гкал|кв\.?\s?м|куб|м[23²³]|шт|км|кг|тонн|литр)`)
	// account is what stands before the number of something else, up to a few signs before the digits.
	account = lazy.Regexp(`(?i)(?:инн|кпп|огрн(?:ип)?|снилс|окпо|уин|бик|л/с|л\.с\.|лиц\.?\s?сч\S*|лицев\S*(?:\s+сч\S*)?|сч[её]т(?:чик)?\S{0,3}|р/с|паспорт\S*|договор\S*|обращени\S*|заявк\S*|заявлени\S*|показани\S*|накладн\S*|дел[оа]|исх|вх|приказ\S*|протокол\S*|кадастров\S*(?:\s+номер\S*)?|полис\S*|код|индекс|id)[\s:.,=–-]*(?:№|номер\S*|n|#)?[\s:.№]*$`)
	// called speaks of a telephone.
	called = lazy.Regexp(`(?i)(?:^|[^\p{L}])(?:т\.|т:|тел|моб|сот|звон|позвон|whatsapp|ватсап|вотсап|вайбер|viber)`)
)

// local finds short numbers of a town, which only the word before them tells from dates: «тел. 34-56-78».
var local = lazy.Regexp(`(?i)(?:^|[^\p{L}])(?:тел(?:\.|ефон\p{L}{0,3})?|т\.\s?ф\.?)(?:\s*\((?:дом|раб|моб|сот)\p{L}*\.?\))?[\s:.№–-]{0,4}(\d{1,3}[ -]\d{2}[ -]\d{2}|\d{2,3}[ -]\d{3,4}|\d{5,7})`)

func locals(text string) (list []Span) {
	for at := 0; at < len(text); {
		m := local().FindStringSubmatchIndex(text[at:])
		if m == nil {
			break
		}
		from, to := at+m[2], at+m[3]
		if end(text[to:]) && !unit().MatchString(text[to:]) {
			list = append(list, Span{from, to, Phone})
		}
		at = to
	}
	return list
}

// end tells whether a number ends before this: no digit, no star of a masked one, nothing that goes on.
func end(rest string) bool {
	r, size := utf8.DecodeRuneInString(rest)
	if size == 0 {
		return true
	}
	if dash(r) || r == '.' || r == ':' || r == '/' || r == ' ' {
		next, _ := utf8.DecodeRuneInString(rest[size:])
		return next != '*' && (next < '0' || next > '9')
	}
	return r != '*' && (r < '0' || r > '9') && !latin(r)
}

// cards finds numbers of bank cards: 13 to 19 digits of a payment system whose last one fits (Luhn), written together,
// in fours, or as four, six and five.
func cards(text string) (list []Span) {
	for _, run := range runs(text) {
		for i := 0; i < len(run); i++ {
			for j := min(len(run), i+5); j > i; j-- {
				if p := newPart(text, run[i:j]); card(p) {
					list = append(list, Span{p.from(), p.to(), Card})
					i = j - 1
					break
				}
			}
		}
	}
	return list
}

var cardShapes = map[string]bool{"13": true, "14": true, "15": true, "16": true, "17": true, "18": true, "19": true, "4-4-4-4": true, "4-4-4-4-3": true,
	"4-4-4-4-2": true, "4-6-5": true, "4-6-4": true, "8-8": true}

func card(p part) bool {
	d := p.digits
	if !cardShapes[p.shape] || p.has(".()") || p.glued() || p.parted(":/") || !issuer(d) || !luhn(d) {
		return false
	}
	b := tail(p.before(), 40)
	return !unit().MatchString(p.after()) && !account().MatchString(b)
}

// issuer tells whether a card may begin so and be so long. Years written beside each other begin no card.
func issuer(d string) bool {
	four := d[:4]
	switch d[0] {
	case '2': // Mir, Mastercard
		return len(d) >= 16 && (four >= "2200" && four <= "2204" || len(d) == 16 && four >= "2221" && four <= "2720")
	case '3': // American Express, Diners, JCB
		return len(d) >= 14 && len(d) <= 16
	case '4': // Visa
		return len(d) == 13 || len(d) == 16 || len(d) == 19
	case '5', '6': // Mastercard, Maestro, UnionPay
		return len(d) >= 16
	}
	return false
}

func luhn(d string) bool {
	sum := 0
	for i := range len(d) {
		n := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}
