package open311

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"otklik/bot"
)

// What is answered: lists are arrays in JSON, and have an element around them in XML.

// text is null in JSON where it is empty, as the protocol maps XML to JSON.
type text string

func (t text) MarshalJSON() ([]byte, error) {
	if t == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(t))
}

type service struct {
	Code        text `json:"service_code" xml:"service_code"`
	Name        text `json:"service_name" xml:"service_name"`
	Description text `json:"description" xml:"description"`
	Metadata    bool `json:"metadata" xml:"metadata"`
	Type        text `json:"type" xml:"type"`
	Keywords    text `json:"keywords" xml:"keywords"`
	Group       text `json:"group" xml:"group"`
}

// definition of a service: none of ours asks for more than all do.
type definition struct {
	XMLName    xml.Name   `json:"-" xml:"service_definition"`
	Code       text       `json:"service_code" xml:"service_code"`
	Attributes attributes `json:"attributes" xml:"attributes"`
}

type attributes struct{}

func (attributes) MarshalJSON() ([]byte, error) { return []byte("[]"), nil }

type request struct {
	ID        text     `json:"service_request_id" xml:"service_request_id"`
	Status    text     `json:"status" xml:"status"`
	Notes     text     `json:"status_notes" xml:"status_notes"`
	Name      text     `json:"service_name" xml:"service_name"`
	Code      text     `json:"service_code" xml:"service_code"`
	Text      text     `json:"description" xml:"description"`
	Agency    text     `json:"agency_responsible" xml:"agency_responsible"`
	Notice    text     `json:"service_notice" xml:"service_notice"`
	Requested text     `json:"requested_datetime" xml:"requested_datetime"`
	Updated   text     `json:"updated_datetime" xml:"updated_datetime"`
	Expected  text     `json:"expected_datetime" xml:"expected_datetime"`
	Address   text     `json:"address" xml:"address"`
	AddressID text     `json:"address_id" xml:"address_id"`
	Zip       text     `json:"zipcode" xml:"zipcode"`
	Lat       *float64 `json:"lat" xml:"lat"`
	Long      *float64 `json:"long" xml:"long"`
	Media     text     `json:"media_url" xml:"media_url"`
}

// requestOf is a record in the protocol's words; base is where all is served.
func requestOf(r *bot.Record, base string) request {
	q := request{ID: text(strconv.FormatUint(r.Number, 10)), Status: "closed", Notes: text(r.Notes), Name: text(r.Name), Code: text(r.Service),
		Text: text(r.Text), Agency: text(r.Agency), Requested: moment(r.Requested), Updated: moment(r.Updated), Expected: moment(r.Expected), Address: text(r.Address)}
	if r.Open {
		q.Status = "open"
	}
	if r.Location != nil {
		q.Lat, q.Long = &r.Location.Lat, &r.Location.Lon
	}
	if r.Photo != "" {
		q.Media = text(base + "/media/" + strconv.FormatUint(r.Number, 10) + "/" + url.PathEscape(r.Photo))
	}
	return q
}

func moment(t time.Time) text {
	if t.IsZero() {
		return ""
	}
	return text(t.Format(time.RFC3339))
}

// receipt says that a report is kept.
type receipt struct {
	ID      text `json:"service_request_id" xml:"service_request_id"`
	Notice  text `json:"service_notice" xml:"service_notice"`
	Account text `json:"account_id" xml:"account_id"`
}

// token says which incident a token stands for.
type token struct {
	ID    text `json:"service_request_id" xml:"service_request_id"`
	Token text `json:"token" xml:"token"`
}

type problem struct {
	Code int  `json:"code" xml:"code"`
	Why  text `json:"description" xml:"description"`
}

type endpoint struct {
	Specification text    `json:"specification" xml:"specification"`
	URL           text    `json:"url" xml:"url"`
	Changeset     text    `json:"changeset" xml:"changeset"`
	Type          text    `json:"type" xml:"type"`
	Formats       formats `json:"formats" xml:"formats"`
}

type formats []text

func (f formats) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	return e.EncodeElement(struct {
		Format []text `xml:"format"`
	}{f}, start)
}

type discovery struct {
	XMLName    xml.Name  `json:"-" xml:"discovery"`
	Changeset  text      `json:"changeset" xml:"changeset"`
	Contact    text      `json:"contact" xml:"contact"`
	KeyService text      `json:"key_service" xml:"key_service"`
	Endpoints  endpoints `json:"endpoints" xml:"endpoints"`
}

type endpoints []endpoint

func (list endpoints) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	return e.EncodeElement(struct {
		Endpoint []endpoint `xml:"endpoint"`
	}{list}, start)
}

// array is a list of T that XML has in an element.
type array[T any] struct {
	around, each string
	list         []T
}

func (a array[T]) MarshalJSON() ([]byte, error) {
	if a.list == nil {
		return []byte("[]"), nil
	}
	return json.Marshal(a.list)
}

func (a array[T]) MarshalXML(e *xml.Encoder, _ xml.StartElement) error {
	around := xml.StartElement{Name: xml.Name{Local: a.around}}
	if err := e.EncodeToken(around); err != nil {
		return err
	}
	for i := range a.list {
		if err := e.EncodeElement(&a.list[i], xml.StartElement{Name: xml.Name{Local: a.each}}); err != nil {
			return err
		}
	}
	return e.EncodeToken(around.End())
}

func servicesOf(list ...service) any { return array[service]{"services", "service", list} }
func requestsOf[T request | receipt | token](list ...T) any {
	return array[T]{"service_requests", "request", list}
}

// say answers, with the answer or with what is wrong.
func (s *Server) say(w http.ResponseWriter, r *http.Request, format string, answer any, err error) {
	h := w.Header()
	code := http.StatusOK
	read := r.Method == http.MethodGet || r.Method == http.MethodHead
	if read {
		h.Set("Access-Control-Allow-Origin", "*")
	}
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	switch {
	case err != nil:
		f := s.faultOf(r, err)
		if f.after > 0 {
			h.Set("Retry-After", strconv.Itoa(int((f.after+time.Second-1)/time.Second)))
		}
		code, answer = f.code, array[problem]{"errors", "error", []problem{{f.code, text(f.why)}}}
	case r.Method == http.MethodPost:
		code = http.StatusCreated
	default:
		h.Set("Cache-Control", "max-age=60")
		h.Set("Vary", "Accept-Language")
	}
	var raw []byte
	if format == "json" {
		h.Set("Content-Type", "application/json; charset=utf-8")
		raw, err = json.Marshal(answer)
	} else {
		h.Set("Content-Type", "text/xml; charset=utf-8")
		raw, err = xml.Marshal(answer)
		raw = append([]byte(xml.Header), raw...)
	}
	if err != nil {
		s.Log.Error("open311: an answer cannot be written", "err", err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(raw)+1))
	w.WriteHeader(code)
	_, _ = w.Write(append(raw, '\n')) // who has gone away reads nothing
}
