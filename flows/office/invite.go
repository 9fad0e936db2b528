package office

import (
	"context"
	"fmt"

	"otklik/flows"
	"otklik/storage"
)

// Invite lets somebody in.
type Invite struct {
	Role string `required:"" enum:"curator,official,leader" help:"curator, official, or leader of the region."`
	Org  string `help:"The official's organisation: its code in the region pack."`
	Head bool   `help:"The official heads the organisation: sees what all its people do, and invites them."`
}

// Run prints a link for each messenger; the first use takes the invitation.
func (i Invite) Run(ctx context.Context, p *Program) error {
	role := storage.Role{Kind: storage.RoleKind(i.Role), Org: i.Org, Head: i.Head}
	var links []string
	if err := p.ask(ctx, request{Invite: &role}, &links); err != nil {
		return err
	}
	for _, link := range links {
		fmt.Fprintln(p.Out, link)
	}
	return nil
}

func (c *Clerk) invite(ctx context.Context, role storage.Role) ([]string, error) {
	return flows.Links(ctx, c.Store, c.Pack, role, c.Now())
}
