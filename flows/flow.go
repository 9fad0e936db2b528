// Package flows is the conversation engine: what a flow is, how one update becomes one transaction, and the lifecycle
// of incidents. Each flow is a package of its own below it and knows no other.
package flows

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"time"

	"otklik/bot"
	"otklik/storage"
)

// Flow is a part of the desk's behaviour: a conversation as a table of states and steps, and what it does with
// commands, buttons on cards, replies, events and timers. Everything but Name is optional.
type Flow struct {
	Name  string
	Texts fs.FS            // texts/*.yaml, one file a language
	As    storage.RoleKind // as whom people use it, whatever their seat; "" as they sit

	// Standing: the conversation is a list that stands and is turned by its buttons. What is written is not for it, and it
	// does not ask again when a conversation over it ends.
	Standing bool
	// Stands are the states in which alone it is one.
	Stands []string

	Table []Transition    // the conversation; "" is before its start, Done after its end
	Ask   map[string]Ask  // by state: what is asked
	Step  map[string]Step // by state: what becomes of an input; the event it gives moves the conversation on
	Any   Step            // asked before Step in every state: buttons that always mean the same; "" and false: not mine

	// Holds tells whether what a conversation keeps are somebody's words or photos: another one of the flow does not end it.
	Holds func(data json.RawMessage) bool
	// Between sees what is written to a conversation in which nothing was said since a time: it may answer what came
	// meanwhile. true: taken.
	Between func(t *Turn, since time.Time) (bool, error)

	Commands []Command
	Presses  map[string]Press                 // by verb: buttons on cards and notices
	Replied  func(*Turn, *Case) (bool, error) // a reply to a card or a notice; false: not mine
	Opened   func(*Turn) (bool, error)        // a message that nobody waits for; false: not mine
	Heard    func(*Turn, *storage.Incident, *storage.Event) error
	Joined   func(*Turn, storage.Role) error // somebody has taken a role
	Returned func(*Turn, time.Time) error    // somebody can be reached again; they know nothing of what happened since
	// Overheard is called with what stands in a watched source and is not meant for the desk, and with what becomes of
	// sources (Lost, Found, Back, Gone); then the source may be nil, as nobody watches it yet.
	Overheard func(*Turn, *storage.Watched) error
	Cards     map[storage.RoleKind]Render // by a slot's view
	Timers    map[string]func(*Turn, *storage.Timer) error
	Starts    func(*Turn) error // the program starts: what stands in the store may be of other settings
}

// Transition of a conversation: in any of From, Event leads to To.
type Transition struct {
	Event string
	From  []string
	To    string
}

// Done is the state that ends a conversation.
const Done = "done"

// Stay is the event of a step that changes nothing: what the state asks is asked again.
const Stay = "stay"

// Quiet is the event of a step after which nothing is said.
const Quiet = "quiet"

type (
	// Ask says what a state asks.
	Ask func(*Turn) error
	// Step takes an input and names the event that follows. ok is false, in Any only, for what is not its business.
	Step func(*Turn) (event string, err error)
	// Press is what a button outside a conversation does. The incident is the one its data names, if it names one.
	Press func(*Turn, *storage.Incident, []string) error
	// Render draws a card.
	Render func(*Voice, *storage.Tx, *storage.Incident, *storage.Slot) (bot.Message, error)
)

// Case is what a reply belongs to.
type Case struct {
	Incident *storage.Incident
	Slot     *storage.Slot // the card; nil for a notice
	Seat     storage.Role  // as whom they were spoken to, and answer
}

// Command is a slash command. Its line of help is the text "FLOW.help_NAME".
type Command struct {
	Name  string
	Roles []storage.RoleKind         // who may use it; empty for everybody
	If    func(*storage.Person) bool // who of those; nil for all of them
	Shown func(*storage.Person) bool // to whom it is shown, in every seat of theirs; nil: in the seats of its roles
	Rare  bool                       // /help only names it
	Run   func(t *Turn, words string) error
}

// Refusal is a polite no: ID names the text that the person reads, Cause is for the log, and Detail for the log at debug
// level, which alone may tell what somebody wrote or who they are. Whatever the step did before it is undone.
type Refusal struct {
	ID     string
	Args   []any
	Cause  Cause
	Detail string
	Show   uint64 // an incident whose card follows, as it is now
	Ends   bool   // the conversation that was spoken in ends: what it was about is past

	talk  uint64
	seat  storage.Role // to whom it is said
	later bool         // it may be done later: what was written for it is kept
}

func (r *Refusal) Error() string {
	if r.Cause != "" {
		return fmt.Sprintf("refused (%s): %s", r.ID, r.Cause)
	}
	return "refused: " + r.ID
}

// Cause is a fixed word, or some of them: nothing that anybody wrote, and nobody's number.
type Cause string

// Refuse makes a refusal with a text and its arguments in pairs of name and value.
func Refuse(id string, args ...any) error { return &Refusal{ID: id, Args: args} }
