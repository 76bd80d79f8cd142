package lifecycle_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/lifecycle"
)

func TestMachine(t *testing.T) {
	t.Parallel()
	m := lifecycle.Machine[string]{
		{From: "a", To: "b", Permission: authz.WriteNetwork}, {From: "a", To: "c", Permission: authz.ApplyNetwork, NeedsNote: true}, {From: "b", To: "c", Permission: authz.WriteNetwork},
	}
	note := "because"
	step, err := m.Find("a", "c", &note)
	require.NoError(t, err)
	assert.Equal(t, authz.ApplyNetwork, step.Permission)
	_, err = m.Find("a", "c", nil)
	assert.True(t, errs.Is(err, errs.InvalidData), "a note is needed")
	_, err = m.Find("c", "a", nil)
	var e *errs.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, errs.WrongTransition, e.Type)
	assert.Equal(t, []string{}, e.Members["allowed"])
	_, err = m.Find("a", "a", nil)
	require.ErrorAs(t, err, &e)
	assert.Equal(t, []string{"b", "c"}, e.Members["allowed"])
	assert.ElementsMatch(t, []authz.Permission{authz.ApplyNetwork, authz.WriteNetwork}, m.Permissions("c"))
}
