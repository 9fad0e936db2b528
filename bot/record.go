package bot

import "time"

// What other programs read of the desk and bring to it, in no protocol's words: see bot/open311.

// Service is a topic that can be reported.
type Service struct {
	Code     string // the topic's, as in the region pack
	Name     string
	Group    string // the topic group's name
	Keywords []string
}

// Record is an incident as everybody may read it: nothing in it tells who reported it.
type Record struct {
	Number    uint64
	Open      bool
	Notes     string // the published answer, or where it stands, in words
	Service   string // the topic's code; "" while it has none
	Name      string // … and its name
	Text      string // what was reported, without telephone numbers and the like
	Agency    string // the body that has it in hand; "" while none has
	Requested time.Time
	Updated   time.Time // when it changed last
	Expected  time.Time // the final deadline; zero while no clock runs
	Address   string
	Location  *Location // nil: no point is known
	Photo     string    // the name of its first photo that may be shown; "" for none
}

// RecordQuery asks for records, newest first.
type RecordQuery struct {
	From, To     time.Time // reported in [From, To]
	Services     []string  // of these topics; none: of all
	Open, Closed bool      // which of them; neither: both
	Skip, Limit  int
	Language     string // one of the desk's; "" is the region's
}

// Filing is a report that another program brings.
type Filing struct {
	Service  string    // the topic's code
	Text     string    // may be empty
	Address  string    // in words; or
	Location *Location // a point
	Media    string    // the address of a photo, which nobody fetches
	Contact  Contact
	Key      string // the same key again is the same report; "" none was given
	Sum      string // of all that was brought: the same again within minutes is the same report
	Language string // for what is told of it
}

// Contact is what somebody told of themselves. Only curators read it.
type Contact struct{ Name, Email, Phone, Account, Device string }

// Filed says what a filing has become.
type Filed struct {
	Number uint64
	Notice string // what happens next, for whoever reported
}

// Unfiled is the error of a filing that cannot be taken as it is. Text says why, for people.
type Unfiled struct {
	Unknown bool // there is no such topic
	Text    string
}

func (u *Unfiled) Error() string { return "not filed: " + u.Text }
