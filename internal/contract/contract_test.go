package contract_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/contract"
)

func TestContractIsSound(t *testing.T) {
	t.Parallel()
	c, err := contract.Document()
	require.NoError(t, err)
	require.NoError(t, c.Validate(t.Context()))
}
