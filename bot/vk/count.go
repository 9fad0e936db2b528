package vk

import (
	"strings"

	"otklik/bot"
)

// What errors and figures call the calls that are none of VK's methods.
const (
	longPoll  = "the long poll"
	uploading = "the upload"
	download  = "the photo's download"
)

// count tells the figures what became of a call, or of a message within a call.
func (a *api) count(method string, err error) {
	if outcome := bot.CallOutcome(err, codeOf(err) != 0); outcome != "" {
		a.heed(purpose(method), outcome)
	}
}

// purpose says what a method is called for.
func purpose(method string) bot.Call {
	switch {
	case method == longPoll:
		return bot.CallPoll
	case method == sending:
		return bot.CallSend
	case method == changing, method == "messages.delete":
		return bot.CallEdit
	case method == answering:
		return bot.CallAnswer
	case method == uploading, strings.HasPrefix(method, "photos."), strings.HasPrefix(method, "docs."):
		return bot.CallUpload
	case method == download:
		return bot.CallFetch
	}
	return bot.CallOther
}
