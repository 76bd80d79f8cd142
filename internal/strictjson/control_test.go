package strictjson_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/strictjson"
)

func TestControlCharacters(t *testing.T) {
	t.Parallel()
	for text, code := range map[string]string{
		"Hämeen Eläinsuojelu ry\n\t–": "", "👩‍👩‍👧": "", "a\u0007b": "control", "a\u202eb": "control", "a\u0085b": "control", "a\ufffdb": "control", "a\u0000b": "nul",
	} {
		_, faults := strictjson.Decode(quoted(t, text))
		if code == "" {
			assert.Empty(t, faults, text)
		} else if assert.Len(t, faults, 1, text) {
			assert.Equal(t, code, faults[0].Code)
		}
	}
	_, faults := strictjson.Decode([]byte(`{"name": "\ud800"}`))
	assert.Len(t, faults, 1, "half a pair")
}

func quoted(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := json.Marshal(map[string]string{"name": text})
	assert.NoError(t, err)
	return raw
}
