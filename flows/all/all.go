// Package all lists the desk's flows. A new flow is a package beside this one and a line here.
package all

import (
	"otklik/flows"
	"otklik/flows/alarm"
	"otklik/flows/control"
	"otklik/flows/curate"
	"otklik/flows/execute"
	"otklik/flows/figures"
	"otklik/flows/find"
	"otklik/flows/follow"
	"otklik/flows/forget"
	"otklik/flows/hello"
	"otklik/flows/inspect"
	"otklik/flows/near"
	"otklik/flows/open"
	"otklik/flows/open311"
	"otklik/flows/queue"
	"otklik/flows/report"
	"otklik/flows/staff"
	"otklik/flows/watch"
)

// Flows gives every flow, in the order in which they are asked whose business something is: hello takes what is left.
func Flows() []flows.Flow {
	return []flows.Flow{
		inspect.Flow(), // a reply to an inspection is not the executor's
		execute.Mine(),
		execute.Flow(), // what an official writes may belong to an incident in hand
		follow.Flow(),  // what a resident writes may belong to a report of theirs
		report.Flow(),
		near.Flow(),
		curate.Flow(),
		watch.Flow(),
		control.Flow(),
		alarm.Flow(),
		staff.Flow(),
		queue.Flow(),
		find.Flow(),
		figures.Flow(),
		open311.Flow(),
		open.Flow(),
		hello.Flow(),
		forget.Flow(), // the last of the commands
	}
}
