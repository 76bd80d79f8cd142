package geography_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/domain/geography"
	"github.com/seutu/seutu/internal/testkit"
)

// TestCopy: what the database has otherwise is put right, with what stands in a moved municipality; what it has already is
// not touched, not even by a lock.
func TestCopy(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin := s.As(authz.Admin, "")
	made := admin.Post("/v1/organisations", object{"name": object{"fi": "Kerho ry"}, "municipality": "109", "kind": "association"}).Want(201)
	rows := func() (out string) {
		s.Scan(`select (select string_agg(concat(xmin, ' ', xmax), ',' order by code) from municipalities)
			|| (select string_agg(concat(xmin, ' ', xmax), ',' order by code) from fields)`, nil, &out)
		return out
	}
	before := rows()
	require.NoError(t, geography.Copy(t.Context(), s.DB))
	assert.Equal(t, before, rows())

	s.Exec("update municipalities set region = '07', sub_region = null where code = '109'")
	s.Exec("update organisations set region = '07', sub_region = null")
	require.NoError(t, geography.Copy(t.Context(), s.DB))
	after := admin.Get("/v1/organisations/" + made.ID()).Want(200).JSON()
	assert.Equal(t, made.JSON()["version"].(float64)+1, after["version"])
	assert.Equal(t, []any{"05", "051"}, []any{after["region"], after["subRegion"]})

	s.Exec("update fields set name = '{}' where code = 'culture-arts'")
	require.NoError(t, geography.Copy(t.Context(), s.DB))
	var name string
	s.Scan("select name->>'en' from fields where code = 'culture-arts'", nil, &name)
	assert.NotEmpty(t, name)
}
