// Package audit lets those who may see it read what was done, by whom, when and from where.
package audit

import (
	"time"

	"github.com/google/uuid"
)

// Filter narrows a list of audit events; unset members do not.
type Filter struct {
	ActorID      *uuid.UUID
	ResourceType *string
	ResourceID   *uuid.UUID
	Actions      []string
	From, To     *time.Time // To is exclusive
}
