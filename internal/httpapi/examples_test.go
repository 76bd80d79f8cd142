package httpapi_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/contract"
)

// TestExamples: every operation that takes one JSON document has an example of it, which the reference page offers to be sent,
// and which the contract allows.
func TestExamples(t *testing.T) {
	t.Parallel()
	doc, err := contract.Document()
	require.NoError(t, err)
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			if op.RequestBody == nil || op.RequestBody.Value.Content["application/x-ndjson"] != nil {
				continue
			}
			for mediaType, m := range op.RequestBody.Value.Content {
				if m.Example == nil {
					t.Errorf("%s: the requestBody needs an example in %s", op.OperationID, mediaType)
				} else if faults := contract.Check(m.Schema.Value, m.Example, "body", ""); len(faults) > 0 {
					t.Errorf("%s: the contract does not allow its own example: %v", op.OperationID, faults)
				}
			}
		}
	}
}
