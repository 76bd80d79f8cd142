package app

import (
	"context"
	"fmt"
	"os"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authn"
	"github.com/seutu/seutu/internal/config"
	"github.com/seutu/seutu/internal/issuer"
)

// external reads the file of external issuers, if there is one. The error names every fault of it.
func (a *App) external(c config.Service, where places) (authn.External, error) {
	var configs []issuer.Config
	if c.Issuers != "" {
		raw, err := os.ReadFile(c.Issuers)
		if err != nil {
			return authn.External{}, fmt.Errorf("issuers: %w", err)
		}
		if configs, err = issuer.Read(raw, c.Issuer, where); err != nil {
			return authn.External{}, fmt.Errorf("issuers: %s is not usable:\n%w", c.Issuers, err)
		}
	}
	return authn.External{
		Issuers: issuer.NewSet(configs, where),
		Meet:    func(ctx context.Context, said issuer.Claims) (uuid.UUID, error) { return a.Accounts.Meet(ctx, said) },
	}, nil
}
