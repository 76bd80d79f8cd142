package render

import (
	"context"
	"strconv"
	"strings"

	"github.com/seutu/seutu/internal/errs"
)

// RequireVersion holds an If-Match header against the present version: PreconditionRequired without one, Stale with another.
func RequireVersion(ctx context.Context, ifMatch *string, version int64) error {
	if ifMatch == nil || strings.TrimSpace(*ifMatch) == "" {
		e := errs.New(errs.NeedsIfMatch, "send If-Match with the ETag that you read")
		e.ETag = ETag(ctx, version)
		return e
	}
	return MatchVersion(ctx, ifMatch, version)
}

// MatchVersion is RequireVersion for operations where If-Match is optional. The part behind the version stands for a
// variant of the answer and does not matter.
func MatchVersion(ctx context.Context, ifMatch *string, version int64) error {
	if ifMatch == nil {
		return nil
	}
	weak := false
	for _, tag := range strings.Split(*ifMatch, ",") {
		if tag = strings.TrimSpace(tag); tag == "*" {
			return nil
		}
		if strings.HasPrefix(tag, "W/") {
			weak = true
			continue
		}
		number, _, _ := strings.Cut(strings.Trim(tag, `"`), "-")
		if n, err := strconv.ParseInt(number, 10, 64); err == nil && n == version && strings.HasPrefix(tag, `"`) && strings.HasSuffix(tag[1:], `"`) {
			return nil
		}
	}
	e := errs.New(errs.Changed, "it was changed meanwhile: read it again, then repeat")
	if weak {
		e = errs.New(errs.Changed, "If-Match holds a weak tag: some proxy has compressed the answer on its way; send the strong tag")
	}
	e.ETag = ETag(ctx, version)
	return e
}
