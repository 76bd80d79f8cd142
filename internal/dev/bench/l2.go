package bench

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/labstack/echo/v4"
)

// stored is an organisation as L2 reads, shows and takes it. What is JSON in the database stays JSON.
type stored struct {
	ID             string          `json:"id"`
	Version        int64           `json:"version"`
	CreatedAt      time.Time       `json:"createdAt"`
	UpdatedAt      time.Time       `json:"updatedAt"`
	Status         string          `json:"status"`
	Kind           string          `json:"kind"`
	Name           json.RawMessage `json:"name"`
	OtherNames     json.RawMessage `json:"otherNames"`
	Description    json.RawMessage `json:"description"`
	Field          *string         `json:"field"`
	RegisterNumber *string         `json:"registerNumber"`
	BusinessID     *string         `json:"businessId"`
	Country        string          `json:"country"`
	Municipality   *string         `json:"municipality"`
	Municipalities json.RawMessage `json:"municipalities"`
	Region         *string         `json:"region"`
	SubRegion      *string         `json:"subRegion"`
	Address        json.RawMessage `json:"address"`
	PostalAddress  json.RawMessage `json:"postalAddress"`
	Location       json.RawMessage `json:"location"`
	Logo           *string         `json:"logo"`
	Website        *string         `json:"website"`
	Email          *string         `json:"email"`
	Phone          *string         `json:"phone"`
	SocialLinks    json.RawMessage `json:"socialLinks"`
	Languages      json.RawMessage `json:"languages"`
	MemberCount    json.RawMessage `json:"memberCount"`
	Founded        json.RawMessage `json:"founded"`
	Dissolved      json.RawMessage `json:"dissolved"`
	RegisteredOn   pgtype.Date     `json:"registeredOn"`
	FundingSources json.RawMessage `json:"fundingSources"`
	Affiliations   json.RawMessage `json:"affiliations"`
	ExternalIDs    json.RawMessage `json:"externalIds"`
	LastVerifiedAt *time.Time      `json:"lastVerifiedAt"`
	Requested      *time.Time      `json:"verificationRequestedAt"`

	sortName string
}

// shown are the columns in the order of the struct.
const shown = `o.id::text, o.version, o.created_at, o.updated_at, o.status, o.kind, o.name, o.other_names, o.description, o.field, o.register_number, o.business_id,
	o.country, o.municipality, o.municipalities, o.region, o.sub_region, o.address, o.postal_address, o.location, o.logo, o.website, o.email, o.phone, o.social_links,
	o.languages, o.member_count, o.founded, o.dissolved, o.registered_on, o.funding_sources, o.affiliations, o.external_ids, o.last_verified_at, o.verification_requested_at, o.sort_name`

func (o *stored) scan(row pgx.Row) error {
	j := func(m *json.RawMessage) *[]byte { return (*[]byte)(m) }
	return row.Scan(&o.ID, &o.Version, &o.CreatedAt, &o.UpdatedAt, &o.Status, &o.Kind, j(&o.Name), j(&o.OtherNames), j(&o.Description), &o.Field, &o.RegisterNumber, &o.BusinessID,
		&o.Country, &o.Municipality, j(&o.Municipalities), &o.Region, &o.SubRegion, j(&o.Address), j(&o.PostalAddress), j(&o.Location), &o.Logo, &o.Website, &o.Email, &o.Phone, j(&o.SocialLinks),
		j(&o.Languages), j(&o.MemberCount), j(&o.Founded), j(&o.Dissolved), &o.RegisteredOn, j(&o.FundingSources), j(&o.Affiliations), j(&o.ExternalIDs), &o.LastVerifiedAt, &o.Requested, &o.sortName)
}

// l2 is the minimal server: one hand-written query for each kind of request, and nothing else.
type l2 struct{ pool *pgxpool.Pool }

// L2 is a minimal Echo server on pgx with the paths of Seutu: no authentication, no validation, no audit, no change feed.
func L2(pool *pgxpool.Pool) http.Handler {
	e, s := echo.New(), l2{pool}
	e.GET("/v1/organisations/:id", s.get)
	e.GET("/v1/organisations", s.list)
	e.GET("/v1/search", s.search)
	e.POST("/v1/organisations", s.create)
	e.PATCH("/v1/organisations/:id", s.update)
	e.POST("/v1/sync/organisations", s.upsert)
	return e
}

func (s l2) get(c echo.Context) error {
	var o stored
	err := o.scan(s.pool.QueryRow(c.Request().Context(), "select "+shown+" from organisations o where o.id = $1 and o.status = 'published' and o.deleted_at is null", c.Param("id")))
	return answer(c, http.StatusOK, &o, err)
}

func answer(c echo.Context, status int, o *stored, err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return echo.ErrNotFound
	}
	if err != nil {
		return err
	}
	return c.JSON(status, o)
}

// l2Page is a list with the place where the next one begins.
type l2Page struct {
	Items []stored `json:"items"`
	Next  struct {
		Name  string `json:"name"`
		After string `json:"after"`
	} `json:"next"`
}

// list answers for a municipality, or for a region behind a name and id; 20 by name. Words are searched instead.
func (s l2) list(c echo.Context) error {
	if c.QueryParam("q") != "" {
		return s.search(c)
	}
	where, args := "o.municipality = $1", []any{c.QueryParam("municipality")}
	if region := c.QueryParam("region"); region != "" {
		where, args = "o.region = $1 and (o.sort_name, o.id) > ($2, $3)", []any{region, c.QueryParam("name"), c.QueryParam("after")}
	}
	return s.page(c, "select "+shown+" from organisations o where "+where+" and o.status = 'published' and o.deleted_at is null order by o.sort_name, o.id limit 20", args...)
}

// page answers with the rows of a query.
func (s l2) page(c echo.Context, sql string, args ...any) error {
	rows, err := s.pool.Query(c.Request().Context(), sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	page := l2Page{Items: make([]stored, 0, 20)}
	for rows.Next() {
		var o stored
		if err := o.scan(rows); err != nil {
			return err
		}
		page.Items = append(page.Items, o)
		page.Next.Name, page.Next.After = o.sortName, o.ID
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, page)
}

func (s l2) create(c echo.Context) error {
	var in incoming
	if err := json.NewDecoder(c.Request().Body).Decode(&in); err != nil {
		return echo.ErrBadRequest
	}
	var o stored
	err := o.scan(s.pool.QueryRow(c.Request().Context(), insertOne, in.values()...))
	return answer(c, http.StatusCreated, &o, err)
}

// update sets the website over the version in If-Match.
func (s l2) update(c echo.Context) error {
	var in struct{ Website *string }
	version, err := strconv.ParseInt(strings.Trim(c.Request().Header.Get("If-Match"), `"`), 10, 64)
	if err != nil || json.NewDecoder(c.Request().Body).Decode(&in) != nil {
		return echo.ErrBadRequest
	}
	var o stored
	err = o.scan(s.pool.QueryRow(c.Request().Context(),
		"update organisations o set website = $3, version = version + 1, updated_at = now() where o.id = $1 and o.version = $2 and o.deleted_at is null returning "+shown,
		c.Param("id"), version, in.Website))
	return answer(c, http.StatusOK, &o, err)
}

// newID makes a UUIDv7, as Seutu does: random ones would scatter the index.
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
