package bench

import (
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"
)

// L1 is Echo with fixed bytes: what an answer costs when nothing has to be done for it.
func L1() http.Handler {
	e := echo.New()
	row := whole(1)
	page := []byte(`{"items":[`)
	for i := range 20 {
		if i > 0 {
			page = append(page, ',')
		}
		page = append(page, whole(i)...)
	}
	page = append(page, `],"next":null}`...)
	e.GET("/v1/organisations/:id", func(c echo.Context) error {
		if c.Request().Header.Get("If-None-Match") != "" {
			return c.NoContent(http.StatusNotModified)
		}
		return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, row)
	})
	list := func(c echo.Context) error { return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, page) }
	e.GET("/v1/organisations", list)
	e.GET("/v1/search", list)
	return e
}

// whole is the i-th row as L2 shows it, with the members that are not set.
func whole(i int) []byte {
	var o stored
	if err := json.Unmarshal(Creation(i), &o); err != nil {
		panic(err) // it was JSON a moment ago
	}
	return marshal(o)
}
