package patch_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/patch"
)

type place struct {
	Region *string `json:"region"`
}

type row struct {
	place
	ID    string            `json:"-"`
	Name  map[string]string `json:"name"`
	Text  map[string]string `json:"text"`
	Note  *string           `json:"note"`
	Tasks []string          `json:"tasks"`
	When  map[string]any    `json:"when"`
}

func TestMerge(t *testing.T) {
	t.Parallel()
	note, region := "old", "05"
	was := row{
		place: place{&region}, ID: "1", Name: map[string]string{"fi": "a", "sv": "b"}, Text: map[string]string{"fi": "x"}, Note: &note,
		Tasks: []string{"one", "two"}, When: map[string]any{"precision": "year", "text": "1956"},
	}
	now := was
	require.NoError(t, patch.Merge(&now, json.RawMessage(
		`{"region": null, "name": {"sv": null, "en": "c"}, "text": {"fi": null}, "note": null, "tasks": ["three"], "when": {"precision": "day"}}`)))
	assert.Equal(t, row{
		ID: "1", Name: map[string]string{"fi": "a", "en": "c"}, Tasks: []string{"three"}, When: map[string]any{"precision": "day"},
	}, now)
	assert.Equal(t, map[string]string{"fi": "a", "sv": "b"}, was.Name, "the old row shares nothing with the new one")
	assert.Equal(t, []string{"one", "two"}, was.Tasks)

	untouched := was
	require.NoError(t, patch.Merge(&untouched, json.RawMessage(`{}`)))
	assert.Equal(t, was, untouched)
	require.NoError(t, patch.Merge(&untouched, json.RawMessage(`{"tasks": null}`)))
	assert.Equal(t, []string{}, untouched.Tasks, "an empty list, not null")
	assert.Error(t, patch.Merge(&untouched, json.RawMessage(`{"tasks": 3}`)))
}
