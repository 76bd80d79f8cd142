package bench

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// L1 is Echo with fixed bytes: what an answer costs when nothing has to be done for it.
func L1() http.Handler {
	e := echo.New()
	row := Creation(1)
	page := []byte(`{"items":[`)
	for i := range 20 {
		if i > 0 {
			page = append(page, ',')
		}
		page = append(page, Creation(i)...)
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
