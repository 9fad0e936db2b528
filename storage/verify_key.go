package storage

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"
)

// spoken tells what a space of keys holds, in words, and what its keys are made of: how each part is told, and of which
// kind it is. # is a number, @ a time, $ a text; ~ a text that tells of a person, which is left out; % a chat, of which
// the messenger is told.
type spoken struct {
	space, words string
	parts        []string
}

var spokenSpaces = []spoken{
	{spaceCounter, "counters", []string{"$"}},
	{spaceSeen, "updates seen", []string{"$", "update $"}},
	{spaceSeenAt, "updates seen by time", []string{"@", "$", "update $"}},
	{spacePerson, "persons", []string{"person #"}},
	{spacePersonBy, "persons by account", []string{"somebody in $", "~"}},
	{spaceStaff, "staff", []string{"$", "$", "person #"}},
	{spaceInvitation, "invitations", []string{"$"}},
	{spaceSession, "sessions", []string{"in %", "person #"}},
	{spaceSessionOf, "sessions by person", []string{"person #", "in %"}},
	{spaceIncident, "incidents", []string{"incident #"}},
	{spaceByState, "incidents by state", []string{"$", "incident #"}},
	{spaceByOrg, "incidents by organisation", []string{"$", "$", "incident #"}},
	{spaceByPerson, "incidents by person", []string{"person #", "incident #"}},
	{spaceWaits, "incidents that wait for their reporters", []string{"person #", "incident #"}},
	{spaceByActor, "incidents that somebody did something to", []string{"person #", "incident #"}},
	{spaceByPoint, "incidents by point", []string{"topic $", "row #", "column #", "incident #"}},
	{spaceByStreet, "incidents by street", []string{"$", "$", "topic $", "incident #"}},
	{spaceQueue, "queues", []string{"$", "due @", "$", "$", "$", "incident #"}},
	{spaceClaim, "incidents held by a curator", []string{"incident #"}},
	{spaceEvent, "events", []string{"incident #", "event #"}},
	{spaceLog, "the staff's log", []string{"entry #"}},
	{spaceMedia, "photos", []string{"photo $"}},
	{spaceMediaOf, "photos of drafts", []string{"person #", "photo $"}},
	{spaceWanted, "photos to fetch", []string{"due @", "photo $"}},
	{spaceOutgoing, "messages that wait", []string{"message #"}},
	{spaceSlot, "slots", []string{"slot #"}},
	{spaceCard, "cards", []string{"incident #", "slot #"}},
	{spaceSlotOf, "slots by person", []string{"person #", "slot #"}},
	{spaceRef, "sent messages", []string{"in %", "message $"}},
	{spaceTimer, "timers", []string{"due @", "timer #"}},
	{spaceTimerOf, "timers by person", []string{"person #", "due @", "timer #"}},
	{spaceWord, "words", []string{"block #", "~a word"}},
	{spaceWordsOf, "words by incident", []string{"incident #"}},
	{spaceWatched, "sources", []string{"source #"}},
	{spaceWatchedBy, "sources by chat", []string{"$"}},
	{spacePost, "posts", []string{"post #"}},
	{spacePostBy, "posts by message", []string{"in %", "message $"}},
	{spacePostOf, "posts by incident", []string{"incident #", "post #"}},
	{spacePostFrom, "posts by author", []string{"$", "~", "post #"}},
	{spacePostLike, "posts by their words", []string{"words #"}},
	{spaceHour, "posts by hour", []string{"$", "topic $", "hour #"}},
	{spaceSums, "figures", []string{"day #", "$", "$"}},
	{spaceLesson, "lessons", []string{"lesson #"}},
	{spaceName, "names", []string{"~a word", "person #"}},
}

// partsOf gives what a key says behind its space, and of what it should be made.
func partsOf(k []byte) (s spoken, rest string) {
	name, rest, _ := strings.Cut(string(k), "\x00")
	i := slices.IndexFunc(spokenSpaces, func(s spoken) bool { return s.space == name })
	if i < 0 {
		return spoken{space: name, words: name}, rest
	}
	s = spokenSpaces[i]
	if name == spaceByStreet && strings.HasPrefix(rest, "@") { // all of a town
		s.parts = []string{"$", "incident #"}
	}
	return s, rest
}

// fits tells whether a key is made as those of its space are.
func fits(k []byte) bool {
	s, rest := partsOf(k)
	for _, p := range s.parts {
		end := 8
		if !strings.ContainsAny(p, "#@") {
			end = strings.IndexByte(rest, 0) + 1
		}
		if end == 0 || end > len(rest) {
			return false
		}
		rest = rest[end:]
	}
	return rest == ""
}

// inWords tells what a key says: the space and the key itself.
func inWords(k []byte) (space, words string) {
	s, rest := partsOf(k)
	if !fits(k) {
		return s.words, fmt.Sprintf("a key of %d bytes that makes no sense", len(k))
	}
	return s.words, tell(rest, s.parts)
}

// tell reads the parts of a key that fits.
func tell(rest string, parts []string) string {
	var list []string
	for _, p := range parts {
		i := strings.IndexAny(p, "#@$~%")
		var value string
		switch p[i] {
		case '#', '@':
			n := binary.BigEndian.Uint64([]byte(rest))
			value, rest = fmt.Sprint(n), rest[8:]
			if p[i] == '@' {
				value = moment(n).UTC().Format(time.RFC3339)
			}
		default:
			value, rest, _ = strings.Cut(rest, "\x00")
			switch value = unplain(value); p[i] {
			case '~':
				value = ""
			case '%':
				value, _, _ = strings.Cut(value, ":")
				if quoted := fmt.Sprintf("%q", value); quoted != `"`+value+`"` { // no messenger is named so
					value = quoted
				}
			case '$':
				value = fmt.Sprintf("%q", value)
			}
		}
		if said := p[:i] + value + p[i+1:]; said != "" {
			list = append(list, said)
		}
	}
	return strings.Join(list, ", ")
}
